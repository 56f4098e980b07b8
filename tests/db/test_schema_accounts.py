"""What the file itself holds about second factors, devices, links and tokens, attacked with plain SQL."""

from gsctracker.db.rows import run, value
from tests.db.one_of_each import good, insert, refused, says_no


def test_no_code_counts_twice(world):
    """S5: trigger a_code_counts_once. Another secret begins anew."""
    insert(world, "second_factors", good("second_factors", last_step=100))
    for step in (100, 99, 0):
        says_no(world, "UPDATE second_factors SET last_step = :step", "a code counts once", step=step)
    run(world, "UPDATE second_factors SET last_step = 101")
    run(world, "UPDATE second_factors SET last_step = 0, sealed = :other", other="t" * 60)


def test_what_lets_somebody_in_goes_with_her_account(world):
    other = insert(world, "accounts", good("accounts"))
    tables = ("known_devices", "second_factors", "recovery_codes", "api_tokens", "passkeys", "outside_identities")
    for table in tables:
        insert(world, table, good(table, account_id=other))
    insert(world, "password_resets", good("password_resets", account_id=other))
    run(world, "DELETE FROM accounts WHERE id = :id", id=other)
    left = "SELECT (SELECT count(*) FROM known_devices) + (SELECT count(*) FROM second_factors)"
    left += " + (SELECT count(*) FROM recovery_codes) + (SELECT count(*) FROM api_tokens) + (SELECT count(*) FROM password_resets)"
    assert value(world, left) == 0
    assert value(world, "SELECT (SELECT count(*) FROM passkeys) + (SELECT count(*) FROM outside_identities)") == 0


def test_a_passkey_counts_forward_and_stays_what_it_is(world):
    """Triggers a_passkey_counts_forward and a_passkey_stays_what_it_is: a copy of it that counts back is seen. Some never count."""
    insert(world, "passkeys", good("passkeys", sign_count=0))
    run(world, "UPDATE passkeys SET sign_count = 0")
    run(world, "UPDATE passkeys SET sign_count = 7")
    for count in (7, 6, 0):
        says_no(world, "UPDATE passkeys SET sign_count = :count", "a passkey counts forward", count=count)
    run(world, "UPDATE passkeys SET sign_count = 8, name = 'Other', used_at = made_at")
    for column in ("account_id", "credential_id", "public_key", "handle", "host"):
        says_no(world, f"UPDATE passkeys SET {column} = {column}", "a passkey stays what it is")


def test_an_outside_identity_stays_with_the_account_it_was_given_to(world):
    """Trigger an_outside_identity_stays_hers."""
    insert(world, "outside_identities", good("outside_identities"))
    says_no(world, "UPDATE outside_identities SET account_id = account_id", "an outside identity stays hers")


def test_a_girl_has_neither_a_passkey_nor_an_outside_identity(world):
    """AUTH-03: triggers a_girl_has_no_passkey and a_girl_has_no_outside_identity."""
    consent = insert(world, "consents", good("consents"))
    girl = insert(
        world, "accounts", good("accounts", sign_in_name="ana1", role="scout", scout_id=1, consent_id=consent)
    )
    refused(world, "passkeys", good("passkeys", account_id=girl), "a girl has no passkey")
    refused(world, "outside_identities", good("outside_identities", account_id=girl), "a girl has no outside identity")
