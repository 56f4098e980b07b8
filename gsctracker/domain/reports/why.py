"""Why a number of the whole troop is what it is: the postings that make it, newest first."""

import json

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.journal import COUNCIL_ACCOUNT
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_

GROUPS = {
    "received": ("council", "other_troop"),
    "scouts": ("scout",),
    "booths": ("booth",),
    "transit": ("transit",),
    "damaged": ("damaged",),
    "customers": ("customer", "donated"),
    "lost": ("lost",),
}
"""The columns of inventory.stock.everywhere, and the kinds of places each adds up. `received` counts what left its places."""


COUNCIL_KINDS = ("charged", "swept", "taken_over")


def boxes_in(
    tx: apsw.Connection, season_id: int, by: Person, group: str, product_id: int, before: int = 0, limit: int = 50
) -> list[Row]:
    """What went into (boxes above zero) and out of all places of a group, of one cookie. Moves inside the group do not count.

    `before` is the posting id where the page before ended (0: begin with the newest). Raises NotFound for another group.
    """
    roles.require(by, "stock.see")
    if group not in GROUPS:
        raise NotFound(N_("There is no such place."), "no_such_place")
    return many(
        tx,
        """WITH inside AS (SELECT id FROM places WHERE kind IN (SELECT value FROM json_each(:kinds)))
           SELECT box_moves.id, entry_id, journal.kind, day, order_id, reference, note, reverses, products.name,
                  box_moves.boxes * :sign * iif(to_place IN inside, 1, -1) AS boxes,
                  scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial, booths.name AS booth_name
             FROM box_moves JOIN journal ON journal.id = entry_id JOIN products ON products.id = product_id
             LEFT JOIN scouts ON scouts.id = journal.scout_id LEFT JOIN booths ON booths.id = journal.booth_id
            WHERE product_id = :product AND journal.season_id = :season AND (:before = 0 OR box_moves.id < :before)
              AND (to_place IN inside) <> (from_place IN inside)
            ORDER BY box_moves.id DESC LIMIT :limit""",
        kinds=json.dumps(GROUPS[group]),
        sign=-1 if group == "received" else 1,
        product=product_id,
        season=season_id,
        before=before,
        limit=limit,
    )


def council(tx: apsw.Connection, season_id: int, by: Person, part: str, before: int = 0, limit: int = 50) -> list[Row]:
    """The postings on the council's account behind one figure of its statement, in cents: above zero they make it larger.

    `part` is charged, swept or taken_over. Raises NotFound for another.
    """
    roles.require(by, "money.see")
    if part not in COUNCIL_KINDS:
        raise NotFound(N_("There is no such account."), "no_such_account")
    return many(
        tx,
        """SELECT money_entries.id, entry_id, journal.kind, day, order_id, reference, note, reverses, products.name,
                  money_entries.boxes, money_entries.price_cents,
                  CASE WHEN (debit = :council) = (:part <> 'charged') THEN cents ELSE -cents END AS cents,
                  scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial, booths.name AS booth_name
             FROM money_entries JOIN journal ON journal.id = entry_id LEFT JOIN products ON products.id = product_id
             LEFT JOIN scouts ON scouts.id = journal.scout_id LEFT JOIN booths ON booths.id = journal.booth_id
            WHERE :council IN (debit, credit) AND journal.season_id = :season
              AND CASE journal.kind WHEN 'sweep' THEN 'swept' WHEN 'write_off' THEN 'taken_over' ELSE 'charged' END = :part
              AND (:before = 0 OR money_entries.id < :before)
            ORDER BY money_entries.id DESC LIMIT :limit""",
        council=COUNCIL_ACCOUNT,
        part=part,
        season=season_id,
        before=before,
        limit=limit,
    )


def proceeds(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """The packages that proceeds are counted from, cookie by cookie: (product_id, name, boxes)."""
    roles.require(by, "money.see")
    return many(
        tx,
        """SELECT product_id, name, boxes FROM council_packages JOIN products ON products.id = product_id
            WHERE council_packages.season_id = :season AND boxes <> 0 ORDER BY is_virtual, position""",
        season=season_id,
    )


def account(tx: apsw.Connection, season_id: int, by: Person, kind: str, before: int = 0, limit: int = 50) -> list[Row]:
    """The postings on one of the troop's own accounts in cents, above zero where they make it larger."""
    roles.require(by, "money.see")
    return many(
        tx,
        """SELECT money_entries.id, entry_id, journal.kind, day, order_id, reference, note, reverses, products.name,
                  money_entries.boxes, money_entries.price_cents,
                  CASE WHEN debit = mine.id THEN cents ELSE -cents END AS cents,
                  scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial, booths.name AS booth_name
             FROM money_accounts AS mine
             JOIN money_entries ON money_entries.id IN (SELECT id FROM money_entries WHERE debit = mine.id
                                                         UNION ALL SELECT id FROM money_entries WHERE credit = mine.id)
             JOIN journal ON journal.id = entry_id LEFT JOIN products ON products.id = product_id
             LEFT JOIN scouts ON scouts.id = journal.scout_id LEFT JOIN booths ON booths.id = journal.booth_id
            WHERE mine.kind = :kind AND mine.kind <> 'scout' AND journal.season_id = :season
              AND (:before = 0 OR money_entries.id < :before)
            ORDER BY money_entries.id DESC LIMIT :limit""",
        kind=kind,
        season=season_id,
        before=before,
        limit=limit,
    )
