"""How soon a fresh box answers and how much memory it holds when nobody asks: python tests/bench/start_and_memory.py"""

import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

RUNS = 5
IDLE_SECONDS = 3


def main() -> None:
    """Print a line for each start: a fresh folder first, then the same folder again."""
    print(f"{'start':<8} {'ready s':>8} {'first answer s':>15} {'idle RSS MB':>12} {'peak MB':>8}")
    with tempfile.TemporaryDirectory() as folder:
        for run in range(RUNS):
            ready, answered, idle, peak = one(Path(folder) / "data")
            print(f"{'fresh' if run == 0 else 'again':<8} {ready:8.2f} {answered:15.2f} {idle:12.1f} {peak:8.1f}")


def one(folder: Path) -> tuple[float, float, float, float]:
    """Seconds until the port is open, seconds until /health was answered, megabytes held at rest and at most."""
    with socket.socket() as asking:
        asking.bind(("127.0.0.1", 0))
        port = asking.getsockname()[1]
    began = time.perf_counter()
    command = [sys.executable, "-m", "gsctracker", "serve", "--host", "127.0.0.1", "--port", str(port)]
    server = subprocess.Popen([*command, "--data-dir", str(folder)], stdout=subprocess.DEVNULL)
    try:
        while not is_open(port):
            time.sleep(0.005)
        ready = time.perf_counter() - began
        urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=10).close()
        answered = time.perf_counter() - began
        time.sleep(IDLE_SECONDS)
        return ready, answered, megabytes(server.pid, "VmRSS"), megabytes(server.pid, "VmHWM")
    finally:
        server.terminate()
        server.wait(timeout=30)


def is_open(port: int) -> bool:
    """Whether somebody listens there."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) == 0


def megabytes(process: int, name: str) -> float:
    """One figure of a process's status, in megabytes."""
    lines = Path(f"/proc/{process}/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:"))


if __name__ == "__main__":
    main()
