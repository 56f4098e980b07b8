"""Sharing a booth's packages out: who was there, which way, what each girl would get and why; then credited, or taken back."""

from typing import Any

from flask import Blueprint, Response, g, render_template, request, url_for
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.booths import attendance, booths, carry, closing, crediting, tallies
from gsctracker.domain.imports import booth_credits
from gsctracker.domain.people import scouts
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Invalid
from gsctracker.web import choices, forms, wording
from gsctracker.web.access import allow
from gsctracker.web.errors import say
from gsctracker.words import N_

bp = Blueprint("booth_credit", __name__, url_prefix="/booths")
WAYS = {
    "minutes": (N_("By minutes present"), N_("Who stayed longer gets more.")),
    "even": (N_("Evenly"), N_("Everybody who was there gets the same.")),
    "segments": (N_("By change of shift"), N_("Each stretch between two counts among those who were there then.")),
    "sales": (N_("Sale by sale"), N_("Each sale that was tapped in among those who were there at that moment.")),
    "pool": (N_("By the season's minutes"), N_("The whole troop, by everybody's minutes at all booths.")),
    "one": (N_("All to one girl"), N_("A family's own booth.")),
    "hand": (N_("By hand"), N_("You write every number; they must add up.")),
}
SITE_WAYS = ("pool", "even", "minutes", "hand", "one")


@bp.get("/<id:booth_id>/credit")
@allow("stock.see")
def credit(booth_id: int) -> str:
    """What stands, or a proposal: `way` and minutes by girl may stand in the address."""
    shown = _shown(booth_id)
    return render_template("booths/credit.html", typed=request.args, errors={}, **shown)


@bp.post("/<id:booth_id>/credit")
@allow("stock.move")
def post(booth_id: int) -> Response | tuple[str, int]:
    """Credit the girls as proposed."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        asked = _asked(tx, form, tuple(WAYS))
        form.settle()
        booth_credits.credit(tx, g.by, booth_id, **asked)
        return url_for(".credit", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("booths/credit.html", no, **_shown(booth_id))

    return forms.submit(act, again, gettext("Credited. Each girl's share stands below with its why."))


@bp.post("/<id:booth_id>/credit/take-back")
@allow("stock.move")
def take_back(booth_id: int) -> Response | tuple[str, int]:
    """Take the credit back, with the reason."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        reason = form.take("reason", values.text, 500)
        form.settle()
        booth_credits.take_back(tx, g.by, booth_id, reason)
        return url_for(".credit", booth_id=booth_id)

    def again(no: Any) -> tuple[str, int]:
        return forms.again("booths/credit.html", no, **_shown(booth_id))

    return forms.submit(act, again, gettext("Taken back. The booth waits to be credited."))


@bp.get("/online")
@allow("stock.see")
def site() -> str:
    """The packages of the troop's own site, and who is credited with them."""
    return render_template("booths/site.html", typed=request.args, errors={}, **_site())


