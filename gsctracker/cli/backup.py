"""gsctracker backup and backups: make a copy now, see what copies there are, try each out, let old ones go."""

import json
import logging
import sys
from dataclasses import asdict
from pathlib import Path
from typing import NoReturn

import click

from gsctracker.cli import one_line
from gsctracker.cli.language import say
from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.errors import Refusal
from gsctracker.ops import box_record
from gsctracker.ops.copies import bucket, extras, finding, history, making, retention, uploading, verifying
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.words import N_

NOT_UPLOADED, SUSPICIOUS = 4, 5
KEPT = N_("The copy is kept, and so are all before it, until you have looked at them.")

logger = logging.getLogger("gsctracker.copies")


@click.command(epilog="Example: gsctracker backup --label 'before the cupboard trip'")
@with_config
@click.option(
    "--to", "target", metavar="DIR-or-S3", help="Another folder, or s3://bucket/folder; otherwise BACKUP_DIR."
)
@click.option("--no-upload", is_flag=True, help="Keep the copy on this machine, whatever bucket is set.")
@click.option("--label", default="", help="A word to know the copy by, one line of at most 80 characters.")
@click.option(
    "--kind",
    type=click.Choice(["manual", "pre-upgrade"]),
    default="manual",
    help="What it is made for: a copy made before an update is kept for 30 days.",
)
@json_option
def backup(config: Config, target: str | None, no_upload: bool, label: str, kind: str, as_json: bool) -> None:
    """Make a verified copy of the data now, while everybody works on.

    Exits 0 when it was made, 1 when it could not be, 4 when it is kept here but could not be uploaded, 5 when the data shrank
    suspiciously (the copy is kept and pinned), 75 when another copy is under way.
    """
    remote = target if target and "://" in target else None
    folder = Path(target).expanduser() if target and not remote else None
    if remote and no_upload:
        raise click.UsageError("--to s3://... and --no-upload contradict each other.")
    if remote:
        bucket.at(config, remote)  # a mistyped address is refused before anything is made
    with opened(config) as db:
        made = making.make(config, db, kind, label, to=folder)
        assert made  # it was asked for, so it is made even where nothing changed
        not_uploaded = "" if no_upload or folder else _upload(config, db, made, remote)
        if not folder:
            _let_old_ones_go(config, db)
    if as_json:
        found = making.facts(made) | {"place": str(folder or config.backups), "notUploaded": not_uploaded or None}
        click.echo(json.dumps(found, indent=2))
    else:
        click.echo(f"{made.name}\n{made.file}  {made.size} bytes  sha256 {made.sha256}")
    if made.suspicious:
        _fail(f"{' '.join(made.suspicious)} {say(KEPT)}", SUSPICIOUS)
    if not_uploaded:
        _fail(not_uploaded, NOT_UPLOADED)


def _upload(config: Config, db: Database, made: Manifest, remote: str | None) -> str:
    """Take it off the box, to the bucket of the settings or to `remote`; gives why that could not be done, or nothing."""
    try:
        if remote:
            uploading.ship(config, made, remote)
        else:
            uploading.catch_up(config, db, at_once=True)
    except Refusal as no:
        return one_line(no)
    return ""


def _let_old_ones_go(config: Config, db: Database) -> None:
    """Only after a success; that nothing can go is no failure of the copy."""
    try:
        retention.prune(config, db)
    except Refusal as no:
        logger.warning("old copies stay: %s", no)


@click.group(epilog="Example: gsctracker backups list")
def backups() -> None:
    """The copies there are, here and in the bucket."""


