"""What each girl earned: her packages by what steps count, the steps she reached, and how each item of them stands."""

from dataclasses import dataclass

import apsw

from gsctracker.db.rows import Row, many, value
from gsctracker.domain.booths import booths, crediting, hours
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.rewards import ladders
from gsctracker.domain.rewards.ladders import Item, Step
from gsctracker.domain.season import troop

NEAR = 25
"""Packages to the next step from which on the radar shows a girl."""


@dataclass(frozen=True)
class Due:
    """An item of a step she reached, its `size` and receipt where there is one.

    State: to_choose, held, ready, handed_out; forfeited where nobody came for it until the council's day.
    """

    step: Step
    item: Item
    state: str
    size: str = ""
    receipt_id: int | None = None


@dataclass(frozen=True)
class Girl:
    """A girl with what steps count of hers (`packages`, by ladders.COUNTS). `owes_cents` above zero holds rewards.

    With less than `least_credit_cents` of program credits she cannot use them.
    """

    scout_id: int
    first_name: str
    last_initial: str
    packages: dict[str, int]
    owes_cents: int
    opted_out: bool
    reached: tuple[Step, ...]
    due: tuple[Due, ...]
    next_step: Step | None
    least_credit_cents: int = 0

    def count(self, state: str) -> int:
        """How many rewards stand so; the choices of a step that she did not make are one."""
        return len({due.step.id if due.item.is_choice else -due.item.id for due in self.due if due.state == state})

    @property
    def credit_cents(self) -> int:
        """Program credits that she has earned, those of a choice once she took it."""
        return sum(due.item.credit_cents for due in self.due if due.state not in ("to_choose", "forfeited"))

    @property
    def credit_missing_cents(self) -> int:
        """What her program credits are short of the least that can be used; 0 where they can be, or where she has none."""
        return max(self.least_credit_cents - self.credit_cents, 0) if self.credit_cents else 0

    @property
    def missing(self) -> int | None:
        """Packages to the next step of credited ones; None above the last."""
        return None if self.next_step is None else self.next_step.from_boxes - self.packages["boxes"]


@dataclass(frozen=True)
class Uncredited:
    """Packages of a booth that would be hers once it is credited, by the minutes she was there."""

    booth_id: int
    name: str
    boxes: int


def girls(tx: apsw.Connection, season_id: int, by: Person | None, scout_id: int | None = None) -> list[Girl]:
    """The girls she may see (one alone where named), by name, with what each earned as of now; `by` None: the box asks."""
    everybody = by is None or roles.allows(by, "sales.all")
    steps, kept = ladders.steps(tx, season_id), ladders.ladder(tx, season_id)
    is_over = is_forfeited(tx, kept)
    troop_out = bool(value(tx, "SELECT opted_out FROM proceeds_rules WHERE season_id = :season", season=season_id))
    chosen = _chosen(tx, season_id, scout_id)
    rows = many(
        tx,
        """SELECT scouts.id, household_id, first_name, last_initial,
                  ifnull(credited.boxes, 0) AS boxes, ifnull(initial.boxes, 0) AS initial_order, ifnull(online.boxes, 0) AS digital,
                  ifnull((SELECT emails FROM emails_sent WHERE season_id = :season AND scout_id = scouts.id), 0) AS emails,
                  ifnull(balance_cents, 0) AS balance_cents,
                  EXISTS (SELECT 1 FROM reward_opt_outs WHERE season_id = :season AND scout_id = scouts.id) AS opted_out
             FROM scouts
             LEFT JOIN (SELECT scout_id, sum(boxes) AS boxes FROM credited_in_time WHERE season_id = :season GROUP BY scout_id) AS credited
               ON credited.scout_id = scouts.id
             LEFT JOIN (SELECT scout_id, sum(boxes) AS boxes FROM cupboard_orders JOIN cupboard_wishes ON order_id = cupboard_orders.id
                         WHERE season_id = :season AND kind = 'initial' AND placed_on IS NOT NULL AND cancelled_on IS NULL
                         GROUP BY scout_id) AS initial ON initial.scout_id = scouts.id
             LEFT JOIN (SELECT scout_id, sum(boxes) AS boxes FROM counted_orders
                         WHERE season_id = :season AND source = 'digital-cookie' GROUP BY scout_id) AS online
               ON online.scout_id = scouts.id
             LEFT JOIN (SELECT scout_id, sum(cents) AS balance_cents FROM family_ledger WHERE season_id = :season GROUP BY scout_id)
               AS balances ON balances.scout_id = scouts.id
            WHERE (:scout IS NULL OR scouts.id = :scout) AND (status = 'active' OR credited.boxes > 0)
              AND (:everybody OR scouts.id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            ORDER BY first_name, last_initial, scouts.id""",
        season=season_id,
        scout=scout_id,
        everybody=everybody,
        account=by.id if by else None,
    )
    together = _together(tx, season_id) if any(step.counts == "sisters" for step in steps) else {}
    for row in rows:
        row.sisters = together.get(row.household_id, 0)
    return [_girl(row, steps, kept, troop_out, chosen.get(row.id, {}), is_over) for row in rows]


