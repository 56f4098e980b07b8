"""What lies beside the database: in every copy by name, written once, sealed, back in an empty box, never over what is there."""

import dataclasses
import os
import tarfile
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.config import Config
from gsctracker.errors import Conflict, NotFound
from gsctracker.integrations import age
from gsctracker.ops import secrets
from gsctracker.ops.copies import (
    bucket,
    extras,
    handing_out,
    keys,
    making,
    places,
    restoring,
    retention,
    staging,
    uploading,
    verifying,
)
from tests.buckets import KEYS
from tests.ops.copies.troops import add_scouts, make_box


@pytest.fixture
def troop(tmp_path):
    config, db = make_box(tmp_path / "data")
    secrets.ready(config)
    (config.data_dir / "gsctracker.env").write_text("SMTP_PASS=thin-mints\n")
    (config.data_dir / "photos").mkdir()
    (config.data_dir / "photos" / "receipt.jpg").write_bytes(b"\xff\xd8 a receipt")
    yield config, db
    db.close()


def archives(config):
    folder = config.backups / "files"
    return sorted(file.name for file in folder.iterdir()) if folder.is_dir() else []


def identity(config):
    return (config.data_dir / "secrets" / "backup_identity").read_text().strip()


def restored(config, copy, folder: Path, **more):
    """The copy in another data folder, with the printed key alone."""
    new = Config(data_dir=folder, backup_dir=None)
    file = config.backups / copy.file
    with staging.stage(new, file, [identity(config)], **more) as staged:
        restoring.restore(new, None, staged)
    return new


def test_a_copy_refers_to_the_files_beside_the_database(troop):
    """BAK-12: name, size and digest stand in the manifest; the archive is sealed, also beside a copy that is not."""
    config, db = troop
    made = making.make(config, db)
    told = made.files
    assert archives(config) == [told["name"]] and told["name"].endswith(".tar.gz.age")
    file = config.backups / "files" / told["name"]
    assert age.is_sealed(file) and file.stat().st_mode & 0o077 == 0
    assert (told["count"], told["size"]) == (4, file.stat().st_size)
    assert places.local(config).listed()[-1].files == told
    assert b"thin-mints" not in file.read_bytes()


def test_the_same_files_are_not_packed_again(troop):
    """BAK-12: content-addressed: many copies, one archive; a change makes another, and a copy for it."""
    config, db = troop
    first = making.make(config, db)
    add_scouts(db, 1)
    second = making.make(config, db)
    assert first.files == second.files and len(archives(config)) == 1
    assert making.make(config, db) is None
    (config.data_dir / "photos" / "deposit.jpg").write_bytes(b"\xff\xd8 a slip")
    third = making.make(config, db)
    assert third.files["content"] != first.files["content"] and len(archives(config)) == 2
    assert making.make(config, db) is None


def test_the_keys_of_copies_are_in_no_copy(troop, tmp_path):
    """BAK-10: the identity is on the printed sheet; a copy that held it would open itself."""
    config, db = troop
    made = making.make(config, db)
    names = _names_in(config, made, tmp_path)
    assert names == {"photos/receipt.jpg", "gsctracker.env", "secrets/session_secret", "secrets/encryption_key"}


def _names_in(config, made, folder):
    folder.mkdir(exist_ok=True)
    tar = extras.brought(config, places.local(config), made, folder, keys.identities(config))
    with tarfile.open(tar) as reading:
        return set(reading.getnames())


def test_without_a_key_there_are_no_secrets_in_the_archive(troop, tmp_path, monkeypatch):
    config, db = troop
    monkeypatch.setattr(keys, "recipients", lambda config: [])
    made = making.make(config, db)
    assert made.files["name"].endswith(".tar.gz")
    assert _names_in(config, made, tmp_path) == {"photos/receipt.jpg"}


def test_an_empty_box_gets_everything_back(troop, tmp_path):
    """BAK-12: restored on a clean box with the printed key: photos, settings and secrets as they were."""
    config, db = troop
    made = making.make(config, db)
    new = restored(config, made, tmp_path / "new")
    for name in ("photos/receipt.jpg", "gsctracker.env", "secrets/session_secret", "secrets/encryption_key"):
        assert (new.data_dir / name).read_bytes() == (config.data_dir / name).read_bytes()
        assert (new.data_dir / name).stat().st_mode & 0o077 == 0


