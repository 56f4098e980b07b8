"""gsctracker backup with a bucket: a real store over HTTP, and one that refuses."""

import json
from dataclasses import dataclass

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.integrations.s3 import Store
from gsctracker.ops.copies import bucket
from tests import factories
from tests.buckets import KEYS, QUICK, Front, on, refuse


@dataclass
class Box:
    """A data folder, and the command beside it with the settings of the bucket."""

    config: Config

    def run(self, *arguments: str):
        """What the command answers."""
        settings = {
            "S3_BACKUP_BUCKET": self.config.s3_backup_bucket,
            "S3_ENDPOINT_URL": self.config.s3_endpoint_url,
            "AWS_ACCESS_KEY_ID": KEYS["key_id"],
            "AWS_SECRET_ACCESS_KEY": KEYS["secret"],
        }
        return CliRunner().invoke(main, [*arguments, "--data-dir", str(self.config.data_dir)], env=settings)

    def away(self, address: str = "") -> list[str]:
        """Names of the copies in the bucket."""
        place = bucket.at(self.config, address, QUICK) if address else bucket.remote(self.config, QUICK)
        assert place
        return [each.name for each in place.listed()]


@pytest.fixture
def box(tmp_path, store: Store) -> Box:
    db = Database(tmp_path / "gsctracker.db")
    with db.write() as tx:
        factories.set_up(tx)
    db.close()
    return Box(
        Config(
            data_dir=tmp_path,
            s3_backup_bucket=store.address.bucket,
            s3_endpoint_url=store.address.endpoint,
            aws_access_key_id=KEYS["key_id"],
            aws_secret_access_key=KEYS["secret"],
        )
    )


def test_a_copy_is_made_and_brought_to_the_bucket(box: Box):
    """BAK-03, BAK-08: exit 0 means that it is there too."""
    done = box.run("backup", "--json")
    assert (done.exit_code, done.stderr) == (0, "")
    made = json.loads(done.stdout)
    assert made["notUploaded"] is None
    assert box.away() == [made["name"]]
    listed = json.loads(box.run("backups", "list", "--json").stdout)["items"]
    assert [(each["name"], each["sealed"]) for each in listed] == [(made["name"], False), (made["name"], True)]


def test_a_store_that_refuses_is_exit_4_and_the_next_copy_brings_both(box: Box, front: Front):
    """BAK-08: the copy is kept here, the reason is one line, and nothing is lost by it."""
    front.lies.append(on("PUT", "", refuse("AccessDenied", 403)))
    done = box.run("backup", "--json")
    assert done.exit_code == 4
    assert done.stderr.count("\n") == 1 and "not allowed" in done.stderr
    assert KEYS["secret"] not in done.output
    first = json.loads(done.stdout)
    assert "not allowed" in first["notUploaded"]
    front.lies.clear()
    second = json.loads(box.run("backup", "--json").stdout)  # a person does not wait for the next try to be due
    assert box.away() == [first["name"], second["name"]]


def test_a_copy_can_stay_here_or_go_elsewhere(box: Box):
    made = json.loads(box.run("backup", "--no-upload", "--json").stdout)
    assert box.away() == []
    elsewhere = f"s3://{box.config.s3_backup_bucket}/by-hand"
    done = box.run("backup", "--to", elsewhere, "--json")
    assert done.exit_code == 0, done.stderr
    assert box.away(elsewhere) == [json.loads(done.stdout)["name"]]
    assert made["name"] not in box.away(elsewhere)
