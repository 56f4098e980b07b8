"""gsctracker maintenance: a polite page for everybody, for as long as the operator wants it."""

import click

from gsctracker.cli.options import with_config
from gsctracker.config import Config


@click.group(epilog="Example: gsctracker maintenance on")
def maintenance() -> None:
    """Close the box for a while, and open it again."""


@maintenance.command(epilog="Example: gsctracker maintenance on")
@with_config
def on(config: Config) -> None:
    """Show everybody a polite page; /health and /metrics still answer, and commands still work."""
    from gsctracker.ops import maintenance

    maintenance.on(config)
    click.echo("Closed: everybody sees a polite page. Open it again with: gsctracker maintenance off")


@maintenance.command(epilog="Example: gsctracker maintenance off")
@with_config
def off(config: Config) -> None:
    """Open the box again."""
    from gsctracker.ops import maintenance

    maintenance.off(config)
    click.echo("Open: everybody can go on.")


@maintenance.command(epilog="Example: gsctracker maintenance status")
@with_config
def status(config: Config) -> None:
    """Say whether the box is closed."""
    from gsctracker.ops import maintenance

    click.echo("closed" if maintenance.is_on(config) else "open")
