"""Exports in the exact shape of the official systems, as sheets or as whole workbooks. Nobody in them is real."""

import io

import xlsxwriter

from gsctracker.integrations import spreadsheets

TROOP_HEADINGS = [
    "Order Number",
    "Girl First Name",
    "Girl Last Name",
    "Order Date (Central Time)",
    "Order Type",
    "Total Packages (Includes Donate & Gift)",
    "Refunded Packages",
    "Current Sale Amount",
    "Current Subtotal",
    "Current S & H",
    "Order Status",
    "Payment Status",
    "Ship Status",
    "Donation",
    "Shipping First Name",
    "Shipping Last Name",
    "Billing First Name",
    "Billing Last Name",
    "Thin Mints",
    "Caramel deLites",
    "Peanut Butter Patties",
    "Peanut Butter Sandwich",
    "Trefoils",
    "Adventurefuls",
    "Lemonades",
    "Exploremores",
    "Caramel Chocolate Chip",
]
CAREGIVER_COOKIES = [
    "Adventurefuls",
    "Lemon-Ups",
    "Trefoils",
    "Do-si-dos",
    "Samoas",
    "Tagalongs",
    "Thin Mints",
    "Exploremores",
    "Toffee-tastic",
]
CAREGIVER_HEADINGS = [
    "Order Number",
    "Order Date",
    "Order Type",
    "Order Status",
    "Total Packages",
    "Deliver To",
    "Delivery Address",
    "Customer Phone",
    "Customer Email",
    *CAREGIVER_COOKIES,
    "Donated Cookies",
]
DELIVERY_HEADINGS = [
    *CAREGIVER_HEADINGS[:5],
    "Order Included in Girl I/O",
    *CAREGIVER_HEADINGS[5:-1],
    "Donated Cookies (DO NOT DELIVER)",
]
GRID_COOKIES = ["CShare", "ADV", "EXP", "LEM", "TRE", "TM", "PBP", "CD", "PBS", "GFC"]
GRID_HEADINGS = ["DATE", "ORDER #", "TYPE", "TO", "FROM", *GRID_COOKIES, "TOTAL", "TOTAL $", "STATUS"]
REPORT_HEADINGS = [
    "OrderID",
    "RefNumber",
    "GirlName",
    "GirlID",
    "GSUSAID",
    "GradeLevel",
    "OrderDate",
    "OrderTypeDesc",
    *[f"C{number}" for number in range(1, 14)],
    "Total",
    "CShareVirtual",
    "IncludedInIO",
    "TroopID",
    "ServiceUnitDesc",
    "CouncilDesc",
    "ParamTitle",
]

AN_ORDER = {
    "Order Number": "301234567",
    "Girl First Name": "Ana",
    "Girl Last Name": "Rivera",
    "Order Date (Central Time)": 46053.55347,
    "Order Type": "In Person Delivery",
    "Total Packages (Includes Donate & Gift)": 5,
    "Refunded Packages": 0,
    "Current Sale Amount": "$30.00",
    "Current Subtotal": "$30.00",
    "Current S & H": "$0.00",
    "Order Status": "Completed",
    "Payment Status": "CAPTURED",
    "Ship Status": "Delivered",
    "Donation": 0,
    "Shipping First Name": "Zoe",
    "Shipping Last Name": "Quill",
    "Billing First Name": "Zoe",
    "Billing Last Name": "Quill",
    "Thin Mints": 5,
}


def workbook(headings, rows, sheet_name="Sheet1", date_headings=(), date_format="M/d/yyyy"):
    """The bytes of an xlsx with these headings and rows (dicts by heading); text stays text, numbers numbers."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet(sheet_name)
    dated = book.add_format({"num_format": date_format})
    sheet.write_row(0, 0, headings)
    for at, row in enumerate(rows, 1):
        for column, heading in enumerate(headings):
            value = row.get(heading)
            if value is not None:
                sheet.write(at, column, value, *([dated] if heading in date_headings else []))
    book.close()
    return buffer.getvalue()


def read(headings, rows, file_name="export.xlsx", **how):
    """The first sheet of such a workbook as the application reads it."""
    return spreadsheets.read(workbook(headings, rows, **how), file_name)[0]


def troop_file(*changes, headings=TROOP_HEADINGS):
    """A troop's "All Order Data" with one order per argument: what differs from AN_ORDER."""
    return read(headings, [AN_ORDER | change for change in changes])


def grid_file(*rows):
    """CookieOrders.xlsx."""
    return read(GRID_HEADINGS, rows, "CookieOrders.xlsx")


def report_file(*rows):
    """ReportExport.xlsx."""
    plain = {"CShareVirtual": "FALSE", "IncludedInIO": "N", "OrderTypeDesc": "T2G", "GSUSAID": "900000001"}
    return read(REPORT_HEADINGS, [plain | row for row in rows], "ReportExport.xlsx")
