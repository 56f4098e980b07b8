"""A copy that is made while the box works: what is in it, when it is skipped, what it says when the data shrank."""

import gzip
import hashlib
import re
import subprocess
import sys
import threading
import tracemalloc

import apsw
import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database, connections, contents, lock, migrate, snapshot
from gsctracker.db.rows import many, one, run, value
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid
from gsctracker.integrations import age
from gsctracker.ops.copies import keys, ledgers, making, packing, places
from tests import factories


@pytest.fixture
def config(tmp_path):
    return Config(data_dir=tmp_path)


def grow(box, girls=1):
    with box.write() as tx:
        for number in range(girls):
            factories.make_scout(tx, f"Girl {chr(65 + number % 26)}")


def unpacked(config, manifest, target):
    target.write_bytes(gzip.decompress((config.backups / manifest.file).read_bytes()))
    return target


def test_a_copy_is_what_the_box_held(box, config, tmp_path):
    """BAK-01: taken online with VACUUM INTO: sound, and equal to the state it was taken of."""
    grow(box, 3)
    with box.read() as tx:
        before = contents.summary(tx)
    made = making.make(config, box)
    copy = unpacked(config, made, tmp_path / "x.db")
    assert snapshot.check(copy).rows["scouts"] == 3
    assert made.tables == before
    assert made.content == contents.content(before)
    assert hashlib.sha256(copy.read_bytes()).hexdigest() == made.database_sha256
    assert hashlib.sha256((config.backups / made.file).read_bytes()).hexdigest() == made.sha256 == made.gzip_sha256
    assert (config.backups / made.file).stat().st_mode & 0o777 == 0o600
    assert (made.sequence, made.parent, made.kind, made.schema, made.proven) == (1, 0, "auto", 1, True)
    assert all(file.name.startswith("last-copy.db") for file in (tmp_path / "tmp").iterdir())


def test_a_copy_made_beside_a_writer_is_one_state(box, config, tmp_path):
    """BAK-01: while girls join, a copy holds as many places of girls as girls, and nobody waits for it."""
    stop = threading.Event()

    def write():
        while not stop.is_set():
            grow(box)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        copies = [making.make(config, box, force=True) for _ in range(4)]
    finally:
        stop.set()
        writer.join()
    assert len({made.tables["scouts"]["rows"] for made in copies}) > 1
    for made in copies:
        copy = connections.open_reader(unpacked(config, made, tmp_path / f"{made.sequence}.db"))
        girls = value(copy, "SELECT count(*) FROM scouts")
        assert girls == made.tables["scouts"]["rows"] == value(copy, "SELECT count(*) FROM places WHERE kind = 'scout'")
        copy.close()


def test_every_copy_is_listed_with_the_time_it_was_verified(box, config):
    """BAK-09: read back before it counts; the row says when."""
    made = making.make(config, box, "manual", "before the trip", by=Person(1, "admin", "Olga"))
    with box.read() as tx:
        row = one(tx, "SELECT * FROM copy_runs")
    assert (row.seq, row.name, row.result, row.kind, row.label, row.asked_by) == (
        1, made.name, "done", "manual", "before the trip", "Olga",
    )  # fmt: skip
    assert row.verified_at and row.ended_at >= row.started_at
    assert (row.size, row.database_size, row.content) == (made.size, made.database_size, made.content)
    assert [each.label for each in places.local(config).listed()] == ["before the trip"]


def test_nothing_written_means_no_new_copy_and_no_change_of_the_file(box, config):
    """BAK-04: every few minutes, and only when something changed: a rest costs neither card nor history."""
    assert making.make(config, box)
    assert making.make(config, box) is None  # looks, and finds only its own note
    mark = box.generation()
    assert making.make(config, box) is None
    assert making.make(config, box, "stop") is None
    assert box.generation() == mark
    assert making.make(config, box, force=True).sequence == 2
    assert making.make(config, box, "manual").sequence == 3  # who asks for one gets one
    assert making.make(config, box, "daily").sequence == 4
    grow(box)
    made = making.make(config, box)
    assert (made.sequence, made.parent) == (5, 4)


def test_equal_content_is_equal_bytes(box, config):
    """BAK-02: nothing of the hour or the name goes into the compressed file."""
    first, second = making.make(config, box, force=True), making.make(config, box, force=True)
    assert first.content == second.content
    source = config.data_dir / "x"
    source.write_bytes(b"cookies " * 50_000)
    packing.compress(source, config.data_dir / "a.gz")
    packing.compress(source, config.data_dir / "b.gz")
    assert (config.data_dir / "a.gz").read_bytes() == (config.data_dir / "b.gz").read_bytes()
    assert subprocess.run(["gzip", "-t", config.data_dir / "a.gz"], check=False).returncode == 0


