"""Rules of the schema that speak of more than one column, or in their own way, and a row of changes that breaks each."""

from tests.db.room import DAY, NOW

BY_HAND = {
    ("recovery_holders", "id IN (1, 2)"),
    ("instance", "id = 1"),
    ("copy_runs", "(result = 'failed') = (content IS NULL)"),
    ("incident_lines", "kind = 'to_do' OR done_at IS NULL"),
    ("troop", "id = 1"),
    ("proceeds_rules", "denominator <> 'fixed' OR fixed_girls > 0"),
    ("proceeds_conditions", "(kind = 'girls_at') = (boxes IS NOT NULL)"),
    ("proceeds_conditions", "kind NOT IN ('girls_at', 'participation') OR least <= 100"),
    ("proceeds_conditions", "kind <> 'level_from' OR least <= 5"),
    ("proceeds_conditions", "is_met = 0 OR kind = 'by_hand'"),
    ("reward_receipts", "(voided_at IS NULL) = (void_reason = '')"),
    ("point_entries", "returns < id"),
    ("point_entries", "points > 0 OR reason IN ('prize', 'boxes')"),
    ("point_entries", "(reason = 'prize') = (prize_id IS NOT NULL AND points < 0)"),
    ("point_entries", "(reason = 'returned') = (returns IS NOT NULL)"),
    ("point_entries", "reason NOT IN ('shift', 'training', 'referral', 'birthday') OR key IS NOT NULL"),
    ("season_days", "(product_id IS NOT NULL) + (scout_id IS NOT NULL) + (booth_id IS NOT NULL) = 1"),
    ("accounts", "password_hash LIKE '$argon2id$%'"),
    ("sessions", "length(device_hash) IN (0, 64)"),
    ("accounts", "(role = 'scout') = (scout_id IS NOT NULL)"),
    ("accounts", "role = 'scout' OR consent_id IS NULL"),
    ("accounts", "role <> 'scout' OR phone = ''"),
    ("deletion_requests", "(state = 'waiting') = (decided_at IS NULL)"),
    ("family_exports", "(made_at IS NULL) = (expires_at IS NULL)"),
    ("consents", "length(notice_hash) IN (0, 64)"),
    ("audit_log", "length(before) IN (0, 64)"),
    ("audit_log", "length(seal) IN (0, 64)"),
    ("consents", "kind = 'withdrawn' OR guardian_id IS NOT NULL"),
    ("consents", "(kind = 'given') = (expires_on IS NOT NULL)"),
    ("consents", "expires_on >= signed_on"),
    ("consents", "method = 'paper' OR (shows_name, ranks) = (0, 0)"),
    ("consent_letters", "length(notice_hash) IN (0, 64)"),
    ("consent_letters", "state = 'asked' OR state = 'over' OR (sent_at IS NOT NULL AND link_hash IS NOT NULL)"),
    ("consent_letters", "state NOT IN ('agreed', 'stands') OR (answered_at >= sent_at AND length(notice_hash) = 64)"),
    ("consent_letters", "second_sent_at >= strftime('%Y-%m-%dT%H:%M:%SZ', answered_at, '+1 day')"),
    ("consent_letters", "(state = 'stands') = (second_sent_at IS NOT NULL)"),
    ("accounts", "role = 'scout' OR sign_in_name LIKE '%_@_%'"),
    ("products", "colour GLOB '#[0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f][0-9a-f]'"),
    ("booths", "ends_at > starts_at"),
    ("booth_policies", "max_girls >= min_girls"),
    ("booth_policies", "max_adults >= min_adults"),
    ("booth_shifts", "ends_at > starts_at"),
    ("booth_shifts", "max_girls >= min_girls"),
    ("booth_shifts", "max_adults >= min_adults"),
    ("shift_sign_ups", "(scout_id IS NULL) <> (account_id IS NULL)"),
    ("shift_swaps", "(state = 'taken') = (taken_as IS NOT NULL)"),
    ("shift_sign_ups", "moved_at IS NOT NULL OR told_at IS NULL"),
    ("presences", "left_at > came_at"),
    ("presences", "(scout_id IS NULL) <> (account_id IS NULL)"),
    ("booth_closings", "signed_by <> closed_by"),
    ("booth_entries", "(kind = 'sale') = (pay IS NOT NULL)"),
    ("booth_entries", "(kind = 'undo') = (undoes IS NOT NULL)"),
    ("booth_closing_lines", "sold = brought - remaining - damaged - donated"),
    ("orders", "(source = 'manual') = (external_number IS NULL)"),
    ("orders", "payment_method <> 'none' OR collected_cents = 0"),
    ("import_batches", "(state = 'staged') = (applied_at IS NULL)"),
    ("import_batches", "(state = 'undone') = (undone_at IS NOT NULL)"),
    ("places", "(kind = 'scout') = (scout_id IS NOT NULL)"),
    ("places", "(kind = 'booth') = (booth_id IS NOT NULL)"),
    ("money_accounts", "(kind = 'scout') = (scout_id IS NOT NULL)"),
    ("journal", "reverses < id"),
    ("cupboard_orders", "closed_after IS NULL OR placed_on IS NOT NULL"),
    ("cupboard_orders", "cut_off_on IS NULL OR pick_up_on IS NULL OR cut_off_on <= pick_up_on"),
    ("cupboard_orders", "cut_off_time IS strftime('%H:%M', cut_off_time)"),
    ("cupboard_orders", "cut_off_time IS NULL OR cut_off_on IS NOT NULL"),
    ("cupboard_orders", "no_show_on IS NULL OR (kind <> 'initial' AND placed_on IS NOT NULL AND cancelled_on IS NULL)"),
    ("cupboard_wishes", "(scout_id IS NULL) = (extra IS NOT NULL)"),
    ("cupboard_order_lines", "boxes >= wished"),
    ("cupboard_receipts", "lower(counted_by) <> lower(checked_by)"),
    ("cupboard_receipts", "entry_id <> damaged_entry_id"),
    ("claims", "(settled_on IS NULL) = (outcome IS NULL)"),
    ("claims", "outcome IS NULL OR outcome = 'waived' OR told_on IS NOT NULL"),
    ("claims", "settled_on >= told_on"),
    ("receipts", "signature IS NULL OR signature NOT GLOB '*[^ML0-9 ]*'"),
    ("receipts", "(signature IS NULL) = (signed_at IS NULL)"),
    ("receipts", "signature IS NULL OR adult <> ''"),
    ("receipts", "(confirmed_by IS NULL) = (confirmed_at IS NULL)"),
    ("receipts", "confirmed_by <> issued_by"),
    ("deposits", "cash_cents + checks_cents > 0"),
    ("deposits", "verified_by <> counted_by"),
    ("deposits", "(verified_at IS NULL) = (verified_by IS NULL)"),
    ("deposits", "entry_id IS NULL OR verified_by IS NOT NULL"),
    ("deposits", "(bank_line IS NULL) = (matched_on IS NULL)"),
    ("deposits", "bank_line IS NULL OR entry_id IS NOT NULL"),
    ("deposits", "dropped_at IS NULL OR entry_id IS NULL"),
    ("unpaid_files", "(outcome IS NULL) = (settled_on IS NULL)"),
    ("unpaid_files", "(ifnull(outcome, '') IN ('accepted', 'paid')) = (entry_id IS NOT NULL)"),
    ("agreements", "agrees = 1 OR note <> ''"),
    ("entry_checks", "(decision IS NULL) = (decided_at IS NULL)"),
    ("sweep_rules", "basis = 'remainder' OR factor > 0"),
    ("sweep_rules", "as_of <= due_on"),
    ("sweep_rules", "failed_on IS NULL OR entry_id IS NULL"),
    ("duty_weeks", "monday IS date(monday) AND strftime('%w', monday) = '1'"),
    ("duty_weeks", "deputy_id <> account_id"),
    ("roll_ups", "began_at IS strftime('%Y-%m-%dT%H:%M:00Z', began_at)"),
    ("roll_ups", "requests >= 0"),
    ("roll_ups", "failures BETWEEN 0 AND requests"),
    ("roll_ups", "slow >= 0"),
    ("roll_ups", "file_size >= 0"),
    ("roll_ups", "disk_free >= 0"),
    ("roll_ups", "memory >= 0"),
    ("mishaps", "count >= 1"),
    ("mishaps", "account_id > 0"),
    ("mishaps", "first_at <= last_at"),
    ("box_moves", "from_place <> to_place"),
    ("money_entries", "debit <> credit"),
    ("money_entries", "(product_id IS NULL) = (boxes IS NULL) AND (boxes IS NULL) = (price_cents IS NULL)"),
    ("money_entries", "boxes IS NULL OR cents = boxes * price_cents"),
}
"""Rules that speak of more than one column, or in their own way: each is attacked by a row of CHANGES, or by a test of its own."""

