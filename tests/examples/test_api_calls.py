"""The example program talks to a real server."""

import subprocess
import sys

from tests.examples.conftest import EXAMPLES
from tests.running import started


def test_the_calls_of_the_example_work_against_a_started_box(tmp_path):
    with started(tmp_path / "data", "--demo") as box:
        program = [sys.executable, str(EXAMPLES / "api_calls.py"), box.address]
        done = subprocess.run(
            [*program, "leader@example.org", "thin mints for all"], capture_output=True, text=True, timeout=60
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "signed in as Lea, leader" in done.stdout
        assert "twice" not in done.stdout
        assert subprocess.run([sys.executable, program[1]], capture_output=True, timeout=60).returncode == 2
