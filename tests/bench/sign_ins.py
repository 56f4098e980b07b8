"""How long others wait while people sign in: a hundred people at work, then the same with sign-ins beside them.

    python -m tests.bench.sign_ins [--seconds 12] [--people 100] [--rates 1,50] [--threads 4]

Each person asks once a second, at even distances: the list of sales, the summary, who she is, and one in ten takes a sale. Time counts
from the moment an answer was due to be asked for. The sign-ins come at each rate beside that, each with a hash of its own, which the box
meets for the first time at the beginning and again later. Prints p50, p95 and the longest wait of the others, how many times the p95
without sign-ins that is, and how long the sign-ins took; exits 1 where it is more than twice as long. Run it on a quiet machine.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench import web
from tests.running import free_port

PASSWORD = "a jar of cookies"
PATHS = ("/api/sales", "/api/troops/1/summary", "/api/sales?limit=20", "/api/auth/me")
SALE = b'{"cookieType":"Thin Mints","quantity":1,"customerName":"Test Customer"}'


class Waits(NamedTuple):
    """What the others waited, and those who signed in, in milliseconds, sorted; how many answers were no good."""

    others: list[float]
    sign_ins: list[float]
    wrong: int

    def of(self, share: float, which: str = "others") -> float:
        """The wait that this share did not exceed."""
        waits = getattr(self, which)
        return waits[min(len(waits) - 1, int(len(waits) * share))] if waits else 0.0


def add_people(folder: Path, count: int) -> None:
    """So many accounts, each with a hash of its own."""
    from gsctracker.db import Database
    from gsctracker.domain.people import accounts, passwords

    db = Database(folder / "gsctracker.db")
    hashes = [passwords.hashed(PASSWORD) for _ in range(count)]
    with db.write() as tx:
        for number, hashed in enumerate(hashes):
            accounts.open_account(
                tx, sign_in_name=f"p{number}@example.org", first_name="P", role="caregiver", password_hash=hashed
            )
    db.close()


class Line:
    """One connection that stays open."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.ends: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        self.free = asyncio.Lock()

    async def ask(self, request: bytes) -> int:
        """Send a request and read its answer; gives the status."""
        async with self.free:
            if self.ends is None:
                self.ends = await asyncio.open_connection("127.0.0.1", self.port)
            reader, writer = self.ends
            writer.write(request)
            head = await reader.readuntil(b"\r\n\r\n")
            for line in head.split(b"\r\n"):
                if line.lower().startswith(b"content-length:"):
                    await reader.readexactly(int(line.split(b":")[1]))
            return int(head.split(b" ", 2)[1])

    def close(self) -> None:
        if self.ends is not None:
            self.ends[1].close()


def request(method: str, path: str, body: bytes = b"", token: str = "") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1"]
    if token:
        lines.append(f"Cookie: gsct_session={token}")
    if body:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


async def measure(port: int, token: str, asked: argparse.Namespace, rate: int, first: int) -> Waits:
    """People at work, and so many sign-ins a second beside them; `first` is the first of those who were not seen yet."""
    lines = [Line(port) for _ in range(asked.people)]
    doors = [Line(port) for _ in range(asked.people)]
    others: list[float] = []
    sign_ins: list[float] = []
    wrong = 0
    work = [request("GET", path, token=token) for path in PATHS]
    sale = request("POST", "/api/sales", SALE, token)
    began = time.monotonic() + 0.2

    async def one(line: Line, sent: bytes, due: float, kept: list[float]) -> None:
        nonlocal wrong
        await asyncio.sleep(max(0.0, due - time.monotonic()))
        status = await line.ask(sent)
        wrong += status not in (200, 201)
        kept.append((time.monotonic() - due) * 1000)

    tasks = []
    for number in range(asked.seconds * asked.people):
        sent = sale if number % 10 == 9 else work[number % len(work)]
        tasks.append(one(lines[number % asked.people], sent, began + number / asked.people, others))
    for number in range(asked.seconds * rate):
        who = (first + number) % asked.accounts
        body = json.dumps({"email": f"p{who}@example.org", "password": PASSWORD}).encode()
        sent = request("POST", "/api/auth/login", body)
        tasks.append(one(doors[number % asked.people], sent, began + number / rate, sign_ins))
    await asyncio.gather(*tasks)
    for line in lines + doors:
        line.close()
    return Waits(sorted(others), sorted(sign_ins), wrong)


def main() -> int:
    """Fill a box, start it, measure without and with sign-ins, print the table."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=int, default=12)
    parser.add_argument("--people", type=int, default=100)
    parser.add_argument("--accounts", type=int, default=100)
    parser.add_argument("--rates", default="1,50")
    asked = parser.parse_args()
    port = free_port()
    worst = 0.0
    with tempfile.TemporaryDirectory() as name:
        token = web.fill(Path(name), 6000)
        add_people(Path(name), asked.accounts)
        print(f"load of the machine {os.getloadavg()[0]:.2f}, {os.cpu_count()} cores", flush=True)
        command = [sys.executable, "-m", "tests.bench.web", "tracker", str(port), name]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as server:
            try:
                time.sleep(4)
                asyncio.run(measure(port, token, argparse.Namespace(**{**vars(asked), "seconds": 2}), 0, 0))
                alone = asyncio.run(measure(port, token, asked, 0, 0))
                print(
                    f"{'beside':24} {'p50':>7} {'p95':>7} {'longest':>8} {'times':>6} {'sign-in p50':>12} {'p95':>7} {'wrong':>6}"
                )
                said(alone, "nobody signs in", alone)
                first = 0
                for rate in map(int, asked.rates.split(",")):
                    found = asyncio.run(measure(port, token, asked, rate, first))
                    first += asked.seconds * rate
                    said(found, f"{rate} sign-ins a second", alone)
                    worst = max(worst, found.of(0.95) / alone.of(0.95))
            finally:
                server.terminate()
    return int(worst > 2)


def said(found: Waits, beside: str, alone: Waits) -> None:
    """One line of the table."""
    print(
        f"{beside:24} {found.of(0.5):7.1f} {found.of(0.95):7.1f} {found.others[-1]:8.1f} {found.of(0.95) / alone.of(0.95):6.2f} "
        f"{found.of(0.5, 'sign_ins'):12.1f} {found.of(0.95, 'sign_ins'):7.1f} {found.wrong:6}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