CHANGES = [
    ("instance", {"id": 2}),
    ("season_days", {"scout_id": 1}),  # of a cookie and of a girl
    ("season_days", {"product_id": None}),  # of nothing
    ("duty_weeks", {"monday": "2026-02-10"}),  # a Tuesday
    ("duty_weeks", {"monday": "soon"}),
    ("duty_weeks", {"deputy_id": 1}),  # her own deputy
    ("roll_ups", {"began_at": "2026-02-14T18:05:30Z"}),  # within a minute
    ("roll_ups", {"began_at": "soon"}),
    ("roll_ups", {"requests": -1, "failures": -1}),
    ("roll_ups", {"failures": 6}),  # more than were asked
    ("roll_ups", {"slow": -1}),
    ("roll_ups", {"file_size": -1}),
    ("roll_ups", {"disk_free": -1}),
    ("roll_ups", {"memory": -1}),
    ("mishaps", {"count": 0}),
    ("mishaps", {"account_id": 0}),
    ("mishaps", {"last_at": "2026-02-13T00:00:00Z"}),
    ("copy_runs", {"content": None}),
    ("incident_lines", {"kind": "happened"}),  # what happened is not done
    ("copy_runs", {"result": "failed"}),  # and yet there is something in it
    ("troop", {"id": 2}),
    ("accounts", {"password_hash": "secret"}),
    ("accounts", {"password_hash": "$2b$12$abc"}),
    ("sessions", {"device_hash": "a"}),
    ("accounts", {"role": "scout", "sign_in_name": "ana", "consent_id": 1, "state": "disabled"}),  # without a girl
    ("accounts", {"scout_id": 1}),  # a leader who is a girl of the roster
    ("accounts", {"consent_id": 1}),
    ("accounts", {"role": "scout", "sign_in_name": "ana", "scout_id": 1, "state": "disabled", "phone": "555 0100"}),
    ("deletion_requests", {"state": "waiting"}),  # and yet decided
    ("deletion_requests", {"decided_at": None}),
    ("family_exports", {"made_at": None}),
    ("family_exports", {"expires_at": None}),
    ("consents", {"notice_hash": "a"}),
    ("audit_log", {"before": "a"}),
    ("audit_log", {"seal": "a"}),
    ("consents", {"guardian_id": None}),
    ("consents", {"expires_on": None}),
    ("consents", {"kind": "withdrawn"}),  # and yet it ends some day
    ("consents", {"expires_on": "2026-02-13"}),
    ("consents", {"kind": "withdrawn", "expires_on": None, "method": "email_plus", "shows_name": 1}),
    ("consent_letters", {"notice_hash": "a"}),
    ("consent_letters", {"state": "refused", "second_sent_at": None, "sent_at": None}),
    ("consent_letters", {"answered_at": "2026-02-14T18:04:59Z"}),  # before she was asked
    ("consent_letters", {"second_sent_at": "2026-02-15T18:04:59Z"}),  # a second too soon
    ("consent_letters", {"second_sent_at": None}),
    ("accounts", {"sign_in_name": "lea"}),  # an adult without an address
    ("products", {"colour": "red"}),
    ("products", {"colour": "#AABBCC"}),
    ("booths", {"ends_at": NOW}),
    ("booths", {"ends_at": "2026-02-14T17:00:00Z"}),
    ("booth_policies", {"min_girls": 5}),
    ("booth_policies", {"min_adults": 3}),
    ("booth_shifts", {"ends_at": NOW}),
    ("booth_shifts", {"min_girls": 5}),
    ("booth_shifts", {"min_adults": 3}),
    ("booth_closings", {"signed_by": 1}),
    ("booth_closing_lines", {"sold": 28}),
    ("booth_closing_lines", {"brought": 0}),
    ("shift_sign_ups", {"scout_id": None}),
    ("shift_sign_ups", {"account_id": 1}),
    ("shift_swaps", {"state": "open"}),
    ("shift_swaps", {"taken_as": None}),
    ("shift_sign_ups", {"moved_at": None}),  # told of what did not happen
    ("presences", {"account_id": 1}),
    ("presences", {"scout_id": None}),
    ("presences", {"left_at": NOW}),
    ("presences", {"left_at": "2026-02-14T17:00:00Z"}),
    ("orders", {"source": "manual"}),  # with a number of Digital Cookie's
    ("orders", {"external_number": None}),  # from Digital Cookie without one
    ("orders", {"payment_method": "none"}),  # and yet something was collected
    ("import_batches", {"state": "staged"}),
    ("import_batches", {"applied_at": None}),
    ("import_batches", {"state": "applied"}),  # and undone
    ("import_batches", {"undone_at": None}),
    ("places", {"scout_id": None}),
    ("places", {"kind": "booth"}),
    ("places", {"booth_id": 1}),
    ("money_accounts", {"scout_id": None}),
    ("money_accounts", {"kind": "bank"}),
    ("receipts", {"signature": "M12 30<script>"}),
    ("receipts", {"signature": None}),
    ("receipts", {"signed_at": None}),
    ("receipts", {"adult": ""}),
    ("receipts", {"confirmed_at": NOW}),
    ("receipts", {"confirmed_by": 1, "confirmed_at": NOW}),  # by who issued it
    ("deposits", {"cash_cents": 0, "checks_cents": 0}),
    ("deposits", {"verified_by": 1}),  # by who counted it
    ("deposits", {"verified_at": None}),
    ("deposits", {"verified_at": None, "verified_by": None}),  # and yet at the bank
    ("deposits", {"matched_on": None}),
    ("deposits", {"entry_id": None}),  # and yet on the bank's statement
    ("deposits", {"dropped_at": NOW}),
    ("unpaid_files", {"settled_on": None}),
    ("unpaid_files", {"entry_id": None}),
    ("unpaid_files", {"outcome": "withdrawn"}),  # and yet taken over
    ("unpaid_files", {"outcome": None, "settled_on": None}),
    ("agreements", {"note": ""}),  # what is not right?
    ("entry_checks", {"decided_at": None}),
    ("sweep_rules", {"factor": 0}),
    ("sweep_rules", {"as_of": "2026-02-15"}),  # a day after the withdrawal
    ("sweep_rules", {"failed_on": DAY}),  # and yet withdrawn
    ("box_moves", {"to_place": 1}),
    ("money_entries", {"credit": 1}),
    ("money_entries", {"product_id": None}),
    ("money_entries", {"boxes": None}),
    ("money_entries", {"price_cents": None}),
    ("money_entries", {"cents": 1199}),  # 2 boxes at $6.00 are $12.00
    ("money_entries", {"boxes": 3}),
    ("cupboard_orders", {"cut_off_on": "2026-02-15"}),
    ("cupboard_orders", {"cut_off_time": "9:00"}),
    ("cupboard_orders", {"cut_off_time": "24:30"}),
    ("cupboard_orders", {"cut_off_on": None}),  # an hour of no day
    ("cupboard_orders", {"no_show_on": "2026-02-14"}),  # an initial order, and a cancelled one
    ("cupboard_wishes", {"extra": "booths"}),  # a girl's and the booths'
    ("cupboard_wishes", {"scout_id": None}),  # nobody's
    ("cupboard_order_lines", {"boxes": 9}),  # fewer than were wished
    ("cupboard_receipts", {"checked_by": "LEA"}),
    ("claims", {"settled_on": None}),
    ("claims", {"outcome": None}),
    ("claims", {"told_on": None}),
    ("claims", {"told_on": "2026-02-15"}),  # told after it was settled
    ("proceeds_rules", {"denominator": "fixed"}),  # an average over no girl
    ("proceeds_conditions", {"boxes": None}),
    ("proceeds_conditions", {"kind": "pga"}),  # packages of each girl are for `girls_at` alone
    ("proceeds_conditions", {"least": 101}),
    ("proceeds_conditions", {"kind": "level_from", "least": 6, "boxes": None}),
    ("proceeds_conditions", {"is_met": 1}),  # the box counts it itself
    ("reward_receipts", {"voided_at": None}),
    ("reward_receipts", {"void_reason": ""}),
    ("point_entries", {"returns": 9, "id": 9, "reason": "returned", "points": 10, "prize_id": None}),
    ("point_entries", {"reason": "training", "prize_id": None}),  # points are not taken away for a training
    ("point_entries", {"points": 10}),
    ("point_entries", {"prize_id": None}),
    ("point_entries", {"reason": "returned", "points": 10, "prize_id": None}),
    ("point_entries", {"reason": "shift", "points": 10, "prize_id": None, "key": None}),
]  # fmt: skip
"""(table, what is changed in its good row): the file refuses each."""
