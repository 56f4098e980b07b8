"""The commands in the guide to copies do what it says."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.ops.copies import places
from tests.running import clean_environment

GUIDE = Path(__file__).parents[2] / "docs" / "guides" / "copies.md"


def test_every_command_of_the_guide_runs(box, tmp_path):
    """UX-11: in the order in which they stand, on a box; times and names are put in as a reader would."""
    commands = re.findall(r"^\$ gsctracker (.+)$", GUIDE.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(commands) >= 6
    for command in commands:
        words = shlex.split(command.replace("2026-02-14T14:05", clock.after(minutes=1)))
        if words[0] == "serve":  # tests/ops/copies/test_season_end.py opens one
            words = ["serve", "--help"]
        ended = subprocess.run(
            [sys.executable, "-m", "gsctracker", *words],
            env=clean_environment(DATA_DIR=str(tmp_path)),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert ended.returncode == 0, (command, ended.stderr)
        if words[0] == "serve":
            assert "--read-only" in ended.stdout
    assert [copy.label for copy in places.local(Config(data_dir=tmp_path)).listed()] == ["before the cupboard trip"]
