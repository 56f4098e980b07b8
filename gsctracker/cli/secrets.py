"""gsctracker secrets: new keys, and the page to print and keep."""

import click

from gsctracker.cli.language import say
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config


@click.group(epilog="Example: gsctracker secrets recovery-sheet")
def secrets() -> None:
    """The keys of the box."""


@secrets.command(epilog="Example: gsctracker secrets rotate session")
@with_config
@click.argument("name")
def rotate(config: Config, name: str) -> None:
    """Make a new key NAME (session, encryption or backup); old ones still open what they sealed, everybody is signed out."""
    from gsctracker.ops import rotation

    with opened(config) as db:
        said = rotation.rotate(config, db, name)
    click.echo(f"{name}: {say(said)}")


@secrets.command("revoke-all", epilog="Example: gsctracker secrets revoke-all --yes")
@with_config
@click.option("--yes", is_flag=True, help="Do not ask.")
def revoke_all(config: Config, yes: bool) -> None:
    """When something leaked: end every session, invitation, link and token at once. Passwords stay."""
    from gsctracker.ops import revocation

    with opened(config) as db:
        if not yes:
            click.confirm("End every session, invitation, link and token?", abort=True, err=True)
        ended = revocation.revoke_everything(db)
    click.echo(", ".join(f"{number} {what}" for what, number in ended.items()) + " ended. Everybody signs in anew.")


@secrets.command("recovery-sheet", epilog="Example: gsctracker secrets recovery-sheet | lp")
@with_config
def recovery_sheet(config: Config) -> None:
    """Print what brings the troop back on a new box: the key, the bucket, five steps. Keep it on paper."""
    from gsctracker.ops import recovery

    with opened(config) as db:
        with db.write() as tx:
            recovery.shown(tx, None)
        with db.read() as tx:
            found = recovery.sheet(config, tx)
    click.echo("\n".join(recovery.lines(found, say)))


@secrets.command(epilog="Example: gsctracker secrets holders 'Olga M.' 'Ines R.'")
@with_config
@click.argument("names", nargs=2)
def holders(config: Config, names: tuple[str, str]) -> None:
    """Write down which two people hold a printed recovery sheet."""
    from gsctracker.ops import recovery

    with opened(config) as db, db.write() as tx:
        recovery.name_holders(tx, None, list(names))
        click.echo(f"Held by {' and '.join(recovery.holders(tx))}.")
