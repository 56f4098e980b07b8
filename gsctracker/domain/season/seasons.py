"""Seasons: begun from a line-up, one of them the current one."""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, lineups
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

STATUSES = ("setup", "presale", "io_locked", "delivered", "selling", "closing", "settled", "archived")
BAKERS = ("abc", "lbb")
CHANGEABLE = ("name", "status", "base_proceeds", "exempt_per_girl", "returns_until", "rewards_on")
_COLUMNS = "id, name, year, baker, status, is_current, base_proceeds, exempt_per_girl, returns_until, rewards_on"


def current(tx: apsw.Connection) -> Row:
    """The season under way. Raises Conflict where the box has not been set up."""
    row = one(tx, f"SELECT {_COLUMNS} FROM seasons WHERE is_current = 1")
    if row is None:
        raise Conflict(N_("This box has no season yet. Set it up first."), "not_set_up")
    return row


def find(tx: apsw.Connection, season_id: int) -> Row:
    """A season. Raises NotFound."""
    row = one(tx, f"SELECT {_COLUMNS} FROM seasons WHERE id = :id", id=season_id)
    if row is None:
        raise NotFound(N_("There is no such season."), "no_such_season")
    return row


def all_of_them(tx: apsw.Connection) -> list[Row]:
    """Every season, newest first; a box lives for a few dozen at most."""
    return many(tx, f"SELECT {_COLUMNS} FROM seasons ORDER BY year DESC, id DESC LIMIT 200")


def begin(tx: apsw.Connection, year: int, baker: str, *, by: Person | None, name: str = "") -> int:
    """Begin the season that ends in `year` with the baker's line-up, and make it the current one; gives its id.

    Where the line-up of that year is not known yet, the newest known one is taken as a template to edit. `by` None: the
    first run. Raises Conflict where the season was begun before.
    """
    if by is not None:
        roles.require(by, "season.manage")
    year = values.whole("season", year, 2000, 2100)
    values.choice("baker", baker, BAKERS)
    if one(tx, "SELECT 1 AS yes FROM seasons WHERE year = :year AND baker = :baker", year=year, baker=baker):
        raise Conflict(N_("The season %(year)d was begun before."), "season_exists", year=year)
    run(tx, "UPDATE seasons SET is_current = 0 WHERE is_current = 1")
    season_id = add(
        tx,
        """INSERT INTO seasons (name, year, baker, status, is_current, created_at)
           VALUES (:name, :year, :baker, 'setup', 1, :now)""",
        name=values.line("name", name or f"{year - 1}-{year % 100:02}", 40, 1),
        year=year,
        baker=baker,
        now=clock.now(),
    )
    for position, cookie in enumerate(lineups.lineup(baker, year)):
        catalogue.add_product(tx, season_id, cookie, position)
    audit.note(tx, by.id if by else None, "season.begun", "season", season_id)
    return season_id


def change(tx: apsw.Connection, season_id: int, by: Person, **changes: object) -> None:
    """Change name, status, base_proceeds (cents a package), exempt_per_girl (packages); returns_until, rewards_on (day or None)."""
    roles.require(by, "season.manage")
    now = find(tx, season_id)
    until, rewards = (changes.get(name, getattr(now, name)) for name in ("returns_until", "rewards_on"))
    run(
        tx,
        """UPDATE seasons SET name = :name, status = :status, base_proceeds = :base, exempt_per_girl = :exempt,
                  returns_until = :until, rewards_on = :rewards WHERE id = :id""",
        id=season_id,
        name=values.line("name", changes.get("name", now.name), 40, 1),
        status=values.choice("status", changes.get("status", now.status), STATUSES),
        base=values.whole("baseProceeds", changes.get("base_proceeds", now.base_proceeds), 0, 500),
        exempt=values.whole("exemptPerGirl", changes.get("exempt_per_girl", now.exempt_per_girl), 0, 1000),
        until=values.day("returnsUntil", until) if until else None,
        rewards=values.day("rewardsOn", rewards) if rewards else None,
    )
    told = audit.between(now, find(tx, season_id), CHANGEABLE)
    audit.note(tx, by.id, "season.changed", "season", season_id, fields=sorted(changes), **told)


def tiers(tx: apsw.Connection, season_id: int) -> list[Row]:
    """The proceeds plan (min_pga in packages, cents for every package), lowest average first."""
    return many(
        tx, "SELECT min_pga, cents FROM proceeds_tiers WHERE season_id = :season ORDER BY min_pga", season=season_id
    )


def set_tiers(tx: apsw.Connection, season_id: int, tiers: dict[int, int], by: Person) -> None:
    """The proceeds plan: from a per-girl average (packages) on, so many cents for every package."""
    roles.require(by, "season.manage")
    run(tx, "DELETE FROM proceeds_tiers WHERE season_id = :season", season=season_id)
    for min_pga, cents in tiers.items():
        run(
            tx,
            "INSERT INTO proceeds_tiers (season_id, min_pga, cents) VALUES (:season, :pga, :cents)",
            season=season_id,
            pga=values.whole("minPga", min_pga, 1, 10_000),
            cents=values.whole("cents", cents, 0, 500),
        )
    audit.note(tx, by.id, "season.tiers", "season", season_id)


def require_open(season: Row, by: Person | None) -> None:
    """Raise Conflict where the season is settled or archived: its ledgers are closed. An admin may still correct them."""
    if season.status in ("settled", "archived") and (by is None or by.role != "admin"):
        raise Conflict(
            N_("The season %(name)s is closed. Ask an admin to correct it."), "season_closed", name=season.name
        )
