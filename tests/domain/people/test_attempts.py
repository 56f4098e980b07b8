"""How often a password may be tried, on a clock that the test turns."""

import pytest

from gsctracker.domain.people import attempts
from gsctracker.domain.people.attempts import Attempts


class Clock:
    """Seconds that pass when the test says so."""

    def __init__(self) -> None:
        self.seconds = 1000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def tries(clock):
    return Attempts(clock)


def fail(tries, times, name="lea@example.org", address="192.168.1.9", device=""):
    for _ in range(times):
        tries.wrong(name, address, device)


def test_five_wrong_tries_are_free_and_the_sixth_waits(tries):
    """SEC-14: the account's own limit."""
    fail(tries, 4)
    assert tries.wait("lea@example.org", "192.168.1.9") is None
    fail(tries, 1)
    assert tries.wait("lea@example.org", "192.168.1.9") == (5, "account")
    assert tries.wait(" LEA@example.org ", "10.0.0.1") == (5, "account"), "spelling and address make no difference"
    assert tries.wait("mia@example.org", "192.168.1.9") is None


def test_the_wait_doubles_and_never_becomes_a_lock(tries, clock):
    waited = []
    fail(tries, 4)
    for _ in range(12):
        fail(tries, 1)
        seconds = tries.wait("lea@example.org", "192.168.1.9").seconds
        waited.append(seconds)
        clock.seconds += seconds
        assert tries.wait("lea@example.org", "192.168.1.9") is None
    assert waited == [5, 10, 20, 40, 80, 160, 320, 640, 900, 900, 900, 900]


def test_the_right_password_begins_anew_and_so_does_an_hour_of_quiet(tries, clock):
    fail(tries, 4)
    tries.right("lea@example.org")
    fail(tries, 4)
    assert tries.wait("lea@example.org", "192.168.1.9") is None
    clock.seconds += attempts.NAME_KEPT_SECONDS + 1
    fail(tries, 4)
    assert tries.wait("lea@example.org", "192.168.1.9") is None


def test_a_guesser_who_goes_from_name_to_name_is_stopped_by_her_address(tries, clock):
    for number in range(attempts.PER_ADDRESS):
        tries.wrong(f"girl{number}@example.org", "192.168.1.9")
    assert tries.wait("new@example.org", "192.168.1.9") == (60, "address")
    assert tries.wait("new@example.org", "192.168.1.10") is None
    clock.seconds += 60
    assert tries.wait("new@example.org", "192.168.1.9") is None


def test_many_addresses_together_are_stopped_too(tries):
    for number in range(attempts.TOGETHER):
        tries.wrong(f"girl{number}@example.org", f"10.1.{number // 200}.{number % 200}")
    assert tries.wait("new@example.org", "10.9.9.9").scope == "all"


def test_a_household_has_one_network_in_ipv6_and_one_address_in_ipv4(tries):
    for number in range(attempts.PER_ADDRESS):
        tries.wrong(f"girl{number}@example.org", f"2001:db8:0:7::{number:x}")
    assert tries.wait("new@example.org", "2001:db8:0:7::beef").scope == "address"
    assert tries.wait("new@example.org", "2001:db8:0:8::1") is None
    assert attempts._group("::ffff:10.0.0.1") == attempts._group("10.0.0.1")
    assert tries.wait("new@example.org", "no address") is None


def test_a_guesser_elsewhere_does_not_keep_her_out_on_her_own_phone(tries):
    """Otherwise five wrong words at a booth would keep the cookie leader from her stock."""
    fail(tries, 30, address="203.0.113.5")
    for number in range(attempts.TOGETHER):
        tries.wrong(f"girl{number}@example.org", f"10.1.{number // 200}.{number % 200}")
    assert tries.wait("lea@example.org", "203.0.113.5", device="her phone") is None
    fail(tries, 5, device="her phone")
    assert tries.wait("lea@example.org", "203.0.113.5", device="her phone").scope == "account"


def test_what_is_remembered_is_bounded(tries, monkeypatch):
    monkeypatch.setattr(attempts, "MOST_KEPT", 50)
    for number in range(200):
        tries.wrong(f"girl{number}@example.org", f"10.1.0.{number}")
    assert len(tries._names) == len(tries._windows) == 50


def test_the_no_says_how_long_in_words_and_in_seconds():
    short, long = (attempts.refusal(attempts.Wait(n, "account")) for n in (40, 640))
    assert str(short) == "Too many wrong tries. Wait 40 seconds, then try again."
    assert str(long) == "Too many wrong tries. Wait 11 minutes, then try again."
    assert (short.code, long.params["seconds"]) == ("too_many", 640)
    assert str(attempts.refusal(attempts.Wait(1, "all"))) == "Too many wrong tries. Wait one second, then try again."
