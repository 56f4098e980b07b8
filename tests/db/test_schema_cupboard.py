"""What the file itself holds about orders to the cupboard, receipts and claims, attacked with plain SQL."""

import pytest

from gsctracker.db.rows import one, run, value
from tests.db.one_of_each import good, insert, put_in, refused, says_no
from tests.db.room import DAY, NOW, RECEIVED

RECEIPT = {"order_id": 1, "entry_id": 71, "counted_by": "Lea", "checked_by": "Mia"}


@pytest.fixture
def received(world):
    """Order 1 was received with receipt 1: entry 71 moved 3 boxes; entry 72 says they were damaged."""
    world.execute(RECEIVED)
    return world


def back(entry, kind="C2T"):
    return {"id": 90 + entry, "season_id": 1, "kind": kind, "day": DAY, "recorded_at": NOW, "reverses": entry}


def state(tx):
    return value(tx, "SELECT state FROM cupboard_states WHERE order_id = 1")


def test_an_order_is_a_draft_then_placed_then_received_then_waits_again(world):
    """COOKIE-09: how far an order is follows from what happened, and from what was taken back."""
    run(world, "UPDATE cupboard_orders SET placed_on = NULL")
    assert state(world) == "draft"
    run(world, "UPDATE cupboard_orders SET placed_on = :day", day=DAY)
    assert state(world) == "placed"
    world.execute(RECEIVED)
    assert state(world) == "partly_received"
    run(world, "UPDATE cupboard_orders SET closed_after = 1")
    assert state(world) == "received"
    insert(world, "journal", back(71))
    assert state(world) == "placed"
    run(world, "UPDATE cupboard_orders SET cancelled_on = :day", day=DAY)
    assert state(world) == "cancelled"


def test_a_season_has_one_initial_order_that_is_not_cancelled(world):
    insert(world, "cupboard_orders", good("cupboard_orders"))
    insert(world, "cupboard_orders", good("cupboard_orders", cancelled_on=None))
    refused(world, "cupboard_orders", good("cupboard_orders", cancelled_on=None), "UNIQUE")


def test_a_line_stays_in_its_season_and_is_of_boxes(world):
    """Triggers ordered_boxes_stay_in_their_season and virtual_boxes_are_not_ordered."""
    season = insert(world, "seasons", good("seasons"))
    theirs = insert(world, "products", good("products", season_id=season))
    refused(world, "cupboard_order_lines", good("cupboard_order_lines", product_id=theirs), "belongs to another season")
    share = insert(world, "products", good("products", code="CShare", is_virtual=1))
    refused(world, "cupboard_order_lines", good("cupboard_order_lines", product_id=share), "no boxes to order")


def test_a_placed_order_keeps_its_lines(world):
    """Triggers a_placed_order_gains_no_line, a_placed_order_loses_no_line and ordered_lines_are_replaced."""
    words = "an order that was placed keeps its lines"
    put_in(world, "cupboard_order_lines", good("cupboard_order_lines"))
    says_no(world, "UPDATE cupboard_order_lines SET boxes = 24", "deleted and written again")
    for over in ("placed_on", "cancelled_on"):
        run(world, f"UPDATE cupboard_orders SET {over} = '{DAY}'")
        says_no(world, "DELETE FROM cupboard_order_lines", words)
        other = insert(world, "products", good("products", code=over[:3]))
        with pytest.raises(Exception, match=words):
            insert(world, "cupboard_order_lines", good("cupboard_order_lines", product_id=other))
        run(world, f"UPDATE cupboard_orders SET {over} = NULL")
    run(world, "DELETE FROM cupboard_order_lines")


