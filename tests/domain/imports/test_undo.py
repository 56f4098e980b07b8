"""COOKIE-38: an import can be taken back, all of it, unless something later stands on it."""

import pytest
from bring_in import apply, counts, credit, home, orders, owes, shelf, stage, totals, transfers

from gsctracker.db.rows import value
from gsctracker.domain import journal
from gsctracker.domain.imports import batches, undo
from gsctracker.domain.journal import Credit
from gsctracker.domain.money import balances, receipts
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict
from tests.factories import product


def hand_out(number="16491", boxes=12, **more):
    return {"type": "T2G", "number": number, "from": "1234", "to": "Ana Rivera", "cookies": {"TM": boxes}} | more


def test_everything_that_orders_did_is_gone(tx, admin, ana):
    batch = apply(tx, admin, orders({}, {"Order Number": "2", "Payment Status": "CASH"}))
    undo.undo(tx, admin, batch)

    assert totals(tx).boxes == totals(tx).sales_count == 0
    assert home(tx, ana) == {} and credit(tx, ana) == {} and owes(tx, ana) == 0
    assert balances.out_of_balance(tx) == 0
    assert value(tx, "SELECT count(*) FROM standing_entries") == 0


def test_an_order_that_it_changed_is_as_it_was_before(tx, admin, ana):
    apply(tx, admin, orders({"Order Status": "Pending"}))
    batch = apply(tx, admin, orders({"Thin Mints": 3, "Trefoils": 2}, {"Order Number": "2"}))
    undo.undo(tx, admin, batch)

    assert totals(tx).sales_count == 1 and home(tx, ana) == {}
    assert value(tx, "SELECT status FROM orders WHERE external_number = '301234567'") == "promised"
    assert tx.execute(
        "SELECT code, order_lines.boxes FROM order_lines JOIN products ON id = product_id WHERE order_id = 1"
    ).fetchall() == [("TM", 5)]


def test_transfers_go_back_to_what_the_file_before_said(tx, admin, ana):
    apply(tx, admin, transfers(hand_out(boxes=12)))
    batch = apply(tx, admin, transfers(hand_out(boxes=10), hand_out("2", 5)))
    assert home(tx, ana) == {"TM": 15}
    undo.undo(tx, admin, batch)

    assert home(tx, ana) == {"TM": 12} and shelf(tx) == {"TM": -12} and owes(tx, ana) == 72_00
    assert value(tx, "SELECT count(*) FROM office_lines") == 1


@pytest.mark.parametrize("how", ["taken back", "says something else"])
def test_a_receipt_of_what_a_file_said_is_void_with_the_reason_once_the_file_says_so_no_more(tx, admin, ana, how):
    batch = apply(tx, admin, transfers(hand_out(boxes=12)))
    receipt = receipts.issue(tx, admin, value(tx, "SELECT entry_id FROM external_entries"))
    if how == "taken back":
        undo.undo(tx, admin, batch)
    else:
        apply(tx, admin, transfers(hand_out(boxes=10)))

    found = receipts.find(tx, receipt, admin)
    assert found.void_reason == "The file that said so was taken back, or says something else now."
    assert home(tx, ana) == ({} if how == "taken back" else {"TM": 10})


def test_the_same_file_can_be_brought_in_again_afterwards(tx, admin, ana):
    undo.undo(tx, admin, apply(tx, admin, orders({})))
    apply(tx, admin, orders({}))

    assert totals(tx).sales_count == 1 and home(tx, ana) == {"TM": -5}
    assert value(tx, "SELECT count(*) FROM orders") == 1


def test_a_newer_import_of_the_same_rows_stands_in_the_way(tx, admin, ana):
    first = apply(tx, admin, orders({"Order Status": "Pending"}))
    second = apply(tx, admin, orders({}))
    (reason,) = undo.blockers(tx, first)
    assert reason.params["id"] == second
    with pytest.raises(Conflict, match="Take that one back first"):
        undo.undo(tx, admin, first)

    undo.undo(tx, admin, second)
    undo.undo(tx, admin, first)
    assert totals(tx).sales_count == 0


def test_site_packages_that_girls_were_credited_with_stand_in_the_way(tx, admin, ana):
    batch = apply(tx, admin, orders({"Girl First Name": "Troop1234", "Girl Last Name": "Site"}))
    season = seasons.current(tx).id
    journal.post(tx, season, "site_credit", "2026-02-01", by=1, credit=[Credit(ana, product(tx, "TM"), 5, "site")])

    with pytest.raises(Conflict, match="site were credited"):
        undo.undo(tx, admin, batch)


def test_a_roster_is_taken_back_unless_its_girls_are_in_use(tx, admin):
    roster = b"First Name,Last Name,Grade,Guardian Name\nAna,Rivera,4,Rosa Rivera\n"
    batch = apply(tx, admin, roster, name="roster.csv")
    sold = apply(tx, admin, orders({}))
    with pytest.raises(Conflict, match="has sales"):
        undo.undo(tx, admin, batch)

    undo.undo(tx, admin, sold)
    undo.undo(tx, admin, batch)
    assert tx.execute("SELECT status FROM scouts").fetchall() == [("inactive",)]
    assert value(tx, "SELECT count(*) FROM guardians") == 0
    apply(tx, admin, roster, name="roster.csv")
    assert tx.execute("SELECT status, grade FROM scouts").fetchall() == [("active", 4)]


def test_only_what_was_applied_can_be_taken_back_and_only_once(tx, admin, ana):
    batch = stage(tx, admin, orders({}))
    with pytest.raises(Conflict, match="not applied"):
        undo.undo(tx, admin, batch)
    applied = apply(tx, admin, orders({}))
    undo.undo(tx, admin, applied)
    with pytest.raises(Conflict, match="taken back before"):
        undo.undo(tx, admin, applied)


def test_what_nobody_answered_keeps_no_name_once_it_is_taken_back(tx, admin, ana):
    batch = apply(
        tx, admin, orders({}, {"Order Number": "2", "Girl First Name": "Zoe", "Girl Last Name": "Quillfeather"})
    )
    undo.undo(tx, admin, batch)

    assert "Quillfeather" not in str(tx.execute("SELECT fields FROM import_rows").fetchall())
    assert batches.find(tx, batch).state == "undone" and counts(tx, batch)["refused"] == 1
