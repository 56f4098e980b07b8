"""Any file that is offered for restore: refused with its own sentence, and the live database is as it was."""

import gzip
import hashlib
import json
import os
import random
import re
import shutil
from pathlib import Path

import apsw
import pytest

from gsctracker.config import Config
from gsctracker.db import migrate
from gsctracker.db.rows import value
from gsctracker.errors import Refusal
from gsctracker.integrations import age
from gsctracker.ops.copies import finding, keys, making, places, staging, unpacking, verifying
from tests.ops.copies.troops import add_scouts, carried_out, changed, copied, make_box, scouts_in, signed_again


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A box with one copy; nobody changes either."""
    config, db = make_box(tmp_path_factory.mktemp("box") / "data")
    file, manifest = copied(config, db)
    yield config, db, file, manifest
    db.close()


@pytest.fixture
def offered(made, tmp_path):
    """The copy as somebody brings it: a file she may change."""
    return carried_out(made[2], tmp_path / "stick")


@pytest.fixture
def plain(made, tmp_path):
    """The database that is in the copy, as a plain file."""
    file = tmp_path / "plain.db"
    file.write_bytes(gzip.decompress(made[2].read_bytes()))
    return file


def refusal(made, source, match, **how) -> Refusal:
    """The refusal of that file, whose sentence matches; the live database was not written."""
    config, db, *_ = made
    mark = db.generation()
    with pytest.raises(Refusal, match=match) as no, staging.stage(config, source, **how):
        pass
    assert db.generation() == mark and scouts_in(db) == 3
    assert not list((config.data_dir / "tmp").glob("staged-*"))
    return no.value


def packed(database: Path, to: Path) -> Path:
    """A plain file as a copy without a manifest."""
    to.write_bytes(gzip.compress(database.read_bytes()))
    return to


def test_a_good_copy_passes(made, offered):
    """BAK-13: with its manifest beside it, wherever it lies."""
    with staging.stage(made[0], offered) as staged:
        assert staged.manifest == made[3]
        assert staged.content == made[3].content


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda raw: raw[:-1], "its manifest says"),
        (lambda raw: raw[: len(raw) // 2], "its manifest says"),
        (lambda raw: raw[:-8], "its manifest says"),
        (lambda raw: raw[:500] + bytes([raw[500] ^ 1]) + raw[501:], "changed or damaged"),
        (lambda raw: raw + b"junk", "its manifest says"),
        (lambda raw: b"10000;chunk-signature=ab\r\n" + raw + b"\r\n0\r\n", "its manifest says"),
        (lambda raw: b"", "is empty"),
    ],
)
def test_a_damaged_copy_is_refused_by_its_manifest(made, offered, damage, sentence):
    """Fault 23: cut by a byte, by half, without its trailer, a bit flipped, junk behind, a proxy's chunk lines, empty."""
    offered.write_bytes(damage(offered.read_bytes()))
    refusal(made, offered, sentence)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda raw: raw[:-1], "cut off"),
        (lambda raw: raw[: len(raw) // 2], "cut off"),
        (lambda raw: raw[:-8], "cut off"),
        (lambda raw: raw[:-5] + bytes([raw[-5] ^ 1]) + raw[-4:], "cannot be unpacked"),
        (lambda raw: raw + b"junk", "something behind its end"),
        (lambda raw: raw + raw, "something behind its end"),
        (lambda raw: b"10000;chunk-signature=ab\r\n" + raw, "is not a copy"),
        (lambda raw: b"", "is empty"),
        (lambda raw: b"PK\x03\x04" + raw, "is not a copy"),
    ],
)
def test_the_same_without_a_manifest(made, offered, damage, sentence):
    """Faults 23 and 24: what no manifest describes is looked at just as closely."""
    offered.with_name(made[3].name + ".json").unlink()
    offered.write_bytes(damage(offered.read_bytes()))
    refusal(made, offered, sentence, unverified=True)


def test_any_flipped_bit_is_found(made, offered):
    """Faults 22 and 23: a hundred bits anywhere in the file, with and without the manifest."""
    raw, dice = offered.read_bytes(), random.Random(22)
    for _ in range(50):
        place = dice.randrange(len(raw))
        offered.write_bytes(raw[:place] + bytes([raw[place] ^ 1 << dice.randrange(8)]) + raw[place + 1 :])
        refusal(made, offered, "changed or damaged")
    offered.with_name(made[3].name + ".json").unlink()
    for _ in range(50):
        place = dice.randrange(10, len(raw))  # the first ten bytes hold the time and the system, which say nothing
        offered.write_bytes(raw[:place] + bytes([raw[place] ^ 1 << dice.randrange(8)]) + raw[place + 1 :])
        refusal(made, offered, "cannot be unpacked|cut off|behind its end", unverified=True)


