"""Smart Cookies' grid, report and JSON become rows that say which way boxes went, or that none did."""

import json

import pytest
from export_files import GRID_HEADINGS, REPORT_HEADINGS, grid_file, read, report_file

from gsctracker.domain.imports import recognise, rows, smart_cookies
from gsctracker.errors import Invalid
from gsctracker.integrations import spreadsheets


def moved(**changes):
    """A line of the grid: 12 Thin Mints and 3 Samoas-by-another-name handed to Ana."""
    line = {
        "DATE": "2026/02/14",
        "ORDER #": "0016491",
        "TYPE": "T2G",
        "TO": "Ana Rivera",
        "FROM": "Troop 3990",
        "TM": -12,
        "CD": -3,
        "TOTAL": -15,
        "TOTAL $": -90.0,
        "STATUS": "",
    }
    return line | changes


def ordered(**changes):
    """The same as an order of the JSON."""
    order = {
        "order_id": 7,
        "date": "2026/02/14",
        "order_number": "0016491",
        "type": "TRANSFER",
        "transfer_type": "T2G",
        "to": "Ana Rivera",
        "from": "Troop 3990",
        "cookies": [{"id": 4, "quantity": -12}, {"cookieId": 1, "quantity": -3}],
        "total_cases": -15,
        "total": -90.0,
        "virtual_booth": False,
        "smart_divider_id": None,
        "status": "",
        "actions": {"submittable": False, "approvable": False, "saveable": False},
    }
    return order | changes


def pasted(*orders, **more):
    return smart_cookies.parse_json(json.dumps({"orders": list(orders), **more}), "3990")


def one(**changes):
    return pasted(ordered(**changes)).rows[0]


def test_a_line_of_the_grid_has_every_figure():
    row = smart_cookies.parse(grid_file(moved()), "3990").rows[0]

    assert (row.number, row.transferred_on, row.transfer_class) == ("0016491", "2026-02-14", "t2g")
    assert (row.girl_name, row.from_name, row.boxes_total, row.amount_cents) == ("Ana Rivera", "Troop 3990", 15, 9000)
    assert row.lines == (rows.Line("TM", 12), rows.Line("CD", 3))
    assert not row.refused and not row.doubts


def test_the_json_tells_the_same_as_the_grid():
    row = one()

    assert (row.number, row.transferred_on, row.transfer_class) == ("0016491", "2026-02-14", "t2g")
    assert row.lines == (rows.Line("4", 12, "id"), rows.Line("1", 3, "id"))
    assert row.amount_cents == 9000 and not row.doubts


def test_ids_are_named_when_the_names_come_along():
    row = pasted(ordered(), cookies=[{"id": 4, "name": "Thin Mints"}]).rows[0]

    assert row.lines == (rows.Line("Thin Mints", 12), rows.Line("1", 3, "id"))


def test_trap_07_a_d_number_is_the_digital_cookie_order():
    row = one(transfer_type="D", order_number="D301234567")

    assert (row.transfer_class, row.dc_number, row.key) == ("dc_order", "301234567", "301234567")
    assert row.number == "D301234567"


def test_trap_07_a_donation_that_shares_its_orders_number_is_another_row():
    order, share = pasted(
        ordered(transfer_type="D", order_number="D301234567"),
        ordered(transfer_type="COOKIE_SHARE_D", order_number="D301234567"),
    ).rows

    assert order.key != share.key and not share.refused
    assert (share.transfer_class, share.via, share.dc_number) == ("cookie_share", "dc_echo", "301234567")


def test_trap_08_total_cases_is_packages():
    assert one(total_cases=15).boxes_total == 15


@pytest.mark.parametrize(
    ("changes", "way"),
    [
        ({}, "pickup"),
        ({"virtual_booth": True, "smart_divider_id": 5}, "virtual_booth"),
        ({"smart_divider_id": 5}, "booth_divider"),
        ({"smart_divider_id": 0}, "pickup"),
        ({"order_number": "TDS00123", "smart_divider_id": 5}, "direct_ship_divider"),
    ],
)
def test_trap_09_and_11_a_hand_out_is_told_from_a_credit(changes, way):
    assert one(**changes).via == way


def test_trap_10_direct_ship_divider_rows_are_credits_and_not_hand_outs():
    row = one(order_number="TDSD0123")

    assert (row.transfer_class, row.via) == ("t2g", "direct_ship_divider")


def test_trap_11_the_grid_cannot_say_what_a_hand_out_is_and_says_so():
    parsed = smart_cookies.parse(grid_file(moved()), "3990")

    assert parsed.rows[0].via == "unstated"
    assert any("hand-outs" in str(note) for note in parsed.notes)


@pytest.mark.parametrize("changes", [{"transfer_type": "PLANNED"}, {"transfer_type": "C2T(P)", "status": "SAVED"}])
def test_trap_12_a_planned_order_is_pending(changes):
    assert one(**changes).is_pending


