"""gsctracker user: accounts, from the console."""

import json

import click

from gsctracker.cli import passwords
from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config
from gsctracker.domain.people import accounts, resets, second_factor
from gsctracker.domain.people.roles import ROLES

_PAGE = 200


@click.group(epilog="Example: gsctracker user list --json")
def user() -> None:
    """Accounts: who may sign in."""


@user.command(epilog="Example: gsctracker user add lea@example.org --role leader --first-name Lea")
@with_config
@click.argument("name")
@click.option("--role", type=click.Choice(ROLES), default="leader", show_default=True, help="What she may do.")
@click.option("--first-name", required=True, help="Her first name.")
@click.option("--last-name", default="", help="Her last name.")
@click.option("--scout", "scout_id", type=int, help="For a scout's account: the girl's id on the roster.")
@passwords.from_stdin
def add(
    config: Config,
    name: str,
    role: str,
    first_name: str,
    last_name: str,
    scout_id: int | None,
    password_stdin: bool,
) -> None:
    """Let somebody sign in as NAME: an e-mail address, or a nickname for a scout."""
    with opened(config) as db:
        password_hash = passwords.ask_and_hash(password_stdin, name, first_name, last_name)
        with db.write() as tx:
            account_id = accounts.open_account(
                tx,
                sign_in_name=name,
                first_name=first_name,
                last_name=last_name,
                role=role,
                scout_id=scout_id,
                password_hash=password_hash,
            )
    click.echo(f"{name} can sign in now (account {account_id}).")


@user.command("list", epilog="Example: gsctracker user list")
@with_config
@json_option
def list_them(config: Config, as_json: bool) -> None:
    """Who may sign in, and as what."""
    found, after = [], ""
    with opened(config) as db, db.read() as tx:
        while page := accounts.page(tx, after, _PAGE):
            found += page
            after = page[-1].sign_in_name
    if as_json:
        items = [
            {
                "id": one.id,
                "email": one.sign_in_name,
                "firstName": one.first_name,
                "lastName": one.last_name,
                "role": one.role,
                "scoutId": one.scout_id,
                "state": one.state,
                "createdAt": one.created_at,
            }
            for one in found
        ]
        click.echo(json.dumps({"items": items, "total": len(items), "next": None}, ensure_ascii=False, indent=2))
        return
    for one in found:
        state = "" if one.state == "active" else f"  {one.state}"
        click.echo(f"{one.role:<14} {one.sign_in_name:<34} {one.first_name} {one.last_name}".rstrip() + state)


@user.command("reset-password", epilog="Example: gsctracker user reset-password lea@example.org")
@with_config
@click.argument("name")
@passwords.from_stdin
def reset_password(config: Config, name: str, password_stdin: bool) -> None:
    """Print a link, good once and for 15 minutes, with which NAME chooses a new password.

    With --password-stdin the password is taken as given, and she is signed out everywhere.
    """
    with opened(config) as db:
        with db.read() as tx:
            account = accounts.named(tx, name)
        if not password_stdin:
            from gsctracker.ops import addresses

            with db.write() as tx:
                secret = resets.start(tx, account.id, by=None)
            click.echo(f"{account.sign_in_name} chooses a new password here, once and within {resets.MINUTES} minutes:")
            click.echo(f"  {addresses.to_open(config)[0]}/reset/{secret}")
            return
        password_hash = passwords.ask_and_hash(password_stdin, name, account.first_name)
        with db.write() as tx:
            accounts.set_password(tx, account.id, password_hash, by=None)
    click.echo(f"{account.sign_in_name} has a new password and is signed out everywhere.")


@user.command("reset-second-factor", epilog="Example: gsctracker user reset-second-factor lea@example.org")
@with_config
@click.argument("name")
def reset_second_factor(config: Config, name: str) -> None:
    """Ask NAME for no code any longer: for a lost phone. She is signed out everywhere."""
    with opened(config) as db, db.write() as tx:
        second_factor.turn_off(tx, accounts.named(tx, name).id, None)
    click.echo(f"{name} signs in with the password alone now.")


@user.command(epilog="Example: gsctracker user disable lea@example.org")
@with_config
@click.argument("name")
def disable(config: Config, name: str) -> None:
    """Let NAME sign in no more, at once everywhere."""
    with opened(config) as db, db.write() as tx:
        accounts.disable(tx, accounts.named(tx, name).id, by=None)
    click.echo(f"{name} cannot sign in any more.")


@user.command(epilog="Example: gsctracker user enable lea@example.org")
@with_config
@click.argument("name")
def enable(config: Config, name: str) -> None:
    """Let NAME sign in again."""
    with opened(config) as db, db.write() as tx:
        accounts.enable(tx, accounts.named(tx, name).id, by=None)
    click.echo(f"{name} can sign in again.")
