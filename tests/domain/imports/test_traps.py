"""COOKIE-38: the 28 traps of the official files, each followed to the ledger or the page where it would do harm."""

import pytest
from bring_in import (
    account,
    apply,
    caregiver,
    counts,
    credit,
    grid,
    home,
    orders,
    owes,
    reasons,
    report,
    shelf,
    stage,
    totals,
    transfers,
)

from gsctracker.domain.booths import booths, closing
from gsctracker.domain.imports import answers, batches, undo
from gsctracker.domain.inventory import transfers as moves
from gsctracker.domain.journal import CARD_CLEARING
from gsctracker.domain.reports import channels, differences, typing_list
from gsctracker.domain.season import seasons
from tests.factories import lines, make_scout, product

TOTAL = "Total Packages (Includes Donate & Gift)"
SITE = {"Girl First Name": "Troop1234", "Girl Last Name": "Site"}


@pytest.fixture
def ana(tx):
    return make_scout(tx, "Ana", "R.")


@pytest.fixture
def bea(tx):
    return make_scout(tx, "Bea", "B.")


def season(tx):
    return seasons.current(tx).id


def hand_out(number="0016491", to="Ana Rivera", **more):
    return {"type": "T2G", "number": number, "from": "Troop 1234", "to": to, "cookies": {"TM": 12}} | more


def pick_up(number="0016400", **cookies):
    return {
        "type": "C2T(P)",
        "number": number,
        "from": "Cupboard",
        "to": "Troop 1234",
        "cookies": cookies or {"TM": 48},
    }


def test_trap_01_refunded_packages_are_in_the_total_and_not_in_the_sale(tx, admin, ana):
    apply(tx, admin, orders({TOTAL: 5, "Refunded Packages": 2, "Thin Mints": 5, "Current Subtotal": "$18.00"}))

    assert totals(tx).boxes == 3 and totals(tx).revenue_cents == 18_00
    assert credit(tx, ana) == {"own": 3}


def test_trap_01_a_refund_of_one_of_two_cookies_is_asked_for_and_never_guessed(tx, admin, ana):
    row = {TOTAL: 5, "Refunded Packages": 2, "Thin Mints": 3, "Trefoils": 2, "Current Subtotal": "$18.00"}
    batch = apply(tx, admin, orders(row))
    assert counts(tx, batch) == {"refused": 1} and totals(tx).boxes == 0
    (ask,) = batches.asks(tx, batch)

    answers.resolve(tx, admin, "digital-cookie", ask.kind, ask.said, "TM 1, TRE 1")
    apply(tx, admin, orders(row))

    assert credit(tx, ana) == {"own": 3}
    assert home(tx, ana) == {"TM": -2, "TRE": -1}


def test_trap_01_an_order_refunded_as_a_whole_is_no_sale(tx, admin, ana):
    apply(tx, admin, orders({}))
    apply(
        tx,
        admin,
        orders({TOTAL: 5, "Refunded Packages": 5, "Thin Mints": 0, "Current Subtotal": "$0.00"}, {"Order Number": "2"}),
    )

    assert totals(tx).sales_count == 1
    assert home(tx, ana) == {"TM": -5}


def test_trap_02_donated_packages_are_in_the_total_and_move_no_box(tx, admin, ana):
    batch = apply(
        tx, admin, orders({TOTAL: 5, "Donation": 2, "Thin Mints": 3, "Order Type": "In Person Delivery with Donation"})
    )

    assert (totals(tx).boxes, totals(tx).donated_boxes) == (5, 2)
    assert home(tx, ana) == {"TM": -3}
    preview = batches.preview(tx, batch)
    assert (preview.totals["boxes"], preview.totals["physical"], preview.totals["donated"]) == (5, 3, 2)


def test_trap_03_shipping_is_in_the_amount_and_not_in_what_she_sold(tx, admin, ana):
    apply(tx, admin, orders({"Order Type": "Shipped", "Current Sale Amount": "$43.99", "Current S & H": "$13.99"}))

    assert totals(tx).revenue_cents == 30_00
    assert account(tx, CARD_CLEARING) == 30_00
    assert owes(tx, ana) == 0 and home(tx, ana) == {}


def test_trap_04_only_a_last_name_that_is_exactly_site_is_the_troops_site(tx, admin, ana):
    sitwell = make_scout(tx, "Troop", "S.")
    batch = apply(
        tx, admin, orders(SITE, {"Order Number": "2", "Girl First Name": "Troop", "Girl Last Name": "Sitely"})
    )

    assert counts(tx, batch) == {"new": 2}
    assert shelf(tx) == {"TM": -5}, "the site's order leaves the troop's shelf"
    assert credit(tx, sitwell) == {"own": 5}


