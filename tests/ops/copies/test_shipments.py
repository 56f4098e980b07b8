"""Every minute's rows: shipped since a copy, put into it again, and never believed unseen."""

import gzip
import json
import signal
import subprocess
import sys
from dataclasses import replace
from time import sleep

import pytest

from gsctracker import clock
from gsctracker.db import Database, lock
from gsctracker.db.rows import many, value
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.errors import Conflict, Invalid
from gsctracker.integrations import age
from gsctracker.ops import machine
from gsctracker.ops.copies import finding, keys, last_copy, making, manifest, restoring, shipment, shipments, staging
from tests.ops.copies.shipping import content, staged_at
from tests.ops.copies.troops import OLGA, add_scouts, make_box, scouts_in


def rows(config):
    """The names of the shipments on this disk."""
    return [name.stem for name in shipments.stems(config)]


def lines_of(config, name):
    """The rows of a shipment as a person reads them."""
    packed = (shipments.folder_of(config) / f"{name}{shipment.ROWS}").read_bytes()
    return [json.loads(line) for line in gzip.decompress(packed).splitlines()]


@pytest.fixture
def copied(time, made):
    """A box with a copy of noon; the clock stands."""
    config, db = made
    assert making.make(config, db)
    time.on(seconds=30)
    return config, db


def test_a_restore_to_a_minute_has_the_sale_before_it_and_not_the_one_after(copied, time):
    """BAK-18: restore to 14:05 has the 14:04 girl, not the 14:06 one; what was found by its words is found again."""
    config, db = copied
    time.now = time.now.replace(hour=14, minute=4)
    add_scouts(db, 1)
    assert "rows that were written" in shipments.ship(config, db)
    time.now = time.now.replace(minute=6)
    add_scouts(db, 1)
    shipments.ship(config, db)
    assert scouts_in(db) == 5
    with staging.stage(config, finding.find(config, at="2026-02-14T14:05:00Z")) as staged:
        assert staged.made_at == "2026-02-14T14:04:30Z"
        done = restoring.restore(config, db, staged, by=OLGA)
    assert done.before
    assert scouts_in(db) == 4


def test_a_shipment_is_readable_rows_one_a_line(copied):
    config, db = copied
    with db.write() as tx:
        tx.execute("UPDATE troop SET council = 'River Bend'")
    shipments.ship(config, db)
    (line,) = [one for one in lines_of(config, rows(config)[0]) if one["table"] == "troop"]
    assert line["row"]["council"] == "River Bend"
    assert line["key"] == {"id": line["row"]["id"]}


def test_nothing_is_shipped_where_nothing_was_written(copied):
    """And nothing is read: the second time it is known without a look."""
    config, db = copied
    assert shipments.ship(config, db) is None
    assert shipments.ship(config, db) is None
    add_scouts(db, 1)
    assert shipments.ship(config, db)
    assert shipments.ship(config, db) is None
    assert len(rows(config)) == 1


def test_what_was_changed_and_changed_back_is_a_shipment_of_its_own(copied, time):
    config, db = copied
    before = content(db)
    with db.write() as tx:
        tx.execute("UPDATE scouts SET first_name = 'AVA' WHERE id = 1")
    other = content(db)
    shipments.ship(config, db)
    time.on(minutes=1)
    with db.write() as tx:
        tx.execute("UPDATE scouts SET first_name = 'Ava' WHERE id = 1")
    shipments.ship(config, db)
    assert len(rows(config)) == 2
    assert staged_at(config, "2026-02-14T12:00:45Z") == other
    assert staged_at(config, "2026-02-14T12:02:00Z") == before


def test_what_another_process_wrote_is_shipped_too(copied):
    config, db = copied
    shipments.ship(config, db)
    beside = Database(config.database)
    add_scouts(beside, 1)
    beside.close()
    sleep(0.1)
    assert shipments.ship(config, db)
    assert scouts_in(db) == 4


def test_after_a_restore_a_copy_comes_first(copied, time):
    config, db = copied
    add_scouts(db, 1)
    shipments.ship(config, db)
    with staging.stage(config, finding.find(config)) as staged:
        restoring.restore(config, db, staged, by=OLGA)
    time.on(minutes=1)
    assert "was made and checked" in shipments.ship(config, db)
    add_scouts(db, 1)
    time.on(minutes=1)
    assert "rows" in shipments.ship(config, db)
    assert staged_at(config, "2026-02-14T13:00:00Z") == content(db)


@pytest.mark.parametrize("lost", [last_copy.FILE, last_copy.DESCRIBED])
def test_a_lost_copy_to_go_on_from_is_made_anew(copied, lost):
    config, db = copied
    (config.data_dir / "tmp" / lost).unlink()
    assert "was made and checked" in shipments.ship(config, db)
    assert last_copy.found(config)


