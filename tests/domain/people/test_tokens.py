"""Tokens for programs: made, kept as a hash, narrowed, run out, revoked."""

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.people import accounts, sessions, tokens
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import make_person, make_scout


@pytest.fixture
def lea(tx):
    return make_person(tx, "leader")


def test_a_token_stands_for_its_account_and_is_not_kept_itself(tx, lea):
    token = tokens.make(tx, "n8n", ["sales:read"], 30, lea, "https://flows.example.org")
    assert token.startswith("gsct_")
    assert value(tx, "SELECT count(*) FROM api_tokens WHERE token_hash = :t", t=token) == 0
    found = tokens.bearer(tx, token)
    assert (found.account_id, found.scopes, found.origins) == (lea.id, {"sales:read"}, {"https://flows.example.org"})
    assert sessions.acting(tx, found.account_id).role == "leader"


@pytest.mark.parametrize("token", ["", "gsct_", "x" * 48, "gsct_" + "x" * 43, "gsct_" + "x" * 5000, "'; --"])
def test_a_made_up_token_is_nobody(tx, token):
    assert tokens.bearer(tx, token) is None


def test_a_token_ends_on_its_day_when_revoked_and_with_its_account(tx, lea, admin):
    """SEC-22: expiry enforced."""
    old, gone, hers = (tokens.make(tx, name, ["sales:read"], 7, lea) for name in ("old", "gone", "hers"))
    run(tx, "UPDATE api_tokens SET expires_at = :past WHERE name = 'old'", past=clock.after(seconds=-1))
    assert tokens.bearer(tx, old) is None
    with pytest.raises(NotFound):
        tokens.revoke(tx, tokens.of_account(tx, lea.id)[1].id, admin)
    tokens.revoke(tx, tokens.of_account(tx, lea.id)[1].id, lea)
    assert tokens.bearer(tx, gone) is None
    assert [one.name for one in tokens.of_account(tx, lea.id)] == ["hers"]
    accounts.disable(tx, lea.id, admin)
    assert sessions.acting(tx, tokens.bearer(tx, hers).account_id) is None


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"scopes": []}, Invalid),
        ({"scopes": ["sales:read", "everything"]}, Invalid),
        ({"days": 3650}, Invalid),
        ({"name": " "}, Invalid),
        ({"name": "x" * 61}, Invalid),
        ({"origins": "*"}, Invalid),
        ({"origins": "https://a.example/path"}, Invalid),
        ({"origins": " ".join(f"https://{n}.example" for n in range(6))}, Invalid),
    ],
)
def test_what_no_token_can_be(tx, lea, change, kind):
    with pytest.raises(kind):
        tokens.make(tx, **{"name": "n8n", "scopes": ["sales:read"], "days": 30, "by": lea} | change)


def test_families_make_none_and_nobody_makes_endlessly_many(tx, lea):
    with pytest.raises(NotAllowed):
        tokens.make(tx, "n8n", ["sales:read"], 30, make_person(tx, "caregiver", "Cora", scout_ids=(make_scout(tx),)))
    for number in range(tokens.MOST_PER_ACCOUNT):
        tokens.make(tx, f"n{number}", ["sales:read"], 30, lea)
    with pytest.raises(Conflict):
        tokens.make(tx, "one more", ["sales:read"], 30, lea)
    assert tokens.revoke_all(tx) == tokens.MOST_PER_ACCOUNT
