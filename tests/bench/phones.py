"""Two hundred phones send what they tapped at booths at once: nothing refused, nothing doubled, and how long it took.

    python -m tests.bench.phones [--phones 200] [--batches 5] [--entries 4] [--booths 8] [--twice 0.2]

Every phone sends its batches one after another; a part of them is sent twice, as a phone does that never heard the answer.
Prints answers by status, the time of an answer in milliseconds, and what stands in the file; exits 1 where that is not
exactly what was tapped.
"""

import argparse
import asyncio
import json
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.domain.booths import booths, tallies
from gsctracker.domain.inventory import transfers
from gsctracker.domain.people import sessions
from gsctracker.domain.season import catalogue, seasons
from tests import factories
from tests.running import started

MOST_TRIES = 20


def fill(folder: Path, count: int) -> tuple[str, list[int]]:
    """A troop with so many booths that are held now; gives a leader's session and the booths' ids."""
    folder.mkdir()
    db = Database(folder / "gsctracker.db")
    with db.write() as tx:
        by = factories.set_up(tx)
        cookie = catalogue.recognise(tx, seasons.current(tx).id, "TM")
        transfers.move(tx, by, "C2T", [(cookie, 90_000)])
        made = [booths.plan(tx, by, f"Booth {n}", clock.after(hours=-2), clock.after(hours=1)) for n in range(count)]
        for booth in made:
            transfers.move(tx, by, "TROOP_TO_BOOTH", [(cookie, 90_000 // count)], booth_id=booth)
        token = sessions.start(tx, by.id, "bench")
    db.close()
    return token, made


class Phones:
    """All phones together, and what they heard."""

    def __init__(self, port: int, token: str, asked: argparse.Namespace) -> None:
        self.port, self.token, self.asked = port, token, asked
        self.statuses: Counter[int] = Counter()
        self.results: Counter[str] = Counter()
        self.seconds: list[float] = []

    async def one(self, number: int, booth: int, start: asyncio.Event) -> None:
        """One phone: it opens its line, waits for all others, and sends."""
        dice = random.Random(number)
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        await start.wait()
        for batch in range(self.asked.batches):
            content = self._batch(number, batch)
            for _ in range(2 if dice.random() < self.asked.twice else 1):
                await self._until_taken(reader, writer, booth, content)
        writer.close()

    def _batch(self, number: int, batch: int) -> bytes:
        first = batch * self.asked.entries
        entries = [
            {
                "id": f"{number:016x}{counter:016x}",
                "device": f"p{number}",
                "counter": counter,
                "capturedAt": clock.now(),
                "offsetSeconds": 0,
                "kind": "sale",
                "pay": "cash",
                "items": [{"product": "TM", "quantity": 1}],
            }
            for counter in range(first, first + self.asked.entries)
        ]
        return json.dumps({"entries": entries, "device": f"p{number}"}).encode()

    async def _until_taken(self, reader, writer, booth: int, content: bytes) -> None:
        """Send until it was heard; 429 and 503 say when to come again, and count as refused."""
        for _ in range(MOST_TRIES):
            began = time.perf_counter()
            writer.write(
                f"POST /api/troops/1/booths/{booth}/entries HTTP/1.1\r\nHost: localhost\r\nCookie: gsct_session={self.token}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\n\r\n".encode()
                + content
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            length = next(int(line[15:]) for line in head.splitlines() if line.lower().startswith("content-length:"))
            answer = await reader.readexactly(length)
            status = int(head.split()[1])
            self.statuses[status] += 1
            self.seconds.append(time.perf_counter() - began)
            if status == 200:
                self.results.update(one["result"] for one in json.loads(answer)["results"])
                return
            if status not in (429, 503):
                return
            await asyncio.sleep(1)

    async def all(self, places: list[int]) -> float:
        """Every phone at once; gives the seconds until the last has been heard."""
        start = asyncio.Event()
        tasks = [asyncio.create_task(self.one(n, places[n % len(places)], start)) for n in range(self.asked.phones)]
        await asyncio.sleep(1)
        began = time.perf_counter()
        start.set()
        await asyncio.gather(*tasks)
        return time.perf_counter() - began


def standing(folder: Path, places: list[int]) -> int:
    """Packages in the tallies of all booths."""
    db = Database(folder / "gsctracker.db")
    with db.read() as tx:
        found = sum(sum(tallies.packages(tx, booth).values()) for booth in places)
    db.close()
    return found


def main() -> int:
    """Fill, serve, send, compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name, number in (("phones", 200), ("batches", 5), ("entries", 4), ("booths", 8)):
        parser.add_argument(f"--{name}", type=int, default=number)
    parser.add_argument("--twice", type=float, default=0.2, help="the part of batches that is sent twice")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "box"
        token, places = fill(folder, asked.booths)
        with started(folder) as running:
            phones = Phones(running.port, token, asked)
            seconds = asyncio.run(phones.all(places))
            running.stop()
        found = standing(folder, places)
    tapped = asked.phones * asked.batches * asked.entries
    times = sorted(phones.seconds)
    print(f"{asked.phones} phones, {len(times)} batches in {seconds:.1f} s: {len(times) / seconds:.0f} a second")
    print(f"answers {dict(phones.statuses)}, entries {dict(phones.results)}")
    median, late, worst = (round(times[at] * 1000) for at in (len(times) // 2, len(times) * 95 // 100, -1))
    print(f"median {median} ms, p95 {late} ms, worst {worst} ms")
    print(f"tapped {tapped}, in the file {found}")
    return 0 if found == tapped and set(phones.statuses) == {200} else 1


if __name__ == "__main__":
    sys.exit(main())
