"""A fresh file, an older file step by step, and the way back."""

from importlib import resources
from pathlib import Path

import pytest

from gsctracker.db import connections, migrate
from gsctracker.db.migrate import Step
from gsctracker.db.rows import many, value
from gsctracker.errors import Conflict

FIRST_RELEASE = Path(__file__).parent / "first_release.sql"
"""schema.sql as it was in the first release; it never changes again."""

NICKNAME = Step(
    2, "nickname", "ALTER TABLE scouts ADD COLUMN nickname TEXT;", "ALTER TABLE scouts DROP COLUMN nickname;"
)
NOTE = Step(3, "note", "CREATE TABLE notes (id INTEGER PRIMARY KEY) STRICT;", "DROP TABLE notes;")


def open_file(tmp_path, name="x.db"):
    return connections.open_writer(tmp_path / name)


def shape(tx):
    """Every table, index, view and trigger as SQLite understands it, without spaces and comments."""
    rows = many(tx, "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%' ORDER BY type, name")
    return [(row.type, row.name, " ".join((row.sql or "").split())) for row in rows]


def rows_of(tx):
    tables = [
        row.name
        for row in many(tx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")
    ]
    return {name: tx.execute(f'SELECT * FROM "{name}"').fetchall() for name in tables if name != "schema_migrations"}


def first_release_with(tmp_path, name, path):
    tx = open_file(tmp_path, name)
    migrate.bring_up(tx, FIRST_RELEASE.read_text(encoding="utf-8"), [])
    migrate.bring_up(tx, path=path)
    return tx


def test_a_fresh_file_equals_the_first_release_plus_every_migration(tmp_path):
    """DB-14: schema.sql and the migrations say the same."""
    fresh = open_file(tmp_path, "fresh.db")
    migrate.bring_up(fresh)
    grown = first_release_with(tmp_path, "grown.db", migrate.steps())
    assert shape(fresh) == shape(grown)
    assert migrate.number_of(fresh) == migrate.number_of(grown) == migrate.newest()


def test_the_newest_step_and_schema_sql_agree_on_the_number():
    assert migrate.newest() == max([migrate.FIRST, *(step.number for step in migrate.steps())])


def test_steps_are_numbered_without_gaps_and_each_has_a_way_back():
    """DB-15: no migration without its down step."""
    path = migrate.steps()
    assert [step.number for step in path] == list(range(migrate.FIRST + 1, migrate.FIRST + 1 + len(path)))
    assert all(step.down.strip() for step in path)


def test_an_older_file_comes_up_step_by_step_and_a_second_time_changes_nothing(tmp_path):
    tx = first_release_with(tmp_path, "x.db", [NICKNAME, NOTE])
    assert migrate.number_of(tx) == 3
    before = shape(tx), rows_of(tx), many(tx, "SELECT * FROM schema_migrations")
    migrate.bring_up(tx, path=[NICKNAME, NOTE])
    assert (shape(tx), rows_of(tx), many(tx, "SELECT * FROM schema_migrations")) == before


def test_down_and_up_again_leaves_the_same_file(tmp_path):
    """DB-15, DB-16: the way back is kept in the file, so that an older program can go on."""
    tx = first_release_with(tmp_path, "x.db", [])
    tx.execute("INSERT INTO households (name, created_at) VALUES ('A', '2026-01-01T00:00:00Z')")
    old = shape(tx), rows_of(tx)
    migrate.bring_up(tx, path=[NICKNAME, NOTE])
    new = shape(tx), rows_of(tx)
    migrate.take_down(tx, migrate.FIRST)
    assert (shape(tx), rows_of(tx)) == old
    assert migrate.number_of(tx) == migrate.FIRST
    migrate.bring_up(tx, path=[NICKNAME, NOTE])
    assert (shape(tx), rows_of(tx)) == new


def test_a_fresh_file_knows_the_way_back_too(tmp_path):
    tx = open_file(tmp_path)
    grown = migrate.schema_sql().replace(f"PRAGMA user_version = {migrate.newest()};", "PRAGMA user_version = 2;")
    migrate.bring_up(tx, grown + "ALTER TABLE scouts ADD COLUMN nickname TEXT;", [NICKNAME])
    migrate.take_down(tx, migrate.FIRST)
    assert not many(tx, "SELECT 1 AS yes FROM pragma_table_info('scouts') WHERE name = 'nickname'")


def test_a_step_that_was_edited_afterwards_is_refused(tmp_path):
    tx = first_release_with(tmp_path, "x.db", [NICKNAME])
    edited = Step(2, "nickname", NICKNAME.up + " -- better", NICKNAME.down)
    with pytest.raises(Conflict, match="Migration 0002 was changed"):
        migrate.bring_up(tx, path=[edited])


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path):
    tx = first_release_with(tmp_path, "x.db", [NICKNAME])
    before = shape(tx), migrate.number_of(tx)
    with pytest.raises(Conflict, match='Migration 0003_bad failed: near "TABEL": syntax error'):
        migrate.bring_up(
            tx, path=[NICKNAME, Step(3, "bad", "CREATE TABLE t (a); CREATE TABEL u (b);", "DROP TABLE t;")]
        )
    assert (shape(tx), migrate.number_of(tx)) == before


