"""A plug that is pulled, a disk that is slow, a box that lost its keys, a server that is the first process of its container."""

import contextlib
import dataclasses
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from gsctracker.db import Database, carrying
from gsctracker.db.rows import value
from gsctracker.errors import Refusal
from gsctracker.ops import secrets
from gsctracker.ops.copies import finding, keys, making, packing, places, restoring, staging, verifying, workroom
from tests.faults.disks import FAMILIES, SALES, SLOW_SECONDS
from tests.faults.killing import content_of
from tests.ops.copies.troops import add_scouts, make_box, scouts_in
from tests.running import clean_environment, free_port

PROJECT = Path(__file__).parents[2]


def beneath(which, database, folder, seed):
    """A process over such a disk; gives what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "tests.faults.disks", which, str(database), str(folder), str(seed)],
        cwd=PROJECT, env=clean_environment(), capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.parametrize("seed", range(6))
def test_a_pulled_plug_loses_nothing_that_was_answered(tmp_path, seed):
    """Fault 7: what SQLite did not wait for is gone from the disk; every girl of whom it was said that she is in is there."""
    kept = tmp_path / "kept"
    kept.mkdir()
    done = beneath("forgetful", tmp_path / "gsctracker.db", kept, seed)
    assert done.returncode == -signal.SIGKILL, done.stderr
    answered = int(done.stdout.split()[-1])
    assert (kept / "gsctracker.db-wal").exists(), "the plug must be pulled before all is folded in"
    with contextlib.closing(Database(kept / "gsctracker.db")) as db:
        assert scouts_in(db) == answered
        with db.read() as tx:
            assert value(tx, "PRAGMA integrity_check") == "ok"


def test_a_slow_disk_lets_everybody_wait_her_turn_and_loses_nothing(tmp_path):
    """Fault 20: writes queue, all are answered and all are there; who reads does not wait for the disk."""
    done = beneath("slow", tmp_path / "gsctracker.db", tmp_path, 0)
    assert done.returncode == 0, done.stderr
    answered, longest = done.stdout.split()
    assert int(answered) == FAMILIES * SALES
    assert float(longest) < FAMILIES * SALES * SLOW_SECONDS / 2, "a reader must not stand in the writers' line"
    with contextlib.closing(Database(tmp_path / "gsctracker.db")) as db:
        assert scouts_in(db) == FAMILIES * SALES


def test_a_copy_that_was_told_of_outlasts_a_pulled_plug(tmp_path, monkeypatch):
    """Fault 8: when the copy is given out, its bytes and its name, and its manifest's, were waited for."""
    config, db = make_box(tmp_path / "data")
    kept_bytes, kept_names, wait = {}, {}, os.fsync

    def keep(descriptor):
        wait(descriptor)
        path = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        if path.is_dir():
            kept_names[path] = {each.name: each.stat().st_ino for each in path.iterdir() if each.is_file()}
        else:
            kept_bytes[os.fstat(descriptor).st_ino] = path.read_bytes()

    monkeypatch.setattr(os, "fsync", keep)
    sealed_for = dataclasses.replace(config, backup_recipient=keys.recipients(config)[0])
    for settings in (config, sealed_for):
        made = making.make(settings, db, kind="manual", force=True)
        on_disk = kept_names[config.backups]
        after = tmp_path / f"after-{made.name}"
        after.mkdir()
        for name in (made.file, f"{made.name}.json"):
            (after / name).write_bytes(kept_bytes[on_disk[name]])
        assert packing.digest_of(after / made.file) == made.sha256
        with staging.stage(config, after / made.file) as staged:
            assert staged.content == made.content
    db.close()


def test_a_box_that_lost_its_keys_opens_its_copies_with_the_sheet(tmp_path):
    """Fault 63: the secrets were not carried along: it is named, and the key as printed opens what was sealed."""
    config, db = make_box(tmp_path / "data")
    sealed = dataclasses.replace(config, backup_recipient=keys.recipients(config)[0])
    printed = keys.identities(config)[0]
    made = making.make(sealed, db, kind="manual", force=True)
    add_scouts(db, 2)
    shutil.rmtree(secrets.folder_of(config.data_dir))
    keys.ready(config)
    found = finding.find(config, made.name)
    with pytest.raises(Refusal, match="--key-file"), staging.stage(config, found):
        pass
    assert scouts_in(db) == 5
    with staging.stage(config, places_found(config, made, printed), identities=[printed]) as staged:
        restoring.restore(config, db, staged)
    assert scouts_in(db) == 3
    assert making.make(config, db, kind="manual", force=True)
    db.close()


