"""Minutes off the box: sealed, after their copy, found again when the box is gone."""

import shutil
from dataclasses import replace

import pytest

from gsctracker.config import Config
from gsctracker.db import connections
from gsctracker.db.rows import value
from gsctracker.integrations import age
from gsctracker.ops.copies import bucket, finding, keys, protection, restoring, shipment, shipments, shipments_away
from gsctracker.ops.copies.staging import stage
from tests import factories
from tests.buckets import KEYS, QUICK, on, refuse, swallow, swap_a_byte
from tests.ops.copies.shipping import bring, make
from tests.ops.copies.troops import scouts_in


@pytest.fixture(autouse=True)
def as_after_a_start(monkeypatch):
    """No failure of another test makes this one wait."""
    monkeypatch.setattr(shipments_away, "_failures", {})
    monkeypatch.setattr(shipments_away, "_complete", set())


@pytest.fixture
def box(shipping_box):
    return shipping_box


@pytest.fixture
def config(shipping):
    return shipping


def join(box):
    with box.write() as tx:
        factories.make_scout(tx)


def ship(config, box):
    return shipments.ship(config, box, QUICK)


def unprotected(config, box):
    with box.read() as tx:
        return protection.unprotected_seconds(tx, config)


def test_a_shipment_leaves_the_box_sealed_and_after_its_copy(config, box, there, time, tmp_path):
    """BAK-10: and what only this box has is as old as the last minute."""
    copy = make(config, box)
    time.on(minutes=1)
    join(box)
    time.on(minutes=1)
    assert unprotected(config, box) > 0
    assert ship(config, box)
    assert there.stems() == {copy.name}
    (note,) = shipments_away.notes(there)
    raw = there.note(f"{shipment.FOLDER}/{note.stem}.json", shipment.LARGEST_NOTE)
    made = shipment.read(raw, keys.manifest_keys(config))
    assert made.proven and made.file.endswith(shipment.SEALED)
    shipments_away.fetched_from(there)(made, tmp_path / "fetched")
    assert age.is_sealed(tmp_path / "fetched")
    assert unprotected(config, box) == 0
    time.on(minutes=1)
    join(box)
    time.on(minutes=3)
    assert unprotected(config, box) == 180


def test_the_last_minute_is_had_again_when_the_box_is_gone(config, box, there, store, time, tmp_path):
    """BAK-18: on a new box the newest copy and what was shipped after it, opened with the printed key."""
    make(config, box)
    join(box)
    time.on(minutes=1)
    ship(config, box)
    key = keys.identities(config)
    elsewhere = Config(
        data_dir=tmp_path / "new",
        s3_backup_bucket=store.address.bucket,
        s3_endpoint_url=store.address.endpoint,
        aws_access_key_id=KEYS["key_id"],
        aws_secret_access_key=KEYS["secret"],
    )
    with stage(elsewhere, finding.find(elsewhere), key) as staged:
        assert staged.made_at == "2026-02-14T12:01:00Z"
        restoring.restore(elsewhere, None, staged)
    found = restoring.opened(elsewhere)
    assert scouts_in(found) == scouts_in(box) == 2
    found.close()


def test_what_lies_in_the_bucket_is_taken_where_the_disk_lost_it(config, box, there, time):
    make(config, box)
    join(box)
    time.on(minutes=1)
    ship(config, box)
    shutil.rmtree(shipments.folder_of(config))
    with stage(config, finding.find(config, at="2026-02-14T12:30:00Z")) as staged:
        assert staged.made_at == "2026-02-14T12:01:00Z"


@pytest.mark.parametrize("lie", [refuse("SlowDown", 503), swallow, swap_a_byte])
def test_a_store_that_fails_or_lies_is_tried_again(config, box, there, time, front, monkeypatch, lie):
    make(config, box)
    join(box)
    time.on(minutes=1)
    front.lies.append(on("PUT", "shipments", lie))
    assert ship(config, box)
    assert shipments_away.notes(there) == []
    assert unprotected(config, box) > 0
    front.lies.clear()
    assert ship(config, box) is None  # not yet: it waits a minute
    assert shipments_away.notes(there) == []
    monkeypatch.setattr(shipments_away, "WAIT_SECONDS", (0,))
    shipments_away._failures.clear()
    ship(config, box)
    assert len(shipments_away.notes(there)) == 1
    assert unprotected(config, box) == 0


