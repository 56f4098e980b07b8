"""restore.sh on copies that the box itself has made: its manifests are those that the script reads."""

import subprocess
import tarfile

import pytest

from gsctracker import config as settings
from gsctracker.db import Database
from gsctracker.ops import demo
from gsctracker.ops.copies import handing_out, keys, making, places
from gsctracker.ops.copies.staging import Found
from tests.script_calls import AFTER, BEFORE, name_troop, restore, troop_in


@pytest.fixture(params=["plain", "sealed"])
def made(request, home, key):
    """A copy by the box, plain or sealed for a recipient; the troop has gone on since. Gives its file and the key's."""
    file, recipient = key
    given = {"BACKUP_RECIPIENT": recipient} if request.param == "sealed" else {}
    config = settings.load(given, home)
    keys.ready(config)
    db = Database(config.database)
    manifest = making.make(config, db, "manual", label='a "label", with commas and "size": 5')
    db.close()
    name_troop(home / "gsctracker.db", AFTER)
    return config.backups / manifest.file, file


def test_the_boxs_own_copy_is_put_back(made, home):
    """BAK-13: BAK-10: also where only a key kept elsewhere opens it."""
    copy, file = made
    (home / "secrets" / "backup_identity").unlink()
    status, said = restore("-i", file, copy, home)
    assert status == 0, said
    assert "It was made at 20" in said
    assert troop_in(home / "gsctracker.db") == BEFORE


def test_the_tar_that_a_person_took_away_is_put_back(made, home, tmp_path):
    """BAK-13: as the page of copies hands it out; a path in it leads nowhere, and nothing of it stays."""
    _, file = made
    config = settings.load({}, home)
    copy = places.local(config).listed()[-1]
    (tmp_path / "out").mkdir()
    packed = handing_out.pack(config, Found(places.local(config), copy), tmp_path / "out")
    with tarfile.open(packed, "a") as tar:
        tar.addfile(tarfile.TarInfo("../evil.json"))
    identity = home / "secrets" / "backup_identity"
    key_file = file if copy.is_sealed else identity
    status, said = restore("-i", key_file, packed, home)
    assert status == 0, said
    assert troop_in(home / "gsctracker.db") == BEFORE
    assert not list(home.glob("restore-*")) and not (home.parent / "evil.json").exists()
    packed.write_bytes(packed.read_bytes()[:5000])
    status, said = restore("-i", key_file, packed, home)
    assert status == 1 and "Nothing was changed" in said
    assert not list(home.glob("restore-*"))


def test_the_boxs_own_copy_is_refused_when_a_bit_of_it_flipped(made, home):
    """Fault 22."""
    copy, file = made
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 4
    copy.write_bytes(content)
    status, said = restore("-i", file, copy, home)
    assert status == 1
    assert "is damaged" in said
    assert troop_in(home / "gsctracker.db") == AFTER


def test_what_the_script_put_back_the_program_opens_and_copies_again(made, home):
    copy, file = made
    restore("-i", file, copy, home)
    config = settings.load({}, home)
    db = Database(config.database)
    again = making.make(config, db, "manual")
    db.close()
    subprocess.run(["gzip", "-t", config.backups / again.file], check=True)
    assert again.sequence > 1


def test_a_season_with_everything_in_it_is_sound_to_an_older_sqlite_too(tmp_path):
    """BAK-13: Debian's sqlite3 reads some rules otherwise than ours: json_valid of nothing is false to it."""
    folder = tmp_path / "season"
    folder.mkdir()
    config = settings.load({}, folder)
    db = Database(config.database)
    demo.fill(db, scouts=4, sales=40, booths=2)
    with db.read() as tx:
        assert tx.execute("SELECT count(*) FROM import_rows WHERE before IS NULL").get > 0
    made = making.make(config, db, "manual")
    db.close()
    status, said = restore(config.backups / made.file, tmp_path / "elsewhere")
    assert status == 0, said
