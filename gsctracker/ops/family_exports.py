"""Files with all that is kept of a girl: made by a job for an adult of hers who asked, gone after a day."""

import html
import io
import json
import os
import secrets
import zipfile
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import Database, durable
from gsctracker.domain.people import data_requests
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import data_of_a_child
from gsctracker.errors import NotFound
from gsctracker.words import N_, in_english

HOURS = 24
FOLDER = "exports"


def ask(db: Database, scout_id: int, by: Person) -> int:
    """Note that the file is wanted; the job makes it. Gives the request's id."""
    with db.write() as tx:
        return data_requests.ask(tx, scout_id, f"{secrets.token_hex(16)}.zip", by)


def make_waiting(config: Config, db: Database) -> str | None:
    """Make the files that were asked for; None where none was."""
    with db.read() as tx:
        waiting = data_requests.waiting(tx)
    for request in waiting:
        with db.read() as tx:
            content = packed(data_of_a_child.collected(tx, request.scout_id))
        folder = _folder(config)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        durable.write_whole(folder / request.file_name, content)
        os.chmod(folder / request.file_name, 0o600)
        with db.write() as tx:
            data_requests.made(tx, request.id, HOURS)
    return f"{len(waiting)} files for families were made" if waiting else None


def forget_old(config: Config, db: Database) -> str | None:
    """Remove the files whose day is over; None where there is none."""
    gone = clear(config, db)
    return f"{gone} files for families were removed" if gone else None


def clear(config: Config, db: Database) -> int:
    """Remove every file that no living request names; gives how many."""
    with db.read() as tx:
        living = data_requests.living(tx)
    gone = 0
    for file in _folder(config).glob("*") if _folder(config).is_dir() else ():
        if file.name not in living:
            file.unlink(missing_ok=True)
            gone += 1
    return gone


def content(config: Config, db: Database, request_id: int, by: Person) -> bytes:
    """The file, for whoever asked for it and as long as its day lasts; that it was taken is written down. Raises NotFound."""
    with db.write() as tx:
        name = data_requests.take(tx, request_id, by)
    try:
        return (_folder(config) / name).read_bytes()
    except FileNotFoundError:
        raise NotFound(N_("This file is gone. Ask for a new one."), "export_gone") from None


def packed(sections: list[data_of_a_child.Section]) -> bytes:
    """A zip with the same twice: for programs as JSON, for people as a page."""
    found = {
        section.name: [dict(zip(section.columns, row, strict=True)) for row in section.rows] for section in sections
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("data.json", json.dumps(found, indent=1, ensure_ascii=False))
        archive.writestr("data.html", _page(sections))
    return out.getvalue()


def _page(sections: list[data_of_a_child.Section]) -> str:
    parts = []
    for section in sections:
        head = "".join(f"<th>{html.escape(column)}</th>" for column in section.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{html.escape('' if cell is None else str(cell))}</td>" for cell in row) + "</tr>"
            for row in section.rows
        )
        title = html.escape(in_english(section.title, None))
        parts.append(f"<h2>{title} ({len(section.rows)})</h2><table><tr>{head}</tr>{body}</table>")
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>All that is kept</title>'
        "<style>body{font:16px sans-serif;margin:2em}td,th{border:1px solid;padding:.3em;text-align:left}"
        "table{border-collapse:collapse}</style><h1>All that is kept</h1>" + "".join(parts) + "</html>"
    )


def _folder(config: Config) -> Path:
    return config.data_dir / FOLDER