def test_a_step_that_leaves_orphans_is_refused(tmp_path):
    tx = first_release_with(tmp_path, "x.db", [])
    tx.execute("INSERT INTO households (id, name, created_at) VALUES (1, 'A', '2026-01-01T00:00:00Z')")
    tx.execute("INSERT INTO scouts (household_id, first_name, created_at) VALUES (1, 'Ana', '2026-01-01T00:00:00Z')")
    with pytest.raises(Conflict, match="belong to nothing"):
        migrate.bring_up(tx, path=[Step(2, "orphans", "DELETE FROM households;", "SELECT 1;")])
    assert value(tx, "SELECT count(*) FROM households") == 1
    assert tx.pragma("foreign_keys") == 1


def test_a_newer_file_is_refused_with_the_sentence_that_helps(tmp_path):
    tx = open_file(tmp_path)
    migrate.bring_up(tx)
    tx.pragma("user_version", 99)
    tx.execute("INSERT INTO schema_migrations VALUES (99, '0099_x', '', 'SELECT 1', '7.8.9', '2030-01-01T00:00:00Z')")
    with pytest.raises(
        Conflict, match=r"made by a newer GSCTracker \(7.8.9\).*Install GSCTracker 7.8.9 or newer.*migrate --to"
    ):
        migrate.bring_up(tx)


def test_another_programs_file_is_refused_and_left_alone(tmp_path):
    tx = open_file(tmp_path)
    tx.execute("CREATE TABLE theirs (a)")
    with pytest.raises(Conflict, match="not a GSCTracker database"):
        migrate.bring_up(tx)
    assert [name for _, name, _ in shape(tx)] == ["theirs"]


def test_two_programs_that_come_to_an_empty_file_make_it_once(tmp_path):
    first, second = open_file(tmp_path), open_file(tmp_path)
    migrate.bring_up(first)
    migrate.bring_up(second)
    assert value(second, "SELECT count(*) FROM instance") == 1


def test_the_file_says_whose_it_is(tmp_path):
    tx = open_file(tmp_path)
    migrate.bring_up(tx)
    assert tx.pragma("application_id") == 0x47534354


def test_the_schema_travels_with_the_package():
    assert resources.files("gsctracker").joinpath("schema.sql").is_file()


def test_a_step_is_carried_out_to_its_end_also_after_a_statement_that_gives_rows(tmp_path):
    tx = first_release_with(
        tmp_path, "x.db", [Step(2, "two", "SELECT 1; PRAGMA page_count; CREATE TABLE t (a);", "DROP TABLE t;")]
    )
    assert value(tx, "SELECT count(*) FROM sqlite_schema WHERE name = 't'") == 1


REBUILT = Step(
    4,
    "rebuilt",
    """CREATE TABLE notes_new (id INTEGER PRIMARY KEY, words TEXT NOT NULL DEFAULT '') STRICT;
       INSERT INTO notes_new (id) SELECT id FROM notes; DROP TABLE notes; ALTER TABLE notes_new RENAME TO notes;""",
    """CREATE TABLE notes_old (id INTEGER PRIMARY KEY) STRICT;
       INSERT INTO notes_old SELECT id FROM notes; DROP TABLE notes; ALTER TABLE notes_old RENAME TO notes;""",
)


@pytest.mark.parametrize("number", range(2, 5 + len(migrate.steps())))
def test_each_step_down_and_up_again_leaves_the_same_file(tmp_path, number):
    """DB-15, DB-16: one step at a time: what an older program finds, and what this one finds when it comes back."""
    made_up = [NICKNAME, NOTE, REBUILT]
    path = [
        *migrate.steps(),
        *(Step(len(migrate.steps()) + each.number, each.name, each.up, each.down) for each in made_up),
    ]
    below = [step for step in path if step.number < number]
    tx = first_release_with(tmp_path, "x.db", below)
    tx.execute("INSERT INTO households (name, created_at) VALUES ('A', '2026-01-01T00:00:00Z')")
    old = plain_shape(tx), rows_of(tx)
    migrate.bring_up(tx, path=[*below, path[number - 2]])
    new = plain_shape(tx), rows_of(tx)
    assert new != old
    migrate.take_down(tx, number - 1)
    assert (plain_shape(tx), rows_of(tx)) == old
    migrate.bring_up(tx, path=[*below, path[number - 2]])
    assert (plain_shape(tx), rows_of(tx)) == new


def plain_shape(tx):
    """The shape without the quotes that SQLite puts around the name of a table that was renamed."""
    return [(kind, name, sql.replace('"', "")) for kind, name, sql in shape(tx)]
