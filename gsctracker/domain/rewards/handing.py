"""The order of rewards by item and size, and handing them out against a receipt that is never deleted, only voided."""

from collections import Counter
from datetime import date, timedelta

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.money import receipts as signatures
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.rewards import choices, earned, ladders
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

FORFEIT_WITHIN = timedelta(days=30)
"""How long before rewards are forfeited those that were not collected are called to mind."""


def sheet(tx: apsw.Connection, season_id: int, by: Person) -> tuple[list[tuple[str, str, int]], list[Row]]:
    """What to order, (item, size, how many) down the ladder; and who has not chosen yet, as `standing` gives them."""
    roles.require(by, "sales.all")
    counted: Counter[tuple[str, int, str, int, str]] = Counter()
    girls = earned.girls(tx, season_id, by)
    for girl in girls:
        for due in girl.due:
            if due.state not in ("to_choose", "forfeited"):
                counted[due.step.counts, due.step.from_boxes, due.item.name, due.item.id, due.size] += 1
    return [(name, size, n) for (_, _, name, _, size), n in sorted(counted.items())], standing(girls, "to_choose")


def standing(girls: list[earned.Girl], state: str) -> list[Row]:
    """Each reward that stands so: (scout_id, first_name, last_initial, item: of a choice not made what she may take, `A / B`)."""
    found = []
    for girl in girls:
        together: dict[int, list[str]] = {}
        for due in girl.due:
            if due.state == state:
                together.setdefault(due.step.id if due.item.is_choice else -due.item.id, []).append(due.item.name)
        found += [
            Row(
                scout_id=girl.scout_id,
                first_name=girl.first_name,
                last_initial=girl.last_initial,
                item=" / ".join(names),
            )
            for names in together.values()
        ]
    return found


def soon_forfeited(tx: apsw.Connection, season_id: int, today: str, by: Person) -> tuple[int, list[Row]]:
    """Days until what nobody came for is forfeited, and each such reward of girls she may see, as `standing` gives them.

    Nothing while it is more than FORFEIT_WITHIN away, and once the day is over.
    """
    day = ladders.ladder(tx, season_id).forfeited_on
    days = (date.fromisoformat(day) - date.fromisoformat(today)).days if day else 0
    if not 0 < days <= FORFEIT_WITHIN.days:
        return 0, []
    girls = earned.girls(tx, season_id, by)
    return days, [row for state in ("ready", "held", "to_choose") for row in standing(girls, state)]


def hand_out(
    tx: apsw.Connection,
    season_id: int,
    scout_id: int,
    item_ids: list[int],
    received_by: str,
    by: Person,
    *,
    signature: str = "",
) -> int:
    """Hand these items out; `received_by` is the adult who took them, and who may sign with a finger. Gives the receipt's id.

    Raises Conflict where a family still owes and the ladder holds the item, or where it was handed out before.
    """
    roles.require(by, "scouts.manage")
    found = choices.girl(tx, season_id, scout_id, by)
    wanted = {due.item.id: due for due in found.due if due.item.id in item_ids}
    if not item_ids:
        sentence = N_("Tick what is handed out.")
        raise Invalid(sentence, "nothing_handed_out", {"item": sentence})
    if len(wanted) != len(set(item_ids)):
        raise NotFound(N_("That is not among the rewards she earned."), "not_earned")
    for due in wanted.values():
        _must_be_ready(due)
    adult = values.line("receivedBy", received_by, 80, 1)
    receipt_id = add(
        tx,
        """INSERT INTO reward_receipts (season_id, number, scout_id, received_by, handed_at, handed_by, signature)
           VALUES (:season, (SELECT ifnull(max(number), 0) + 1 FROM reward_receipts WHERE season_id = :season),
                   :scout, :adult, :now, :by, :signature)""",
        season=season_id,
        scout=scout_id,
        adult=adult,
        signature=signatures.signed(signature, adult) or None,
        now=clock.now(),
        by=by.id,
    )
    for due in wanted.values():
        run(
            tx,
            "INSERT INTO reward_receipt_lines (receipt_id, item_id, size) VALUES (:receipt, :item, :size)",
            receipt=receipt_id,
            item=due.item.id,
            size=due.size,
        )
    audit.note(tx, by.id, "reward.handed_out", "scout", scout_id, receipt=receipt_id)
    return receipt_id


def void(tx: apsw.Connection, receipt_id: int, reason: str, by: Person) -> int:
    """A receipt was a mistake: what it says was not handed out. Gives the girl's id. Raises NotFound, Conflict."""
    roles.require(by, "scouts.manage")
    found = one(tx, "SELECT scout_id, voided_at FROM reward_receipts WHERE id = :id", id=receipt_id)
    if found is None:
        raise NotFound(N_("There is no such receipt."), "no_such_receipt")
    if found.voided_at:
        raise Conflict(N_("That receipt was voided before."), "voided_before")
    run(
        tx,
        "UPDATE reward_receipts SET voided_at = :now, void_reason = :reason WHERE id = :id",
        now=clock.now(),
        reason=values.line("reason", reason, 200, 1),
        id=receipt_id,
    )
    audit.note(tx, by.id, "reward.voided", "scout", found.scout_id, receipt=receipt_id)
    return int(found.scout_id)


def receipts(tx: apsw.Connection, season_id: int, scout_id: int, by: Person) -> list[Row]:
    """A girl's receipts of a season, newest first, voided ones too, each with `lines` (name and size)."""
    roles.must_see_scout(by, scout_id)
    found = many(
        tx,
        """SELECT reward_receipts.id, number, reward_receipts.scout_id, received_by, handed_at, signature, voided_at, void_reason,
                  accounts.first_name AS giver, scouts.first_name, last_initial
             FROM reward_receipts JOIN scouts ON scouts.id = reward_receipts.scout_id LEFT JOIN accounts ON accounts.id = handed_by
            WHERE season_id = :season AND reward_receipts.scout_id = :scout ORDER BY reward_receipts.id DESC""",
        season=season_id,
        scout=scout_id,
    )
    lines = many(
        tx,
        """SELECT receipt_id, name, size FROM reward_receipts JOIN reward_receipt_lines ON receipt_id = reward_receipts.id
             JOIN reward_items ON reward_items.id = item_id WHERE season_id = :season AND scout_id = :scout ORDER BY item_id""",
        season=season_id,
        scout=scout_id,
    )
    for receipt in found:
        receipt.lines = [line for line in lines if line.receipt_id == receipt.id]
    return found


def receipt(tx: apsw.Connection, receipt_id: int, by: Person) -> Row:
    """One receipt as `receipts` gives them. Raises NotFound where it is not there or not hers to see."""
    found = one(tx, "SELECT season_id, scout_id FROM reward_receipts WHERE id = :id", id=receipt_id)
    if found is None or not roles.may_see_scout(by, found.scout_id):
        raise NotFound(N_("There is no such receipt."), "no_such_receipt")
    return next(row for row in receipts(tx, found.season_id, found.scout_id, by) if row.id == receipt_id)


def _must_be_ready(due: earned.Due) -> None:
    if due.state == "held":
        raise Conflict(N_("%(item)s is held until her family has paid."), "held_until_paid", item=due.item.name)
    if due.state == "to_choose":
        raise Conflict(N_("%(item)s is not chosen yet."), "not_chosen", item=due.item.name)
    if due.state == "handed_out":
        raise Conflict(N_("%(item)s was handed out before."), "handed_out", item=due.item.name)
    if due.state == "forfeited":
        raise Conflict(N_("Nobody came for %(item)s in time: it is forfeited."), "forfeited", item=due.item.name)
