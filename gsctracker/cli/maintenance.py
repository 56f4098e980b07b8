"""gsctracker maintenance: a polite page for everybody, for as long as the operator wants it."""

import click

from gsctracker.cli.options import with_config
from gsctracker.config import Config


@click.group(epilog="Example: gsctracker maintenance on")
def maintenance() -> None:
    """Close the box for a while, and open it again."""


@maintenance.command(epilog="Example: gsctracker maintenance on")
@with_config
@click.option("--only-read", is_flag=True, help="Let everybody read as before; only changes are refused.")
def on(config: Config, only_read: bool) -> None:
    """Show everybody a polite page; /health and /metrics still answer, and commands still work."""
    from gsctracker.ops import box_record, maintenance

    maintenance.on(config, only_read)
    box_record.note_beside(config, "box.closed", only_read=only_read)
    if only_read:
        click.echo("Only reading: nobody can change anything. Let them again with: gsctracker maintenance off")
        return
    click.echo("Closed: everybody sees a polite page. Open it again with: gsctracker maintenance off")


@maintenance.command(epilog="Example: gsctracker maintenance off")
@with_config
def off(config: Config) -> None:
    """Open the box again, whatever closed it or let it only be read."""
    from gsctracker.ops import box_record, maintenance

    maintenance.off(config)
    box_record.note_beside(config, "box.opened")
    click.echo("Open: everybody can go on.")


@maintenance.command(epilog="Example: gsctracker maintenance status")
@with_config
def status(config: Config) -> None:
    """Say whether the box is closed, or can only be read and why."""
    from gsctracker.cli.language import say
    from gsctracker.ops import maintenance, standby

    closed, why = maintenance.is_on(config), standby.of(config.database)
    click.echo("closed" if closed else "open" if why is None else f"only reading: {say(why.sentence, why.params)}")


@maintenance.command(
    "may-close", epilog="Example: gsctracker maintenance may-close && ./deploy.sh gsctracker-2.1.0.whl"
)
@with_config
def may_close(config: Config) -> None:
    """Say whether the box may be closed now: exit 75 while a booth is open, and in the hour before one begins."""
    from gsctracker.ops import maintenance

    maintenance.may_close(config)
    click.echo("No booth is open, and none begins within the hour.")
