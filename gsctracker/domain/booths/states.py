"""How far a booth is: every move between its states stands in MOVES, with who may make it."""

import apsw

from gsctracker import values
from gsctracker.db.rows import one, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

STATES = (
    "planned",
    "requested",
    "confirmed",
    "lost",
    "scheduled",
    "packed",
    "open",
    "counted",
    "reconciled",
    "credited",
    "closed",
    "cancelled",
)
SIGN_UP = ("scheduled", "packed", "open")
"""While a booth is one of these, its shifts can be signed up for."""
AHEAD = ("planned", "requested", "confirmed", "scheduled", "packed")
HELD = ("counted", "reconciled", "credited", "closed")

_PLAN, _STAND, _ADMIN = "booths.plan", "stock.move", "operate"
MOVES: dict[tuple[str, str], str] = {
    ("planned", "requested"): _PLAN,
    ("planned", "confirmed"): _PLAN,
    ("planned", "scheduled"): _PLAN,
    ("requested", "confirmed"): _PLAN,
    ("requested", "lost"): _PLAN,
    ("confirmed", "scheduled"): _PLAN,
    ("scheduled", "confirmed"): _PLAN,  # the shifts close again
    ("scheduled", "packed"): _STAND,
    ("scheduled", "open"): _STAND,  # nothing was packed: a family's own boxes, a pick-up
    ("scheduled", "counted"): _STAND,  # the sheet was typed in afterwards
    ("packed", "scheduled"): _STAND,
    ("packed", "open"): _STAND,
    ("packed", "counted"): _STAND,
    ("open", "counted"): _STAND,
    ("counted", "open"): _STAND,  # counted too early: the sale goes on
    ("counted", "reconciled"): _STAND,
    ("reconciled", "credited"): _STAND,
    ("counted", "credited"): _STAND,  # nothing to explain
    ("credited", "closed"): _STAND,
    ("reconciled", "counted"): _ADMIN,
    ("credited", "counted"): _ADMIN,
    ("closed", "counted"): _ADMIN,
    **dict.fromkeys([(state, "cancelled") for state in AHEAD], _PLAN),
}
"""(from, to): the permission that it takes."""

NEEDS_A_REASON = {("reconciled", "counted"), ("credited", "counted"), ("closed", "counted")} | {
    (state, "cancelled") for state in AHEAD
}


def onward(by: Person, status: str) -> list[str]:
    """The states to which she may move a booth that is in this one."""
    return [to for (now, to), who in MOVES.items() if now == status and roles.allows(by, who)]


def move(tx: apsw.Connection, by: Person, booth_id: int, to: str, reason: str = "") -> None:
    """Move a booth to another state. What goes with it (boxes, money, credit) is the caller's part of the transaction.

    Raises NotFound, Conflict where no such move is possible, NotAllowed, and Invalid where it needs a reason.
    """
    values.choice("status", to, STATES)
    booth = one(tx, "SELECT status FROM booths WHERE id = :id", id=booth_id)
    if booth is None:
        raise NotFound(N_("There is no such booth."), "no_such_booth")
    step = (booth.status, to)
    if step not in MOVES:
        raise Conflict(N_("A booth does not go that way."), "no_such_move")
    roles.require(by, MOVES[step])
    reason = values.text("reason", reason, 500)
    if step in NEEDS_A_REASON and not reason:
        sentence = N_("Please say why.")
        raise Invalid(sentence, "reason_needed", {"reason": sentence})
    run(tx, "UPDATE booths SET status = :to WHERE id = :id", to=to, id=booth_id)
    audit.note(tx, by.id, "booth.moved", "booth", booth_id, was=step[0], to=to, reason=reason)