@bp.post("/online")
@allow("stock.move")
def post_site() -> Response | tuple[str, int]:
    """Credit what is left of the site."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        asked = _asked(tx, form, SITE_WAYS)
        form.settle()
        booth_credits.credit_site(tx, g.by, **asked)
        return url_for(".site")

    return forms.submit(act, lambda no: forms.again("booths/site.html", no, **_site()), gettext("Credited."))


@bp.post("/online/<id:entry_id>/take-back")
@allow("stock.move")
def take_site_back(entry_id: int) -> Response | tuple[str, int]:
    """Take a division of the site back, with the reason."""
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        reason = form.take("reason", values.text, 500)
        form.settle()
        booth_credits.take_site_back(tx, g.by, entry_id, reason)
        return url_for(".site")

    return forms.submit(act, lambda no: forms.again("booths/site.html", no, **_site()), gettext("Taken back."))


def _asked(tx: Any, form: forms.Reading, ways: tuple[str, ...]) -> dict[str, Any]:
    """The way, the minutes of each girl with any, and the packages by hand."""
    way = form.take("way", values.choice, ways)
    girls = [row.id for row in scouts.page(tx, g.by, limit=choices.MOST, status=None)]
    minutes, said = {}, any(name.startswith("minutes-") for name in request.values)
    for girl in girls:
        there = form.take(f"minutes-{girl}", values.whole, 0, crediting.MOST_MINUTES, empty=0)
        if there:
            minutes[girl] = there
    hand = {}
    if way == "hand":
        for product in catalogue.products(tx, seasons.current(tx).id):
            for girl in girls:
                boxes = form.take(f"hand-{girl}-{product.id}", values.boxes, 0, empty=0)
                if boxes:
                    hand[girl, product.id] = boxes
    return {"way": way, "weights": minutes if said else None, "hand": hand or None}


def _shown(booth_id: int) -> dict[str, Any]:
    with g.db.read() as tx:
        booth = booths.look_at(tx, g.by, booth_id)
        form = forms.Reading(request.values)
        standing = crediting.of_booth(tx, booth_id)
        usual = "one" if booth.type == "family" else "minutes"
        asked = (
            _asked(tx, form, tuple(WAYS))
            if request.values.get("way")
            else {"way": usual, "weights": None, "hand": None}
        )
        lacking = {
            "segments": not attendance.has_midcounts(tx, booth_id),
            "sales": not tallies.has_sales(tx, booth_id),
        }
        ways = [way for way in WAYS if not lacking.get(way)]
        proposal, lacks = None, ""
        if standing is None and asked["way"]:
            try:
                proposal = crediting.propose(tx, booth_id, **asked)
            except Invalid as no:
                lacks = say(no.message, no.params)
        noted = crediting.noted_minutes(tx, booth_id)
        return _parts(tx, standing, proposal, lacks, asked, ways, noted) | {
            "booth": booth,
            "closed": closing.find(tx, booth_id),
            "sold": crediting.sold(tx, booth_id),
        }


def _site() -> dict[str, Any]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        form = forms.Reading(request.values)
        asked = (
            _asked(tx, form, SITE_WAYS) if request.values.get("way") else {"way": "pool", "weights": None, "hand": None}
        )
        left = crediting.site_left(tx, season.id)
        proposal, lacks = None, ""
        if any(boxes > 0 for boxes in left.values()) and asked["way"]:
            try:
                proposal = crediting.propose_site(tx, season.id, **asked)
            except Invalid as no:
                lacks = say(no.message, no.params)
        noted = attendance.season_minutes(tx, season.id)
        parts = _parts(tx, None, proposal, lacks, asked, list(SITE_WAYS), noted)
        return parts | {"left": left, "sold": left, "divisions": crediting.site_divisions(tx, season.id)}


def _parts(
    tx: Any, standing: Any, proposal: Any, lacks: str, asked: dict[str, Any], ways: list[str], noted: dict[int, int]
) -> dict[str, Any]:
    season = seasons.current(tx)
    girls = {row.id: wording.girl(row) for row in scouts.page(tx, g.by, limit=choices.MOST, status=None)}
    active = {girl for girl, _ in choices.girls(tx)}
    return {
        "standing": standing,
        "proposal": proposal,
        "lacks": lacks,
        "way": asked["way"],
        "ways": [(way, gettext(WAYS[way][0]), gettext(WAYS[way][1])) for way in ways],
        "way_words": {way: gettext(words[0]) for way, words in WAYS.items()},
        "girl_names": girls,
        "there": asked["weights"] if asked["weights"] is not None else noted,
        "girls": sorted(
            ((girl, girls[girl]) for girl in active), key=lambda one: (not noted.get(one[0]), one[1].casefold())
        ),
        "hand": asked["hand"] or {},
        "products": catalogue.products(tx, season.id),
        "said": carry.said,
    }