def test_what_is_there_already_is_kept(troop, tmp_path):
    """BAK-12: nothing is overwritten in silence: settings stay, with the copy's beside; a fresh box's secrets are kept aside."""
    config, db = troop
    made = making.make(config, db)
    folder = tmp_path / "new"
    (folder / "secrets").mkdir(parents=True)
    (folder / "gsctracker.env").write_text("PORT=8080\n")
    (folder / "secrets" / "session_secret").write_text("made at the start\n")
    new = restored(config, made, folder)
    assert (new.data_dir / "gsctracker.env").read_text() == "PORT=8080\n"
    assert (new.data_dir / "gsctracker.env.from-copy").read_text() == "SMTP_PASS=thin-mints\n"
    assert (folder / "secrets" / "session_secret").read_bytes() == (
        config.data_dir / "secrets" / "session_secret"
    ).read_bytes()
    assert (folder / "secrets" / "session_secret.before-restore").read_text() == "made at the start\n"


def test_a_box_with_a_troop_keeps_its_files(troop):
    """BAK-12: a restore beside the present data puts back the data alone; the files are laid out only where somebody asks."""
    config, db = troop
    made = making.make(config, db)
    (config.data_dir / "gsctracker.env").write_text("SMTP_PASS=other\n")
    with staging.stage(config, config.backups / made.file) as staged:
        assert staged.files is None
        restoring.restore(config, db, staged)
    assert (config.data_dir / "gsctracker.env").read_text() == "SMTP_PASS=other\n"


def test_the_files_of_a_copy_are_laid_out_to_be_looked_at(troop, tmp_path):
    config, db = troop
    made = making.make(config, db)
    tar = extras.brought(config, places.local(config), made, tmp_path, keys.identities(config))
    assert "gsctracker.env" in extras.lay_out(tar, tmp_path / "look")
    assert (tmp_path / "look" / "photos" / "receipt.jpg").exists()
    assert extras.look(config, places.local(config), made, tmp_path / "again") == sorted(
        _names_in(config, made, tmp_path / "x")
    )
    with pytest.raises(NotFound):
        extras.look(config, places.local(config), dataclasses.replace(made, files=None), tmp_path / "none")
    said = CliRunner().invoke(
        main, ["backups", "files", made.name, str(tmp_path / "y"), "--data-dir", str(config.data_dir)]
    )
    assert said.exit_code == 0 and "photos/receipt.jpg" in said.stdout
    with pytest.raises(Conflict, match="is not empty"):
        extras.lay_out(tar, tmp_path / "look")


@pytest.mark.parametrize("harm", ["gone", "cut", "changed"])
def test_a_database_is_restored_without_its_files_where_those_are_damaged(troop, tmp_path, harm):
    """BAK-12: the money is not held up by a photo; it is said in the log and nothing of the archive is written."""
    config, db = troop
    made = making.make(config, db)
    file = config.backups / "files" / made.files["name"]
    if harm == "gone":
        file.unlink()
    elif harm == "cut":
        os.truncate(file, file.stat().st_size - 1)
    else:
        raw = bytearray(file.read_bytes())
        raw[-5] ^= 1
        file.write_bytes(raw)
    new = restored(config, made, tmp_path / "new")
    assert new.database.exists() and not (new.data_dir / "photos").exists()


@pytest.mark.parametrize(
    "name", ["../evil", "/etc/evil", "photos/../../evil", "secrets/backup_identity", "gsctracker.db", "a//b"]
)
def test_an_archive_writes_nowhere_else(tmp_path, name):
    tar = tmp_path / "evil.tar"
    with tarfile.open(tar, "x") as writing:
        entry = tarfile.TarInfo(name)
        entry.size = 0
        writing.addfile(entry)
    with pytest.raises(Conflict, match="is not what the manifest says"):
        extras.put_back(Config(data_dir=tmp_path / "data"), tar)
    assert not (tmp_path / "evil").exists() and not (tmp_path / "data").exists()


def test_archives_that_no_copy_refers_to_go(troop):
    """BAK-12: pruned a day after they were made, never one that a copy needs, none where a manifest cannot be read."""
    config, db = troop
    made = making.make(config, db)
    orphan = config.backups / "files" / "gsctracker-files-0123456789abcdef.tar.gz.age"
    orphan.write_bytes(b"x")
    place = places.local(config)
    assert extras.prune(place) == []  # a copy may just be being made for it
    long_ago = time.time() - 2 * 86400
    for name in archives(config):
        os.utime(config.backups / "files" / name, (long_ago, long_ago))
    broken = config.backups / "gsctracker-20200101T000000Z-00000099.json"
    broken.write_text("{")
    assert extras.prune(place) == []
    broken.unlink()
    retention.prune(config, db)
    assert archives(config) == [made.files["name"]]


