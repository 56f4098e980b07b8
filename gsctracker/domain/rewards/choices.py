"""What a girl takes of what she earned, in which size; and who wants no rewards."""

import apsw

from gsctracker import clock
from gsctracker.db.rows import run
from gsctracker.domain import audit
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.rewards import earned, ladders
from gsctracker.domain.rewards.earned import Due, Girl
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_


def girl(tx: apsw.Connection, season_id: int, scout_id: int, by: Person) -> Girl:
    """A girl who is hers to see, with what she earned. Raises NotFound."""
    scouts.find(tx, scout_id, by)
    found = earned.girls(tx, season_id, by, scout_id)
    if not found:
        raise NotFound(N_("There is no such scout."), "no_such_scout")
    return found[0]


def choose(tx: apsw.Connection, season_id: int, scout_id: int, item_id: int, size: str, by: Person) -> None:
    """She takes this item of a step she reached, in that size (none: it has none), and no other choice of that step.

    Her family chooses until the order is placed, a leader also afterwards. Raises NotFound, Invalid, Conflict.
    """
    found = girl(tx, season_id, scout_id, by)
    due = _mine(found, item_id)
    kept = ladders.ladder(tx, season_id)
    if kept.ordered_on and not roles.allows(by, "season.manage"):
        raise Conflict(N_("The rewards are ordered already. Ask your cookie leader."), "rewards_ordered")
    if due.state == "handed_out":
        raise Conflict(N_("That reward was handed out already."), "handed_out")
    if earned.is_forfeited(tx, kept):
        raise Conflict(N_("The day is over on which rewards could be had."), "forfeited")
    if (due.item.sizes and size not in due.item.sizes) or (size and not due.item.sizes):
        sentence = N_("Choose one of the sizes: %(sizes)s.")
        sizes = ", ".join(due.item.sizes) or "–"
        raise Invalid(sentence, "no_such_size", {"size": (sentence, {"sizes": sizes})}, sizes=sizes)
    if due.item.is_choice:
        run(
            tx,
            """DELETE FROM reward_choices WHERE scout_id = :scout AND item_id IN
                   (SELECT id FROM reward_items WHERE step_id = :step AND is_choice = 1)""",
            scout=scout_id,
            step=due.step.id,
        )
    run(
        tx,
        """INSERT INTO reward_choices (scout_id, item_id, size, chosen_at, chosen_by) VALUES (:scout, :item, :size, :now, :by)
           ON CONFLICT (scout_id, item_id) DO UPDATE
              SET size = excluded.size, chosen_at = excluded.chosen_at, chosen_by = excluded.chosen_by""",
        scout=scout_id,
        item=item_id,
        size=size,
        now=clock.now(),
        by=by.id,
    )
    audit.note(tx, by.id, "reward.chosen", "scout", scout_id, item=item_id)


def opt_out(tx: apsw.Connection, season_id: int, scout_id: int, is_out: bool, by: Person) -> None:
    """She takes no rewards this season but the patches; or she does after all. An adult of her family says so, or a leader."""
    roles.require(by, "family.money")
    scouts.find(tx, scout_id, by)
    if is_out:
        run(
            tx,
            """INSERT INTO reward_opt_outs (season_id, scout_id, noted_at, noted_by) VALUES (:season, :scout, :now, :by)
               ON CONFLICT DO NOTHING""",
            season=season_id,
            scout=scout_id,
            now=clock.now(),
            by=by.id,
        )
    else:
        run(
            tx,
            "DELETE FROM reward_opt_outs WHERE season_id = :season AND scout_id = :scout",
            season=season_id,
            scout=scout_id,
        )
    audit.note(tx, by.id, "reward.opted_out" if is_out else "reward.opted_in", "scout", scout_id)


def _mine(found: Girl, item_id: int) -> Due:
    offered = {item.id: Due(step, item, "to_choose") for step in found.reached for item in step.items}
    standing = {due.item.id: due for due in found.due}
    if item_id in standing:
        return standing[item_id]
    steps = {due.step.id for due in found.due}
    if item_id in offered and offered[item_id].step.id in steps and offered[item_id].item.is_choice:
        other = next(due for due in found.due if due.step.id == offered[item_id].step.id and due.item.is_choice)
        if other.state == "handed_out":
            return other
        return offered[item_id]
    raise NotFound(N_("That is not among the rewards she earned."), "not_earned")
