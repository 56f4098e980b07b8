"""The sums that the file keeps by itself are at any moment what their rows add up to."""

import random

import pytest

from gsctracker.db.rows import many, one, run, value
from gsctracker.ops.copies import ledgers
from tests.db.one_of_each import good, insert, refused


def sums(tx, table):
    """The rows of a table of sums, those of nothing left out."""
    return [tuple(vars(row).values()) for row in many(tx, f"SELECT * FROM {table} WHERE boxes <> 0")]


def test_what_is_credited_and_moved_is_added_up(world):
    """Triggers credits_are_added_up, box_moves_are_added_up: what is taken back or goes back is taken off."""
    for boxes in (5, 2, -3):
        insert(world, "credits", good("credits", boxes=boxes, channel="site"))
    assert sums(world, "credit_sums") == [(1, 1, "site", 4)]
    assert sums(world, "girl_credit_sums") == [(1, 1, 4)]
    insert(world, "box_moves", good("box_moves", from_place=1, to_place=2, boxes=10))
    insert(world, "box_moves", good("box_moves", from_place=2, to_place=1, boxes=4))
    assert sums(world, "box_sums") == [(1, 1, -6), (2, 1, 6)]


def test_money_is_added_up_by_what_happened(world):
    """Trigger money_is_added_up: what one account has the other has not."""
    for cents in (1200, 600):
        insert(world, "money_entries", good("money_entries", boxes=cents // 600, cents=cents))
    insert(
        world,
        "money_entries",
        good("money_entries", debit=4, credit=1, cents=50, product_id=None, boxes=None, price_cents=None),
    )
    rows = [
        tuple(vars(row).values()) for row in many(world, "SELECT account_id, product_id, cents, boxes FROM money_sums")
    ]
    assert rows == [(1, 0, -50, 0), (1, 1, 1800, 3), (4, 0, 50, 0), (4, 1, -1800, -3)]


def test_what_a_booth_sold_and_credited_is_added_up(world):
    """Triggers boxes_sold_at_a_booth_are_added_up, cookie_share_of_a_booth_is_added_up, credits_are_added_up."""
    share = insert(
        world,
        "products",
        good("products", code="SHARE2", name="Cookie Share", position=90, is_virtual=1, packs_per_case=1),
    )
    alone = {"reverses": None, "order_id": None, "count_id": None, "batch_id": None, "booth_id": 1}
    sale = insert(world, "journal", good("journal", kind="booth_sale", **alone))
    insert(world, "box_moves", good("box_moves", entry_id=sale, from_place=1, to_place=5, boxes=9))
    insert(world, "box_moves", good("box_moves", entry_id=sale, from_place=1, to_place=2, boxes=4))  # not to a customer
    paid = good("money_entries", entry_id=sale, boxes=2, cents=1200)
    insert(world, "money_entries", paid)  # cents for boxes that were counted already
    insert(world, "money_entries", paid | {"product_id": share})
    credit = insert(world, "journal", good("journal", kind="booth_credit", **alone))
    insert(world, "credits", good("credits", entry_id=credit, boxes=5, channel="booth"))
    found = [(row.product_id, row.sold, row.credited) for row in many(world, "SELECT * FROM booth_sums")]
    assert found == [(1, 9, 5), (share, 2, 0)]
    assert not [said for said in ledgers.out_of_balance(world) if "sums" in said]


def test_only_sales_are_added_up(world):
    """Triggers orders_are_added_up, orders_are_taken_off_before_they_change, orders_are_added_up_anew,
    orders_that_go_are_taken_off, lines_are_added_up,
    lines_that_go_are_taken_off, lines_of_what_becomes_a_sale_are_added_up, lines_of_what_is_no_sale_are_taken_off."""
    order = insert(world, "orders", good("orders", scout_id=1, status="needs_approval", collected_cents=0))
    insert(world, "order_lines", good("order_lines", order_id=order, boxes=4))
    assert (sums(world, "order_sums"), sums(world, "line_sums")) == ([], [])
    run(world, "UPDATE orders SET status = 'delivered', collected_cents = 600 WHERE id = :id", id=order)
    assert (sums(world, "order_sums"), sums(world, "line_sums")) == (
        [(1, 1, 1, 4, 2400, 600, 0, 2400, 0, 0, 600)],
        [(1, 4, 2400)],
    )
    run(world, "UPDATE orders SET scout_id = NULL WHERE id = :id", id=order)
    assert sums(world, "order_sums") == [
        (1, 0, 2, 4, 2400, 600, 0, 0, 0, 0, 0)
    ]  # beside the world's own, which has no lines
    run(world, "UPDATE orders SET status = 'cancelled' WHERE id = :id", id=order)
    assert (sums(world, "order_sums"), sums(world, "line_sums")) == ([], [])
    run(world, "UPDATE orders SET status = 'promised' WHERE id = :id", id=order)
    run(world, "DELETE FROM order_lines WHERE order_id = :id", id=order)
    assert (sums(world, "order_sums"), sums(world, "line_sums")) == ([], [])
    run(world, "DELETE FROM orders WHERE id = :id", id=order)
    assert one(world, "SELECT sales, collected_cents FROM order_sums WHERE scout_id = 0") is not None
    assert value(world, "SELECT sum(sales) FROM order_sums") == 1


@pytest.mark.parametrize("seed", range(8))
def test_whatever_happens_to_orders_the_sums_follow(world, seed):
    """Two hundred changes by chance; at every tenth the question that a copy is asked."""
    dice = random.Random(seed)
    girls, states = (None, 1, 2), ("needs_approval", "promised", "delivered", "cancelled", "unknown")
    insert(world, "scouts", good("scouts", id=2))
    share = insert(
        world,
        "products",
        good("products", code="SHARE2", name="Cookie Share", position=90, is_virtual=1, packs_per_case=1),
    )
    orders = []
    for number in range(200):
        way = dice.randrange(7)
        if way < 2 or not orders:
            made = good("orders", scout_id=dice.choice(girls), status=dice.choice(states), external_number=f"n{number}")
            orders.append(insert(world, "orders", made))
            for cookie in (1, share)[: dice.randint(1, 2)]:
                boxes = dice.randint(1, 40)
                insert(world, "order_lines", good("order_lines", order_id=orders[-1], product_id=cookie, boxes=boxes))
        elif way == 2:
            run(world, "UPDATE orders SET status = :s WHERE id = :id", s=dice.choice(states), id=dice.choice(orders))
        elif way == 3:
            run(world, "UPDATE orders SET scout_id = :s WHERE id = :id", s=dice.choice(girls), id=dice.choice(orders))
        elif way == 4:
            cents = dice.randrange(90_00)
            run(world, "UPDATE orders SET collected_cents = :c WHERE id = :id", c=cents, id=dice.choice(orders))
        elif way == 5:
            kind, paid = dice.choice(("in_hand", "shipped", "delivery")), dice.choice(("cash", "card"))
            change = "UPDATE orders SET order_type = :kind, payment_method = :paid WHERE id = :id"
            run(world, change, kind=kind, paid=paid, id=dice.choice(orders))
        else:
            gone = orders.pop(dice.randrange(len(orders)))
            run(world, "DELETE FROM order_lines WHERE order_id = :id", id=gone)
            if dice.randrange(2):
                run(world, "DELETE FROM orders WHERE id = :id", id=gone)
        if number % 10 == 9:
            assert [said for said in ledgers.out_of_balance(world) if "sums" in said] == []


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("credit_sums", "UPDATE credit_sums SET boxes = boxes + 1"),
        ("girl_credit_sums", "UPDATE girl_credit_sums SET boxes = boxes + 1"),
        ("booth_sums", "UPDATE booth_sums SET sold = sold + 1"),
        ("booth_sums", "UPDATE booth_sums SET credited = credited - 1"),
        ("money_sums", "UPDATE money_sums SET cents = cents + 1 WHERE account_id = 1"),
        ("box_sums", "UPDATE box_sums SET boxes = boxes + 1 WHERE place_id = 1"),
        ("order_sums", "UPDATE order_sums SET sales = sales + 1"),
        ("line_sums", "UPDATE line_sums SET cents = cents + 1"),
    ],
)
def test_a_sum_that_is_not_its_rows_is_found(world, table, change):
    """A copy with such a sum is no good copy."""
    insert(world, "order_lines", good("order_lines"))
    insert(world, "credits", good("credits", boxes=5))
    insert(world, "box_moves", good("box_moves", from_place=1, to_place=2))
    insert(world, "money_entries", good("money_entries"))
    insert(world, "booth_sums", good("booth_sums", sold=0, credited=0))
    assert not [said for said in ledgers.out_of_balance(world) if "sums" in said]
    run(world, change)
    assert [said for said in ledgers.out_of_balance(world) if "sums" in said]


@pytest.mark.parametrize(
    "table", ["credit_sums", "girl_credit_sums", "booth_sums", "box_sums", "money_sums", "order_sums"]
)
def test_a_sum_stands_there_once(world, table):
    insert(world, table, good(table))
    refused(world, table, good(table), "UNIQUE")
