"""How long a session lasts: quiet, in all, and after what it ends at once."""

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.people import accounts, devices, sessions
from tests.factories import HASH, make_person, make_scout


def aged(tx, column, **distance):
    run(tx, f"UPDATE sessions SET {column} = :then", then=clock.after(**distance))


@pytest.mark.parametrize(
    ("role", "minutes"), [("admin", 30), ("leader", 480), ("cookie_leader", 480), ("caregiver", 480)]
)
def test_a_session_ends_after_a_quiet_time_of_its_role(tx, role, minutes):
    """SEC-20: idle ends."""
    token = sessions.start(tx, make_person(tx, role).id)
    aged(tx, "seen_at", minutes=-minutes + 1)
    assert sessions.resume(tx, token)
    aged(tx, "seen_at", minutes=-minutes - 1)
    assert sessions.resume(tx, token) is None
    assert sessions.resume(tx, token, clock.now()), "a sign of her that is not written down yet counts"


@pytest.mark.parametrize(("role", "hours"), [("admin", 12), ("leader", 336), ("caregiver", 336)])
def test_a_session_ends_after_some_time_however_busy(tx, role, hours):
    """SEC-20: absolute ends."""
    sessions.start(tx, make_person(tx, role).id)
    left = value(tx, "SELECT (julianday(expires_at) - julianday(started_at)) * 24 FROM sessions")
    assert left == pytest.approx(hours, abs=0.01)


def test_seen_never_goes_back(tx, admin):
    token = sessions.start(tx, admin.id)
    name = value(tx, "SELECT token_hash FROM sessions")
    sessions.seen(tx, {name: "2026-01-01T00:00:00Z"})
    assert sessions.resume(tx, token)


def test_a_session_is_fresh_for_some_minutes_after_her_password(tx, admin):
    token = sessions.start(tx, admin.id)
    assert sessions.is_fresh(tx, token)
    aged(tx, "proven_at", minutes=-sessions.FRESH_MINUTES - 1)
    assert not sessions.is_fresh(tx, token)
    renewed = sessions.prove(tx, token)
    assert sessions.is_fresh(tx, renewed)
    assert sessions.resume(tx, renewed).id == admin.id
    assert sessions.resume(tx, token) is None
    assert sessions.prove(tx, token) == ""
    assert not sessions.is_fresh(tx, "made up")


def test_another_role_and_another_password_end_every_session(tx, admin):
    lea = make_person(tx, "leader")
    token = sessions.start(tx, lea.id)
    accounts.change_role(tx, lea.id, "cookie_leader", admin)
    assert sessions.resume(tx, token) is None
    token = sessions.start(tx, lea.id)
    accounts.set_password(tx, lea.id, HASH, None)
    assert sessions.resume(tx, token) is None


def test_she_sees_her_own_sessions_and_ends_no_others(tx, admin):
    lea, mia = make_person(tx, "leader"), make_person(tx, "leader", "Mia")
    here, there = sessions.start(tx, lea.id, "phone"), sessions.start(tx, lea.id, "laptop")
    other = sessions.start(tx, mia.id, "Mia's phone")
    found = sessions.of_account(tx, lea.id, here)
    assert [(one.agent, bool(one.is_this)) for one in found] == [("phone", True), ("laptop", False)]
    hers = sessions.of_account(tx, mia.id)[0].name
    assert sessions.end_named(tx, lea.id, hers) == sessions.end_named(tx, lea.id, "") == 0
    assert sessions.resume(tx, other)
    assert sessions.end_named(tx, lea.id, found[1].name) == 1
    assert sessions.resume(tx, there) is None
    sessions.start(tx, lea.id)
    assert sessions.end_others(tx, lea.id, here) == 1
    assert sessions.resume(tx, here)


def test_a_new_device_is_told_on_the_others_and_does_not_vouch_for_itself(tx):
    """SEC-34: a notice of a sign-in on a new device."""
    lea = make_person(tx, "leader")
    phone = sessions.start(tx, lea.id, "phone", devices.met(tx, lea.id, "p" * 43, "phone"))
    assert not sessions.resume(tx, phone).new_device
    thief = sessions.start(tx, lea.id, "thief", devices.met(tx, lea.id, "t" * 43, "thief"))
    assert sessions.resume(tx, phone).new_device
    assert not sessions.resume(tx, thief).new_device
    devices.are_hers(tx, lea.id, "t" * 43)
    assert [one.agent for one in devices.untold(tx, lea.id, "p" * 43)] == ["thief"]
    devices.are_hers(tx, lea.id, "p" * 43)
    assert not sessions.resume(tx, phone).new_device
    assert devices.knows(tx, lea.id, "p" * 43)
    assert not devices.knows(tx, make_person(tx, "leader", "Mia").id, "p" * 43)


def test_known_devices_are_bounded_and_forgotten(tx):
    lea = make_person(tx, "leader")
    for number in range(devices.MOST_PER_ACCOUNT + 5):
        devices.met(tx, lea.id, f"device number {number}", "x" * 300)
    assert value(tx, "SELECT count(*) FROM known_devices") == devices.MOST_PER_ACCOUNT
    assert devices.knows(tx, lea.id, f"device number {devices.MOST_PER_ACCOUNT + 4}")
    devices.forget(tx, lea.id)
    assert value(tx, "SELECT count(*) FROM known_devices") == 0


def test_the_last_admin_is_known_to_be_alone(tx):
    """AUTH-16: two admins are advised."""
    assert accounts.lone_admin(tx)
    make_person(tx, "admin", "Ida")
    assert not accounts.lone_admin(tx)
    make_scout(tx)
