"""A copy that is killed, starved or lied to: never a listed copy that is not whole, never anything left lying about."""

import gzip
import hashlib
import os
import random
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from gsctracker.config import Config
from gsctracker.db import Database, snapshot
from gsctracker.db.rows import value
from gsctracker.errors import Conflict, NotFound
from gsctracker.integrations import age
from gsctracker.ops.copies import keys, last_copy, making, packing, places, workroom
from tests import factories

PROJECT = Path(__file__).parents[3]
STEPS = (
    "sweep", "require_room", "write_bytes", "take", "copy_out", "check", "describe", "out_of_balance", "say_what_is_made", "compress",
    "read_back", "seal", "digest_of", "unseal", "put", "write_whole", "settle", "done",
)  # fmt: skip
KILLS = 200


@pytest.fixture
def config(tmp_path):
    return Config(data_dir=tmp_path)


def started(folder, what, when):
    command = [sys.executable, "-m", "tests.ops.copies.killed_copy", str(folder), what, when]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)


def require_whole(config, scratch):
    """Every listed copy opens and is sound, and says so itself; gives their numbers."""
    found = places.local(config).listed()
    for made in found:
        raw = config.backups / made.file
        assert hashlib.sha256(raw.read_bytes()).hexdigest() == made.sha256
        if made.is_sealed:
            (scratch / "x.gz").unlink(missing_ok=True)
            age.unseal(raw, scratch / "x.gz", keys.identities(config), 10_000_000)
            raw = scratch / "x.gz"
        (scratch / "x.db").write_bytes(gzip.decompress(raw.read_bytes()))
        assert hashlib.sha256((scratch / "x.db").read_bytes()).hexdigest() == made.database_sha256
        assert snapshot.check(scratch / "x.db").rows["products"] == 10
    return [made.sequence for made in found]


def require_tidy(config):
    """Nothing but copies and their manifests; nothing in the workroom but the copy that minutes are compared with."""
    listed = places.local(config).listed()
    wanted = {made.file for made in listed} | {f"{made.name}.json" for made in listed}
    assert {file.name for file in config.backups.iterdir()} == wanted
    assert {file.name for file in workroom.folder_of(config).iterdir()} <= {last_copy.FILE, last_copy.DESCRIBED}


@pytest.mark.parametrize("when", ["call", "return"])
@pytest.mark.parametrize("step", STEPS)
def test_a_kill_at_any_step_leaves_no_half_copy_and_the_next_one_tidies_up(box, config, tmp_path_factory, step, when):
    """Fault 1, Fault 2: kill -9 in VACUUM INTO, gzip, seal, rename, between file and manifest: not listed, swept, made anew."""
    first = making.make(config, box)
    done = started(config.data_dir, step, when)
    assert done.returncode == -signal.SIGKILL, done.stderr
    scratch = tmp_path_factory.mktemp("scratch")
    assert set(require_whole(config, scratch)) <= {1, 2}  # killed after its manifest, it is a copy
    with box.read() as tx:
        assert value(tx, "PRAGMA integrity_check") == "ok"
    made = making.make(config, box, force=True)
    assert made.sequence in (2, 3)
    assert first.sequence in require_whole(config, scratch)
    require_tidy(config)


def test_two_hundred_kills_at_random_moments(box, config, tmp_path_factory):
    """Fault 1, Fault 2: whenever the plug is pulled, each listed copy is whole and the next one is made."""
    box.close()
    done = started(config.data_dir, str(KILLS), "0.12")
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) > KILLS // 3, "most must have been killed in the middle"
    again = Database(config.database)
    with again.read() as tx:
        assert value(tx, "PRAGMA integrity_check") == "ok"
    assert making.make(config, again, force=True)
    again.close()
    numbers = require_whole(config, tmp_path_factory.mktemp("scratch"))
    assert len(numbers) == len(set(numbers))
    require_tidy(config)


@pytest.fixture
def disk(tmp_path):
    """A disk of 12 MB and 60 files."""
    folder = tmp_path / "disk"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=12m,nr_inodes=60", "tmpfs", folder]
    if subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.fail(
            "this machine lets nobody mount a small disk; run these tests as root, in a container that may mount"
        )
    yield folder
    subprocess.run(["umount", folder], check=True)


@pytest.fixture
def small_disk(disk):
    """A box on such a disk."""
    db = Database(disk / "gsctracker.db")
    with db.write() as tx:
        factories.set_up(tx)
    yield Config(data_dir=disk), db
    db.close()


