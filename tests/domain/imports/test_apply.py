"""COOKIE-38: what a file says reaches the ledgers, and a newer file changes it there."""

import pytest
from bring_in import account, apply, counts, credit, home, orders, owes, reasons, shelf, stage, totals, transfers

from gsctracker.db.rows import value
from gsctracker.domain.booths import booths, closing
from gsctracker.domain.imports import answers, applying, batches, office_credits, undo
from gsctracker.domain.inventory import transfers as moves
from gsctracker.domain.journal import CARD_CLEARING
from gsctracker.domain.money import balances
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, NotFound
from tests.factories import lines, make_scout, product

SITE = {"Girl First Name": "Troop1234", "Girl Last Name": "Site"}


def hand_out(number="16491", boxes=12, **more):
    return {"type": "T2G", "number": number, "from": "1234", "to": "Ana Rivera", "cookies": {"TM": boxes}} | more


def test_a_pending_order_is_promised_and_a_later_file_delivers_it(tx, admin, ana):
    apply(tx, admin, orders({"Order Status": "Pending"}))
    assert home(tx, ana) == {} and credit(tx, ana) == {"own": 5}

    batch = apply(tx, admin, orders({}))
    assert counts(tx, batch) == {"changed": 1}
    assert home(tx, ana) == {"TM": -5} and totals(tx).sales_count == 1


def test_a_cancelled_order_is_out_of_every_sum(tx, admin, ana):
    apply(tx, admin, orders({}))
    apply(tx, admin, orders({"Order Status": "Order Cancelled"}, {"Order Number": "2", "Payment Status": "CASH"}))

    assert totals(tx).sales_count == 1 and account(tx, CARD_CLEARING) == 0
    assert home(tx, ana) == {"TM": -5}


def test_an_order_that_moves_to_another_girl_moves_with_everything(tx, admin, ana):
    bea = make_scout(tx, "Bea", "B.")
    apply(tx, admin, orders({}))
    apply(tx, admin, orders({"Girl First Name": "Bea", "Girl Last Name": "Bell"}))

    assert credit(tx, ana) == {} and home(tx, ana) == {}
    assert credit(tx, bea) == {"own": 5} and home(tx, bea) == {"TM": -5}


def test_a_later_price_does_not_restate_what_was_imported(tx, admin, ana):
    from gsctracker.domain.season import catalogue

    apply(tx, admin, orders({}))
    catalogue.change(tx, product(tx, "TM"), admin, price_cents=700)
    batch = apply(tx, admin, orders({}, {"Order Number": "2", "Current Subtotal": "$35.00"}))

    assert counts(tx, batch) == {"same": 1, "new": 1}
    assert value(tx, "SELECT sum(amount_cents) FROM orders") == 30_00 + 35_00


def test_the_sites_orders_are_the_troops_own(tx, admin, ana):
    apply(
        tx,
        admin,
        orders(SITE | {"Order Type": "Cookies In Hand"}, SITE | {"Order Number": "2", "Order Type": "Shipped"}),
    )

    assert shelf(tx) == {"TM": -5}, "what is shipped leaves no shelf"
    assert totals(tx).boxes == 10 and credit(tx, ana) == {}
    assert account(tx, CARD_CLEARING) == 60_00


def test_all_kinds_of_transfers_move_boxes_and_debt(tx, admin, ana):
    bea = make_scout(tx, "Bea", "B.")
    apply(
        tx,
        admin,
        transfers(
            {"type": "C2T(P)", "number": "1", "from": "Cupboard", "to": "1234", "cookies": {"TM": 48, "CD": 12}},
            hand_out("2", 20),
            {"type": "G2T", "number": "3", "from": "Ana Rivera", "to": "1234", "cookies": {"TM": -4}},
            {"type": "G2G", "number": "4", "from": "Ana Rivera", "to": "Bea Bell", "cookies": {"TM": 6}},
            {"type": "T2T", "number": "5", "from": "1234", "to": "777", "cookies": {"CD": 5}},
        ),
    )

    assert shelf(tx) == {"TM": 32, "CD": 7} and home(tx, ana) == {"TM": 10} and home(tx, bea) == {"TM": 6}
    assert (owes(tx, ana), owes(tx, bea)) == (60_00, 36_00)
    assert balances.out_of_balance(tx) == 0


