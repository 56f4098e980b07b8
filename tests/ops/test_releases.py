"""The day after an upgrade: noted, watched more closely, and told with figures of before and after."""

import json

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.rows import run, value
from gsctracker.ops import releases, roll_ups
from gsctracker.ops.alerts import record
from tests.ops.alerts.test_delivery import watching

__all__ = ["watching"]


@pytest.fixture
def config(tmp_path, post_office):
    return Config(data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_from="box@example.org")


def upgraded(box, hours=0):
    """2.0.0 took over from 1.9.0 so many hours ago."""
    with box.write() as tx:
        run(tx, "INSERT INTO versions (version, since, told_at) VALUES ('1.9.0', :at, :at)", at=clock.after(days=-30))
        if hours:
            at = clock.after(hours=-hours)
            run(tx, "INSERT INTO versions (version, since) VALUES (:version, :at)", version=releases.__version__, at=at)


def an_hour(tx, hours_ago, requests, failures, slow_bucket):
    """A reading of an hour, all of whose pages took as long as that bucket says."""
    took = [0] * len(roll_ups.BOUNDS)
    took[slow_bucket] = requests
    run(
        tx,
        """INSERT INTO roll_ups (span, began_at, minutes, requests, failures, took, asked, slow, file_size, disk_free, memory)
           VALUES ('hour', :at, 60, :requests, :failures, :took, '[]', 0, 0, 0, 0)""",
        at=clock.after(hours=-hours_ago)[:13] + ":00:00Z",
        requests=requests,
        failures=failures,
        took=json.dumps(took),
    )


def test_the_first_version_of_a_box_is_noted_and_told_to_nobody(box, config, post_office):
    """DEP-41: there is nothing to compare it with; a second look writes nothing."""
    assert releases.look(config, box) == f"{releases.__version__} runs from now on"
    before = box.generation()
    assert releases.look(config, box) is None
    assert box.generation() == before
    assert post_office.letters == []


def test_an_upgrade_is_told_at_once(box, config, post_office):
    """COMM-21: which version runs, which it took over from, and that its start went well."""
    upgraded(box)
    releases.look(config, box)
    ((_, letter),) = post_office.letters
    text = letter.get_payload(decode=True).decode()
    assert letter["Subject"] == f"The box runs version {releases.__version__} now"
    assert "It took over from 1.9.0" in text
    assert releases.look(config, box) is None


def test_a_day_later_a_letter_compares_before_and_after_once(box, config, post_office):
    """DEP-41: requests, failures, how fast, faults; said whether it is worse."""
    upgraded(box, hours=25)
    with box.write() as tx:
        an_hour(tx, 30, 1000, 2, 2)
        an_hour(tx, 10, 2000, 40, 5)
    assert releases.look(config, box) == f"the day after {releases.__version__} was told to 1 of 1"
    text = post_office.letters[0][1].get_payload(decode=True).decode()
    for sentence in (
        "Pages answered: 1000, then 2000.",
        "Of a thousand failed: 2, then 20.",
        "19 of 20 took at most: 25 ms, then 250 ms.",
        "It is worse than before",
    ):
        assert sentence in text
    assert releases.look(config, box) is None
    assert len(post_office.letters) == 1


def test_the_first_day_is_watched_more_closely_and_then_as_before(box, watching):
    """DEP-41: half the limits for a day; what somebody changed is halved too."""
    here = watching()

    def limit():
        here.look()
        return next(rule.when[0].limit for rule in here.rules if rule.name == "ErrorRatioHigh")

    assert limit() == 0.02
    upgraded(box, hours=1)
    assert limit() == 0.01
    with box.write() as tx:
        run(tx, "INSERT INTO alert_limits (rule, number, thousandths) VALUES ('ErrorRatioHigh', 1, 60)")
    assert limit() == 0.03
    with box.write() as tx:
        run(tx, "UPDATE versions SET since = :at WHERE told_at IS NULL", at=clock.after(hours=-25))
    assert limit() == 0.06
    with box.read() as tx:
        assert record.limits(tx) == {("ErrorRatioHigh", 1): 0.06}
        assert value(tx, "SELECT count(*) FROM versions") == 2
