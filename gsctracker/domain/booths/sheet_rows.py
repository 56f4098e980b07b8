"""A booth sheet that came as rows (CSV, a workbook), put into the shape of the JSON file: {inventory, payments, donations, ...}.

Known: a table with a row for each cookie, the baker's printed sheet with a column for each cookie, a table of payments by type
and sub-type, and lines of a label and a value. What nobody knows is left alone; every figure is judged by `sheets`.
"""

import re
from collections.abc import Sequence
from typing import Any

from gsctracker.errors import Invalid
from gsctracker.words import N_

Rows = Sequence[Sequence[Any]]

COOKIE = {"cookie", "cookies", "variety", "product", "item", "cookietype", "cookiename", "productname"}
COLUMNS = {
    "start": {"start", "starting", "startinginventory", "begin", "beginning", "opening", "brought", "startcount"},
    "end": {"end", "ending", "endinginventory", "closing", "left", "remaining", "endcount"},
    "sold": {"sold", "totalsold", "packagessold", "totalpackagessold", "boxessold", "soldcount"},
}
SESSION = {"sessionid", "session", "boothsession"}
_CASH, _CARDS, _APPS = ("payments", "cash"), ("payments", "creditCard"), ("payments", "venmo")
LABELS = {
    "startingcash": (*_CASH, "start"), "startcash": (*_CASH, "start"), "cashstart": (*_CASH, "start"),
    "endingcash": (*_CASH, "end"), "endcash": (*_CASH, "end"), "cashend": (*_CASH, "end"),
    "creditcards": (*_CARDS, "card1"), "creditcard": (*_CARDS, "card1"), "cards": (*_CARDS, "card1"), "card1": (*_CARDS, "card1"),
    "card2": (*_CARDS, "card2"), "venmo": (*_APPS, "app1"), "paypal": (*_APPS, "app2"), "app1": (*_APPS, "app1"),
    "app2": (*_APPS, "app2"), "checks": ("payments", "checks"), "check": ("payments", "checks"),
    "cookieshare": ("donations", "boxes"), "donatedboxes": ("donations", "boxes"), "causeboxes": ("donations", "boxes"),
    "donationscash": ("donations", "cash"), "donationscredit": ("donations", "credit"),
    "totalsold": ("reconciliation", "totalSold"), "expected": ("reconciliation", "expected"),
    "totalcollected": ("reconciliation", "collected"), "collected": ("reconciliation", "collected"),
    "status": ("reconciliation", "status"), "location": ("boothSession", "location"), "boothlocation": ("boothSession", "location"),
    "date": ("boothSession", "date"), "time": ("boothSession", "time"),
}  # fmt: skip
"""What a line is called, and where the JSON file has it."""


def as_given(tables: Sequence[Rows]) -> dict[str, Any]:
    """All tables of one booth as one sheet. Raises Invalid where a table holds more than one booth."""
    given: dict[str, Any] = {"inventory": {}, "payments": {"cash": {"start": 0}}}
    for rows in tables:
        head = next((at for at, row in enumerate(rows) if _is_head(row)), None)
        printed = _printed(rows)
        if head is not None:
            _by_row(given, rows[head], rows[head + 1 :])
            _labels(given, rows[:head])
        elif printed:
            given["inventory"] |= printed
        pays = next(
            (at for at, row in enumerate(rows) if {"paymenttype", "amount"} <= {_key(one) for one in row}), None
        )
        if pays is not None:
            _payments(given, rows[pays], rows[pays + 1 :])
        elif head is None or not printed:
            _labels(given, rows)
    return given


def _key(cell: object) -> str:
    return re.sub(r"[^a-z0-9]", "", str(cell or "").lower())


def _is_head(row: Sequence[Any]) -> bool:
    keys = {_key(cell) for cell in row}
    return bool(keys & COOKIE and keys & COLUMNS["start"] and keys & COLUMNS["end"])


def _by_row(given: dict[str, Any], head: Sequence[Any], rows: Rows) -> None:
    keys = [_key(cell) for cell in head]
    at = {part: next((n for n, key in enumerate(keys) if key in names), None) for part, names in COLUMNS.items()}
    cookie = next(n for n, key in enumerate(keys) if key in COOKIE)
    session = next((n for n, key in enumerate(keys) if key in SESSION), None)
    seen = set()
    for row in rows:
        name = row[cookie] if cookie < len(row) else None
        if _key(name) in LABELS:
            _labels(given, [row])
        elif name and not _key(name).startswith("total"):
            given["inventory"][str(name)] = {
                part: row[n] for part, n in at.items() if n is not None and n < len(row) and row[n] not in (None, "")
            }
            if session is not None and session < len(row):
                seen.add(row[session])
    if len(seen) > 1:
        sentence = N_("This file holds more than one booth. Bring in one booth at a time.")
        raise Invalid(sentence, "several_booths", {"file": sentence})


def _printed(rows: Rows) -> dict[str, dict[str, Any]]:
    """The baker's printed sheet: a column for each cookie, lines for the start, the end and what was sold."""
    found: dict[str, dict[str, Any]] = {}
    head: Sequence[Any] = ()
    for row in rows:
        part = next((part for part, names in COLUMNS.items() if row and _key(row[0]) in names), None)
        if part is None:
            head = row if sum(isinstance(cell, str) and bool(cell.strip()) for cell in row[1:]) > 1 else head
            continue
        for name, cell in zip(head[1:], row[1:], strict=False):
            if name and cell not in (None, "") and not _key(name).startswith("total"):
                found.setdefault(re.sub(r"\s*\$.*$", "", str(name)), {})[part] = cell
    return found


def _payments(given: dict[str, Any], head: Sequence[Any], rows: Rows) -> None:
    keys = [_key(cell) for cell in head]
    kind, amount = keys.index("paymenttype"), keys.index("amount")
    sub = keys.index("subtype") if "subtype" in keys else None
    for row in rows:
        if max(kind, amount) < len(row):
            below = _key(row[sub]) if sub is not None and sub < len(row) else ""
            name = _key(row[kind])
            path = LABELS.get(name + below) or LABELS.get(below) or LABELS.get(name)
            if path:
                _put(given, path, row[amount])


def _labels(given: dict[str, Any], rows: Rows) -> None:
    for row in rows:
        path = LABELS.get(_key(row[0])) if row else None
        values = [cell for cell in row[1:] if cell not in (None, "")]
        if path and values:
            _put(given, path, values[0])


def _put(given: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    part = given
    for name in path[:-1]:
        part = part.setdefault(name, {})
    part[path[-1]] = round(value, 2) if isinstance(value, float) else value
