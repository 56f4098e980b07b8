"""Smart Cookies' files as rows: the orders grid, the girl order report, and pasted orders/search JSON. Pure."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from gsctracker.domain.imports import cells, columns, transfers
from gsctracker.domain.imports.digital_cookie import order_class, order_totals
from gsctracker.domain.imports.rows import Line, Note, OrderRow, Parsed, Sheet, TransferRow
from gsctracker.errors import Invalid
from gsctracker.words import N_

SOURCE = "smart-cookies"
JSON_MOST = 4 * 1024 * 1024
ORDERS_MOST = 20_000

# What the report's columns held in 2026. C10, C12 and C13 had no cookie: what stands there is kept and remarked on.
REPORT_COLUMNS = {
    "C1": "CShare",
    "C2": "ADV",
    "C3": "EXP",
    "C4": "LEM",
    "C5": "TRE",
    "C6": "TM",
    "C7": "PBP",
    "C8": "CD",
    "C9": "PBS",
    "C11": "GFC",
}

GRID = {
    "date": ("date", "orderdate"),
    "number": ("order", "ordernumber", "orderno"),
    "type": ("type", "transfertype"),
    "to": ("to",),
    "from": ("from",),
    "status": ("status",),
}
GRID_NEEDS = ("number", "type", "to", "from")
REPORT = {
    "number": ("orderid",),
    "reference": ("refnumber",),
    "girl": ("girlname",),
    "girl_id": ("girlid",),
    "gsusa_id": ("gsusaid",),
    "grade": ("gradelevel",),
    "ordered": ("orderdate",),
    "order_type": ("ordertypedesc",),
    "total": ("total",),
    "virtual_share": ("csharevirtual",),
    "in_io": ("includedinio",),
    "troop": ("troopid",),
    "unit": ("serviceunitdesc",),
    "council": ("councildesc",),
    "title": ("paramtitle",),
}
REPORT_NEEDS = ("number", "girl", "order_type", "total")


def kind_of(sheet: Sheet) -> str:
    """transfers (the orders grid or JSON), order_report, or "" when the sheet is neither."""
    if sheet.text is not None:
        return "transfers" if '"transfer_type"' in sheet.text or '"orders"' in sheet.text else ""
    if columns.find_header(sheet, REPORT, REPORT_NEEDS):
        return "order_report"
    return "transfers" if columns.find_header(sheet, GRID, GRID_NEEDS) else ""


def parse(sheet: Sheet, troop_number: str = "", time_zone: str = cells.CENTRAL) -> Parsed:
    """The rows of any of the three. `troop_number` tells boxes that came from those that went to another troop;
    `time_zone` is the clock of the report's times, which it does not say. Refuses with Invalid."""
    if sheet.text is not None:
        return parse_json(sheet.text, troop_number)
    kind = kind_of(sheet)
    if kind == "order_report":
        return _report(sheet, time_zone)
    if kind == "transfers":
        return _grid(sheet, troop_number)
    raise Invalid(N_("This is not an order file of Smart Cookies."), "not_smart_cookies")


def _grid(sheet: Sheet, troop_number: str) -> Parsed:
    header = columns.find_header(sheet, GRID, GRID_NEEDS)
    assert header is not None  # kind_of has just found it
    header = columns.with_cookies(sheet, _totals_apart(sheet, header))
    stated: dict[str, int] = {}
    rows = []
    for reading in columns.readings(sheet, header):
        if columns.is_total_line(reading):
            stated = {"statedBoxes": abs(reading.wished("total", cells.count, 0))}
            continue
        row = TransferRow(
            row_no=reading.row_no,
            key="",
            number=reading.needed("number", cells.order_number, ""),
            transferred_on=reading.wished("date", cells.day, None),
            transfer_type=reading.text("type"),
            from_name=reading.text("from"),
            to_name=reading.text("to"),
            status=reading.text("status"),
            boxes_total=abs(reading.needed("total", cells.count, 0)),
            amount_cents=_size(reading.needed("amount", cells.cents, None)),
            lines=reading.lines(lambda cell: abs(cells.count(cell))),
        )
        placed = transfers.classified(row, troop_number)
        reading.doubts.extend(placed.doubts)
        rows.append(
            replace(placed, refused=reading.refused, doubts=tuple(reading.doubts), seen=reading.seen()),
        )
    notes = list(columns.notes_on(header))
    if any(row.via == "unstated" and row.transfer_class == "t2g" for row in rows):
        notes.append(Note(transfers.UNSTATED))
    return _parsed_transfers(rows, header.cookies, notes, stated)


