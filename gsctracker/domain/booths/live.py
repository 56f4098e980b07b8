"""The live board: who stands where now, boxes left at each booth, how fast cookies go, and what runs low.

Leaders see all of it. A family sees the booths and how many stand there, by name its own girls alone, and no figures.
"""

import json
from datetime import datetime, timedelta
from typing import NamedTuple

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, value
from gsctracker.domain.booths import hours, listing, presences, states
from gsctracker.domain.journal import TROOP
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop

MINUTES = 30
"""How far back the sales per minute go."""
LOW_AT_BOOTH = 6
"""Boxes of a cookie at or below which a booth runs low: half a case."""
MOST_STANDS = 40
EARLY, LATE = {"hours": 2}, {"hours": -1}


class Left(NamedTuple):
    """Boxes of a cookie that a booth has left; below zero where more was tapped in than brought."""

    name: str
    colour: str
    boxes: int
    is_low: bool


class Stand(NamedTuple):
    """A booth that is held now or soon. `girls` and `adults` are those who checked in, or, where nobody did, who signed up for now.

    `other_girls` counts those whose names are not hers to see. `lacks` says how many adults are missing now (as
    `presences.adults_lacking`). `left` and `sold` are None for a family.
    """

    booth: Row
    girls: list[Row]
    other_girls: int
    adults: list[Row]
    other_adults: int
    checked_in: bool
    lacks: dict[str, int]
    left: list[Left] | None
    sold: int | None


class Pace(NamedTuple):
    """Packages sold today and in each of the last MINUTES minutes: (`2026-02-14T18:05`, packages), oldest first."""

    today: int
    minutes: list[tuple[str, int]]

    @property
    def recent(self) -> int:
        """Packages of the last MINUTES minutes."""
        return sum(boxes for _, boxes in self.minutes)


class Board(NamedTuple):
    """Everything the board shows. `pace` and `shelf` (cookies of which the troop's shelf has less than a case) are None for a family."""

    stands: list[Stand]
    ahead: list[Row]
    pace: Pace | None
    shelf: list[Row] | None


def board(tx: apsw.Connection, by: Person, season_id: int) -> Board:
    """The board as she may see it at this moment."""
    leads, now = roles.allows(by, "stock.see"), hours.present(tx)
    booths = _stands(tx, season_id, now)
    ids = json.dumps([booth.id for booth in booths])
    people = _people(tx, ids, now)
    left, sold = (_left(tx, ids), _sold(tx, ids)) if leads else ({}, {})
    lacks = presences.adults_lacking(tx, season_id, booths)
    found = []
    for booth in booths:
        there = [row for row in people if row.booth_id == booth.id]
        came = [row for row in there if row.checked_in]
        girls = [row for row in came if row.scout_id] or [row for row in there if row.scout_id]
        adults = [row for row in came if row.account_id] or [row for row in there if row.account_id]
        seen = [row for row in girls if leads or row.scout_id in by.scout_ids]
        known = [row for row in adults if leads or row.account_id == by.id]
        found.append(
            Stand(
                booth=booth,
                girls=seen,
                other_girls=len(girls) - len(seen),
                adults=known,
                other_adults=len(adults) - len(known),
                checked_in=any(row.scout_id for row in came),
                lacks=lacks.get(booth.id, {}),
                left=left.get(booth.id, []) if leads else None,
                sold=sold.get(booth.id, 0) if leads else None,
            )
        )
    return Board(
        stands=found,
        ahead=listing.page(
            tx, by, season_id, listing.Wanted(group="ahead", since=hours.shifted(now, **EARLY)), limit=5
        ),
        pace=_pace(tx, season_id, ids) if leads else None,
        shelf=_low_on_the_shelf(tx, season_id) if leads else None,
    )


def _stands(tx: apsw.Connection, season_id: int, now: str) -> list[Row]:
    """Booths that are held now, were until an hour ago and are not counted yet, or begin within two hours."""
    return many(
        tx,
        """SELECT id, name, type, starts_at, ends_at, status FROM booths
            WHERE season_id = :season AND starts_at < :soon AND ends_at > :just AND status IN (SELECT value FROM json_each(:states))
            ORDER BY starts_at, id LIMIT :most""",
        season=season_id,
        soon=hours.shifted(now, **EARLY),
        just=hours.shifted(now, **LATE),
        states=json.dumps(states.SIGN_UP),
        most=MOST_STANDS,
    )


