"""What the file itself holds about second factors, devices, links and tokens, attacked with plain SQL."""

from gsctracker.db.rows import run, value
from tests.db.one_of_each import good, insert, says_no


def test_no_code_counts_twice(world):
    """S5: trigger a_code_counts_once. Another secret begins anew."""
    insert(world, "second_factors", good("second_factors", last_step=100))
    for step in (100, 99, 0):
        says_no(world, "UPDATE second_factors SET last_step = :step", "a code counts once", step=step)
    run(world, "UPDATE second_factors SET last_step = 101")
    run(world, "UPDATE second_factors SET last_step = 0, sealed = :other", other="t" * 60)


def test_what_lets_somebody_in_goes_with_her_account(world):
    other = insert(world, "accounts", good("accounts"))
    tables = ("known_devices", "second_factors", "recovery_codes", "api_tokens")
    for table in tables:
        insert(world, table, good(table, account_id=other))
    insert(world, "password_resets", good("password_resets", account_id=other))
    run(world, "DELETE FROM accounts WHERE id = :id", id=other)
    left = "SELECT (SELECT count(*) FROM known_devices) + (SELECT count(*) FROM second_factors)"
    left += " + (SELECT count(*) FROM recovery_codes) + (SELECT count(*) FROM api_tokens) + (SELECT count(*) FROM password_resets)"
    assert value(world, left) == 0