def test_trap_05_a_donation_without_any_cookie_column_is_a_sale_of_cookie_share(tx, admin, ana):
    apply(tx, admin, orders({"Order Type": "Donation", "Donation": 5, "Thin Mints": None}))

    assert (totals(tx).boxes, totals(tx).donated_boxes) == (5, 5)
    assert credit(tx, ana) == {"donation": 5} and home(tx, ana) == {}


def test_trap_06_cash_inside_digital_cookie_is_with_the_family_and_not_at_the_council(tx, admin, ana):
    moves.move(tx, admin, "T2G", lines(tx, TM=5), scout_id=ana)
    apply(tx, admin, orders({"Payment Status": "CASH"}))

    assert account(tx, CARD_CLEARING) == 0
    assert owes(tx, ana) == 30_00


def test_trap_07_the_same_order_from_both_systems_is_one_sale(tx, admin, ana):
    apply(tx, admin, orders({}))
    apply(tx, admin, transfers({"type": "D", "number": "D301234567", "to": "Ana Rivera", "cookies": {"TM": 5}}))

    assert totals(tx).boxes == 5 and credit(tx, ana) == {"own": 5}
    assert home(tx, ana) == {"TM": -5}


def test_trap_08_total_cases_are_packages(tx, admin, ana):
    batch = apply(tx, admin, transfers(pick_up(TM=24)))

    assert shelf(tx) == {"TM": 24}
    assert batches.preview(tx, batch).totals["boxes"] == 24 == batches.preview(tx, batch).file_totals["boxes"]


def test_trap_09_a_hand_out_is_in_her_garage_and_not_sold(tx, admin, ana):
    apply(tx, admin, transfers(pick_up(), hand_out()))

    assert home(tx, ana) == {"TM": 12} and credit(tx, ana) == {} and totals(tx).boxes == 0
    assert owes(tx, ana) == 72_00
    (line,) = differences.page(tx, season(tx), admin).lines
    assert (line.office, line.credited, line.gap) == (12, 0, 12)
    assert [(part.code, part.boxes) for part in line.parts] == [("held", 12)]


def test_trap_10_the_direct_ship_divider_credits_and_ships_nothing_twice(tx, admin, ana):
    apply(tx, admin, orders(SITE | {"Order Type": "Shipped"}))
    apply(
        tx,
        admin,
        transfers(
            {"type": "DIRECT_SHIP", "number": "S301234567", "to": "Troop 1234 Site", "cookies": {"TM": 5}},
            hand_out("TDS00001", cookies={"TM": 5}),
        ),
    )

    assert totals(tx).boxes == 5
    assert credit(tx, ana) == {"site": 5}
    assert home(tx, ana) == {} and owes(tx, ana) == 0 and shelf(tx) == {}


def test_trap_11_a_booth_divider_moves_no_box_and_counts_no_booth_twice(tx, admin, ana):
    moves.move(tx, admin, "C2T", lines(tx, TM=48))
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    moves.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12), booth_id=booth)
    tm = product(tx, "TM")
    closing.close(tx, admin, booth, sold={tm: 12}, cash_cents=72_00)
    closing.credit(tx, admin, booth, [(ana, tm, 12)])

    apply(tx, admin, transfers(hand_out(smart_divider_id="77")))

    assert shelf(tx) == {"TM": 36} and home(tx, ana) == {} and owes(tx, ana) == 0
    assert credit(tx, ana) == {"booth": 12} and totals(tx).boxes == 12


def test_trap_11_a_booth_that_only_the_office_knows_gives_its_credit(tx, admin, ana):
    batch = apply(tx, admin, transfers(hand_out(smart_divider_id="77")))

    assert credit(tx, ana) == {"booth": 12} and home(tx, ana) == {} and totals(tx).boxes == 12
    undo.undo(tx, admin, batch)
    assert credit(tx, ana) == {} and totals(tx).boxes == 0


def test_trap_11_card_sales_at_a_booth_that_was_closed_here_are_counted_by_the_booth(tx, admin, ana):
    booth = booths.plan(tx, admin, "Booth 1", "2026-01-31T16:00:00Z", "2026-01-31T20:00:00Z")
    moves.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12), booth_id=booth)
    closing.close(tx, admin, booth, sold={product(tx, "TM"): 12}, cash_cents=42_00, card_cents=30_00)

    batch = apply(tx, admin, orders(SITE | {"Order Type": "Cookies In Hand"}))

    assert totals(tx).boxes == 12 and account(tx, CARD_CLEARING) == 30_00
    assert shelf(tx) == {"TM": -12}
    assert counts(tx, batch) == {"conflict": 1}


