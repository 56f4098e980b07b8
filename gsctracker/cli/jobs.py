"""gsctracker jobs: what the box does by itself."""

import json

import click

from gsctracker.cli.options import as_json, opened, with_config
from gsctracker.config import Config
from gsctracker.jobs import TIMETABLE, named


@click.group(epilog="Example: gsctracker jobs list")
def jobs() -> None:
    """The timetable of what the box does by itself."""


@jobs.command("list", epilog="Example: gsctracker jobs list --json")
@with_config
@as_json
def list_(config: Config, as_json: bool) -> None:
    """Show each job, when it runs (UTC), its next run and what came of its last one."""
    from apscheduler.triggers.cron import CronTrigger

    from gsctracker import clock
    from gsctracker.ops import runs

    with opened(config) as db, db.read() as tx:
        found = []
        for job in TIMETABLE:
            last = runs.last(tx, job.name)
            upcoming = CronTrigger(timezone="UTC", **job.when).get_next_fire_time(None, clock.moment())
            found.append(
                {
                    "name": job.name,
                    "about": job.about,
                    "nextRun": clock.instant(upcoming),
                    "lastRun": last.started_at if last else None,
                    "lastResult": last.result if last else None,
                    "lastSaid": last.said if last else None,
                }
            )
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    for one in found:
        came_of_it = f"{one['lastResult']} {one['lastRun']}: {one['lastSaid']}" if one["lastRun"] else "never yet"
        click.echo(f"{one['name']:<10} next {one['nextRun']}   last {came_of_it}\n           {one['about']}")


@jobs.command(epilog="Example: gsctracker jobs run optimize")
@with_config
@click.argument("name")
def run(config: Config, name: str) -> None:
    """Run the job NAME now, beside the server if it runs."""
    from gsctracker.jobs import scheduler

    job = named(name)
    with opened(config) as db:
        result = scheduler.run(db, job)
    if result == "failed":
        raise click.ClickException(f"The job {name} failed: gsctracker jobs list says why.")
    click.echo(f"{name}: {result}")