def test_shipments_go_from_the_bucket_after_a_day(config, box, there, time, monkeypatch):
    monkeypatch.setattr(shipments_away, "PRUNED_EVERY_SECONDS", 0)
    make(config, box)
    for _ in range(3):
        join(box)
        time.on(hours=20)
        ship(config, box)
    assert [name.number for name in shipments_away.notes(there)] == [2, 3]


def test_another_boxs_folder_takes_no_rows(config, box, there, time):
    make(config, box)
    join(box)
    bucket.remote(config, QUICK).claim("another")
    time.on(minutes=1)
    assert ship(config, box)
    assert shipments_away.notes(there) == []


def outage(config, box, time, minutes):
    """A girl joins in each of some minutes; gives the moment and the girls of each, a copy is made in the middle."""
    states = []
    for minute in range(minutes):
        join(box)
        time.on(minutes=1)
        if minute == minutes // 2:
            make(config, box)
            time.on(seconds=30)
            join(box)
            time.on(seconds=30)
        ship(config, box)
        states.append((time.now.isoformat(), scouts_in(box)))
    return states


def bucket_alone(config, tmp_path):
    return replace(config, data_dir=tmp_path / "new")


def test_the_minutes_of_an_outage_are_reached_from_the_bucket_alone(
    config, box, there, time, front, monkeypatch, tmp_path
):
    """BAK-18: the internet was away and is back, then the box burned down: each minute of the outage can be had again."""
    monkeypatch.setattr(shipments_away, "WAIT_SECONDS", (0,))
    make(config, box)
    bring(config, box)
    front.lies.append(on("GET|PUT|HEAD", "", refuse("SlowDown", 503)))
    states = outage(config, box, time, 4)
    assert shipments_away.away(config) is None
    front.lies.clear()
    join(box)
    time.on(minutes=1)
    bring(config, box, at_once=True)
    ship(config, box)
    key = keys.identities(config)
    new = bucket_alone(config, tmp_path)
    for moment, girls in states:
        with stage(new, finding.find(new, at=moment), key) as staged:
            reader = connections.open_reader(staged.path)
            assert value(reader, "SELECT count(*) FROM scouts") == girls, moment
            reader.close()


def test_what_an_outage_left_is_brought_a_few_at_a_time_and_asked_for_once(
    config, box, there, time, front, monkeypatch
):
    """A long outage does not hold up the newest minute, and a quiet bucket is not asked every minute what it has."""
    monkeypatch.setattr(shipments_away, "WAIT_SECONDS", (0,))
    monkeypatch.setattr(shipments_away, "AT_A_TIME", 2)
    make(config, box)
    bring(config, box)
    front.lies.append(on("PUT", "shipments", refuse("SlowDown", 503)))
    for _ in range(5):
        join(box)
        time.on(minutes=1)
        ship(config, box)
    spoilt = shipments.stems(config)[1]
    (shipments.folder_of(config) / (spoilt.stem + shipment.ROWS)).write_bytes(b"another")
    front.lies.clear()

    def numbers():
        return [name.number for name in shipments_away.notes(there)]

    ship(config, box)
    assert numbers() == [3, 4, 5]
    ship(config, box)
    assert numbers() == [1, 3, 4, 5]  # the second was damaged on this disk
    ship(config, box)
    front.asked.clear()
    join(box)
    time.on(minutes=1)
    ship(config, box)
    assert numbers() == [1, 3, 4, 5, 6]
    assert not [each for each in front.asked[:-1] if "list-type" in each]


def test_what_was_skipped_by_a_box_that_was_restarted_follows(config, box, there, time, monkeypatch):
    """Another process wrote a shipment and was ended before it could bring it."""
    make(config, box)
    join(box)
    time.on(minutes=1)
    ship(config, box)
    with monkeypatch.context() as ended:
        ended.setattr(shipments_away, "bring", lambda *_: False)
        join(box)
        time.on(minutes=1)
        ship(config, box)
    join(box)
    time.on(minutes=1)
    ship(config, box)
    assert [name.number for name in shipments_away.notes(there)] == [1, 2, 3]
