"""What the pretend troop and its families have between them: receipts, some void, reminders, an odd entry, rewards and points."""

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.money import balances, receipts, reminders, turn_ins
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reviewing import sanity
from gsctracker.domain.rewards import choices, earned, ladders, levels, points

CHOSEN = 2
"""Girls who have chosen their rewards."""

_TAKEN = ("Example: plush cat", "Example: T-shirt")
_SIGNATURE = "M60 120L90 60L120 130L150 70L180 125M220 110L260 80L300 115L340 85L400 105"


def sign_all(tx: apsw.Connection, by: Person, season: int) -> None:
    """Give each hand-out, return and payment its receipt, most of them signed, some confirmed by the family, the newest open."""
    adults = _adults(tx)
    rows = many(
        tx,
        """SELECT id, scout_id FROM standing_entries
            WHERE season_id = :season AND kind IN ('T2G', 'G2T', 'payment') AND scout_id IS NOT NULL ORDER BY day, id""",
        season=season,
    )
    newest = {row.scout_id: row.id for row in rows}
    for number, row in enumerate(rows):
        adult = adults[row.scout_id]
        is_signed = number % 4 != 3 and newest[row.scout_id] != row.id
        receipt = receipts.issue(tx, by, row.id, adult=adult.first_name, signature=_SIGNATURE if is_signed else "")
        if not is_signed and newest[row.scout_id] != row.id:
            mother = Person(adult.account_id, "caregiver", adult.first_name, scout_ids=frozenset({row.scout_id}))
            receipts.confirm(tx, receipt, mother)


def mistype(tx: apsw.Connection, by: Person, scout_id: int, day: str) -> None:
    """A payment is written down twice and one of them made void; it waits to be looked at."""
    made = [turn_ins.turn_in(tx, by, scout_id, 24_00, "cash", day=day) for _ in range(2)]
    sanity.look_from(tx, made[0])
    for entry in made:
        receipts.void(
            tx, receipts.issue(tx, by, entry), by, "Typed for the wrong girl" if entry == made[0] else "Typed twice"
        )


def remind(tx: apsw.Connection, by: Person, season: int, scout_id: int, day: str) -> None:
    """The family that owes was sent its statement."""
    if balances.family(tx, season, scout_id, by).balance_cents > 0:
        reminders.tell(tx, by, scout_id, "statement", note="With the receipts of the season", day=day)


def reward(tx: apsw.Connection, by: Person, season: int) -> None:
    """The made-up ladder and the troop's own points, as far as they go by now; who comes first has chosen already."""
    ladders.replace(tx, season, by, ladders.read(ladders.EXAMPLE), "cumulative", is_example=True)
    points.set_rules(tx, season, {"shift": 5, "boxes": 1, "training": 10, "referral": 20}, by)
    for name, cost in (("Choose the troop's song", 10), ("Troop T-shirt", 40), ("Hold the flag at the campfire", 25)):
        points.offer(tx, name, cost, by)
    points.award(tx, season)
    levels.tell(tx, season)
    for girl in earned.girls(tx, season, by)[:CHOSEN]:
        for due in girl.due:
            if due.state == "to_choose" and due.item.name in _TAKEN:
                choices.choose(tx, season, girl.scout_id, due.item.id, due.item.sizes[1] if due.item.sizes else "", by)


def _adults(tx: apsw.Connection) -> dict[int, Row]:
    rows = many(
        tx,
        """SELECT cared_for.scout_id, account_id, first_name FROM cared_for JOIN accounts ON accounts.id = account_id
            WHERE role = 'caregiver' ORDER BY account_id DESC""",
    )
    return {row.scout_id: row for row in rows}
