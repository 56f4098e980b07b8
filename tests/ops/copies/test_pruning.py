"""Each place is thinned by its own plan, after a success, and what cannot be removed costs only room."""

from dataclasses import replace

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import one, run, value
from gsctracker.errors import Conflict
from gsctracker.ops import copy_metrics
from gsctracker.ops.copies import places, retention
from tests.buckets import QUICK, Front, on, refuse
from tests.ops.copies.shipping import Time, bring, make


@pytest.fixture
def box(shipping_box: Database) -> Database:
    return shipping_box


@pytest.fixture
def config(shipping: Config) -> Config:
    return shipping


def test_here_a_ring_and_there_the_season(config, box, there, time: Time):
    """BAK-06: the box keeps a day and a week of days, the bucket a month of days and more."""
    for _ in range(12):
        make(config, box, "daily")
        time.on(days=1)
    make(config, box, "daily")
    assert bring(config, box) == 13
    would = retention.prune(config, box, dry_run=True, patience=QUICK)
    assert len(places.local(config).listed()) == 13
    assert retention.prune(config, box, patience=QUICK) == would
    assert [each.sequence for each in places.local(config).listed()] == list(range(6, 14))
    assert [each.sequence for each in there.listed()] == list(range(1, 14))
    assert retention.prune(config, box, patience=QUICK) == []


def test_without_a_bucket_this_disk_remembers_the_season(config, box, time: Time):
    """BAK-05: the thirty days are kept here then."""
    config = replace(config, s3_backup_bucket=None)
    for _ in range(12):
        make(config, box, "daily")
        time.on(days=1)
    assert retention.prune(config, box) == []


def test_what_waits_to_be_brought_is_not_thinned_to_a_ring(config, box, there, front: Front, time: Time):
    """Fault 42: the internet is away for two weeks."""
    front.lies.append(on("GET|PUT|HEAD", "", refuse("SlowDown", 503)))
    for _ in range(12):
        make(config, box, "daily")
        time.on(days=1)
    make(config, box, "daily")
    with pytest.raises(Conflict):
        bring(config, box)
    assert retention.prune(config, box, patience=QUICK) == []
    front.lies.clear()
    assert bring(config, box, at_once=True) == 13
    assert len(retention.prune(config, box, patience=QUICK)) == 5


def test_nothing_goes_after_a_copy_that_failed(config, box, there, time: Time):
    """While copies fail, the old ones are all there is."""
    config = replace(config, s3_backup_bucket=None, backup_keep_days=1)
    for _ in range(10):
        make(config, box)
    time.on(days=2)
    with box.write() as tx:
        run(
            tx,
            """INSERT INTO copy_runs (seq, place, kind, started_at, ended_at, result)
               VALUES (90, 'x', 'auto', :now, :now, 'failed')""",
            now=clock.now(),
        )
    with pytest.raises(Conflict, match="did not succeed"):
        retention.prune(config, box)
    make(config, box)
    assert len(retention.prune(config, box)) == 4
    assert len(places.local(config).listed()) == 7


def test_a_bucket_that_keeps_everything_is_told_and_counted(config, box, there, front: Front, time: Time):
    """Fault 43, BAK-11: a delete that did not happen, and a key that may not delete, cost nothing but room."""
    for _ in range(12):
        make(config, box)
    bring(config, box)
    time.on(days=3)
    make(config, box)
    bring(config, box)
    front.lies.append(on("DELETE", "", refuse("AccessDenied", 403)))
    retention.kept_against_plan.clear()
    here = len(places.local(config).listed())
    assert {each.place for each in retention.prune(config, box, patience=QUICK)} == {str(config.backups)}
    assert len(places.local(config).listed()) < here
    assert retention.kept_against_plan == {}
    front.lies[:] = [on("DELETE", "", lambda call: call.tell(204))]
    retention.prune(config, box, patience=QUICK)
    assert retention.kept_against_plan == {there.name: 1}
    assert len(there.listed()) == 13
    front.lies.clear()
    retention.removed.clear()
    assert {each.place for each in retention.prune(config, box, patience=QUICK)} == {there.name}
    assert len(there.listed()) == 7
    with box.read() as tx:
        found = {
            (one.name, *one.labels.values()): one.value
            for family in copy_metrics.collect(tx, config)
            for one in family.samples
        }
    assert found["gsctracker_backup_prune_deleted_total", "bucket"] == 6
    assert found["gsctracker_backup_prune_deleted_total", "box"] == 0
    assert found["gsctracker_backup_copies", "box", "auto"] == len(places.local(config).listed())


def test_copies_of_another_box_are_left_alone(config, box, time: Time):
    config = replace(config, s3_backup_bucket=None)
    for _ in range(9):
        make(config, box)
    time.on(days=3)
    with box.write() as tx:
        run(tx, "UPDATE instance SET uid = 'f0f0f0f0f0f0f0f0'")
    make(config, box)
    assert retention.prune(config, box) == []
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM copy_runs") == 10
        assert one(tx, "SELECT result FROM copy_runs ORDER BY seq DESC")