def _totals_apart(sheet: Sheet, header: columns.Header) -> columns.Header:
    """TOTAL and TOTAL $ have the same letters: the sign tells boxes from money."""
    places, headings = dict(header.columns), dict(header.headings)
    for index, cell in enumerate(sheet.rows[header.row]):
        heading = cells.text(cell)
        if cells.letters(heading) in ("total", "totalamount"):
            meaning = "amount" if "$" in heading or "amount" in heading.lower() else "total"
            places.setdefault(meaning, index)
            headings.setdefault(meaning, heading)
    return columns.Header(header.row, places, headings)


def _report(sheet: Sheet, time_zone: str) -> Parsed:
    header = columns.find_header(sheet, REPORT, REPORT_NEEDS)
    assert header is not None  # kind_of has just found it
    numbered = tuple(
        (cells.text(cell), index)
        for index, cell in enumerate(sheet.rows[header.row])
        if re.fullmatch(r"c\d{1,2}", cells.letters(cell))
    )
    header = replace(header, cookies=numbered)
    keys = columns.Keys()
    stated: dict[str, int] = {}
    rows: list[OrderRow] = []
    for reading in columns.readings(sheet, header):
        if columns.is_total_line(reading):
            stated = {"statedBoxes": reading.wished("total", cells.cases_and_packages, 0)}
            continue
        rows.append(_report_row(reading, keys, time_zone))
    strange = sorted({line.cookie for row in rows for line in row.lines} - set(REPORT_COLUMNS), key=cells.letters)
    notes = []
    if strange:
        notes.append(
            Note(N_("Boxes stand in columns that have no cookie yet: %(columns)s."), {"columns": ", ".join(strange)})
        )
    cookies = tuple(heading for heading, _ in numbered)
    return Parsed(SOURCE, "order_report", "order", tuple(rows), order_totals(rows) | stated, cookies, tuple(notes))


def _report_row(reading: columns.Reading, keys: columns.Keys, time_zone: str) -> OrderRow:
    number = reading.needed("number", cells.order_number, "") or reading.needed("reference", cells.order_number, "")
    first, last = cells.person_name(reading.cell("girl"))
    order_type = reading.text("order_type")
    ordered_at, ordered_on = reading.wished(
        "ordered", lambda cell: cells.instant_and_day(cell, time_zone), cells.NO_TIME
    )
    lines = reading.lines(cells.cases_and_packages, "report_column")
    total = reading.needed("total", cells.cases_and_packages, 0)
    if not first:
        reading.refuse(Note(N_("This row names no girl.")))
    named = sum(line.boxes for line in lines)
    if named != total and not reading.refused:
        reading.doubt(N_("Boxes by its cookies: %(named)s. The row's total: %(total)s."), named=named, total=total)
    if not number:
        reading.doubt(columns.NO_NUMBER)
    content = [first, last, ordered_on, order_type, [[line.cookie, line.boxes] for line in lines]]
    key, repeated = keys.of(number, reading.row_no, *content)
    if repeated:
        reading.doubt(N_("Order %(number)s is already in row %(row)s."), number=number, row=repeated)
    return OrderRow(
        row_no=reading.row_no,
        key=key,
        number=number,
        girl_first=first,
        girl_last=last,
        girl_name=reading.text("girl"),
        girl_id=reading.wished("girl_id", cells.order_number, ""),
        gsusa_id=reading.wished("gsusa_id", cells.order_number, ""),
        is_site=transfers.is_troop(reading.text("girl")) or "site" in reading.text("girl").lower().split(),
        ordered_at=ordered_at,
        ordered_on=ordered_on,
        order_type=order_type,
        order_class=order_class(order_type, False),
        boxes_total=total,
        included_in_io=reading.wished("in_io", cells.yes_or_no, None),
        is_virtual_share=reading.wished("virtual_share", cells.yes_or_no, None),
        lines=lines,
        refused=reading.refused,
        doubts=tuple(reading.doubts),
        seen={heading: cell for heading, cell in reading.seen().items() if heading not in _private(reading)},
    )


def _private(reading: columns.Reading) -> set[str]:
    return {reading.header.headings.get(meaning, "") for meaning in ("girl_id", "gsusa_id", "grade", "title")}


def parse_json(text: str, troop_number: str = "") -> Parsed:
    """The transfers of a pasted orders/search answer, `{"orders": [...]}` or the bare list. Refuses with Invalid."""
    orders, names = _orders_of(text)
    rows = [_json_row(number, order, names, troop_number) for number, order in enumerate(orders, 1)]
    cookies = dict.fromkeys(line.cookie for row in rows for line in row.lines)
    return _parsed_transfers(rows, [(cookie, 0) for cookie in cookies], [], {})


