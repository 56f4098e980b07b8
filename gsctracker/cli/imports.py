"""gsctracker import: a file of the official systems, a grid or a roster, looked at and applied; listed, taken back."""

import hashlib
import json
from pathlib import Path

import click

from gsctracker.cli import on_a_terminal
from gsctracker.cli.language import say
from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.imports import answers, applying, batches, ebudde, recognise, staging, undo
from gsctracker.domain.imports.recognise import SOURCES
from gsctracker.domain.season import seasons

MOST_SHOWN = 20
_TAKEN = ("new", "ours", "changed", "conflict", "same")


class _Sources(click.Group):
    """`import SOURCE FILE` beside `import list` and `import undo`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """A source's name means bringing in a file of it."""
        if args and args[0] in SOURCES:
            return args[0], bring_in, args
        return super().resolve_command(ctx, args)


class _LookedAt(Exception):
    """Ends a dry run: the transaction is rolled back."""


@click.group(
    "import",
    cls=_Sources,
    subcommand_metavar=f"({'|'.join(SOURCES)}) FILE | list | undo ID",
    epilog="Example: gsctracker import digital-cookie OrderDataTroop.xlsx --dry-run",
)
def imports() -> None:
    """Bring in a file, list what was brought in, take an import back."""


@click.command("file", options_metavar="", epilog="Example: gsctracker import digital-cookie OrderDataTroop.xlsx --yes")
@with_config
@click.argument("source", type=click.Choice(SOURCES))
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--scout", "scout_id", type=int, help="Whose file a caregiver's export is: the girl's id.")
@click.option("--column", "columns", multiple=True, metavar="HEADING=MEANING", help="What a column of a grid means.")
@click.option("--dry-run", is_flag=True, help="Only say what it would change.")
@click.option("--yes", is_flag=True, help="Apply it without asking.")
@json_option
def bring_in(
    config: Config,
    source: str,
    file: Path,
    scout_id: int | None,
    columns: tuple[str, ...],
    dry_run: bool,
    yes: bool,
    as_json: bool,
) -> None:
    """Bring in FILE of SOURCE: rows new, same, changed, conflicting and refused, and why."""
    from gsctracker.integrations import spreadsheets

    content = file.read_bytes()
    with opened(config) as db:
        sheets = spreadsheets.read(content, file.name)
        with db.read() as tx:
            mapping = _mapping(tx, sheets, source, columns) if columns else None
            parsed = staging.understand(tx, sheets, source, mapping)
        seen: dict = {}
        try:
            with db.write() as tx:
                if mapping is not None:
                    answers.remember_headings(tx, None, mapping.to_remember())
                sha256 = hashlib.sha256(content).hexdigest()
                batch_id = staging.stage(tx, None, source, parsed, file.name, sha256, scout_id)
                seen = _seen(tx, batch_id)
                if dry_run:
                    raise _LookedAt
        except _LookedAt:
            seen["id"] = None
        if not as_json:
            _print(seen)
        if not dry_run and seen["waiting"]:
            if not yes and (as_json or not on_a_terminal() or not click.confirm("Apply it?")):
                raise click.ClickException(f"Import {batch_id} is staged and not applied. Add --yes to apply it.")
            seen = _applied(db, batch_id)
            if not as_json:
                click.echo(f"Applied as import {batch_id}.")
        if as_json:
            click.echo(json.dumps(seen, ensure_ascii=False, indent=2))


@imports.command("list", epilog="Example: gsctracker import list")
@with_config
@json_option
def list_them(config: Config, as_json: bool) -> None:
    """What was brought in, newest first."""
    with opened(config) as db, db.read() as tx:
        found = batches.page(tx, seasons.current(tx).id, limit=200)
    if as_json:
        items = [
            {
                "id": one.id,
                "source": one.source,
                "kind": one.kind,
                "fileName": one.file_name,
                "state": one.state,
                "stagedAt": one.staged_at,
                "counts": dict(one.counts),
            }
            for one in found
        ]
        click.echo(json.dumps({"items": items, "total": len(items), "next": None}, ensure_ascii=False, indent=2))
        return
    for one in found:
        rows = ", ".join(f"{n} {outcome}" for outcome, n in sorted(one.counts.items()))
        click.echo(f"{one.id:>4}  {one.state:<8} {one.source:<15} {one.file_name}  ({rows})")