def test_a_copy_of_nothing_is_refused(made, tmp_path):
    """Fault 24: gzip and integrity_check take an empty file for a sound one."""
    nothing = tmp_path / "nothing.db.gz"
    nothing.write_bytes(gzip.compress(b""))
    refusal(made, nothing, "has no tables", unverified=True)


def test_another_programs_database_is_refused(made, tmp_path):
    """Fault 25: a valid SQLite file that is not ours."""
    other = tmp_path / "photos.db"
    changed(other, "CREATE TABLE albums (id INTEGER PRIMARY KEY)")
    refusal(made, other, "another program's", unverified=True)
    refusal(made, packed(other, tmp_path / "photos.db.gz"), "another program's", unverified=True)


def test_the_copy_of_another_troop_is_refused_unless_adopted(made, tmp_path):
    """Fault 26: by its manifest, or without one by the database itself; --adopt takes it."""
    config, db = make_box(tmp_path / "other", scouts=1)
    file, _ = copied(config, db)
    db.close()
    refusal(made, file, "another box")
    with pytest.raises(Refusal, match="not signed with a key of this box"), staging.stage(made[0], file, adopt=True):
        pass
    key = keys.identities(config)
    with staging.stage(made[0], file, identities=key, adopt=True) as staged:
        assert staged.instance != staging.instance_of(made[0])
    bare = Path(shutil.copy(file, tmp_path / "bare.db.gz"))
    refusal(made, bare, "another box", unverified=True)


def test_a_newer_copy_names_the_version_to_install(made, offered, plain, tmp_path):
    """Fault 27: its manifest says which GSCTracker wrote it."""
    changed(plain, "PRAGMA user_version = 9999")
    refusal(made, plain, "newer GSCTracker .*schema 9999", unverified=True)
    raw = gzip.compress(plain.read_bytes())
    offered.write_bytes(raw)
    sums = {
        "size": len(raw),
        "sha256": hashlib.sha256(raw).hexdigest(),
        "gzipSha256": hashlib.sha256(raw).hexdigest(),
        "databaseSize": plain.stat().st_size,
        "databaseSha256": hashlib.sha256(plain.read_bytes()).hexdigest(),
    }
    signed_again(offered, made[0], **sums, appVersion="7.1.0", schema=9999)
    refusal(made, offered, r"GSCTracker \(7\.1\.0, schema 9999\)")


def test_an_older_copy_is_migrated_on_the_staged_file(made, plain, monkeypatch):
    """Fault 28: the file that was offered stays as it was; what is staged has the newest schema, checked again."""
    step = migrate.Step(
        migrate.newest() + 1, "songs", "CREATE TABLE songs (id INTEGER PRIMARY KEY) STRICT;", "DROP TABLE songs;"
    )
    ours = migrate.steps()
    monkeypatch.setattr(migrate, "steps", lambda *_: [*ours, step])
    monkeypatch.setattr(migrate, "newest", lambda *_: step.number)
    sql = migrate.schema_sql().replace("PRAGMA user_version = 1;", f"PRAGMA user_version = {step.number};")
    monkeypatch.setattr(migrate, "schema_sql", lambda: sql + step.up)
    before = plain.read_bytes()
    with staging.stage(made[0], plain, unverified=True) as staged:
        assert staged.from_schema == step.number - 1
        reader = apsw.Connection(str(staged.path))
        assert value(reader, "PRAGMA user_version") == step.number
        assert value(reader, "SELECT count(*) FROM songs") == 0
        assert value(reader, "SELECT count(*) FROM scouts") == 3
        reader.close()
    assert plain.read_bytes() == before


@pytest.mark.parametrize("field", ["sequence", "label", "appVersion", "databaseSha256"])
def test_a_manifest_edited_by_hand_is_refused(made, offered, field):
    """Fault 29: whatever was changed in it, the signature tells."""
    described = offered.with_name(made[3].name + ".json")
    fields = json.loads(described.read_bytes())
    fields[field] = {"sequence": fields["sequence"], "label": "mine", "appVersion": "1", "databaseSha256": "0" * 64}[
        field
    ]
    fields["tables"]["scouts"]["rows"] += 1
    described.write_text(json.dumps(fields))
    refusal(made, offered, "changed after it was signed", unverified=True)


