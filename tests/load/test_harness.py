"""The load harness still fits the program. No load is run here: see README.md."""

import importlib
import json
import random
import subprocess
import sys
from pathlib import Path

import pytest

from tests.running import clean_environment, started

HERE = Path(__file__).parent
TARGET = HERE / "targets" / "gsctracker.json"


@pytest.fixture
def harness(monkeypatch):
    """Imports one of the harness's programs, as when it is started from its own folder."""
    monkeypatch.syspath_prepend(str(HERE))
    before = set(sys.modules)
    yield importlib.import_module
    for name in set(sys.modules) - before:
        if getattr(sys.modules[name], "__file__", None) and Path(sys.modules[name].__file__).parent == HERE:
            del sys.modules[name]


@pytest.mark.parametrize(
    "name", ["selfcheck", "load", "client", "engine", "report", "dataset", "limits", "against_demo", "table"]
)
def test_its_programs_can_be_imported(harness, name):
    assert harness(name).__doc__


@pytest.mark.parametrize("name", ["load.py", "dataset.py", "limits.py", "report.py", "against_demo.py", "table.py"])
def test_its_programs_explain_themselves(name):
    done = subprocess.run([sys.executable, str(HERE / name), "--help"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


def test_every_scenario_asks_only_for_operations_of_the_target():
    operations = set(json.loads(TARGET.read_text())["ops"]) | {"login"}
    for name, scenario in json.loads((HERE / "scenarios.json").read_text()).items():
        assert {*scenario.get("mix", {}), *scenario.get("steps", [])} <= operations, name


def test_every_operation_of_the_target_is_answered_as_it_expects(harness, tmp_path):
    """TEST-02: a started box with the example troop, each operation once, its answer checked."""
    demo = [sys.executable, "-m", "gsctracker", "demo", "--yes", "--json", "--data-dir", str(tmp_path / "data")]
    sizes = ["--scouts", "3", "--sales", "60", "--booths", "3"]
    made = subprocess.run([*demo, *sizes], env=clean_environment(), capture_output=True, text=True, timeout=60)
    assert made.returncode == 0, made.stderr
    against_demo, client = harness("against_demo"), harness("client")
    with started(tmp_path / "data") as box:
        target = client.Target(against_demo.filled_target(json.loads(made.stdout)["signIns"], box.port))
        dice = random.Random(1)
        for group, users in target.users.items():
            assert users, group
            session = client.Session(target, group, users[0])
            client.log_in(target, session, dice)
            for name, operation in target.ops.items():
                status, head, body, _ = client.fetch(target, session.request(operation, dice), operation.method)
                assert status in operation.expect, (group, name, body[:200])
                assert (operation.contains or "").encode() in client.plain(head, body), (group, name)
