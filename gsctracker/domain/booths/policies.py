"""What each type of booth asks for, and the rules of signing up: the season's own values over what councils usually say."""

from dataclasses import asdict, dataclass

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, many, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import accounts, roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Invalid
from gsctracker.words import N_

LEVELS = ("daisy", "brownie", "junior", "cadette", "senior", "ambassador")
EARLY = ("leader", *LEVELS)
MOST_HOURS = 336


@dataclass(frozen=True)
class Policy:
    """How many girls and adults a shift has, whether its adults are registered and checked, and how long a booth may be."""

    min_girls: int
    max_girls: int
    min_adults: int
    max_adults: int
    adults_are_registered: bool
    max_minutes: int


USUAL = {
    "troop": Policy(2, 4, 2, 3, True, 240),
    "family": Policy(1, 1, 1, 2, False, 240),
    "council": Policy(2, 4, 2, 3, True, 240),
    "virtual": Policy(0, 0, 0, 0, False, 1440),
    "pickup": Policy(1, 4, 2, 3, True, 240),
}
TYPES = tuple(USUAL)
LEAVE_HOURS = 48
_FIELDS = "min_girls, max_girls, min_adults, max_adults, adults_are_registered, max_minutes"


def of_season(tx: apsw.Connection, season_id: int) -> dict[str, Policy]:
    """The policy of every type of booth in this season."""
    rows = many(tx, f"SELECT type, {_FIELDS} FROM booth_policies WHERE season_id = :season", season=season_id)
    return USUAL | {row.type: _policy(row) for row in rows}


def of_type(tx: apsw.Connection, season_id: int, booth_type: str) -> Policy:
    """The policy of one type of booth in this season."""
    return of_season(tx, season_id)[booth_type]


def set_policy(tx: apsw.Connection, by: Person, season_id: int, booth_type: str, **wanted: object) -> None:
    """Change what a type asks for; `wanted` are fields of Policy. Raises Invalid where most is below least."""
    roles.require(by, "booths.plan")
    values.choice("type", booth_type, TYPES)
    now = asdict(of_type(tx, season_id, booth_type)) | wanted
    bounds = {"min_girls": 50, "max_girls": 50, "min_adults": 20, "max_adults": 20}
    found = {name: values.whole(name, now[name], 0, most) for name, most in bounds.items()}
    for who in ("girls", "adults"):
        if found[f"max_{who}"] < found[f"min_{who}"]:
            sentence = N_("The most cannot be fewer than the least.")
            raise Invalid(sentence, "most_below_least", {f"max_{who}": sentence})
    run(
        tx,
        f"""INSERT OR REPLACE INTO booth_policies (season_id, type, {_FIELDS})
            VALUES (:season, :type, :min_girls, :max_girls, :min_adults, :max_adults, :registered, :minutes)""",
        season=season_id,
        type=booth_type,
        registered=int(bool(now["adults_are_registered"])),
        minutes=values.whole("max_minutes", now["max_minutes"], 30, 1440),
        **found,
    )
    audit.note(tx, by.id, "booths.policy", "season", season_id, type=booth_type)


def leave_hours(tx: apsw.Connection, season_id: int) -> int:
    """How many hours before a shift one may no longer leave it below its minimum."""
    found = value(tx, "SELECT leave_hours FROM sign_up_rules WHERE season_id = :season", season=season_id)
    return LEAVE_HOURS if found is None else found


def early_hours(tx: apsw.Connection, season_id: int) -> dict[str, int]:
    """Who may sign up how many hours before the others: roles and levels; those who are not named may not."""
    rows = many(tx, "SELECT who, hours FROM early_windows WHERE season_id = :season", season=season_id)
    return {row.who: row.hours for row in rows}


def set_rules(tx: apsw.Connection, by: Person, season_id: int, leave: int, early: dict[str, int]) -> None:
    """Change the rules of signing up: hours until which one may leave, and hours of early sign-up (0: none)."""
    roles.require(by, "booths.plan")
    hours = values.whole("leave_hours", leave, 0, MOST_HOURS)
    for who, ahead in early.items():
        values.choice("who", who, EARLY)
        values.whole(f"early_{who}", ahead, 0, MOST_HOURS)
    run(
        tx,
        "INSERT OR REPLACE INTO sign_up_rules (season_id, leave_hours) VALUES (:season, :hours)",
        season=season_id,
        hours=hours,
    )
    run(tx, "DELETE FROM early_windows WHERE season_id = :season", season=season_id)
    for who, ahead in early.items():
        if int(ahead):
            run(
                tx,
                "INSERT INTO early_windows (season_id, who, hours) VALUES (:season, :who, :hours)",
                season=season_id,
                who=who,
                hours=int(ahead),
            )
    audit.note(tx, by.id, "booths.rules", "season", season_id)


def adults(tx: apsw.Connection, by: Person) -> list[Row]:
    """Every grown-up who can sign in (id, first_name, last_name), with the day until which she is registered, or None."""
    roles.require(by, "shifts.manage")
    return many(
        tx,
        """SELECT accounts.id, first_name, last_name, role, until FROM accounts
             LEFT JOIN adult_clearances ON account_id = accounts.id
            WHERE role <> 'scout' AND state = 'active' ORDER BY first_name, last_name, accounts.id LIMIT 500""",
    )


def clear_adult(tx: apsw.Connection, by: Person, account_id: int, until: str | None) -> None:
    """Note that an adult is registered and background-checked until a day; None: she is not."""
    roles.require(by, "booths.plan")
    account = accounts.find(tx, account_id)
    if account.role == "scout":
        sentence = N_("Only an adult can be registered.")
        raise Invalid(sentence, "not_an_adult", {"until": sentence})
    run(tx, "DELETE FROM adult_clearances WHERE account_id = :id", id=account_id)
    if until is not None:
        run(
            tx,
            """INSERT INTO adult_clearances (account_id, until, noted_by, noted_at)
               VALUES (:id, :until, :by, :now)""",
            id=account_id,
            until=values.day("until", until),
            by=by.id,
            now=clock.now(),
        )
    audit.note(tx, by.id, "adult.cleared" if until else "adult.not_cleared", "account", account_id)


def _policy(row: Row) -> Policy:
    return Policy(
        row.min_girls,
        row.max_girls,
        row.min_adults,
        row.max_adults,
        bool(row.adults_are_registered),
        row.max_minutes,
    )
