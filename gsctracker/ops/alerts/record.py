"""What was wrong, and who looks after the box in which week: the tables `alerts` and `duty_weeks`."""

from collections.abc import Mapping
from datetime import date, timedelta

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.errors import Invalid, NotFound
from gsctracker.words import N_

MOST_SHOWN = 50
KEPT_DAYS = 400


def limits(tx: apsw.Connection) -> dict[tuple[str, int], float]:
    """The limits that somebody changed, by (rule, number of its condition)."""
    found = many(tx, "SELECT rule, number, thousandths FROM alert_limits")
    return {(row.rule, row.number): row.thousandths / 1000 for row in found}


def set_limits(tx: apsw.Connection, given: Mapping[tuple[str, int], float | None], by: Person) -> None:
    """Change limits; None gives a rule its own back."""
    roles.require(by, "operate")
    for (rule, number), limit in given.items():
        run(tx, "DELETE FROM alert_limits WHERE rule = :rule AND number = :number", rule=rule, number=number)
        if limit is not None:
            run(
                tx,
                "INSERT INTO alert_limits (rule, number, thousandths) VALUES (:rule, :number, :limit)",
                rule=rule,
                number=number,
                limit=round(limit * 1000),
            )
    audit.note(tx, by.id, "alert.limits", "alert_limits", None, rules=sorted({rule for rule, _ in given}))


def open_alerts(tx: apsw.Connection) -> list[Row]:
    """Faults without an end: rule, began_at, told_at, acknowledged_by."""
    return many(tx, "SELECT rule, began_at, told_at, acknowledged_by FROM alerts WHERE ended_at IS NULL ORDER BY id")


def newest(tx: apsw.Connection) -> list[Row]:
    """The newest faults that are over."""
    return many(
        tx,
        """SELECT id, rule, severity, began_at, ended_at, acknowledged_by, verdict FROM alerts
            WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT :most""",
        most=MOST_SHOWN,
    )


def accuracy(tx: apsw.Connection) -> tuple[int, int]:
    """Of the faults of the last 30 days that somebody judged: how many were worth telling, and how many were judged."""
    found = one(
        tx,
        """SELECT count(*) AS judged, coalesce(sum(verdict = 'useful'), 0) AS useful FROM alerts
            WHERE verdict IS NOT NULL AND began_at >= :since""",
        since=clock.after(days=-30),
    )
    return (found.useful, found.judged) if found else (0, 0)


def begin(tx: apsw.Connection, rule: str, severity: str, began_at: str) -> None:
    """A fault began; nothing where it is open already."""
    run(
        tx,
        """INSERT INTO alerts (rule, severity, began_at) VALUES (:rule, :severity, :at)
           ON CONFLICT (rule) WHERE ended_at IS NULL DO NOTHING""",
        rule=rule,
        severity=severity,
        at=began_at,
    )


def told(tx: apsw.Connection, rule: str) -> None:
    """Somebody was told of it now."""
    run(tx, "UPDATE alerts SET told_at = :now WHERE rule = :rule AND ended_at IS NULL", rule=rule, now=clock.now())


def end(tx: apsw.Connection, rule: str) -> None:
    """It is over; faults older than KEPT_DAYS are forgotten."""
    run(tx, "UPDATE alerts SET ended_at = :now WHERE rule = :rule AND ended_at IS NULL", rule=rule, now=clock.now())
    run(tx, "DELETE FROM alerts WHERE ended_at < :before", before=clock.after(days=-KEPT_DAYS))


def acknowledge(tx: apsw.Connection, rule: str, by: Person) -> None:
    """She looks after it: it is not told again. Raises NotFound where it is over."""
    roles.require(by, "operate")
    changed = run(
        tx,
        "UPDATE alerts SET acknowledged_by = :name WHERE rule = :rule AND ended_at IS NULL",
        rule=rule,
        name=by.first_name[:80] or "?",
    )
    if not changed:
        raise NotFound(N_("That fault is over."), "no_such_fault")
    audit.note(
        tx, by.id, "alert.acknowledge", "alerts", value(tx, "SELECT max(id) FROM alerts WHERE rule = :r", r=rule)
    )


def judge(tx: apsw.Connection, alert_id: int, verdict: object, by: Person) -> None:
    """Was it worth telling? `useful` or `noise`. Raises NotFound, Invalid."""
    roles.require(by, "operate")
    chosen = values.choice("verdict", verdict, ("useful", "noise"))
    if not run(tx, "UPDATE alerts SET verdict = :verdict WHERE id = :id", verdict=chosen, id=alert_id):
        raise NotFound(N_("There is no such fault."), "no_such_fault")


def monday_of(day: str) -> str:
    """The Monday of that day's week."""
    found = date.fromisoformat(day)
    return (found - timedelta(days=found.weekday())).isoformat()


def this_monday(tx: apsw.Connection) -> str:
    """The Monday of this week, by the troop's clock."""
    own = troop.own(tx)
    return monday_of(clock.today(own.time_zone if own else "UTC"))


def on_duty(tx: apsw.Connection) -> Row | None:
    """Who looks after the box this week: holder and deputy with their names and addresses; None where nobody was named."""
    return one(
        tx,
        """SELECT monday, account_id, deputy_id, holder.first_name, holder.sign_in_name AS email,
                  deputy.first_name AS deputy_name, deputy.sign_in_name AS deputy_email
             FROM duty_weeks JOIN accounts AS holder ON holder.id = account_id
             LEFT JOIN accounts AS deputy ON deputy.id = deputy_id
            WHERE monday = :monday""",
        monday=this_monday(tx),
    )


def take_duty(tx: apsw.Connection, monday: str, account_id: int, deputy_id: int | None, by: Person) -> None:
    """Somebody looks after the box in the week from that Monday on. Raises Invalid for who is no admin."""
    roles.require(by, "operate")
    able = {row.id for row in able_accounts(tx)}
    if account_id not in able or deputy_id not in able | {None}:
        raise Invalid(N_("Only who may operate the box can look after it."), "not_an_admin")
    if deputy_id == account_id:
        raise Invalid(N_("The deputy is somebody else."), "own_deputy")
    run(
        tx,
        """INSERT INTO duty_weeks (monday, account_id, deputy_id) VALUES (:monday, :account, :deputy)
           ON CONFLICT (monday) DO UPDATE SET account_id = excluded.account_id, deputy_id = excluded.deputy_id""",
        monday=monday,
        account=account_id,
        deputy=deputy_id,
    )


def able_accounts(tx: apsw.Connection) -> list[Row]:
    """Those who may operate the box: id, first_name, email, language."""
    return many(
        tx,
        """SELECT id, first_name, sign_in_name AS email, language FROM accounts
            WHERE role = 'admin' AND state = 'active' ORDER BY id""",
    )


def readers(tx: apsw.Connection, everybody: bool) -> list[Row]:
    """Who is told: who is on duty, or all who may operate the box where nobody is, or nobody answered. Rows of `able_accounts`."""
    able = able_accounts(tx)
    duty = None if everybody else on_duty(tx)
    return [row for row in able if duty and row.id == duty.account_id] or able


def language(tx: apsw.Connection) -> str:
    """In what a channel that is nobody's own is told: what all who may operate the box read, English where they differ."""
    spoken = {row.language for row in able_accounts(tx)}
    return spoken.pop() if len(spoken) == 1 else "en"


def box(tx: apsw.Connection) -> str:
    """The box's own mark, which says nothing of anybody: by it a pager that serves two boxes tells their faults apart."""
    return value(tx, "SELECT uid FROM instance")