def test_trap_12_an_empty_status_is_not_pending_but_an_open_action_is():
    assert not one().is_pending
    assert one(actions={"submittable": True}).is_pending


@pytest.mark.parametrize(
    ("giver", "taker", "direction", "doubts"),
    [
        ("Troop 3990", "Troop 41", "out", 0),
        ("Troop 41", "3990", "in", 0),
        ("41", "Troop 03990", "in", 0),
        ("Troop 41", "Troop 42", "in", 1),
    ],
)
def test_trap_13_the_direction_between_troops_compares_digits_only(giver, taker, direction, doubts):
    row = one(**{"transfer_type": "T2T", "from": giver, "to": taker})

    assert (row.transfer_class, row.direction, len(row.doubts)) == ("t2t", direction, doubts)


def test_trap_13_without_our_number_boxes_are_taken_as_received_with_a_doubt():
    row = smart_cookies.parse(grid_file(moved(TYPE="T2T", TO="Troop 41"))).rows[0]

    assert row.direction == "in" and len(row.doubts) == 1


def test_trap_14_negative_quantities_are_smart_cookies_sign_for_out():
    assert all(line.boxes > 0 for line in one().lines)
    assert one().boxes_total == 15


@pytest.mark.parametrize(("name", "girl"), [("Rivera, Ana", ("Ana", "Rivera")), ("Ana Rivera", ("Ana", "Rivera"))])
def test_trap_15_a_girl_may_be_written_last_name_first(name, girl):
    row = smart_cookies.parse(report_file({"OrderID": "1", "GirlName": name, "C6": "0/3", "Total": "0/3"})).rows[0]

    assert (row.girl_first, row.girl_last, row.girl_name) == (*girl, name)


def test_trap_17_booleans_may_be_text():
    line = {"OrderID": "1", "GirlName": "Ana Rivera", "C1": "0/3", "Total": "0/3"}
    row = smart_cookies.parse(report_file(line | {"CShareVirtual": "TRUE", "IncludedInIO": "Y"})).rows[0]
    other = smart_cookies.parse(report_file(line | {"CShareVirtual": False, "IncludedInIO": "N"})).rows[0]

    assert row.is_virtual_share is True and row.included_in_io is True
    assert other.is_virtual_share is False and other.included_in_io is False


def test_trap_19_an_unknown_type_is_kept_and_told_once():
    parsed = pasted(ordered(transfer_type="T2X"), ordered(transfer_type="T2X", order_number="2"))

    assert [row.transfer_class for row in parsed.rows] == ["unknown", "unknown"]
    assert not parsed.rows[0].refused
    assert len([note for note in parsed.notes if "T2X" in str(note)]) == 1


def test_trap_19_an_unknown_cookie_of_the_json_counts_and_keeps_its_id():
    row = one(cookies=[{"id": 99, "quantity": 15}, {"id": 98, "quantity": 0}])

    assert row.lines == (rows.Line("99", 15, "id"),)


def test_trap_19_a_new_column_of_the_grid_is_a_cookie():
    sheet = read([*GRID_HEADINGS[:15], "NEWC", *GRID_HEADINGS[15:]], [moved(NEWC=2, TOTAL=17)])

    row = smart_cookies.parse(sheet, "3990").rows[0]

    assert rows.Line("NEWC", 2) in row.lines and not row.doubts


def test_trap_25_lines_keep_their_cookies_so_that_each_has_its_price():
    row = smart_cookies.parse(grid_file(moved(GFC=2, TOTAL=17)), "3990").rows[0]

    assert {line.cookie: line.boxes for line in row.lines} == {"TM": 12, "CD": 3, "GFC": 2}


@pytest.mark.parametrize(
    ("seen", "transfer_class", "way"),
    [
        ("C2T(P)", "c2t", "pickup"),
        ("C2T(D)", "c2t", "delivery"),
        ("C2T", "c2t", ""),
        ("G2T", "g2t", ""),
        ("G2G", "g2g", ""),
        ("DIRECT_SHIP", "direct_ship", ""),
        ("COOKIE_SHARE", "cookie_share", "manual"),
        ("COOKIE_SHARE(D)", "cookie_share", "dc_echo"),
        ("C2TX", "unknown", ""),
        ("", "unknown", ""),
    ],
)
def test_each_transfer_type_has_its_class(seen, transfer_class, way):
    row = one(transfer_type=seen, type="")

    assert (row.transfer_class, row.via) == (transfer_class, way)


def test_a_share_of_the_booth_divider_is_not_manual():
    assert one(transfer_type="COOKIE_SHARE", smart_divider_id=8).via == "booth_divider"


