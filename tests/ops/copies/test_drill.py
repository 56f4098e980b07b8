"""Disaster rehearsed: the newest copy off the box, the printed key, a scratch place; a failure names its step."""

import json
import shutil

import pytest

from gsctracker import clock
from gsctracker.db import lock
from gsctracker.db.rows import many, run
from gsctracker.errors import Conflict
from gsctracker.integrations import age
from gsctracker.ops import doctor, health, metrics, recovery, secrets
from gsctracker.ops.copies import drill, figures, keys, making, manifest, places, shipments
from gsctracker.ops.timetable import named, running
from tests import factories
from tests.buckets import QUICK
from tests.ops.copies.shipping import bring, make
from tests.ops.copies.troops import add_scouts


def recorded(db):
    with db.read() as tx:
        return many(tx, "SELECT result, copy_name, place, said, milliseconds, by_hand FROM drill_runs ORDER BY id")


def scratch_of(config):
    return list((config.data_dir / "tmp").glob("drill-*"))


@pytest.fixture
def copied(made):
    """A box with a copy of now."""
    config, db = made
    making.make(config, db)
    return config, db


def test_a_copy_is_proven_by_restoring_it(copied):
    """BAK-21: the weekly rehearsal: restored, compared, its reports asked, timed, recorded; the scratch place is gone."""
    config, db = copied
    done = drill.rehearse(config, db)
    assert done.ok, done.said
    assert "10 reports say what they said" in done.said
    (row,) = recorded(db)
    assert (row.result, row.by_hand) == ("done", 0)
    assert row.copy_name == places.local(config).listed()[-1].name
    assert row.milliseconds > 0
    assert scratch_of(config) == []
    with db.read() as tx:
        state = drill.state(tx)
    assert not state.is_stale


def test_a_rehearsal_of_a_season_takes_less_than_ten_minutes(copied):
    """BAK-19: the time is part of what is recorded."""
    config, db = copied
    assert drill.rehearse(config, db).milliseconds < 600_000


def test_the_newest_copy_off_the_box_is_taken_and_what_was_shipped_after_it(shipping, shipping_box, there, time):
    """BAK-21: sealed, opened by the key that the text of the recovery sheet holds."""
    copy = make(shipping, shipping_box)
    bring(shipping, shipping_box)
    time.on(minutes=1)
    with shipping_box.write() as tx:
        factories.make_scout(tx)
    shipments.ship(shipping, shipping_box, QUICK)
    shutil.rmtree(shipping.backups)  # the disk's own copies are not what is rehearsed
    done = drill.rehearse(shipping, shipping_box, patience=QUICK)
    assert done.ok, done.said
    assert (done.copy_name, done.place) == (copy.name, there.name)
    assert "what was shipped until 2026-02-14T12:01:00Z" in done.said


def test_without_the_key_on_the_box_somebody_has_to_type_it(shipping, shipping_box, there, tmp_path):
    """BAK-27: the yearly rehearsal by hand: with the key as printed, and it is remembered as that."""
    make(shipping, shipping_box)
    bring(shipping, shipping_box)
    printed = keys.identities(shipping)
    (secrets.folder_of(shipping.data_dir) / keys.IDENTITY).unlink()
    alone = drill.rehearse(shipping, shipping_box, patience=QUICK)
    assert not alone.ok
    assert "somebody has to type it" in alone.said
    by_hand = drill.rehearse(shipping, shipping_box, recovery.keys_in(f"my key:\n{printed[0].lower()} "), QUICK)
    assert by_hand.ok, by_hand.said
    with shipping_box.read() as tx:
        assert not drill.state(tx).wants_a_person


def test_a_wrong_key_fails_at_its_step(shipping, shipping_box, there):
    make(shipping, shipping_box)
    bring(shipping, shipping_box)
    done = drill.rehearse(shipping, shipping_box, [age.new_identity()], QUICK)
    assert not done.ok
    assert done.said.startswith("opening it, ")
    assert "sealed for another key" in done.said


def test_no_copy_and_a_damaged_copy_fail_at_their_step_and_are_recorded(made):
    config, db = made
    assert "There is no copy" in drill.rehearse(config, db).said
    file = config.backups / making.make(config, db).file
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    done = drill.rehearse(config, db)
    assert not done.ok
    assert "changed or damaged" in done.said
    assert [row.result for row in recorded(db)] == ["failed", "failed"]
    assert scratch_of(config) == []


def test_a_report_that_says_something_else_fails(copied, monkeypatch):
    """What was restored is asked by the app's own reports, not by its bytes alone."""
    config, db = copied
    asked = figures.of
    monkeypatch.setattr(figures, "of", lambda tx: asked(tx) | {"balances": [9, 9]})
    done = drill.rehearse(config, db)
    assert not done.ok
    assert done.said.startswith("asking for the report balances")


