"""The season as SQL, loaded into a real PostgreSQL."""

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.db import Database
from gsctracker.db.rows import many, value
from gsctracker.domain.reports import season_sql
from gsctracker.ops import demo

PROGRAMS = max(Path("/usr/lib/postgresql").glob("*/bin"))
SOCKETS = "-c listen_addresses='' -c unix_socket_directories={0} -c fsync=off -c shared_buffers=16MB"


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    """The folder of a box with the example troop."""
    folder = tmp_path_factory.mktemp("season")
    db = Database(folder / "gsctracker.db")
    demo.fill(db, 5, 150, 6)
    with db.write() as tx:
        tx.execute("UPDATE products SET name = 'O''Briens\\; --' WHERE id = (SELECT min(id) FROM products)")
    db.close()
    return folder


@pytest.fixture(scope="module")
def psql():
    """Runs words of psql on an empty PostgreSQL, which refuses to be root: then it is the user that Debian made for it."""
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = {}
    if os.geteuid() == 0:
        found = pwd.getpwnam("postgres")
        os.chown(folder, found.pw_uid, found.pw_gid)
        user = {"user": found.pw_uid, "group": found.pw_gid, "extra_groups": []}

    def run(program, *words, **more):
        done = subprocess.run(
            [str(PROGRAMS / program), *words], cwd=folder, capture_output=True, text=True, timeout=120, **user, **more
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("initdb", "-D", f"{folder}/data", "-U", "tester", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
    run(
        "pg_ctl",
        "-D",
        f"{folder}/data",
        "-w",
        "-t",
        "100",
        "-l",
        f"{folder}/log",
        "-o",
        SOCKETS.format(folder),
        "start",
    )
    try:
        yield lambda *words, **more: run(
            "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-h", str(folder), "-U", "tester", "-d", "postgres",
            *words, **more,
        )  # fmt: skip
    finally:
        run("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "-w", "stop")
        shutil.rmtree(folder)


def test_a_season_is_loaded_by_postgresql_and_adds_up_there(filled, psql):
    """DB-09: the same rows of each table, and the same sums of the three ledgers, as in the box."""
    done = CliRunner().invoke(main, ["export", "--format", "sql", "--data-dir", str(filled)])
    assert done.exit_code == 0, done.output
    psql(input=done.output)
    psql(input=done.output.replace("troop_", "another_troop_"))  # many troops lie beside each other
    (schema,) = (line.split()[2].strip(";") for line in done.output.splitlines() if line.startswith("CREATE SCHEMA"))
    asked = [f"SELECT count(*) FROM {table}" for table in season_sql.TABLES] + [
        "SELECT sum(boxes) FROM box_moves",
        "SELECT sum(boxes * to_place) - sum(boxes * from_place) FROM box_moves",
        "SELECT sum(cents) FROM money_entries",
        "SELECT sum(cents * debit) - sum(cents * credit) FROM money_entries",
        "SELECT sum(boxes) FROM credits",
        "SELECT sum(amount_cents) FROM orders",
        "SELECT sum(boxes * price_cents) FROM order_lines",
        "SELECT count(*) FROM journal WHERE day >= '2026-02-01'",
    ]
    there = psql("-c", f"SET search_path TO {schema}", *(word for one in asked for word in ("-c", one))).split()
    db = Database(filled / "gsctracker.db")
    try:
        with db.read() as tx:
            assert there == [str(value(tx, one)) for one in asked]
            assert value(tx, "SELECT count(*) FROM journal WHERE reverses IS NOT NULL") > 0
    finally:
        db.close()
    assert psql("-c", f"SELECT name FROM {schema}.products ORDER BY id LIMIT 1").strip() == "O'Briens\\; --"


def test_no_customer_and_no_account_leaves_with_it(filled):
    done = CliRunner().invoke(
        main, ["export", "--format", "sql", "--data-dir", str(filled), "-o", str(filled / "s.sql")]
    )
    assert done.exit_code == 0, done.output
    text = (filled / "s.sql").read_text(encoding="utf-8")
    db = Database(filled / "gsctracker.db")
    try:
        with db.read() as tx:
            customers = many(tx, "SELECT DISTINCT customer_name FROM orders WHERE customer_name <> ''")
            girls = {row.first_name for row in many(tx, "SELECT first_name FROM scouts")}
            assert value(tx, "SELECT count(*) FROM audit_log WHERE action = 'report.taken_away'") >= 1
    finally:
        db.close()
    assert len(customers) > 10
    assert [
        row.customer_name for row in customers if row.customer_name not in girls and row.customer_name in text
    ] == []
    assert "@example.org" not in text and "customer_" not in text and "password" not in text


def test_it_is_the_whole_season_or_a_report(filled):
    for words in (["sales", "--format", "sql"], [], ["--format", "csv"]):
        assert CliRunner().invoke(main, ["export", *words, "--data-dir", str(filled)]).exit_code == 2
