"""The season's last check: what the bank and the cash box hold is what all the other figures say they must (domain notes, c.8)."""

from dataclasses import dataclass

import apsw

from gsctracker.db.rows import many, one, value
from gsctracker.domain import audit
from gsctracker.domain.booths import booths
from gsctracker.domain.money import balances, council
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict
from gsctracker.words import N_

SENTENCES = {
    "proceeds": N_("The troop keeps (proceeds)"),
    "due": N_("Still due to the council"),
    "unsold": N_("Boxes not sold, at their price"),
    "damaged": N_("Damaged boxes that were not replaced"),
    "carried": N_("Boxes that girls carry for the troop"),
    "lost": N_("Boxes lost or given away"),
    "families": N_("Families have not paid"),
    "variances": N_("Booth cash over (or short)"),
    "site": N_("Boxes of the troop's own orders handed over before they were paid (or paid before that)"),
    "girls_damaged": N_("Damaged boxes for which families owe"),
    "repriced": N_("Boxes that moved at another price than today's"),
}
"""What each term of the identity is called, in the order in which they are shown."""


@dataclass(frozen=True)
class Identity:
    """Cents: `bank` and `cash_box` on one side, `terms` (code to what it adds to them) on the other."""

    bank: int
    cash_box: int
    terms: dict[str, int]

    @property
    def expected(self) -> int:
        """What bank and cash box must hold together."""
        return sum(self.terms.values())

    @property
    def difference(self) -> int:
        """Cents that nobody can explain; 0 ties out."""
        return self.bank + self.cash_box - self.expected


def check(tx: apsw.Connection, season_id: int) -> Identity:
    """Both sides of the identity as of now. Each term comes from where that fact is kept, not from the bank's own account."""
    accounts, now = balances.troop_accounts(tx, season_id), council.statement(tx, season_id)
    boxes = one(
        tx,
        """SELECT ifnull(sum(CASE WHEN kind IN ('troop', 'booth', 'transit') THEN boxes * price_cents END), 0) AS unsold,
                  ifnull(sum(CASE WHEN kind = 'damaged' THEN boxes * price_cents END), 0) AS damaged
             FROM boxes_at JOIN places ON places.id = place_id JOIN products ON products.id = product_id
            WHERE season_id = :season AND kind IN ('troop', 'booth', 'transit', 'damaged')""",
        season=season_id,
    )
    assert boxes is not None
    astray = _astray(tx, season_id)
    terms = {
        "proceeds": now.proceeds_cents,
        "due": now.due_cents,
        "unsold": -boxes.unsold,
        "damaged": -boxes.damaged,
        "carried": -_carried(tx, season_id),
        "lost": -astray["lost"],
        "families": -_families(tx, season_id),
        "variances": _variances(tx, season_id),
        "site": -_site(tx, season_id),
        "girls_damaged": astray["girls_damaged"],
        "repriced": _repriced(tx, season_id),
    }
    return Identity(accounts["bank"], accounts["cash_box"], terms)


def open_ends(
    tx: apsw.Connection, season_id: int, checked: Identity | None = None
) -> list[tuple[str, dict[str, str | int]]]:
    """What is still to be done before a season can be called settled: sentences with their places; none where all is done.

    `checked` is the identity of now where it is known already.
    """
    now, found = checked or check(tx, season_id), []
    if now.difference:
        sentence = N_("Bank and cash box differ by $%(amount)s from what all other figures say.")
        found.append((sentence, _amount(now.difference)))
    left = booths.not_credited(tx, season_id)
    if left:
        sentence = N_("Packages of booths that are not credited to girls yet: %(n)s.")
        found.append((sentence, {"n": sum(row.left for row in left)}))
    due, owed = now.terms["due"], -now.terms["families"]
    for cents, sentence in (
        (now.cash_box, N_("The cash box still holds $%(amount)s: take it to the bank.")),
        (due, N_("Still due to the council: $%(amount)s.")),
        (-due, N_("The council has $%(amount)s too much: it pays that back.")),
        (owed, N_("Families still owe $%(amount)s: have it paid, or taken over by the council.")),
        (-owed, N_("Families paid $%(amount)s more than they owe: pay it back.")),
        (-now.terms["unsold"], N_("Boxes that nobody bought yet, at their price: $%(amount)s.")),
    ):
        if cents > 0:
            found.append((sentence, _amount(cents)))
    return found


def settle(tx: apsw.Connection, by: Person, season_id: int) -> None:
    """Close the season's ledgers. Raises Conflict where it was closed before, does not tie out, or boxes are not credited.

    Debts, boxes left and money due do not keep it open: they are what they are, and the packet says so.
    """
    roles.require(by, "season.manage")
    season = seasons.find(tx, season_id)
    if season.status in ("settled", "archived"):
        raise Conflict(N_("The season %(name)s was closed before."), "already_settled", name=season.name)
    if left := booths.not_credited(tx, season_id):
        raise Conflict(
            N_(
                "Packages of booths that are not credited to girls yet: %(n)s. Credit them first: no reward counts them."
            ),
            "not_credited",
            n=sum(row.left for row in left),
        )
    if difference := check(tx, season_id).difference:
        raise Conflict(
            N_("Bank and cash box differ by $%(amount)s from what all other figures say. Find that first."),
            "does_not_tie_out",
            amount=_amount(difference)["amount"],
        )
    seasons.change(tx, season_id, by, status="settled")
    audit.note(tx, by.id, "season.settled", "season", season_id)


