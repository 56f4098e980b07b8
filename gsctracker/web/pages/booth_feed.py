"""A family's shifts in its own calendar, by a secret link that it can take back."""

from flask import Blueprint, Response, flash, g, redirect, render_template, request
from flask_babel import force_locale, gettext

from gsctracker import clock
from gsctracker.domain.booths import calendar
from gsctracker.domain.season import troop
from gsctracker.errors import NotFound
from gsctracker.ops import metrics
from gsctracker.web import limits
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("booth_feed", __name__)
LONGEST_SECRET = 100


@bp.get("/booths/my-calendar")
@allow("shifts.sign_up")
def show() -> str:
    """Whether there is a link, and the buttons that make or revoke it."""
    with g.db.read() as tx:
        return render_template("booths/feed.html", made_at=calendar.made_at(tx, g.by), link=None)


@bp.post("/booths/my-calendar")
@allow("shifts.sign_up")
def make() -> str:
    """A new link, shown once; the one before works no longer."""
    with g.db.write() as tx:
        secret = calendar.make_link(tx, g.by)
        made_at = calendar.made_at(tx, g.by)
    link = f"{metrics.of().config.app_url or request.host_url.rstrip('/')}/calendar/{secret}.ics"
    return render_template("booths/feed.html", made_at=made_at, link=link)


@bp.post("/booths/my-calendar/revoke")
@allow("shifts.sign_up")
def revoke() -> Response:
    """The link works no longer."""
    with g.db.write() as tx:
        calendar.revoke(tx, g.by)
    flash(gettext("The link works no longer."), "good")
    return redirect("/booths/my-calendar", 303)


@bp.get("/calendar/<secret>.ics")
@allow("public")
def feed(secret: str) -> Response:
    """The calendar itself, as a calendar program fetches it. No child's surname stands in it."""
    if len(secret) > LONGEST_SECRET:
        raise NotFound(N_("This calendar link works no longer."), "no_such_link")

    def find():
        with g.db.read() as tx:
            whose = calendar.of_link(tx, secret)
            return whose, troop.own(tx), calendar.shifts_of(tx, whose.account_id)

    whose, own, rows = limits.look_up(secret, find)
    with force_locale(whose.language):
        name = gettext("Cookie booths of Troop %(number)s", number=own.number)
        content = calendar.text(name, [_event(row) for row in rows], clock.now())
    response = Response(content, content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = 'inline; filename="booths.ics"'
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def _event(row) -> calendar.Event:
    who = ", ".join(part for part in (row.girls, gettext("you") if row.is_herself else "") if part)
    off, waiting = row.status in ("cancelled", "lost"), bool(row.is_waiting)
    return calendar.Event(
        uid=row.uid,
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        summary=gettext("Cookie booth %(name)s: %(who)s", name=row.booth_name, who=who),
        location=row.address,
        description=gettext("This booth is called off.") if off else gettext("On the waiting list.") if waiting else "",
        status="CANCELLED" if off else "TENTATIVE" if waiting else "CONFIRMED",
    )