@backups.command("list", epilog="Example: gsctracker backups list --json")
@with_config
@json_option
def list_(config: Config, as_json: bool) -> None:
    """Show every copy, oldest first, and what lies there and does not count."""
    items, broken, unreachable = [], [], []
    for place in finding.all_places(config):
        try:
            copies, others = place.looked_through()
        except Refusal as no:  # the internet is away: what lies here is shown all the same
            unreachable.append({"place": place.name, "reason": one_line(no)})
            continue
        items += [making.facts(each) | {"place": place.name} for each in copies]
        broken += [{"name": name, "reason": reason, "place": place.name} for name, reason in others]
    if as_json:
        found = {"items": items, "total": len(items), "broken": broken, "unreachable": unreachable}
        click.echo(json.dumps(found, indent=2))
        return
    for one in items:
        remarks = [word for word, is_so in (("sealed", one["sealed"]), ("SUSPICIOUS", one["suspicious"])) if is_so]
        shown = f"{one['name']}  {one['kind']:<11} {one['size']:>12} bytes  {one['place']}"
        click.echo("  ".join([shown, *remarks, str(one["label"])]).rstrip())
    for one in broken:
        click.echo(f"{one['name']}  does not count: {one['reason']}  {one['place']}")
    for one in unreachable:
        click.echo(f"{one['place']}  cannot be asked: {one['reason']}")
    if not (items or broken or unreachable):
        click.echo("There is no copy yet. Make one with: gsctracker backup")


@backups.command(epilog="Example: gsctracker backups verify")
@with_config
@json_option
def verify(config: Config, as_json: bool) -> None:
    """Restore each copy into a scratch file and check it whole; exit 1 where one is not sound."""
    results = verifying.verify(config)
    if as_json:
        click.echo(json.dumps([asdict(each) | {"seconds": round(each.seconds, 3)} for each in results], indent=2))
    else:
        for each in results:
            click.echo(f"{'ok ' if each.ok else 'BAD'}  {each.name}  {each.place}  {each.said}".rstrip())
    bad = sorted({each.name for each in results if not each.ok})
    if bad:
        raise click.ClickException(f"Not sound: {', '.join(bad)}.")


@backups.command(epilog="Example: gsctracker backups prune --dry-run")
@with_config
@click.option("--dry-run", is_flag=True, help="Only say what would go.")
@json_option
def prune(config: Config, dry_run: bool, as_json: bool) -> None:
    """Let copies go that are older than they are kept; the newest seven sound ones stay, whatever their age."""
    with opened(config) as db:
        gone = retention.prune(config, db, dry_run=dry_run)
        if gone and not dry_run:
            box_record.note(db, "copy.removed", copies=len(gone))
    if as_json:
        click.echo(json.dumps({"dryRun": dry_run, "removed": [asdict(each) for each in gone]}, indent=2))
        return
    for each in gone:
        click.echo(f"{'would go' if dry_run else 'removed'}  {each.name}  {each.place}")
    click.echo(f"{'Would go' if dry_run else 'Removed'}: {len(gone)}.")


@backups.command(epilog="Example: gsctracker backups accept gsctracker-20260214T020000Z-00000042")
@with_config
@click.argument("name")
def accept(config: Config, name: str) -> None:
    """Say that the suspicious copy NAME is well: you looked, and the data is meant to be so."""
    with opened(config) as db, db.write() as tx:
        history.accept(tx, name, by=None)
    click.echo(f"accepted  {name}")


@backups.command(epilog="Example: gsctracker backups files gsctracker-20260214T020000Z-00000042 look-here")
@with_config
@click.argument("name")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def files(config: Config, name: str, folder: Path) -> None:
    """Lay what goes with the copy NAME (photos, settings, secrets) into the new folder FOLDER, to look at; nothing else changes."""
    found = finding.find(config, name)
    if isinstance(found, Path):
        raise click.ClickException("Name a copy from: gsctracker backups list")
    laid_out = extras.look(config, found.place, found.manifest, folder)
    if config.database.exists():
        box_record.note_beside(config, "copy.looked_into", copy=name)
    for each in laid_out:
        click.echo(f"{folder}/{each}")


def _fail(sentence: str, code: int) -> NoReturn:
    click.echo(f"Error: {sentence}", err=True)
    sys.exit(code)
