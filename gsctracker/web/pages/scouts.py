"""The roster: every girl with her figures, one girl with the reasons behind hers, her goal, the adults who answer for her."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain import journal
from gsctracker.domain.inventory import stock
from gsctracker.domain.money import balances
from gsctracker.domain.people import families, roles, scouts
from gsctracker.domain.reports import summary
from gsctracker.domain.sales import goals
from gsctracker.domain.season import seasons
from gsctracker.web import forms, paging, wording
from gsctracker.web.access import allow

PAGE = 50
GRADES = range(13)

bp = Blueprint("scouts", __name__, url_prefix="/scouts")


@bp.get("")
@allow("scouts.see")
def index():
    """The girls by roster order, page by page, of one status or all."""
    status = request.args.get("status") or None
    if status:
        values.choice("status", status, scouts.STATUSES)
    (after,) = paging.start(int) or (0,)
    with g.db.read() as tx:
        season = seasons.current(tx)
        shown = paging.cut(scouts.page(tx, g.by, after, PAGE + 1, status), PAGE, lambda row: (row.id,))
        sold = {row.scout_id: row for row in summary.scouts(tx, season.id, g.by)}
        owes = {row.scout_id: row.balance_cents for row in balances.families(tx, season.id, g.by)}
        held = _held(stock.on_hand(tx, season.id, g.by))
    return render_template("scouts/index.html", page=shown, sold=sold, owes=owes, held=held, status=status)


def _held(rows: list) -> dict[int, tuple[int, int]]:
    """Boxes at each girl's home, with the id of that place."""
    found: dict[int, tuple[int, int]] = {}
    for row in rows:
        if row.scout_id:
            found[row.scout_id] = (found.get(row.scout_id, (0, 0))[0] + row.boxes, row.place_id)
    return found


@bp.get("/<id:scout_id>")
@allow("home")
def one(scout_id: int):
    """One girl: credit, boxes at home, what her family owes, her goal."""
    return render_template("scouts/one.html", typed={}, errors={}, problem=None, **_one(scout_id))


def _one(scout_id: int) -> dict[str, object]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        scout = scouts.find(tx, scout_id, g.by)
        credit = summary.credit_of(tx, season.id, scout_id, g.by)
        sees_money = roles.allows(g.by, "family.money")
        days = summary.per_day(tx, season.id, g.by, scout_id)
        channels = [kind for kind in wording.CHANNELS if any(row.channel == kind for row in credit)]
        return {
            "scout": scout,
            "home": [row for row in stock.on_hand(tx, season.id, g.by) if row.scout_id == scout_id],
            "place_id": journal.place_of_scout(tx, scout_id),
            "balance": balances.family(tx, season.id, scout_id, g.by) if sees_money else None,
            "credited": sum(row.boxes for row in credit),
            "channels": channels,
            "cookies": _by_cookie(credit, channels),
            "goal": next((row.boxes for row in goals.goals(tx, season.id, g.by) if row.scout_id == scout_id), None),
            "days": [(row.day, row.boxes) for row in days],
            "guardians": families.of_scouts(tx, [scout_id])[scout_id],
            "manages": roles.allows(g.by, "scouts.manage"),
            "sees_money": sees_money,
        }


def _by_cookie(credit: list, channels: list[str]) -> list[tuple[str, int, list[int], int]]:
    """(cookie, its id, packages in each channel, all of them)."""
    found: dict[tuple[str, int], dict[str, int]] = {}
    for row in credit:
        found.setdefault((row.name, row.product_id), {})[row.channel] = row.boxes
    return [(*cookie, [per.get(kind, 0) for kind in channels], sum(per.values())) for cookie, per in found.items()]


@bp.get("/new")
@allow("scouts.manage")
def new():
    """The form for a girl who joins."""
    return render_template("scouts/edit.html", typed={}, errors={}, problem=None, scout=None, **_choices())


@bp.post("/new")
@allow("scouts.manage")
def add():
    """Put a girl on the roster, with an adult who answers for her if one is named."""
    try:
        typed = forms.Reading(request.form)
        given = _read(typed)
        guardian, email = _guardian(typed, optional=True)
        typed.settle()

        def act() -> str:
            scout_id = scouts.add_scout(tx, by=g.by, **given)
            if guardian:
                families.answer_for(tx, scout_id, guardian, email, by=g.by)
            return f"/scouts/{scout_id}"

        with g.db.write() as tx:
            address = forms.once(tx, act)
    except forms.NO as no:
        return forms.again("scouts/edit.html", no, scout=None, **_choices())
    flash(gettext("%(name)s is on the roster.", name=given["first_name"]), "good")
    return redirect(address, 303)


