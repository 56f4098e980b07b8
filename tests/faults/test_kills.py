"""The plug is pulled at moments that nobody chose, in every step of everything that has to do with copies.

After each kill: the live file is sound and exactly old or new, each listed copy can be restored, the next copy succeeds, and
nothing is left lying about. The seed changes the moments; the figures at the top say how many there are.
"""

import contextlib
import dataclasses
import os
import random
import shutil
from datetime import timedelta

import pytest

from gsctracker import clock
from gsctracker.db import Database, connections, migrate
from gsctracker.ops.copies import bucket, history, keys, making, names, packing, places, retention
from gsctracker.ops.copies import manifest as manifests
from gsctracker.ops.copies.history import Run
from tests.faults.killer import QUICK
from tests.faults.killing import Proof, content_of, killer, moments, require_tidy
from tests.ops.copies.troops import add_scouts, copied, make_box, scouts_in

pytestmark = pytest.mark.slow
SEED = int(os.environ.get("FAULT_SEED", "68"))
COPIES, PRUNINGS, UPLOADS, RESTORES, MIGRATIONS = 60, 40, 40, 60, 50  # 250 kills


@pytest.fixture(scope="module")
def plug():
    with killer() as pulled:
        yield pulled


@pytest.fixture
def made(tmp_path):
    config, db = make_box(tmp_path / "data")
    db.close()
    return config


def next_copy(config):
    """The next copy succeeds."""
    db = Database(config.database)
    assert not db.is_being_replaced()
    try:
        return making.make(config, db, kind="manual", force=True)
    finally:
        db.close()


def keep_newest(config, number):
    """Only so many copies stay, so that the test looks at few."""
    here = places.local(config)
    for each in here.listed()[:-number]:
        here.remove(each)