def test_half_a_copy_is_shown_as_broken_and_never_taken(tmp_path):
    """Fault 30: a manifest without its file, a file without its manifest; `latest` is the newest whole one."""
    config, db = make_box(tmp_path / "data")
    whole, first = copied(config, db)
    second, _ = copied(config, db)
    third, _ = copied(config, db)
    second.unlink()
    third.with_name(third.name.replace(".db.gz", ".json")).unlink()
    assert len(places.local(config).broken()) == 2
    found = finding.find(config)
    assert isinstance(found, staging.Found) and found.manifest.name == first.name
    with pytest.raises(Refusal, match="cannot be restored"):
        finding.find(config, second.name.removesuffix(".db.gz"))
    results = verifying.verify(config)
    assert [each.ok for each in results].count(True) == 1 and len(results) == 3
    db.close()
    assert whole.exists()


@pytest.fixture
def sealed(made, tmp_path):
    """A copy sealed for the box and for a key that lies elsewhere; that key."""
    elsewhere = age.new_identity()
    config = Config(data_dir=made[0].data_dir, backup_recipient=age.recipient_of(elsewhere))
    manifest = making.make(config, made[1], kind="manual", to=tmp_path / "sealed", force=True)
    return tmp_path / "sealed" / manifest.file, elsewhere


def test_a_sealed_copy_opens_with_its_key_alone(made, sealed, tmp_path):
    """Fault 31, BAK-10: the box's key, the other one; a wrong one and none are named, before anything is touched."""
    file, elsewhere = sealed
    with staging.stage(made[0], file) as staged:
        assert staged.manifest.is_sealed
    away = Config(data_dir=tmp_path / "empty")
    with staging.stage(away, file, identities=[elsewhere]) as staged:
        assert staged.from_schema == migrate.newest()
    for wrong in ([], [age.new_identity()]):
        with pytest.raises(Refusal, match="sealed for another key"), staging.stage(away, file, identities=wrong):
            pass


def test_a_key_that_was_replaced_opens_old_copies(made, sealed, tmp_path):
    """Fault 31: the old key lies beside the new one and opens what was sealed for it."""
    config, db = make_box(tmp_path / "data")
    rotated = Config(data_dir=config.data_dir, backup_recipient=age.recipient_of(age.new_identity()))
    file, _ = copied(rotated, db)
    secrets = config.data_dir / "secrets"
    (secrets / "backup_identity").rename(secrets / "backup_identity-1")
    (secrets / "backup_signing").rename(secrets / "backup_signing-1")
    (secrets / "backup_recipient").unlink()
    keys.ready(config)
    with staging.stage(config, file) as staged:
        assert staged.manifest.proven
    db.close()


def test_a_seal_that_was_tampered_with_is_refused(made, sealed):
    """Fault 32: the last chunk cut off, a chunk of another place; without the manifest's digest the seal itself tells."""
    file, _ = sealed
    file.with_name(file.name.split(".")[0] + ".json").unlink()
    raw = file.read_bytes()
    head = raw.index(b"\n--- ") + 60
    for damaged in (raw[:-20], raw[: head + 40], raw[:-100] + raw[-50:] + raw[-100:-50], raw + raw[-100:]):
        file.write_bytes(damaged)
        refusal(made, file, "seal is broken|sealed for another key", unverified=True)


def test_a_mix_of_two_states_is_refused_though_integrity_says_ok(made, offered, plain):
    """Fault 33, BAK-16: every page is sound, the file's digests are right, but a row is of another time."""
    changed(plain, "UPDATE scouts SET first_name = 'Bea' WHERE id = 2")
    check = apsw.Connection(str(plain))
    assert value(check, "PRAGMA integrity_check") == "ok"
    check.close()
    raw = gzip.compress(plain.read_bytes())
    offered.write_bytes(raw)
    sums = {"size": len(raw), "sha256": hashlib.sha256(raw).hexdigest(), "gzipSha256": hashlib.sha256(raw).hexdigest()}
    database = {"databaseSize": plain.stat().st_size, "databaseSha256": hashlib.sha256(plain.read_bytes()).hexdigest()}
    signed_again(offered, made[0], **sums, **database)
    refusal(made, offered, "the table scouts differs")


def test_a_bomb_stops_at_the_size_the_manifest_says(made, offered, monkeypatch):
    """Fault 34: and without a manifest at a gigabyte (here at a megabyte)."""
    bomb = gzip.compress(bytes(50_000_000))
    offered.write_bytes(bomb)
    digest = hashlib.sha256(bomb).hexdigest()
    signed_again(offered, made[0], size=len(bomb), sha256=digest, gzipSha256=digest)
    refusal(made, offered, "unpacks to more than")
    offered.with_name(made[3].name + ".json").unlink()
    monkeypatch.setattr(unpacking, "LARGEST_DATABASE", 1 << 20)
    refusal(made, offered, "unpacks to more than the 1048576 bytes", unverified=True)


