#!/usr/bin/env python3
"""Fills an empty folder with the example troop, starts a box over it, and puts the load on it that you name.

Usage: against_demo.py [--scouts N --sales N --booths N] -- [arguments of load.py, such as -s read-heavy --runs 3]
The folder is thrown away afterwards. Nothing but the box's own address on this machine is talked to.
"""

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

HERE = Path(__file__).parent
TARGET = HERE / "targets" / "gsctracker.json"
GROUPS = ("scout", "leader")


def filled_target(sign_ins, port):
    """The target file for a box with these sign-ins on that port."""
    target = json.loads(TARGET.read_text())
    target["base_url"] = f"http://127.0.0.1:{port}"
    target["users"] = {group: [one for one in sign_ins if one["role"] == group] for group in GROUPS}
    return target


def free_port():
    """A port of this machine that nobody listens on: two measurements at once must not load the same box."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def main():
    """Run it all; gives load.py's exit status."""
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, number in (("scouts", 25), ("sales", 6000), ("booths", 60)):
        ap.add_argument(f"--{name}", type=int, default=number)
    ap.add_argument("--port", type=int, default=free_port(), help="of the box; else one that nobody has")
    ap.add_argument("load", nargs="*", help="arguments of load.py")
    a = ap.parse_args()
    program = [sys.executable, "-m", "gsctracker"]
    with tempfile.TemporaryDirectory() as folder:
        place = ["--data-dir", f"{folder}/data"]
        sizes = [f"--{name}={getattr(a, name)}" for name in ("scouts", "sales", "booths")]
        made = subprocess.run([*program, "demo", "--yes", "--json", *sizes, *place], check=True, stdout=subprocess.PIPE)
        target = Path(folder, "target.json")
        target.write_text(json.dumps(filled_target(json.loads(made.stdout)["signIns"], a.port)))
        address = ["--host", "127.0.0.1", "--port", str(a.port)]
        with Path(folder, "said").open("wb") as said:
            box = subprocess.Popen([*program, "serve", *address, *place], stdout=said, stderr=said)
        try:
            wait(f"http://127.0.0.1:{a.port}/health", box)
            load = [sys.executable, str(HERE / "load.py"), str(target), "--proc", f"app={box.pid}"]
            return subprocess.run([*load, *(a.load or ["-s", "read-heavy"])], cwd=os.getcwd()).returncode
        finally:
            box.terminate()
            box.wait(60)


def wait(address, box, seconds=60):
    """Until the box answers."""
    until = time.monotonic() + seconds
    while time.monotonic() < until and box.poll() is None:
        try:
            return urllib.request.urlopen(address, timeout=2).close()
        except OSError:
            time.sleep(0.1)
    raise SystemExit("the box did not start")


if __name__ == "__main__":
    sys.exit(main())
