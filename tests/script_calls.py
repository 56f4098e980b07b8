"""How the tests call restore.sh, and how they tell one database from another."""

import os
import subprocess
from pathlib import Path

from gsctracker.db import Database

SCRIPT = Path(__file__).parents[1] / "restore.sh"
NEEDED = (
    *(
        "sh",
        "gzip",
        "sha256sum",
        "sqlite3",
        "awk",
        "cat",
        "chmod",
        "cp",
        "cut",
        "date",
        "dd",
        "dirname",
        "grep",
        "head",
    ),
    *("id", "ls", "mkdir", "mv", "rm", "sed", "sync", "tr", "wc"),
)
BEFORE, AFTER = "Troop of the copy", "Troop of today"


def restore(*arguments, shell="sh", **environment):
    """Run the script; gives what it ended with and everything it said."""
    told = {"PATH": os.environ["PATH"]} | environment
    command = [*shell.split(), SCRIPT, *map(str, arguments)]
    done = subprocess.run(
        command, capture_output=True, text=True, env=told, stdin=subprocess.DEVNULL, start_new_session=True
    )
    return done.returncode, done.stdout + done.stderr


def name_troop(path, name):
    """Give the troop another name through the program, so that files can be told apart."""
    db = Database(path)
    with db.write() as tx:
        tx.execute("UPDATE troop SET name = ?", (name,))
    db.close()


def troop_in(path):
    """The troop's name, read as the program reads it; every page of the file is looked at as well."""
    db = Database(path)
    try:
        with db.read() as tx:
            assert tx.pragma("integrity_check") == "ok"
            return tx.execute("SELECT name FROM troop").fetchone()[0]
    finally:
        db.close()


def bytes_of(folder):
    """Every file of the live database as it lies there."""
    return {each.name: each.read_bytes() for each in folder.glob("gsctracker.db*")}