class Watched(places.Folder):
    """Knows how often it was looked through: each look reads and proves every manifest."""

    looks = 0

    def looked_through(self):
        self.looks += 1
        return super().looked_through()


def test_copies_are_looked_through_once_for_what_counts_and_what_does_not(troop):
    """A season's copies are hundreds, and a small box needs milliseconds for each."""
    config, db = troop
    making.make(config, db)
    place = Watched(config.backups)
    extras.prune(place)
    assert place.looks == 1
    verifying.verify(config, [place])
    assert place.looks == 2


def test_they_leave_the_box_with_the_copy_and_come_back(troop, store, tmp_path):
    """BAK-12: in the bucket sealed, once, and from there into an empty box."""
    config, db = troop
    config = dataclasses.replace(
        config,
        s3_backup_bucket=store.address.bucket,
        s3_endpoint_url=store.address.endpoint,
        aws_access_key_id=KEYS["key_id"],
        aws_secret_access_key=KEYS["secret"],
    )
    making.make(config, db)
    add_scouts(db, 1)
    made = making.make(config, db)
    assert uploading.catch_up(config, db) == 2
    there = bucket.remote(config)
    assert there.names_in("files") == [made.files["name"]]
    new = dataclasses.replace(config, data_dir=tmp_path / "new")
    there = bucket.remote(new, identities=[identity(config)])
    with staging.stage(new, staging.Found(there, there.listed()[-1]), [identity(config)]) as staged:
        restoring.restore(new, None, staged)
    assert (new.data_dir / "photos" / "receipt.jpg").read_bytes() == b"\xff\xd8 a receipt"
    assert extras.prune(there) == []


def taken_away(config, made, folder):
    folder.mkdir()
    return handing_out.pack(config, staging.Found(places.local(config), made), folder)


def test_they_are_in_what_a_person_takes_away_and_come_back_from_it(troop, tmp_path):
    """BAK-12, BAK-13: one .tar holds the copy, its manifest and the files; the command brings all of it back on a new box."""
    config, db = troop
    packed = taken_away(config, making.make(config, db), tmp_path / "out")
    assert list(packed.parent.iterdir()) == [packed]
    key_file = tmp_path / "key.txt"
    key_file.write_text(identity(config))
    new = tmp_path / "new"
    asked = ["restore", str(packed), "--data-dir", str(new), "--key-file", str(key_file), "--yes"]
    answer = CliRunner().invoke(main, asked)
    assert answer.exit_code == 0, answer.output
    for name in ("photos/receipt.jpg", "gsctracker.env", "secrets/session_secret"):
        assert (new / name).read_bytes() == (config.data_dir / name).read_bytes()


def test_what_was_plain_is_sealed_before_it_is_taken_away(troop, tmp_path, monkeypatch):
    """BAK-10: photos of a time when the box had no key are not carried about for everybody to see."""
    config, db = troop
    with monkeypatch.context() as without_key:
        without_key.setattr(keys, "recipients", lambda config: [])
        made = making.make(config, db)
    packed = taken_away(config, made, tmp_path / "out")
    with tarfile.open(packed) as tar:
        names = tar.getnames()
        tar.extractall(tmp_path / "files", filter="data")
    assert [name for name in names if not name.endswith((".age", ".json"))] == []
    copy = next(iter((tmp_path / "files").glob("*.db.gz.age")))
    new = Config(data_dir=tmp_path / "new")
    with staging.stage(new, copy, [identity(config)]) as staged:
        restoring.restore(new, None, staged)
    assert (new.data_dir / "photos" / "receipt.jpg").read_bytes() == b"\xff\xd8 a receipt"


def test_a_copy_whose_files_are_gone_is_taken_away_alone(troop, tmp_path):
    config, db = troop
    made = making.make(config, db)
    (config.backups / "files" / made.files["name"]).unlink()
    with tarfile.open(taken_away(config, made, tmp_path / "out")) as tar:
        assert len(tar.getnames()) == 2
