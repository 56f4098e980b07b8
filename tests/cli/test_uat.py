"""gsctracker uat: tried at the console."""

import json

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.ops import trial_runs
from tests import factories


@pytest.fixture
def run(tmp_path):
    """Runs `gsctracker uat ...` over a box that was set up."""
    factories.box_in(tmp_path)

    def command(*arguments, stdin=None):
        where = () if arguments == ("list",) or arguments == ("list", "--json") else ("--data-dir", str(tmp_path))
        return CliRunner().invoke(main, ["uat", *arguments, *where], input=stdin)

    return command


def test_the_eight_are_listed(run):
    """TEST-11: five by itself, three guided."""
    said = json.loads(run("list", "--json").stdout)
    assert said["total"] == 8
    assert sum(one["byItself"] for one in said["items"]) == 5
    assert run("list").stdout.count("guided") == 3


def test_a_run_is_kept_and_reported(run):
    """TEST-10 TEST-14: exit 0, the session is there, its rate equals its results; a step that fails ends with 1."""
    assert run("report").exit_code == 1
    done = run("run", "families", "--json")
    assert done.exit_code == 0, done.output
    said = json.loads(done.stdout)
    assert said["ok"] is True
    assert [one["result"] for one in said["steps"]] == ["pass"] * 4
    report = json.loads(run("report", "--json").stdout)
    assert (report["passed"], report["failed"], report["percent"]) == (4, 0, 100)
    assert "4 passed, 0 failed, 0 skipped: 100 %" in run("report").stdout
    assert run("run", "party").exit_code == 1
    assert "done by a person" in run("run", "phone").output


def test_what_fails_is_said_with_what_to_do(run, monkeypatch):
    """TEST-14: exit 1, and the advice."""
    monkeypatch.setitem(trial_runs.SCENARIOS, "families", lambda box: [lambda: "another mother saw it"])
    done = run("run", "families")
    assert done.exit_code == 1
    assert "fail" in done.stdout
    assert "Do not invite families until it is mended." in done.output


def test_a_person_is_led_through_the_steps(run):
    """TEST-13: a result and a note for each step."""
    done = run("guide", "paper", stdin="y\n\nn\nToo small\ns\n\n")
    assert done.exit_code == 0, done.output
    report = json.loads(run("report", "--json").stdout)
    assert [(one["result"], one["note"]) for one in report["steps"]] == [
        ("pass", ""),
        ("fail", "Too small"),
        ("skipped", ""),
    ]
    assert report["percent"] == 50
    assert json.loads(run("run", "families", "--json").stdout)["session"] == report["session"]
    assert json.loads(run("report", "--json").stdout)["passed"] == 5
    assert run("end").exit_code == 0
    assert run("end").exit_code == 1
    assert json.loads(run("run", "families", "--json").stdout)["session"] == report["session"] + 1
