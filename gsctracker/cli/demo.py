"""gsctracker demo: an empty box becomes the example troop."""

import json

import click

from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config


@click.command(epilog="Example: gsctracker demo --scouts 25 --sales 6000 --booths 60 --yes --data-dir ./pretend")
@with_config
@click.option("--scouts", type=click.IntRange(1, 300), default=25, show_default=True, help="Girls in the troop.")
@click.option("--sales", type=click.IntRange(0, 100_000), default=6000, show_default=True, help="Sales they made.")
@click.option("--booths", type=click.IntRange(0, 1000), default=60, show_default=True, help="Booths they held.")
@click.option("--seed", type=int, default=1, show_default=True, help="The same number gives the same season.")
@click.option("--yes", is_flag=True, help="Do not ask first.")
@json_option
def demo(config: Config, scouts: int, sales: int, booths: int, seed: int, yes: bool, as_json: bool) -> None:
    """Fill an empty box with a believable season and print its sign-ins."""
    if not yes:
        click.confirm(f"Fill {config.data_dir} with the example troop?", abort=True, err=True)
    from gsctracker.ops import demo as maker

    with opened(config, make=True) as db:
        sign_ins = maker.fill(db, scouts, sales, booths, seed)
    if as_json:
        click.echo(json.dumps({"signIns": sign_ins}, ensure_ascii=False, indent=2))
        return
    click.echo(f"{scouts} girls, {sales} sales and {booths} booths. Everybody's password: {sign_ins[0]['password']}")
    for one in sign_ins:
        click.echo(f"  {one['role']:<14} {one['email']:<30} {one['name']}")
