"""What the file itself holds about closed and divided booths, attacked with plain SQL."""

import pytest

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
    insert(world, table, good(table))
    says_no(world, attack, words)


def test_a_signature_stays(world):
    other = insert(world, "accounts", good("accounts"))
    world.execute("UPDATE booth_closings SET signed_by = ?, signed_at = closed_at", (other,))
    says_no(world, "UPDATE booth_closings SET signed_by = NULL", "a signature stays")
