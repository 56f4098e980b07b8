"""The season's packet: the last check and every report, each to print and to reckon with, and each family's signed receipts, in
one ZIP; made in a thread.

One report or family at a time is in memory; the file is worked on in DATA_DIR/tmp and gone when the next one is asked for, after a day, or
when the server stops.
"""

import logging
import secrets
import tempfile
import threading
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import IO

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.money import receipts
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import tables
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, NotFound
from gsctracker.integrations import tables_out
from gsctracker.ops.copies import workroom
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.packet")

FIRST = ("last-check", "council", "proceeds", "balances", "statements", "receipts", "unpaid", "payments", "booths")
"""What a council asks for stands first; the other reports follow in their own order."""

TYPES = ("pdf", "xlsx")
Papers = Callable[[apsw.Connection, int, int, Person], bytes]
"""Gives the PDF of a family's season, (tx, season, girl, by): what it owes, what it was told, every receipt."""
KEPT_SECONDS = 24 * 60 * 60


@dataclass
class Packet:
    """One packet: `done` of `total` parts are in it, reports and then `families`.

    `file` is there when it is ready, `failed` where it could not be made.
    """

    token: str
    by: Person
    season_id: int
    name: str
    total: int
    families: int
    since: float
    done: int = 0
    working_on: str = ""
    size: int = 0
    failed: bool = False
    file: IO[bytes] | None = field(default=None, repr=False)

    @property
    def is_ready(self) -> bool:
        """Whether it can be fetched."""
        return self.file is not None

    @property
    def is_made(self) -> bool:
        """Whether somebody has to wait for it."""
        return self.file is None and not self.failed


class Packets:
    """The packet that one server makes or keeps: one at a time."""

    def __init__(self, config: Config, db: Database) -> None:
        self._config = config
        self._db = db
        self._lock = threading.Lock()
        self._now: Packet | None = None
        self._thread: threading.Thread | None = None

    def begin(self, by: Person, say: tables_out.Say, kinds: tables_out.Names, papers: Papers) -> Packet:
        """Begin the packet of the current season in her words. Raises NotAllowed, Conflict while another is being made."""
        roles.require(by, "season.manage")
        with self._db.read() as tx:
            season, own, day = seasons.current(tx), troop.own(tx), troop.today(tx)
            families = receipts.girls(tx, season.id, by)
        names = ordered(by)
        with self._lock:
            if self._now and self._now.is_made:
                raise Conflict(N_("A packet is being made at this moment."), "packet_under_way")
            self._forget()
            number = own.number if own else ""
            name = f"season-{season.year}-troop-{number}-{day}.zip"
            total = len(names) + len(families)
            packet = Packet(secrets.token_urlsafe(16), by, season.id, name, total, len(families), clock.ticks())
            self._now = packet
            self._thread = threading.Thread(
                target=self._run, args=(packet, names, families, say, kinds, papers), name="packet", daemon=True
            )
            self._thread.start()
        return packet

    def find(self, token: str, by: Person) -> Packet:
        """The packet of that token, for who asked for it. Raises NotFound, also a day after."""
        with self._lock:
            packet = self._now
            if packet and packet.is_ready and clock.ticks() - packet.since > KEPT_SECONDS:
                self._forget()
                packet = None
        if packet is None or packet.by.id != by.id or not secrets.compare_digest(packet.token, token):
            raise NotFound(N_("There is no such packet. Make a new one."), "no_such_packet")
        return packet

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the packet that is being made."""
        if self._thread:
            self._thread.join(seconds)

    def close(self) -> None:
        """Let the packet go that is kept."""
        self.wait()
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        if self._now and self._now.file:
            self._now.file.close()
        self._now = None

    def _run(
        self,
        packet: Packet,
        names: list[str],
        families: list[int],
        say: tables_out.Say,
        kinds: tables_out.Names,
        papers: Papers,
    ) -> None:
        file = tempfile.TemporaryFile(dir=workroom.folder_of(self._config), prefix="packet-")  # noqa: SIM115 - kept to be fetched
        try:

            def tell(done: int, name: str) -> None:
                packet.done, packet.working_on = done, name

            write(self._db, packet.by, packet.season_id, names, families, file, say, kinds, papers, tell)
            packet.size = file.tell()
            packet.file = file
            logger.info("the season's packet is made: %d bytes", packet.size, extra={"event": "packet"})
        except Exception:
            logger.exception("the season's packet could not be made")
            packet.failed = True
            file.close()


def ordered(by: Person) -> list[str]:
    """The reports of the packet, those a council asks for first."""
    names = [report.name for report in tables.reports(by)]
    return [name for name in FIRST if name in names] + [name for name in names if name not in FIRST]


def write(
    db: Database,
    by: Person,
    season_id: int,
    names: list[str],
    families: list[int],
    file: IO[bytes],
    say: tables_out.Say,
    kinds: tables_out.Names,
    papers: Papers,
    tell: Callable[[int, str], None],
) -> None:
    """Write the ZIP: each report as it is when its turn comes, the receipts of each family (by a girl's id), and a list of
    contents. `tell` hears (done, what is next).

    That each of them left the box is written down, as for a single file.
    """
    contents: list[str] = []
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as archive:
        for number, name in enumerate(names, 1):
            tell(number - 1, name)
            with db.read() as tx:
                table = tables.make(tx, name, by, season_id)
            for file_type in TYPES:
                inside = zipfile.ZipInfo(f"{number:02}-{name}.{file_type}", _now())
                inside.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(inside, tables_out.made(table, file_type, say, kinds))
            with db.write() as tx:
                tables.taken_away(tx, table, "packet", by)
            contents.append(f"{number:02}  {say(table.title, None)}  ({len(table.rows)})")
            del table
        for done, scout_id in enumerate(families, len(names)):
            tell(done, "receipts")
            with db.read() as tx:
                drawn = papers(tx, season_id, scout_id, by)
            inside = zipfile.ZipInfo(f"receipts/family-{scout_id}.pdf", _now())
            inside.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(inside, drawn)
            with db.write() as tx:
                receipts.taken_away(tx, scout_id, by)
        if families:
            contents.append(f"receipts/  {say(N_('Receipts of each family'), None)}  ({len(families)})")
        archive.writestr(
            zipfile.ZipInfo("00-contents.txt", _now()), ("\r\n".join(contents) + "\r\n").encode("utf-8-sig")
        )
    tell(len(names) + len(families), "")


def _now() -> tuple[int, int, int, int, int, int]:
    """The time for the entries of the archive, UTC."""
    return datetime.fromisoformat(clock.now()).timetuple()[:6]
