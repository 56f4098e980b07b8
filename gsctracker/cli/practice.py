"""gsctracker practice: the troop without anybody in it, in a folder of its own."""

import json
from pathlib import Path

import click

from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import with_config
from gsctracker.config import Config


@click.command(
    epilog="Example: gsctracker practice --into ./practice && gsctracker serve --demo --data-dir ./practice --port 3001"
)
@with_config
@click.argument("source", default="latest")
@click.option(
    "--into",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="An empty folder, which becomes the data folder of a box to practise with.",
)
@json_option
def practice(config: Config, source: str, folder: Path, as_json: bool) -> None:
    """Make a box to try things with: a copy in which every name, address, note and secret is replaced.

    SOURCE is what `restore` takes; otherwise it is the newest copy. Figures, days and cookies stay. Try a new version of the
    program on it: nobody is in it, and nothing that happens there reaches the troop.
    """
    from gsctracker.ops import practice as maker
    from gsctracker.ops.demo_people import PASSWORD

    found = maker.make(config, folder, source)
    if as_json:
        click.echo(json.dumps(found | {"folder": str(folder), "password": PASSWORD}, indent=2))
        return
    click.echo(f"{found['girls']} girls, {found['adults']} adults and {found['sales']} sales, and nobody's name.")
    click.echo(f"Everybody's password is: {PASSWORD}")
    click.echo(f"Start it, and read who may sign in, with: gsctracker serve --demo --data-dir {folder} --port 3001")
