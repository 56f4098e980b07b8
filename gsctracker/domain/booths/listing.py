"""Booths as lists and calendars: what each may see, filtered, page by page, with how full the shifts are."""

import json
from typing import NamedTuple

import apsw

from gsctracker.db.rows import Row, ids, many
from gsctracker.domain.booths import booths, states
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person

GROUPS = {
    "ahead": (*states.AHEAD, "open"),
    "to_close": ("open", "counted", "reconciled", "credited"),
    "held": states.HELD,
    "off": ("lost", "cancelled"),
}
MOST = 500
_SIGN_UP = ",".join(f"'{state}'" for state in states.SIGN_UP)


class Wanted(NamedTuple):
    """What a list is narrowed to; None does not narrow. `since` and `until` are instants, [since, until)."""

    group: str | None = None
    type: str | None = None
    site_id: int | None = None
    since: str | None = None
    until: str | None = None
    mine: bool = False


def page(
    tx: apsw.Connection,
    by: Person,
    season_id: int,
    wanted: Wanted = Wanted(),  # noqa: B008 - a tuple cannot change
    after: tuple[str, int] | None = None,
    limit: int = 50,
) -> list[Row]:
    """Booths that are hers to see by their time, from the one after (starts_at, id): places taken and there are, sold."""
    leads = roles.allows(by, "shifts.manage")
    return many(
        tx,
        f"""SELECT booths.id, type, site_id, name, address, starts_at, ends_at, status, sign_up_from,
                   id IN (SELECT value FROM json_each(:hers)) AS is_mine,
                   (SELECT ifnull(sum(max_girls), 0) FROM booth_shifts WHERE booth_id = booths.id) AS girl_places,
                   (SELECT count(*) FROM booth_shifts JOIN shift_sign_ups ON shift_id = booth_shifts.id
                     WHERE booth_id = booths.id AND state = 'going' AND scout_id IS NOT NULL) AS girls_going,
                   (SELECT ifnull(sum(min_adults), 0) FROM booth_shifts WHERE booth_id = booths.id) AS adults_needed,
                   (SELECT count(*) FROM booth_shifts JOIN shift_sign_ups ON shift_id = booth_shifts.id
                     WHERE booth_id = booths.id AND state = 'going' AND account_id IS NOT NULL) AS adults_going,
                   ifnull((SELECT sum(boxes) FROM booth_sold WHERE booth_id = booths.id), 0) AS sold,
                   ifnull((SELECT sum(boxes) FROM booth_credited WHERE booth_id = booths.id), 0) AS credited
              FROM booths
             WHERE season_id = :season AND status IN (SELECT value FROM json_each(:shown))
               AND (:leads OR status IN ({_SIGN_UP}) OR id IN (SELECT value FROM json_each(:hers)))
               AND (:type IS NULL OR type = :type) AND (:site IS NULL OR site_id = :site)
               AND (:since IS NULL OR starts_at >= :since) AND (:until IS NULL OR starts_at < :until)
               AND (NOT :mine OR id IN (SELECT value FROM json_each(:hers)))
               AND (starts_at, id) > (:at, :id)
             ORDER BY starts_at, id LIMIT :limit""",
        season=season_id,
        shown=json.dumps(GROUPS.get(wanted.group or "", states.STATES)),
        leads=leads,
        type=wanted.type,
        site=wanted.site_id,
        since=wanted.since,
        until=wanted.until,
        mine=wanted.mine,
        hers=ids(booths.family_booths(tx, by)),
        at=after[0] if after else "",
        id=after[1] if after else 0,
        limit=limit,
    )


def for_calls(tx: apsw.Connection, by: Person, season_id: int, only: int | None = None) -> list[Row]:
    """Every booth that is hers to see in the order they were planned, or one alone, with packages sold and credited."""
    leads = roles.allows(by, "shifts.manage")
    has_girls = by.scout_ids and not leads  # what is kept is kept for a family of girls
    return many(
        tx,
        f"""WITH places AS (SELECT booth_id, sum(max_girls) AS girls, sum(min_adults) AS adults
                              FROM booth_shifts GROUP BY booth_id),
                 people AS (SELECT booth_id, count(scout_id) AS girls, count(account_id) AS adults
                              FROM booth_shifts JOIN shift_sign_ups ON shift_id = booth_shifts.id
                             WHERE state = 'going' GROUP BY booth_id)
            SELECT id, type, site_id, name, address, starts_at, ends_at, status, sign_up_from,
                   ifnull((SELECT sum(boxes) FROM booth_sold WHERE booth_id = booths.id), 0) AS sold,
                   ifnull((SELECT sum(boxes) FROM booth_credited WHERE booth_id = booths.id), 0) AS credited,
                   ifnull(places.girls, 0) AS girl_places, ifnull(people.girls, 0) AS girls_going,
                   ifnull(places.adults, 0) AS adults_needed, ifnull(people.adults, 0) AS adults_going
              FROM booths LEFT JOIN places ON places.booth_id = booths.id LEFT JOIN people ON people.booth_id = booths.id
             WHERE season_id = :season AND (:only IS NULL OR id = :only)
               AND (:leads OR status IN ({_SIGN_UP}) OR id IN (SELECT value FROM json_each(:hers)))
             ORDER BY id LIMIT 10000""",
        season=season_id,
        only=only,
        leads=leads,
        hers=ids(booths.family_booths(tx, by) if has_girls else ()),
    )
