"""What the council withdraws (ACH) when, by its own rule: date, basis, factor, netting; and what must be at the bank for it.

Amounts are cents, days `2026-03-11`. A rule that was met points at the withdrawal in the journal; one whose withdrawal was
taken back waits again. What the bank refused is owed with the next.
"""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.money import balances, council, proceeds, proceeds_plans, turn_ins
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

BASES = ("initial_order", "balance", "per_package", "remainder")
MOST_RULES = 24
_WHOLE = 10_000
"""A factor of 100 %: hundredths of a per cent."""


@dataclass(frozen=True)
class Changes:
    """What if: packages more (at the mean price), card money more, money deposited or withdrawn more; cents."""

    packages: int = 0
    card_cents: int = 0
    deposit_cents: int = 0


@dataclass(frozen=True)
class Forecast:
    """One withdrawal to come or made. `deposit_cents` must be brought to the bank until `deposit_by`, all before it being so.

    `gross_cents` is the basis by the factor, `cards_cents` what was taken off for cards; `expected_cents` never below
    zero nor below the least. `taken_cents` is what was really withdrawn, None while it was not.
    """

    rule: Row
    state: str
    gross_cents: int
    cards_cents: int
    expected_cents: int
    taken_cents: int | None
    bank_cents: int
    deposit_cents: int
    deposit_by: str


@dataclass(frozen=True)
class _Known:
    """The council's account on some day, in cents and packages."""

    packages: int
    picked_up: int
    charged: int
    proceeds: int
    cards: int
    paid: int

    @property
    def due(self) -> int:
        return self.charged - self.proceeds - self.cards - self.paid


def rules(tx: apsw.Connection, season_id: int) -> list[Row]:
    """The council's calendar, first day first: each rule with `state` (planned, taken, failed) and `taken_cents`."""
    return many(
        tx,
        """SELECT sweep_rules.*, taken.day AS taken_on, sum(cents) AS taken_cents,
                  CASE WHEN taken.id IS NOT NULL THEN 'taken' WHEN failed_on IS NOT NULL THEN 'failed' ELSE 'planned' END AS state
             FROM sweep_rules
             LEFT JOIN journal AS taken ON taken.id = sweep_rules.entry_id
                   AND NOT EXISTS (SELECT 1 FROM journal AS later WHERE later.reverses = taken.id)
             LEFT JOIN money_entries ON money_entries.entry_id = taken.id
            WHERE sweep_rules.season_id = :season GROUP BY sweep_rules.id ORDER BY due_on LIMIT 200""",
        season=season_id,
    )


def find(tx: apsw.Connection, rule_id: int) -> Row:
    """One rule. Raises NotFound."""
    found = one(tx, "SELECT * FROM sweep_rules WHERE id = :id", id=rule_id)
    if found is None:
        raise NotFound(N_("There is no such withdrawal on the calendar."), "no_such_rule")
    return found


def add_rule(
    tx: apsw.Connection,
    by: Person,
    *,
    due_on: str,
    basis: str,
    factor: int = 0,
    nets_cards: bool = True,
    nets_proceeds: bool = False,
    as_of: str | None = None,
    least_cents: int = 0,
) -> int:
    """Write a withdrawal into the calendar; gives its id. `factor`: hundredths of a per cent, or cents a package."""
    roles.require(by, "money.record")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    due_on, basis = values.day("dueOn", due_on), values.choice("basis", basis, BASES)
    as_of = values.day("asOf", as_of) if as_of else None
    if as_of and as_of > due_on:
        values.refuse("asOf", N_("The balance of a later day cannot be known on the day of the withdrawal."))
    known = rules(tx, season.id)
    if any(rule.due_on == due_on for rule in known):
        raise Conflict(N_("The calendar has a withdrawal on that day."), "day_taken")
    if len(known) >= MOST_RULES:
        raise Conflict(N_("A calendar has at most %(n)d withdrawals."), "too_many_rules", n=MOST_RULES)
    rule_id = add(
        tx,
        """INSERT INTO sweep_rules (season_id, due_on, basis, factor, nets_cards, nets_proceeds, as_of, least_cents)
           VALUES (:season, :due, :basis, :factor, :cards, :proceeds, :as_of, :least)""",
        season=season.id,
        due=due_on,
        basis=basis,
        factor=0 if basis == "remainder" else values.whole("factor", factor, 1, _WHOLE),
        cards=int(nets_cards),
        proceeds=int(nets_proceeds),
        as_of=as_of,
        least=values.cents("leastCents", least_cents),
    )
    audit.note(tx, by.id, "sweep.planned", "sweep_rule", rule_id)
    return rule_id


