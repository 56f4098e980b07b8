"""What stops a start: each no is a sentence with its remedy, and nothing was made."""

import os
import subprocess
import sys
from datetime import UTC, datetime

import apsw
import pytest

from gsctracker import clock, config
from gsctracker.db import Database
from gsctracker.db.closing import DAMAGED
from gsctracker.errors import Conflict
from gsctracker.ops import doctor, machine, standby, start_checks
from tests import factories
from tests.ops.test_volumes import NAME, mounted
from tests.running import clean_environment


def settings(folder, **given):
    """Settings over that folder."""
    return config.load(given, folder)


def refused(folder, mountinfo=None, demo=False, **given):
    """The sentence with which a start there is refused."""
    with pytest.raises(Conflict) as no:
        start_checks.before_opening(settings(folder, **given), demo, mountinfo=mountinfo)
    return str(no.value)


def test_a_good_folder_is_made_and_marked(tmp_path):
    home = settings(tmp_path / "deep" / "data")
    start_checks.before_opening(home)
    db = Database(home.database)
    start_checks.after_opening(home, db)
    with db.read() as tx:
        assert start_checks.marked_uid(home.data_dir) == tx.execute("SELECT uid FROM instance").fetchone()[0]
    db.close()
    start_checks.before_opening(home)


@pytest.mark.parametrize("kind", ["nfs4", "cifs", "9p", "fuse.sshfs"])
def test_a_network_disk_is_refused_unless_that_is_wanted(tmp_path, kind):
    """Fault 19: NFS, SMB, a virtual machine's share, a program's disk; the setting that overrides it is named."""
    text = mounted("/", str(tmp_path), kind)
    said = refused(tmp_path, text)
    assert f"network disk ({kind})" in said
    assert "move DATA_DIR" in said
    assert refused(tmp_path, text, demo=True) == said
    start_checks.before_opening(settings(tmp_path, ALLOW_UNSAFE_VOLUME="yes"), mountinfo=text)
    assert not (tmp_path / "gsctracker.db").exists()


def test_a_docker_volume_without_a_name_is_refused_but_for_a_demo(tmp_path):
    text = mounted(f"/var/lib/docker/volumes/{NAME}/_data", str(tmp_path), "ext4")
    assert f"-v gsctracker:{tmp_path}" in refused(tmp_path, text)
    start_checks.before_opening(settings(tmp_path), demo=True, mountinfo=text)


def test_a_folder_of_another_user_is_refused_with_the_line_that_helps(tmp_path, monkeypatch):
    """Fault 61: the user's number and the whole command."""
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    monkeypatch.setattr(os, "getegid", lambda: 1000)
    said = refused(tmp_path)
    assert f"belongs to user {tmp_path.stat().st_uid} and user 1000 cannot write it" in said
    assert f"sudo chown -R 1000:1000 {tmp_path}" in said


def test_a_folder_that_cannot_be_made_is_refused_with_the_line_that_helps(tmp_path):
    """Fault 61."""
    (tmp_path / "file").write_text("")
    said = refused(tmp_path / "file" / "data")
    assert "cannot be made (Not a directory)" in said
    assert "sudo install -d -m 700" in said


def test_a_disk_that_can_only_be_read_is_refused(tmp_path, monkeypatch):
    """Fault 16."""
    monkeypatch.setattr(machine, "is_read_only", lambda folder: True)
    assert "can only be read" in refused(tmp_path)


def test_a_full_disk_is_refused_with_what_it_takes(tmp_path, monkeypatch):
    monkeypatch.setattr(machine, "disk_of", lambda folder: (10**9, 4000))
    assert "Only 4 kB are free" in refused(tmp_path)


def test_a_database_that_is_gone_is_not_made_anew(tmp_path):
    """Fault 18: the volume is marked, the file is not there: no empty troop is put in its place."""
    (tmp_path / start_checks.MARKER).write_text("0123456789abcdef\n")
    said = refused(tmp_path)
    assert "The database of box 0123456789abcdef is gone" in said
    assert "gsctracker restore" in said
    assert not (tmp_path / "gsctracker.db").exists()
    start_checks.before_opening(settings(tmp_path), restoring=True)
    (tmp_path / start_checks.MARKER).unlink()
    start_checks.before_opening(settings(tmp_path))