def fill(folder, but):
    """Write until only `but` bytes of the disk are free."""
    with (folder / "filler").open("wb") as out:
        while (free := os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize) > but:
            out.write(bytes(min(65_536, free - but)))
            out.flush()


def test_a_disk_without_room_is_told_before_anything_is_begun(small_disk):
    """Fault 12: the room is asked for first, in words with bytes in them."""
    config, db = small_disk
    with pytest.raises(Conflict, match=r"no room for a copy .* MB and \d+ MB are free") as no:
        making.make(config, db)
    assert no.value.code == "no_space"
    with db.read() as tx:
        assert value(tx, "SELECT said FROM copy_runs WHERE result = 'failed'").startswith("There is no room")


@pytest.mark.parametrize("but", [20_000, 300_000, 700_000])
def test_a_disk_that_fills_up_half_way_stops_the_copy_and_nothing_else(small_disk, monkeypatch, but):
    """Fault 12: full during VACUUM INTO or gzip: told, nothing left, the box goes on, and so does the next copy."""
    config, db = small_disk
    monkeypatch.setattr(workroom, "RESERVE", 0)
    with db.read() as tx:
        database = value(tx, "PRAGMA page_count") * 4096
    assert database > 300_000
    looked = workroom.require_room

    def then_somebody_fills_it(*arguments):
        looked(*arguments)
        fill(config.data_dir, but if but < 700_000 else database + 20_000)

    monkeypatch.setattr(workroom, "require_room", then_somebody_fills_it)
    with pytest.raises(Conflict, match=r"No copy can be made in .*: .*(full|No space left)"):
        making.make(config, db)
    assert {file.name for file in workroom.folder_of(config).iterdir()} <= {last_copy.FILE, last_copy.DESCRIBED}
    assert places.local(config).listed() == []
    with db.read() as tx:
        assert value(tx, "SELECT count(*) FROM products") == 10
    (config.data_dir / "filler").unlink()
    monkeypatch.setattr(workroom, "require_room", looked)
    with db.write() as tx:
        factories.make_scout(tx, "Ava")
    assert making.make(config, db)


def test_a_disk_without_inodes_is_told(small_disk, monkeypatch):
    """Fault 15: free bytes are of no use where no file can be made."""
    config, db = small_disk
    monkeypatch.setattr(workroom, "RESERVE", 0)
    making.make(config, db)
    number = 0
    while os.statvfs(config.data_dir).f_favail:
        (config.data_dir / f"x{number}").touch()
        number += 1
    with pytest.raises(Conflict, match="No space left on device"):
        making.make(config, db, force=True)
    for each in range(number):
        (config.data_dir / f"x{each}").unlink()
    assert making.make(config, db, force=True)


def test_a_disk_that_turned_read_only_is_told(disk, box, tmp_path):
    """Fault 16, BAK-07: permission bits say nothing of it; the folder itself is tried."""
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
    with pytest.raises(Conflict, match=r"Nothing can be written in .*: Read-only file system.*BACKUP_DIR") as no:
        making.make(Config(data_dir=tmp_path, backup_dir=disk), box)
    assert no.value.code == "cannot_write"


def test_a_folder_of_copies_that_takes_nothing_is_told_and_written_down(box, tmp_path):
    """Fault 17, BAK-07: one sentence with its remedy, and a row that the alarm reads."""
    (tmp_path / "file").write_text("not a folder")
    config = Config(data_dir=tmp_path, backup_dir=tmp_path / "file" / "copies")
    with pytest.raises(Conflict, match=r"Nothing can be written in .*/file/copies: Not a directory"):
        making.make(config, box)
    with box.read() as tx:
        assert value(tx, "SELECT said FROM copy_runs WHERE result = 'failed'").startswith("Nothing can be written")
    assert all(file.name.startswith("last-copy.db") for file in (tmp_path / "tmp").iterdir())


def test_of_failed_copies_the_last_two_hundred_are_remembered(box, tmp_path):
    """Fault 62: a folder that takes nothing for a week does not fill the file."""
    (tmp_path / "file").write_text("")
    config = Config(data_dir=tmp_path, backup_dir=tmp_path / "file" / "x")
    for _ in range(205):
        with pytest.raises(Conflict):
            making.make(config, box, force=True)
    with box.read() as tx:
        assert value(tx, "SELECT count(*) || ' to ' || max(seq) FROM copy_runs") == "200 to 205"


