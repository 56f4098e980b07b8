"""gsctracker restore: a copy in the place of the present data, while the server runs."""

import click


@click.command(epilog="Example: gsctracker restore latest --dry-run")
def restore() -> None:
    """Put a copy in the place of the present data."""
