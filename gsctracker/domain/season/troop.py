"""The box's own troop, and the first run that makes it."""

from zoneinfo import ZoneInfo, available_timezones

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import accounts, roles, secrets
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from gsctracker.words import N_


def own(tx: apsw.Connection) -> Row | None:
    """The troop (id, number, name, council, time_zone), or None before the set-up."""
    return one(tx, "SELECT id, number, name, council, time_zone FROM troop")


def today(tx: apsw.Connection) -> str:
    """The calendar day in the troop's time zone."""
    return clock.today(_time_zone(tx))


def time_of_day(tx: apsw.Connection) -> str:
    """The hour and minute in the troop's time zone, `18:05`."""
    return clock.time_of_day(_time_zone(tx))


def day_of(tx: apsw.Connection, instant: str) -> str:
    """The day of an instant in the troop's time zone."""
    return clock.day_of(instant, _time_zone(tx))


def generation(tx: apsw.Connection) -> str:
    """Which life of the box this is: another after each restore. Phones offer again what they sent to an earlier one."""
    found: str = value(tx, "SELECT generation FROM instance")
    return found


def is_demo(tx: apsw.Connection) -> bool:
    """Whether this box holds the example troop."""
    return bool(value(tx, "SELECT is_demo FROM instance"))


def mark_demo(tx: apsw.Connection) -> None:
    """From now on every page says that this is the example troop."""
    run(tx, "UPDATE instance SET is_demo = 1")


def is_set_up(tx: apsw.Connection) -> bool:
    """Whether the first run is over."""
    return own(tx) is not None


def issue_setup_code(tx: apsw.Connection) -> str:
    """A new one-time code for the first-run page; the one before works no longer. Raises Conflict once set up."""
    _refuse_second_setup(tx)
    code = secrets.new_code()
    run(tx, "UPDATE instance SET setup_code_hash = :hash", hash=secrets.digest(code))
    return code


def renew(tx: apsw.Connection) -> None:
    """The file holds a state that came from a copy: another generation, and no set-up code of then works."""
    run(tx, "UPDATE instance SET setup_code_hash = NULL, generation = lower(hex(randomblob(8)))")


def require_setup_code(tx: apsw.Connection, code: str) -> None:
    """Raise NotAllowed unless this is the code that was issued last and nobody has used it."""
    _refuse_second_setup(tx)
    if value(tx, "SELECT setup_code_hash FROM instance") != secrets.digest(code.strip().lower()):
        raise NotAllowed(N_("That set-up code is not right. It stands where the box was started."), "wrong_setup_code")


def set_up(
    tx: apsw.Connection,
    *,
    number: str,
    name: str,
    council: str,
    baker: str,
    year: int,
    time_zone: str,
    email: str,
    first_name: str,
    last_name: str,
    password_hash: str,
    language: str = "en",
) -> int:
    """The first run: the troop, its season with the baker's line-up, and the first admin; gives her account's id."""
    _refuse_second_setup(tx)
    run(
        tx,
        "INSERT INTO troop (id, number, name, council, time_zone) VALUES (1, :number, :name, :council, :zone)",
        number=values.line("troop", number, 12, 1),
        name=values.line("name", name, 80, 1),
        council=values.line("council", council, 80),
        zone=_zone(time_zone),
    )
    account_id = accounts.open_account(
        tx,
        sign_in_name=email,
        first_name=first_name,
        last_name=last_name,
        role="admin",
        password_hash=password_hash,
        language=language,
    )
    seasons.begin(tx, year, baker, by=None)
    run(tx, "UPDATE instance SET setup_code_hash = NULL")
    audit.note(tx, account_id, "troop.set_up", "troop", 1)
    return account_id


def change(tx: apsw.Connection, by: Person, **changes: object) -> None:
    """Change the troop's number, name, council or time_zone."""
    roles.require(by, "season.manage")
    now = own(tx)
    if now is None:
        raise NotFound(N_("This box has no season yet. Set it up first."), "not_set_up")
    run(
        tx,
        "UPDATE troop SET number = :number, name = :name, council = :council, time_zone = :zone",
        number=values.line("troop", changes.get("number", now.number), 12, 1),
        name=values.line("name", changes.get("name", now.name), 80, 1),
        council=values.line("council", changes.get("council", now.council), 80),
        zone=_zone(changes.get("time_zone", now.time_zone)),
    )
    told = audit.between(now, own(tx), ("number", "name", "council", "time_zone"))
    audit.note(tx, by.id, "troop.changed", "troop", 1, fields=sorted(changes), **told)


def _time_zone(tx: apsw.Connection) -> str:
    return value(tx, "SELECT time_zone FROM troop") or "UTC"


def _zone(given: object) -> str:
    name = values.line("timeZone", given, 60, 3)
    if name not in available_timezones():
        sentence = N_("There is no time zone called %(name)s; an example is America/Chicago.")
        raise Invalid(sentence, "unknown_time_zone", {"timeZone": (sentence, {"name": name})}, name=name)
    return ZoneInfo(name).key


def _refuse_second_setup(tx: apsw.Connection) -> None:
    if is_set_up(tx):
        raise Conflict(N_("This box was set up before. Sign in instead."), "already_set_up")