def test_a_copy_that_is_killed(plug, made):
    """Fault 1, Fault 2: plain and sealed in turn; what is listed is whole, the next one is made, nothing is left."""
    dice, proof, before = random.Random(SEED), Proof(made), content_of(made.database)
    next_copy(made)
    sealed = dataclasses.replace(made, backup_recipient=keys.recipients(made)[0])
    killed = plug.killed
    for config in (made, sealed):
        for moment in moments(plug.ask("copy", config, watch=True), COPIES // 2, dice):
            plug.ask("copy", config, **moment)
            assert content_of(made.database) == before
            proof.require_restorable()
            newest = next_copy(config)
            assert proof.require_restorable()[-1] == newest.name
            require_tidy(made)
            keep_newest(made, 3)
    assert plug.killed - killed > COPIES * 2 // 3, "most must have been killed in the middle"


def aged(config, number):
    """So many copies more, each twelve hours older than the next, the oldest first in line; gives how many are listed."""
    here, key = places.local(config), keys.signing_key(config)
    newest = here.listed()[-1]
    start = clock.moment()
    for each in range(number):
        made_at = clock.instant(start - timedelta(hours=12 * (number - each)))
        stem = names.stem(made_at, newest.sequence - number + each)
        again = dataclasses.replace(
            newest, name=stem, file=stem + names.COPY, made_at=made_at, sequence=newest.sequence - number + each
        )
        shutil.copy(config.backups / newest.file, config.backups / again.file)
        (config.backups / f"{stem}.json").write_bytes(manifests.written(again, key))
    return len(here.listed())


def test_a_pruning_that_is_killed(plug, made):
    """Fault 57: killed between the manifest and its file too: what is listed is whole, the plan's copies stay, the rest goes later."""
    dice, killed = random.Random(SEED), plug.killed
    db = Database(made.database)
    with db.write() as tx:  # the next number is above those that are made up here
        history.failed(tx, Run("x", "auto", "", "", clock.now()), 400, "made up")
    db.close()
    next_copy(made)
    aged(made, 40)
    store = made.data_dir.parent / "store"
    shutil.copytree(made.backups, store)
    copies = places.local(made).listed()
    now = clock.now()  # the plan goes by hours, days and weeks: in each trial the same ones
    going = {each.name for each in retention.to_remove(copies, now, made.backup_keep_days)}
    assert len(going) > 10
    whole = plug.ask("prune", made, now=now, watch=True)
    assert {each.name for each in places.local(made).listed()} == {each.name for each in copies} - going
    proof = Proof(made)
    for moment in moments(whole, PRUNINGS, dice):
        shutil.rmtree(made.backups)
        shutil.copytree(store, made.backups)
        plug.ask("prune", made, now=now, **moment)
        listed = {each.name for each in places.local(made).listed()}
        assert listed >= {each.name for each in copies} - going
        assert len(listed) >= retention.FLOOR
        proof.require_restorable()
        next_copy(made)
        plug.ask("prune", made, now=now)
        assert places.local(made).broken() == []
        assert not going & {each.name for each in places.local(made).listed()}
        require_tidy(made)
    assert plug.killed - killed > PRUNINGS // 2, "most must have been killed in the middle"


def test_an_upload_that_is_killed(plug, made, store):
    """Fault 3: what the bucket lists can be restored, here lies nothing half, and the next time everything is away."""
    config = dataclasses.replace(
        made,
        s3_backup_bucket=store.address.bucket,
        s3_endpoint_url=store.address.endpoint,
        aws_access_key_id=store.address.key_id,
        aws_secret_access_key=store.address.secret,
    )
    dice, proof, before, killed = random.Random(SEED), Proof(config), content_of(made.database), plug.killed
    there = bucket.remote(config, QUICK)
    next_copy(config)
    whole = plug.ask("upload", config, watch=True)
    for moment in moments(whole, UPLOADS, dice):
        newest = next_copy(config)
        plug.ask("upload", config, **moment)
        assert content_of(made.database) == before
        proof.require_restorable(there)
        assert not plug.ask("upload", config)["said"]
        assert proof.require_restorable(there)[-1] == newest.name
        require_tidy(config)
        keep_newest(config, 3)
        for old in there.listed()[:-3]:
            there.remove(old)
    assert plug.killed - killed > UPLOADS // 2, "most must have been killed in the middle"


def test_a_restore_that_is_killed(plug, made):
    """Fault 4, Fault 5: exactly the old content or exactly the copy's, open for writers, and the copy of before is whole."""
    dice, proof, killed = random.Random(SEED), Proof(made), plug.killed
    small = next_copy(made)
    states = {small.name: content_of(made.database)}
    with contextlib.closing(Database(made.database)) as db:
        add_scouts(db, 40)
        _, large = copied(made, db)
    states[large.name] = content_of(made.database)
    assert states[small.name] != states[large.name]
    whole = plug.ask("restore", made, source=small.name, watch=True)
    assert content_of(made.database) == states[small.name]
    ended = {"old": 0, "new": 0}
    for moment in moments(whole, RESTORES, dice):
        present = content_of(made.database)
        other = next(name for name, content in states.items() if content != present)
        plug.ask("restore", made, source=other, **moment)
        found = content_of(made.database)
        assert found in (present, states[other])
        ended["new" if found == states[other] else "old"] += 1
        proof.require_restorable()
        next_copy(made)
        assert content_of(made.database) == found
        require_tidy(made)
        here = places.local(made)
        for old in here.listed()[:-2]:
            if old.name not in states:
                here.remove(old)
    assert ended["old"] and ended["new"], "the kills came all too early or all too late"
    assert plug.killed - killed > RESTORES // 2, "most must have been killed in the middle"
    with contextlib.closing(Database(made.database)) as db:
        add_scouts(db, 1)
        assert scouts_in(db) in (4, 44)


def test_a_migration_that_is_killed(plug, made):
    """Fault 6: after any kill the file is one of the schemas in between, whole; the next start goes on, and the way back is there."""
    dice, proof, killed = random.Random(SEED), Proof(made), plug.killed
    bottom = migrate.newest()
    assert bottom == migrate.FIRST, "the steps here go on from the first schema"
    states = {bottom: content_of(made.database)}
    whole = plug.ask("climb", made, watch=True)
    states[3] = content_of(made.database)
    writer = connections.open_writer(made.database)
    migrate.take_down(writer, 2)
    writer.close()
    states[2] = content_of(made.database)
    back_down(made, bottom)
    assert content_of(made.database) == states[bottom]
    for moment in moments(whole, MIGRATIONS, dice):
        plug.ask("climb", made, **moment)
        reader = connections.open_reader(made.database)
        number = migrate.number_of(reader)
        reader.close()
        assert content_of(made.database) == but_for_instants(states[number], content_of(made.database))
        assert "instance" not in states[number] and number in states
        assert not plug.ask("climb", made)["said"]
        back_down(made, bottom)
        assert content_of(made.database) == states[bottom]
        next_copy(made)  # which makes proper copies of the plain ones
        assert not list(made.backups.glob("*.db"))
        of_the_newer_program(made, bottom)
        proof.require_restorable()
        require_tidy(made)
        keep_newest(made, 2)
    assert plug.killed - killed > MIGRATIONS // 2, "most must have been killed in the middle"


def of_the_newer_program(config, number):
    """What was copied between two steps is whole, and for the program that knows those steps; here it makes room."""
    here = places.local(config)
    for each in here.listed():
        if each.schema > number:
            file = config.backups / each.file
            packing.read_back(file, each.gzip_sha256, each.database_sha256, each.database_size)
            here.remove(each)


def but_for_instants(wanted, found):
    """The list of migrations bears the second in which each was made."""
    return wanted | {"schema_migrations": found["schema_migrations"]}


def back_down(config, number):
    """The way back that is kept in the file."""
    writer = connections.open_writer(config.database)
    migrate.take_down(writer, number)
    writer.close()
