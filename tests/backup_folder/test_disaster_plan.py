"""BAK-24: the disaster plan is walked through: each command is run, in order, and answers what the plan says."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests import factories
from tests.running import clean_environment

ROOT = Path(__file__).parents[2]
PLAN = (ROOT / "backup" / "disaster-plan.md").read_text(encoding="utf-8")
PARTS = ("Detection", "Assessment", "Communication", "Recovery", "Verification", "Post-mortem")


def steps():
    """Each command of the plan with the lines it is said to answer."""
    found = []
    for block in re.findall(r"```console\n(.*?)```", PLAN, re.DOTALL):
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def answers(expected, said):
    """Whether what was said has the expected lines, `...` standing for anything, also for several lines."""
    pattern = re.escape("\n".join(expected)).replace(re.escape("..."), ".*")
    return re.fullmatch(pattern + r"\n?", said, re.DOTALL) is not None


@pytest.fixture
def box(tmp_path):
    """A box with a troop and two copies; gives the environment of its operator."""
    home = factories.box_in(tmp_path / "data")
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    environment = clean_environment(DATA_DIR=str(home)) | {"PATH": tools}
    for label in ("first", "second"):
        subprocess.run(["gsctracker", "backup", "--label", label], env=environment, check=True, capture_output=True)
    return environment


def test_the_plan_has_its_six_parts_in_order():
    headings = re.findall(r"^## \d\. ([\w-]+)", PLAN, re.MULTILINE)
    assert tuple(headings) == PARTS
    for part in re.split(r"^## ", PLAN, flags=re.MULTILINE)[1:]:
        assert "```console" in part, part.splitlines()[0]


def test_each_command_answers_what_the_plan_says(box):
    """BAK-24, UX-11: in the order in which they stand."""
    assert len(steps()) >= 12
    for command, expected in steps():
        done = subprocess.run(["sh", "-c", command], env=box, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, (command, done.stdout, done.stderr)
        assert answers(expected, done.stdout), (command, expected, done.stdout)


def test_what_is_answered_otherwise_is_seen():
    """The comparison can fail."""
    assert answers(["Done: ...", "...", "Next: ..."], "Done: x\n  y\nNext: z\n")
    assert not answers(["Done: ..."], "Failed: x\n")


def test_every_command_that_is_named_exists():
    """Also those in the text: each `gsctracker ...` is a command with these options."""
    named = set(re.findall(r"`(gsctracker [^`.]*)`", " ".join(PLAN.split())))
    assert len(named) >= 4
    for command in named:
        words = shlex.split(command)[1:]
        plain = [word for word in words if not word.startswith("-")]
        depth = 2 if plain[0] in ("secrets", "backups", "jobs", "maintenance") else 1
        asked = subprocess.run(
            [sys.executable, "-m", "gsctracker", *plain[:depth], "--help"],
            capture_output=True,
            text=True,
            env=clean_environment(),
        )
        assert asked.returncode == 0, command
        for option in (word for word in words if word.startswith("--")):
            assert option in asked.stdout, command