def test_the_girl_is_who_gives_or_gets():
    assert one(**{"transfer_type": "G2T", "from": "Bea Okoro", "to": "3990"}).girl_name == "Bea Okoro"
    given = one(**{"transfer_type": "G2G", "from": "Bea Okoro", "to": "Ana Rivera"})
    assert (given.giver_name, given.girl_name) == ("Bea Okoro", "Ana Rivera")
    site = one(**{"transfer_type": "DIRECT_SHIP", "to": "Troop3990 Site"})
    assert site.is_site and site.girl_name == ""


def test_the_report_counts_cases_and_packages():
    line = {
        "OrderID": "17",
        "GirlName": "Ana Rivera",
        "OrderDate": "01/25/2026 11:20:42 AM",
        "C6": "1/2",
        "Total": "1/2",
    }
    parsed = smart_cookies.parse(report_file(line), time_zone="America/Los_Angeles")

    row = parsed.rows[0]
    assert (parsed.kind, row.boxes_total, row.lines) == ("order_report", 14, (rows.Line("C6", 14, "report_column"),))
    assert row.ordered_at == "2026-01-25T19:20:42Z"
    assert row.gsusa_id == "900000001" and "900000001" not in row.seen.values()


def test_the_report_takes_the_reference_where_the_order_id_is_blank():
    line = {"RefNumber": "S301234567", "GirlName": "Ana Rivera", "C6": "0/1", "Total": "0/1"}

    assert smart_cookies.parse(report_file(line)).rows[0].key == "S301234567"


def test_unused_columns_of_the_report_are_kept_and_remarked_on_when_filled():
    line = {"OrderID": "1", "GirlName": "Ana Rivera", "C6": "0/3", "C12": "0/2", "C13": "0/0", "Total": "0/5"}
    parsed = smart_cookies.parse(report_file(line))

    assert rows.Line("C12", 2, "report_column") in parsed.rows[0].lines
    assert [str(note) for note in parsed.notes] == ["Boxes stand in columns that have no cookie yet: C12."]


def test_cases_and_packages_that_excel_took_for_a_date_are_refused():
    line = {"OrderID": "1", "GirlName": "Ana Rivera", "C6": 46024, "Total": "1/2"}
    sheet = read(REPORT_HEADINGS, [line | {"OrderTypeDesc": "T2G"}], date_headings=["C6"])

    assert "date" in str(smart_cookies.parse(sheet).rows[0].refused)


def test_the_same_row_twice_is_refused_and_another_with_its_number_is_kept():
    first, again, other = pasted(ordered(), ordered(), ordered(to="Bea Okoro")).rows

    assert not first.refused
    assert str(again.refused) == "Order 0016491 is already in row 1."
    assert not other.refused and other.doubts
    assert len({first.key, again.key, other.key}) == 3


def test_a_planned_order_keeps_its_key_when_it_is_picked_up():
    assert one(transfer_type="PLANNED").key == one(transfer_type="C2T(P)").key


def test_the_totals_of_the_file_are_given():
    parsed = smart_cookies.parse(grid_file(moved(), moved(**{"ORDER #": "2"}), {"DATE": "Total", "TOTAL": 30}), "3990")

    assert parsed.file_totals == {"rows": 2, "refused": 0, "boxes": 30, "amountCents": 18000, "statedBoxes": 30}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "null",
        "3",
        '{"orders": 3}',
        '{"orders": [3]}',
        "[" * 100_000,
        '{"orders": {"a": 1}}',
    ],
)
def test_json_that_is_no_list_of_orders_is_refused(text):
    with pytest.raises(Invalid):
        smart_cookies.parse_json(text)


@pytest.mark.parametrize(
    "changes",
    [
        {"total_cases": "many"},
        {"cookies": [{"id": 4, "quantity": "1e999"}]},
        {"cookies": [{"id": 4, "quantity": 10**400}]},
        {"date": "yesterday"},
        {"order_number": "\u202e<b>"},
        {"total": "NaN"},
    ],
)
def test_an_order_of_the_json_that_cannot_be_right_is_kept_and_refused(changes):
    row = one(**changes)

    assert row.refused and row.seen["transfer_type"] == "T2G"


def test_odd_shapes_inside_an_order_do_no_harm():
    parsed = smart_cookies.parse_json(
        '{"orders": [{"cookies": 3, "actions": [], "to": {"a": 1}, "from": null, "order_number": 1e999,'
        ' "total": 1e999, "transfer_type": ["T2G"]}, {}]}'
    )

    assert len(parsed.rows) == 2 and parsed.rows[0].refused


def test_a_pasted_text_and_an_uploaded_json_file_are_the_same():
    text = json.dumps({"orders": [ordered()]})
    sheets = spreadsheets.read(text.encode(), "search.json")

    assert recognise.parse(sheets, troop_number="3990") == smart_cookies.parse_json(text, "3990")
