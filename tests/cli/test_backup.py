"""gsctracker backup and backups, as a person and as a program sees them."""

import gzip
import json
import sqlite3
import threading

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.config import Config
from gsctracker.db import Database, connections, lock
from gsctracker.db.rows import value
from gsctracker.ops.copies import making, places
from tests import factories


@pytest.fixture
def folder(tmp_path):
    db = Database(tmp_path / "gsctracker.db")
    with db.write() as tx:
        factories.set_up(tx)
        factories.make_scout(tx, "Ava")
    db.close()
    return tmp_path


@pytest.fixture
def command(folder, monkeypatch):
    for name in ("DATA_DIR", "BACKUP_DIR", "BACKUP_RECIPIENT", "S3_BACKUP_BUCKET"):
        monkeypatch.delenv(name, raising=False)

    def run(*arguments, **environment):
        return CliRunner().invoke(main, [*arguments, "--data-dir", str(folder)], env=environment)

    return run


def test_a_copy_is_made_and_said_with_its_name_size_and_digest(folder, command):
    """BAK-08, BAK-23: exit 0, and the labelled copy is listed as manual."""
    done = command("backup", "--label", "before the trip", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    (listed,) = places.local(Config(data_dir=folder)).listed()
    assert (made["name"], made["size"], made["sha256"]) == (listed.name, listed.size, listed.sha256)
    assert (listed.kind, listed.label) == ("manual", "before the trip")
    assert "before the trip" in command("backups", "list").stdout
    said = command("backup").stdout
    assert "sha256" in said and said.startswith("gsctracker-")
    found = json.loads(command("backups", "list", "--json").stdout)
    assert (found["total"], found["broken"], found["unreachable"]) == (2, [], [])


def test_a_copy_can_be_opened_by_any_sqlite(folder, command):
    """BAK-01: what is in the file needs nothing of ours."""
    made = json.loads(command("backup", "--json").stdout)
    (folder / "x.db").write_bytes(gzip.decompress((folder / "backups" / made["file"]).read_bytes()))
    anybody = sqlite3.connect(folder / "x.db")
    assert anybody.execute("SELECT first_name FROM scouts").fetchall() == [("Ava",)]
    anybody.close()


def test_a_copy_goes_where_it_is_told_to(folder, command):
    """BAK-07: another folder for this once; a number of its own all the same."""
    command("backup")
    made = json.loads(command("backup", "--to", str(folder / "stick"), "--json").stdout)
    assert made["sequence"] == 2
    assert {file.name for file in (folder / "stick").iterdir()} == {made["file"], f"{made['name']}.json"}
    assert len(list((folder / "backups").iterdir())) == 2


def test_a_folder_that_takes_nothing_is_one_line_and_exit_1(folder, command):
    """BAK-07, Fault 17: one sentence with its remedy."""
    (folder / "file").write_text("")
    done = command("backup", "--to", str(folder / "file" / "x"))
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: Nothing can be written in")
    assert done.stderr.count("\n") == 1
    assert command("backup", "--label", "x" * 81).exit_code == 1


def test_another_copy_under_way_is_exit_75(folder, command):
    """BAK-08: a second caller is told, and told since when."""
    with lock.hold(folder, making.LOCK):
        done = command("backup")
    assert done.exit_code == 75
    assert "Another copy is under way since 20" in done.stderr


def test_data_that_shrank_is_exit_5_and_kept(folder, command):
    """BAK-08: suspicious: kept, told, and marked in the list."""
    command("backup")
    writer = connections.open_writer(folder / "gsctracker.db")
    writer.execute("DELETE FROM product_names")
    writer.close()
    done = command("backup")
    assert done.exit_code == 5
    assert "product_names had" in done.stderr and "is kept" in done.stderr
    assert "SUSPICIOUS" in command("backups", "list").stdout
    assert len(places.local(Config(data_dir=folder)).listed()) == 2


def test_a_suspicious_copy_can_be_looked_at_and_accepted(folder, command):
    """BAK-08: otherwise every copy from then on would be suspicious."""
    made = [json.loads(command("backup", "--json").stdout)["name"]]
    writer = connections.open_writer(folder / "gsctracker.db")
    writer.execute("DELETE FROM product_names")
    writer.close()
    made += [json.loads(command("backup", "--json").stdout)["name"] for _ in range(2)]
    assert command("backups", "accept", made[0]).exit_code == 1  # there is nothing to accept
    assert command("backups", "accept", made[2]).exit_code == 0
    assert command("backup").exit_code == 0


def test_a_bucket_that_cannot_be_reached_is_exit_4_and_the_copy_is_here(folder, command):
    """BAK-08: kept here, not uploaded: said, and told apart from a failure."""
    gone = {
        "S3_BACKUP_BUCKET": "copies", "S3_ENDPOINT_URL": "http://127.0.0.1:1", "AWS_ACCESS_KEY_ID": "a",
        "AWS_SECRET_ACCESS_KEY": "b", "AWS_REGION": "us-east-1",
    }  # fmt: skip
    done = command("backup", "--no-upload", **gone)
    assert done.exit_code == 0, done.stderr
    done = command("backup", "--json", **gone)
    assert done.exit_code == 4
    assert done.stderr.count("\n") == 1
    assert json.loads(done.stdout)["notUploaded"] in done.stderr
    listed = command("backups", "list", **gone)
    assert listed.exit_code == 0
    assert "cannot be asked" in listed.stdout


@pytest.mark.parametrize("address", ["s3:///x", "ftp://bucket/x", "s3://bucket/x?y"])
def test_a_mistyped_bucket_is_refused_before_anything_is_made(folder, command, address):
    done = command("backup", "--to", address)
    assert done.exit_code == 1
    assert "not the address of a bucket" in done.stderr
    assert not (folder / "backups").exists()


def test_every_copy_is_tried_out(folder, command):
    """BAK-09: each listed copy is restored into a scratch file; one that is not sound is named, exit 1."""
    names = [json.loads(command("backup", "--json").stdout)["name"] for _ in range(2)]
    assert command("backups", "verify").exit_code == 0
    file = folder / "backups" / f"{names[0]}.db.gz"
    raw = bytearray(file.read_bytes())
    raw[len(raw) // 2] ^= 1
    file.write_bytes(raw)
    done = command("backups", "verify", "--json")
    assert done.exit_code == 1
    assert names[0] in done.stderr and names[1] not in done.stderr
    assert [each["ok"] for each in json.loads(done.stdout)] == [False, True]


def test_pruning_can_be_looked_at_first(folder, command):
    """BAK-05: --dry-run only tells; of few copies none goes."""
    command("backup")
    for arguments in (("prune", "--dry-run"), ("prune",)):
        done = command("backups", *arguments, "--json")
        assert (done.exit_code, json.loads(done.stdout)["removed"]) == (0, []), done.stderr
    assert len(places.local(Config(data_dir=folder)).listed()) == 1


def test_there_is_no_copy_of_a_box_that_is_not_there(tmp_path, command, folder):
    (folder / "gsctracker.db").unlink()
    done = command("backup")
    assert done.exit_code == 1
    assert "There is no troop in" in done.stderr
    assert "There is no copy yet" in command("backups", "list").stdout


def test_a_copy_beside_a_working_server(folder, command):
    """Fault 49: the command works while another connection writes."""
    db = Database(folder / "gsctracker.db")
    stop = threading.Event()

    def write():
        while not stop.is_set():
            with db.write() as tx:
                factories.make_scout(tx, "Bea")

    writer = threading.Thread(target=write)
    writer.start()
    try:
        done = [command("backup") for _ in range(3)]
    finally:
        stop.set()
        writer.join()
    assert [each.exit_code for each in done] == [0, 0, 0], done[0].stderr
    with db.read() as tx:
        assert value(tx, "SELECT count(*) FROM copy_runs WHERE result = 'done'") == 3
    db.close()
    assert command("backups", "verify").exit_code == 0
