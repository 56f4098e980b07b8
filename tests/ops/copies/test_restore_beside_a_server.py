"""Restores in a process of their own while others read, write and are killed."""

import contextlib
import json
import random
import sqlite3
import subprocess
import sys
import threading
import time

import apsw
import pytest

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain.people import passwords
from gsctracker.ops.copies import finding
from tests.ops.copies.troops import add_scouts, copied, make_box, scouts_in
from tests.running import clean_environment, started

PASSWORD = "thin mints at noon"
COMMAND = [sys.executable, "-m", "gsctracker"]
KILLS = 60

RESTORES = """
import sys
from pathlib import Path
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.ops.copies import finding, restoring, staging
config = Config(data_dir=Path(sys.argv[1]))
print("ready", flush=True)
sys.stdin.readline()
db = Database(config.database)
with staging.stage(config, finding.find(config, sys.argv[2])) as staged:
    restoring.restore(config, db, staged)
db.close()
print("done", flush=True)
"""


def command(*words, config, code=0, **settings):
    """Run a command over that folder; gives what it printed."""
    ended = subprocess.run(
        [*COMMAND, *words, "--data-dir", str(config.data_dir)],
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert ended.returncode == code, ended
    assert "Traceback" not in ended.stderr, ended.stderr
    return ended.stdout + ended.stderr


def number_of_scouts(config):
    """How many girls a process of its own would find."""
    reader = apsw.Connection(str(config.database), flags=apsw.SQLITE_OPEN_READONLY)
    reader.set_busy_timeout(10_000)
    try:
        assert value(reader, "PRAGMA integrity_check(1)") == "ok"
        assert value(reader, "PRAGMA journal_mode") == "wal"
        return value(reader, "SELECT count(*) FROM scouts"), value(reader, "SELECT count(*) FROM households")
    finally:
        reader.close()


def sign_in(running):
    """A session's cookie, and the status where there is none."""
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    try:
        body = json.dumps({"email": "olga@example.org", "password": PASSWORD})
        line.request("POST", "/api/auth/login", body, {"Content-Type": "application/json"})
        answer = line.getresponse()
        answer.read()
        cookie = answer.headers.get("Set-Cookie", "").partition(";")[0]
        return answer.status, cookie
    finally:
        line.close()


def sell(running, cookie, customer):
    """Record a sale; gives the status."""
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", running.port, timeout=30)
    try:
        body = json.dumps({"cookieType": "Thin Mints", "quantity": 1, "customerName": customer})
        headers = {"Content-Type": "application/json", "Cookie": cookie}
        line.request("POST", "/api/sales", body, headers)
        answer = line.getresponse()
        answer.read()
        return answer.status, answer.headers.get("Retry-After")
    finally:
        line.close()


def test_sixty_kills_at_random_moments_leave_the_old_or_the_new(tmp_path):
    """Faults 4 and 5: content exactly of before or of the copy, sound, in WAL mode, open for writers; a last one succeeds."""
    config, db = make_box(tmp_path / "data")
    _, copy = copied(config, db)
    add_scouts(db, 9)
    db.close()
    old, new = (12, 12), (3, 3)
    dice, seen = random.Random(4), set()
    longest = 1.0  # the first is left alone, to know how long one takes on this machine
    for number in range(KILLS + 1):
        child = subprocess.Popen(
            [sys.executable, "-c", RESTORES, str(config.data_dir), copy.name],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=clean_environment(), text=True,
        )  # fmt: skip
        assert child.stdout.readline() == "ready\n"
        began = time.monotonic()
        child.stdin.write("go\n")
        child.stdin.flush()
        if number == 0:
            child.wait()
            longest = time.monotonic() - began
        else:
            time.sleep(dice.uniform(0.0, longest))
            child.kill()
        child.communicate()
        found = number_of_scouts(config)
        assert found in (old, new)
        seen.add(found)
        again = Database(config.database)
        assert again.is_open() or not again.is_being_replaced()
        with again.read() as tx:
            restored = value(tx, "SELECT count(*) FROM restore_runs WHERE result = 'done'")
            assert value(tx, "SELECT count(*) FROM restore_runs WHERE result = 'running'") == 0
        if found == new:
            assert restored
            add_scouts(again, 9)  # old again, for the next kill
        again.close()
    assert seen == {old, new}, "the kills came all too early or all too late"
    assert "Restored" in command("restore", copy.name, "--yes", config=config)
    assert number_of_scouts(config) == new
    assert "BAD" not in command("backups", "verify", config=config)


def test_readers_never_fail_and_see_one_state_or_the_other(tmp_path):
    """Faults 49 and 50, BAK-14: readers in other connections, one of them in the middle of a long reading, during five restores."""
    config, db = make_box(tmp_path / "data")
    _, copy = copied(config, db)
    add_scouts(db, 2)
    stop, seen, failures = threading.Event(), set(), []

    def read():
        reader = apsw.Connection(str(config.database), flags=apsw.SQLITE_OPEN_READONLY)
        reader.set_busy_timeout(10_000)
        while not stop.is_set():
            try:
                reader.execute("BEGIN")
                seen.add(
                    (value(reader, "SELECT count(*) FROM scouts"), value(reader, "SELECT count(*) FROM households"))
                )
                reader.execute("COMMIT")
            except apsw.Error as error:
                failures.append(error)
        reader.close()

    readers = [threading.Thread(target=read) for _ in range(2)]
    for each in readers:
        each.start()
    with db.read() as tx:
        before = value(tx, "SELECT count(*) FROM scouts")
        command("restore", copy.name, "--yes", config=config)
        assert value(tx, "SELECT count(*) FROM scouts") == before  # a long reading keeps its state
    assert scouts_in(db) == 3
    for _ in range(2):
        command("restore", "--undo", "--yes", config=config)
        assert scouts_in(db) in (3, 5)
    stop.set()
    for each in readers:
        each.join()
    assert not failures
    assert seen <= {(5, 5), (3, 3)} and len(seen) == 2
    db.close()


@pytest.fixture
def running(tmp_path):
    """A server over a box in which Olga can sign in, and its settings."""
    config, db = make_box(tmp_path / "data")
    with db.write() as tx:
        tx.execute("UPDATE accounts SET password_hash = :hash", {"hash": passwords.hashed(PASSWORD)})
    copied(config, db)
    db.close()
    with started(config.data_dir, LOG_FORMAT="json") as server:
        yield server, config


def test_the_server_goes_on_and_asks_for_a_new_sign_in(running):
    """Fault 55, BAK-17: without a restart: pages of before are not given again, sessions are over, new ones work."""
    server, config = running
    status, cookie = sign_in(server)
    assert status == 200
    assert sell(server, cookie, "Bea")[0] == 201
    for _ in range(3):
        assert json.loads(server.get("/api/sales", Cookie=cookie)[2])["total"] == 1
    said = command("restore", "--yes", "--json", config=config)
    assert json.loads(said)["loss"]["orders"]["lost"] == 1
    assert server.get("/api/sales", Cookie=cookie)[0] == 401
    status, cookie = sign_in(server)
    assert status == 200
    assert json.loads(server.get("/api/sales", Cookie=cookie)[2])["total"] == 0
    assert sell(server, cookie, "Ida")[0] == 201
    assert server.process.poll() is None
    command("restore", "--undo", "--yes", config=config)
    _, cookie = sign_in(server)
    assert json.loads(server.get("/api/sales", Cookie=cookie)[2])["total"] == 1
    assert json.loads(server.get("/health")[2])["status"] in ("healthy", "warning")
    assert server.stop() == 0


def test_a_sale_is_either_before_the_restore_or_refused(running):
    """BAK-14: whatever was answered with 201 is in the copy before or in the data after; the rest got 401 or 503."""
    server, config = running
    _, cookie = sign_in(server)
    stop, answers = threading.Event(), []

    def work():
        session, number = cookie, 0
        while not stop.is_set():
            number += 1
            name = f"Customer {number}"
            status, wait = sell(server, session, name)
            answers.append((status, name, wait))
            if status == 401:
                _, session = sign_in(server)

    writer = threading.Thread(target=work)
    writer.start()
    time.sleep(0.3)
    before = json.loads(command("restore", "--yes", "--json", config=config))["before"]
    time.sleep(0.3)
    stop.set()
    writer.join()
    assert {status for status, _, _ in answers} <= {201, 401, 503}
    assert all(wait for status, _, wait in answers if status == 503)
    sold = {name for status, name, _ in answers if status == 201}
    after = customers(config.database)
    command("restore", before, "--yes", config=config)
    kept = customers(config.database)
    assert kept and after and not kept & after
    assert kept | after == sold


def customers(database):
    """Who bought, according to that file."""
    reader = apsw.Connection(str(database), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return {name for (name,) in reader.execute("SELECT customer_name FROM orders")}
    finally:
        reader.close()


def test_a_leftover_wal_brings_no_row_of_before(tmp_path):
    """Fault 11: a process was killed with rows in its WAL; what is restored is the copy, and nothing else."""
    config, db = make_box(tmp_path / "data")
    _, copy = copied(config, db)
    db.close()
    program = (
        "import os, sys; from pathlib import Path; from gsctracker.db import Database\n"
        "from tests.ops.copies.troops import add_scouts\n"
        "db = Database(Path(sys.argv[1])); add_scouts(db, 30); os.kill(os.getpid(), 9)"
    )
    subprocess.run([sys.executable, "-c", program, str(config.database)], env=clean_environment(), check=False)
    assert config.database.with_name("gsctracker.db-wal").stat().st_size > 0
    command("restore", copy.name, "--yes", config=config)
    assert number_of_scouts(config) == (3, 3)
    with contextlib.closing(sqlite3.connect(config.database)) as plain:  # nobody else has it open here
        assert plain.execute("SELECT count(*) FROM scouts").fetchone() == (3,)


def test_the_command_asks_shows_the_loss_and_changes_nothing_on_a_dry_run(tmp_path):
    """BAK-22: --dry-run says what would go; without --yes it asks, and no answer is a no."""
    config, db = make_box(tmp_path / "data")
    copied(config, db)
    add_scouts(db, 2)
    said = command("restore", "--dry-run", config=config)
    assert "scouts" in said and "2 lost" in said and "Nothing was changed" in said
    assert command("restore", config=config, code=1)
    assert scouts_in(db) == 5
    assert "There is no copy and no file" in command("restore", "none", "--yes", config=config, code=1)
    db.close()


def test_a_new_box_restores_the_newest_copy_by_itself(tmp_path):
    """BAK-25: serve --restore-if-empty on an empty folder; where there is no copy a new box begins."""
    config, db = make_box(tmp_path / "data")
    copied(config, db)
    db.close()
    new = tmp_path / "new"
    with started(new, "--restore-if-empty", BACKUP_DIR=str(config.backups)) as server:
        assert server.get("/sign-in")[0] == 200
        assert "Set up your troop" not in server.said()
        assert server.stop() == 0
    assert number_of_scouts(Config(data_dir=new)) == (3, 3)
    with started(tmp_path / "other", "--restore-if-empty") as server:
        assert "A new box begins" in server.said()
        assert server.stop() == 0


def test_a_minute_is_found_among_the_copies(tmp_path):
    """BAK-18: the newest copy that is not after the time that was asked for."""
    config, db = make_box(tmp_path / "data")
    _, first = copied(config, db)
    time.sleep(1.1)
    copied(config, db)
    found = finding.find(config, at=first.made_at)
    assert found.manifest.name == first.name
    db.close()
