"""Statements that took long: for whoever looks after the box and wants to know why a page is slow."""

from flask import Blueprint, flash, g, redirect, render_template
from flask_babel import gettext

from gsctracker.ops import slow_queries
from gsctracker.web.access import allow

bp = Blueprint("slow", __name__, url_prefix="/problems/slow")


@bp.get("")
@allow("operate")
def index():
    """Each slow statement since the start, with the page it was made for and how SQLite goes about it."""
    with g.db.read() as tx:
        found = slow_queries.slowest(tx)
    return render_template("slow/index.html", found=found)


@bp.post("/forget")
@allow("operate")
def forget():
    """Begin anew."""
    slow_queries.forget()
    flash(gettext("The list is empty: what is slow from now on stands here."), "good")
    return redirect("/problems/slow", 303)