def test_a_volume_that_is_not_mounted_is_missed(tmp_path):
    """Fault 18: the folder under the mount is empty, and whoever named the box is told."""
    said = refused(tmp_path, EXPECTED_BOX="0123456789abcdef")
    assert "its volume is not mounted" in said
    assert not (tmp_path / "gsctracker.db").exists()


def test_the_volume_of_another_box_is_refused(tmp_path):
    home = settings(tmp_path, EXPECTED_BOX="0123456789abcdef")
    db = Database(home.database)
    with pytest.raises(Conflict, match="Mount the right volume"):
        start_checks.after_opening(home, db)
    db.close()


@pytest.mark.parametrize("content", [b"This is not a database at all. " * 200, b"SQLite format 3\0" + b"\xff" * 8000])
def test_a_damaged_database_is_refused_and_left_as_it_is(tmp_path, content):
    """DB-23: quick_check at the start."""
    (tmp_path / "gsctracker.db").write_bytes(content)
    assert "is damaged" in refused(tmp_path)
    assert (tmp_path / "gsctracker.db").read_bytes() == content


def test_a_damaged_page_is_met_at_the_start(tmp_path):
    """DB-23."""
    Database(tmp_path / "gsctracker.db").close()
    raw = bytearray((tmp_path / "gsctracker.db").read_bytes())
    for page in range(2, len(raw) // 4096):
        raw[page * 4096 : page * 4096 + 64] = b"\xaa" * 64
    (tmp_path / "gsctracker.db").write_bytes(raw)
    assert "Put back the newest copy" in refused(tmp_path)


def test_a_file_that_was_damaged_is_believed_only_after_a_whole_look(box, tmp_path):
    """DB-23: rows that belong to nothing are not seen by a quick look; where all is well again writing goes on."""
    with box.write() as tx:
        factories.make_scout(tx, "Ava")
    other = apsw.Connection(str(box.path))
    other.execute("PRAGMA foreign_keys = OFF")
    other.execute("UPDATE scouts SET household_id = 999")
    standby.enter(box.path, DAMAGED)
    start_checks.before_opening(settings(tmp_path))
    assert standby.of(box.path).reason == "damaged"
    other.execute("UPDATE scouts SET household_id = (SELECT id FROM households)")
    other.close()
    start_checks.before_opening(settings(tmp_path))
    assert standby.of(box.path) is None


def test_an_impossible_clock_is_told_and_stops_nothing(box, tmp_path, monkeypatch):
    """Fault 46."""
    home = settings(tmp_path)
    assert [said for said in start_checks.doubts(home, box) if "clock" in said] == []
    monkeypatch.setattr(clock, "moment", lambda: datetime(1970, 1, 1, tzinfo=UTC))
    (said,) = [said for said in start_checks.doubts(home, box) if "clock" in said]
    assert "The clock says 1970-01-01T00:00:00Z" in said


def test_the_command_ends_with_the_sentence(tmp_path):
    """Fault 18."""
    (tmp_path / start_checks.MARKER).write_text("0123456789abcdef\n")
    done = subprocess.run(
        [sys.executable, "-m", "gsctracker", "serve", "--data-dir", tmp_path],
        capture_output=True,
        text=True,
        timeout=60,
        env=clean_environment(),
    )
    assert done.returncode == 1
    assert "is gone from" in done.stderr
    assert os.listdir(tmp_path) == [start_checks.MARKER]


def test_the_doctor_tells_the_same(tmp_path):
    """Fault 18."""
    (tmp_path / start_checks.MARKER).write_text("0123456789abcdef\n")
    found = {each.name: each for each in doctor.examine(settings(tmp_path))}
    assert found["volume"].status == doctor.FAIL
    assert "is gone" in found["volume"].message
