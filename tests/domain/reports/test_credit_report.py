"""The report that is typed into the back office: each girl's packages, booth by booth."""

import pytest

from gsctracker.domain.booths import booths, closing
from gsctracker.domain.reports import tables
from gsctracker.domain.sales import orders as sales
from gsctracker.domain.sales.orders import Item
from gsctracker.errors import NotAllowed
from tests.factories import make_person, make_scout, product


def test_each_girls_credit_stands_booth_by_booth_and_adds_up(tx, admin):
    """Girl by booth by cookie, and her own sales beside it."""
    ana, bea, mints = make_scout(tx), make_scout(tx, "Bea"), product(tx, "TM")
    booth = booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    closing.close(tx, admin, booth, sold={mints: 5, product(tx, "CShare"): 1}, cash_cents=36_00)
    closing.sign(tx, make_person(tx, "cookie_leader"), booth)
    closing.credit(tx, admin, booth, [(ana, mints, 3), (bea, mints, 2), (bea, product(tx, "CShare"), 1)])
    sales.take(tx, admin, [Item("TM", 4)], scout_id=ana, order_type="in_hand", payment_method="cash")
    table = tables.make(tx, "credit", admin)
    names = [column.key for column in table.columns]
    rows = [dict(zip(names, row, strict=True)) for row in table.rows]
    said = [(row["scout"], row["channel"], row["booth"], row["day"], row["TM"], row["totalBoxes"]) for row in rows]
    assert said == [
        ("Ana A.", "booth", "Market", "2026-02-14", 3, 3),
        ("Ana A.", "own", "", None, 4, 4),
        ("Bea A.", "booth", "Market", "2026-02-14", 2, 3),
    ]
    closing.take_credit_back(tx, admin, booth, "wrong")
    assert [row[2] for row in tables.make(tx, "credit", admin).rows] == ["own"]
    with pytest.raises(NotAllowed):
        tables.make(tx, "credit", make_person(tx, "caregiver", scout_ids=(ana,)))