def test_a_sealed_copy_opens_with_the_recipients_key_and_with_the_boxs_own(box, tmp_path):
    """BAK-10: nothing readable in BACKUP_DIR when there is a recipient; Debian's age opens it with the printed key."""
    mine = age.new_identity()
    config = Config(data_dir=tmp_path, backup_recipient=age.recipient_of(mine))
    made = making.make(config, box)
    assert made.file.endswith(".db.gz.age")
    raw = (config.backups / made.file).read_bytes()
    assert age.is_sealed(config.backups / made.file)
    assert b"SQLite format 3" not in raw and raw[:2] != b"\x1f\x8b"
    (own,) = keys.identities(config)
    for key in (mine, own):
        (tmp_path / "printed").write_text(key + "\n")
        command = ["age", "-d", "-i", tmp_path / "printed", config.backups / made.file]
        opened = subprocess.run(command, capture_output=True, check=True).stdout
        assert hashlib.sha256(opened).hexdigest() == made.gzip_sha256
        assert hashlib.sha256(gzip.decompress(opened)).hexdigest() == made.database_sha256
    assert [each.name for each in places.local(config).listed()] == [made.name]
    assert not list(config.backups.glob("*.gz"))


def test_the_order_of_copies_does_not_hang_on_the_clock(box, config, monkeypatch):
    """Fault 44: a clock that jumps back makes the next copy no older; it is made, and it is said."""
    first = making.make(config, box)
    long_ago = clock.moment().replace(year=1970)
    monkeypatch.setattr(clock, "moment", lambda: long_ago)
    grow(box)
    second = making.make(config, box)
    assert (first.sequence, second.sequence) == (1, 2)
    assert second.made_at.startswith("1970")
    assert [each.sequence for each in places.local(config).listed()] == [1, 2]
    with box.read() as tx:
        assert "it may be wrong" in one(tx, "SELECT said FROM copy_runs WHERE seq = 2").said


def test_numbers_are_never_given_twice(box, config):
    """A copy that nobody wrote down still has its number: by its name."""
    (config.backups).mkdir()
    (config.backups / "gsctracker-20260214T020000Z-00000041.db.gz").write_bytes(b"half")
    assert making.make(config, box).sequence == 42
    with box.write() as tx:
        run(tx, "UPDATE copy_runs SET seq = 60")
    assert making.make(config, box, force=True).sequence == 61


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        ("DROP TRIGGER journal_stays; DROP TRIGGER box_moves_stay; DELETE FROM box_moves; DELETE FROM box_sums; "
         "DELETE FROM journal",
         "box_moves only ever grows"),
        ("DELETE FROM product_names WHERE product_id < 4", "product_names had"),
        ("DELETE FROM guardians", ""),
        ("DELETE FROM product_names", "product_names had .* rows and has none"),
    ],
)  # fmt: skip
def test_data_that_shrank_is_kept_and_told(box, config, loss, words):
    """A mass deletion makes a copy that is kept, marked, and does not push the good ones out."""
    with box.write() as tx:
        season = value(tx, "SELECT id FROM seasons")
        entry = "INSERT INTO journal (season_id, kind, day, recorded_at) VALUES (?, 'C2T', '2026-02-14', '2026-02-14T18:05:00Z')"
        tx.execute(entry, (season,))
        tx.execute("INSERT INTO box_moves (entry_id, product_id, from_place, to_place, boxes) VALUES (1, 1, 1, 2, 5)")
    assert making.make(config, box).suspicious == ()
    with box.write() as tx:
        tx.execute(loss)
    made = making.make(config, box, force=True)
    said = " ".join(made.suspicious)
    assert bool(said) == bool(words)
    if words:
        assert re.search(words, said)
        with box.read() as tx:
            assert one(tx, "SELECT result FROM copy_runs WHERE seq = 2").result == "suspicious"
        assert making.make(config, box, force=True).suspicious  # still against the last good one
        with box.write() as tx:
            run(tx, "UPDATE copy_runs SET looked_at = :now WHERE seq = 3", now=clock.now())
        assert making.make(config, box, force=True).suspicious == ()


def test_an_empty_box_in_the_place_of_another_is_told(tmp_path, box, config):
    """The disk was lost, a fresh box started, and it must not push out what is left of the old one."""
    making.make(config, box)
    (tmp_path / "fresh").mkdir()
    fresh = Database(tmp_path / "fresh" / "gsctracker.db")
    made = making.make(Config(data_dir=tmp_path / "fresh", backup_dir=config.backups), fresh)
    fresh.close()
    assert "of another box" in " ".join(made.suspicious)
    assert made.sequence == 2