@imports.command("undo", epilog="Example: gsctracker import undo 12")
@with_config
@click.argument("number", type=int)
@click.option("--yes", is_flag=True, help="Do not ask.")
@json_option
def take_back(config: Config, number: int, yes: bool, as_json: bool) -> None:
    """Take back everything that import NUMBER did; a terminal is asked first."""
    with opened(config) as db:
        if not yes and on_a_terminal():
            click.confirm(f"Take back everything that import {number} did?", abort=True)
        with db.write() as tx:
            undo.undo(tx, None, number)
    click.echo(json.dumps({"id": number, "state": "undone"}) if as_json else f"Import {number} was taken back.")


def _mapping(tx, sheets: list, source: str, columns: tuple[str, ...]) -> ebudde.Mapping:
    told = {}
    for column in columns:
        heading, equals, meaning = column.rpartition("=")
        if not equals:
            raise click.UsageError(f"{column!r} is not HEADING=MEANING.")
        told[heading] = meaning
    sheet = recognise.recognise(sheets, source).sheet
    return ebudde.propose(sheet, staging.remembered_headings(tx)).told(told)


def _applied(db: Database, batch_id: int) -> dict:
    with db.write() as tx:
        applying.apply(tx, None, batch_id)
        return _seen(tx, batch_id)


def _seen(tx, batch_id: int) -> dict:
    """A batch as it is printed, in words and as JSON."""
    batch = batches.preview(tx, batch_id)
    said: dict[str, int] = {}
    counts = dict(batch.counts)
    if batch.already_applied:  # of what it changed when it was applied, nothing is left to change
        counts |= {"new": 0, "ours": 0, "changed": 0, "conflict": 0, "same": sum(counts[done] for done in _TAKEN)}
    for outcome in ("conflict", "refused", "vanished"):
        for row in batches.lines(tx, batch_id, outcome, limit=2000):
            for note in row.reasons:
                sentence = f"{outcome}: {say(note.message, note.params)}"
                said[sentence] = said.get(sentence, 0) + 1
    return {
        "id": batch_id,
        "state": batch.state,
        "source": batch.source,
        "kind": batch.kind,
        "fileName": batch.file_name,
        "counts": counts,
        "totals": batch.totals,
        "fileTotals": batch.file_totals,
        "notes": [say(note.message, note.params) for note in batch.notes],
        "reasons": [{"reason": reason, "rows": rows} for reason, rows in said.items()],
        "questions": [{"kind": ask.kind, "said": ask.said, "rows": ask.rows} for ask in batch.asks],
        "waiting": batch.is_waiting,
        "alreadyApplied": batch.already_applied,
    }


def _print(seen: dict) -> None:
    if seen["alreadyApplied"]:
        click.echo("This file was imported already: 0 changes.")
    click.echo(", ".join(f"{n} {outcome}" for outcome, n in seen["counts"].items()))
    totals = seen["totals"]
    if seen["source"] != "roster":
        click.echo(
            f"{totals['boxes']} packages = {totals['physical']} + {totals['donated']} donated + {totals['refunded']} refunded; "
            f"{totals['left_out']} packages are in rows that were refused."
        )
    for note in seen["notes"]:
        click.echo(note)
    for reason in seen["reasons"][:MOST_SHOWN]:
        click.echo(f"  {reason['rows']:>4} {reason['reason']}")
    if len(seen["reasons"]) > MOST_SHOWN:
        click.echo(f"  and {len(seen['reasons']) - MOST_SHOWN} more reasons; --json has all of them.")