def is_forfeited(tx: apsw.Connection, kept: Row) -> bool:
    """Whether the day is there from which on the rewards of such a ladder that nobody came for are forfeited."""
    return kept.forfeited_on is not None and troop.day_of(tx, hours.present(tx)) >= kept.forfeited_on


def radar(tx: apsw.Connection, season_id: int, found: list[Girl]) -> list[tuple[Girl, list[Uncredited]]]:
    """Who is near her next step, nearest first, each with what of hers is not credited yet in which booth."""
    hers: dict[int, list[Uncredited]] = {}
    for booth in booths.not_credited(tx, season_id):
        noted = crediting.noted_minutes(tx, booth.id)
        together = sum(noted.values())
        for scout_id, minutes in noted.items():
            share = booth.left * minutes // together if together else 0
            if share > 0:
                hers.setdefault(scout_id, []).append(Uncredited(booth.id, booth.name, share))
    near = [girl for girl in found if girl.missing is not None and girl.missing <= NEAR and girl.packages["boxes"] > 0]
    late = [
        girl
        for girl in found
        if girl not in near
        and girl.missing is not None
        and girl.missing <= sum(one.boxes for one in hers.get(girl.scout_id, []))
    ]
    return [(girl, hers.get(girl.scout_id, [])) for girl in sorted(near + late, key=lambda one: one.missing or 0)]


def _together(tx: apsw.Connection, season_id: int) -> dict[int, int]:
    """By household with two girls or more who sell: the packages credited to all of them in time."""
    rows = many(
        tx,
        """SELECT household_id, count(DISTINCT scout_id) AS girls, sum(boxes) AS boxes
             FROM credited_in_time JOIN scouts ON scouts.id = scout_id WHERE season_id = :season GROUP BY household_id""",
        season=season_id,
    )
    return {row.household_id: row.boxes for row in rows if row.household_id is not None and row.girls > 1}


def _girl(row: Row, steps: list[Step], kept: Row, troop_out: bool, chosen: dict[int, Row], is_over: bool) -> Girl:
    packages = {counts: getattr(row, counts) for counts in ladders.COUNTS}
    reached = [step for step in steps if packages[step.counts] >= step.from_boxes]
    counting = reached
    if kept.way == "highest":
        counting = [
            step
            for step in reached
            if not any(one.counts == step.counts and one.from_boxes > step.from_boxes for one in reached)
        ]
    out = troop_out or bool(row.opted_out)
    due = [one for step in counting for one in _due(step, out, row.balance_cents, chosen, is_over)]
    above = [step for step in steps if step.counts == "boxes" and step.from_boxes > packages["boxes"]]
    return Girl(
        scout_id=row.id,
        first_name=row.first_name,
        last_initial=row.last_initial,
        packages=packages,
        owes_cents=row.balance_cents,
        opted_out=out,
        reached=tuple(reached),
        due=tuple(due),
        next_step=above[0] if above else None,
        least_credit_cents=kept.credits_least_cents,
    )


def _due(step: Step, opted_out: bool, owes: int, chosen: dict[int, Row], is_over: bool) -> list[Due]:
    """The items of a step for one girl: of choices the one she took, or all of them while she has not.

    Where `is_over`, what is not handed out is forfeited; program credits that are hers have a last day of their own.
    """
    taken = any(item.is_choice and item.id in chosen for item in step.items)
    found = []
    for item in step.items:
        if (opted_out and not item.is_patch) or (item.is_choice and taken and item.id not in chosen):
            continue
        choice = chosen.get(item.id)
        if choice is not None and choice.receipt_id:
            state = "handed_out"
        elif (item.is_choice or item.sizes) and (choice is None or not choice.is_chosen):
            state = "to_choose"
        else:
            state = "held" if step.holds and owes > 0 else "ready"
        if is_over and state != "handed_out" and not (state == "ready" and item.credit_cents):
            state = "forfeited"
        found.append(Due(step, item, state, choice.size if choice else "", choice.receipt_id if choice else None))
    return found


def _chosen(tx: apsw.Connection, season_id: int, scout_id: int | None) -> dict[int, dict[int, Row]]:
    rows = many(
        tx,
        """SELECT scout_id, item_id, max(size) AS size, max(is_chosen) AS is_chosen, max(receipt_id) AS receipt_id
             FROM (SELECT scout_id, item_id, size, 1 AS is_chosen, NULL AS receipt_id FROM reward_choices
                    UNION ALL
                   SELECT scout_id, item_id, size, 0, receipt_id FROM reward_receipts JOIN reward_receipt_lines
                       ON receipt_id = reward_receipts.id WHERE voided_at IS NULL)
             JOIN reward_items ON reward_items.id = item_id JOIN reward_steps ON reward_steps.id = step_id
            WHERE season_id = :season AND (:scout IS NULL OR scout_id = :scout)
            GROUP BY scout_id, item_id""",
        season=season_id,
        scout=scout_id,
    )
    found: dict[int, dict[int, Row]] = {}
    for row in rows:
        found.setdefault(row.scout_id, {})[row.item_id] = row
    return found