def test_less_after_a_restore_is_no_suspicion(box, config):
    grow(box, 30)
    making.make(config, box)
    with box.write() as tx:
        run(tx, "UPDATE instance SET generation = 'another'")
        tx.execute("DELETE FROM product_names")
    assert making.make(config, box).suspicious == ()


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ("UPDATE orders SET boxes = boxes + 1", "orders whose lines add up to something else"),
        ("INSERT INTO money_entries (entry_id, debit, credit, cents) VALUES (2, 2, 3, 100)", "pay other cents"),
        ("INSERT INTO box_moves (entry_id, product_id, from_place, to_place, boxes) VALUES (2, 1, 2, 3, 5)", "move other boxes"),
        ("INSERT INTO box_moves (entry_id, product_id, from_place, to_place, boxes) VALUES (2, 10, 2, 3, 5)", "has no boxes"),
    ],
)  # fmt: skip
def test_ledgers_that_do_not_add_up_are_told(box, config, wrong, words):
    """BAK-09: integrity_check calls such a file sound; the copy asks the ledgers themselves."""
    with box.write() as tx:
        season = value(tx, "SELECT id FROM seasons")
        virtual = value(tx, "SELECT id FROM products WHERE is_virtual = 1")
        order_and_reversal(tx, season)
        for name in [row.name for row in many(tx, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")]:
            tx.execute(f"DROP TRIGGER {name}")
        tx.execute(wrong.replace("(2, 10,", f"(2, {virtual},"))
    with box.read() as tx:
        assert words in " ".join(ledgers.out_of_balance(tx))
    assert words in " ".join(making.make(config, box).suspicious)


def order_and_reversal(tx, season):
    """An order without a line, and an entry of five boxes that a second one reverses."""
    tx.execute(
        """INSERT INTO orders (season_id, order_type, status, payment_method, ordered_at, ordered_on, recorded_at)
           VALUES (?, 'order_card', 'promised', 'none', '2026-02-14T18:05:00Z', '2026-02-14', '2026-02-14T18:05:00Z')""",
        (season,),
    )
    entry = "INSERT INTO journal (season_id, kind, day, recorded_at, reverses) VALUES (?, 'C2T', '2026-02-14', '2026-02-14T18:05:00Z', ?)"
    tx.execute(entry, (season, None))
    tx.execute("INSERT INTO box_moves (entry_id, product_id, from_place, to_place, boxes) VALUES (1, 1, 1, 2, 5)")
    tx.execute(entry, (season, 1))
    tx.execute("INSERT INTO box_moves (entry_id, product_id, from_place, to_place, boxes) VALUES (2, 1, 2, 1, 5)")


def test_two_at_once_are_refused_with_the_time_of_the_first(box, config):
    """BAK-08: the second caller is told since when the first is at work."""
    with (
        lock.hold(config.data_dir, making.LOCK),
        pytest.raises(Conflict, match=r"under way since \d{4}-.*Z \(process \d+\)") as no,
    ):
        making.make(config, box)
    assert no.value.code == "copy_under_way"
    assert making.make(config, box)


@pytest.mark.parametrize("label", ["x" * 81, "two\nlines"])
def test_a_label_is_one_short_line(box, config, label):
    """BAK-23: a label that would spoil the list is refused."""
    with pytest.raises(Invalid, match="one line of at most 80"):
        making.make(config, box, "manual", label)


def test_what_a_migration_left_becomes_a_proper_copy(box, config):
    """DB-18: the plain file made before a migration is listed, pinned, and pruned like every other copy."""
    config.backups.mkdir()
    writer = connections.open_writer(box.path)
    plain = migrate.copy_before(writer, config.backups)
    writer.close()
    making.make(config, box, "daily")
    first, second = places.local(config).listed()
    assert (first.kind, first.label[:8], second.kind) == ("pre-migrate", "schema-1", "daily")
    assert not plain.exists()
    with box.read() as tx:
        row = one(tx, "SELECT * FROM copy_runs WHERE kind = 'pre-migrate'")
    assert row.pinned_until > clock.after(days=29)


def test_a_damaged_file_of_a_migration_is_told_once_and_hinders_nobody(box, config):
    config.backups.mkdir()
    (config.backups / "pre-migrate-schema-1-20260101T000000Z.db").write_bytes(b"SQLite format 3\0 and no more")
    assert making.make(config, box)
    assert making.make(config, box, force=True)
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM copy_runs WHERE result = 'failed'") == 1
    assert [file.name for file in config.backups.glob("*.damaged")] == [
        "pre-migrate-schema-1-20260101T000000Z.db.damaged"
    ]


def test_the_live_file_is_never_opened_as_a_file(box, config, monkeypatch):
    """Fault 52: closing any descriptor of the database drops SQLite's locks for the whole process."""
    opened = []
    watching = [True]

    def hook(event, arguments):
        if watching and event == "open" and str(arguments[0]).startswith(str(box.path)):
            opened.append(arguments[0])

    sys.addaudithook(hook)
    try:
        making.make(config, box)
    finally:
        watching.clear()
    assert opened == []


def test_a_copy_costs_little_memory(box, config, tmp_path):
    """BAK-02: streamed: compressing and reading back 64 MB takes no more than a few chunks."""
    big = tmp_path / "big"
    with big.open("wb") as out:
        for number in range(64):
            out.write(hashlib.sha256(b"%d" % number).digest() * 32_768)
    tracemalloc.start()
    plain, packed = packing.compress(big, tmp_path / "big.gz")
    packing.read_back(tmp_path / "big.gz", packed, plain, big.stat().st_size)
    highest = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert highest < 2_000_000


def test_a_mistyped_table_in_the_checks_would_be_noticed(box):
    with box.read() as tx:
        assert ledgers.out_of_balance(tx) == []
    with pytest.raises(apsw.SQLError):
        ledgers.out_of_balance(apsw.Connection(":memory:"))
