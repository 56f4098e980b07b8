"""Digital Cookie's exports, read from real workbooks, become rows that lose nothing but the customers."""

import json

import pytest
from export_files import (
    AN_ORDER,
    CAREGIVER_COOKIES,
    CAREGIVER_HEADINGS,
    DELIVERY_HEADINGS,
    TROOP_HEADINGS,
    read,
    troop_file,
)

from gsctracker.domain.imports import digital_cookie, recognise, rows
from gsctracker.integrations import spreadsheets


def one(**changes):
    return digital_cookie.parse(troop_file(changes)).rows[0]


def test_an_order_has_every_figure_of_its_line():
    order = one()

    assert (order.number, order.key, order.row_no) == ("301234567", "301234567", 2)
    assert (order.girl_first, order.girl_last, order.is_site) == ("Ana", "Rivera", False)
    assert (order.order_class, order.status_class, order.payment_class) == ("delivery", "completed", "card_captured")
    assert (order.boxes_total, order.physical_boxes, order.amount_cents) == (5, 5, 3000)
    assert order.lines == (rows.Line("Thin Mints", 5),)
    assert not order.refused and not order.doubts


def test_nothing_of_a_customer_is_kept():
    parsed = digital_cookie.parse(troop_file({}, {"Order Number": "301234568", "Thin Mints": "lots"}))

    kept = json.dumps(rows.plain(parsed))
    assert "Quill" not in kept and "Zoe" not in kept
    assert parsed.rows[1].refused and parsed.rows[1].seen["Thin Mints"] == "lots"


def test_rows_go_to_json_and_back():
    parsed = digital_cookie.parse(troop_file({}, {"Order Number": "301234568", "Order Type": "Carrier Pigeon"}))

    for row in parsed.rows:
        assert rows.from_plain(parsed.row_type, json.loads(json.dumps(rows.plain(row)))) == row


def test_trap_01_total_includes_refunded_boxes():
    order = one(**{"Total Packages (Includes Donate & Gift)": "7", "Refunded Packages": 2})

    assert (order.boxes_total, order.refunded, order.physical_boxes) == (7, 2, 5)
    assert not order.doubts


def test_trap_02_total_includes_donated_boxes():
    order = one(**{"Order Type": "In Person Delivery with Donation", "Donation": 2, "Thin Mints": 3})

    assert (order.boxes_total, order.donated, order.physical_boxes) == (5, 2, 3)
    assert order.order_class == "delivery" and not order.doubts


def test_trap_03_amount_includes_shipping():
    order = one(
        **{
            "Order Type": "Shipped",
            "Current Sale Amount": "$1,044.99",
            "Current Subtotal": 1030,
            "Current S & H": 14.99,
        }
    )

    assert (order.amount_cents, order.subtotal_cents, order.shipping_cents) == (104499, 103000, 1499)
    assert order.order_class == "shipped"


@pytest.mark.parametrize(
    ("first", "last", "is_site"),
    [
        ("Troop1234", "Site", True),
        ("Troop1234", "Sitework", False),
        ("Ana", "Site", False),
        ("Troop1234", "Sites", False),
    ],
)
def test_trap_04_the_troops_site_is_named_exactly_site(first, last, is_site):
    order = one(**{"Girl First Name": first, "Girl Last Name": last, "Order Type": "Cookies In Hand"})

    assert order.is_site is is_site
    assert order.order_class == ("booth" if is_site else "in_hand")


def test_trap_05_a_donation_has_no_cookie_columns():
    order = one(
        **{
            "Order Type": "Donation",
            "Total Packages (Includes Donate & Gift)": 4,
            "Donation": 4,
            "Thin Mints": None,
        }
    )

    assert (order.order_class, order.donated, order.physical_boxes, order.lines) == ("donation", 4, 0, ())
    assert not order.refused and not order.doubts


@pytest.mark.parametrize(
    ("seen", "payment"),
    [("CASH", "cash"), ("VENMO_CAPTURED", "venmo"), ("CAPTURED", "card_captured"), ("", "unknown"), ("IOU", "unknown")],
)
def test_trap_06_cash_inside_digital_cookie_is_no_card_money(seen, payment):
    order = one(**{"Payment Status": seen})

    assert order.payment_class == payment
    assert bool(order.doubts) == (payment == "unknown")