def test_more_than_a_shipment_may_hold_becomes_a_copy(copied, monkeypatch):
    config, db = copied
    monkeypatch.setattr(shipment, "LARGEST_ROWS", 300)
    add_scouts(db, 3)
    assert "was made and checked" in shipments.ship(config, db)
    assert rows(config) == []


def test_shipments_are_kept_for_a_day_and_no_more_than_so_many(copied, time, monkeypatch):
    config, db = copied
    for _ in range(3):
        add_scouts(db, 1)
        time.on(hours=10)
        shipments.ship(config, db)
    assert [name.number for name in shipments.stems(config)] == [1, 2, 3]
    time.on(hours=5)
    assert shipments.prune(config) == 1
    monkeypatch.setattr(shipments, "MOST", 1)
    assert shipments.prune(config) == 1
    time.on(days=9)
    assert shipments.prune(config) == 0
    assert len(list(shipments.folder_of(config).iterdir())) == 2


def test_a_changed_note_is_refused_and_so_is_a_changed_file(copied):
    config, db = copied
    add_scouts(db, 1)
    shipments.ship(config, db)
    note = shipments.folder_of(config) / f"{rows(config)[0]}.json"
    good = note.read_text()
    note.write_text(good.replace('"number": 1', '"number": 1, "x": 2'))
    with pytest.raises(Conflict, match="changed after it was signed"):
        staged_at(config, "2026-02-14T13:00:00Z")
    note.write_text("{}")
    with pytest.raises(Conflict, match="not the note"):
        staged_at(config, "2026-02-14T13:00:00Z")
    note.write_text(good)
    file = note.with_name(note.name.replace(".json", ".rows.gz"))
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    with pytest.raises(Conflict, match="SHA-256"):
        staged_at(config, "2026-02-14T13:00:00Z")


def test_rows_that_give_another_state_are_refused(copied):
    """A shipment put into another copy than its own, or signed over rows that are not all."""
    config, db = copied
    add_scouts(db, 1)
    shipments.ship(config, db)
    found = finding.find(config, at="2026-02-14T13:00:00Z")
    add_scouts(db, 1)
    other = making.make(config, db)
    wrong = staging.Found(found.place, other, found.shipped)
    with pytest.raises(Conflict, match="does not go on from"), staging.stage(config, wrong):
        pass


def test_a_time_that_is_none_is_refused(copied):
    config, _ = copied
    for text in ("yesterday", "2026-02-30T10:00", "14:05", "2026-02-14T14:05:00+99:00", "9999-12-31T23:59:59-23:00"):
        with pytest.raises(Invalid, match="is not a time"):
            finding.find(config, at=text)


def test_the_index_of_words_finds_what_was_shipped(copied, time):
    config, db = copied
    with db.write() as tx:
        scout = value(tx, "SELECT min(id) FROM scouts")
        orders.take(tx, OLGA, [Item("TM", 3)], customer_name="Marigold", scout_id=scout)
    shipments.ship(config, db)
    with staging.stage(config, finding.find(config, at="2026-02-14T13:00:00Z")) as staged:
        restoring.restore(config, db, staged, by=OLGA)
    with db.read() as tx:
        assert many(tx, "SELECT rowid FROM order_search WHERE order_search MATCH 'marigold'")
        assert value(tx, "SELECT count(*) FROM orders") == 1


def test_shipments_are_sealed_where_copies_are(tmp_path, time):
    """BAK-10: for BACKUP_RECIPIENT and the box; the other's key opens them when the box's was taken off it."""
    theirs = age.new_identity()
    plain, db = make_box(tmp_path / "data")
    config = replace(plain, backup_recipient=age.recipient_of(theirs))
    making.make(config, db)
    time.on(minutes=1)
    add_scouts(db, 1)
    shipments.ship(config, db)
    made = shipments.newest(config)
    assert made.file.endswith(".rows.gz.age")
    assert age.is_sealed(shipments.folder_of(config) / made.file)
    (config.data_dir / "secrets" / keys.IDENTITY).unlink()
    found = finding.find(config, at="2026-02-14T13:00:00Z")
    with staging.stage(config, found, [theirs]) as staged:
        assert staged.content == content(db)
    with pytest.raises(Conflict, match="sealed for another key"), staging.stage(config, found):
        pass
    db.close()


def test_no_room_for_a_shipment_is_said(copied, monkeypatch):
    config, db = copied
    add_scouts(db, 1)
    monkeypatch.setattr(machine, "disk_of", lambda folder: (1_000_000_000, 1_000_000))
    with pytest.raises(Conflict, match="no room for a shipment"):
        shipments.ship(config, db)
    monkeypatch.undo()
    assert shipments.ship(config, db)


