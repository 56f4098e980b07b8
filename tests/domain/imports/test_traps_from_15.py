"""COOKIE-38: traps 15 to 28 of the official files, each followed to the ledger or the page where it would do harm."""

import pytest
from bring_in import (
    TOTAL,
    account,
    apply,
    caregiver,
    counts,
    credit,
    hand_out,
    home,
    orders,
    owes,
    pick_up,
    reasons,
    report,
    shelf,
    stage,
    totals,
    transfers,
)

from gsctracker.domain.imports import answers, batches, undo
from gsctracker.domain.inventory import transfers as moves
from gsctracker.domain.journal import CARD_CLEARING
from gsctracker.domain.reports import channels, differences, typing_list
from gsctracker.domain.season import seasons
from tests.factories import lines, make_scout


def season(tx):
    return seasons.current(tx).id


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

    assert channels.share_to_type(tx, season(tx)) == {ana: (6, 0, 0)}
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