def test_a_changed_transfer_is_reversed_and_posted_again(tx, admin, ana):
    apply(tx, admin, transfers(hand_out(boxes=12)))
    batch = apply(tx, admin, transfers(hand_out(boxes=10)))

    assert counts(tx, batch) == {"changed": 1} and home(tx, ana) == {"TM": 10}
    assert value(tx, "SELECT count(*) FROM standing_entries") == 1
    assert value(tx, "SELECT count(*) FROM journal") == 3


def test_a_hand_out_that_turns_out_to_be_a_divider_gives_the_boxes_back(tx, admin, ana):
    apply(tx, admin, transfers(hand_out()))
    apply(tx, admin, transfers(hand_out(smart_divider_id="5")))

    assert home(tx, ana) == {} and owes(tx, ana) == 0 and credit(tx, ana) == {"booth": 12}


def test_cookie_share_of_the_office_is_a_check_and_no_sale(tx, admin, ana):
    apply(tx, admin, transfers({"type": "COOKIE_SHARE", "number": "9", "to": "Ana Rivera", "cookies": {"CShare": 6}}))
    assert totals(tx).boxes == 0 and credit(tx, ana) == {} and owes(tx, ana) == 0


def test_credit_of_the_office_waits_for_our_own_booth_and_never_comes_on_top(tx, admin, ana):
    bea, tm = make_scout(tx, "Bea", "B."), product(tx, "TM")
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    moves.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=20), booth_id=booth)
    closing.close(tx, admin, booth, sold={tm: 20}, cash_cents=120_00)
    divided = [hand_out("1", 11, smart_divider_id="5"), hand_out("2", 9, smart_divider_id="5", to="Bea Bell")]
    apply(tx, admin, transfers(*divided))
    assert credit(tx, ana) == {} and totals(tx).boxes == 20

    closing.credit(tx, admin, booth, [(ana, tm, 10), (bea, tm, 10)])
    office_credits.settle(tx, seasons.current(tx).id, by=admin.id)
    assert (credit(tx, ana), credit(tx, bea)) == ({"booth": 10}, {"booth": 10})
    assert totals(tx).boxes == 20, "the two split it differently, but no package is there twice"

    apply(tx, admin, transfers(*divided, hand_out("3", 7, smart_divider_id="6")))
    assert credit(tx, ana)["booth"] == 17, "a second booth that only the office knows"


def test_rows_answered_after_the_batch_was_applied_are_applied_by_doing_it_once_more(tx, admin, ana):
    batch = apply(tx, admin, orders({}, {"Order Number": "2", "Order Type": "Odd"}))
    answers.resolve(tx, admin, "digital-cookie", "order_type", "Odd", "delivery")
    assert batches.preview(tx, batch).is_waiting and totals(tx).sales_count == 1

    applying.apply(tx, admin, batch)
    assert totals(tx).sales_count == 2 and not batches.preview(tx, batch).is_waiting


def test_a_row_answered_late_does_not_overtake_a_newer_file(tx, admin, ana):
    batch = apply(tx, admin, orders({"Order Type": "Odd"}))
    apply(
        tx, admin, orders({"Thin Mints": 3, "Total Packages (Includes Donate & Gift)": 3, "Current Subtotal": "$18.00"})
    )
    answers.resolve(tx, admin, "digital-cookie", "order_type", "Odd", "delivery")

    applying.apply(tx, admin, batch)
    assert totals(tx).boxes == 3
    assert reasons(tx, batch) == ["A newer file that was applied has this row too."]


