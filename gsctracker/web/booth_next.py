"""What comes next on a booth's day, as one clear button, and the day's figures."""

from typing import Any, NamedTuple

from flask import g
from flask_babel import gettext, ngettext

from gsctracker.domain import journal
from gsctracker.domain.booths import booths, closing, counting, crediting, deadline, entries, family, hours, presences
from gsctracker.domain.people import roles
from gsctracker.domain.season import seasons
from gsctracker.web import locale


class Step(NamedTuple):
    """A sentence, and the button that does it: a link, or a form to send where `posts`. No label: somebody else does it."""

    said: str
    label: str = ""
    href: str = ""
    icon: str = "check"
    posts: bool = False


class Day(NamedTuple):
    """What comes next, figures (label, text, note, where it comes from), a warning while credit is missing, and whether she
    sells and counts there: a leader who did not sign up for it only looks on. `waiting`: entries of phones to be decided about.
    """

    step: Step | None
    figures: list[tuple[str, str, str, str]]
    warning: str = ""
    may_count: bool = False
    waiting: int = 0


def of(tx: Any, booth: Any) -> Day | None:
    """The day of a booth for somebody who helps with it; None for others, and before there is anything to do."""
    may_count = closing.may_count(tx, g.by, booth.id)
    if not (may_count or roles.allows(g.by, "stock.see")) or booth.status in (
        "planned",
        "requested",
        "confirmed",
        "lost",
        "cancelled",
    ):
        return None
    closed, left = closing.find(tx, booth.id), booths.left(tx, booth.id)
    brought = sum(counting.brought(tx, booth.id).values())
    step = _step(tx, booth, closed, left, may_count)
    waiting = entries.waiting(tx, booth.id) if may_count else 0
    return Day(step, _figures(tx, booth, closed, left, brought), _warning(tx, booth, left), may_count, waiting)


def _step(tx: Any, booth: Any, closed: Any, left: int, may_count: bool) -> Step | None:
    here, leads = f"/booths/{booth.id}", roles.allows(g.by, "stock.move")
    if closed is None:
        return _before(tx, booth, here, leads, may_count)
    if booth.status == "counted" and closed.signed_by is None and closed.scout_id is None:
        if closed.closed_by == g.by.id:
            return Step(gettext("You counted. Another adult signs now, with her own account."))
        return Step(gettext("Counted. The second adult signs."), gettext("Look and sign"), f"{here}/close")
    if left and leads:
        return Step(gettext("Share out what was sold."), gettext("Credit the girls"), f"{here}/credit", "scouts")
    if left:
        return Step(gettext("Signed. A cookie leader credits the girls next."))
    if booth.status in ("reconciled", "credited") and leads:
        return Step(gettext("All is counted and credited."), gettext("Put it away"), f"{here}/put-away", "check", True)
    return Step(gettext("All is done."))


def _before(tx: Any, booth: Any, here: str, leads: bool, may_count: bool) -> Step:
    count = Step(gettext("Its adults count what is left and the cash."))
    if may_count:
        count = Step(gettext("Count what is left and the cash."), gettext("Close the booth"), f"{here}/close")
    if family.is_from_home(tx, booth):
        return count._replace(said=gettext("Her own boxes from home: afterwards write down what is left."))
    if booth.type == "virtual" and leads and not any(counting.brought(tx, booth.id).values()):
        said = gettext(
            "Its orders come in with Digital Cookie's file and are shared out with those of the troop's site."
        )
        return Step(said, gettext("The troop's site"), "/booths/online", "scouts")
    if hours.present(tx) >= booth.ends_at:
        return count
    if booth.status == "scheduled":
        if leads:
            return Step(gettext("Choose the boxes to take."), gettext("Pack"), f"{here}/packing", "box")
        return Step(gettext("The boxes are packed next."))
    if not presences.of_booth(tx, booth.id):
        return Step(
            gettext("Packed. Note who is there when you begin."), gettext("Who is there"), f"{here}#there", "scouts"
        )
    if not may_count:
        return Step(gettext("Selling. Its adults count at the end."))
    return Step(gettext("Selling. Count at the end."), gettext("Sell here"), f"{here}/mode", "booth")


def _figures(tx: Any, booth: Any, closed: Any, left: int, brought: int) -> list[tuple[str, str, str, str]]:
    here = f"/booths/{booth.id}"
    if closed is None:
        if not brought:
            return []
        home = family.is_from_home(tx, booth)
        label = gettext("Boxes at home") if home else gettext("Boxes on the table")
        scout_id = family.girl(tx, booth.id) if home else None
        place = journal.place_of_scout(tx, scout_id) if scout_id else journal.place_of_booth(tx, booth.id)
        return [(label, locale.number(brought), "", f"/why/stock/{place}" if roles.allows(g.by, "stock.see") else "")]
    sold = sum(crediting.sold(tx, booth.id).values())
    share = sum(line.sold for line in closed.lines if line.is_virtual)
    of_it = gettext("%(n)s of them Cookie Share", n=locale.number(share)) if share else ""
    found = [
        (gettext("Packages sold"), locale.number(sold), of_it, f"{here}/close"),
        (gettext("Collected"), locale.money(closed.collected_cents), "", f"{here}/close"),
    ]
    if closed.scout_id is None:
        note = gettext("It matches") if not closed.variance_cents else ""
        found.append((gettext("Over or short"), locale.money(closed.variance_cents), note, f"{here}/close"))
    if roles.allows(g.by, "stock.see"):
        note = gettext("All of them") if not left else gettext("%(n)s left", n=locale.number(left))
        found.append((gettext("Credited"), locale.number(sold - left), note, f"{here}/credit"))
    return found


def _warning(tx: Any, booth: Any, left: int) -> str:
    """Why it glows: packages that no girl is credited with, until the last day for rewards."""
    days = deadline.days_left(tx, seasons.find(tx, booth.season_id))
    if not left or not deadline.is_urgent(days):
        return ""
    said = ngettext("%(num)s package is not credited yet.", "%(num)s packages are not credited yet.", left)
    if days is not None:
        said += " " + ngettext("%(num)s day is left for rewards.", "%(num)s days are left for rewards.", days)
    return said
