"""How far a booth is: every move between its states stands in MOVES, with who may make it.

`move` is for those that change nothing else. Into, out of and between POSTED a booth goes only with what it posts: the
verbs of packing, counting, closing and crediting use `follow`.
"""

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
POSTED = HELD = ("counted", "reconciled", "credited", "closed")
"""Behind each of these stand a closing, money or credit in the journal."""

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
    ("packed", "open"): _STAND,
    ("packed", "counted"): _STAND,
    ("open", "counted"): _STAND,
    ("counted", "open"): _STAND,  # opened again, by a reason
    ("reconciled", "open"): _STAND,
    ("counted", "reconciled"): "family.see",  # the second adult signs
    ("counted", "credited"): _STAND,  # a family's own booth, or credited before the second adult signed
    ("reconciled", "credited"): _STAND,
    ("credited", "counted"): _STAND,  # credit taken back
    ("credited", "reconciled"): _STAND,
    ("credited", "closed"): _STAND,  # put away
    ("reconciled", "closed"): _STAND,  # nothing was sold, so nobody is credited
    ("closed", "credited"): _ADMIN,
    ("closed", "reconciled"): _ADMIN,
    ("closed", "open"): _ADMIN,  # put away with nothing sold
    **dict.fromkeys([(state, "cancelled") for state in AHEAD], _PLAN),
}
"""(from, to): the permission that it takes."""

PACKED = ("scheduled", "packed")
NEEDS_A_REASON = {(state, "cancelled") for state in AHEAD}
BY_HAND = frozenset(step for step in MOVES if step != PACKED and not {*step} & {*POSTED})
"""The moves that a button may make, because nothing else has to happen with them."""


def onward(by: Person, status: str) -> list[str]:
    """The states to which she may move a booth that is in this one."""
    return [to for now, to in MOVES if now == status and (now, to) in BY_HAND and roles.allows(by, MOVES[now, to])]


def move(tx: apsw.Connection, by: Person, booth_id: int, to: str, reason: str = "") -> None:
    """Move a booth to another state by hand.

    Raises NotFound, Conflict where no such move is possible, NotAllowed, and Invalid where it needs a reason.
    """
    values.choice("status", to, STATES)
    step = (_now(tx, booth_id), to)
    if step not in BY_HAND:
        raise Conflict(N_("A booth does not go that way."), "no_such_move")
    roles.require(by, MOVES[step])
    reason = values.text("reason", reason, 500)
    if step in NEEDS_A_REASON and not reason:
        sentence = N_("Please say why.")
        raise Invalid(sentence, "reason_needed", {"reason": sentence})
    run(tx, "UPDATE booths SET status = :to WHERE id = :id", to=to, id=booth_id)
    audit.note(tx, by.id, "booth.moved", "booth", booth_id, was=step[0], to=to, reason=reason)


def follow(tx: apsw.Connection, booth_id: int, to: str) -> None:
    """Move a booth along with what the caller posted or packed, who has asked whether she may; where it is so already, nothing.

    Raises Conflict where no such move is possible.
    """
    now = _now(tx, booth_id)
    if now == to:
        return
    if (now, to) not in MOVES:
        raise Conflict(N_("A booth does not go that way."), "no_such_move")
    run(tx, "UPDATE booths SET status = :to WHERE id = :id", to=to, id=booth_id)


def _now(tx: apsw.Connection, booth_id: int) -> str:
    booth = one(tx, "SELECT status FROM booths WHERE id = :id", id=booth_id)
    if booth is None:
        raise NotFound(N_("There is no such booth."), "no_such_booth")
    return booth.status