def test_a_card_that_keeps_other_bytes_is_found_out_before_the_copy_counts(box, config, monkeypatch):
    """Fault 22, BAK-02: a bit turns between writing and reading back: thrown away, told, not listed."""
    honest = os.posix_fadvise

    def worn_card(descriptor, *arguments):
        honest(descriptor, *arguments)
        file = Path(os.readlink(f"/proc/self/fd/{descriptor}"))
        raw = bytearray(file.read_bytes())
        raw[len(raw) // 3] ^= 4
        file.write_bytes(raw)

    monkeypatch.setattr(os, "posix_fadvise", worn_card)
    with pytest.raises(Conflict, match="reads back otherwise than it was written"):
        making.make(config, box)
    assert places.local(config).listed() == []
    require_tidy(config)
    monkeypatch.setattr(os, "posix_fadvise", honest)
    assert making.make(config, box)


@pytest.fixture
def packed(tmp_path):
    (tmp_path / "plain").write_bytes(os.urandom(50_000) + bytes(300_000))
    plain, gz = packing.compress(tmp_path / "plain", tmp_path / "x.gz")
    return tmp_path / "x.gz", gz, plain, 350_000


def test_no_flipped_bit_is_read_back_as_whole(packed):
    """Fault 22: four hundred bits, anywhere in the file, the header and the trailer among them."""
    file, *wanted = packed
    whole = file.read_bytes()
    packing.read_back(file, *wanted)
    chance = random.Random(1)
    places_to_flip = [*range(80), *range(len(whole) * 8 - 64, len(whole) * 8)]
    places_to_flip += [chance.randrange(len(whole) * 8) for _ in range(300)]
    for bit in places_to_flip:
        raw = bytearray(whole)
        raw[bit // 8] ^= 1 << bit % 8
        file.write_bytes(raw)
        with pytest.raises(Conflict, match="reads back otherwise"):
            packing.read_back(file, *wanted)


@pytest.mark.parametrize("length", [0, 1, 10, 18, 40_000, -8, -1])
def test_no_cut_file_is_read_back_as_whole(packed, length):
    """Fault 23, Fault 24: cut anywhere, or empty, which gzip takes for nothing wrong."""
    file, *wanted = packed
    file.write_bytes(file.read_bytes()[:length])
    with pytest.raises(Conflict, match="reads back otherwise"):
        packing.read_back(file, *wanted)


def test_an_empty_database_is_no_copy(tmp_path):
    """Fault 24: a file of no bytes is a valid database for SQLite, and integrity_check says ok."""
    (tmp_path / "x.db").write_bytes(b"")
    with pytest.raises(Conflict):
        making.describe(tmp_path / "x.db", "gsctracker-20260214T020000Z-00000042", None)


def test_what_lies_broken_in_the_folder_is_shown_and_not_counted(box, config):
    """Fault 30: a manifest without its file, a file without its manifest, one that was cut, one that was edited."""
    made = [making.make(config, box, force=True) for _ in range(5)]
    folder = config.backups
    (folder / made[0].file).unlink()
    (folder / f"{made[1].name}.json").unlink()
    (folder / made[2].file).write_bytes((folder / made[2].file).read_bytes()[:-1])
    edited = folder / f"{made[3].name}.json"
    edited.write_bytes(edited.read_bytes().replace(b'"kind": "auto"', b'"kind": "stop"'))
    place = places.local(config)
    assert [each.name for each in place.listed()] == [made[4].name]
    said = dict(place.broken())
    assert list(said) == [made[0].name, made[2].name, made[3].name, made[1].name]
    assert "missing" in said[made[0].name]
    assert "no manifest" in said[made[1].name]
    assert "bytes, its manifest says" in said[made[2].name]
    assert "changed after it was signed" in said[made[3].name]
    assert making.make(config, box, force=True).sequence == 6
    assert (folder / made[1].file).exists()  # somebody may have carried it here: it is not ours to remove


def test_a_copy_is_taken_over_from_another_disk(box, config, disk, tmp_path):
    """A rename goes no further than the disk: then it is copied, and counts only when it is whole."""
    made = making.make(config, box)
    other = places.Folder(disk / "copies")
    places.local(config).fetch(made, tmp_path / "fetched")
    other.put(tmp_path / "fetched", made)
    assert [each.name for each in other.listed()] == [made.name]
    assert len(list((disk / "copies").iterdir())) == 2
    other.remove(made)
    with pytest.raises(NotFound, match=r"is not in .*copies any more"):
        other.fetch(made, tmp_path / "again")


def test_a_copy_that_is_removed_is_never_half_listed(box, config):
    made = making.make(config, box)
    place = places.local(config)
    place.remove(made)
    place.remove(made)
    assert (place.listed(), place.broken(), list(config.backups.iterdir())) == ([], [], [])
