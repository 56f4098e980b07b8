"""The lists before, on and after a season's first day, and the drills: whose each line is, and whether it is done."""

from flask import Blueprint, g, render_template, request
from flask_babel import gettext

from gsctracker import values
from gsctracker.domain import launch
from gsctracker.web import forms
from gsctracker.web.access import allow
from gsctracker.web.context import addresses

bp = Blueprint("launch", __name__, url_prefix="/launch")


@bp.get("")
@allow("season.manage")
def index():
    """Every list, with what is left of each."""
    return render_template("launch/index.html", typed={}, errors={}, problem=None, **_all())


@bp.post("/<item>")
@allow("season.manage")
def tick(item: str):
    """It is done, or not after all."""
    done = request.form.get("done") == "1"
    return _submit(item, lambda tx: launch.tick(tx, item, done, g.by))


@bp.post("/<item>/owner")
@allow("season.manage")
def assign(item: str):
    """Say whose it is."""
    given = request.form.get("owner", "")
    return _submit(
        item,
        lambda tx: launch.assign(tx, item, values.whole("owner", given, 1, 10**12) if given else None, g.by),
    )


def _submit(item: str, do):
    def act(tx) -> str:
        do(tx)
        return f"/launch#{item}"

    return forms.submit(act, lambda no: forms.again("launch/index.html", no, **_all()), gettext("It is written down."))


def _all() -> dict[str, object]:
    known = addresses()
    with g.db.read() as tx:
        lines = launch.lines(tx, g.by)
        return {
            "lists": [
                (phase, title, [line for line in lines if line.item.phase == phase])
                for phase, title in launch.PHASES.items()
            ],
            "left": launch.left(tx),
            "able": [("", gettext("nobody yet"))] + [(row.id, row.first_name) for row in launch.able(tx)],
            "there": known,
        }
