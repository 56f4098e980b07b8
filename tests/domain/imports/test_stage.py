"""COOKIE-38: a file is looked at before it does anything, and the preview says what it would do."""

import pytest
from bring_in import apply, caregiver, counts, grid, ledgers, orders, reasons, stage, totals

from gsctracker.domain.imports import answers, batches, staging
from gsctracker.errors import Invalid, NotAllowed
from gsctracker.integrations import spreadsheets
from tests.factories import make_person, make_scout


def test_staging_touches_no_ledger(tx, admin, ana):
    before = ledgers(tx)
    stage(tx, admin, orders({}, {"Order Number": "2"}))
    assert ledgers(tx) == before


def test_the_preview_adds_up_to_the_files_own_totals(tx, admin, ana):
    batch = stage(
        tx,
        admin,
        orders(
            {
                "Total Packages (Includes Donate & Gift)": 56,
                "Donation": 6,
                "Thin Mints": 50,
                "Current Subtotal": "$336.00",
            },
            {"Order Number": "2", "Girl First Name": "Zoe"},
        ),
    )
    preview = batches.preview(tx, batch)

    assert (preview.totals["boxes"], preview.totals["physical"], preview.totals["donated"]) == (56, 50, 6)
    assert preview.totals["boxes"] + preview.totals["left_out"] == preview.file_totals["boxes"] == 61
    assert preview.totals["cents"] == 336_00


def test_a_caregivers_file_is_not_taken_before_somebody_says_whose_it_is(tx, admin, ana):
    file = caregiver({"Order Number": "7", "Total Packages": 2, "Thin Mints": 2})
    with pytest.raises(Invalid) as no:
        stage(tx, admin, file)
    assert no.value.code == "girl_needed" and "scoutId" in no.value.fields

    batch = stage(tx, admin, file, scout_id=ana)
    assert counts(tx, batch) == {"new": 1}


def test_a_caregivers_file_cannot_take_another_girls_order(tx, admin, ana):
    bea = make_scout(tx, "Bea", "B.")
    apply(tx, admin, orders({}))
    batch = apply(
        tx, admin, caregiver({"Order Number": "301234567", "Total Packages": 5, "Thin Mints": 5}), scout_id=bea
    )

    assert counts(tx, batch) == {"refused": 1}
    assert tx.execute("SELECT scout_id FROM orders").fetchall() == [(ana,)]


def test_where_the_two_files_disagree_on_packages_the_troops_is_kept(tx, admin, ana):
    apply(tx, admin, orders({}))
    batch = apply(
        tx, admin, caregiver({"Order Number": "301234567", "Total Packages": 7, "Thin Mints": 7}), scout_id=ana
    )

    assert totals(tx).boxes == 5
    assert reasons(tx, batch) == ["The troop's own file says 5 packages, this file 7: the troop's file was kept."]


NEW, OLD = (
    "OrderDataTroop_101_1234_02-14-2026_10.00.00.000.xlsx",
    "OrderDataTroop_101_1234_02-07-2026_10.00.00.000.xlsx",
)


def test_an_older_file_does_not_turn_the_clock_back(tx, admin, ana):
    apply(tx, admin, orders({}), name=NEW)
    batch = apply(tx, admin, orders({"Order Status": "Pending"}, {"Order Number": "2"}), name=OLD)

    assert counts(tx, batch) == {"refused": 1, "new": 1}, "what is new in it is taken all the same"
    assert tx.execute("SELECT status FROM orders ORDER BY id").fetchall() == [("delivered",), ("delivered",)]
    assert any("older" in str(note) for note in batches.find(tx, batch).notes)


def test_a_file_of_another_year_says_so(tx, admin, ana):
    lately = stage(tx, admin, orders({}))
    assert batches.find(tx, lately).notes == []
    last_year = stage(
        tx, admin, orders({"Order Number": "2", "Order Date (Central Time)": 46053.5 - 365}, {"Order Number": "3"})
    )
    (note,) = batches.find(tx, last_year).notes
    assert note.params["n"] == 1
    assert "another year" in note.message


def test_a_file_that_is_newer_by_its_name_may_change_what_was_delivered(tx, admin, ana):
    apply(tx, admin, orders({}), name=OLD)
    batch = apply(tx, admin, orders({"Order Status": "Cancelled"}), name=NEW)

    assert counts(tx, batch) == {"changed": 1} and totals(tx).sales_count == 0