def _people(tx: apsw.Connection, ids: str, now: str) -> list[Row]:
    """Who is at these booths: those who checked in, and those who signed up for a shift that goes on now."""
    return many(
        tx,
        """SELECT booth_id, presences.scout_id, account_id, 1 AS checked_in,
                  ifnull(scouts.first_name, accounts.first_name) AS first_name, last_initial
             FROM presences LEFT JOIN scouts ON scouts.id = presences.scout_id LEFT JOIN accounts ON accounts.id = account_id
            WHERE booth_id IN (SELECT value FROM json_each(:ids)) AND left_at IS NULL
            UNION ALL
           SELECT booth_id, shift_places.scout_id, account_id, 0, ifnull(scouts.first_name, accounts.first_name), last_initial
             FROM shift_places LEFT JOIN scouts ON scouts.id = shift_places.scout_id LEFT JOIN accounts ON accounts.id = account_id
            WHERE booth_id IN (SELECT value FROM json_each(:ids)) AND starts_at <= :now AND ends_at > :now
            ORDER BY first_name, last_initial""",
        ids=ids,
        now=now,
    )


def _left(tx: apsw.Connection, ids: str) -> dict[int, list[Left]]:
    """By booth: what was loaded for it less what its phones tapped in, the baker's order."""
    rows = many(
        tx,
        """SELECT places.booth_id, products.name, colour,
                  loaded.boxes - ifnull((SELECT sum(boxes) FROM booth_tallies
                                            WHERE booth_id = places.booth_id AND product_id = products.id), 0) AS boxes
             FROM (SELECT place_id, product_id, sum(boxes) AS boxes FROM box_steps
                    WHERE place_id IN (SELECT id FROM places WHERE booth_id IN (SELECT value FROM json_each(:ids)))
                    GROUP BY place_id, product_id) AS loaded
             JOIN places ON places.id = place_id JOIN products ON products.id = loaded.product_id
            ORDER BY places.booth_id, products.position, products.id""",
        ids=ids,
    )
    found: dict[int, list[Left]] = {}
    for row in rows:
        found.setdefault(row.booth_id, []).append(Left(row.name, row.colour, row.boxes, row.boxes <= LOW_AT_BOOTH))
    return found


def _sold(tx: apsw.Connection, ids: str) -> dict[int, int]:
    """By booth: packages that were tapped in, Cookie Share too."""
    rows = many(
        tx,
        """SELECT booth_id, sum(boxes) AS boxes FROM booth_tallies
            WHERE booth_id IN (SELECT value FROM json_each(:ids)) GROUP BY booth_id""",
        ids=ids,
    )
    return {row.booth_id: row.boxes for row in rows}


def _pace(tx: apsw.Connection, season_id: int, ids: str) -> Pace:
    """Sales and taps at these booths by the real clock; a sale counts in the minute in which it was made."""
    day, until = troop.today(tx), datetime.fromisoformat(clock.now())
    first = clock.instant(until - timedelta(minutes=MINUTES - 1))[:16]
    rows = many(
        tx,
        """SELECT minute, sum(boxes) AS boxes
             FROM (SELECT substr(ordered_at, 1, 16) AS minute, boxes FROM counted_orders
                    WHERE season_id = :season AND ordered_at BETWEEN :first AND :until
                    UNION ALL
                   SELECT substr(happened_at, 1, 16), boxes
                     FROM standing_booth_sales JOIN booth_entry_lines ON entry_id = standing_booth_sales.id
                    WHERE booth_id IN (SELECT value FROM json_each(:ids)) AND happened_at BETWEEN :first AND :until)
            GROUP BY minute""",
        season=season_id,
        first=first,
        until=clock.instant(until),
        ids=ids,
    )
    sold = {row.minute: row.boxes for row in rows}
    minutes = [clock.instant(until - timedelta(minutes=back))[:16] for back in reversed(range(MINUTES))]
    today = value(
        tx,
        """SELECT ifnull((SELECT sum(boxes) FROM counted_orders WHERE season_id = :season AND ordered_on = :day), 0)
                + ifnull((SELECT sum(boxes) FROM booth_tallies WHERE booth_id IN (SELECT value FROM json_each(:ids))), 0)""",
        season=season_id,
        day=day,
        ids=ids,
    )
    return Pace(today, [(minute, sold.get(minute, 0)) for minute in minutes])


def _low_on_the_shelf(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Cookies of which the troop's shelf once had boxes and now has less than a case, fewest first."""
    return many(
        tx,
        """SELECT products.id, name, colour, boxes
             FROM (SELECT product_id, sum(boxes) AS boxes FROM box_steps WHERE place_id = :place GROUP BY product_id)
             JOIN products ON products.id = product_id
            WHERE season_id = :season AND is_virtual = 0 AND boxes < packs_per_case
            ORDER BY boxes, position, products.id LIMIT 40""",
        place=TROOP,
        season=season_id,
    )
