"""The program is tried before a season: sessions, the five scenarios the box walks through, the three that a person does."""

from flask import Blueprint, flash, g, redirect, render_template, request
from flask_babel import gettext, ngettext

from gsctracker import __version__, values
from gsctracker.domain import trial_scenarios, trials
from gsctracker.ops import metrics
from gsctracker.web import forms
from gsctracker.web.access import allow

bp = Blueprint("trials", __name__, url_prefix="/trials")


@bp.get("")
@allow("operate")
def index():
    """The scenarios there are, and every session that is kept."""
    with g.db.read() as tx:
        found = [(row, trials.Sum(row.passed, row.failed, row.skipped)) for row in trials.newest(tx)]
    return render_template(
        "trials/index.html", found=found, scenarios=trial_scenarios.SCENARIOS, kinds=trial_scenarios.KINDS
    )


@bp.post("")
@allow("operate")
def begin():
    """A new session."""
    with g.db.write() as tx:
        trial_id = trials.begin(tx, __version__, g.by)
    return redirect(f"/trials/{trial_id}", 303)


@bp.get("/<id:trial_id>")
@allow("operate")
def one(trial_id: int):
    """A session: each scenario, what came of each step, what follows from it."""
    return render_template("trials/one.html", typed={}, errors={}, problem=None, **_one(trial_id))


@bp.post("/<id:trial_id>/run")
@allow("operate")
def run(trial_id: int):
    """The box walks through its five, in a troop of their own."""
    from gsctracker.ops import trial_runs  # what a trial needs is not loaded before there is one

    try:
        found = trial_runs.run(metrics.of().config, g.db, trial_id, g.by)
    except forms.NO as no:
        return forms.again("trials/one.html", no, **_one(trial_id))
    failed = sum(each.result == "fail" for each in found)
    if failed:
        flash(ngettext("One step failed.", "%(num)s steps failed.", failed), "bad")
    else:
        flash(gettext("Everything went as it must."), "good")
    return redirect(f"/trials/{trial_id}", 303)


@bp.post("/<id:trial_id>/steps")
@allow("operate")
def note(trial_id: int):
    """What a person saw at a step."""
    sent = request.form

    def act(tx) -> str:
        step = values.whole("step", sent.get("step"), 1, 20)
        code = sent.get("scenario", "")
        trials.note(tx, trial_id, code, step, sent.get("result"), sent.get("note"), by=g.by)
        return f"/trials/{trial_id}#{code}"

    return forms.submit(
        act, lambda no: forms.again("trials/one.html", no, **_one(trial_id)), gettext("It is written down.")
    )


@bp.post("/<id:trial_id>/end")
@allow("operate")
def end(trial_id: int):
    """The session is over."""
    with g.db.write() as tx:
        trials.end(tx, trial_id, g.by)
    flash(gettext("The session is over. Its report stays."), "good")
    return redirect(f"/trials/{trial_id}", 303)


def _one(trial_id: int) -> dict[str, object]:
    with g.db.read() as tx:
        trial = trials.find(tx, trial_id)
        found = trials.results(tx, trial_id)
        is_newest = trials.newest(tx)[0].id == trial_id
    return {
        "trial": trial,
        "found": found,
        "total": trials.together(found),
        "advice": trials.advice(found),
        "scenarios": trial_scenarios.SCENARIOS,
        "kinds": trial_scenarios.KINDS,
        "is_newest": is_newest,
    }
