"""The box burned down: what is left is the bucket and the printed key."""

import shutil
import subprocess
import sys

import pytest

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.errors import Refusal
from gsctracker.integrations import age
from gsctracker.integrations.s3 import Store
from gsctracker.ops.copies import bucket, finding, keys, staging, uploading
from tests.buckets import KEYS
from tests.ops.copies.troops import copied, make_box, scouts_in
from tests.running import clean_environment, started


@pytest.fixture
def away(tmp_path, store: Store):
    """The settings of a box that is gone, as the environment has them; and its key."""
    settings = {
        "S3_BACKUP_BUCKET": store.address.bucket,
        "S3_ENDPOINT_URL": store.address.endpoint,
        "AWS_ACCESS_KEY_ID": KEYS["key_id"],
        "AWS_SECRET_ACCESS_KEY": KEYS["secret"],
    }
    plain, db = make_box(tmp_path / "burned")
    config = Config(data_dir=plain.data_dir, **{name.lower(): value for name, value in settings.items()})
    copied(config, db)
    uploading.catch_up(config, db)
    db.close()
    (key,) = keys.identities(config)
    shutil.rmtree(config.data_dir)
    return settings, key


def from_settings(folder, settings):
    """The settings of a new box in that folder."""
    return Config(data_dir=folder, **{name.lower(): value for name, value in settings.items()})


def test_a_new_box_fetches_the_troop_with_the_printed_key(away, tmp_path):
    """BAK-25: serve --restore-if-empty: bucket and key are all there is, and the troop is as it was."""
    settings, key = away
    new = tmp_path / "new"
    (new / "secrets").mkdir(parents=True, mode=0o700)
    (new / "secrets" / keys.IDENTITY).write_text(f"{key}\n")
    with started(new, "--restore-if-empty", **settings) as server:
        assert "Set up your troop" not in server.said()
        assert server.get("/sign-in")[0] == 200
        assert server.stop() == 0
    db = Database(new / "gsctracker.db")
    assert scouts_in(db) == 3
    db.close()


def test_without_the_key_it_says_what_is_missing_and_makes_no_empty_box(away, tmp_path):
    """Fault 31: a box that began anew by mistake would look as if all were lost."""
    settings, _ = away
    ended = subprocess.run(
        [
            sys.executable,
            "-m",
            "gsctracker",
            "serve",
            "--restore-if-empty",
            "--data-dir",
            str(tmp_path / "new"),
            "--port",
            "1",
        ],
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 1
    assert "sealed for another key" in ended.stderr and "Traceback" not in ended.stderr
    assert not (tmp_path / "new" / "gsctracker.db").exists()


def test_the_command_takes_the_key_from_the_recovery_sheet(away, tmp_path):
    """BAK-13: restore latest from S3 into an empty folder, the key in a file with other words around it."""
    settings, key = away
    sheet = tmp_path / "sheet.txt"
    sheet.write_text(f"Recovery sheet of Troop 1234\nKey: {key.lower()}\n".replace(key.lower(), key))
    command = [sys.executable, "-m", "gsctracker", "restore", "--yes", "--data-dir", str(tmp_path / "new")]
    ended = subprocess.run(
        [*command, "--key-file", str(sheet)],
        env=clean_environment(**settings),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stderr
    db = Database(tmp_path / "new" / "gsctracker.db")
    assert scouts_in(db) == 3
    db.close()


def test_a_copy_by_its_address(away, tmp_path, store):
    """BAK-13: s3://bucket/prefix means the newest there, with a name behind it that one."""
    settings, key = away
    config = from_settings(tmp_path / "new", settings)
    newest = finding.find(config)
    address = f"s3://{store.address.bucket}/{config.s3_backup_prefix}"
    for asked in (address, f"{address}/{newest.manifest.name}", f"{address}/{newest.manifest.file}"):
        found = finding.find(config, asked)
        assert found.manifest.name == newest.manifest.name
        with staging.stage(config, found, identities=[key]) as staged:
            assert staged.manifest.is_sealed
    with pytest.raises(Refusal):
        finding.find(config, f"{address}/gsctracker-20260214T020000Z-99999999")
    with pytest.raises(Refusal, match="sealed for another key"), staging.stage(config, newest, [age.new_identity()]):
        pass
    assert isinstance(newest.place, bucket.Bucket)
