"""Who is signed in where."""

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.people import families, sessions
from tests.factories import make_person, make_scout


@pytest.mark.parametrize("token", ["", "x", "a" * 43, "'; DROP TABLE sessions; --", "\x00"])
def test_a_made_up_secret_is_nobody(tx, token):
    assert sessions.resume(tx, token) is None


def test_the_secret_itself_is_not_kept(tx, admin):
    token = sessions.start(tx, admin.id)
    assert value(tx, "SELECT count(*) FROM sessions WHERE token_hash = :t", t=token) == 0
    assert sessions.resume(tx, token).id == admin.id


def test_a_session_ends_when_she_signs_out_and_only_that_one(tx, admin):
    here, there = sessions.start(tx, admin.id), sessions.start(tx, admin.id)
    sessions.end(tx, here)
    assert sessions.resume(tx, here) is None
    assert sessions.resume(tx, there) is not None


def test_a_session_runs_out(tx, admin):
    token = sessions.start(tx, admin.id)
    run(tx, "UPDATE sessions SET expires_at = :past", past=clock.after(seconds=-1))
    assert sessions.resume(tx, token) is None
    assert sessions.count_active(tx) == 0
    assert sessions.forget_expired(tx) == 1


def test_the_oldest_session_gives_way(tx, admin):
    """A forgotten browser does not keep a door open for ever."""
    oldest = sessions.start(tx, admin.id)
    run(tx, "UPDATE sessions SET started_at = '2026-01-01T00:00:00Z'")
    tokens = [sessions.start(tx, admin.id) for _ in range(sessions.MOST_PER_ACCOUNT)]
    assert sessions.resume(tx, oldest) is None
    assert all(sessions.resume(tx, token) for token in tokens)


def test_a_long_name_of_a_browser_is_cut(tx, admin):
    assert sessions.resume(tx, sessions.start(tx, admin.id, "Mozilla " * 100))


def test_whoever_comes_in_brings_her_girls(tx):
    """AUTH-05: a caregiver's wards are read anew at each request, so that a link made or broken counts at once."""
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    caregiver = make_person(tx, "caregiver", scout_ids=(ana,))
    token = sessions.start(tx, caregiver.id)
    assert sessions.resume(tx, token).scout_ids == {ana}
    guardian = value(tx, "SELECT id FROM guardians WHERE account_id = :id", id=caregiver.id)
    families.link(tx, guardian, bea, None)
    assert sessions.resume(tx, token).scout_ids == {ana, bea}
    scout = make_person(tx, "scout", scout_ids=(bea,))
    assert sessions.resume(tx, sessions.start(tx, scout.id)).scout_ids == {bea}