def test_trap_16_order_times_are_central_time():
    assert one().ordered_at == "2026-01-31T19:17:00Z"
    assert one(**{"Order Date (Central Time)": "03/15/2026 11:30 PM"}).ordered_at == "2026-03-16T04:30:00Z"
    assert one(**{"Order Date (Central Time)": "03/15/2026 11:30 PM"}).ordered_on == "2026-03-15"


def test_trap_19_an_unknown_cookie_and_an_unknown_type_do_not_vanish():
    headings = [*TROOP_HEADINGS, "Celebrate Simplicity Cookies™"]
    sheet = troop_file(
        {"Order Type": "Carrier Pigeon", "Celebrate Simplicity Cookies™": 2, "Thin Mints": 3}, headings=headings
    )

    parsed = digital_cookie.parse(sheet)

    order = parsed.rows[0]
    assert order.order_class == "unknown" and order.order_type == "Carrier Pigeon"
    assert rows.Line("Celebrate Simplicity Cookies™", 2) in order.lines
    assert not order.refused
    assert "Carrier Pigeon" in str(order.doubts[0])
    assert any("Celebrate Simplicity" in str(note) for note in parsed.notes)


@pytest.mark.parametrize(
    ("seen", "status"),
    [
        ("Needs Approval for Delivery", "needs_approval"),
        ("Pending Approval", "needs_approval"),
        ("Approved for Delivery", "pending"),
        ("Pending", "pending"),
        ("processing", "pending"),
        ("Status Delivered", "completed"),
        ("Order Completed", "completed"),
        ("Direct Shipped", "completed"),
        ("Canceled", "void"),
        ("Cancelled", "void"),
        ("Refunded", "void"),
        ("Lost in the post", "unknown"),
    ],
)
def test_trap_20_an_order_that_needs_approval_is_not_a_sale(seen, status):
    assert one(**{"Order Status": seen}).status_class == status


def test_trap_21_an_authorised_card_is_not_a_captured_one():
    assert one(**{"Payment Status": "AUTHORIZED"}).payment_class == "card_authorised"


def test_trap_22_a_cash_donation_is_told_from_a_card_donation():
    donation = {"Order Type": "Donation", "Donation": 5, "Thin Mints": None}

    assert one(**donation, **{"Payment Status": "CASH"}).payment_class == "cash"
    assert one(**donation).payment_class == "card_captured"


@pytest.mark.parametrize(
    ("stored", "number"),
    [(301234567, "301234567"), ("301234567", "301234567"), ("0016491", "0016491"), ("301234567.0", "301234567")],
)
def test_trap_26_order_numbers_keep_their_digits_however_excel_stored_them(stored, number):
    assert one(**{"Order Number": stored}).number == number


def test_trap_26_scientific_order_numbers_are_exact_or_refused():
    csv = "Order Number,Girl First Name,Girl Last Name,Order Type,Total Packages,Thin Mints\n"
    csv += "3.01234567E+08,Ana,Rivera,Pick Up,5,5\n3.01E+08,Ana,Rivera,Pick Up,5,5\n"

    exact, shortened = digital_cookie.parse(spreadsheets.read(csv.encode(), "orders.csv")[0]).rows

    assert exact.number == "301234567" and exact.order_class == "pickup"
    assert "shortened" in str(shortened.refused)


def test_trap_27_a_csv_with_a_mark_and_semicolons_is_read_like_the_workbook():
    cells = [str(AN_ORDER.get(heading, "")) for heading in TROOP_HEADINGS]
    csv = "\ufeff" + ";".join(TROOP_HEADINGS) + "\r\n" + ";".join(cells) + "\r\n"

    from_csv = digital_cookie.parse(spreadsheets.read(csv.encode(), "orders.csv")[0])

    assert from_csv.rows == digital_cookie.parse(troop_file({})).rows


def test_trap_28_last_years_columns_are_read_by_their_headings():
    old = ["Toast-Yay!", "Girl Scout S'mores", *reversed(TROOP_HEADINGS)]

    order = digital_cookie.parse(troop_file({"Toast-Yay!": 2, "Thin Mints": 3}, headings=old)).rows[0]

    assert order.lines == (rows.Line("Toast-Yay!", 2), rows.Line("Thin Mints", 3))


def test_the_same_order_number_twice_counts_once():
    parsed = digital_cookie.parse(troop_file({}, {"Thin Mints": 4}))

    assert not parsed.rows[0].refused
    assert str(parsed.rows[1].refused) == "Order 301234567 is already in row 2."
    assert parsed.rows[0].key != parsed.rows[1].key


