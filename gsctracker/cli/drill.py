"""gsctracker drill: is there a copy that brings the troop back? Tried, not believed."""

import json
from pathlib import Path

import click

from gsctracker.cli.options import as_json as json_option
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config


@click.command(epilog="Example: gsctracker drill")
@with_config
@click.option(
    "--key-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file with the key as somebody typed it from the printed recovery sheet: once a year.",
)
@json_option
def drill(config: Config, key_file: Path | None, as_json: bool) -> None:
    """Rehearse disaster: restore the newest copy off the box in a scratch place, with the key of the recovery sheet.

    Integrity, ledgers, counts and ten reports are compared with what they were; the time it took is recorded. Nothing of the
    live data is touched. Exits 1 where it fails, and says at which step.
    """
    from gsctracker.ops import box_record, recovery
    from gsctracker.ops.copies import drill as rehearsal

    typed = None
    if key_file:
        with key_file.open(encoding="utf-8", errors="replace") as written:
            typed = recovery.keys_in(written.read(10_000))
        if not typed:
            raise click.ClickException(f"There is no key in {key_file}: it begins with AGE-SECRET-KEY-1.")
    with opened(config) as db:
        done = rehearsal.rehearse(config, db, typed)
        box_record.note(db, "drill.made", ok=done.ok, by_hand=done.by_hand, copy=done.copy_name)
    if as_json:
        shown = {
            "ok": done.ok,
            "copy": done.copy_name,
            "place": done.place,
            "said": done.said,
            "milliseconds": done.milliseconds,
            "startedAt": done.started_at,
            "byHand": done.by_hand,
        }
        click.echo(json.dumps(shown, indent=2))
    elif done.ok:
        click.echo(f"{done.said}\nIt took {rehearsal.in_words(done.milliseconds)}.")
    if not done.ok:
        raise click.ClickException(f"The rehearsal failed. {done.said}")
