"""gsctracker smoke: the calls that must work, made once."""

import dataclasses
import json
import sys

import click

from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import with_config
from gsctracker.config import Config


@click.command(epilog="Example: gsctracker smoke https://cookies.example.org")
@with_config
@click.argument("address", metavar="[URL]", required=False)
@click.option("--email", help="Sign in as this person too, look at what a leader looks at, and sign out.")
@click.option("--password-stdin", is_flag=True, help="Her password is the first line of standard input.")
@json_option
def smoke(config: Config, address: str | None, email: str | None, password_stdin: bool, as_json: bool) -> None:
    """Make the calls that must work, at URL or at the box on this machine: exit 0 when all did, otherwise 1.

    Nothing stays of it: what it writes it takes back.
    """
    from gsctracker.ops import served
    from gsctracker.ops.smoke import try_all

    if password_stdin != bool(email):
        raise click.UsageError("--email and --password-stdin belong together.")
    password = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
    here = served.address(served.as_running(config))
    calls = try_all(config, address or here, (email, password) if email else None, own=address is None)
    failed = [each.name for each in calls if not each.ok]
    if as_json:
        click.echo(json.dumps({"ok": not failed, "calls": [dataclasses.asdict(each) for each in calls]}, indent=2))
    else:
        for each in calls:
            said = f": {each.said}" if each.said else ""
            click.echo(f"{'ok  ' if each.ok else 'fail'}  {each.milliseconds:>5} ms  {each.name}{said}")
    if failed:
        raise click.ClickException(f"Not as it must be: {', '.join(failed)}.")