def _orders_of(text: str) -> tuple[list[Any], dict[str, str]]:
    if len(text) > JSON_MOST:
        raise Invalid(N_("This JSON text is longer than %(most)s million characters."), "file_too_large", most=4)
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as broken:
        raise Invalid(N_("This JSON text is not complete. Copy all of it and try again."), "json_cut_off") from broken
    orders = found.get("orders") if isinstance(found, dict) else found
    if not isinstance(orders, list) or not all(isinstance(order, dict) for order in orders):
        raise Invalid(N_("This JSON text has no list of orders."), "not_smart_cookies")
    if len(orders) > ORDERS_MOST:
        raise Invalid(N_("This JSON text has more than %(most)s orders."), "too_many_rows", most=ORDERS_MOST)
    named = found.get("cookies") if isinstance(found, dict) else None
    names = {}
    for cookie in named if isinstance(named, list) else []:
        if isinstance(cookie, dict) and cookie.get("id") is not None and isinstance(cookie.get("name"), str):
            names[cells.text(cookie["id"])] = cells.text(cookie["name"])
    return orders, names


class _Fields:
    """One JSON order being read, with the first reason to refuse it."""

    def __init__(self, order: dict[str, Any]) -> None:
        self._order = order
        self.refused: Note | None = None

    def raw(self, *names: str) -> Any:
        """The first of these fields that is a plain value."""
        values = (self._order.get(name) for name in names)
        return next((value for value in values if isinstance(value, str | int | float | bool)), None)

    def text(self, *names: str) -> str:
        return cells.text(self.raw(*names))

    def read(self, way: Any, otherwise: Any, *names: str) -> Any:
        try:
            return way(self.raw(*names))
        except cells.Unreadable as no:
            self.refused = self.refused or no.below(names[0])
            return otherwise

    def lines(self, names: dict[str, str]) -> Iterator[Line]:
        listed = self._order.get("cookies")
        for cookie in listed[: columns.COOKIES_MOST] if isinstance(listed, list) else []:
            one = _Fields(cookie if isinstance(cookie, dict) else {})
            number = abs(one.read(cells.count, 0, "quantity"))
            self.refused = self.refused or one.refused
            cookie_id = one.text("id", "cookieId", "cookie_id")
            name = one.text("name") or names.get(cookie_id, "")
            if number:
                yield Line(name or cookie_id or "?", number, "name" if name else "id")


def _json_row(row_no: int, order: dict[str, Any], names: dict[str, str], troop_number: str) -> TransferRow:
    fields = _Fields(order)
    actions = order.get("actions")
    row = TransferRow(
        row_no=row_no,
        key="",
        number=fields.read(cells.order_number, "", "order_number", "orderNumber"),
        transferred_on=fields.read(cells.day, None, "date", "createdDate"),
        transfer_type=fields.text("transfer_type", "orderType", "type"),
        from_name=fields.text("from"),
        to_name=fields.text("to"),
        divider_id=fields.text("smart_divider_id") if fields.raw("smart_divider_id") else "",
        status=fields.text("status"),
        # An empty status does not mean waiting: only something that can still be done with the order does.
        is_pending=isinstance(actions, dict) and any(actions.get(name) is True for name in transfers.OPEN_ACTIONS),
        boxes_total=abs(fields.read(cells.count, 0, "total_cases")),
        amount_cents=_size(fields.read(cells.cents, None, "total", "totalPrice")),
        lines=tuple(fields.lines(names)),
    )
    virtual = fields.raw("virtual_booth")
    placed = transfers.classified(row, troop_number, virtual_booth=virtual is True or virtual == "true", is_told=True)
    if not fields.refused:
        return placed
    seen = {"transfer_type": row.transfer_type, "order_number": row.number, "from": row.from_name, "to": row.to_name}
    return replace(placed, refused=fields.refused, seen={name: value for name, value in seen.items() if value})


def _parsed_transfers(
    rows: Sequence[TransferRow], cookies: Sequence[tuple[str, int]], notes: Sequence[Note], stated: dict[str, int]
) -> Parsed:
    keyed = transfers.keyed(rows)
    totals = {
        "rows": len(keyed),
        "refused": sum(1 for row in keyed if row.refused),
        "boxes": sum(row.boxes_total for row in keyed),
        "amountCents": sum(row.amount_cents or 0 for row in keyed),
    }
    unknown = dict.fromkeys(row.transfer_type for row in keyed if row.transfer_class == "unknown")
    more = [Note(N_("The transfer type “%(type)s” is not known."), {"type": name}) for name in unknown]
    headings = tuple(heading for heading, _ in cookies)
    return Parsed(SOURCE, "transfers", "transfer", keyed, totals | stated, headings, (*notes, *more))


def _size(amount: int | None) -> int | None:
    return None if amount is None else abs(amount)
