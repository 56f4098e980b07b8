"""Spreadsheets and text files as plain rows, read in a child process that cannot take the server with it."""

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from gsctracker.errors import Conflict, Invalid
from gsctracker.integrations import sheet_reader
from gsctracker.words import N_

SIZE_MOST = 16 * 1024 * 1024
SECONDS_MOST = 15
PATIENCE = 15  # seconds that an upload waits for the one before it

_one_at_a_time = threading.Lock()  # each reader may take half a gigabyte: a small box has room for one


class Sheet(NamedTuple):
    """One sheet. `rows[0]` is the file's first line, blank lines are empty lists, blanks at a line's end are cut off.

    A cell is text, int, float, bool or None; an Excel date is ISO text without a zone (`2026-01-31T13:17:00`, or
    `2026-01-31` when it has no time), as the wall clock in the file says it. Numbers without a fraction are int, so
    an order number kept as a float has its exact digits. Cells of text files are text as it stands there.
    `text` is the whole text of a JSON file, whose rows are empty; else None.
    """

    name: str
    rows: list[list[Any]]
    text: str | None = None


def read(content: bytes, file_name: str) -> list[Sheet]:
    """The sheets of an uploaded file (xlsx, xlsm, xls, ods, csv, tsv, txt, json), told apart by what is in it.

    Refuses with Invalid, in bounded time and memory: empty, larger than 16 MiB, damaged, protected, not a
    spreadsheet, more than 20,000 rows, 200 columns, 2,000 characters in a cell. Conflict when files queue up.
    """
    if not content.strip():
        raise Invalid(N_("This file is empty."), "file_empty")
    if len(content) > SIZE_MOST:
        raise Invalid(N_("This file is larger than %(most)s MB."), "file_too_large", most=SIZE_MOST // 1024**2)
    sheets = [Sheet(**sheet) for sheet in _ask_the_reader(content)]
    if not any(sheet.rows or sheet.text for sheet in sheets):
        raise Invalid(N_("There is nothing in this spreadsheet."), "file_empty")
    return [sheet if sheet.name else sheet._replace(name=Path(file_name).stem[:200]) for sheet in sheets]


def _ask_the_reader(content: bytes) -> list[dict[str, Any]]:
    if not _one_at_a_time.acquire(timeout=PATIENCE):
        raise Conflict(N_("Other files are being read. Try again in a minute."), "reader_busy")
    try:
        done = subprocess.run(  # noqa: S603 - our own program, no shell, nothing of the file among its arguments
            [sys.executable, "-m", sheet_reader.__name__],
            input=content,
            capture_output=True,
            timeout=SECONDS_MOST,
            cwd=Path(sheet_reader.__file__).parents[2],
            env={},
            check=False,
        )
    except subprocess.TimeoutExpired as slow:
        raise Invalid(sheet_reader.TOO_LARGE, "file_too_large") from slow
    finally:
        _one_at_a_time.release()
    if done.returncode < 0 or done.returncode == sheet_reader.OUT_OF_MEMORY:
        raise Invalid(sheet_reader.TOO_LARGE, "file_too_large")
    if done.returncode:
        raise RuntimeError(f"the spreadsheet reader failed: {done.stderr[-2000:].decode(errors='replace')}")
    answer = msgspec.json.decode(done.stdout)
    if "refused" in answer:
        raise Invalid(answer["refused"], answer["code"], **answer["params"])
    return answer["sheets"]