def remove_rule(tx: apsw.Connection, by: Person, rule_id: int) -> None:
    """Strike a withdrawal from the calendar. Raises Conflict for one that was made."""
    roles.require(by, "money.record")
    rule = find(tx, rule_id)
    seasons.require_open(seasons.find(tx, rule.season_id), by)
    _must_wait(tx, rule)
    run(tx, "DELETE FROM sweep_rules WHERE id = :id", id=rule_id)
    audit.note(tx, by.id, "sweep.struck", "sweep_rule", rule_id)


def take(
    tx: apsw.Connection, by: Person, rule_id: int, cents: int, *, reference: str = "", day: str | None = None
) -> int:
    """The council withdrew what the calendar said, whatever the sum; gives the entry's id. Raises Conflict the second time."""
    roles.require(by, "money.record")
    rule = find(tx, rule_id)
    _must_wait(tx, rule)
    if rule.season_id != seasons.current(tx).id:
        raise Conflict(N_("That withdrawal is of another season."), "other_season")
    entry_id = turn_ins.sweep(tx, by, cents, reference=reference, day=day or rule.due_on)
    run(tx, "UPDATE sweep_rules SET entry_id = :entry, failed_on = NULL WHERE id = :id", entry=entry_id, id=rule_id)
    return entry_id


def stand_for(tx: apsw.Connection, by: Person, rule_id: int, entry_id: int) -> None:
    """A withdrawal that was written down before is the one of this rule. Raises Conflict, NotFound."""
    roles.require(by, "money.record")
    rule = find(tx, rule_id)
    _must_wait(tx, rule)
    if entry_id not in {row.id for row in unplanned(tx, rule.season_id)}:
        raise NotFound(N_("There is no such withdrawal."), "no_such_withdrawal")
    run(tx, "UPDATE sweep_rules SET entry_id = :entry, failed_on = NULL WHERE id = :id", entry=entry_id, id=rule_id)
    audit.note(tx, by.id, "sweep.recognised", "sweep_rule", rule_id)


def fail(tx: apsw.Connection, by: Person, rule_id: int, day: str | None = None) -> None:
    """The bank refused it: nothing was withdrawn, and it is owed with the next. Raises Conflict where it was made."""
    roles.require(by, "money.record")
    _must_wait(tx, find(tx, rule_id))
    day = values.day("day", day) if day else troop.today(tx)
    run(tx, "UPDATE sweep_rules SET failed_on = :day, entry_id = NULL WHERE id = :id", day=day, id=rule_id)
    audit.note(tx, by.id, "sweep.failed", "sweep_rule", rule_id)