def places_found(config, made, printed):
    """The copy as it is listed for who has the printed key."""
    here = places.Folder(config.backups, keys.manifest_keys(config, [printed]))
    return staging.Found(here, next(each for each in here.listed() if each.name == made.name))


@pytest.fixture
def small(tmp_path, monkeypatch):
    """A box with a copy and two girls more, on a disk of 16 MB; gives its settings, its database, the copy."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", folder], check=False).returncode:
        pytest.fail(
            "this machine lets nobody mount a small disk; run these tests as root, in a container that may mount"
        )
    monkeypatch.setattr(workroom, "RESERVE", 0)
    config, db = make_box(folder / "data")
    try:
        made = making.make(config, db, kind="manual", force=True)
        add_scouts(db, 2)
        yield config, db, made
    finally:
        db.close()
        subprocess.run(["umount", folder], check=True)


@pytest.mark.parametrize("moment", ["stage", "make", "take", "carry_over", "replace_with"])
@pytest.mark.parametrize("free", [0, 60_000, 300_000, 700_000, 1_000_000, 1_600_000])
def test_a_disk_that_fills_up_in_a_restore(small, monkeypatch, moment, free):
    """Fault 14: somebody fills the disk at that step but for so many bytes: all old or all new, a sentence, and later it works."""
    config, db, made = small
    homes = {"stage": staging, "make": making, "take": making, "carry_over": carrying, "replace_with": Database}
    real = getattr(homes[moment], moment)

    def then_it_is_full(*given, **named):
        fill(config.data_dir, free)
        return real(*given, **named)

    monkeypatch.setattr(homes[moment], moment, then_it_is_full)
    old = content_of(config.database)
    try:
        with staging.stage(config, finding.find(config, made.name)) as staged:
            restoring.restore(config, db, staged)
        assert scouts_in(db) == 3
    except Refusal as no:
        said = str(no)
        assert re.search("room|full|No space", said), said
        (config.data_dir / "filler").unlink()
        assert scouts_in(db) == 5
        assert content_of(config.database) == old
    monkeypatch.setattr(homes[moment], moment, real)
    (config.data_dir / "filler").unlink(missing_ok=True)
    assert not db.is_being_replaced()
    add_scouts(db, 1)
    with staging.stage(config, finding.find(config, made.name)) as staged:
        restoring.restore(config, db, staged)
    assert scouts_in(db) == 3
    assert all(result.ok for result in verifying.verify(config))


def fill(folder, but):
    """Write until only `but` bytes of the disk are free."""
    with (folder / "filler").open("wb") as out:
        while (free := os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize) > but:
            try:
                out.write(bytes(min(65_536, free - but)))
                out.flush()
            except OSError:
                break


def test_the_first_process_of_a_container_ends_when_it_is_asked_to(tmp_path):
    """Fault 10: the kernel ignores SIGTERM for process 1 unless it listens; it does, ends with 0, and leaves no WAL."""
    if subprocess.run(["unshare", "--pid", "--fork", "true"], capture_output=True, check=False).returncode:
        pytest.fail("this machine lets nobody make a process 1; run these tests as root, in a container that may")
    port = free_port()
    command = [sys.executable, "-m", "gsctracker", "serve", "--host", "127.0.0.1", "--port", str(port)]
    outer = subprocess.Popen(
        ["unshare", "--pid", "--fork", "--kill-child", *command, "--data-dir", str(tmp_path / "data")],
        env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    )  # fmt: skip
    try:
        until = time.monotonic() + 60
        for line in outer.stdout:
            if "ready" in line or time.monotonic() > until:
                break
        inner = int(Path(f"/proc/{outer.pid}/task/{outer.pid}/children").read_text().split()[0])
        assert Path(f"/proc/{inner}/status").read_text().split("NSpid:")[1].split("\n")[0].split()[-1] == "1"
        began = time.monotonic()
        os.kill(inner, signal.SIGTERM)
        outer.stdout.read()
        assert outer.wait(timeout=30) == 0
        assert time.monotonic() - began < 8
        assert not (tmp_path / "data" / "gsctracker.db-wal").exists()
    finally:
        outer.kill()
        outer.wait()
        outer.stdout.close()
