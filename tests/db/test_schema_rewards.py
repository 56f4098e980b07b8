"""What the file itself holds about rewards, points and published notices, attacked with plain SQL."""

import pytest

from gsctracker.db.rows import one, run
from tests.db.one_of_each import good, insert, refused, says_no


@pytest.mark.parametrize(
    ("table", "attack", "words"),
    [
        ("notice_versions", "UPDATE notice_versions SET said = 'another'", "never edited"),
        ("notice_versions", "DELETE FROM notice_versions", "never edited"),
        ("reward_receipts", "UPDATE reward_receipts SET received_by = 'Ida'", "voided, never edited"),
        ("reward_receipts", "UPDATE reward_receipts SET voided_at = NULL WHERE number = 2", "voided, never edited"),
        ("reward_receipts", "DELETE FROM reward_receipts", "voided, never edited"),
        ("reward_receipt_lines", "UPDATE reward_receipt_lines SET size = 'L'", "voided, never edited"),
        ("reward_receipt_lines", "DELETE FROM reward_receipt_lines", "voided, never edited"),
        ("point_entries", "UPDATE point_entries SET points = 501", "points are never edited"),
        ("point_entries", "DELETE FROM point_entries", "points are never edited"),
    ],
)
def test_what_was_written_is_kept(world, table, attack, words):
    """Triggers notices_are_kept, notices_stay, reward_receipts_are_kept, reward_receipts_stay, reward_receipt_lines_are_kept,
    reward_receipt_lines_stay, point_entries_are_kept, point_entries_stay."""
    insert(world, table, good(table))
    says_no(world, attack, words)


def test_of_the_choices_of_a_step_a_girl_takes_one(world):
    """Trigger one_choice_of_a_step."""
    cat, dog = (insert(world, "reward_items", good("reward_items", name=name)) for name in ("Cat", "Dog"))
    insert(world, "reward_choices", good("reward_choices", item_id=cat))
    refused(world, "reward_choices", good("reward_choices", item_id=dog), "takes one")


def test_a_reward_is_handed_out_once(world):
    """Trigger a_reward_is_handed_out_once; a receipt that was voided does not count."""
    void = insert(world, "reward_receipts", good("reward_receipts"))
    insert(world, "reward_receipt_lines", good("reward_receipt_lines", receipt_id=void))
    insert(world, "reward_receipt_lines", good("reward_receipt_lines"))
    again = good("reward_receipts", number=3, voided_at=None, void_reason="")
    again = insert(world, "reward_receipts", again)
    refused(world, "reward_receipt_lines", good("reward_receipt_lines", receipt_id=again), "handed a reward once")


def test_points_stay_above_zero_and_come_back_as_they_went(world):
    """COOKIE-24: triggers points_stay_above_zero and points_come_back_as_they_went."""
    refused(world, "point_entries", good("point_entries", points=-501), "no fewer points than none")
    given = insert(world, "point_entries", good("point_entries"))
    back = {"reason": "returned", "prize_id": None, "key": None, "returns": given}
    refused(world, "point_entries", good("point_entries", points=9, **back), "comes back, all of it")
    insert(world, "point_entries", good("point_entries", points=10, **back))


def test_a_forgotten_girl_leaves_no_month_of_birth_and_no_size(world):
    """Trigger a_forgotten_girl_leaves_figures."""
    insert(world, "birth_months", good("birth_months"))
    insert(world, "reward_choices", good("reward_choices", size="M"))
    run(world, "UPDATE scouts SET forgotten_at = '2026-02-14T18:05:00Z' WHERE id = 1")
    assert one(world, "SELECT month FROM birth_months") is None
    assert one(world, "SELECT size FROM reward_choices").size == ""


def test_rewards_are_forfeited_after_they_were_ordered_and_least_credits_are_no_debt(world):
    """Checks of reward_ladders."""
    refused(world, "reward_ladders", good("reward_ladders", ordered_on="2026-09-30"), "CHECK")
    refused(world, "reward_ladders", good("reward_ladders", forfeited_on="some day"), "CHECK")
    refused(world, "reward_ladders", good("reward_ladders", credits_least_cents=-1), "CHECK")
