"""COOKIE-38: traps 1 to 14 of the official files, each followed to the ledger or the page where it would do harm."""

import pytest
from bring_in import (
    SITE,
    TOTAL,
    account,
    apply,
    counts,
    credit,
    grid,
    hand_out,
    home,
    orders,
    owes,
    pick_up,
    shelf,
    totals,
    transfers,
)

from gsctracker.domain.booths import booths, closing
from gsctracker.domain.imports import answers, batches, undo
from gsctracker.domain.inventory import transfers as moves
from gsctracker.domain.journal import CARD_CLEARING
from gsctracker.domain.reports import differences
from gsctracker.domain.season import seasons
from tests.factories import lines, make_scout, product


def season(tx):
    return seasons.current(tx).id


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


@pytest.mark.parametrize("waiting", [{"status": "SAVED"}, {"actions": {"approvable": True}}])
def test_trap_12_a_pick_up_or_hand_out_that_is_not_approved_yet_moves_nothing(tx, admin, ana, waiting):
    apply(tx, admin, transfers(pick_up() | waiting, hand_out(**waiting)))

    assert shelf(tx) == {} and home(tx, ana) == {} and owes(tx, ana) == 0


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
