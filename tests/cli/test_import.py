"""gsctracker import: a file from the console, looked at, applied, listed, taken back."""

import json

import pytest
from click.testing import CliRunner

from gsctracker.cli import main

ROSTER = "First Name,Last Name,Level\nAna,Example,Brownie\nBea,Sample,Junior\n"


@pytest.fixture
def run(tmp_path, monkeypatch):
    """Runs a command over a folder with a troop; gives its result."""
    monkeypatch.delenv("DATA_DIR", raising=False)

    def command(*arguments, stdin=None):
        return CliRunner().invoke(main, [*map(str, arguments), "--data-dir", str(tmp_path / "data")], input=stdin)

    set_up = (
        "setup",
        "--troop",
        "1234",
        "--name",
        "Troop 1234",
        "--season",
        "2026",
        "--council",
        "Hills",
        "--baker",
        "abc",
    )
    assert (
        command(*set_up, "--email", "olga@example.org", "--password-stdin", stdin="a short sentence\n").exit_code == 0
    )
    return command


@pytest.fixture
def roster(tmp_path):
    file = tmp_path / "roster.csv"
    file.write_text(ROSTER)
    return file


def test_a_dry_run_says_what_it_would_do_and_keeps_nothing(run, roster):
    done = run("import", "roster", roster, "--dry-run")
    assert done.exit_code == 0 and "2 new" in done.output
    assert json.loads(run("import", "list", "--json").stdout)["total"] == 0


def test_a_file_is_applied_listed_and_taken_back(run, roster):
    done = run("import", "roster", roster, "--yes")
    assert done.exit_code == 0 and "Applied as import 1." in done.output
    (listed,) = json.loads(run("import", "list", "--json").stdout)["items"]
    assert (listed["id"], listed["state"], listed["counts"]) == (1, "applied", {"new": 2})

    assert run("import", "undo", "1").exit_code == 0
    again = run("import", "undo", "1")
    assert again.exit_code == 1 and "taken back before" in again.output


def test_the_same_file_again_changes_nothing(run, roster):
    run("import", "roster", roster, "--yes")
    done = run("import", "roster", roster, "--yes", "--json")
    seen = json.loads(done.stdout)

    assert done.exit_code == 0 and seen["alreadyApplied"] is True
    assert seen["counts"] == {
        "new": 0, "changed": 0, "same": 2, "ours": 0, "conflict": 0, "vanished": 0, "refused": 0
    }  # fmt: skip


def test_without_yes_and_without_a_terminal_it_is_staged_only(run, roster):
    done = run("import", "roster", roster)
    assert done.exit_code == 1 and "Add --yes" in done.output
    assert json.loads(run("import", "list", "--json").stdout)["items"][0]["state"] == "staged"


def test_columns_of_a_grid_are_said_once_and_remembered(run, roster, tmp_path):
    run("import", "roster", roster, "--yes")
    grid = tmp_path / "grid.csv"
    grid.write_text("Girl,Date,Thin Mints,Sam,Thanks\nAna Example,2026-02-01,12,3,1\n")
    refused = run("import", "ebudde", grid, "--yes")
    assert refused.exit_code == 1 and "Thanks" in refused.output

    assert run("import", "ebudde", grid, "--yes", "--column", "Thanks=donated").exit_code == 0
    grid.write_text("Girl,Date,Thin Mints,Sam,Thanks\nAna Example,2026-02-08,1,1,1\n")
    assert run("import", "csv", grid, "--yes").exit_code == 0


def test_what_cannot_be_brought_in_is_one_clear_line(run, tmp_path):
    broken = tmp_path / "orders.xlsx"
    broken.write_bytes(b"PK\x03\x04 nonsense")
    done = run("import", "digital-cookie", broken, "--yes")
    assert done.exit_code == 1 and done.output.count("\n") == 1 and "damaged" in done.output
    assert run("import", "carrier-pigeon", broken).exit_code == 2
    assert run("import", "digital-cookie", tmp_path / "nowhere.xlsx").exit_code == 2
    assert run("import", "undo", "99").exit_code == 1
