"""A pick-up that an import brought is what an order was waiting for: the same boxes are never counted twice."""

import pytest

from gsctracker.db.rows import value
from gsctracker.domain import journal
from gsctracker.domain.inventory import claims, cupboard_orders, cupboard_receipts, transfers
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid
from tests.factories import lines

WHO = {"counted_by": "Lea", "checked_by": "Mia"}


@pytest.fixture
def order(tx, admin):
    """144 Thin Mints, placed."""
    found = cupboard_orders.draft(tx, admin, "planned", lines(tx, TM=144))
    cupboard_orders.place(tx, found, admin)
    return found


@pytest.fixture
def entry(tx, admin):
    """A pick-up of 132, as an import posts it."""
    return transfers.move(tx, admin, "C2T", lines(tx, TM=132), reference="0016491")


def test_a_known_pick_up_is_received_without_moving_a_box(tx, admin, order, entry):
    """COOKIE-09: the order is set against the imported pick-up; the shortfall becomes a claim, no box moves."""
    season = seasons.current(tx).id
    assert [(one.id, one.reference, one.boxes, one.cookies) for one in cupboard_receipts.unclaimed(tx, season)] == [
        (entry, "0016491", 132, "132 Thin Mints")
    ]
    before = value(tx, "SELECT count(*) FROM journal")
    cupboard_receipts.recognise(tx, admin, order, entry, **WHO)
    assert value(tx, "SELECT count(*) FROM journal") == before
    assert cupboard_orders.find(tx, order, admin).state == "received"
    assert [(one.kind, one.boxes) for one in claims.page(tx, season, admin)] == [("missing", 12)]
    assert cupboard_receipts.unclaimed(tx, season) == []


def test_a_pick_up_belongs_to_one_order(tx, admin, order, entry):
    cupboard_receipts.recognise(tx, admin, order, entry, **WHO, rest_comes_later=True)
    assert cupboard_orders.find(tx, order, admin).state == "partly_received"
    other = cupboard_orders.draft(tx, admin, "extra", lines(tx, TM=12))
    with pytest.raises(Conflict, match="still a draft"):
        cupboard_receipts.recognise(tx, admin, other, entry, **WHO)
    cupboard_orders.place(tx, other, admin)
    hand_out = transfers.move(tx, admin, "T2T_OUT", lines(tx, TM=1))
    for wrong in (entry, hand_out, 9999):
        with pytest.raises(Conflict, match="is not there, was taken back, or belongs to another order"):
            cupboard_receipts.recognise(tx, admin, other, wrong, **WHO)
    with pytest.raises(Invalid, match="same name twice"):
        cupboard_receipts.recognise(tx, admin, other, entry, counted_by="Lea", checked_by="lea")


def test_an_import_may_correct_its_own_pick_up_whatever_came_later(tx, admin, order):
    """The order waits again for what the corrected export says."""
    season = seasons.current(tx).id
    batch = tx.execute(
        """INSERT INTO import_batches (season_id, source, kind, row_type, file_name, sha256, staged_at)
           VALUES (?, 'smart-cookies', 'orders', 'transfer', 'a.json', ?, '2026-02-14T18:05:00Z') RETURNING id""",
        (season, "a" * 64),
    ).fetchone()[0]
    ours = [(product.id, boxes, product.price_cents) for product, boxes in lines(tx, TM=100)]
    entry = transfers.post(tx, season, "C2T", "2026-02-14", ours, by=admin.id, batch_id=batch)
    cupboard_receipts.recognise(tx, admin, order, entry, **WHO, rest_comes_later=True)
    later = cupboard_receipts.receive(tx, admin, order, lines(tx, TM=44), **WHO)
    journal.reverse(tx, entry, by=admin.id)
    assert [receipt.id for receipt in cupboard_receipts.of_order(tx, order) if not receipt.reversed_by] == [later]
