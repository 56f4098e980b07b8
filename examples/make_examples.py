#!/usr/bin/env python3
"""Writes the example troop's exports in the exact shape of the official systems' files.

    python3 examples/make_examples.py [FOLDER]        # FOLDER is examples/files unless another is named

The same tables give the same bytes. Needs XlsxWriter, which comes with the program.
"""

import csv
import io
import json
import re
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import xlsxwriter

sys.path.insert(0, str(Path(__file__).parent))
import example_troop as troop

FOLDER = Path(__file__).parent / "files"
MADE_ON = datetime(2026, 2, 25, 9, 15, 30, tzinfo=UTC)
DAY_ZERO = datetime(1899, 12, 30, tzinfo=UTC)  # only differences are taken: no zone is meant

CUSTOMERS = ("Agnes Quill", "Basil Penn", "Cora Inkwell", "Dexter Nib", "Edith Parchment", "Florian Vellum")
CAREGIVER_NAMES = {
    "ADV": "Adventurefuls",
    "LEM": "Lemon-Ups",
    "TRE": "Trefoils",
    "PBS": "Do-si-dos",
    "CD": "Samoas",
    "PBP": "Tagalongs",
    "TM": "Thin Mints",
    "EXP": "Exploremores",
    "GFC": "Toffee-tastic",
}
GRID_COOKIES = ("CShare", "ADV", "EXP", "LEM", "TRE", "TM", "PBP", "CD", "PBS", "GFC")
JSON_IDS = {"CD": 1, "PBP": 2, "TRE": 3, "TM": 4, "PBS": 5, "LEM": 34, "CShare": 37, "ADV": 48, "GFC": 52, "EXP": 56}
REPORT_COLUMNS = {
    "CShare": 1, "ADV": 2, "EXP": 3, "LEM": 4, "TRE": 5, "TM": 6, "PBP": 7, "CD": 8, "PBS": 9, "GFC": 11,
}  # fmt: skip


def main() -> None:
    """Write every file."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files().items():
        (folder / name).write_bytes(content)
        print(f"{folder / name}: {len(content)} bytes")


def files() -> dict[str, bytes]:
    """Every file by its name."""
    return {
        "roster.csv": roster(),
        f"OrderDataTroop_999_{troop.TROOP}_02-25-2026_09.15.30.123.xlsx": troop_orders(),
        "CompletedOnlineCookieOrders_02-26-2026.xlsx": caregiver_orders(troop.AVA_COMPLETED, "completed"),
        "CookieOrderDelivery_02-26-2026.xlsx": caregiver_orders(troop.AVA_DELIVERY, "processing"),
        "CookieOrders.xlsx": orders_grid(),
        "ReportExport.xlsx": order_report(),
        "orders_search.json": orders_search(),
        "ebudde_girl_orders.xlsx": ebudde_grid(),
    }


def cents(cookies: dict[str, int]) -> int:
    """What these packages cost."""
    return sum(number * troop.PRICE.get(code, 6) * 100 for code, number in cookies.items())


def order(last_digits: int) -> tuple:
    """One of Digital Cookie's orders, with donated, refunded and shipping always there."""
    found = next(row for row in (*troop.ORDERS, troop.NEWER) if row[0] == last_digits)
    return (*found, *(0, 0, 0)[len(found) - 7 :])


def serial(local: str) -> float:
    """A day and a time as Excel keeps them."""
    return round((datetime.fromisoformat(local).replace(tzinfo=UTC) - DAY_ZERO).total_seconds() / 86_400, 5)


def number_of(last_digits: int) -> str:
    return f"301200{last_digits:03}"


def full_name(name: str, last_first: bool = False) -> str:
    """A girl's name as Smart Cookies has it; a troop or a cupboard as it is."""
    if name not in troop.GIRLS:
        return name
    last = troop.GIRLS[name][0]
    return f"{last}, {name}" if last_first else f"{name} {last}"


def roster() -> bytes:
    """A CSV as a spreadsheet program of another country saves it: a byte-order mark, and semicolons."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    writer.writerow(["First Name", "Last Name", "Level", "Grade", "GSUSA ID", "Guardian Name", "Guardian Email"])
    writer.writerows([first, *rest] for first, rest in troop.GIRLS.items())
    return text.getvalue().encode("utf-8-sig")


def troop_orders() -> bytes:
    """Digital Cookie's "All Order Data" of the troop."""
    headings = [
        "Order Number", "Girl First Name", "Girl Last Name", "Order Date (Central Time)", "Order Type",
        "Total Packages (Includes Donate & Gift)", "Refunded Packages", "Current Sale Amount", "Current Subtotal",
        "Current S & H", "Order Status", "Payment Status", "Ship Status", "Donation", "Shipping First Name",
        "Shipping Last Name", "Billing First Name", "Billing Last Name", *troop.COOKIES.values(),
    ]  # fmt: skip
    rows = []
    for line in troop.ORDERS:
        digits, girl, when, kind, status, payment, cookies, donated, refunded, shipping = order(line[0])
        first, last = (f"Troop{troop.TROOP}", "Site") if girl == troop.SITE else (girl, troop.GIRLS[girl][0])
        subtotal = cents(cookies) + donated * 600
        customer = CUSTOMERS[digits % len(CUSTOMERS)].split()
        ship = "N/A" if kind == troop.DONATION else "Shipped" if shipping else "Delivered"
        rows.append(
            [
                float(number_of(digits)) if digits % 5 == 0 else number_of(digits),  # Excel has made numbers of some
                first,
                last,
                serial(when),
                kind,
                str(sum(cookies.values()) + donated + refunded)
                if digits % 4 == 0
                else sum(cookies.values()) + donated + refunded,
                refunded,
                money(subtotal + shipping),
                money(subtotal),
                money(shipping),
                status,
                payment,
                ship,
                donated,
                *customer,
                *customer,
                *(cookies.get(code, 0) for code in troop.COOKIES),
            ]
        )
    return workbook("TROOP_ORDER_REPORT", [headings, *rows], dates={3: "m/d/yyyy h:mm"})


