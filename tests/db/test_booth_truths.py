"""What the file itself holds about closed and divided booths, attacked with plain SQL."""

import pytest

from gsctracker.db.rows import run
from tests.db.one_of_each import good, insert, says_no


@pytest.mark.parametrize(
    ("table", "attack", "words"),
    [
        ("booth_closings", "UPDATE booth_closings SET end_cents = 1", "what two adults counted"),
        ("booth_closings", "UPDATE booth_closings SET closed_by = NULL", "what two adults counted"),
        ("booth_closings", "DELETE FROM booth_closings", "what two adults counted"),
        ("booth_closing_lines", "UPDATE booth_closing_lines SET sold = 26, remaining = 10", "what two adults counted"),
        ("booth_closing_lines", "DELETE FROM booth_closing_lines", "what two adults counted"),
        ("booth_shares", "UPDATE booth_shares SET ideal = '9'", "credit is never edited"),
        ("booth_shares", "DELETE FROM booth_shares", "credit is never edited"),
    ],
)
def test_what_was_counted_and_shared_is_kept(world, table, attack, words):
    """Triggers a_closing_keeps_its_figures, closings_stay, closing_lines_are_kept, closing_lines_stay, shares_are_kept, shares_stay."""
    insert(world, table, good(table))
    says_no(world, attack, words)


def test_a_signature_stays(world):
    """Trigger a_signature_stays."""
    other = insert(world, "accounts", good("accounts"))
    world.execute("UPDATE booth_closings SET signed_by = ?, signed_at = closed_at", (other,))
    says_no(world, "UPDATE booth_closings SET signed_by = NULL", "a signature stays")


@pytest.mark.parametrize("status", ["counted", "reconciled", "closed"])
def test_a_booth_is_counted_by_its_closing_alone(world, status):
    """Trigger a_booth_is_counted_by_a_closing."""
    says_no(world, f"UPDATE booths SET status = '{status}'", "counted by its closing")


@pytest.mark.parametrize("was", ["counted", "reconciled", "closed"])
def test_a_counted_booth_is_open_again_only_without_its_closing(world, was):
    """Trigger a_counted_booth_stays_so."""
    insert(world, "booth_closings", good("booth_closings", reopened_at=None))
    run(world, "UPDATE booths SET status = :was", was=was)
    says_no(world, "UPDATE booths SET status = 'open'", "as long as its closing stands")
    run(world, "UPDATE booth_closings SET reopened_at = closed_at")
    run(world, "UPDATE booths SET status = 'open'")


def test_a_booth_with_standing_credit_is_credited_or_put_away(world):
    """Triggers a_credited_booth_has_its_credit, a_divided_booth_stays_so and a_booth_is_divided_once."""
    insert(world, "booth_closings", good("booth_closings", reopened_at=None))
    says_no(world, "UPDATE booths SET status = 'credited'", "credited by its credit")
    entry = {"kind": "booth_credit", "reverses": None, "order_id": None, "count_id": None, "batch_id": None}
    insert(world, "journal", good("journal", **entry))
    run(world, "UPDATE booths SET status = 'credited'")
    for status in ("counted", "reconciled"):
        says_no(world, f"UPDATE booths SET status = '{status}'", "as long as its credit stands")
    run(world, "UPDATE booths SET status = 'closed'")
    says_no(
        world,
        """INSERT INTO journal (season_id, kind, day, recorded_at, booth_id)
           SELECT season_id, kind, day, recorded_at, booth_id FROM journal WHERE kind = 'booth_credit'""",
        "divided once",
    )