def archive(tx: apsw.Connection, by: Person, season_id: int) -> None:
    """Put a settled season away: it stays to be read. Raises Conflict for one that is not settled."""
    roles.require(by, "season.manage")
    season = seasons.find(tx, season_id)
    if season.status != "settled":
        raise Conflict(N_("Only a settled season is archived."), "not_settled")
    seasons.change(tx, season_id, by, status="archived")
    audit.note(tx, by.id, "season.archived", "season", season_id)


def _amount(cents: int) -> dict[str, str | int]:
    return {"amount": f"{cents / 100:,.2f}"}


def _families(tx: apsw.Connection, season_id: int) -> int:
    return value(
        tx, "SELECT ifnull(sum(balance_cents), 0) FROM family_balances WHERE season_id = :season", season=season_id
    )


def _variances(tx: apsw.Connection, season_id: int) -> int:
    """What booths took more than they should have, by what was counted at each; a family's own booth has none."""
    return value(
        tx,
        """SELECT ifnull(sum(end_cents + drops_cents - start_cents + checks_cents + cards_cents + apps_cents - expected_cents), 0)
             FROM booth_closings JOIN journal ON journal.id = entry_id
            WHERE reopened_at IS NULL AND season_id = :season AND scout_id IS NULL""",
        season=season_id,
    )


def _carried(tx: apsw.Connection, season_id: int) -> int:
    """At their price, the boxes girls were handed without owing for them."""
    return value(
        tx,
        """SELECT ifnull(sum(CASE WHEN to_place = 2 THEN -boxes WHEN from_place = 2 THEN boxes END * price_cents), 0)
             FROM journal CROSS JOIN box_moves ON entry_id = journal.id JOIN products ON products.id = product_id
            WHERE journal.season_id = :season AND kind IN ('T2G', 'G2T')
              AND NOT EXISTS (SELECT 1 FROM money_entries WHERE money_entries.entry_id = journal.id)""",
        season=season_id,
    )


def _astray(tx: apsw.Connection, season_id: int) -> dict[str, int]:
    """What was lost or given away by the troop, and what was damaged at girls' homes: they owe for their own."""
    found = one(
        tx,
        """SELECT ifnull(sum(CASE WHEN scout_id IS NULL AND to_place IN (7, 8) THEN boxes
                                  WHEN scout_id IS NULL AND from_place IN (7, 8) THEN -boxes END * price_cents), 0) AS lost,
                  ifnull(sum(CASE WHEN scout_id IS NOT NULL AND to_place = 4 THEN boxes
                                  WHEN scout_id IS NOT NULL AND from_place = 4 THEN -boxes END * price_cents), 0) AS girls_damaged
             FROM journal CROSS JOIN box_moves ON entry_id = journal.id JOIN products ON products.id = product_id
            WHERE journal.season_id = :season AND kind IN ('LOST', 'FOUND', 'TROOP_GIFT', 'DAMAGED')""",
        season=season_id,
    )
    assert found is not None
    return {"lost": found.lost, "girls_damaged": found.girls_damaged}


def _site(tx: apsw.Connection, season_id: int) -> int:
    """The troop's own orders: what was handed over less what was paid for, at the price."""
    rows = many(
        tx,
        """SELECT (SELECT ifnull(sum(CASE WHEN to_place = 5 THEN boxes ELSE -boxes END * price_cents), 0)
                     FROM box_moves JOIN products ON products.id = product_id WHERE entry_id = journal.id) AS handed,
                  (SELECT ifnull(sum(CASE WHEN credit = 1 THEN boxes ELSE -boxes END * products.price_cents), 0)
                     FROM money_entries JOIN products ON products.id = product_id
                    WHERE entry_id = journal.id AND 1 IN (debit, credit)) AS paid
             FROM orders JOIN journal ON order_id = orders.id
            WHERE orders.season_id = :season AND orders.scout_id IS NULL""",
        season=season_id,
    )
    return sum(row.handed - row.paid for row in rows)


def _repriced(tx: apsw.Connection, season_id: int) -> int:
    """The troop's boxes at today's price, less what they were booked at."""
    return value(
        tx,
        """SELECT ifnull(sum(CASE WHEN debit = 1 THEN boxes ELSE -boxes END * (products.price_cents - money_entries.price_cents)), 0)
             FROM money_entries JOIN products ON products.id = product_id
            WHERE products.season_id = :season AND 1 IN (debit, credit)""",
        season=season_id,
    )
