"""gsctracker uat: the program is tried as volunteers use it, before a season trusts it."""

import json

import click

from gsctracker.cli.language import say
from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain import trial_scenarios, trials
from gsctracker.domain.trial_scenarios import SCENARIOS, Scenario

SIGNS = {"pass": "ok  ", "fail": "fail", "skipped": "skip"}


@click.group(epilog="Example: gsctracker uat run")
def uat() -> None:
    """Try the program: five scenarios that it walks through by itself, three that you do, step by step.

    What it does by itself it does in a troop of its own, which is gone afterwards. The results are kept and can be reported: one
    session holds what was run and what was guided, until `uat end`.
    """


@uat.command("list", epilog="Example: gsctracker uat list")
@json_option
def list_them(as_json: bool) -> None:
    """The eight scenarios."""
    if as_json:
        items = [
            {"code": one.code, "kind": one.kind, "title": one.title, "steps": len(one.steps), "byItself": one.by_itself}
            for one in SCENARIOS
        ]
        click.echo(json.dumps({"items": items, "total": len(items), "next": None}, indent=2))
        return
    for one in SCENARIOS:
        who = "by itself" if one.by_itself else "guided"
        click.echo(f"{one.code:<10} {one.kind:<12} {who:<10} {len(one.steps)} steps  {say(one.title)}")


@uat.command(epilog="Example: gsctracker uat run booth")
@with_config
@click.argument("scenario", required=False, default="")
@json_option
def run(config: Config, scenario: str, as_json: bool) -> None:
    """Walk through the five, or through SCENARIO: exit 0 when every step went as it must, otherwise 1."""
    from gsctracker.ops import trial_runs

    with opened(config) as db:
        trial_id = _open_session(db)
        found = trial_runs.run(config, db, trial_id, None, scenario)
    failed = [one for one in found if one.result == "fail"]
    if as_json:
        steps = [
            {
                "scenario": one.scenario,
                "step": one.step,
                "result": one.result,
                "said": one.said,
                "milliseconds": one.milliseconds,
            }
            for one in found
        ]
        click.echo(json.dumps({"ok": not failed, "session": trial_id, "steps": steps}, indent=2))
    else:
        for one in found:
            words = say(trial_scenarios.named(one.scenario).steps[one.step - 1])
            said = f": {one.said}" if one.said else ""
            click.echo(f"{SIGNS[one.result]}  {one.milliseconds:>5} ms  {one.scenario:<8} {one.step}  {words}{said}")
    if failed:
        raise click.ClickException(
            f"Not as it must be: {', '.join(sorted({one.scenario for one in failed}))}."
            f" {say(trial_scenarios.named(failed[0].scenario).advice)}"
        )


@uat.command(epilog="Example: gsctracker uat guide phone")
@with_config
@click.argument("scenario", type=click.Choice([one.code for one in SCENARIOS if not one.by_itself]))
def guide(config: Config, scenario: str) -> None:
    """Be led through SCENARIO: after each step say whether it went well, and write what you saw."""
    chosen = trial_scenarios.named(scenario)
    with opened(config) as db:
        trial_id = _open_session(db)
        _lead(db, trial_id, chosen)
    click.echo(f"Kept as session {trial_id}. See it with: gsctracker uat report")


@uat.command(epilog="Example: gsctracker uat report --json · gsctracker export trials --format pdf -o trials.pdf")
@with_config
@click.option("--session", "session", type=int, help="Of that session; otherwise the newest.")
@json_option
def report(config: Config, session: int | None, as_json: bool) -> None:
    """What came of a session: each step, how many passed, what follows from it. `export trials` gives it as CSV, Excel or PDF."""
    with opened(config) as db, db.read() as tx:
        known = trials.newest(tx)
        if session is None and not known:
            raise click.ClickException("Nothing was tried yet. Begin with: gsctracker uat run")
        one = trials.find(tx, session if session is not None else known[0].id)
        found = trials.results(tx, one.id)
    total = trials.together(found)
    advice = trials.advice(found)
    if as_json:
        shown = {
            "session": one.id,
            "begunAt": one.begun_at,
            "endedAt": one.ended_at,
            "version": one.version,
            "passed": total.passed,
            "failed": total.failed,
            "skipped": total.skipped,
            "percent": total.percent,
            "steps": [
                {
                    "scenario": code,
                    "step": step,
                    "result": row.result,
                    "note": row.note,
                    "milliseconds": row.milliseconds,
                }
                for (code, step), row in sorted(found.items())
            ],
            "advice": list(advice),
        }
        click.echo(json.dumps(shown, indent=2))
        return
    click.echo(f"Session {one.id}, {one.begun_at}, version {one.version}")
    for scenario in SCENARIOS:
        for step, words in enumerate(scenario.steps, start=1):
            if row := found.get((scenario.code, step)):
                note = f": {row.note}" if row.note else ""
                click.echo(f"{SIGNS[row.result]}  {scenario.code:<8} {step}  {say(words)}{note}")
    percent = "–" if total.percent is None else f"{total.percent} %"
    click.echo(f"{total.passed} passed, {total.failed} failed, {total.skipped} skipped: {percent}")
    for sentence in advice:
        click.echo(f"- {say(sentence)}")


@uat.command(epilog="Example: gsctracker uat end")
@with_config
def end(config: Config) -> None:
    """The session is over: the next run begins a new one. What was not tried stays untried."""
    with opened(config) as db, db.write() as tx:
        under_way = [one for one in trials.newest(tx) if not one.ended_at]
        if not under_way:
            raise click.ClickException("No session is under way. Begin one with: gsctracker uat run")
        trials.end(tx, under_way[0].id, None)
    click.echo(f"Session {under_way[0].id} is over. See it with: gsctracker uat report")


def _open_session(db: Database) -> int:
    """The newest session where it is under way with this version, otherwise a new one."""
    from gsctracker.ops import trial_runs

    with db.write() as tx:
        newest = trials.newest(tx)[:1]
        if newest and not newest[0].ended_at and newest[0].version == trial_runs.version():
            found: int = newest[0].id
            return found
        return trials.begin(tx, trial_runs.version(), None)


def _lead(db: Database, trial_id: int, chosen: Scenario) -> None:
    click.echo(say(chosen.title))
    for step, words in enumerate(chosen.steps, start=1):
        click.echo(f"\n{step}. {say(words)}")
        answer = click.prompt("Did it go well? yes, no or skip", type=click.Choice(["y", "n", "s"]), default="y")
        note = click.prompt("What did you see?", default="", show_default=False)
        with db.write() as tx:
            trials.note(tx, trial_id, chosen.code, step, {"y": "pass", "n": "fail", "s": "skipped"}[answer], note[:500])