def test_trap_11_the_grid_does_not_say_what_a_hand_out_is_so_nothing_moves_before_somebody_does(tx, admin, ana):
    file = grid(
        {"ORDER #": "0016491", "TYPE": "T2G", "TO": "Ana Rivera", "FROM": "Troop 1234", "TM": -12, "TOTAL": -12},
        {"ORDER #": "0016492", "TYPE": "T2G", "TO": "Ana Rivera", "FROM": "Troop 1234", "TM": -5, "TOTAL": -5},
    )
    batch = apply(tx, admin, file)
    assert counts(tx, batch) == {"refused": 2} and home(tx, ana) == {}

    answers.resolve(tx, admin, "smart-cookies", "transfer_type", "T2G 0016492", "t2g_booth")
    answers.resolve(tx, admin, "smart-cookies", "transfer_type", "T2G", "t2g")
    apply(tx, admin, file)

    assert home(tx, ana) == {"TM": 12} and credit(tx, ana) == {"booth": 5}


def test_trap_12_a_planned_order_is_no_stock_until_it_is_picked_up(tx, admin):
    planned = {"type": "PLANNED", "number": "0016400", "to": "Troop 1234", "cookies": {"TM": 48}, "status": "SAVED"}
    apply(tx, admin, transfers(planned))
    assert shelf(tx) == {}

    apply(tx, admin, transfers(pick_up("0016400", TM=36)))
    assert shelf(tx) == {"TM": 36}


def test_trap_13_boxes_to_another_troop_leave_and_boxes_from_one_come(tx, admin):
    apply(
        tx,
        admin,
        transfers(
            {"type": "T2T", "number": "1", "from": "Troop 1234", "to": "Troop 9", "cookies": {"TM": 12}},
            {"type": "T2T", "number": "2", "from": "9", "to": "1234", "cookies": {"CD": 5}},
        ),
    )

    assert shelf(tx) == {"TM": -12, "CD": 5}


def test_trap_14_minus_is_smart_cookies_sign_for_out_and_ebuddes_correction(tx, admin, ana):
    apply(tx, admin, transfers(hand_out(cookies={"TM": -12}, total_cases=-12)))
    assert home(tx, ana) == {"TM": 12}

    mapped = b"Girl,Date,Comment,Thin Mints,Samoas\r\nAna Rivera,2026-02-01,booth,12,3\r\nAna Rivera,2026-02-02,moved,-5,0\r\n"
    apply(tx, admin, mapped, source="ebudde", name="girl orders.csv")
    office = tx.execute(
        "SELECT sum(boxes) FROM office_lines WHERE system = 'ebudde' AND scout_id = ?", (ana,)
    ).fetchone()[0]
    assert office == 10


def test_trap_15_last_name_first_is_the_same_girl_and_two_who_fit_are_nobody(tx, admin, ana):
    apply(tx, admin, transfers(hand_out(to="Rivera, Ana")))
    assert home(tx, ana) == {"TM": 12}

    make_scout(tx, "Bea", "B.")
    make_scout(tx, "Bea", "B.")
    batch = apply(tx, admin, transfers(hand_out(), hand_out("2", to="Bea Bell")))
    assert counts(tx, batch) == {"same": 1, "refused": 1}


def test_trap_15_two_names_that_fit_one_girl_are_both_asked_for(tx, admin, ana):
    batch = apply(tx, admin, orders({}, {"Order Number": "2", "Girl Last Name": "Ruiz"}))

    assert counts(tx, batch) == {"refused": 2}
    assert sorted(ask.shown for ask in batches.asks(tx, batch)) == ["Ana Rivera", "Ana Ruiz"]


def test_trap_16_the_files_clock_is_central_time(tx, admin, ana):
    apply(tx, admin, orders({"Order Date (Central Time)": 46053.979166667}))  # 23:30 on 31 January

    assert tx.execute("SELECT ordered_at, ordered_on FROM orders").fetchall() == [
        ("2026-02-01T05:30:00Z", "2026-01-31")
    ]


def test_trap_17_booleans_written_as_text_do_not_make_a_report_row_share(tx, admin, ana):
    row = {"OrderID": "5", "GirlName": "Ana Rivera", "C6": "0/10", "Total": "0/10", "CShareVirtual": "FALSE"}
    batch = apply(tx, admin, report(row))

    kept = batches.lines(tx, batch)[0].fields
    assert (kept["is_virtual_share"], kept["included_in_io"]) == (False, False)
    assert tx.execute("SELECT boxes FROM office_lines").fetchall() == [(10,)]


