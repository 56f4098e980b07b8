"""Money a family hands in, what goes to the bank, what the council takes."""

from typing import Any

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, many, one, value
from gsctracker.domain import audit, journal
from gsctracker.domain.journal import BANK, CARD_CLEARING, CASH_BOX, COUNCIL_ACCOUNT, Cents
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

METHODS = ("cash", "check", "card", "venmo", "pay_bill", "other")
KINDS = ("payment", "deposit", "sweep", "write_off")

_ENTRIES = """SELECT journal.id, kind, day, method, reference, note, journal.scout_id, cents, reverses, recorded_at,
                     scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial,
                     accounts.first_name AS recorder,
                     (SELECT later.id FROM journal AS later WHERE later.reverses = journal.id) AS reversed_by
                FROM journal JOIN money_entries ON entry_id = journal.id LEFT JOIN scouts ON scouts.id = journal.scout_id
                LEFT JOIN accounts ON accounts.id = recorded_by"""


def turn_in(
    tx: apsw.Connection,
    by: Person,
    scout_id: int,
    cents: int,
    method: str,
    *,
    reference: str = "",
    day: str | None = None,
) -> int:
    """A family hands in `cents`; gives the entry's id. Card and app payments go to the bank, cash and checks to the cash box,
    and what is paid as Pay My Cookie Bill (pay_bill) is with the council already.

    Raises Conflict where the family's debt was reported to the council: it is paid there and no longer here.
    """
    roles.require(by, "money.record")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    scouts.must_be_on_roster(tx, scout_id)
    method = values.choice("method", method, METHODS)
    if one(
        tx,
        """SELECT 1 AS yes FROM unpaid_files WHERE season_id = :season AND scout_id = :scout
              AND (outcome IS NULL OR outcome <> 'withdrawn')""",
        season=season.id,
        scout=scout_id,
    ):
        sentence = N_(
            "What this family owes was reported to the council. It pays the council now, and the troop takes nothing."
        )
        raise Conflict(sentence, "reported_to_council")
    receiver = {"cash": CASH_BOX, "check": CASH_BOX, "pay_bill": CARD_CLEARING}.get(method, BANK)
    return _record(
        tx,
        season.id,
        by,
        "payment",
        Cents(receiver, journal.account_of_scout(tx, scout_id), values.cents("amountCents", cents, 1)),
        day,
        reference,
        scout_id=scout_id,
        method=method,
    )


def deposit(tx: apsw.Connection, by: Person, cents: int, *, reference: str = "", day: str | None = None) -> int:
    """The cash box is taken to the bank; gives the entry's id."""
    return _troops_own(tx, by, "deposit", BANK, CASH_BOX, cents, reference, day)


def sweep(tx: apsw.Connection, by: Person, cents: int, *, reference: str = "", day: str | None = None) -> int:
    """The council withdraws (ACH) from the troop's bank account; gives the entry's id."""
    return _troops_own(tx, by, "sweep", COUNCIL_ACCOUNT, BANK, cents, reference, day)


def take_over(
    tx: apsw.Connection, by: Person, scout_id: int, cents: int, *, reference: str = "", day: str | None = None
) -> int:
    """The council accepts a family's unpaid debt: the family owes the troop less, the troop owes the council less."""
    roles.require(by, "money.record")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    scouts.must_be_on_roster(tx, scout_id)
    posting = Cents(COUNCIL_ACCOUNT, journal.account_of_scout(tx, scout_id), values.cents("amountCents", cents, 1))
    return _record(tx, season.id, by, "write_off", posting, day, reference, scout_id=scout_id)


def take_back(tx: apsw.Connection, entry_id: int, by: Person, note: str = "") -> int:
    """Reverse a payment, deposit, sweep or write-off entered by mistake; gives the mirroring entry's id."""
    roles.require(by, "money.record")
    entry = one(tx, "SELECT kind, season_id FROM journal WHERE id = :id", id=entry_id)
    if entry is None or entry.kind not in KINDS:
        raise NotFound(N_("There is no such payment."), "no_such_payment")
    seasons.require_open(seasons.find(tx, entry.season_id), by)
    mirror = journal.reverse(tx, entry_id, by=by.id, note=values.text("note", note, 500))
    audit.note(tx, by.id, "money.taken_back", "journal", entry_id)
    return mirror


def recent(
    tx: apsw.Connection, season_id: int, by: Person, scout_id: int | None = None, before: int = 0, limit: int = 50
) -> list[Row]:
    """Payments, deposits, sweeps and write-offs, newest first, of one girl's family or of all; reversed ones say so."""
    if scout_id is None:
        roles.require(by, "money.see")
    else:
        roles.require(by, "family.money")
        roles.must_see_scout(by, scout_id)
    return many(
        tx,
        f"""{_ENTRIES}
             WHERE season_id = :season AND kind IN {KINDS} AND (:scout IS NULL OR journal.scout_id = :scout)
               AND (:before = 0 OR journal.id < :before)
             ORDER BY journal.id DESC LIMIT :limit""",
        season=season_id,
        scout=scout_id,
        before=before,
        limit=limit,
    )


def find(tx: apsw.Connection, entry_id: int, by: Person) -> Row:
    """One payment, deposit, sweep or write-off. Raises NotFound."""
    roles.require(by, "money.see")
    found = one(tx, f"{_ENTRIES} WHERE journal.id = :id AND kind IN {KINDS}", id=entry_id)
    if found is None:
        raise NotFound(N_("There is no such payment."), "no_such_payment")
    return found


def _troops_own(
    tx: apsw.Connection, by: Person, kind: str, debit: int, credit: int, cents: int, reference: str, day: str | None
) -> int:
    roles.require(by, "money.record")
    season = seasons.current(tx)
    seasons.require_open(season, by)
    return _record(tx, season.id, by, kind, Cents(debit, credit, values.cents("amountCents", cents, 1)), day, reference)


def _record(
    tx: apsw.Connection,
    season_id: int,
    by: Person,
    kind: str,
    posting: Cents,
    day: str | None,
    reference: str,
    **about: Any,
) -> int:
    entry_id = journal.post(
        tx,
        season_id,
        kind,
        values.day("date", day) if day else troop.today(tx),
        by=by.id,
        liability=[posting],
        reference=values.line("reference", reference, 80),
        **about,
    )
    audit.note(tx, by.id, f"money.{kind}", "journal", entry_id)
    return entry_id


def cash_in_box(tx: apsw.Connection, season_id: int) -> int:
    """Cents in the cash box by the ledger."""
    found: int = value(
        tx,
        """SELECT ifnull((SELECT sum(cents) FROM money_entries JOIN journal ON journal.id = entry_id
                           WHERE debit = :box AND season_id = :season), 0)
                - ifnull((SELECT sum(cents) FROM money_entries JOIN journal ON journal.id = entry_id
                           WHERE credit = :box AND season_id = :season), 0)""",
        season=season_id,
        box=CASH_BOX,
    )
    return found
