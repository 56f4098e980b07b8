"""gsctracker export: each report that the pages have, as a file."""

import json
import sys
from pathlib import Path

import click

from gsctracker.cli import on_a_terminal
from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import season_sql, tables

OPERATOR = Person(id=0, role="admin", first_name="")
"""Whoever stands at the console owns the box: she sees everything, and is nobody's account."""

_BINARY = ("xlsx", "pdf")
"""Files for people, in which kinds have their names; csv and json are for programs, and keep the codes."""


@click.command(
    epilog="Examples: gsctracker export balances --format xlsx -o balances.xlsx · gsctracker export list · "
    "gsctracker export --format sql -o season.sql"
)
@with_config
@click.argument("report", required=False)
@click.option(
    "--format",
    "file_type",
    type=click.Choice(("csv", "xlsx", "json", "pdf", "sql")),
    help="Otherwise as -o ends, or csv. sql: the whole season for PostgreSQL, no report is named.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="Otherwise standard output.")
@json_option
def export(config: Config, report: str | None, file_type: str | None, output: Path | None, as_json: bool) -> None:
    """Write REPORT as a file; `list` as REPORT says which there are."""
    if file_type == "sql":
        _season(config, report, output)
        return
    if report is None:
        raise click.UsageError("Name a REPORT (gsctracker export list), or --format sql for the whole season.")
    if report == "list":
        _list(as_json)
        return
    file_type = file_type or ("json" if as_json else "") or _by_ending(output)
    if output is None and file_type in _BINARY and on_a_terminal():
        raise click.UsageError(f"A {file_type} file is not for the screen: name one with -o.")
    from gsctracker.integrations import tables_out
    from gsctracker.web.report_words import KINDS

    with opened(config) as db:
        with db.read() as tx:
            table = tables.make(tx, report, OPERATOR)
        content = tables_out.made(table, file_type, names=KINDS if file_type in _BINARY else {})
        with db.write() as tx:
            tables.taken_away(tx, table, file_type, None)
    if output is None:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    output.write_bytes(content)
    click.echo(f"{output}: {len(table.rows)} rows.", err=True)


def _season(config: Config, report: str | None, output: Path | None) -> None:
    """The whole season as SQL, statement by statement: it need not fit into memory twice."""
    if report not in (None, "season"):
        raise click.UsageError("--format sql is for the whole season: name no report.")
    with opened(config) as db:
        with db.write() as tx:
            season_sql.taken_away(tx, None)
        with db.read() as tx:
            statements = season_sql.written(tx, OPERATOR)
            if output is None:
                for statement in statements:
                    click.echo(statement, nl=False)
                return
            with output.open("w", encoding="utf-8") as file:
                file.writelines(statements)
    click.echo(f"{output}: the season, to load with: psql -v ON_ERROR_STOP=1 -f {output}", err=True)


def _by_ending(output: Path | None) -> str:
    ending = output.suffix.removeprefix(".").lower() if output else ""
    return ending if ending in ("csv", "xlsx", "json", "pdf") else "csv"


def _list(as_json: bool) -> None:
    reports = tables.reports(OPERATOR)
    if as_json:
        items = [{"name": report.name, "title": report.title} for report in reports]
        click.echo(json.dumps({"items": items, "total": len(items), "next": None}, indent=2))
        return
    for report in reports:
        click.echo(f"{report.name:<12} {report.title}")