def test_a_delivered_order_stays_delivered_when_nobody_can_tell_which_file_is_newer(tx, admin, ana):
    apply(tx, admin, orders({}))
    batch = apply(tx, admin, orders({"Order Status": "Pending"}))

    assert counts(tx, batch) == {"refused": 1} and totals(tx).sales_count == 1


def test_a_girls_last_name_is_kept_only_while_nobody_knows_who_she_is(tx, admin, ana):
    batch = stage(
        tx, admin, orders({}, {"Order Number": "2", "Girl First Name": "Zoe", "Girl Last Name": "Quillfeather"})
    )
    kept = [fields for (fields,) in tx.execute("SELECT fields FROM import_rows ORDER BY id")]
    assert "Rivera" not in kept[0] and "Quillfeather" in kept[1]

    (ask,) = batches.asks(tx, batch)
    assert ask.shown == "Zoe Quillfeather" and "Quill" not in ask.said
    answers.resolve(tx, admin, "digital-cookie", "scout", ask.said, str(make_scout(tx, "Zoe", "")))
    everything = str(
        tx.execute("SELECT * FROM import_rows").fetchall() + tx.execute("SELECT * FROM import_answers").fetchall()
    )
    assert "Quillfeather" not in everything


def test_no_customer_is_kept(tx, admin, ana):
    apply(tx, admin, orders({}))
    assert "Quill" not in str(
        tx.execute("SELECT * FROM import_rows").fetchall() + tx.execute("SELECT * FROM orders").fetchall()
    )


def test_an_answer_that_cannot_be_meant_is_refused(tx, admin, ana):
    stage(tx, admin, orders({"Order Type": "Odd"}))
    for kind, meaning in (("order_type", "flying"), ("scout", "99"), ("header", "x"), ("refund", "TM minus 2")):
        with pytest.raises(Invalid):
            answers.resolve(tx, admin, "digital-cookie", kind, "Odd", meaning)


def test_a_girl_of_another_troop_is_settled_and_her_name_goes(tx, admin, ana):
    batch = stage(tx, admin, orders({"Girl First Name": "Zoe", "Girl Last Name": "Quillfeather"}))
    (ask,) = batches.asks(tx, batch)
    answers.resolve(tx, admin, "digital-cookie", "scout", ask.said, "other")

    assert batches.asks(tx, batch) == [] and counts(tx, batch) == {"refused": 1}
    assert "Quillfeather" not in str(tx.execute("SELECT fields FROM import_rows").fetchall())


def test_the_columns_of_a_grid_are_explained_once(tx, admin, ana):
    file = b"Girl,Date,Thin Mints,Sam,Thanks\r\nAna Rivera,2026-02-01,12,3,1\r\n"
    sheets = spreadsheets.read(file, "grid.csv")
    with pytest.raises(Invalid) as no:
        staging.understand(tx, sheets, "ebudde")
    assert no.value.code == "columns_unknown"

    answers.remember_headings(tx, admin, {"thanks": "donated"})
    batch = stage(tx, admin, file, source="ebudde", name="grid.csv")
    assert counts(tx, batch) == {"new": 1}


def test_only_cookie_leaders_bring_in_files(tx, admin, ana):
    with pytest.raises(NotAllowed):
        stage(tx, make_person(tx, "leader"), grid({"ORDER #": "1", "TYPE": "C2T", "TM": 12, "TOTAL": 12}))


def test_two_thousand_orders_are_staged_with_few_statements(tx, admin, ana):
    """PERF: no statement a row; the number stays the same for ten times the rows."""
    seen, limit = [], tx.exec_trace
    tx.exec_trace = lambda *asked: seen.append(asked[1]) or limit(*asked)  # it also ends statements that take too long
    try:
        stage(tx, admin, orders(*({"Order Number": str(n)} for n in range(1, 21))))
        few = len([sql for sql in seen if sql.startswith("SELECT")])
        seen.clear()
        stage(tx, admin, orders(*({"Order Number": str(n)} for n in range(1, 2001))))
        assert len([sql for sql in seen if sql.startswith("SELECT")]) <= few + 2
    finally:
        tx.exec_trace = limit
