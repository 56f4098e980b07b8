"""Rewards and points in the file: each is there once, and a redemption comes back once."""

import pytest

from gsctracker.db.rows import run
from tests.db.one_of_each import NOW, good, insert, refused


@pytest.mark.parametrize(
    "table",
    [
        "point_prizes",
        "point_rules",
        "reward_choices",
        "reward_items",
        "reward_levels_told",
        "reward_opt_outs",
        "reward_receipt_lines",
        "reward_receipts",
        "reward_steps",
    ],
)
def test_a_second_one_of_the_same_does_not_go_in(world, table):
    insert(world, table, good(table))
    refused(world, table, good(table), "UNIQUE|handed a reward once")


def test_points_are_given_once_for_one_thing(world):
    """COOKIE-26."""
    given = good("point_entries", reason="referral", points=5, prize_id=None, key="7")
    insert(world, "point_entries", given)
    refused(world, "point_entries", given, "UNIQUE")


def test_a_redemption_comes_back_once_and_whole(world):
    """COOKIE-24."""
    insert(world, "point_entries", good("point_entries", id=50))
    back = good("point_entries", reason="returned", points=10, prize_id=None, returns=50, key=None)
    refused(world, "point_entries", back | {"points": 9}, "all of it")
    insert(world, "point_entries", back)
    refused(world, "point_entries", back, "UNIQUE")


def test_no_balance_falls_below_zero(world):
    """COOKIE-24: 500 points are there."""
    refused(world, "point_entries", good("point_entries", points=-501), "no fewer points than none")
    insert(world, "point_entries", good("point_entries", points=-500))
    refused(world, "point_entries", good("point_entries", key="other"), "no fewer points than none")


def test_a_receipt_is_voided_once_and_never_edited(world):
    """COOKIE-16."""
    run(world, "UPDATE reward_receipts SET voided_at = :now, void_reason = 'wrong' WHERE id = 1", now=NOW)
    for change in ("void_reason = 'other'", "voided_at = NULL, void_reason = ''", "received_by = 'Hal'"):
        with pytest.raises(Exception, match="voided, never edited"):
            world.execute(f"UPDATE reward_receipts SET {change} WHERE id = 1")
