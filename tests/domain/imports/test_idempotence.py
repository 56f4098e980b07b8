"""DB-17: invariant I7. The same file twice, or a file that repeats what is known, leaves the ledgers byte for byte as they are."""

from bring_in import apply, counts, ledgers, orders, stage, totals, transfers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gsctracker.db import Database
from gsctracker.domain.imports import applying, batches, undo
from gsctracker.domain.money import balances
from tests import factories
from tests.factories import make_scout

GIRLS = [("Ana", "Rivera"), ("Bea", "Bell"), ("Troop1234", "Site"), ("Zoe", "Quill")]
TYPES = ["In Person Delivery", "Cookies In Hand", "Shipped", "Donation", "Pick Up", "Odd"]
STATUSES = ["Completed", "Pending", "Needs Approval", "Cancelled"]

order = st.fixed_dictionaries(
    {
        "girl": st.sampled_from(GIRLS),
        "Order Number": st.integers(1, 8).map(str),
        "Order Type": st.sampled_from(TYPES),
        "Order Status": st.sampled_from(STATUSES),
        "Payment Status": st.sampled_from(["CAPTURED", "CASH", "AUTHORIZED"]),
        "Thin Mints": st.integers(0, 9),
        "Trefoils": st.integers(0, 9),
        "Donation": st.integers(0, 3),
        "Refunded Packages": st.integers(0, 2),
    }
)
transfer = st.fixed_dictionaries(
    {
        "type": st.sampled_from(["C2T", "T2T", "T2G", "G2T", "COOKIE_SHARE", "D", "PLANNED", "DIRECT_SHIP"]),
        "number": st.integers(1, 8).map(str),
        "to": st.sampled_from(["Ana Rivera", "Bell, Bea", "1234"]),
        "from": st.sampled_from(["Ana Rivera", "1234", "777"]),
        "cookies": st.fixed_dictionaries({"TM": st.integers(-9, 9)}),
        "smart_divider_id": st.sampled_from([None, "5"]),
    }
)


def file_of(made):
    rows = []
    for row in made:
        first, last = row["girl"]
        total = row["Thin Mints"] + row["Trefoils"] + row["Donation"] + row["Refunded Packages"]
        more = {"Girl First Name": first, "Girl Last Name": last, "Total Packages (Includes Donate & Gift)": total}
        rows.append({name: said for name, said in row.items() if name != "girl"} | more | {"Current Subtotal": None})
    return orders(*rows)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    files=st.lists(
        st.one_of(st.lists(order, min_size=1, max_size=8), st.lists(transfer, min_size=1, max_size=8)),
        min_size=1,
        max_size=3,
    )
)
def test_whatever_files_came_the_last_one_again_writes_nothing(tmp_path_factory, files):
    db = Database(tmp_path_factory.mktemp("box") / "gsctracker.db")
    try:
        with db.write() as tx:
            admin = factories.set_up(tx)
            make_scout(tx, "Ana", "R.")
            make_scout(tx, "Bea", "B.")
            for made in files:
                content = file_of(made) if "girl" in made[0] else transfers(*made)
                batch = apply(tx, admin, content)
            before = ledgers(tx)

            again = stage(tx, admin, content)
            assert again == batch and batches.preview(tx, again).already_applied
            applying.apply(tx, admin, again)
            assert ledgers(tx) == before
            assert balances.out_of_balance(tx) == 0

            undo.undo(tx, admin, batch)
            apply(tx, admin, content)
            assert balances.out_of_balance(tx) == 0
    finally:
        db.close()


def test_the_same_file_again_is_the_import_it_was_and_changes_nothing(tx, admin):
    make_scout(tx, "Ana", "R.")
    file = orders({}, {"Order Number": "2"})
    batch = apply(tx, admin, file)
    before = ledgers(tx)

    assert stage(tx, admin, file) == batch
    assert batches.preview(tx, batch).already_applied
    assert ledgers(tx) == before


def test_a_new_download_of_the_same_orders_is_same_in_every_row_and_writes_nothing(tx, admin):
    make_scout(tx, "Ana", "R.")
    apply(tx, admin, orders({}, {"Order Number": "2"}))
    apply(tx, admin, transfers({"type": "C2T", "number": "1", "cookies": {"TM": 24}}))
    before = ledgers(tx)

    batch = apply(tx, admin, orders({"Order Number": "2"}, {}))
    assert counts(tx, batch) == {"same": 2}
    apply(tx, admin, transfers({"type": "C2T", "number": "1", "cookies": {"TM": 24}, "order_id": 7}))
    assert ledgers(tx) == before


def test_the_same_file_is_taken_up_again_when_the_roster_has_grown(tx, admin):
    file = orders({})
    first = apply(tx, admin, file)
    assert totals(tx).sales_count == 0
    make_scout(tx, "Ana", "R.")

    second = apply(tx, admin, file)
    assert second != first and totals(tx).sales_count == 1
