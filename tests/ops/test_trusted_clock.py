"""Whether the box's clock can be believed."""

from datetime import UTC, datetime, timedelta

import pytest

from gsctracker.ops.trusted_clock import RELEASED, Trust, is_plausible

NOW = datetime(2026, 2, 14, 18, 5, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "plausible"),
    [
        (NOW, True),
        (NOW - HOUR, True),
        (NOW + HOUR, True),
        (NOW + 300 * DAY, True),
        (NOW + 3650 * DAY, False),
        (NOW - 3 * DAY, False),
        (datetime(1970, 1, 1, tzinfo=UTC), False),
        (datetime(2106, 2, 7, tzinfo=UTC), False),
    ],
)
def test_a_clock_is_measured_by_what_the_box_has_written_down(now, plausible):
    """Fault 44."""
    assert is_plausible(now, NOW) is plausible


def test_a_new_box_believes_any_clock_of_our_time():
    assert is_plausible(NOW + 900 * DAY, RELEASED)
    assert not is_plausible(datetime(2025, 1, 1, tzinfo=UTC), RELEASED)


def test_a_jump_is_told_from_the_passing_of_time():
    trust = Trust(NOW)
    assert trust.look(NOW, 100) == timedelta()
    assert trust.look(NOW + timedelta(seconds=30), 130) == timedelta()
    assert trust.look(NOW + HOUR, 160) == HOUR - timedelta(seconds=60)
    assert trust.is_given


def test_an_odd_clock_is_believed_once_it_has_gone_on_steadily_for_a_day():
    """A box that lay in a cupboard for three years."""
    trust, later = Trust(NOW), NOW + 1100 * DAY
    trust.look(later, 0)
    assert not trust.is_given
    trust.look(later + 23 * HOUR, 23 * 3600)
    assert not trust.is_given
    trust.look(later + 24 * HOUR, 24 * 3600)
    assert trust.is_given


def test_a_clock_before_our_time_is_never_believed():
    """Fault 46: a Pi without a network."""
    trust, start = Trust(NOW), datetime(1970, 1, 1, tzinfo=UTC)
    for day in range(5):
        trust.look(start + day * DAY, day * 86_400)
        assert not trust.is_given
    trust.look(NOW + HOUR, 5 * 86_400)
    assert trust.is_given