def test_wishes_are_of_the_draft_of_an_initial_order(world):
    """Triggers a_wish_is_of_a_draft, a_virtual_box_is_not_wished, a_placed_order_loses_no_wish and wishes_are_replaced."""
    run(world, "UPDATE cupboard_orders SET placed_on = NULL")
    with pytest.raises(Exception, match="draft of an initial order"):
        insert(world, "cupboard_wishes", good("cupboard_wishes"))  # of a planned one
    put_in(world, "cupboard_wishes", good("cupboard_wishes"))
    put_in(world, "cupboard_wishes", good("cupboard_wishes", scout_id=None, extra="booths"))
    says_no(world, "UPDATE cupboard_wishes SET boxes = 9", "deleted and written again")
    refused(world, "cupboard_wishes", good("cupboard_wishes", scout_id=None, extra="booths"), "UNIQUE")
    share = insert(world, "products", good("products", code="CShare", is_virtual=1))
    refused(world, "cupboard_wishes", good("cupboard_wishes", product_id=share), "no boxes to order")
    theirs = insert(world, "products", good("products", season_id=insert(world, "seasons", good("seasons"))))
    refused(world, "cupboard_wishes", good("cupboard_wishes", product_id=theirs), "of the same season")
    run(world, f"UPDATE cupboard_orders SET placed_on = '{DAY}'")
    says_no(world, "DELETE FROM cupboard_wishes", "keeps its wishes")
    with pytest.raises(Exception, match="draft of an initial order"):
        insert(world, "cupboard_wishes", good("cupboard_wishes", scout_id=None, extra="other"))


def test_an_order_that_nobody_fetched_has_no_receipt(world):
    run(world, "UPDATE cupboard_orders SET no_show_on = :day", day=DAY)
    assert state(world) == "no_show"
    refused(world, "cupboard_receipts", good("cupboard_receipts"), "is a pick-up of a placed order")
    run(world, "UPDATE cupboard_orders SET no_show_on = NULL")
    world.execute(RECEIVED)
    says_no(world, "UPDATE cupboard_orders SET no_show_on = '2026-02-14'", "take the receipt back first")


def test_an_order_keeps_its_season_and_a_placed_one_stays(world):
    """Triggers an_order_keeps_its_season and orders_are_kept."""
    season = insert(world, "seasons", good("seasons"))
    says_no(world, "UPDATE cupboard_orders SET season_id = :s", "keeps its season", s=season)
    says_no(world, "DELETE FROM cupboard_orders", "an order that was placed stays")
    run(world, "UPDATE cupboard_orders SET placed_on = NULL")
    run(world, "DELETE FROM cupboard_orders")


def test_what_was_received_was_ordered(received):
    """Trigger what_was_received_was_ordered: neither cancelled nor a draft while a receipt stands."""
    for change in ("placed_on = NULL", f"cancelled_on = '{DAY}'"):
        says_no(received, f"UPDATE cupboard_orders SET {change}", "take the receipt back first")
    insert(received, "journal", back(71))
    run(received, "UPDATE cupboard_orders SET placed_on = NULL")


def test_an_order_is_closed_by_its_own_receipt_and_only_when_placed(received):
    """Trigger an_order_is_closed_by_its_own_receipt."""
    other = insert(received, "cupboard_orders", good("cupboard_orders", cancelled_on=None))
    says_no(received, "UPDATE cupboard_orders SET closed_after = 1 WHERE id = :o", "belongs to another order", o=other)
    run(received, "UPDATE cupboard_orders SET closed_after = 1 WHERE id = 1")
    insert(received, "journal", back(71))
    says_no(received, "UPDATE cupboard_orders SET placed_on = NULL WHERE id = 1", "CHECK")


@pytest.mark.parametrize(
    "changes",
    [
        {"entry_id": 72, "damaged_entry_id": None},  # a damage is no pick-up
        {"damaged_entry_id": 71, "entry_id": 71},
        {"damaged_entry_id": 1},  # a hand-out is no damage
        {"entry_id": 1},
    ],
)
def test_a_receipt_is_a_pick_up(world, changes):
    """Trigger a_receipt_is_a_pick_up."""
    refused(world, "cupboard_receipts", good("cupboard_receipts", **changes), "is a pick-up|CHECK")


