"""gsctracker maintenance may-close: nobody takes the box away from a table full of customers."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from gsctracker import clock
from gsctracker.cli import main
from gsctracker.domain.booths import booths


def plan(box, admin, begins_in_minutes, minutes=120):
    begins = clock.moment() + timedelta(minutes=begins_in_minutes)
    with box.write() as tx:
        ends = clock.instant(begins + timedelta(minutes=minutes))
        return booths.plan(tx, admin, "Grocery", clock.instant(begins), ends), ends


def asked(tmp_path):
    return CliRunner().invoke(main, ["maintenance", "may-close", "--data-dir", str(tmp_path)])


@pytest.mark.parametrize(("begins_in", "ends_with"), [(-60, 75), (30, 75), (-119, 75), (-121, 0), (90, 0)])
def test_not_while_a_booth_is_open_nor_in_the_hour_before(box, admin, tmp_path, begins_in, ends_with):
    """DEP-27: it says until when."""
    _, ends = plan(box, admin, begins_in)
    ended = asked(tmp_path)
    assert ended.exit_code == ends_with, ended.output
    assert (ends in ended.stderr) == (ends_with == 75)


def test_a_booth_that_was_called_off_keeps_nobody(box, admin, tmp_path):
    booth_id, _ = plan(box, admin, 0)
    assert asked(tmp_path).exit_code == 75
    with box.write() as tx:
        booths.cancel(tx, admin, booth_id, "rain")
    assert asked(tmp_path).exit_code == 0


def test_a_folder_without_a_troop_says_so(tmp_path):
    assert asked(tmp_path / "no").exit_code == 1
