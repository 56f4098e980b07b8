"""gsctracker jobs: what the box does by itself."""

import json

import click

from gsctracker.cli.options import as_json, opened, with_config
from gsctracker.config import Config


@click.group(epilog="Example: gsctracker jobs list")
def jobs() -> None:
    """The timetable of what the box does by itself."""


@jobs.command("list", epilog="Example: gsctracker jobs list --json")
@with_config
@as_json
def list_(config: Config, as_json: bool) -> None:
    """Show each job, its next run (UTC) and what came of its last one. A run that finds nothing to do is not recorded."""
    from gsctracker.ops.timetable import overview

    with opened(config) as db:
        found = [
            {
                "name": one.job.name,
                "about": one.job.about,
                "nextRun": one.next_run,
                "lastRun": one.last.started_at if one.last else None,
                "lastEnd": one.last.ended_at if one.last else None,
                "lastResult": one.last.result if one.last else None,
                "lastSaid": one.last.said if one.last else None,
                "requestId": one.last.request_id if one.last else None,
            }
            for one in overview.lines(config, db)
        ]
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found:
        came_of_it = f"{one['lastResult']} {one['lastRun']}: {one['lastSaid']}" if one["lastRun"] else "never yet"
        click.echo(f"{one['name']:<16} next {one['nextRun']}   last {came_of_it}\n{'':<16} {one['about']}")


@jobs.command(epilog="Example: gsctracker jobs run optimize")
@with_config
@click.argument("name")
def run(config: Config, name: str) -> None:
    """Run the job NAME now, beside the server if it runs."""
    from gsctracker.ops import box_record
    from gsctracker.ops.timetable import named, running

    job = named(config, name)
    with opened(config) as db:
        result = running.run_job(config, db, job)
        box_record.note(db, "job.asked", job=name, result=result)
    if result == "failed":
        raise click.ClickException(f"The job {name} failed: gsctracker jobs list says why.")
    click.echo(
        f"{name}: {'nothing to do' if result == 'idle' else 'has to wait, try again later' if result == 'later' else result}"
    )
