"""gsctracker doctor: what is wrong with this box, and what to do about it."""

import dataclasses
import json

import click

from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import with_config
from gsctracker.config import Config

COLOURS = {"ok": "green", "warn": "yellow", "fail": "red"}


@click.command(epilog="Example: gsctracker doctor --production")
@with_config
@click.option(
    "--production",
    is_flag=True,
    help="Be as strict as a box that people depend on deserves, and go through the list before a season.",
)
@json_option
def doctor(config: Config, production: bool, as_json: bool) -> None:
    """Check everything that can be wrong with this box, each with its fix; exit 1 on a failed check."""
    from gsctracker.ops.doctor import FAIL, examine

    findings = examine(config, production)
    failed = [finding.name for finding in findings if finding.status == FAIL]
    if as_json:
        click.echo(json.dumps({"ok": not failed, "checks": [dataclasses.asdict(each) for each in findings]}, indent=2))
    else:
        chapter = ""
        for each in findings:
            if production and each.chapter != chapter:
                chapter = each.chapter
                click.echo(f"\n{chapter}")
            mark = click.style(f"{each.status:<4}", fg=COLOURS[each.status])
            click.echo(f"{mark}  {each.name}: {each.message}." + (f"\n      {each.fix}" if each.fix else ""))
    if failed:
        raise click.ClickException(f"Not well: {', '.join(failed)}.")