def test_trap_18_rows_beyond_the_sheets_declared_size_are_read(tx, admin, ana):
    import io
    import zipfile

    content = orders({}, {"Order Number": "2"}, {"Order Number": "3"})
    source, target = zipfile.ZipFile(io.BytesIO(content)), io.BytesIO()
    with zipfile.ZipFile(target, "w") as smaller:
        for part in source.namelist():
            read = source.read(part)
            if part.endswith("sheet1.xml"):
                assert b'<dimension ref="A1:' in read
                start = read.index(b'<dimension ref="')
                read = read[:start] + b'<dimension ref="A1:B2"/>' + read[read.index(b"/>", start) + 2 :]
            smaller.writestr(part, read)
    apply(tx, admin, target.getvalue())

    assert totals(tx).sales_count == 3


@pytest.mark.parametrize(
    ("changes", "kind", "meaning"),
    [
        ({"Order Type": "Drone drop"}, "order_type", "delivery"),
        ({"Payment Status": "SHELLS"}, "payment", "cash"),
        ({"Order Status": "Pondering"}, "status", "completed"),
        ({"Girl First Name": "Zoe"}, "scout", "1"),
    ],
)
def test_trap_19_what_nobody_knows_is_kept_shown_and_answered_once(tx, admin, ana, changes, kind, meaning):
    batch = apply(tx, admin, orders(changes))
    assert counts(tx, batch) == {"refused": 1} and totals(tx).boxes == 0
    assert batches.preview(tx, batch).totals["left_out"] == 5
    (ask,) = batches.asks(tx, batch)
    assert ask.kind == kind

    assert answers.resolve(tx, admin, "digital-cookie", ask.kind, ask.said, meaning) == 1
    assert counts(tx, batch) == {"new": 1}
    apply(tx, admin, orders(changes, changes | {"Order Number": "2"}))
    assert totals(tx).sales_count == 2, "remembered for the next file"


def test_trap_19_a_cookie_of_tomorrow_is_a_question_and_not_lost(tx, admin, ana):
    from export_files import TROOP_HEADINGS

    content = orders({"Thin Mints": 3, "Celebrates": 2}, headings=[*TROOP_HEADINGS, "Celebrates"])
    batch = apply(tx, admin, content)
    assert [(ask.kind, ask.said) for ask in batches.asks(tx, batch)] == [("cookie", "Celebrates")]

    answers.resolve(tx, admin, "digital-cookie", "cookie", "Celebrates", "TRE")
    apply(tx, admin, content)
    assert home(tx, ana) == {"TM": -3, "TRE": -2}


def test_trap_19_an_unknown_transfer_type_is_kept_and_answered_once(tx, admin, ana):
    batch = apply(tx, admin, transfers(hand_out() | {"type": "X2Y"}))
    assert counts(tx, batch) == {"refused": 1}

    answers.resolve(tx, admin, "smart-cookies", "transfer_type", "X2Y", "t2t_in")
    apply(tx, admin, transfers(hand_out() | {"type": "X2Y"}))
    assert shelf(tx) == {"TM": 12}


def test_trap_20_an_order_that_needs_approval_is_no_sale_and_no_stock(tx, admin, ana):
    apply(tx, admin, orders({"Order Status": "Needs Approval for In Person Delivery", "Payment Status": "AUTHORIZED"}))

    assert totals(tx).sales_count == 0 and home(tx, ana) == {} and credit(tx, ana) == {}
    assert tx.execute("SELECT status FROM orders").fetchall() == [("needs_approval",)]


def test_trap_21_an_authorised_card_has_not_paid_and_a_charged_one_has(tx, admin, ana):
    moves.move(tx, admin, "T2G", lines(tx, TM=5), scout_id=ana)
    apply(tx, admin, orders({"Payment Status": "AUTHORIZED"}))
    assert account(tx, CARD_CLEARING) == 0 and owes(tx, ana) == 30_00

    apply(tx, admin, orders({"Payment Status": "CAPTURED"}))
    assert account(tx, CARD_CLEARING) == 30_00 and owes(tx, ana) == 0


def test_trap_21_a_shipped_order_whose_card_is_not_charged_is_nobodys_debt(tx, admin, ana):
    apply(tx, admin, orders({"Payment Status": "AUTHORIZED", "Order Type": "Shipped"}))

    assert owes(tx, ana) == 0 and account(tx, CARD_CLEARING) == 0