def unplanned(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Withdrawals that no rule stands for: (id, day, cents, reference), oldest first."""
    return many(
        tx,
        """SELECT journal.id, day, reference, sum(cents) AS cents
             FROM standing_entries AS journal JOIN money_entries ON entry_id = journal.id
            WHERE season_id = :season AND kind = 'sweep' AND journal.id NOT IN (SELECT entry_id FROM sweep_rules WHERE entry_id IS NOT NULL)
            GROUP BY journal.id ORDER BY day, journal.id LIMIT 200""",
        season=season_id,
    )


def forecast(
    tx: apsw.Connection, season_id: int, changes: Changes | None = None, account: council.Statement | None = None
) -> list[Forecast]:
    """Each withdrawal of the calendar with what it will take, as the ledgers have it now (and as `changes` would have it).

    `account` is the council's as of now, where it is known already.
    """
    changes, account = changes or Changes(), account or council.statement(tx, season_id)
    now, initial = _with(_known(tx, season_id, account), changes, tx, season_id), _initial_order(tx, season_id)
    bank, today, pending = balances.troop_accounts(tx, season_id)["bank"] + changes.deposit_cents, troop.today(tx), 0
    found = []
    for rule in rules(tx, season_id):
        known = now if not rule.as_of or rule.as_of >= today else _known(tx, season_id, account, rule.as_of)
        gross, cards = _reckoned(rule, known, now, initial, pending)
        expected = max(gross - cards, rule.least_cents, 0) if rule.state == "planned" else 0
        found.append(
            Forecast(
                rule,
                rule.state,
                gross,
                cards,
                expected,
                rule.taken_cents,
                bank,
                max(expected - max(bank, 0), 0),
                _banking_day_before(rule.due_on),
            )
        )
        if rule.state == "planned":
            pending += expected
            bank = max(bank, expected) - expected  # what is lacking is deposited before it: the next begins from there
    return found


def next_one(tx: apsw.Connection, season_id: int) -> Forecast | None:
    """The withdrawal that comes next; None where the calendar has none."""
    return next((one for one in forecast(tx, season_id) if one.state == "planned"), None)


def _reckoned(rule: Row, known: _Known, now: _Known, initial: int, pending: int) -> tuple[int, int]:
    """Cents before the cards are taken off, and the cents taken off for them. Balances know what was paid and will be."""
    cards = known.cards if rule.nets_cards else 0
    if rule.basis == "remainder":
        return now.due + now.cards - pending, now.cards  # all that is left: what the council holds is never taken twice
    if rule.basis == "balance":
        balance = known.charged - known.proceeds - known.paid - pending
        return _part(balance, rule.factor), _part(cards, rule.factor)
    if rule.basis == "per_package":
        return known.picked_up * rule.factor, cards
    if rule.nets_proceeds and now.charged:
        initial -= _part_of(now.proceeds, initial, now.charged)
    return _part(initial, rule.factor), cards


def _part(cents: int, factor: int) -> int:
    """So many hundredths of a per cent of it, to the nearest cent, half a cent up."""
    return (cents * factor + _WHOLE // 2) // _WHOLE


def _part_of(cents: int, part: int, whole: int) -> int:
    return (cents * part + whole // 2) // whole


_NOW = "SELECT account_id AS account, kind, cents, boxes FROM money_sums WHERE season_id = :season AND account_id IN (4, 5)"
_THEN = """SELECT account, kind, cents, boxes
             FROM (SELECT entry_id, debit AS account, cents, boxes FROM money_entries WHERE debit IN (4, 5)
                    UNION ALL
                   SELECT entry_id, credit, -cents, -boxes FROM money_entries WHERE credit IN (4, 5)) AS posted
             JOIN journal ON journal.id = entry_id
            WHERE season_id = :season AND day <= :day"""


def _known(tx: apsw.Connection, season_id: int, now: council.Statement, day: str | None = None) -> _Known:
    """The account as it is, or as it was at the end of a day.

    What the troop keeps of the packages of that day is its share of what it keeps now.
    """
    then = one(
        tx,
        f"""SELECT ifnull(sum(CASE WHEN account = 4 AND kind NOT IN ('sweep', 'write_off') THEN -cents END), 0) AS charged,
                  ifnull(sum(CASE WHEN account = 4 AND kind IN ('sweep', 'write_off') THEN cents END), 0) AS paid,
                  ifnull(sum(CASE WHEN account = 5 THEN cents END), 0) AS cards,
                  ifnull(sum(CASE WHEN account = 4 THEN -boxes END), 0) AS packages,
                  ifnull(sum(CASE WHEN account = 4 AND kind IN ('C2T', 'T2C') THEN -boxes END), 0) AS picked_up
             FROM ({_THEN if day else _NOW})""",
        season=season_id,
        day=day,
    )
    assert then is not None
    kept = now.proceeds_cents
    if then.packages != now.packages:
        kept = _part_of(kept, then.packages, now.packages) if now.packages else 0
    return _Known(then.packages, then.picked_up, then.charged, kept, then.cards, then.paid)


def _with(known: _Known, changes: Changes, tx: apsw.Connection, season_id: int) -> _Known:
    if not changes.packages and not changes.card_cents:
        return known
    price = known.charged // known.packages if known.packages else 0
    figures = proceeds_plans.figures(tx, season_id)
    more = replace(figures, charged=figures.charged + changes.packages)
    kept = proceeds.reckon(proceeds_plans.plan(tx, season_id), more).proceeds_cents
    return replace(
        known,
        packages=known.packages + changes.packages,
        picked_up=known.picked_up + changes.packages,
        charged=known.charged + price * changes.packages,
        proceeds=kept,
        cards=known.cards + changes.card_cents,
    )


def _initial_order(tx: apsw.Connection, season_id: int) -> int:
    """Cents of the initial order: what was received of it, or what was ordered while nothing came."""
    found = one(
        tx,
        """SELECT (SELECT sum(cents) FROM cupboard_standing JOIN money_entries ON money_entries.entry_id = cupboard_standing.entry_id
                    WHERE order_id = cupboard_orders.id) AS received,
                  (SELECT sum(boxes * price_cents) FROM cupboard_order_lines WHERE order_id = cupboard_orders.id) AS ordered
             FROM cupboard_orders WHERE season_id = :season AND kind = 'initial' AND cancelled_on IS NULL""",
        season=season_id,
    )
    return (found.received or found.ordered or 0) if found else 0


def _banking_day_before(day: str) -> str:
    """The last Monday to Friday before it."""
    found = date.fromisoformat(day) - timedelta(days=1)
    while found.weekday() > 4:
        found -= timedelta(days=1)
    return found.isoformat()


def _must_wait(tx: apsw.Connection, rule: Row) -> None:
    if rule.entry_id and one(tx, "SELECT 1 AS yes FROM standing_entries WHERE id = :id", id=rule.entry_id):
        raise Conflict(N_("That withdrawal was written down before."), "already_taken")
