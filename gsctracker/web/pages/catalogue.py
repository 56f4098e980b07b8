"""The season's cookies: prices, cases, allergens, and every name a cookie goes by."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain.reports import summary
from gsctracker.domain.season import catalogue, lineups, seasons
from gsctracker.web import forms
from gsctracker.web.access import allow
from gsctracker.words import N_

MOST_CENTS = 10_000
LONGEST_CODE = 5

bp = Blueprint("catalogue", __name__, url_prefix="/catalogue")


@bp.get("")
@allow("season.see")
def index():
    """All cookies of the season; a line-up holds a dozen, so there is one page."""
    with g.db.read() as tx:
        season = seasons.current(tx)
        cookies = catalogue.products(tx, season.id)
        keys = catalogue.names(tx, season.id)
        sold = {row.id: row.boxes for row in summary.products(tx, season.id)}
    names = {
        cookie.id: [said for said in _other_names(season, cookie, keys.get(cookie.id, [])) if not _is_code(said)]
        for cookie in cookies
    }
    return render_template(
        "catalogue/index.html",
        cookies=cookies,
        names=names,
        sold=sold,
        published=lineups.is_published(season.year),
    )


@bp.get("/new")
@allow("season.manage")
def new():
    """The form for a cookie that the line-up does not have."""
    return render_template("catalogue/edit.html", typed={}, errors={}, problem=None, cookie=None, other_names=[])


@bp.post("/new")
@allow("season.manage")
def add():
    """Put a cookie into the season."""
    try:
        typed = forms.Reading(request.form)
        code, facts = typed.take("code", values.line, 12, 1), _facts(typed)
        typed.settle()
        cookie = lineups.Cookie(
            code=code,
            name=facts["name"],
            family=(values.letters(facts["name"]) or code)[:40],
            price_cents=facts["price_cents"],
            is_gluten_free=typed.ticked("glutenFree"),
            is_virtual=typed.ticked("virtual"),
            allergens=facts["allergens"],
        )

        def act() -> str:
            product_id = catalogue.introduce(tx, seasons.current(tx).id, cookie, g.by)
            if facts["packs_per_case"] != 12:
                catalogue.change(tx, product_id, g.by, packs_per_case=facts["packs_per_case"])
            return "/catalogue"

        with g.db.write() as tx:
            address = forms.once(tx, act)
    except forms.NO as no:
        return forms.again("catalogue/edit.html", no, cookie=None, other_names=[])
    flash(gettext("%(name)s is in the catalogue.", name=facts["name"]), "good")
    return redirect(address, 303)


@bp.get("/<id:product_id>")
@allow("season.manage")
def edit(product_id: int):
    """The form with what is known of a cookie."""
    return render_template("catalogue/edit.html", typed={}, errors={}, problem=None, **_one(product_id))


@bp.post("/<id:product_id>")
@allow("season.manage")
def change(product_id: int):
    """Change a cookie. What was sold before keeps its price."""
    context = _one(product_id)
    try:
        typed = forms.Reading(request.form)
        facts = _facts(typed)
        typed.settle()
        with g.db.write() as tx:
            catalogue.change(tx, product_id, g.by, is_active=typed.ticked("active"), **facts)
    except forms.NO as no:
        return forms.again("catalogue/edit.html", no, **context)
    flash(gettext("%(name)s is changed. What was sold before keeps its price.", name=facts["name"]), "good")
    return redirect("/catalogue", 303)


@bp.post("/<id:product_id>/names")
@allow("season.manage")
def add_name(product_id: int):
    """One more name that files and people use for a cookie."""
    context = _one(product_id)
    try:
        with g.db.write() as tx:
            catalogue.also_called(tx, product_id, request.form.get("also"), g.by)
    except forms.NO as no:
        return forms.again("catalogue/edit.html", no, **context)
    flash(gettext("From now on this name means %(name)s.", name=context["cookie"].name), "good")
    return redirect(f"/catalogue/{product_id}", 303)


def _one(product_id: int) -> dict[str, object]:
    with g.db.read() as tx:
        cookie = catalogue.find(tx, product_id)
        keys = catalogue.names(tx, cookie.season_id).get(product_id, [])
        season = seasons.find(tx, cookie.season_id)
    return {"cookie": cookie, "other_names": _other_names(season, cookie, keys)}


def _facts(typed: forms.Reading) -> dict[str, object]:
    price = typed.take("price", values.dollars, 1)
    if price is not None and price > MOST_CENTS:
        typed.wrong("price", N_("A package costs $100.00 at most."))
    return {
        "name": typed.take("name", values.line, 60, 1),
        "price_cents": price,
        "packs_per_case": typed.take("packsPerCase", values.whole, 1, 100, empty=12),
        "allergens": typed.take("allergens", values.line, 200, empty=""),
    }


def _is_code(said: str) -> bool:
    """Whether a name is rather a code of a file, such as TMint or CShare: it stands on the cookie's own page only."""
    return len(said) <= LONGEST_CODE or not said[1:2].islower()


def _other_names(season, cookie, keys: list[str]) -> list[str]:
    """The names besides the cookie's own, as the bakers write them where they are the bakers'."""
    written = {
        values.letters(said): said
        for one in lineups.lineup(season.baker, season.year)
        for said in (one.name, one.code, *one.also)
    }
    return sorted({written.get(key, key) for key in keys if key != values.letters(cookie.name)}, key=str.casefold)
