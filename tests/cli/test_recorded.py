"""What an operator does at the console is in the record of who did what, a line for each command."""

import contextlib

from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.db import connections
from gsctracker.db.rows import many, value
from gsctracker.domain import audit
from tests.ops.copies.troops import make_box
from tests.running import started

COMMANDS = {
    "backup": "copy.made",
    "drill": "drill.made",
    "jobs run optimize": "job.asked",
    "maintenance on": "box.closed",
    "maintenance off": "box.opened",
    "maintenance on --only-read": "box.closed",
    "maintenance off ": "box.opened",
    "secrets rotate encryption": "key.rotated",
    "secrets recovery-sheet": "recovery.shown",
    "secrets holders Olga Ines": "recovery.holders",
    "secrets revoke-all --yes": "access.revoked",
    "export sales": "report.taken_away",
    "support-bundle": "support.bundle",
    "restore latest --yes": "box.restored",
}


def recorded(folder):
    """The actions in the record, oldest first; it fits."""
    with contextlib.closing(connections.open_reader(folder / "gsctracker.db")) as reader:
        assert audit.broken(reader) is None
        return [row.action for row in many(reader, "SELECT action FROM audit_log ORDER BY id")]


def test_each_command_of_an_operator_is_one_line(tmp_path, monkeypatch):
    """LOG-11: backup, rehearsal, restore, keys, what closes the box and what is taken out of it."""
    config, db = make_box(tmp_path / "data")
    db.close()
    monkeypatch.chdir(tmp_path)
    told = {}
    for command in COMMANDS:
        before = len(recorded(config.data_dir)) if command.split()[0] != "restore" else None
        done = CliRunner().invoke(main, [*command.split(), "--data-dir", str(config.data_dir)])
        assert done.exit_code == 0, done.output
        told[command] = recorded(config.data_dir)[before if before is not None else -1 :]
    assert told == {command: [action] for command, action in COMMANDS.items()}


def test_a_server_says_when_it_started_and_when_it_stopped(tmp_path):
    """LOG-11: a start that changes no setting is one line, and so is a stop; neither makes a copy."""
    config, db = make_box(tmp_path / "data")
    with contextlib.closing(db), db.read() as tx:
        before = value(tx, "SELECT count(*) FROM audit_log")
    with started(config.data_dir, LOG_FORMAT="json") as running:
        assert running.stop() == 0
        logged = [line["action"] for line in running.lines() if line.get("event") == "recorded"]
    told = recorded(config.data_dir)[before:]
    assert told == ["box.started", "config.changed", "box.stopped"] == logged
