"""A good row for each table around the season: what people say, lists, trials, contacts, phones that are told."""

from tests.db.room import NOW

ROWS_OF_CARE = {
    "push_subscriptions": {
        "account_id": 1, "endpoint": "https://push.example.net/a", "p256dh": "B" * 87, "auth": "a" * 22, "agent": "", "made_at": NOW,
        "failures": 0,
    },
    "push_reminders": {"sign_up_id": 1, "account_id": 1, "at": NOW},
    "versions": {"version": "2.0.0", "since": NOW, "told_at": NOW},
    "feedback": {
        "at": NOW, "made_by": 1, "kind": "idea", "said": "S", "page": "/sales", "version": "2", "request_id": "", "done_at": NOW,
    },
    "pulses": {"season_id": 1, "account_id": 1, "score": 4, "said": "", "at": NOW},
    "launch_items": {"season_id": 1, "item": "roster", "account_id": 1, "done_at": NOW, "done_by": "Olga"},
    "season_reviews": {
        "season_id": 1, "went_well": "", "went_badly": "", "next_time": "", "written_at": NOW, "written_by": "Olga",
    },
    "kpi_targets": {"code": "p95", "target": 400},
    "trials": {"begun_at": NOW, "ended_at": NOW, "begun_by": "", "version": "2"},
    "trial_results": {
        "trial_id": 1, "scenario": "sale", "step": 1, "result": "pass", "note": "", "milliseconds": 3, "at": NOW,
    },
    "contacts": {"role": "Money", "name": "Olga", "phone": "555 0100", "note": ""},
    "alert_limits": {"rule": "DiskLow", "number": 1, "thousandths": 100},
}  # fmt: skip
