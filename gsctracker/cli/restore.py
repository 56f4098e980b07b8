"""gsctracker restore: a copy in the place of the present data, while the server runs."""

import contextlib
import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from gsctracker.cli.options import as_json, with_config
from gsctracker.config import Config

if TYPE_CHECKING:
    from gsctracker.db.difference import Difference
    from gsctracker.ops.copies.restoring import Restored
    from gsctracker.ops.copies.staging import Staged

# what people call what stands in a table; the box's notes about itself are not shown
CALLED = {
    "orders": "sales",
    "journal": "entries in the ledgers",
    "scouts": "scouts",
    "accounts": "people who sign in",
    "guardians": "caregivers",
    "booths": "booths",
    "shift_sign_ups": "sign-ups for shifts",
    "counts": "counts",
    "goals": "goals",
    "import_batches": "imports",
    "products": "cookies",
    "seasons": "seasons",
}


@click.command(epilog="Example: gsctracker restore latest --dry-run")
@with_config
@click.argument("source", default="latest")
@click.option(
    "--at", metavar="TIME", help="The state of that minute: 2026-02-14T14:05 (this machine's time) or ...Z (UTC)."
)
@click.option("--dry-run", is_flag=True, help="Check the copy and say what would be lost; change nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--undo", is_flag=True, help="Take back the last restore (within seven days).")
@click.option(
    "--unverified", is_flag=True, help="Take a file without its manifest, or a plain .db; it is checked all the same."
)
@click.option("--adopt", is_flag=True, help="Take the copy of another box in the place of this one's data.")
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the age key, from the recovery sheet.",
)
@as_json
def restore(
    config: Config,
    source: str,
    at: str | None,
    dry_run: bool,
    yes: bool,
    undo: bool,
    unverified: bool,
    adopt: bool,
    key_file: Path | None,
    as_json: bool,
) -> None:
    """Put a copy in the place of the present data.

    SOURCE is a file, a name from `gsctracker backups list`, an s3:// address or `latest`. The server may run: people can read
    meanwhile, and have to sign in again afterwards. The present state is copied first and can itself be restored: --undo.
    """
    from gsctracker.ops.copies import announcing, finding, moving, restoring, staging

    moving.finish_if_pending(config)
    identities = _keys_in(key_file) if key_file else []
    with contextlib.ExitStack() as until_done:
        db = restoring.opened(config)
        if db:
            until_done.callback(db.close)
        undoes = None
        if undo:
            undoes, source = _to_undo(db)
        found = finding.find(config, source, at)
        staged = until_done.enter_context(staging.stage(config, found, identities, unverified, adopt))
        lost = restoring.loss(config, staged)
        if not as_json:
            _say_what_it_means(staged, lost, db is not None)
        if dry_run:
            if as_json:
                click.echo(json.dumps(_facts(staged, lost) | {"dryRun": True}, indent=2))
            else:
                click.echo("Nothing was changed: this was a dry run.")
            return
        if not yes:
            click.confirm("Put this copy in the place of the present data?", abort=True)
        done = restoring.restore(config, db, staged, undoes=undoes)
        announcing.tell(config, done)
        _say_what_was_done(done, staged, as_json)


def _to_undo(db: object) -> tuple[int, str]:
    from gsctracker.db import Database
    from gsctracker.ops.copies import restoring

    if not isinstance(db, Database):
        raise click.ClickException("There is no database here that can be read, so there is no restore to take back.")
    with db.read() as tx:
        last = restoring.last_undoable(tx)
    return last.id, last.before_name


def _keys_in(file: Path) -> list[str]:
    with file.open(encoding="utf-8", errors="replace") as lines:
        written = lines.read(10_000).split()
    found = [word for word in written if word.upper().startswith("AGE-SECRET-KEY-1")]
    if not found:
        raise click.ClickException(f"There is no key in {file}: it begins with AGE-SECRET-KEY-1.")
    return found


def _say_what_it_means(staged: "Staged", lost: "dict[str, Difference]", has_present: bool) -> None:
    of = f", the state of {staged.made_at}" if staged.made_at else ""
    click.echo(f"{staged.name}{of}: checked whole, it can be restored.")
    if staged.manifest and staged.manifest.label:
        click.echo(f"Its label: {staged.manifest.label}")
    shown = [(CALLED[table], each) for table, each in lost.items() if table in CALLED]
    if not has_present:
        click.echo("There is no present data that can be read, so nothing is lost.")
    elif not shown:
        click.echo("Nothing of the season differs between it and the present.")
    else:
        click.echo("In the present and not in it, so they would be lost / back again / otherwise:")
        for words, each in shown:
            click.echo(f"  {words:<24} {each.only_here:>6} lost {each.only_there:>6} back {each.changed:>6} otherwise")


def _say_what_was_done(done: "Restored", staged: "Staged", as_json: bool) -> None:
    if as_json:
        facts = _facts(staged, done.loss) | {
            "dryRun": False,
            "before": done.before.name if done.before else None,
            "quarantine": str(done.quarantine) if done.quarantine else None,
            "secondsClosed": round(done.seconds_closed, 3),
        }
        click.echo(json.dumps(facts, indent=2))
        return
    click.echo(f"Restored: {done.name}. Everybody has to sign in again.")
    if done.before:
        click.echo(
            f"The state before is kept as {done.before.name}; take this restore back with: gsctracker restore --undo"
        )
    if done.quarantine:
        click.echo(f"The files that were there before are kept in {done.quarantine}")


def _facts(staged: "Staged", lost: "dict[str, Difference]") -> dict[str, object]:
    return {
        "copy": staged.name,
        "madeAt": staged.made_at,
        "schema": staged.from_schema,
        "loss": {
            table: {"lost": each.only_here, "back": each.only_there, "otherwise": each.changed}
            for table, each in lost.items()
        },
    }
