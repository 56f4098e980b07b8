"""What tests/run looks at before and beside the tests, and how much of the program the tests must run through."""

import configparser
import re
from pathlib import Path

TOP = Path(__file__).parents[2]
RUN = (TOP / "tests" / "run").read_text(encoding="utf-8")


def settings():
    found = configparser.ConfigParser(interpolation=None)
    found.read(TOP / "setup.cfg", encoding="utf-8")
    return found


def test_types_and_format_are_checked_with_every_run():
    """DEP-44, SEC-27: mypy, ruff, ruff format and bandit fail the run; mypy reads everything under the website."""
    checks = re.findall(r"^check (.+)$", RUN, re.MULTILINE)
    assert {"mypy", "ruff check .", "ruff format --check .", "lint-imports"} <= set(checks)
    assert "bandit --quiet --recursive gsctracker -lll" in checks
    read = {part.strip() for part in settings()["mypy"]["files"].replace("\n", " ").split(",")}
    storeys = ("db", "domain", "integrations", "ops", "cli", "jobs")
    assert {f"gsctracker/{name}" for name in storeys} <= read
    assert all((TOP / path).exists() for path in read)


def test_ci_runs_the_same():
    """DEP-44 DEP-16: CI runs tests/run and nothing else: what a developer runs is what CI runs."""
    assert "/../tests/run" in (TOP / ".ci" / "run").read_text(encoding="utf-8")


def test_too_little_coverage_fails_the_run():
    """TEST-01: a run of all tests fails under 90 %, servers that tests start included."""
    assert int(settings()["coverage:report"]["fail_under"]) >= 90
    assert re.search(r"set -- --cov --cov-config=setup\.cfg", RUN)
    assert "COVERAGE_PROCESS_START" in RUN


def test_branches_count_as_well_as_lines():
    """TEST-04: both kinds are in the figure, of the whole program."""
    counted = settings()["coverage:run"]
    assert counted.getboolean("branch")
    assert counted["source"] == "gsctracker"
    assert counted["omit"].split() == ["gsctracker/translations/__main__.py"], "a developer's command, run as a program"
