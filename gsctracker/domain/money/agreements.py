"""Each month an adult of a family looks at her girl's figures and says whether they are right."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one, value
from gsctracker.domain import audit
from gsctracker.domain.money import balances
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict
from gsctracker.words import N_


def newest(tx: apsw.Connection, season_id: int, scout_id: int, by: Person) -> Row | None:
    """What was said last of a girl's figures (agrees, said_on, balance_cents, home_boxes, note, speaker), or None."""
    roles.require(by, "family.money")
    roles.must_see_scout(by, scout_id)
    return one(
        tx,
        """SELECT agrees, said_on, balance_cents, home_boxes, note, first_name AS speaker
             FROM agreements JOIN accounts ON accounts.id = account_id
            WHERE agreements.scout_id = :scout AND season_id = :season ORDER BY agreements.id DESC LIMIT 1""",
        season=season_id,
        scout=scout_id,
    )


def is_due(tx: apsw.Connection, season_id: int, scout_id: int, by: Person) -> bool:
    """Whether this adult of the girl's family has not said anything this month, and there is something to look at."""
    if scout_id not in by.scout_ids or not roles.allows(by, "family.money"):
        return False
    this_month = troop.today(tx)[:7]
    last = newest(tx, season_id, scout_id, by)
    if last is not None and last.said_on[:7] == this_month:
        return False
    return bool(
        value(tx, "SELECT 1 FROM family_ledger WHERE season_id = :season AND scout_id = :scout LIMIT 1",
              season=season_id, scout=scout_id)
    )  # fmt: skip


def disagreements(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """Families that said last that something is not right: scout_id, first_name, last_initial, said_on, note."""
    roles.require(by, "money.see")
    return many(
        tx,
        """SELECT scout_id, first_name, last_initial, said_on, note FROM agreements JOIN scouts ON scouts.id = scout_id
            WHERE season_id = :season AND agrees = 0
              AND agreements.id = (SELECT max(id) FROM agreements AS last
                                    WHERE last.scout_id = agreements.scout_id AND last.season_id = agreements.season_id)
            ORDER BY scout_id""",
        season=season_id,
    )


def say(
    tx: apsw.Connection, by: Person, scout_id: int, agrees: bool, seen_cents: int, seen_boxes: int, note: str = ""
) -> None:
    """An adult of the family says that the balance (cents) and the boxes at home she saw are right, or what is wrong with them.

    Raises NotFound where the girl is not hers, Conflict where the figures changed while she looked.
    """
    season = seasons.current(tx)
    family = balances.family(tx, season.id, scout_id, by)
    if scout_id not in by.scout_ids:
        raise Conflict(N_("Only an adult of the girl's own family can say that."), "not_her_family")
    boxes = home_boxes(tx, season.id, scout_id)
    if agrees and (seen_cents, seen_boxes) != (family.balance_cents, boxes):
        raise Conflict(
            N_("These figures have just changed. Look at them again, then say whether they are right."), "changed"
        )
    note = values.text("note", note, 500, 0 if agrees else 1)
    add(
        tx,
        """INSERT INTO agreements (season_id, scout_id, account_id, said_on, agrees, balance_cents, home_boxes, note)
           VALUES (:season, :scout, :account, :today, :agrees, :balance, :boxes, :note)""",
        season=season.id,
        scout=scout_id,
        account=by.id,
        today=troop.today(tx),
        agrees=agrees,
        balance=family.balance_cents,
        boxes=boxes,
        note=note,
    )
    audit.note(tx, by.id, "balance.agreed" if agrees else "balance.disputed", "scout", scout_id)


def home_boxes(tx: apsw.Connection, season_id: int, scout_id: int) -> int:
    """All boxes of the season at a girl's home."""
    found: int = value(
        tx,
        """SELECT ifnull(sum(boxes), 0) FROM box_steps JOIN products ON products.id = product_id
            WHERE place_id = (SELECT id FROM places WHERE scout_id = :scout) AND season_id = :season""",
        season=season_id,
        scout=scout_id,
    )
    return found
