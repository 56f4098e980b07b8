"""Lists that may be a little old."""

import pytest

from gsctracker.web.remembered import LIFE, remembered


@pytest.mark.parametrize(
    ("kind", "seconds"), [("restock", 1800), ("together", 3600), ("trending", 900), ("similar", 7200)]
)
def test_each_list_is_kept_for_its_own_time(site, kind, seconds):
    """COOKIE-21: half an hour, an hour, a quarter of an hour, two hours; not a second longer."""
    now, made = [100.0], []

    def ask():
        return remembered(kind, "this", lambda: made.append(1) or len(made), lambda: now[0])

    with site.app_context():
        assert LIFE[kind] == seconds
        assert ask() == 1
        now[0] += seconds - 1
        assert ask() == 1
        now[0] += 1
        assert ask() == 2
