"""gsctracker migrate: the database to the newest schema, or back to an older one."""

import json

import click

from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import with_config
from gsctracker.config import Config


@click.command(epilog="Example: gsctracker migrate --dry-run")
@with_config
@click.option("--to", "target", type=int, metavar="N", help="The schema to reach, up or down; otherwise the newest.")
@click.option("--dry-run", is_flag=True, help="Carry it out on a copy, check that, and leave the database as it is.")
@json_option
def migrate(config: Config, target: int | None, dry_run: bool, as_json: bool) -> None:
    """Change the database to the newest schema, or to schema N; a checked copy is made first.

    The server does the same when it starts with an older database. Before an older GSCTracker is put back, `--to` takes
    the database back to what that one knows; stop the server first.
    """
    from gsctracker.ops import upgrade

    done = (upgrade.rehearse if dry_run else upgrade.carry_out)(config, target)
    if as_json:
        found = {
            "from": done.from_schema,
            "to": done.to_schema,
            "dryRun": dry_run,
            "seconds": round(done.seconds, 3),
            "checks": "ok",
            "rows": done.rows,
            "copy": str(done.copy) if done.copy else None,
        }
        click.echo(json.dumps(found, indent=2))
        return
    if done.from_schema == done.to_schema:
        click.echo(f"The database has schema {done.to_schema} already; nothing to do.")
        return
    if done.copy:
        click.echo(f"Copied first to {done.copy}")
    did = "Rehearsed on a copy" if dry_run else "Changed"
    click.echo(f"{did}: from schema {done.from_schema} to {done.to_schema} in {done.seconds:.2f} seconds.")
    click.echo(
        f"Checked: every page and reference is sound, {sum(done.rows.values())} rows in {len(done.rows)} tables."
    )
