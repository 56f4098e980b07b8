"""One good row for every table of the file, and the two words of an attack: it goes in, or it is refused."""

import apsw
import pytest

from gsctracker.db.rows import add, run
from tests.db.room import DAY, HASH, MAKE_ROOM, NOW, SHA
from tests.db.rows_of_care import ROWS_OF_CARE

# One row for each table, with the ids below; `world` puts them in, in this order.
WORLD = {
    "incidents": {"id": 1, "kind": "incident", "title": "A", "began_at": NOW, "made_by": "Olga"},
    "trials": {"id": 1, "begun_at": NOW, "version": "2"},
    "households": {"id": 1, "name": "A", "created_at": NOW},
    "scouts": {"id": 1, "household_id": 1, "first_name": "Ana", "created_at": NOW},
    "accounts": {
        "id": 1, "sign_in_name": "olga@example.org", "first_name": "Olga", "role": "admin", "password_hash": HASH, "created_at": NOW,
    },
    "guardians": {"id": 1, "household_id": 1, "name": "Gia"},
    "seasons": {"id": 1, "name": "2025-26", "year": 2026, "baker": "abc", "is_current": 1, "created_at": NOW},
    "proceeds_bonuses": {"id": 1, "season_id": 1, "name": "A", "cents": 5},
    "products": {"id": 1, "season_id": 1, "code": "TM", "name": "Thin Mints", "family": "mint", "price_cents": 600},
    "booths": {"id": 1, "season_id": 1, "name": "B", "starts_at": NOW, "ends_at": "2026-02-14T20:00:00Z"},
    "booth_sites": {"id": 1, "name": "Market"},
    "booth_shifts": {
        "id": 1, "booth_id": 1, "starts_at": NOW, "ends_at": "2026-02-14T20:00:00Z", "min_girls": 1, "max_girls": 2,
        "min_adults": 1, "max_adults": 2,
    },
    "shift_sign_ups": {"id": 1, "shift_id": 1, "scout_id": 1, "state": "left", "made_at": NOW},
    "orders": {
        "id": 1, "season_id": 1, "order_type": "order_card", "status": "promised", "payment_method": "none", "ordered_at": NOW,
        "ordered_on": DAY, "recorded_at": NOW,
    },
    "import_batches": {
        "id": 1, "season_id": 1, "source": "csv", "kind": "sales", "row_type": "order", "file_name": "a.csv", "sha256": SHA,
        "staged_at": NOW,
    },
    "counts": {"id": 1, "season_id": 1, "place_id": 2, "counted_at": NOW},
    "journal": {"id": 1, "season_id": 1, "kind": "T2G", "day": DAY, "recorded_at": NOW},
    "cupboard_orders": {"id": 1, "season_id": 1, "kind": "planned", "made_at": NOW, "placed_on": DAY},
    "reward_steps": {"id": 1, "season_id": 1, "counts": "boxes", "from_boxes": 100},
    "reward_items": {"id": 1, "step_id": 1, "name": "Patch"},
    "reward_receipts": {"id": 1, "season_id": 1, "number": 1, "scout_id": 1, "received_by": "Gia", "handed_at": NOW},
    "point_prizes": {"id": 1, "name": "Game", "points": 10},
    "point_entries": {"id": 1, "season_id": 1, "scout_id": 1, "reason": "training", "key": "a", "points": 500, "at": NOW},
    "booth_closings": {
        "id": 1, "booth_id": 1, "entry_id": 1, "closed_at": NOW, "closed_by": 1, "start_cents": 0, "drops_cents": 0,
        "end_cents": 0, "checks_cents": 0, "cards_cents": 0, "apps_cents": 0, "expected_cents": 0, "reopened_at": NOW,
    },
    "booth_divisions": {"entry_id": 1, "way": "even"},
    "booth_entries": {
        "id": 1, "booth_id": 1, "uid": "e" * 32, "sha256": SHA, "device": "a1", "counter": 0, "captured_at": NOW,
        "happened_at": NOW, "received_at": NOW, "kind": "sale", "pay": "cash", "said": "{}", "state": "taken",
    },
}  # fmt: skip

