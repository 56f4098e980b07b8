"""gsctracker setup: the first run without a browser."""

import click

from gsctracker.cli import passwords
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config
from gsctracker.domain.season import troop
from gsctracker.domain.season.seasons import BAKERS
from gsctracker.errors import Conflict
from gsctracker.words import N_


@click.command(
    epilog='Example: gsctracker setup --troop 1234 --name "Troop 1234" --season 2026 --council "Example Hills" '
    "--baker abc --email you@example.org"
)
@with_config
@click.option("--troop", "number", required=True, help="The troop's number.")
@click.option("--name", required=True, help="What the troop calls itself.")
@click.option("--season", type=click.IntRange(2000, 2100), required=True, help="The year in which the season ends.")
@click.option("--council", default="", help="The council's name.")
@click.option("--baker", type=click.Choice(BAKERS), required=True, help="ABC Bakers or Little Brownie Bakers.")
@click.option("--email", required=True, help="The first admin signs in with this address.")
@click.option("--first-name", help="The admin's first name; otherwise the beginning of the address.")
@click.option("--last-name", default="", help="The admin's last name.")
@click.option("--time-zone", default="America/New_York", show_default=True, help="The troop's time zone.")
@click.option("--language", type=click.Choice(("en", "es")), default="en", show_default=True, help="What she reads.")
@passwords.from_stdin
def setup(
    config: Config,
    number: str,
    name: str,
    season: int,
    council: str,
    baker: str,
    email: str,
    first_name: str | None,
    last_name: str,
    time_zone: str,
    language: str,
    password_stdin: bool,
) -> None:
    """Make the troop, its season and its first admin: the set-up page without a browser."""
    with opened(config, make=True) as db:
        with db.read() as tx:
            if troop.is_set_up(tx):  # said before anybody types a password
                raise Conflict(N_("This box was set up before. Sign in instead."), "already_set_up")
        password_hash = passwords.ask_and_hash(password_stdin, number, name, email)
        with db.write() as tx:
            troop.set_up(
                tx,
                number=number,
                name=name,
                council=council,
                baker=baker,
                year=season,
                time_zone=time_zone,
                email=email,
                first_name=first_name or email.partition("@")[0][:40].title() or "Admin",
                last_name=last_name,
                password_hash=password_hash,
                language=language,
            )
    click.echo(f"Troop {number} is set up. Start it with: gsctracker serve")