def caregiver_orders(numbers: tuple[int, ...], status: str) -> bytes:
    """What a girl's family exports: no girl's name, no money, numbers as text, counts as 1.0, the other baker's names."""
    is_delivery = status == "processing"
    headings = ["Order Number", "Order Date", "Order Type", "Order Status", "Total Packages"]
    headings += ["Order Included in Girl I/O"] if is_delivery else []
    headings += ["Deliver To", "Delivery Address", "Customer Phone", "Customer Email", *CAREGIVER_NAMES.values()]
    headings += ["Donated Cookies (DO NOT DELIVER)" if is_delivery else "Donated Cookies"]
    rows = []
    for last_digits in numbers:
        digits, _, when, kind, _, _, cookies, donated, *_ = order(last_digits)
        customer = CUSTOMERS[digits % len(CUSTOMERS)]
        kind = "Donation" if not cookies else "Shipped" if kind.startswith("Shipped") else "In-Person Delivery"
        rows.append(
            [
                number_of(digits),
                int(serial(when)),
                kind,
                status,
                float(sum(cookies.values()) + donated),
                *([None] if is_delivery else []),
                customer,
                "1 Example Lane" if cookies else "",
                "555-0100",
                "customer@example.org",
                *(float(cookies.get(code, 0)) for code in CAREGIVER_NAMES),
                float(donated),
            ]
        )
    return workbook("ORDER EXPORT FOR PARENTS", [headings, *rows], dates={1: "M/d/yyyy"})


def orders_grid() -> bytes:
    """Smart Cookies' orders as a spreadsheet, which says that it is one line long and is not."""
    rows: list[list] = [["DATE", "ORDER #", "TYPE", "TO", "FROM", *GRID_COOKIES, "TOTAL", "TOTAL $", "STATUS"]]
    for number, day, kind, giver, taker, cookies, *_ in troop.TRANSFERS:
        sign = sign_of(kind, giver)
        rows.append(
            [
                f"{day[5:7]}/{day[8:]}/{day[:4]}",
                number,
                kind,
                full_name(taker, True),
                full_name(giver, True),
                *(sign * cookies[code] if code in cookies else 0 for code in GRID_COOKIES),
                sign * sum(cookies.values()),
                sign * cents(cookies) / 100,
                status_of(kind),
            ]
        )
    return workbook("Orders", rows, dimension="A1:R1")


def orders_search() -> bytes:
    """The same lines as the page's own JSON, which also says what is a divider's and what is a hand-out."""
    orders = []
    for at, (number, day, kind, giver, taker, cookies, *how) in enumerate(troop.TRANSFERS):
        sign = sign_of(kind, giver)
        orders.append(
            {
                "order_id": 7_000_000 + at,
                "date": day.replace("-", "/"),
                "order_number": number,
                "type": "TRANSFER",
                "transfer_type": kind,
                "from": full_name(giver),
                "to": full_name(taker),
                "cookies": [{"id": JSON_IDS[code], "quantity": sign * boxes} for code, boxes in cookies.items()]
                + [{"id": 99, "quantity": 0}],
                "total_cases": sign * sum(cookies.values()),
                "total": sign * cents(cookies) / 100,
                "virtual_booth": how == ["virtual"],
                "smart_divider_id": 51_001 if how == ["booth"] else None,
                "status": status_of(kind),
                "actions": {"submittable": False, "approvable": False, "saveable": kind == "PLANNED"},
            }
        )
    return (json.dumps({"orders": orders}, indent=1) + "\n").encode()


def sign_of(kind: str, giver: str) -> int:
    """Smart Cookies shows what leaves the troop below zero."""
    return -1 if giver == troop.TROOP and kind in ("T2G", "T2T", "SWAPMEET") else 1


def status_of(kind: str) -> str:
    return "SAVED" if kind == "PLANNED" else ""