def test_what_was_previewed_before_another_file_is_judged_again(tx, admin, ana):
    waiting = stage(tx, admin, orders({}))
    apply(tx, admin, orders({}, {"Order Number": "2"}))
    applying.apply(tx, admin, waiting)

    assert counts(tx, waiting) == {"same": 1} and totals(tx).sales_count == 2


def test_a_roster_brings_girls_and_guardians_with_as_few_letters_as_tell_them_apart(tx, admin):
    roster = (
        b"First Name,Last Name,Level,Guardian Name,Guardian Email\n"
        b"Ana,Rivera,Junior,Rosa,rosa@example.org\nAna,Ruiz,,Rosa,rosa@example.org\n"
    )
    batch = apply(tx, admin, roster, name="roster.csv")

    names = tx.execute("SELECT first_name, last_initial, level FROM scouts ORDER BY id").fetchall()
    assert names == [("Ana", "R.", "junior"), ("Ana", "Ru.", None)]
    assert value(tx, "SELECT count(*) FROM guardians") == 1 and value(tx, "SELECT count(*) FROM guardian_scouts") == 2
    everything = str(tx.execute("SELECT fields FROM import_rows").fetchall()) + str(
        tx.execute("SELECT * FROM scouts").fetchall()
    )
    assert "Rivera" not in everything and "rosa" not in everything
    assert counts(tx, batch) == {"new": 2}

    apply(tx, admin, orders({}, {"Order Number": "2", "Girl Last Name": "Ruiz"}))
    assert [credit(tx, 1), credit(tx, 2)] == [{"own": 5}, {"own": 5}]


def test_a_closed_season_takes_no_file(tx, admin, ana):
    from tests.factories import make_person

    batch = stage(tx, admin, orders({}))
    seasons.change(tx, seasons.current(tx).id, admin, status="settled")
    with pytest.raises(Conflict):
        applying.apply(tx, make_person(tx, "cookie_leader"), batch)
    with pytest.raises(NotFound):
        applying.apply(tx, admin, 99)


def test_a_row_beyond_all_measure_is_refused_and_the_others_are_taken(tx, admin, ana):
    huge = {
        "Order Number": "2",
        "Thin Mints": 100_000,
        "Total Packages (Includes Donate & Gift)": 100_000,
        "Current Subtotal": None,
    }
    batch = apply(tx, admin, orders({}, huge))

    assert counts(tx, batch) == {"new": 1, "refused": 1} and totals(tx).boxes == 5


def test_a_blank_type_is_a_question_that_can_be_answered(tx, admin, ana):
    batch = apply(tx, admin, orders({"Payment Status": None}))
    (ask,) = batches.asks(tx, batch)
    assert answers.resolve(tx, admin, "digital-cookie", ask.kind, ask.said, "cash") == 1


def test_an_order_without_a_day_is_refused_and_not_dated_by_guess(tx, admin, ana):
    batch = apply(tx, admin, orders({"Order Date (Central Time)": "soon"}))
    assert counts(tx, batch) == {"refused": 1}


def test_a_guardian_with_nothing_but_a_broken_address_does_not_stop_the_roster(tx, admin):
    apply(tx, admin, b"First Name,Last Name,Guardian Email\nAna,Rivera,a@b..c\n", name="roster.csv")
    assert value(tx, "SELECT count(*) FROM scouts") == 1


def test_a_divider_that_was_run_again_replaces_its_lines_and_can_be_taken_back(tx, admin, ana):
    bea = make_scout(tx, "Bea", "B.")
    old = [hand_out("1", 6, smart_divider_id="5"), hand_out("2", 4, smart_divider_id="8")]
    apply(tx, admin, transfers(*old))
    batch = apply(tx, admin, transfers(hand_out("3", 6, smart_divider_id="5", to="Bea Bell")))
    assert (credit(tx, ana), credit(tx, bea)) == ({"booth": 4}, {"booth": 6})

    undo.undo(tx, admin, batch)
    assert (credit(tx, ana), credit(tx, bea)) == ({"booth": 10}, {})