def test_a_copy_of_another_version_is_proven_without_its_figures(copied, monkeypatch):
    config, db = copied
    monkeypatch.setattr(drill, "__version__", "9.9")
    assert "no figures of this version" in drill.rehearse(config, db).said


def test_a_rehearsal_that_was_killed_leaves_nothing_after_the_next(copied):
    config, db = copied
    left = config.data_dir / "tmp" / "drill-dead" / "box"
    left.mkdir(parents=True)
    (left / "gsctracker.db").write_bytes(b"x")
    drill.rehearse(config, db)
    assert scratch_of(config) == []


def test_one_rehearsal_at_a_time(copied):
    config, db = copied
    with lock.hold(config.data_dir, drill.LOCK), pytest.raises(Conflict, match="Another rehearsal is under way"):
        drill.rehearse(config, db)


def test_the_live_data_is_not_touched(copied):
    config, db = copied
    add_scouts(db, 1)
    with db.read() as tx:
        before = figures.of(tx)
        tables = many(tx, "SELECT * FROM restore_runs")
    drill.rehearse(config, db)
    with db.read() as tx:
        assert figures.of(tx) == before
        assert many(tx, "SELECT * FROM restore_runs") == tables == []


def test_the_weekly_job_says_what_was_proven_and_fails_loudly(made):
    """BAK-27: result recorded."""
    config, db = made
    assert running.run_job(config, db, named(config, "drill")) == "failed"
    making.make(config, db)
    assert running.run_job(config, db, named(config, "drill")) == "done"


def test_what_was_proven_grows_old(copied, monkeypatch):
    """BAK-27: after ten days without a proof it is stale, and once a year a person is asked to type the key."""
    config, db = copied
    drill.rehearse(config, db)
    with db.read() as tx:
        assert not drill.state(tx).is_stale
        assert drill.state(tx).wants_a_person
    with db.write() as tx:
        run(tx, "UPDATE drill_runs SET started_at = :old, ended_at = :old", old=clock.after(days=-11))
    with db.read() as tx:
        assert drill.state(tx).is_stale


def told(config):
    """What the doctor says of rehearsals, by name."""
    return {each.name: each.status for each in doctor.examine(config) if each.name in ("rehearsal", "printed key")}


def test_health_and_doctor_tell_of_a_rehearsal_that_failed(copied, monkeypatch):
    """MON-09: an admin sees what was proven and how old the oldest entry is that is nowhere else; others see a warning."""
    config, db = copied
    assert health.backup(config.backups, db)["status"] == "healthy"
    drill.rehearse(config, db)
    assert health.backup(config.backups, db)["status"] == "healthy"
    assert told(config) == {"rehearsal": "ok", "printed key": "warn"}
    copies = health.detailed(config, db, 1)["copies"]
    assert copies["lastRehearsal"]["result"] == "done"
    assert 0 <= copies["unprotectedSeconds"] < 3600
    monkeypatch.setattr(figures, "of", lambda tx: {})
    drill.rehearse(config, db)
    said = health.report(config, db, 1)
    assert said["status"] == "healthy"  # a restart would not help
    assert said["checks"]["backup"]["message"] == "The last rehearsal of a restore failed."
    assert told(config)["rehearsal"] == "fail"


def test_a_box_without_a_copy_is_not_nagged(made):
    config, db = made
    assert told(config) == {}
    assert health.backup(config.backups, db)["message"] == "There is no copy of the data yet."


def test_rehearsals_and_copies_are_numbers(copied):
    """ALERT-15: what DrillStale, BackupStale and BackupUnprotected are told by."""
    config, db = copied
    drill.rehearse(config, db)
    found = {
        (sample.name, *sample.labels.values()): sample.value
        for metric in metrics.Box(db, config).collect()
        for sample in metric.samples
    }
    now = clock.moment().timestamp()
    assert now - found["gsctracker_drill_last_success_timestamp_seconds",] < 60
    assert now - found["gsctracker_backup_last_success_timestamp_seconds", "box"] < 60
    assert found["gsctracker_backup_last_success_timestamp_seconds", "bucket"] == 0
    assert found["gsctracker_drill_runs_total", "done"] == 1
    assert found["gsctracker_backup_runs_total", "done"] == 1
    assert found["gsctracker_backup_copies", "box", "auto"] == 1
    assert found["gsctracker_backup_size_bytes",] > 0
    assert 0 <= found["gsctracker_backup_unprotected_seconds",] < 3600


def test_a_manifest_of_before_there_were_figures_is_read(copied):
    config, _ = copied
    made = places.local(config).listed()[-1]
    assert made.figures["scouts"][0] == 3
    fields = json.loads(manifest.written(made, None))
    del fields["figures"]
    assert manifest.read(json.dumps(fields).encode()).figures == {}


@pytest.mark.parametrize(("milliseconds", "words"), [(10, "1 s"), (59_400, "59 s"), (192_000, "3 min 12 s")])
def test_how_long_it_took_is_said_as_people_say_it(milliseconds, words):
    assert drill.in_words(milliseconds) == words
