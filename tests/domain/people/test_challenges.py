"""Numbers that are good for one purpose, for minutes, and once."""

import pytest

from gsctracker.domain.people.challenges import LENGTH, MOST_KEPT, SECONDS, Challenges
from gsctracker.errors import Invalid


@pytest.fixture
def now():
    return [1000.0]


@pytest.fixture
def challenges(now):
    return Challenges(lambda: now[0])


def test_one_is_good_for_its_purpose_once(challenges):
    one = challenges.new("sign in")
    assert len(one) == LENGTH
    with pytest.raises(Invalid, match="Begin once more"):
        challenges.spend("make", one)
    challenges.check("sign in", one)
    challenges.spend("sign in", one)
    for again in (challenges.check, challenges.spend):
        with pytest.raises(Invalid, match="sent twice"):
            again("sign in", one)


def test_it_ends_after_some_minutes(challenges, now):
    one = challenges.new("sign in")
    now[0] += SECONDS + 1
    with pytest.raises(Invalid, match="too long"):
        challenges.spend("sign in", one)


def test_what_was_made_up_changed_or_of_another_start_is_none(challenges, now):
    one = challenges.new("sign in")
    longer = one[:16] + (10**12).to_bytes(8, "big") + one[24:]
    for bad in (b"", b"x", one[:-1], one + b"x", longer, bytes(LENGTH), Challenges(lambda: now[0]).new("sign in")):
        with pytest.raises(Invalid):
            challenges.check("sign in", bad)


def test_what_was_spent_is_kept_while_it_could_come_again_and_no_longer(challenges, now):
    challenges.spend("a", challenges.new("a"))
    now[0] += SECONDS + 2
    challenges.spend("a", challenges.new("a"))
    assert len(challenges._spent) == 1
    challenges._spent |= {bytes([n % 256, n // 256]): now[0] + 9 for n in range(MOST_KEPT)}
    challenges.spend("a", challenges.new("a"))
    assert len(challenges._spent) <= MOST_KEPT
