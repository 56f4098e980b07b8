"""An operator's folder with made versions of the program in virtual environments, and a server that runs one of them."""

import json
import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
import urllib.request
from pathlib import Path

import pytest

from gsctracker.db import Database
from tests import factories
from tests.running import clean_environment, free_port

TOP = Path(__file__).parents[2]
SCRIPT = TOP / "examples" / "deploy" / "deploy.sh"


class Place:
    """DEPLOY_HOME and DATA_DIR of one box."""

    def __init__(self, folder: Path) -> None:
        self.home, self.data, self.port = folder / "opt", folder / "data", free_port()
        self.notices = folder / "notices"
        self._pid = folder / "pid"
        self.data.mkdir(mode=0o700)
        (self.home / "releases").mkdir(parents=True)
        db = Database(self.data / "gsctracker.db")
        with db.write() as tx:
            factories.set_up(tx)
            factories.make_scout(tx)
        db.close()
        start = f'setsid "{self.home}/current/bin/gsctracker" serve >>"{folder}/said" 2>&1 </dev/null & echo $! >"{self._pid}"'
        stop = f'kill -TERM $(cat "{self._pid}") 2>/dev/null; while [ -e /proc/$(cat "{self._pid}")/exe ]; do sleep 0.05; done'
        self.environment = clean_environment(
            DATA_DIR=str(self.data),
            PORT=str(self.port),
            HOST="127.0.0.1",
            DEPLOY_HOME=str(self.home),
            DEPLOY_START=start,
            DEPLOY_STOP=stop,
            DEPLOY_LOG=f'tail -n 5 "{folder}/said"',
            DEPLOY_WAITS="0.5 0.5 0.5 1 1 2 2 4 8",
            DEPLOY_NOTIFY=f'cat >>"{self.notices}"',
            DEPLOY_WITH="releases",
        )

    def make(self, version: str, **changes: tuple[str, str]) -> None:
        """A release of that version in an environment of its own; `changes` is file=(this, replaced by that), __ for /."""
        release = self.home / "releases" / version
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", release], check=True)
        site = next(release.glob("lib/python*/site-packages"))
        shutil.copytree(TOP / "gsctracker", site / "gsctracker")
        (site / "libraries.pth").write_text(
            sysconfig.get_path("purelib") + "\n"
        )  # the libraries; the program is its own
        for name, (old, new) in {"__init__": ('"2.0.0"', f'"{version}"'), **changes}.items():
            file = site / "gsctracker" / f"{name.replace('.', '/')}.py"
            text = file.read_text(encoding="utf-8")
            assert text.count(old) == 1, (name, old)
            file.write_text(text.replace(old, new), encoding="utf-8")
        command = release / "bin" / "gsctracker"
        command.write_text(f"#!{release}/bin/python\nfrom gsctracker.cli import main\nmain()\n")
        command.chmod(0o755)

    def deploy(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess:
        """Run the script."""
        told = self.environment | environment
        return subprocess.run(
            [SCRIPT, *arguments], env=told, capture_output=True, text=True, timeout=120, stdin=subprocess.DEVNULL
        )

    def start(self) -> None:
        """Start the chosen version again and let everybody enter things, once it is there."""
        subprocess.run(["sh", "-c", self.environment["DEPLOY_START"]], env=self.environment, check=True, timeout=60)
        said = {"env": self.environment, "capture_output": True, "timeout": 60}
        command = self.home / "bin" / "gsctracker"
        while subprocess.run([command, "healthcheck"], **said).returncode:  # the test's own limit ends it
            time.sleep(0.2)
        subprocess.run([command, "maintenance", "off"], check=True, **said)

    def running(self) -> str:
        """The version that answers."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/health", timeout=5) as answer:
            assert json.load(answer)["status"] == "healthy"
        return os.readlink(self.home / "current").removeprefix("releases/")

    def pid(self) -> int:
        """The server's process."""
        return int(self._pid.read_text())

    def facts(self) -> tuple[str, int, int, int]:
        """The troop's name, its girls, the schema's number, and whether only reading is allowed, from the file itself."""
        db = Database(self.data / "gsctracker.db", as_it_is=True)
        try:
            with db.read() as tx:
                name = tx.execute("SELECT name FROM troop").get
                return (
                    name,
                    tx.execute("SELECT count(*) FROM scouts").get,
                    tx.pragma("user_version"),
                    db.why_only_read(),
                )
        finally:
            db.close()

    def end(self) -> None:
        """End the server, if one runs."""
        if self._pid.exists():
            try:
                os.kill(self.pid(), signal.SIGKILL)
            except ProcessLookupError:
                return


class Prober(threading.Thread):
    """Asks a box without pause whether it is there; `longest` is the longest time in which it was not, in seconds."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        self.longest, self._address, self._ended = 0.0, f"http://127.0.0.1:{port}/livez", threading.Event()

    def run(self) -> None:
        """Ask until told to stop."""
        answered = time.monotonic()
        while not self._ended.wait(0.03):
            try:
                urllib.request.urlopen(self._address, timeout=10).close()
            except OSError:
                continue
            now = time.monotonic()
            self.longest, answered = max(self.longest, now - answered), now

    def stop(self) -> float:
        """Stop asking; gives the longest gap."""
        self._ended.set()
        self.join()
        return self.longest


@pytest.fixture(scope="session")
def place(tmp_path_factory):
    """A box that runs 2.0.0, brought there by the script."""
    found = Place(tmp_path_factory.mktemp("deploy"))
    found.make("2.0.0")
    try:
        done = found.deploy("--yes", "2.0.0")
        assert done.returncode == 0, done.stdout + done.stderr
        yield found
    finally:
        found.end()
