"""The commands a troop uses at the console, each run for real over a folder of its own."""

import csv
import io
import json
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner

from gsctracker.cli import COMMANDS, main
from gsctracker.db import Database
from gsctracker.domain.people import accounts, passwords, resets
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.integrations import spreadsheets
from tests.running import clean_environment

ADMIN = ("--email", "olga@example.org", "--password-stdin")
SETUP = ("setup", "--troop", "1234", "--season", "2026", "--council", "Hills", "--baker", "abc", *ADMIN, "--name")


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command over an empty folder; gives its result."""
    monkeypatch.delenv("DATA_DIR", raising=False)

    def command(*arguments, stdin=None, place=tmp_path / "data"):
        return CliRunner().invoke(main, [*arguments, "--data-dir", str(place)], input=stdin)

    command.database = tmp_path / "data" / "gsctracker.db"
    return command


@pytest.fixture
def filled(run):
    """A folder with a small example troop."""
    done = run("demo", "--scouts", "5", "--sales", "60", "--booths", "4", "--yes", "--json")
    assert done.exit_code == 0, done.output
    run.sign_ins = json.loads(done.stdout)["signIns"]
    return run


def opened(command):
    return Database(command.database)


def test_setup_makes_the_troop_its_season_and_its_first_admin(run):
    done = run(*SETUP, "Troop 1234", stdin="a short sentence\n")
    assert done.exit_code == 0, done.output
    db = opened(run)
    with db.read() as tx:
        own, season = troop.own(tx), seasons.current(tx)
        assert (own.number, own.name, own.council) == ("1234", "Troop 1234", "Hills")
        assert (season.year, season.baker, len(catalogue.products(tx, season.id))) == (2026, "abc", 10)
        account = accounts.candidate(tx, "olga@example.org")
        assert passwords.verify(account.password_hash, "a short sentence")
        assert accounts.find(tx, account.id).role == "admin"
    db.close()


def test_setup_says_no_to_a_second_time_in_one_line(run):
    run(*SETUP, "Troop 1234", stdin="a short sentence\n")
    again = run(*SETUP, "Other", stdin="a short sentence\n")
    assert again.exit_code == 1
    assert again.stderr == "Error: This box was set up before. Sign in instead.\n"


@pytest.mark.parametrize(
    ("changes", "password", "says"),
    [
        ((), "short\n", "at least 8 characters"),
        ((), "\n", "no password on standard input"),
        (("--email", "nobody"), "a short sentence\n", "e-mail address"),
        (("--time-zone", "Mars/Olympus"), "a short sentence\n", "no time zone called Mars/Olympus"),
    ],
)
def test_setup_says_what_is_wrong_and_makes_no_troop(run, changes, password, says):
    done = run(*SETUP, "Troop 1234", *changes, stdin=password)
    assert done.exit_code == 1
    assert says in done.stderr
    assert done.stderr.count("\n") == 1
    db = opened(run)
    with db.read() as tx:
        assert not troop.is_set_up(tx)
    db.close()


def test_wrong_usage_exits_2(run):
    assert run("setup", "--troop", "1").exit_code == 2
    assert run(*SETUP, "T", "--baker", "xyz").exit_code == 2
    assert run("demo", "--scouts", "0", "--yes").exit_code == 2
    assert run("export", "sales", "--format", "doc").exit_code == 2
    assert run("user", "add", "x@example.org", "--first-name", "X", "--role", "boss").exit_code == 2


def test_a_password_is_only_asked_for_on_a_terminal(filled):
    assert filled("user", "add", "new@example.org", "--first-name", "Nia").exit_code == 2


def test_a_forgotten_password_has_a_link_that_is_good_once(filled):
    """The operator starts it, and never learns the password."""
    name = next(one["email"] for one in filled.sign_ins if one["role"] == "leader")
    done = filled("user", "reset-password", name)
    assert done.exit_code == 0
    assert "within 15 minutes" in done.output
    secret = re.search(r"/reset/([\w-]{43})", done.output)[1]
    db = opened(filled)
    with db.write() as tx:
        assert resets.open_reset(tx, secret).sign_in_name == name
    db.close()
    assert filled("user", "reset-second-factor", name).exit_code == 1


def test_demo_prints_sign_ins_that_work(filled):
    assert {"leader", "cookie_leader", "admin", "caregiver", "scout"} == {one["role"] for one in filled.sign_ins}
    db = opened(filled)
    with db.read() as tx:
        for one in filled.sign_ins:
            account = accounts.candidate(tx, one["email"])
            assert passwords.verify(account.password_hash, one["password"])
            assert accounts.find(tx, account.id).role == one["role"]
    db.close()


def test_demo_asks_first_and_takes_no_for_an_answer(run):
    done = run("demo", stdin="n\n")
    assert done.exit_code == 1
    assert not run.database.exists()


def test_demo_does_not_touch_a_real_troop(run):
    run(*SETUP, "Troop 1234", stdin="a short sentence\n")
    done = run("demo", "--yes")
    assert done.exit_code == 1
    assert "There is a real troop in this folder" in done.stderr


def test_accounts_are_made_listed_switched_off_and_on(filled):
    added = filled(
        "user",
        "add",
        "new@example.org",
        "--role",
        "leader",
        "--first-name",
        "Nia",
        "--password-stdin",
        stdin="long enough\n",
    )
    assert added.exit_code == 0, added.output
    assert filled("user", "disable", "new@example.org").exit_code == 0
    listed = json.loads(filled("user", "list", "--json").stdout)
    assert listed["total"] == len(listed["items"]) == len(filled.sign_ins) + 1
    assert {one["email"]: one["state"] for one in listed["items"]}["new@example.org"] == "disabled"
    assert filled("user", "enable", "new@example.org").exit_code == 0
    assert "new@example.org" in filled("user", "list").stdout


def test_a_new_password_works_and_the_old_one_does_not(filled):
    name = "leader@example.org"
    assert filled("user", "reset-password", name, "--password-stdin", stdin="quite another\n").exit_code == 0
    db = opened(filled)
    with db.read() as tx:
        kept = accounts.candidate(tx, name).password_hash
    db.close()
    assert passwords.verify(kept, "quite another")
    assert not passwords.verify(kept, filled.sign_ins[0]["password"])


def test_the_last_admin_is_not_switched_off(filled):
    done = filled("user", "disable", "admin@example.org")
    assert done.exit_code == 1
    assert "last admin" in done.stderr


def test_nobody_of_that_name_is_said_so(filled):
    done = filled("user", "disable", "ghost@example.org")
    assert (done.exit_code, done.stderr) == (1, "Error: Nobody signs in as ghost@example.org.\n")


def test_every_report_comes_in_every_format_with_the_same_rows(filled):
    """COOKIE-12: each report as CSV, XLSX, JSON and PDF; the files can be read and hold the same rows."""
    names = [one["name"] for one in json.loads(filled("export", "list", "--json").stdout)["items"]]
    assert {"scouts", "sales", "products", "stock", "balances", "payments", "differences", "council", "journal"} <= set(
        names
    )
    for name in names:
        rows = json.loads(filled("export", name, "--format", "json").stdout)
        table = list(csv.reader(io.StringIO(filled("export", name).stdout_bytes.decode("utf-8-sig"))))
        noted = 1 if name == "log" else 0  # that a report was taken away is itself a row of the next one
        assert len(table) - 1 == rows["total"] + noted == len(rows["items"]) + noted
        book = filled("export", name, "--format", "xlsx").stdout_bytes
        assert len(spreadsheets.read(book, "x.xlsx")[0].rows) == len(table) + noted
        assert filled("export", name, "--format", "pdf").stdout_bytes.startswith(b"%PDF-")


def test_a_file_for_people_says_kinds_in_words_and_one_for_programs_in_codes(filled):
    book = filled("export", "sales", "--format", "xlsx").stdout_bytes
    said = {str(cell) for row in spreadsheets.read(book, "x.xlsx")[0].rows for cell in row}
    codes = filled("export", "sales").stdout
    assert "delivery" in codes and "Girl delivery" in said and "delivery" not in said


def test_export_writes_the_file_that_is_named(filled, tmp_path):
    done = filled("export", "balances", "-o", str(tmp_path / "b.json"))
    assert done.exit_code == 0
    assert json.loads((tmp_path / "b.json").read_text())["total"] == 5
    assert filled("export", "balances", "-o", str(tmp_path / "no" / "b.csv")).exit_code == 1
    assert filled("export", "gossip").exit_code == 1


def test_a_command_over_an_empty_folder_says_how_to_begin(run):
    done = run("user", "list")
    assert done.exit_code == 1
    assert "Start it with: gsctracker serve" in done.stderr


@pytest.mark.parametrize("name", ["setup", "demo", "user", "export", "user add", "user list", "user reset-password"])
def test_every_command_has_help_with_an_example(name):
    said = CliRunner().invoke(main, [*name.split(), "--help"])
    assert said.exit_code == 0
    assert "Example" in said.output
    assert f"gsctracker {name}" in " ".join(said.output.split())
    assert name == "user" or "--data-dir" in said.output
    assert name.split()[0] in COMMANDS


def test_the_folder_may_come_from_the_environment(tmp_path):
    command = [sys.executable, "-m", "gsctracker", "demo", "--scouts", "2", "--sales", "5", "--booths", "1", "--yes"]
    environment = clean_environment(DATA_DIR=str(tmp_path / "there"))
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert (tmp_path / "there" / "gsctracker.db").exists()


def test_a_no_that_is_about_one_field_alone_is_said_once(run):
    run(*SETUP, "Troop 1234", stdin="a short sentence\n")
    no = run("user", "add", "olga@example.org", "--first-name", "Olga", "--password-stdin", stdin="a short sentence\n")
    assert no.exit_code == 1
    assert no.stderr == "Error: Somebody signs in with that name already.\n"
