"""Links for a new password: who starts one for whom, once, and for how long."""

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.people import accounts, resets, sessions
from gsctracker.errors import Conflict, NotAllowed, NotFound
from tests.factories import HASH, make_person, make_scout


def test_a_link_works_once_and_ends_her_sessions(tx, admin):
    lea = make_person(tx, "leader")
    token = sessions.start(tx, lea.id)
    first, second = (resets.start(tx, lea.id, admin) for _ in range(2))
    with pytest.raises(NotFound):
        resets.open_reset(tx, first)
    assert resets.open_reset(tx, second).account_id == lea.id
    assert sessions.resume(tx, token), "starting one changes nothing yet"
    resets.finish(tx, second, HASH + "x")
    assert sessions.resume(tx, token) is None
    assert value(tx, "SELECT password_hash FROM accounts WHERE id = :id", id=lea.id) == HASH + "x"
    for bad in (second, "", "x" * 43):
        with pytest.raises(NotFound):
            resets.finish(tx, bad, HASH)


def test_a_link_runs_out_after_a_quarter_of_an_hour_and_with_a_new_password(tx, admin):
    lea = make_person(tx, "leader")
    secret = resets.start(tx, lea.id, None)
    left = value(tx, "SELECT (julianday(expires_at) - julianday(made_at)) * 1440 FROM password_resets")
    assert left == pytest.approx(15, abs=0.1)
    run(tx, "UPDATE password_resets SET expires_at = :past", past=clock.after(seconds=-1))
    with pytest.raises(NotFound):
        resets.open_reset(tx, secret)
    secret = resets.start(tx, lea.id, None)
    accounts.set_password(tx, lea.id, HASH, None)
    with pytest.raises(NotFound):
        resets.open_reset(tx, secret)


def test_nobody_takes_over_an_account_above_her_own(tx, admin):
    """No self-elevation: the link opens what its owner may do."""
    cora = make_person(tx, "cookie_leader", "Cora")
    other = make_person(tx, "cookie_leader", "Cleo")
    mother = make_person(tx, "caregiver", "Mona", scout_ids=(make_scout(tx),))
    for target in (admin.id, other.id, make_person(tx, "leader").id):
        with pytest.raises(NotAllowed):
            resets.start(tx, target, cora)
    assert resets.start(tx, mother.id, cora)
    with pytest.raises(NotAllowed):
        resets.start(tx, mother.id, make_person(tx, "leader", "Lia"))
    accounts.disable(tx, mother.id, admin)
    with pytest.raises(Conflict):
        resets.start(tx, mother.id, cora)