@bp.get("/<id:scout_id>/edit")
@allow("scouts.manage")
def edit(scout_id: int):
    """The form with what is known of her."""
    with g.db.read() as tx:
        scout = scouts.find(tx, scout_id, g.by)
    return render_template("scouts/edit.html", typed={}, errors={}, problem=None, scout=scout, **_choices())


@bp.post("/<id:scout_id>/edit")
@allow("scouts.manage")
def change(scout_id: int):
    """Change what is known of her."""
    with g.db.read() as tx:
        scout = scouts.find(tx, scout_id, g.by)
    try:
        typed = forms.Reading(request.form)
        status, given = typed.choose("status", scouts.STATUSES), _read(typed)
        typed.settle()
        with g.db.write() as tx:
            scouts.change(tx, scout_id, g.by, status=status, **given)
    except forms.NO as no:
        return forms.again("scouts/edit.html", no, scout=scout, **_choices())
    flash(gettext("What is known of %(name)s is changed.", name=given["first_name"]), "good")
    return redirect(f"/scouts/{scout_id}", 303)


@bp.post("/<id:scout_id>/goal")
@allow("home")
def aim(scout_id: int):
    """Set her goal: leaders any girl's, a family its own."""
    with g.db.read() as tx:
        scouts.find(tx, scout_id, g.by)
    try:
        boxes = values.boxes("boxes", request.form.get("boxes"))
        with g.db.write() as tx:
            goals.set_goal(tx, seasons.current(tx).id, scout_id, boxes, g.by)
    except forms.NO as no:
        return forms.again("scouts/one.html", no, **_one(scout_id))
    flash(gettext("The goal is set."), "good")
    return redirect(f"/scouts/{scout_id}", 303)


@bp.post("/<id:scout_id>/guardians")
@allow("scouts.manage")
def add_guardian(scout_id: int):
    """Name an adult who answers for her; one whose address is known already answers for her too."""
    with g.db.read() as tx:
        scouts.find(tx, scout_id, g.by)
    try:
        typed = forms.Reading(request.form)
        name, email = _guardian(typed)
        typed.settle()

        def act() -> str:
            families.answer_for(tx, scout_id, name, email, by=g.by)
            return f"/scouts/{scout_id}#guardians"

        with g.db.write() as tx:
            address = forms.once(tx, act)
    except forms.NO as no:
        return forms.again("scouts/one.html", no, **_one(scout_id))
    flash(gettext("%(name)s answers for her now.", name=name), "good")
    return redirect(address, 303)


@bp.post("/<id:scout_id>/guardians/<id:guardian_id>/remove")
@allow("scouts.manage")
def remove_guardian(scout_id: int, guardian_id: int):
    """An adult answers for her no longer."""
    with g.db.write() as tx:
        scouts.find(tx, scout_id, g.by)
        guardian = families.find(tx, guardian_id)
        families.unlink(tx, guardian_id, scout_id, g.by)
    flash(gettext("%(name)s does not answer for her any more.", name=guardian.name), "good")
    return redirect(f"/scouts/{scout_id}#guardians", 303)


def _read(typed: forms.Reading) -> dict[str, object]:
    return {
        "first_name": typed.take("firstName", values.line, 40, 1),
        "last_initial": typed.take("lastName", values.line, 12, empty=""),
        "level": typed.take("level", values.choice, scouts.LEVELS, empty=None),
        "grade": typed.take("grade", values.whole, 0, 12, empty=None),
    }


def _guardian(typed: forms.Reading, optional: bool = False) -> tuple[str, str | None]:
    email = typed.take("guardianEmail", values.email, empty=None)
    name = typed.take("guardianName", values.line, 80, 1, **({"empty": ""} if optional and not email else {}))
    return name, email


def _choices() -> dict[str, object]:
    unknown = [("", gettext("Not said"))]
    kindergarten = [("0", gettext("Kindergarten"))]
    return {
        "levels": unknown + wording.options(wording.LEVELS),
        "grades": unknown + kindergarten + [(str(grade), str(grade)) for grade in GRADES if grade],
        "statuses": wording.options(wording.SCOUT_STATUSES),
    }