# A second row for each table that goes in beside the world: each attack changes one thing in it.
GOOD = {
    "schema_migrations": {"version": 99, "name": "n", "checksum": "c", "down_sql": "d", "applied_at": NOW},
    "instance": {"id": 1, "uid": "u", "name_salt": "s", "generation": "g", "is_demo": 0},
    "job_runs": {"job": "optimize", "started_at": NOW, "ended_at": NOW, "result": "done", "said": "", "request_id": ""},
    "recovery_holders": {"id": 1, "name": "Olga", "since": NOW},
    "copy_runs": {
        "seq": 1, "name": "n", "place": "p", "kind": "manual", "label": "", "asked_by": "", "started_at": NOW, "ended_at": NOW,
        "result": "done", "said": "", "size": 1, "database_size": 1, "content": SHA, "verified_at": NOW, "uploaded_at": NOW,
        "upload_said": "", "upload_tries": 0, "upload_tried_at": NOW,
        "pinned_until": NOW, "looked_at": NOW,
    },
    "restore_runs": {
        "started_at": NOW, "ended_at": NOW, "asked_by": "", "source": "s", "state_of": NOW, "result": "done", "said": "",
        "loss": "{}", "before_name": "", "undo_until": NOW,
    },
    "alerts": {
        "rule": "DiskLow", "severity": "warning", "began_at": NOW, "told_at": NOW, "ended_at": None, "acknowledged_by": "",
        "verdict": "useful",
    },
    "duty_weeks": {"monday": "2026-02-09", "account_id": 1, "deputy_id": None},
    "roll_ups": {
        "span": "minute", "began_at": "2026-02-14T18:05:00Z", "minutes": 1, "requests": 5, "failures": 1, "took": "[5]", "slow": 0,
        "file_size": 1, "disk_free": 1, "memory": 1, "asked": "[[5],[1]]",
    },
    "mishaps": {
        "door": "page", "kind": "KeyError", "place": "web/pages/home.py:31 index", "route": "/", "trace": "", "count": 1,
        "first_at": NOW, "last_at": NOW, "request_id": "", "role": "", "account_id": None, "version": "2.0.0",
    },
    "drill_runs": {
        "started_at": NOW, "ended_at": NOW, "copy_name": "", "place": "", "result": "done", "said": "", "milliseconds": 1,
    },
    "incidents": {
        "kind": "maintenance", "title": "B", "notice": "", "learned": "", "began_at": NOW, "ended_at": NOW, "made_by": "",
    },
    "incident_lines": {"incident_id": 1, "kind": "to_do", "at": NOW, "said": "S", "made_by": "", "done_at": NOW},
    "households": {"name": "B", "created_at": NOW},
    "scouts": {
        "household_id": 1, "first_name": "Bea", "last_initial": "B.", "level": "junior", "grade": 4, "status": "active",
        "created_at": NOW, "forgotten_at": NOW,
    },
    "scout_aliases": {"source": "name", "hash": SHA, "scout_id": 1},
    "accounts": {
        "sign_in_name": "lea@example.org", "first_name": "Lea", "last_name": "", "role": "leader", "scout_id": None,
        "consent_id": None,
        "password_hash": HASH, "state": "active", "language": "en", "phone": "", "created_at": NOW,
    },
    "guardians": {"household_id": 1, "name": "Hal", "email": "hal@example.org", "account_id": 1},
    "guardian_scouts": {"guardian_id": 1, "scout_id": 1},
    "deletion_requests": {
        "scout_id": 1, "asked_by": 1, "asked_at": NOW, "state": "done", "decided_by": 1, "decided_at": NOW,
    },
    "forgotten_names": {"source": "name", "hash": SHA, "scout_id": 1},
    "family_exports": {
        "scout_id": 1, "asked_by": 1, "asked_at": NOW, "file_name": "f", "made_at": NOW, "expires_at": NOW,
    },
    "notice_versions": {"kind": "privacy", "said": "N", "hash": SHA, "made_at": NOW, "made_by": 1},
    "notice_acceptances": {"account_id": 1, "kind": "privacy", "hash": SHA, "at": NOW},
    "consents": {
        "scout_id": 1, "season_id": 1, "kind": "given", "guardian_id": 1, "shows_name": 1, "ranks": 0, "method": "paper", "evidence": "",
        "notice_hash": "", "signed_on": DAY, "expires_on": "2027-02-14", "recorded_at": NOW, "recorded_by": 1, "address": "",
    },
    "consent_letters": {
        "scout_id": 1, "guardian_id": 1, "asked_by": 1, "asked_at": NOW, "state": "stands", "link_hash": SHA, "sent_at": NOW,
        "answered_at": NOW, "address": "", "notice_hash": SHA, "second_sent_at": "2026-02-15T18:05:00Z", "trouble": "",
    },
    "invitations": {
        "token_hash": SHA, "role": "leader", "email": "lea@example.org", "guardian_id": 1, "made_by": 1, "made_at": NOW,
        "expires_at": NOW, "used_at": None, "withdrawn_at": None,
    },
    "sessions": {
        "token_hash": SHA, "account_id": 1, "agent": "", "device_hash": SHA, "started_at": NOW, "seen_at": NOW, "proven_at": NOW,
        "expires_at": NOW,
    },
    "known_devices": {
        "account_id": 1, "device_hash": SHA, "agent": "", "first_at": NOW, "last_at": NOW, "told_at": NOW, "mailed_at": NOW,
    },
    "second_factors": {"account_id": 1, "sealed": "s" * 40, "made_at": NOW, "confirmed_at": NOW, "last_step": 1},
    "recovery_codes": {"account_id": 1, "code_hash": SHA, "used_at": NOW},
    "passkeys": {
        "account_id": 1, "credential_id": "c" * 22, "public_key": "k" * 100, "handle": "h" * 43, "host": "localhost", "name": "P",
        "sign_count": 1, "made_at": NOW, "used_at": NOW,
    },
    "outside_identities": {"issuer": "https://id.example.org", "subject": "1", "account_id": 1, "linked_at": NOW},
    "password_resets": {"token_hash": SHA, "account_id": 1, "made_by": 1, "made_at": NOW, "expires_at": NOW},
    "api_tokens": {
        "token_hash": SHA, "account_id": 1, "name": "n", "scopes": '["sales:read"]', "origins": "[]", "made_at": NOW,
        "expires_at": "2027-02-14T18:05:00Z", "revoked_at": NOW, "used_on": DAY,
    },
    "audit_log": {
        "at": NOW, "account_id": 1, "action": "a", "subject": "s", "subject_id": 1, "detail": "{}", "request_id": "",
        "before": "", "seal": SHA,
    },
    "once_answers": {"key": "k", "account_id": 1, "request_hash": SHA, "status": 201, "answer": b"", "at": NOW},
    "troop": {"id": 1, "number": "1234", "name": "T", "council": "", "time_zone": "UTC"},
    "seasons": {
        "name": "2026-27", "year": 2027, "baker": "lbb", "status": "setup", "is_current": 0, "base_proceeds": 85,
        "exempt_per_girl": 0, "returns_until": DAY, "rewards_on": DAY, "created_at": NOW,
    },
    "proceeds_tiers": {"season_id": 1, "min_pga": 200, "cents": 90},
    "proceeds_rules": {
        "season_id": 1, "denominator": "selling", "fixed_girls": 0, "rounding": "exact", "numerator": "charged", "most_cents": 105,
        "fall_cents": 0, "opted_out": 0,
    },
    "proceeds_bonuses": {"season_id": 1, "name": "Gifts", "cents": 5},
    "proceeds_conditions": {"bonus_id": 1, "kind": "girls_at", "least": 80, "boxes": 50, "is_met": 0},
    "products": {
        "season_id": 1, "code": "CD", "name": "Caramel deLites", "family": "caramel", "price_cents": 600, "packs_per_case": 12,
        "is_virtual": 0, "is_gluten_free": 0, "is_active": 1, "allergens": "", "colour": "#aabbcc", "position": 1,
    },
    "product_names": {"season_id": 1, "key": "thinmints", "product_id": 1},
    "booths": {
        "season_id": 1, "type": "troop", "site_id": 1, "name": "B", "address": "", "starts_at": NOW,
        "ends_at": "2026-02-14T20:00:00Z", "status": "scheduled", "sign_up_from": NOW, "permit": "", "notes": "",
    },
    "booth_sites": {"name": "Library", "address": "", "notes": "", "is_active": 1},
    "booth_policies": {
        "season_id": 1, "type": "troop", "min_girls": 1, "max_girls": 4, "min_adults": 1, "max_adults": 2,
        "adults_are_registered": 1, "max_minutes": 240,
    },
    "sign_up_rules": {"season_id": 1, "leave_hours": 48},
    "early_windows": {"season_id": 1, "who": "leader", "hours": 24},
    "adult_clearances": {"account_id": 1, "until": DAY, "noted_by": 1, "noted_at": NOW},
    "booth_shifts": {
        "booth_id": 1, "starts_at": NOW, "ends_at": "2026-02-14T20:00:00Z", "min_girls": 1, "max_girls": 4, "min_adults": 1,
        "max_adults": 2,
    },
    "shift_sign_ups": {
        "shift_id": 1, "scout_id": 1, "account_id": None, "state": "going", "made_at": NOW, "made_by": 1, "moved_at": NOW,
        "told_at": NOW,
    },
    "shift_swaps": {"sign_up_id": 1, "offered_at": NOW, "offered_by": 1, "state": "taken", "taken_as": 1},
    "presences": {
        "booth_id": 1, "scout_id": 1, "account_id": None, "came_at": NOW, "left_at": "2026-02-14T20:00:00Z", "noted_by": 1,
        "noted_at": NOW,
    },
    "calendar_links": {"account_id": 1, "token_hash": SHA, "made_at": NOW},
    "orders": {
        "season_id": 1, "source": "digital-cookie", "external_number": "123", "scout_id": 1, "order_type": "delivery",
        "status": "delivered", "payment_method": "card", "customer_name": "C", "customer_email": "c@example.org",
        "customer_phone": "1", "customer_address": "a", "notes": "n", "ordered_at": NOW, "ordered_on": DAY, "delivered_on": DAY,
        "collected_cents": 600, "recorded_by": 1, "recorded_at": NOW, "version": 1, "boxes": 0, "donated_boxes": 0,
        "amount_cents": 0, "donated_cents": 0,
    },
    "order_lines": {"order_id": 1, "product_id": 1, "boxes": 2, "price_cents": 600},
    "order_thanks": {"order_id": 1, "thanked_at": NOW, "thanked_by": 1},
    "order_sums": {
        "season_id": 1, "scout_id": 1, "sales": 1, "boxes": 2, "amount_cents": 1200, "collected_cents": 0, "donated_boxes": 0,
        "delivered_cents": 1200, "share_cents": 0, "cash_cents": 0, "card_cents": 0,
    },
    "line_sums": {"product_id": 1, "boxes": 2, "cents": 1200},
    "goals": {"season_id": 1, "scout_id": 1, "boxes": 200},
    "reward_ladders": {
        "season_id": 1, "way": "cumulative", "is_example": 0, "ordered_on": DAY, "credits_until": DAY, "credits_least_cents": 500,
        "forfeited_on": "2026-09-30",
    },
    "reward_steps": {"season_id": 1, "counts": "boxes", "from_boxes": 200, "holds": 0},
    "reward_items": {"step_id": 1, "name": "Cat", "is_choice": 1, "is_patch": 0, "sizes": "S|M", "credit_cents": 0},
    "reward_opt_outs": {"season_id": 1, "scout_id": 1, "noted_at": NOW, "noted_by": 1},
    "season_days": {
        "season_id": 1, "day": DAY, "product_id": 1, "scout_id": None, "booth_id": None, "boxes": 12, "cents": 7200,
    },
    "emails_sent": {"season_id": 1, "scout_id": 1, "emails": 18, "noted_at": NOW, "noted_by": 1},
    "reward_choices": {"scout_id": 1, "item_id": 1, "size": "", "chosen_at": NOW, "chosen_by": 1},
    "reward_receipts": {
        "season_id": 1, "number": 2, "scout_id": 1, "received_by": "Gia", "handed_at": NOW, "handed_by": 1,
        "signature": "M1 1L2 2L3 3L4 4L5 5L6 6", "voided_at": NOW, "void_reason": "wrong size",
    },
    "reward_receipt_lines": {"receipt_id": 1, "item_id": 1, "size": ""},
    "reward_levels_told": {"season_id": 1, "scout_id": 1, "counts": "boxes", "from_boxes": 100, "told_at": NOW},
    "point_rules": {"season_id": 1, "reason": "shift", "points": 10},
    "point_prizes": {"name": "Book", "points": 100, "is_active": 1},
    "point_entries": {
        "season_id": 1, "scout_id": 1, "reason": "prize", "points": -10, "key": "k", "prize_id": 1, "returns": None, "note": "",
        "at": NOW, "given_by": 1,
    },
    "birth_months": {"scout_id": 1, "month": 3, "agreed_by": 1, "agreed_at": NOW},
    "import_batches": {
        "season_id": 1, "source": "csv", "kind": "sales", "row_type": "order", "file_name": "a.csv", "sha256": SHA, "scout_id": 1,
        "state": "undone", "file_made": "", "newest": "",
        "file_totals": "{}", "notes": "[]", "staged_at": NOW, "staged_by": 1, "applied_at": NOW, "undone_at": NOW,
    },
    "import_rows": {
        "batch_id": 1, "row_no": 1, "key": "k", "fields": "{}", "scout_id": 1, "outcome": "new", "reasons": "[]", "asks": "[]",
        "is_written": 0, "before": "{}",
    },
    "import_answers": {"source": "csv", "kind": "cookie", "said": "tm", "meaning": "TM"},
    "office_lines": {
        "season_id": 1, "system": "ebudde", "key": "k", "kind": "T2G", "external_number": "", "scout_id": 1, "product_id": 1,
        "boxes": -1, "cents": 0, "day": DAY, "batch_id": 1,
    },
    "typed_ticks": {"season_id": 1, "key": "k", "boxes": 3, "ticked_at": NOW, "ticked_by": 1},
    "places": {"kind": "scout", "scout_id": 1, "booth_id": None},
    "money_accounts": {"kind": "scout", "scout_id": 1},
    "journal": {
        "season_id": 1, "kind": "T2G", "day": DAY, "recorded_at": NOW, "recorded_by": 1, "scout_id": 1, "order_id": 1,
        "booth_id": 1, "count_id": 1, "batch_id": 1, "method": "cash", "reference": "", "note": "", "reverses": 1,
    },
    "box_moves": {"entry_id": 1, "product_id": 1, "from_place": 1, "to_place": 2, "boxes": 3},
    "money_entries": {
        "entry_id": 1, "debit": 1, "credit": 4, "cents": 1200, "product_id": 1, "boxes": 2, "price_cents": 600,
    },
    "credits": {"entry_id": 1, "scout_id": 1, "product_id": 1, "boxes": -1, "channel": "own"},
    "credit_sums": {"scout_id": 1, "product_id": 1, "channel": "own", "boxes": 3},
    "girl_credit_sums": {"season_id": 1, "scout_id": 1, "boxes": 3},
    "booth_sums": {"booth_id": 1, "product_id": 1, "sold": 3, "credited": 2},
    "money_sums": {"account_id": 1, "season_id": 1, "kind": "T2G", "product_id": 1, "cents": 1200, "boxes": 2},
    "box_sums": {"place_id": 1, "product_id": 1, "boxes": -3},
    "counts": {"season_id": 1, "place_id": 2, "counted_at": NOW, "counted_by": 1, "note": ""},
    "count_lines": {"count_id": 1, "product_id": 1, "boxes": 3, "expected": 2},
    "external_entries": {"season_id": 1, "system": "ebudde", "key": "k", "entry_id": 1, "is_own": 0},
    "cupboard_orders": {
        "season_id": 1, "kind": "initial", "cupboard": "", "reference": "", "note": "", "cut_off_on": DAY,
        "cut_off_time": "18:00", "pick_up_on": DAY,
        "made_at": NOW, "made_by": 1, "placed_on": DAY, "placed_by": 1, "cancelled_on": DAY, "no_show_on": None,
        "closed_after": None, "version": 1,
    },
    "cupboard_wishes": {"order_id": 1, "scout_id": 1, "extra": None, "product_id": 1, "boxes": 5},
    "cupboard_order_lines": {"order_id": 1, "product_id": 1, "wished": 10, "boxes": 12, "price_cents": 600},
    "cupboard_receipts": {
        "order_id": 1, "entry_id": 71, "damaged_entry_id": 72, "counted_by": "Lea", "checked_by": "Mia",
    },
    "claims": {
        "receipt_id": 1, "product_id": 1, "kind": "missing", "boxes": 2, "price_cents": 600, "made_at": NOW, "told_on": DAY,
        "told_reference": "", "settled_on": DAY, "outcome": "credited", "settled_note": "", "version": 1,
    },
    "receipts": {
        "season_id": 1, "number": 1, "entry_id": 75, "adult": "Gia", "issued_at": NOW, "issued_by": 1, "signature": "M12 30L14 33",
        "signed_at": NOW, "confirmed_by": None, "confirmed_at": None,
    },
    "deposits": {
        "season_id": 1, "cash_cents": 1200, "checks_cents": 600, "note": "", "counted_at": NOW, "counted_by": 1, "verified_at": NOW,
        "verified_by": 5, "entry_id": 73, "bank_line": "DEPOSIT 0214", "matched_on": DAY, "dropped_at": None,
    },
    "deposit_payments": {"entry_id": 73, "deposit_id": 1},
    "family_limits": {"season_id": 1, "cash_cents": 20000, "boxes_cents": 60000, "days": 7},
    "reminders": {
        "season_id": 1, "scout_id": 1, "kind": "reminder", "day": DAY, "owed_cents": 600, "note": "", "sent_by": 1,
    },
    "unpaid_files": {
        "season_id": 1, "scout_id": 1, "cents": 600, "filed_on": DAY, "filed_by": 1, "reference": "", "outcome": "accepted",
        "settled_on": DAY, "entry_id": 74,
    },
    "agreements": {
        "season_id": 1, "scout_id": 1, "account_id": 1, "said_on": DAY, "agrees": 0, "balance_cents": 600, "home_boxes": 1,
        "note": "one box more",
    },
    "sweep_rules": {
        "season_id": 1, "due_on": DAY, "basis": "balance", "factor": 3000, "nets_cards": 1, "nets_proceeds": 0, "as_of": DAY,
        "least_cents": 2500, "failed_on": None, "entry_id": 76,
    },
    "entry_checks": {
        "entry_id": 1, "checked_at": NOW, "score": 40, "findings": '["double"]', "decision": "fine", "decided_by": 1, "decided_at": NOW,
        "note": "",
    },
    "booth_midcounts": {"booth_id": 1, "counted_at": NOW, "product_id": 1, "boxes": 3},
    "booth_closings": {
        "booth_id": 1, "entry_id": 1, "closed_at": NOW, "closed_by": 1, "start_cents": 10000, "drops_cents": 0, "end_cents": 27600,
        "checks_cents": 0, "cards_cents": 9600, "apps_cents": 0, "expected_cents": 27700, "cash": "{}", "reason": "wrong_change",
        "signed_by": None, "signed_at": NOW, "reopened_at": NOW,
    },
    "booth_closing_lines": {"closing_id": 1, "product_id": 1, "brought": 36, "remaining": 9, "damaged": 0, "donated": 0, "sold": 27},
    "booth_closing_entries": {"entry_id": 1, "closing_id": 1},
    "booth_divisions": {"entry_id": 1, "way": "minutes"},
    "booth_shares": {"entry_id": 1, "scout_id": 1, "minutes": 120, "ideal": "92/5", "carry_before": "0"},
    "booth_entries": {
        "booth_id": 1, "uid": "f" * 32, "sha256": SHA, "device": "a1", "counter": 1, "captured_at": NOW, "happened_at": NOW,
        "received_at": NOW, "sent_by": 1, "kind": "sale", "pay": "cash", "undoes": None, "said": "{}", "state": "taken", "flag": None,
        "trouble": "{}", "settled_by": 1, "settled_at": NOW,
    },
    "booth_entry_lines": {"entry_id": 1, "product_id": 1, "boxes": 2, "price_cents": 600},
    "booth_sheets": {
        "season_id": 1, "booth_id": 1, "file_name": "a.json", "sha256": SHA, "said": "{}", "kept_at": NOW, "kept_by": 1,
    },
}  # fmt: skip

GOOD |= ROWS_OF_CARE


def insert(tx, table, row):
    names = ", ".join(row)
    places = ", ".join(f":{name}" for name in row)
    return add(tx, f"INSERT INTO {table} ({names}) VALUES ({places})", **row)


def good(table, **changes):
    return {**GOOD[table], **changes}


def put_in(tx, table, row):
    """Insert the row where there may be only one like it."""
    if table == "places":  # the count and the places that the world made are in its way
        tx.execute("DELETE FROM counts")
    if table in MAKE_ROOM:
        tx.execute(MAKE_ROOM[table])
    insert(tx, table, row)


def refused(tx, table, row, words=""):
    """The row does not go in, and SQLite says so in these words."""
    tx.execute("SAVEPOINT attack")
    with pytest.raises((apsw.ConstraintError, apsw.MismatchError), match=words):
        put_in(tx, table, row)
        pytest.fail(f"{table} took {row}")
    tx.execute("ROLLBACK TO attack")
    tx.execute("RELEASE attack")


def says_no(tx, sql, words, **values):
    with pytest.raises(apsw.ConstraintError, match=words):
        run(tx, sql, **values)