def test_rows_without_a_number_are_told_apart_by_what_they_say_and_counted():
    parsed = digital_cookie.parse(troop_file({"Order Number": None}, {"Order Number": None}, {"Order Number": None}))

    keys = [row.key for row in parsed.rows]
    assert len(set(keys)) == 3 and keys[1] == keys[0] + "#2"
    assert keys == [row.key for row in digital_cookie.parse(troop_file(*[{"Order Number": None}] * 3)).rows]


@pytest.mark.parametrize(
    ("heading", "bad"),
    [
        ("Thin Mints", -5),
        ("Thin Mints", 2.5),
        ("Thin Mints", "five"),
        ("Thin Mints", 10**9),
        ("Donation", 99),
        ("Current Sale Amount", "a lot"),
        ("Current Sale Amount", 10**12),
        ("Total Packages (Includes Donate & Gift)", True),
        ("Order Number", "30 12; DROP"),
    ],
)
def test_a_line_that_cannot_be_right_is_kept_and_refused_with_a_reason(heading, bad):
    order = one(**{heading: bad})

    assert order.refused and str(order.refused)
    assert order.seen["Order Type"] == "In Person Delivery"


def test_a_sum_that_does_not_fit_is_a_doubt():
    order = one(**{"Thin Mints": 4})

    assert not order.refused
    assert ": 4." in str(order.doubts[0]) and ": 5." in str(order.doubts[0])


def test_the_files_own_totals_are_given():
    parsed = digital_cookie.parse(
        troop_file({}, {"Order Number": "301234568", "Donation": 2, "Thin Mints": 3}, {"Order Number": "Total"})
    )

    assert parsed.file_totals["rows"] == 2
    assert (parsed.file_totals["boxes"], parsed.file_totals["donated"]) == (10, 2)
    assert parsed.file_totals["amountCents"] == 6000
    assert parsed.file_totals["statedBoxes"] == 5


def caregiver_order(**changes):
    order = {
        "Order Number": "301234567",
        "Order Date": 46053,
        "Order Type": "In-Person Delivery",
        "Order Status": "processing",
        "Total Packages": 5.0,
        "Deliver To": "Zoe Quill",
        "Delivery Address": "1 Nowhere Lane",
        "Customer Phone": 5550100,
        "Customer Email": "zoe@example.org",
        "Samoas": 3.0,
        "Donated Cookies": 2.0,
        "Donated Cookies (DO NOT DELIVER)": 2.0,
    }
    return order | changes


@pytest.mark.parametrize("headings", [CAREGIVER_HEADINGS, DELIVERY_HEADINGS])
def test_both_caregiver_exports_are_read(headings):
    sheet = read(headings, [caregiver_order()], sheet_name="ORDER EXPORT FOR PARENTS", date_headings=["Order Date"])

    parsed = recognise.parse([sheet])

    order = parsed.rows[0]
    assert (parsed.source, parsed.kind, parsed.needs_girl) == ("digital-cookie", "girl_orders", True)
    assert (order.boxes_total, order.donated, order.physical_boxes) == (5, 2, 3)
    assert (order.ordered_on, order.ordered_at, order.amount_cents) == ("2026-01-31", None, None)
    assert (order.order_class, order.status_class, order.girl_name) == ("delivery", "pending", "")
    assert order.lines == (rows.Line("Samoas", 3),) and not order.doubts
    assert parsed.cookies == tuple(CAREGIVER_COOKIES)
    kept = json.dumps(rows.plain(parsed))
    assert "Zoe" not in kept and "Nowhere" not in kept and "5550100" not in kept and "example" not in kept


def test_trap_24_boxes_already_in_the_initial_order_are_marked():
    sheet = read(DELIVERY_HEADINGS, [caregiver_order(**{"Order Included in Girl I/O": answer}) for answer in "YN"])

    first, second = digital_cookie.parse(sheet).rows

    assert first.included_in_io is True and second.included_in_io is False
    assert one().included_in_io is None


def test_an_order_that_moves_between_the_caregiver_files_keeps_its_key():
    delivery = digital_cookie.parse(read(DELIVERY_HEADINGS, [caregiver_order()])).rows[0]
    completed = digital_cookie.parse(read(CAREGIVER_HEADINGS, [caregiver_order(**{"Order Status": "completed"})])).rows[
        0
    ]

    assert delivery.key == completed.key == one().key
    assert (delivery.status_class, completed.status_class) == ("pending", "completed")
