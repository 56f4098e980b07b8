"""A copy to practise with: real in size and shape, and nobody is in it."""

import json

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import many, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import passwords
from gsctracker.domain.sales import search
from gsctracker.errors import Conflict
from gsctracker.ops import demo, demo_people, practice
from gsctracker.ops.copies import figures, ledgers, making
from tests.db.one_of_each import GOOD, WORLD, insert, put_in

SAID = ("Quillfeather", "quill@feather.example", "555-0199-77", "17 Larkspur Lane", "rings twice")


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """A season with a copy of it, and a customer of whom everything is known."""
    config = Config(data_dir=tmp_path_factory.mktemp("season"))
    db = Database(config.database)
    demo.fill(db, scouts=3, sales=40, booths=2)
    with db.write() as tx:
        run(tx, "UPDATE instance SET is_demo = 0")
        run(
            tx,
            """UPDATE orders SET customer_name = :name, customer_email = :email, customer_phone = :phone, customer_address = :address,
                      notes = :note WHERE id = (SELECT min(id) FROM orders)""",
            **dict(zip(("name", "email", "phone", "address", "note"), SAID, strict=True)),
        )
        search.index(tx, value(tx, "SELECT min(id) FROM orders"))
    making.make(config, db)
    yield config, db
    db.close()


@pytest.fixture(scope="module")
def emptied(season, tmp_path_factory):
    """What `gsctracker practice` says, and the folder it made."""
    folder = tmp_path_factory.mktemp("practice")
    words = ["practice", "--into", str(folder), "--data-dir", str(season[0].data_dir), "--json"]
    ended = CliRunner().invoke(main, words)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout), folder


def test_figures_stay_and_everybody_is_replaced(season, emptied):
    """DEP-18: the newest copy in a folder of its own: same boxes and cents, sound ledgers, no name, address or note in the whole file."""
    living = season[1]
    said, folder = emptied
    with living.read() as tx:
        before, adults = figures.of(tx), many(tx, "SELECT name, email FROM guardians")
        accounts = many(tx, "SELECT sign_in_name FROM accounts WHERE sign_in_name LIKE '%@%'")
        named = {row.name for row in adults} | {row.email for row in adults if row.email}
        named |= {row.sign_in_name for row in accounts}
        assert (said["girls"], said["sales"]) == (3, value(tx, "SELECT count(*) FROM orders"))
    raw = (folder / "gsctracker.db").read_bytes().lower()
    assert [word for word in (*SAID, *named) if word.lower().encode() in raw] == []
    db = Database(folder / "gsctracker.db")
    try:
        with db.read() as tx:
            assert figures.of(tx) == before
            assert ledgers.out_of_balance(tx) == []
            assert audit.broken(tx) is None
            assert value(tx, "SELECT is_demo FROM instance") == 1
            assert (
                value(tx, "SELECT group_concat(first_name || ' ' || last_initial) FROM scouts")
                == "Girl 1,Girl 2,Girl 3"
            )
            hashes = {row.password_hash for row in many(tx, "SELECT password_hash FROM accounts")}
            assert passwords.verify(hashes.pop(), demo_people.PASSWORD) and not hashes
            with living.read() as other:
                for kind in ("table", "trigger", "view", "index"):
                    there = "SELECT count(*) FROM sqlite_schema WHERE type = :kind"
                    assert value(tx, there, kind=kind) == value(other, there, kind=kind)
                assert value(tx, "SELECT uid FROM instance") != value(other, "SELECT uid FROM instance")
    finally:
        db.close()
    assert not (folder / "secrets").exists() and not (folder / "backups").exists()


def test_the_living_box_is_as_it_was(season, emptied):
    living = season[1]
    with living.read() as tx:
        assert value(tx, "SELECT count(*) FROM orders WHERE customer_name = :name", name=SAID[0]) == 1
        assert value(tx, "SELECT is_demo FROM instance") == 0
        assert (
            value(tx, "SELECT count(*) FROM audit_log WHERE action = 'practice.made'") == 1
        )  # that it was made is known


def test_a_folder_with_a_troop_is_left_alone(season, emptied):
    with pytest.raises(Conflict, match="already"):
        practice.make(season[0], emptied[1])


def test_where_an_address_would_stay_no_copy_is_made(season, tmp_path, monkeypatch):
    """A column that was wrongly said to be the program's own is found by what stands in it."""
    monkeypatch.setattr(practice, "KEPT", practice.KEPT | {"orders.customer_email"})
    with pytest.raises(Conflict, match="orders"):
        practice.make(season[0], tmp_path)
    assert not (tmp_path / "gsctracker.db").exists()


def test_every_table_can_be_emptied_of_people(db):
    """Whatever a table asks of its columns, what comes into the place of a name fits; and no name in our lists is one of before."""
    with db.write() as tx:
        for table, row in WORLD.items():
            insert(tx, table, row)
        for trigger in many(tx, "SELECT name FROM sqlite_schema WHERE type = 'trigger'"):
            tx.execute(f'DROP TRIGGER "{trigger.name}"')
        defined = dict(practice.tables(tx))
        columns = {f"{table}.{row.name}" for table in defined for row in many(tx, f'PRAGMA table_info("{table}")')}
        assert practice.KEPT | set(practice.REPLACED) <= columns
        assert set(defined) >= practice.EMPTIED
        for table in sorted(GOOD):
            tx.execute("SAVEPOINT one")
            if table in defined:
                put_in(tx, table, GOOD[table])
                practice.take_out_of(tx, table, defined[table], "$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA")
            tx.execute("ROLLBACK TO one")
            tx.execute("RELEASE one")
        tx.execute("PRAGMA user_version")
    with db.read() as tx:
        assert value(tx, "SELECT count(*) FROM households") == 1
