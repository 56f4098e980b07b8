"""Who may do what: one table."""

from dataclasses import dataclass, field

from gsctracker.errors import NotAllowed, NotFound
from gsctracker.words import N_

ROLES = ("scout", "caregiver", "leader", "cookie_leader", "admin")

_EVERYONE = frozenset(ROLES)
_ADULTS = _EVERYONE - {"scout"}
_LEADERS = frozenset({"leader", "cookie_leader", "admin"})
_COOKIE_LEADERS = frozenset({"cookie_leader", "admin"})

PERMISSIONS: dict[str, frozenset[str]] = {
    "home": _EVERYONE,  # her own home, her own account
    "season.see": _EVERYONE,  # the troop, its cookies and prices, the booths
    "sales.record": _EVERYONE,  # for her own girl; for any girl with sales.all
    "sales.all": _LEADERS,  # see and change everybody's sales
    "family.see": _EVERYONE,  # stock and goals of her own family
    "family.money": _ADULTS,  # what her own family owes: the business of its adults, not of a girl
    "scouts.see": _LEADERS,
    "scouts.manage": _LEADERS,
    "consents.record": _LEADERS,  # that a guardian signed; she takes it back herself
    "family.data": _ADULTS,  # all that is kept of her own girl; of any girl with consents.record
    "people.forget": _COOKIE_LEADERS,  # carry out a family's wish that its girl is forgotten
    "notices.publish": _COOKIE_LEADERS,  # the privacy notice and the terms
    "audit.see": frozenset({"admin"}),  # who did what
    "goals.set": _LEADERS,
    "booths.plan": _COOKIE_LEADERS,
    "shifts.sign_up": _ADULTS,  # her own girls and herself; any girl with shifts.manage
    "shifts.manage": _LEADERS,
    "stock.see": _LEADERS,
    "stock.move": _COOKIE_LEADERS,
    "money.see": _LEADERS,
    "money.record": _COOKIE_LEADERS,
    "imports": _COOKIE_LEADERS,
    "differences": _COOKIE_LEADERS,
    "exports": _ADULTS,  # take a report away as a file: a family what it may see, of its own girls
    "season.manage": _COOKIE_LEADERS,
    "people.see": _LEADERS,
    "people.manage": _COOKIE_LEADERS,  # accounts and invitations
    "incidents": _LEADERS,  # say what went wrong or is planned, and what everybody is told
    "feedback": _ADULTS,  # say what is wrong or good about the program; no free words of a child are kept
    "tokens": _LEADERS,  # let a program act for her, within scopes
    "ways.in": _ADULTS,  # sign in with a passkey or an outside account; a girl has her passphrase
    "operate": frozenset({"admin"}),  # the box itself
}


@dataclass(frozen=True)
class Person:
    """Somebody who acts: an account, its role, and the girls whose family figures are hers to see."""

    id: int
    role: str
    first_name: str
    last_name: str = ""
    scout_ids: frozenset[int] = field(default_factory=frozenset)
    language: str = "en"
    new_device: bool = False  # somebody signed in as her on a device that she has not called hers yet


def allows(by: Person, permission: str) -> bool:
    """Whether she may. Asking for a permission that is not in the table is an error of ours."""
    return by.role in PERMISSIONS[permission]


def granted(by: Person) -> frozenset[str]:
    """All permissions she has."""
    return frozenset(permission for permission, who in PERMISSIONS.items() if by.role in who)


def require(by: Person, permission: str) -> None:
    """Raise NotAllowed unless she may."""
    if not allows(by, permission):
        raise NotAllowed(N_("That is not yours to do. Ask your cookie leader."), "not_allowed")


def may_see_scout(by: Person, scout_id: int | None) -> bool:
    """Whether a girl's own figures are hers to see."""
    return allows(by, "sales.all") or scout_id in by.scout_ids


def must_see_scout(by: Person, scout_id: int | None) -> None:
    """Raise NotFound where the girl is not hers to see, as if she were not there."""
    if not may_see_scout(by, scout_id):
        raise NotFound(N_("There is no such scout."), "no_such_scout")
