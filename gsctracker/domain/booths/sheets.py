"""Booth sheets, typed in or brought as a file: read, recomputed, never trusted; what differs is shown side by side.

A sheet's verdict and sums are only what somebody wrote. People's names in a file are not kept.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one
from gsctracker.domain import audit
from gsctracker.domain.booths import booths, sheet_rows
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

LARGEST = 256 * 1024
VERDICTS = ("over", "perfect", "under")
_MONEY = ("start", "end", "checks", "cards", "apps", "share_money")


@dataclass
class Sheet:
    """What a sheet says: boxes by product id as (start, end, sold or None), Cookie Share, cents, and its own sums."""

    cookies: dict[int, tuple[int, int, int | None]] = field(default_factory=dict)
    share: int = 0
    money: dict[str, int] = field(default_factory=dict)
    said_sold: int | None = None
    said_expected: int | None = None
    said_collected: int | None = None
    verdict: str = ""
    where: str = ""
    day: str = ""
    time: str = ""


class Difference(NamedTuple):
    """A figure of the sheet and ours: what it is (a cookie's name or a word), in boxes or cents."""

    what: str
    said: int
    ours: int
    is_money: bool


class Sums(NamedTuple):
    """A sheet recomputed: boxes by product id, cents, the verdict, and every figure of its own that differs."""

    sold: dict[int, int]
    expected_cents: int
    collected_cents: int
    verdict: str
    differences: list[Difference]


def recompute(sheet: Sheet, products: Mapping[int, Row]) -> Sums:
    """Our own sums: sold = start - end at each cookie's own price, cash = end - start. `products` by id, Cookie Share too."""
    sold = {product: start - end for product, (start, end, _) in sheet.cookies.items()}
    share = next((one for one in products.values() if one.is_virtual), None)
    expected = sum(products[product].price_cents * boxes for product, boxes in sold.items())
    expected += share.price_cents * sheet.share if share else 0
    money = {name: sheet.money.get(name, 0) for name in _MONEY}
    collected = money["end"] - money["start"] + sum(money[name] for name in ("checks", "cards", "apps", "share_money"))
    verdict = "perfect" if collected == expected else "over" if collected > expected else "under"
    found = [
        Difference(products[product].name, said, sold[product], False)
        for product, (_, _, said) in sheet.cookies.items()
        if said is not None and said != sold[product]
    ]
    for what, said, ours, is_money in (
        ("sold", sheet.said_sold, sum(sold.values()), False),
        ("expected", sheet.said_expected, expected, True),
        ("collected", sheet.said_collected, collected, True),
    ):
        if said is not None and said != ours:
            found.append(Difference(what, said, ours, is_money))
    if sheet.verdict and sheet.verdict != verdict:
        found.append(Difference(f"verdict_{sheet.verdict}", 0, collected - expected, True))
    return Sums(sold, expected, collected, verdict, found)


def read(tx: apsw.Connection, season_id: int, content: bytes) -> Sheet:
    """A sheet out of a JSON file. Raises Invalid for what is no such file, unknown cookies, and boxes that cannot be."""
    if len(content) > LARGEST:
        raise Invalid(N_("The file is too large for a booth sheet."), "too_large", {"file": N_("Too large.")})
    try:
        given = json.loads(content.decode("utf-8-sig"), parse_float=Decimal)
    except (ValueError, RecursionError):
        given = None
    return of_given(tx, season_id, given)


def of_rows(tx: apsw.Connection, season_id: int, tables: Sequence[sheet_rows.Rows]) -> Sheet:
    """A sheet out of the rows of a text file or a workbook. Raises what `read` does."""
    given = sheet_rows.as_given(tables)
    return of_given(tx, season_id, given if given["inventory"] else None)


def of_given(tx: apsw.Connection, season_id: int, given: object) -> Sheet:
    """A sheet out of what a file said. Raises what `read` does."""
    if not isinstance(given, dict) or not isinstance(given.get("inventory"), dict):
        sentence = N_(
            "This is no booth sheet: a file with a line for each cookie, or JSON with an inventory, is needed."
        )
        raise Invalid(sentence, "no_sheet", {"file": sentence})
    sheet = Sheet()
    for said, entry in list(given["inventory"].items())[:60]:
        product = catalogue.recognise(tx, season_id, str(said))
        if product is None or product.is_virtual:
            sentence = N_("The sheet has a cookie that this season has not: %(said)s.")
            params = {"said": str(said)[:60]}
            raise Invalid(sentence, "unknown_cookie", {"file": (sentence, params)}, **params)
        numbers = entry if isinstance(entry, dict) else {}
        start, end = (values.boxes("file", numbers.get(name, 0), 0) for name in ("start", "end"))
        said_sold = numbers.get("sold")
        sheet.cookies[product.id] = (
            start,
            end,
            None if said_sold is None else values.whole("file", said_sold, -100_000, 100_000),
        )
    session = _part(given, "boothSession")
    sheet.where = values.line("file", str(session.get("location", ""))[:80], 80)
    sheet.day = values.line("file", str(session.get("date", ""))[:10], 10)
    sheet.time = values.line("file", str(session.get("time", session.get("startTime", "")))[:20], 20)
    payments, gifts = _part(given, "payments"), _part(given, "donations")
    gifts = {**_part(payments, "donations"), **gifts}
    cash = _part(payments, "cash")
    sheet.money = {
        "start": _cents(cash.get("start", payments.get("startingCash", 300))),
        "end": _cents(cash.get("end", payments.get("endingCash", 0))),
        "cards": sum(_cents(one) for one in _part(payments, "creditCard").values()),
        "apps": sum(_cents(one) for one in _part(payments, "venmo").values()),
        "checks": _cents(payments.get("checks", 0)),
        "share_money": _cents(gifts.get("cash", 0)) + _cents(gifts.get("credit", 0)),
    }
    sheet.share = values.boxes("file", gifts.get("boxes", 0), 0)
    sums = _part(given, "reconciliation")
    sheet.said_sold = (
        None if sums.get("totalSold") is None else values.whole("file", sums["totalSold"], -100_000, 100_000)
    )
    sheet.said_expected = None if sums.get("expected") is None else _cents(sums["expected"])
    sheet.said_collected = None if sums.get("collected") is None else _cents(sums["collected"])
    verdict = str(sums.get("status", sums.get("verdict", ""))).lower()
    sheet.verdict = verdict if verdict in VERDICTS else "perfect" if sums.get("perfect") is True else ""
    return checked(sheet)


def checked(sheet: Sheet) -> Sheet:
    """The sheet, if it can be: no cookie ends with more than it began with, something stands on it. Raises Invalid."""
    for product, (start, end, _) in sheet.cookies.items():
        if end > start:
            sentence = N_("More boxes at the end than at the beginning.")
            raise Invalid(sentence, "more_at_end", {f"end-{product}": sentence, "file": sentence})
    if not any(start for start, _, _ in sheet.cookies.values()) and not sheet.share:
        sentence = N_("Enter at least one cookie.")
        raise Invalid(sentence, "no_items", {"items": sentence})
    return sheet


def keep(tx: apsw.Connection, by: Person, booth_id: int, sheet: Sheet, file_name: str = "typed in") -> int:
    """Keep a sheet beside a booth; gives its id. Raises Conflict for one that was kept before, at this booth or another."""
    roles.require(by, "stock.move")
    booth = booths.find(tx, booth_id)
    seasons.require_open(seasons.find(tx, booth.season_id), by)
    said = json.dumps(asdict(checked(sheet)), sort_keys=True)
    digest = hashlib.sha256(said.encode()).hexdigest()
    twin = one(
        tx,
        """SELECT name FROM booth_sheets JOIN booths ON booths.id = booth_id
            WHERE booth_sheets.season_id = :season AND sha256 = :sha256""",
        season=booth.season_id,
        sha256=digest,
    )
    if twin:
        raise Conflict(N_("The same sheet was brought in before, for %(name)s."), "same_sheet", name=twin.name)
    sheet_id = add(
        tx,
        """INSERT INTO booth_sheets (season_id, booth_id, file_name, sha256, said, kept_at, kept_by)
           VALUES (:season, :booth, :name, :sha256, :said, :now, :by)""",
        season=booth.season_id,
        booth=booth_id,
        name=values.line("file", file_name, 200, 1),
        sha256=digest,
        said=said,
        now=clock.now(),
        by=by.id,
    )
    audit.note(tx, by.id, "booth.sheet_kept", "booth", booth_id, sheet=sheet_id)
    return sheet_id


def of_booth(tx: apsw.Connection, booth_id: int) -> list[Row]:
    """The sheets kept beside a booth, newest first: file_name, kept_at, `sheet` and its `sums`."""
    rows = many(
        tx,
        "SELECT id, season_id, file_name, kept_at, said FROM booth_sheets WHERE booth_id = :booth ORDER BY id DESC LIMIT 20",
        booth=booth_id,
    )
    for row in rows:
        _filled(tx, row)
    return rows


def find(tx: apsw.Connection, booth_id: int, sheet_id: int) -> Row:
    """One sheet of a booth, as `of_booth` gives it. Raises NotFound."""
    row = one(
        tx,
        "SELECT id, season_id, file_name, kept_at, said FROM booth_sheets WHERE id = :id AND booth_id = :booth",
        id=sheet_id,
        booth=booth_id,
    )
    if row is None:
        raise NotFound(N_("There is no such sheet."), "no_such_sheet")
    return _filled(tx, row)


def _filled(tx: apsw.Connection, row: Row) -> Row:
    said = json.loads(row.said)
    said["cookies"] = {int(product): tuple(numbers) for product, numbers in said["cookies"].items()}
    row.sheet = Sheet(**said)
    row.sums = recompute(row.sheet, {one.id: one for one in catalogue.products(tx, row.season_id)})
    return row


def _part(given: Mapping[str, Any], name: str) -> dict[str, Any]:
    found = given.get(name)
    return found if isinstance(found, dict) else {}


def _cents(given: object) -> int:
    """Dollars as a file has them (6, 6.50, "6.50") in cents."""
    try:
        cents = Decimal(str(given).replace("$", "").replace(",", "").strip() or "0") * 100
        whole = int(cents)
    except (InvalidOperation, ValueError, OverflowError):
        whole, cents = 0, Decimal(1)
    if cents != whole:
        values.refuse("file", N_("The sheet has an amount that is none."))
    return values.cents("file", whole)