def test_only_a_placed_order_of_the_season_is_received(world):
    """Trigger a_receipt_is_a_pick_up: not a draft, not a cancelled one, not with an entry of another season."""
    for change in ("placed_on = NULL", f"placed_on = '{DAY}', cancelled_on = '{DAY}'"):
        run(world, f"UPDATE cupboard_orders SET {change}")
        refused(world, "cupboard_receipts", good("cupboard_receipts"), "is a pick-up")
    run(world, "UPDATE cupboard_orders SET cancelled_on = NULL")
    season = insert(world, "seasons", good("seasons"))
    insert(world, "journal", {"id": 80, "season_id": season, "kind": "C2T", "day": DAY, "recorded_at": NOW})
    refused(world, "cupboard_receipts", good("cupboard_receipts", entry_id=80), "is a pick-up")


def test_boxes_are_received_once_for_each_receipt(received):
    """COOKIE-09: one pick-up stands for one receipt, so nothing is counted as received twice; and a receipt is never edited:
    triggers receipts_are_kept and receipts_stay.
    """
    refused(received, "cupboard_receipts", RECEIPT, "UNIQUE")
    says_no(received, "UPDATE cupboard_receipts SET counted_by = 'X'", "never edited")
    says_no(received, "DELETE FROM cupboard_receipts", "never edited")
    insert(received, "journal", {"id": 73, "season_id": 1, "kind": "C2T", "day": DAY, "recorded_at": NOW})
    insert(received, "box_moves", {"entry_id": 73, "product_id": 1, "from_place": 1, "to_place": 2, "boxes": 5})
    insert(received, "cupboard_receipts", {**RECEIPT, "entry_id": 73, "damaged_entry_id": 72})
    figures = "SELECT received, damaged FROM cupboard_figures WHERE order_id = 1"
    assert vars(one(received, figures)) == {"received": 5, "damaged": 0}


def test_receipts_are_taken_back_newest_first(received):
    """Trigger receipts_are_taken_back_newest_first: a later receipt, and the boxes that were damaged, go back before it."""
    insert(received, "journal", {"id": 73, "season_id": 1, "kind": "C2T", "day": DAY, "recorded_at": NOW})
    insert(received, "cupboard_receipts", {**RECEIPT, "entry_id": 73, "damaged_entry_id": 72})
    words = "take back what came after it first"
    refused(received, "journal", back(71), words)
    refused(received, "journal", back(73), words)
    insert(received, "journal", back(72, "DAMAGED"))
    insert(received, "journal", back(73))
    insert(received, "journal", {**back(71), "id": 170})


def test_a_claim_keeps_what_it_says_and_stays(received):
    """Triggers a_claim_keeps_what_it_says and claims_stay; what becomes of it may be written."""
    insert(received, "claims", good("claims"))
    for change in (
        "boxes = 3",
        "price_cents = 1",
        "kind = 'surplus'",
        "receipt_id = 2",
        "product_id = 2",
        "made_at = '2026-03-01T00:00:00Z'",
    ):
        says_no(received, f"UPDATE claims SET {change}", "a claim keeps what it says")
    says_no(received, "DELETE FROM claims", "settled, never erased")
    run(received, "UPDATE claims SET outcome = 'waived', settled_note = 'so be it'")


def test_a_claim_stays_in_its_season(received):
    """Trigger claims_stay_in_their_season."""
    season = insert(received, "seasons", good("seasons"))
    theirs = insert(received, "products", good("products", season_id=season))
    refused(received, "claims", good("claims", product_id=theirs), "belongs to another season")


def test_a_claim_never_edits_a_ledger(received):
    """COOKIE-09: whatever is written about a claim, the three ledgers stay as they are."""
    ledgers = (
        "SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM box_moves), (SELECT count(*) FROM money_entries)"
    )
    before = vars(one(received, ledgers))
    insert(received, "claims", good("claims", outcome=None, settled_on=None, told_on=None))
    for change in (f"told_on = '{DAY}'", f"outcome = 'delivered', settled_on = '{DAY}'", "outcome = 'credited'"):
        run(received, f"UPDATE claims SET {change}")
    assert vars(one(received, ledgers)) == before
    assert value(received, "SELECT worth_cents FROM standing_claims") == 1200
    insert(received, "journal", back(71))
    assert value(received, "SELECT count(*) FROM standing_claims") == 0
