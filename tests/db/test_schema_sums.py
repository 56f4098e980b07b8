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
    insert(world, "box_moves", good("box_moves", from_place=1, to_place=2, boxes=10))
    insert(world, "box_moves", good("box_moves", from_place=2, to_place=1, boxes=4))
    assert sums(world, "box_sums") == [(1, 1, -6), (2, 1, 6)]


def test_only_sales_are_added_up(world):
    """Triggers orders_are_added_up, orders_are_added_up_anew, orders_that_go_are_taken_off, lines_are_added_up,
    lines_that_go_are_taken_off, lines_of_what_becomes_a_sale_are_added_up, lines_of_what_is_no_sale_are_taken_off."""
    order = insert(world, "orders", good("orders", scout_id=1, status="needs_approval", collected_cents=0))
    insert(world, "order_lines", good("order_lines", order_id=order, boxes=4))
    assert (sums(world, "order_sums"), sums(world, "line_sums")) == ([], [])
    run(world, "UPDATE orders SET status = 'delivered', collected_cents = 600 WHERE id = :id", id=order)
    assert (sums(world, "order_sums"), sums(world, "line_sums")) == ([(1, 1, 1, 4, 2400, 600, 0)], [(1, 4, 2400)])
    run(world, "UPDATE orders SET scout_id = NULL WHERE id = :id", id=order)
    assert sums(world, "order_sums") == [(1, 0, 2, 4, 2400, 600, 0)]  # beside the world's own, which has no lines
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
    orders = []
    for number in range(200):
        way = dice.randrange(6)
        if way < 2 or not orders:
            made = good("orders", scout_id=dice.choice(girls), status=dice.choice(states), external_number=f"n{number}")
            orders.append(insert(world, "orders", made))
            insert(world, "order_lines", good("order_lines", order_id=orders[-1], boxes=dice.randint(1, 40)))
        elif way == 2:
            run(world, "UPDATE orders SET status = :s WHERE id = :id", s=dice.choice(states), id=dice.choice(orders))
        elif way == 3:
            run(world, "UPDATE orders SET scout_id = :s WHERE id = :id", s=dice.choice(girls), id=dice.choice(orders))
        elif way == 4:
            cents = dice.randrange(90_00)
            run(world, "UPDATE orders SET collected_cents = :c WHERE id = :id", c=cents, id=dice.choice(orders))
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
    assert not [said for said in ledgers.out_of_balance(world) if "sums" in said]
    run(world, change)
    assert [said for said in ledgers.out_of_balance(world) if "sums" in said]


@pytest.mark.parametrize("table", ["credit_sums", "box_sums", "order_sums"])
def test_a_sum_stands_there_once(world, table):
    insert(world, table, good(table))
    refused(world, table, good(table), "UNIQUE")
