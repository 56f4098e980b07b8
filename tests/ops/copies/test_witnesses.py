"""A record of who did what that was changed and sealed anew: every line fits again, and the copies made before say otherwise."""

import dataclasses

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.rows import run, value
from gsctracker.domain import audit
from gsctracker.ops import doctor
from gsctracker.ops.copies import drill, making, manifest, places, witnesses


@pytest.fixture
def settings(tmp_path):
    return Config(data_dir=tmp_path)


@pytest.fixture
def copied(box, settings):
    """A box with ten lines of which a copy was made, and two since."""
    with box.write() as tx:
        for number in range(10):
            audit.note(tx, 1, "copy.downloaded", "copy", number)
    made = making.make(settings, box)
    with box.write() as tx:
        audit.note(tx, 1, "copy.downloaded", "copy", 10)
        audit.note(tx, 1, "copy.downloaded", "copy", 11)
    return made


def sealed_anew(tx, line, action):
    """What somebody does who can write to the file and has read this program."""
    tx.execute("DROP TRIGGER IF EXISTS audit_log_is_kept")
    run(tx, "UPDATE audit_log SET action = :action WHERE id = :id", action=action, id=line)
    seal = value(tx, "SELECT before FROM audit_log WHERE id = :id", id=line)
    for row in list(tx.execute("SELECT * FROM audit_log WHERE id >= ? ORDER BY id", (line,))):
        before, seal = seal, audit._seal(seal, tuple(row[:8]))
        tx.execute("UPDATE audit_log SET before = ?, seal = ? WHERE id = ?", (before, seal, row[0]))


def record_of(settings):
    return next(found for found in doctor._database(settings, False) if found.name == "record")


def test_a_record_sealed_anew_is_found_by_the_doctor_and_by_a_rehearsal(box, settings, copied):
    """LOG-10: the chain alone fits again; the seal in the manifest of the copy made before does not."""
    assert record_of(settings).status == doctor.OK
    with box.write() as tx:
        sealed_anew(tx, copied.record["line"] - 4, "copy.made")
        assert audit.broken(tx) is None
    assert record_of(settings).status == doctor.FAIL
    assert copied.name in record_of(settings).message
    done = drill.rehearse(settings, box)
    assert not done.ok
    assert f"Line {copied.record['line']} of the record of who did what is another" in done.said


def test_what_was_written_since_the_newest_copy_is_proven_by_the_next_one(box, settings, copied):
    """A line that no copy holds yet can be changed unseen: five minutes at most, and then never more."""
    with box.write() as tx:
        last = value(tx, "SELECT max(id) FROM audit_log")
    making.make(settings, box)
    with box.write() as tx:
        sealed_anew(tx, last, "copy.made")
    assert record_of(settings).status == doctor.FAIL


def test_lines_that_were_cut_off_at_the_end_are_found(box, settings, copied):
    with box.write() as tx:
        tx.execute("DROP TRIGGER audit_log_lasts")
        run(tx, "DELETE FROM audit_log WHERE id >= :line", line=copied.record["line"])
        assert audit.broken(tx) is None
    assert "is gone" in record_of(settings).message


def test_a_line_that_went_for_its_age_and_a_copy_of_other_days_say_nothing(box, settings, copied):
    gone = {**copied.record, "line": 10**6}
    with box.read() as tx:
        old = dataclasses.replace(copied, record={**gone, "at": clock.after(days=-800)})
        assert witnesses.contradicted(tx, [old]) is None
        for other in ({"generation": "another"}, {"instance": "another"}, {"proven": False}, {"record": {}}):
            assert witnesses.contradicted(tx, [dataclasses.replace(copied, **{"record": gone, **other})]) is None
        assert witnesses.contradicted(tx, [dataclasses.replace(copied, record=gone)])


def test_a_manifest_holds_the_seal_and_one_of_before_is_read(settings, copied):
    (listed,) = places.local(settings).listed()
    assert listed.record == copied.record
    assert manifest.read(manifest.written(dataclasses.replace(copied, record={}), None)).record == {}
