"""DB-17: any troop file, imported, again, in a newer version and taken back: the invariants hold at every step."""

import pytest
from bring_in import apply, ledgers, orders, stage
from hypothesis import given, settings
from hypothesis import strategies as st

from gsctracker.db import Database
from gsctracker.domain.imports import applying, batches, undo
from gsctracker.domain.inventory import transfers as moves
from tests import factories
from tests.domain.test_invariants import RolledBack, check_every_invariant
from tests.factories import lines, make_scout

COOKIES = {"Thin Mints": 6, "Trefoils": 6, "Caramel Chocolate Chip": 7}

row = st.fixed_dictionaries(
    {
        "girl": st.sampled_from([("Ana", "Rivera"), ("Bea", "Bell"), ("Troop1234", "Site"), ("Zoe", "Quill")]),
        "type": st.sampled_from(
            [
                "In Person Delivery",
                "In Person Delivery with Donation",
                "Cookies In Hand",
                "Shipped",
                "Shipped with Donation",
                "Donation",
                "Pick Up",
                "Mailbox Drop",
            ]
        ),
        "status": st.sampled_from(
            ["Completed", "Shipped", "Pending", "Needs Approval", "Cancelled", "Refunded", "Odd"]
        ),
        "payment": st.sampled_from(["CAPTURED", "AUTHORIZED", "CASH", "VENMO", "BITCOIN"]),
        "cookies": st.fixed_dictionaries({name: st.integers(0, 6) for name in COOKIES}),
        "donated": st.integers(0, 3),
        "refunded": st.integers(0, 3),
        "price": st.sampled_from(["as the season has it", "none", "another"]),
        "shipping": st.sampled_from([0, 12.99]),
    }
)
file = st.dictionaries(st.integers(1, 9).map(str), row, min_size=1, max_size=9)


def content_of(made):
    """The bytes of a troop's file; `made` are its rows by order number."""
    return orders(*(_as_exported(number, row) for number, row in made.items()))


def _as_exported(number, row):
    first, last = row["girl"]
    sold = sum(row["cookies"].values())
    worth = sum(boxes * COOKIES[name] for name, boxes in row["cookies"].items()) + row["donated"] * 6
    worth += {"as the season has it": 0, "none": 0, "another": 1}[row["price"]]
    return row["cookies"] | {
        "Order Number": number,
        "Girl First Name": first,
        "Girl Last Name": last,
        "Order Type": row["type"],
        "Order Status": row["status"],
        "Payment Status": row["payment"],
        "Donation": row["donated"],
        "Refunded Packages": row["refunded"],
        "Total Packages (Includes Donate & Gift)": max(sold, row["refunded"]) + row["donated"],
        "Current Subtotal": None if row["price"] == "none" else f"${worth}.00",
        "Current Sale Amount": f"${worth + row['shipping']:.2f}",
        "Current S & H": f"${row['shipping']:.2f}",
    }


def sums(tx):
    """Every derived number: boxes at places, cents on accounts, credit of girls, sales, what the troop sold."""
    return {
        view: sorted(tx.execute(f"SELECT {columns} FROM {view} WHERE {not_nothing}").fetchall())
        for view, columns, not_nothing in (
            ("boxes_at", "place_id, product_id, boxes", "boxes <> 0"),
            ("account_balances", "account_id, cents", "cents <> 0"),
            ("credited", "scout_id, product_id, channel, boxes", "boxes <> 0"),
            ("scout_sales", "scout_id, sales, boxes, amount_cents, collected_cents", "1"),
            ("troop_sold", "product_id, boxes, cents", "boxes <> 0"),
        )
    }


@pytest.fixture(scope="module")
def handed_out(tmp_path_factory):
    """A box with two girls and some boxes at home."""
    db = Database(tmp_path_factory.mktemp("whole path") / "gsctracker.db")
    with db.write() as tx:
        admin = factories.set_up(tx)
        ana = make_scout(tx, "Ana", "R.")
        make_scout(tx, "Bea", "B.")
        moves.move(tx, admin, "C2T", lines(tx, TM=48, TRE=24))
        moves.move(tx, admin, "T2G", lines(tx, TM=12), scout_id=ana)
    yield db, admin
    db.close()


@settings(max_examples=60, deadline=None)
@given(first=file, changed=file, dropped=st.sets(st.integers(1, 9).map(str)))
def test_a_file_its_newer_version_and_both_taken_back(handed_out, first, changed, dropped):
    db, admin = handed_out
    newer = {number: row for number, row in (first | changed).items() if number not in dropped} or changed
    with pytest.raises(RolledBack), db.write() as tx:
        nothing = sums(tx)

        one = twice_the_same(tx, admin, content_of(first), "OrderDataTroop_9_1234_02-14-2026_10.00.00.000.xlsx")
        after_first = sums(tx)
        two = twice_the_same(tx, admin, content_of(newer), "OrderDataTroop_9_1234_02-20-2026_10.00.00.000.xlsx")
        if two != one:
            undo.undo(tx, admin, two)
            check_every_invariant(tx, admin)
            assert sums(tx) == after_first

        undo.undo(tx, admin, one)
        check_every_invariant(tx, admin)
        assert sums(tx) == nothing
        raise RolledBack


def twice_the_same(tx, admin, content, name):
    """Import a file, and again: the second time changes no byte of the ledgers. Gives the batch's id."""
    batch = apply(tx, admin, content, name=name)
    check_every_invariant(tx, admin)
    before = ledgers(tx)
    again = stage(tx, admin, content, name=name)
    assert again == batch and batches.preview(tx, again).already_applied
    applying.apply(tx, admin, again)
    assert ledgers(tx) == before
    return batch
