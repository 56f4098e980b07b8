"""Credit that only the back office knows: what its dividers gave a girl beyond what our own booths and site gave her.

A divider's record and our own booth may tell of the same packages. So for each girl and cookie the office's credit counts only
as far as it is more than ours, and for each cookie all girls together only as far as the office divided more than we did.
A divider shares out Cookie Share on records of its own, and they count in the same way.
While a booth of ours waits to be credited, new credit of the office waits too: nobody can tell yet whether it is the same.
"""

from collections.abc import Iterable

import apsw

from gsctracker.db.rows import many
from gsctracker.domain import journal
from gsctracker.domain.booths import booths
from gsctracker.domain.imports import office_records
from gsctracker.domain.imports.office_rows import CREDITS
from gsctracker.domain.journal import Credit
from gsctracker.domain.season import troop

KINDS = {"booth": "office_credit", "site": "site_credit"}

Shares = tuple[tuple[int, int], ...]
"""(product id, packages), sorted."""


def settle(tx: apsw.Connection, season_id: int, *, by: int | None, batch_id: int | None = None) -> int:
    """Make the credit taken over from the office right as of now; gives how many entries were written.

    To be called after each import, and after a booth was credited or taken back here.
    """
    written = 0
    for system in ("smart-cookies", "ebudde"):
        standing = _standing(tx, season_id, system)
        records = _records(tx, season_id, system)
        for channel in ("booth", "site"):
            wanted = _wanted(tx, season_id, channel, records, standing)
            written += _write(tx, season_id, system, channel, wanted, standing, records, by, batch_id)
    return written


def waits(tx: apsw.Connection, season_id: int) -> bool:
    """Whether credit of the office waits because a booth of ours is not credited yet."""
    return bool(booths.not_credited(tx, season_id))


class _Divided:
    """One divider record: its channel, day and girl, and its packages by cookie."""

    def __init__(self, channel: str, day: str, scout_id: int) -> None:
        self.channel, self.day, self.scout_id = channel, day, scout_id
        self.boxes: dict[int, int] = {}


def _records(tx: apsw.Connection, season_id: int, system: str) -> dict[str, _Divided]:
    found: dict[str, _Divided] = {}
    for row in many(
        tx,
        f"""SELECT key, kind, day, scout_id, product_id, boxes
              FROM office_lines
             WHERE season_id = :season AND system = :system AND kind IN {tuple(CREDITS)}
               AND scout_id IS NOT NULL AND product_id IS NOT NULL AND boxes > 0 ORDER BY key, product_id""",
        season=season_id,
        system=system,
    ):
        divided = found.setdefault(row.key, _Divided(CREDITS[row.kind], row.day or "", row.scout_id))
        divided.boxes[row.product_id] = row.boxes
    return found


def _standing(tx: apsw.Connection, season_id: int, system: str) -> dict[str, tuple[str, int, Shares]]:
    found: dict[str, tuple[str, int, Shares]] = {}
    for row in many(
        tx,
        """SELECT key, channel, credits.scout_id, product_id, boxes FROM external_entries
             JOIN journal ON journal.id = external_entries.entry_id JOIN credits ON credits.entry_id = journal.id
            WHERE external_entries.season_id = :season AND system = :system AND kind IN ('office_credit', 'site_credit')
            ORDER BY key, product_id""",
        season=season_id,
        system=system,
    ):
        before = found.get(row.key, (row.channel, row.scout_id, ()))[2]
        found[row.key] = (row.channel, row.scout_id, (*before, (row.product_id, row.boxes)))
    return found


def _wanted(
    tx: apsw.Connection,
    season_id: int,
    channel: str,
    records: dict[str, _Divided],
    standing: dict[str, tuple[str, int, Shares]],
) -> dict[str, Shares]:
    own = _own(tx, season_id, channel)
    of_channel = {key: record for key, record in sorted(records.items()) if record.channel == channel}
    if channel == "booth" and waits(tx, season_id):
        of_channel = {key: record for key, record in of_channel.items() if key in standing}
    left = dict[int, int]()
    for record in of_channel.values():
        for product, boxes in record.boxes.items():
            left[product] = left.get(product, 0) + boxes
    for (_, product), boxes in own.items():
        if product in left:
            left[product] = max(0, left[product] - boxes)
    ours = dict(own)
    wanted = {}
    for key, record in of_channel.items():
        shares = []
        for product, boxes in sorted(record.boxes.items()):
            same = min(boxes, max(0, ours.get((record.scout_id, product), 0)))
            ours[record.scout_id, product] = ours.get((record.scout_id, product), 0) - same
            more = min(boxes - same, left[product])
            left[product] -= more
            if more:
                shares.append((product, more))
        if shares:
            wanted[key] = tuple(shares)
    return wanted


def _own(tx: apsw.Connection, season_id: int, channel: str) -> dict[tuple[int, int], int]:
    """Packages that we ourselves credited, by girl and cookie."""
    return {
        (row.scout_id, row.product_id): row.boxes
        for row in many(
            tx,
            """SELECT credits.scout_id, product_id, sum(boxes) AS boxes FROM credits JOIN journal ON journal.id = entry_id
                WHERE season_id = :season AND channel = :channel AND kind <> 'office_credit' AND batch_id IS NULL
                  AND NOT EXISTS (SELECT 1 FROM external_entries WHERE external_entries.entry_id = journal.id)
                GROUP BY credits.scout_id, product_id HAVING sum(boxes) > 0""",
            season=season_id,
            channel=channel,
        )
    }


def _write(
    tx: apsw.Connection,
    season_id: int,
    system: str,
    channel: str,
    wanted: dict[str, Shares],
    standing: dict[str, tuple[str, int, Shares]],
    records: dict[str, _Divided],
    by: int | None,
    batch_id: int | None,
) -> int:
    written = 0
    keys: Iterable[str] = sorted({*wanted, *(key for key, entry in standing.items() if entry[0] == channel)})
    for key in keys:
        record = records.get(key)
        entry = (channel, record.scout_id, wanted[key]) if record and key in wanted else None
        if standing.get(key) == entry:
            continue
        written += 1
        office_records.take_back(tx, season_id, system, key, by=by)
        if entry is not None and record is not None:
            posted = journal.post(
                tx,
                season_id,
                KINDS[channel],
                record.day or troop.today(tx),
                by=by,
                credit=[Credit(record.scout_id, product, boxes, channel) for product, boxes in wanted[key]],
                scout_id=record.scout_id,
                batch_id=batch_id,
            )
            office_records.stand_for(tx, season_id, system, key, posted)
    return written