def test_what_is_worked_on_by_another_waits(copied):
    """Two processes, or a copy that is being made: the next minute does it."""
    config, db = copied
    add_scouts(db, 1)
    with lock.hold(config.data_dir, shipments.LOCK):
        assert shipments.ship(config, db) is None
    (config.data_dir / "tmp" / last_copy.DESCRIBED).unlink()
    with making.one_at_a_time(config):
        assert shipments.ship(config, db) is None
    assert "was made and checked" in shipments.ship(config, db)


def test_every_table_of_words_is_made_anew(made):
    """What is put in are rows of tables; an index of words beside order_search would have to be made of them too."""
    with made[1].read() as tx:
        found = many(tx, "SELECT name FROM pragma_table_list WHERE type = 'virtual' AND schema = 'main'")
    assert [each.name for each in found] == ["order_search"]


def emptied(config, db):
    """The box with its copies and shipments and without its data, as after a disk died."""
    db.close()
    for ending in ("", "-wal", "-shm"):
        config.database.with_name(config.database.name + ending).unlink(missing_ok=True)


def test_on_an_empty_box_the_newest_state_is_put_back(copied):
    """BAK-18: the copy and what was shipped after it, without anybody naming a minute."""
    config, db = copied
    add_scouts(db, 1)
    shipments.ship(config, db)
    emptied(config, db)
    with staging.stage(config, finding.find(config)) as staged:
        assert staged.made_at == "2026-02-14T12:00:30Z"


def test_what_was_shipped_and_is_damaged_does_not_keep_an_empty_box_empty(copied, caplog):
    """A minute that was asked for is refused; where nobody asked, the copy alone is put back and it is said."""
    config, db = copied
    add_scouts(db, 1)
    shipments.ship(config, db)
    emptied(config, db)
    next(shipments.folder_of(config).glob("*.rows.gz")).write_bytes(b"x")
    with staging.stage(config, finding.find(config)) as staged:
        assert staged.made_at == "2026-02-14T12:00:00Z"
    assert "cannot be used" in caplog.text
    with pytest.raises(Conflict, match="has 1 bytes"):
        staged_at(config, "2026-02-14T13:00:00Z")


def test_a_restart_ships_nothing_twice(copied):
    config, db = copied
    add_scouts(db, 1)
    shipments.ship(config, db)
    again = Database(config.database)
    assert shipments.ship(config, again) is None
    with again.write() as tx:  # the box's own notes are no news
        tx.execute("DELETE FROM job_runs")
    assert shipments.ship(config, again) is None
    again.close()
    assert len(rows(config)) == 1


def test_after_an_upgrade_a_copy_comes_first(copied):
    """The rows of one schema do not fit the copy of another."""
    config, db = copied
    described = config.data_dir / "tmp" / last_copy.DESCRIBED
    _, parent = last_copy.found(config)
    described.write_bytes(manifest.written(replace(parent, schema=parent.schema - 1), keys.signing_key(config)))
    add_scouts(db, 1)
    assert "was made and checked" in shipments.ship(config, db)


def test_a_doubtful_copy_is_none_to_go_on_from(copied):
    """Nor one of the moment before a restore: `latest` and `--at` pass them over, and so would what went on from them."""
    config, _ = copied
    _, good = last_copy.found(config)
    last_copy.keep(config, config.database, replace(good, suspicious=("it shrank",)))
    last_copy.keep(config, config.database, replace(good, kind="pre-restore"))
    assert config.database.exists()
    assert last_copy.found(config)[1] == good


KILLED = """
import os, signal, sys
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.ops.copies import shipments
from pathlib import Path
config = Config(data_dir=Path(sys.argv[1]))
db = Database(config.database)
def watch(frame, event, argument):
    if event == sys.argv[3] and frame.f_code.co_name == sys.argv[2]:
        os.kill(os.getpid(), signal.SIGKILL)
sys.setprofile(watch)
shipments.ship(config, db)
"""


@pytest.mark.parametrize("when", ["call", "return"])
@pytest.mark.parametrize("step", ["_written", "compress", "read_back", "_moved", "settle", "write_whole"])
def test_a_kill_at_any_step_leaves_no_half_shipment(made, step, when):
    """Fault 1: what counts can be put back; the next minute tidies up and ships."""
    config, db = made
    making.make(config, db)
    add_scouts(db, 1)
    done = subprocess.run([sys.executable, "-c", KILLED, str(config.data_dir), step, when], capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr
    shipped = shipments.newest(config)
    add_scouts(db, 1)
    assert shipments.ship(config, db)
    assert not list((config.data_dir / "tmp").glob("rows-*"))
    assert shipments.newest(config) != shipped
    assert staged_at(config, clock.now()) == content(db)