def order_report() -> bytes:
    """Smart Cookies' order detail by girl: cases/packages, booleans as text, no number where there is none."""
    headings = ["OrderID", "RefNumber", "GirlName", "GirlID", "GSUSAID", "GradeLevel", "OrderDate", "OrderTypeDesc"]
    headings += [*(f"C{column}" for column in range(1, 14)), "Total", "CShareVirtual", "IncludedInIO", "TroopID"]
    headings += ["ServiceUnitDesc", "CouncilDesc", "ParamTitle"]
    rows = []
    for number, day, kind, _, taker, cookies, *how in troop.TRANSFERS:
        if taker not in troop.GIRLS or how:
            continue
        columns = {REPORT_COLUMNS[code]: boxes for code, boxes in cookies.items()}
        last, _, grade, gsusa, *_ = troop.GIRLS[taker]
        is_share = kind.startswith("COOKIE_SHARE")
        rows.append(
            [
                "" if kind == "DIRECT_SHIP" else number,
                number,
                f"{last}, {taker}",
                str(50_000 + int(gsusa[-1])),
                gsusa,
                grade,
                f"{day[5:7]}/{day[8:]}/{day[:4]} 11:20:42 AM",
                kind,
                *(cases(columns.get(column, 0)) for column in range(1, 14)),
                cases(sum(cookies.values())),
                "TRUE" if is_share else "FALSE",
                "Y" if day == "2026-01-25" else "N",
                troop.TROOP,
                "Hills Unit",
                "Council of the Example Hills",
                f"District = Hills; Service Unit = Hills Unit; Troop = {troop.TROOP}",
            ]
        )
    return workbook("ReportExport", [headings, *rows])


def cases(boxes: int) -> str:
    return f"{boxes // 12}/{boxes % 12}"


def ebudde_grid() -> bytes:
    """The grid of a troop of the other baker: girls, a line that Digital Cookie made, and the site's sales handed over."""
    headings = ["Girl", "Comment", "INV", "Advf", "Lmup", "Tre", "D-S-D", "Sam", "Tags", "TMint", "Exp", "Toff", "GOC"]
    headings += ["Total", "Paid", "Balance"]
    lines = (
        ("Gia Hollyhock", "Initial order", "X", {"Sam": 12, "TMint": 24}, 0, 0),
        ("Gia Hollyhock", "DOC 301300001 shipped", "", {"TMint": 4}, 1, 30_00),
        ("Gia Hollyhock", "Cash handed in", "", {}, 0, 100_00),
        ("Hana Ivory", "Initial order", "X", {"Tags": 12, "TMint": 12, "Toff": 2}, 0, 0),
        ("Hana Ivory", "DOC in person payment", "", {}, 0, 36_00),
        ("Inés Juniper", "Initial order", "X", {"Advf": 6, "Lmup": 6, "Tre": 6, "D-S-D": 6, "Exp": 6}, 2, 0),
        ("Troop Site Link", "DOC 301300002 shipped", "", {"Lmup": 6, "TMint": 12}, 0, 108_00),
        ("Troop Site Link", "to the girls", "", {"Lmup": -6, "TMint": -12}, 0, -108_00),
        ("Gia Hollyhock", "from the site", "", {"TMint": 12}, 0, 72_00),
        ("Hana Ivory", "from the site", "", {"Lmup": 6}, 0, 36_00),
    )
    rows: list[list] = [["Girl Orders", "Troop 8765"], [], headings]
    for girl, comment, shown, cookies, shared, paid in lines:
        due = sum(boxes * (700 if code == "Toff" else 600) for code, boxes in cookies.items()) + shared * 600 - paid
        rows.append(
            [
                *(girl, comment, shown),
                *(cookies.get(code) for code in headings[3:12]),
                *(shared or None, sum(cookies.values()) + shared, paid / 100 if paid else None, due / 100),
            ]
        )
    rows.append(["Total", "", "", *(None,) * 10, sum(row[13] for row in rows[3:]), None, None])
    return workbook("Girl Orders", rows)


def money(amount: int) -> str:
    return f"${amount / 100:,.2f}"


def workbook(name: str, rows: list[list], dates: dict[int, str] | None = None, dimension: str = "") -> bytes:
    """The bytes of an xlsx; `dates` are the formats of columns with days, `dimension` is what it wrongly says its size is."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"created": MADE_ON})
    sheet = book.add_worksheet(name)
    formats = {column: book.add_format({"num_format": shape}) for column, shape in (dates or {}).items()}
    for line, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None and cell != "":
                sheet.write(line, column, cell, formats.get(column) if line else None)
    book.close()
    return resized(buffer.getvalue(), dimension) if dimension else buffer.getvalue()


def resized(content: bytes, dimension: str) -> bytes:
    """The workbook with another declared size."""
    changed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            part = old.read(entry)
            if entry.filename == "xl/worksheets/sheet1.xml":
                part = re.sub(rb'<dimension ref="[^"]*"', f'<dimension ref="{dimension}"'.encode(), part)
            new.writestr(entry, part)
    return changed.getvalue()


if __name__ == "__main__":
    main()