def test_trap_22_donations_paid_in_cash_are_on_the_list_of_what_to_type(tx, admin, ana):
    donated = {TOTAL: 4, "Donation": 4, "Thin Mints": None, "Order Type": "Donation", "Current Subtotal": "$24.00"}
    in_person = {"Donation": 2, "Thin Mints": 3, "Order Type": "In Person Delivery with Donation"}
    apply(
        tx,
        admin,
        orders(donated, donated | {"Order Number": "2", "Payment Status": "CASH"}, in_person | {"Order Number": "3"}),
    )

    assert channels.share_to_type(tx, season(tx)) == {ana: (6, 0)}
    (item,) = typing_list.page(tx, season(tx), admin)
    assert (item.key, item.boxes) == (f"share/{ana}", 6)

    apply(
        tx,
        admin,
        transfers({"type": "COOKIE_SHARE", "number": "0016500", "to": "Ana Rivera", "cookies": {"CShare": 6}}),
    )
    assert typing_list.page(tx, season(tx), admin) == []
    assert credit(tx, ana) == {"own": 3, "donation": 10}, "the office's row only proves it"


def test_trap_23_sales_without_a_hand_out_in_the_office_are_explained_as_such(tx, admin, ana):
    apply(tx, admin, orders({}))
    apply(tx, admin, transfers(pick_up()))

    (line,) = differences.page(tx, season(tx), admin).lines
    assert [(part.code, part.boxes) for part in line.parts] == [("not_handed_out", -5)]
    assert line.on_hand == -5


def test_trap_24_packages_of_the_initial_order_are_not_handed_out_a_second_time(tx, admin, ana):
    apply(tx, admin, transfers(hand_out(cookies={"TM": 5})))
    apply(
        tx, admin, report({"OrderID": "5", "GirlName": "Ana Rivera", "C6": "0/5", "Total": "0/5", "IncludedInIO": "Y"})
    )
    apply(tx, admin, orders({}))

    assert home(tx, ana) == {}


def test_trap_25_each_cookie_has_its_own_price(tx, admin, ana):
    apply(tx, admin, orders({"Thin Mints": 3, "Caramel Chocolate Chip": 2, "Current Subtotal": "$32.00"}))

    assert totals(tx).revenue_cents == 3 * 6_00 + 2 * 7_00


def test_trap_25_a_price_that_the_catalogue_has_not_is_the_files_and_is_shown(tx, admin, ana):
    batch = apply(
        tx, admin, orders({"Current Subtotal": "$35.00"}, {"Order Number": "2", "Current Subtotal": "$31.01"})
    )

    assert counts(tx, batch) == {"conflict": 2}
    assert totals(tx).revenue_cents == 35_00 + 30_00
    assert any("does not go into the packages evenly" in reason for reason in reasons(tx, batch))


def test_trap_26_a_number_that_became_a_float_is_the_same_order(tx, admin, ana):
    apply(tx, admin, orders({}))
    batch = apply(tx, admin, orders({"Order Number": 301234567.0}, {"Order Number": "2"}))

    assert counts(tx, batch) == {"same": 1, "new": 1} and totals(tx).sales_count == 2
    lost = apply(tx, admin, orders({"Order Number": "3.01E+08"}))
    assert counts(tx, lost)["refused"] == 1 and totals(tx).sales_count == 2


def test_trap_27_a_text_file_with_a_mark_and_semicolons_reaches_the_roster(tx, admin):
    batch = apply(tx, admin, "\ufeffFirst Name;Last Name;Grade\r\nAna;Rivera;4\r\n".encode(), name="roster.csv")

    assert counts(tx, batch) == {"new": 1}
    assert tx.execute("SELECT first_name, last_initial, grade FROM scouts").fetchall() == [("Ana", "R.", 4)]


def test_trap_28_old_files_are_the_only_history_so_none_of_them_is_lost(tx, admin, ana):
    first = apply(tx, admin, orders({}, {"Order Number": "2"}))
    second = apply(tx, admin, orders({}, {"Order Number": "3"}))

    assert counts(tx, second) == {"same": 1, "new": 1, "vanished": 1}
    assert totals(tx).sales_count == 3, "what vanished from the file stays sold"
    undo.undo(tx, admin, second)
    assert [row.id for row in batches.page(tx, season(tx))] == [second, first]


def test_a_caregivers_file_and_the_troops_file_tell_of_one_order(tx, admin, ana):
    own = caregiver({"Order Number": "301234567", "Total Packages": 5, "Thin Mints": 5, "Order Status": "processing"})
    apply(tx, admin, own, scout_id=ana)
    assert home(tx, ana) == {}
    apply(tx, admin, orders({"Payment Status": "CASH"}))
    again = stage(tx, admin, own, scout_id=ana)

    assert totals(tx).sales_count == 1 and home(tx, ana) == {"TM": -5}
    assert batches.preview(tx, again).already_applied
