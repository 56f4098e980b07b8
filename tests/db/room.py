"""What a good row of a table needs beside it, and what must go before a second one fits."""

NOW = "2026-02-14T18:05:00Z"
DAY = "2026-02-14"
SHA = "a" * 64
HASH = "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA"

PICKED_UP = f"""INSERT OR IGNORE INTO journal (id, season_id, kind, day, recorded_at)
                VALUES (71, 1, 'C2T', '{DAY}', '{NOW}'), (72, 1, 'DAMAGED', '{DAY}', '{NOW}')"""
RECEIVED = f"""{PICKED_UP}; INSERT OR IGNORE INTO cupboard_receipts (id, order_id, entry_id, counted_by, checked_by)
                VALUES (1, 1, 71, 'Lea', 'Mia')"""

BANKED = f"""INSERT OR IGNORE INTO accounts (id, sign_in_name, first_name, role, password_hash, created_at)
                VALUES (5, 'mia@example.org', 'Mia', 'leader', '{HASH}', '{NOW}');
             INSERT OR IGNORE INTO journal (id, season_id, kind, day, recorded_at)
                VALUES (73, 1, 'deposit', '{DAY}', '{NOW}'), (74, 1, 'write_off', '{DAY}', '{NOW}')"""
HANDED_IN = f"""INSERT OR IGNORE INTO journal (id, season_id, kind, day, recorded_at, scout_id)
                VALUES (75, 1, 'payment', '{DAY}', '{NOW}', 1)"""
COUNTED = f"""{BANKED}; INSERT OR IGNORE INTO deposits (id, season_id, cash_cents, checks_cents, counted_at, counted_by)
                VALUES (1, 1, 1200, 600, '{NOW}', 1)"""

WITHDRAWN = f"""INSERT OR IGNORE INTO journal (id, season_id, kind, day, recorded_at) VALUES (76, 1, 'sweep', '{DAY}', '{NOW}')"""

MAKE_ROOM = {
    "sweep_rules": WITHDRAWN,
    "receipts": HANDED_IN,
    "deposits": BANKED,
    "deposit_payments": COUNTED,
    "unpaid_files": BANKED,
    "cupboard_order_lines": "UPDATE cupboard_orders SET placed_on = NULL",
    "cupboard_wishes": "UPDATE cupboard_orders SET placed_on = NULL, kind = 'initial' WHERE id = 1",
    "cupboard_receipts": PICKED_UP,
    "claims": RECEIVED,
    "instance": "DELETE FROM instance",
    "places": "DELETE FROM places",
    "booth_divisions": "DELETE FROM booth_divisions",
    "money_accounts": "DELETE FROM money_accounts WHERE scout_id = 1",
}
"""What must go before a second row fits: of these there is one, or a trigger made it."""