def test_rows_that_belong_to_nothing_are_refused(made, plain):
    """Fault 35: a reference that leads nowhere."""
    changed(plain, "UPDATE scouts SET household_id = 4711 WHERE id = 1")
    refusal(made, plain, "belong to nothing", unverified=True)


def test_a_damaged_page_is_refused(made, plain):
    """Fault 22: garbage in the middle of the database."""
    raw = bytearray(plain.read_bytes())
    raw[40_000:44_000] = random.Random(1).randbytes(4000)
    plain.write_bytes(raw)
    refusal(made, plain, "damaged|malformed", unverified=True)


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE TRIGGER mine AFTER INSERT ON restore_runs BEGIN UPDATE accounts SET role = 'admin'; END",
        "DROP TRIGGER an_admin_is_not_deleted",
        "CREATE TABLE extra (id INTEGER PRIMARY KEY)",
        "ALTER TABLE scouts ADD COLUMN surname TEXT",
    ],
)
def test_a_file_that_is_built_otherwise_is_refused(made, plain, statement):
    """A trigger that somebody put into a file would act here; a table that is missing would break the program."""
    changed(plain, statement)
    refusal(made, plain, "not built as this program builds one", unverified=True)


def test_what_has_no_manifest_needs_to_be_trusted(made, offered, plain):
    """BAK-13: a file without its manifest, a plain .db: refused, or taken with --unverified and still checked."""
    offered.with_name(made[3].name + ".json").unlink()
    refusal(made, offered, "no manifest beside it")
    refusal(made, plain, "no manifest beside it")
    for file in (offered, plain):
        with staging.stage(made[0], file, unverified=True) as staged:
            assert staged.manifest is None
            assert staged.content == made[3].content


def test_a_manifest_of_an_unknown_key_needs_to_be_trusted(made, offered):
    described = offered.with_name(made[3].name + ".json")
    fields = json.loads(described.read_bytes())
    described.write_text(json.dumps(fields | {"keyId": "0" * 16}))
    refusal(made, offered, "not signed with a key of this box")
    with staging.stage(made[0], offered, unverified=True) as staged:
        assert not staged.manifest.proven


def test_the_newest_rows_of_a_plain_file_may_stand_beside_it(made, tmp_path):
    """BAK-30: a database copied with its -wal is taken with what stands there."""
    config, db = make_box(tmp_path / "data", scouts=1)
    reader = apsw.Connection(str(config.database))
    reader.execute("BEGIN")
    value(reader, "SELECT count(*) FROM scouts")
    add_scouts(db, 2)  # they stand in the WAL as long as somebody reads the state before
    copy = tmp_path / "raw.db"
    shutil.copy(config.database, copy)
    shutil.copy(f"{config.database}-wal", tmp_path / "raw.db-wal")
    with staging.stage(made[0], copy, unverified=True, adopt=True) as staged:
        found = apsw.Connection(str(staged.path))
        assert value(found, "SELECT count(*) FROM scouts") == 3
        found.close()
    reader.close()
    db.close()


def test_the_database_in_use_is_not_a_copy(made):
    refusal(made, made[0].database, "the database in use", unverified=True)


def test_what_is_not_there_is_said(made, tmp_path):
    refusal(made, tmp_path / "none.db.gz", "There is no file")
    with pytest.raises(Refusal, match="no copy and no file"):
        finding.find(made[0], "none.db.gz")
    with pytest.raises(Refusal, match="is not a time"):
        finding.find(made[0], at="yesterday")
    with pytest.raises(Refusal, match="There is no copy to restore"):
        finding.find(made[0], at="2020-01-01T00:00:00Z")


def test_no_room_is_said_in_bytes_before_anything_is_unpacked(made, offered, monkeypatch):
    """Fault 14: the message names what is needed."""
    usage = shutil.disk_usage(offered)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage._replace(free=1000))
    no = refusal(made, offered, r"[0-9]{6,} bytes are needed, 1000 are free")
    assert no.code == "no_space" and re.search("needed", str(no))


def test_what_a_killed_restore_left_is_swept_away(made, offered):
    """A staging folder nobody holds any more goes, once it is not of this moment."""
    left = made[0].data_dir / "tmp" / "staged-dead"
    left.mkdir()
    (left / "x.db").write_bytes(b"x")
    os.utime(left, (1, 1))
    with staging.stage(made[0], offered):
        assert not left.exists()
