"""What is in a file: equal content has one digest, and no change goes unseen."""

import pytest

from gsctracker.db import Database, connections, contents, snapshot
from gsctracker.db.rows import run
from tests import factories
from tests.db.one_of_each import GOOD, good, insert


def summed(db):
    with db.read() as tx:
        return contents.summary(tx)


def test_a_summary_counts_rows_adds_up_and_names_the_highest_id(box):
    with box.write() as tx:
        factories.make_scout(tx, "Ava")
        factories.make_scout(tx, "Bea")
    found = summed(box)
    assert (found["scouts"]["rows"], found["scouts"]["maxId"]) == (2, 2)
    assert found["products"]["sums"]["price_cents"] > 5000
    assert found["scout_aliases"]["maxId"] == 0  # no number is its key
    assert set(found["orders"]["sums"]) == {
        "boxes",
        "donated_boxes",
        "amount_cents",
        "donated_cents",
        "collected_cents",
    }
    assert not any(name.startswith(("sqlite_", "order_search")) for name in found)


def test_a_copy_has_the_same_content_as_what_was_copied(box, tmp_path):
    """BAK-01: VACUUM INTO rewrites every page and changes no value."""
    reader = connections.open_reader(box.path)
    reader.execute("PRAGMA query_only = OFF")
    snapshot.copy_out(reader, tmp_path / "x.db")
    reader.close()
    copied = connections.open_reader(tmp_path / "x.db")
    assert contents.summary(copied) == summed(box)
    copied.close()


def test_what_the_box_notes_about_itself_is_no_change_of_content(world, db):
    before = contents.content(contents.summary(world))
    for table in sorted(contents.BOX_TABLES):
        insert(world, table, good(table))
    after = contents.summary(world)
    assert contents.content(after) == before
    assert all(after[table]["rows"] == 1 for table in contents.BOX_TABLES)


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE scouts SET first_name = 'Anb' WHERE id = 1",
        "UPDATE scouts SET grade = 4 WHERE id = 1",
        "INSERT INTO households (name, created_at) VALUES ('B', '2026-01-01T00:00:00Z')",
        "UPDATE instance SET name_salt = name_salt || char(0)",
        "UPDATE products SET allergens = 'a' || char(0) || 'b'",
        "DELETE FROM guardians",
    ],
)
def test_any_change_of_a_value_changes_the_content(world, change):
    before = contents.content(contents.summary(world))
    assert run(world, change)
    assert contents.content(contents.summary(world)) != before


def test_values_that_read_alike_in_a_row_are_told_apart(world):
    """A digest over joined texts would take ('ab', 'c') and ('a', 'bc') for one another."""
    run(world, "UPDATE booths SET name = 'ab', address = 'c'")
    first = contents.summary(world)["booths"]["digest"]
    run(world, "UPDATE booths SET name = 'a', address = 'bc'")
    second = contents.summary(world)["booths"]["digest"]
    run(world, "UPDATE booths SET name = 'a', address = '2:bc'")
    assert len({first, second, contents.summary(world)["booths"]["digest"]}) == 3


@pytest.mark.parametrize("rows", [1, 499, 500, 501, 1000, 1003])
def test_every_row_counts_wherever_the_table_is_cut(world, rows):
    for number in range(rows):
        insert(world, "import_answers", good("import_answers", said=f"{number:04}"))  # its key is three texts
        insert(world, "households", good("households", name=f"{number}"))
    before = contents.summary(world)
    assert (before["import_answers"]["rows"], before["households"]["rows"]) == (rows, rows + 1)
    seen = {before["import_answers"]["digest"]}
    for number in {0, rows // 2, rows - 1}:
        run(world, "UPDATE import_answers SET meaning = 'x' WHERE said = :said", said=f"{number:04}")
        seen.add(contents.summary(world)["import_answers"]["digest"])
    assert len(seen) == 1 + len({0, rows // 2, rows - 1})
    run(world, "UPDATE households SET name = 'last' WHERE id = (SELECT max(id) FROM households)")
    assert contents.summary(world)["households"]["digest"] != before["households"]["digest"]


def test_bytes_count_too(world):
    insert(world, "once_answers", good("once_answers", answer=b"\x00\x01"))
    before = contents.summary(world)["once_answers"]["digest"]
    run(world, "UPDATE once_answers SET answer = :answer", answer=b"\x00\x02")
    assert contents.summary(world)["once_answers"]["digest"] != before


def test_the_names_of_tables_are_those_of_the_schema(tmp_path):
    """Otherwise a table that was renamed would count as the troop's, or no longer as append-only."""
    db = Database(tmp_path / "x.db")
    found = summed(db)
    db.close()
    assert set(contents.APPEND_ONLY) | contents.BOX_TABLES <= set(found)
    assert set(GOOD) >= contents.BOX_TABLES
