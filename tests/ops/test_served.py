"""Where the server of a folder answers is known to other commands, and never believed of one that is gone."""

import os
import subprocess
import sys

import pytest

from gsctracker import config
from gsctracker.db import lock
from gsctracker.ops import served

KILLED = """
import os, signal, sys
from pathlib import Path
from gsctracker import config
from gsctracker.db import lock
from gsctracker.ops import served
here = config.load({}, Path(sys.argv[1]))
with lock.hold(here.data_dir):
    served.leave(here, 8080)
    os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def settings(tmp_path):
    return config.load({"PORT": "3000", "HOST": "127.0.0.1"}, tmp_path)


def test_the_server_that_holds_the_lock_is_found(settings):
    """DEP-34: at the host and port that it was started with, for the owner of the folder alone."""
    with lock.hold(settings.data_dir):
        served.leave(config.load({"HOST": "0.0.0.0"}, settings.data_dir), 8080)
        assert served.address(served.as_running(settings)) == "http://127.0.0.1:8080"
        assert (settings.data_dir / served.NAME).stat().st_mode & 0o777 == 0o600
        served.take_away(settings.data_dir)
        assert served.as_running(settings) == settings


def test_what_a_killed_server_left_is_not_believed(settings):
    """DEP-34: nor once another process holds the lock, whatever its number."""
    command = [sys.executable, "-c", KILLED, str(settings.data_dir)]
    assert subprocess.run(command, timeout=60).returncode == -9
    assert (settings.data_dir / served.NAME).exists()
    assert served.as_running(settings) == settings
    with lock.hold(settings.data_dir):
        assert served.as_running(settings) == settings


@pytest.mark.parametrize(
    "left", ["", "{process}", "{process} port 0.0.0.0", "{process} 99999 0.0.0.0", "x 80 h", "\xff"]
)
def test_an_address_that_is_spoilt_is_none(settings, left):
    with lock.hold(settings.data_dir):
        file = settings.data_dir / served.NAME
        file.write_text(left.format(process=os.getpid()), encoding="latin-1")
        assert served.as_running(settings) == settings


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:3000"),
        ("::", "http://127.0.0.1:3000"),
        ("::1", "http://[::1]:3000"),
        ("192.168.1.9", "http://192.168.1.9:3000"),
    ],
)
def test_an_address_is_one_that_this_machine_can_ask(tmp_path, host, address):
    assert served.address(config.load({"HOST": host}, tmp_path)) == address


def test_a_disk_that_takes_nothing_stops_no_server(settings, caplog):
    (settings.data_dir / f".{served.NAME}.part").mkdir()
    try:
        served.leave(settings, 8080)
    finally:
        (settings.data_dir / f".{served.NAME}.part").rmdir()
    assert "could not be left" in caplog.text
