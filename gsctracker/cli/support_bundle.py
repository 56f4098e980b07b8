"""gsctracker support-bundle: one file for whoever is asked for help, without secrets and without names."""

from pathlib import Path

import click

from gsctracker import clock
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config


@click.command("support-bundle", epilog="Example: gsctracker support-bundle -o /tmp/bundle.zip")
@with_config
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file to write; otherwise gsctracker-support and the time, in this folder.",
)
def support_bundle(config: Config, output: Path | None) -> None:
    """Write what somebody needs who is asked for help: findings, versions, settings, errors, timetable.

    Secrets and the names of people are covered. The newest lines of the log are in the one that the page makes.
    """
    from gsctracker.ops import box_record
    from gsctracker.ops import support_bundle as bundles

    with opened(config) as db:
        made = bundles.make(config, db)
        box_record.note(db, "support.bundle", bytes=len(made))
    path = output or Path(f"gsctracker-support-{clock.now().replace(':', '').replace('-', '')}.zip")
    path.write_bytes(made)
    click.echo(f"{path} was written ({len(made) // 1000 + 1} kB). Look into it before you send it.")
