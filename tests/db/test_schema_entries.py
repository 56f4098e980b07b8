"""What the file itself holds about the entries of phones, attacked with plain SQL."""

import pytest

from gsctracker.db.rows import run, value
from tests.db.one_of_each import good, insert, refused, says_no


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE booth_entries SET said = '[]'",
        "UPDATE booth_entries SET pay = 'card'",
        "UPDATE booth_entries SET happened_at = '2026-02-14T23:05:00Z'",
        "UPDATE booth_entries SET flag = 'refused'",
        "DELETE FROM booth_entries",
        "UPDATE booth_entry_lines SET boxes = 1",
        "DELETE FROM booth_entry_lines",
    ],
)
def test_what_was_tapped_in_is_kept(world, attack):
    """Triggers entries_are_kept, entries_stay, entry_lines_are_kept and entry_lines_stay."""
    insert(world, "booth_entry_lines", good("booth_entry_lines", product_id=1))
    says_no(world, attack, "what somebody tapped in")


def test_only_a_sale_is_paid_and_only_an_undo_undoes(world):
    refused(world, "booth_entries", good("booth_entries", pay=None), "CHECK")
    refused(world, "booth_entries", good("booth_entries", kind="sign"), "CHECK")
    refused(world, "booth_entries", good("booth_entries", undoes="e" * 32), "CHECK")
    refused(world, "booth_entries", good("booth_entries", kind="undo", pay=None), "CHECK")


def test_an_entry_is_kept_once_and_counts_once(world):
    """UX-21: the same id can stand twice only where one of the two does not count."""
    insert(world, "booth_entries", good("booth_entries"))
    refused(world, "booth_entries", good("booth_entries"), "UNIQUE")
    other = "b" * 64
    refused(world, "booth_entries", good("booth_entries", sha256=other), "UNIQUE")
    insert(world, "booth_entries", good("booth_entries", sha256=other, state="flagged", flag="other_content"))
    says_no(world, "UPDATE booth_entries SET state = 'accepted' WHERE state = 'flagged'", "UNIQUE")


def test_a_cookie_stands_once_in_a_sale(world):
    insert(world, "booth_entry_lines", good("booth_entry_lines", product_id=1))
    refused(world, "booth_entry_lines", good("booth_entry_lines", product_id=1), "UNIQUE")


def test_an_undone_sale_is_in_no_tally(world):
    insert(world, "booth_entry_lines", good("booth_entry_lines", product_id=1, boxes=3))
    assert value(world, "SELECT boxes FROM booth_tallies") == 3
    undo = insert(world, "booth_entries", good("booth_entries", kind="undo", pay=None, undoes="e" * 32))
    assert value(world, "SELECT count(*) FROM booth_tallies") == 0
    run(world, "UPDATE booth_entries SET state = 'left_out' WHERE id = :id", id=undo)
    assert value(world, "SELECT boxes FROM booth_tallies") == 3
