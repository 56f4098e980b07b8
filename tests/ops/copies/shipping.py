"""A box with a bucket and a clock that stands where it is set."""

from datetime import datetime, timedelta

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database, contents
from gsctracker.integrations.s3 import Store
from gsctracker.ops.copies import bucket, finding, keys, making, staging, uploading
from gsctracker.ops.copies.bucket import Bucket
from tests import factories
from tests.buckets import KEYS, QUICK


class Time:
    """A clock that stands where it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 2, 14, 12, 0, tzinfo=clock.moment().tzinfo)

    def on(self, **distance: float) -> None:
        """Let time pass."""
        self.now += timedelta(**distance)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    standing = Time()
    monkeypatch.setattr(clock, "moment", lambda: standing.now)
    return standing


@pytest.fixture
def shipping_box(time: Time, db: Database) -> Database:
    with db.write() as tx:
        factories.set_up(tx)
    return db


@pytest.fixture
def shipping(tmp_path, store: Store) -> Config:
    return Config(
        data_dir=tmp_path,
        s3_backup_bucket=store.address.bucket,
        s3_endpoint_url=store.address.endpoint,
        aws_access_key_id=KEYS["key_id"],
        aws_secret_access_key=KEYS["secret"],
    )


@pytest.fixture
def there(shipping: Config) -> Bucket:
    keys.ready(shipping)
    found = bucket.remote(shipping, QUICK)
    assert found
    return found


def make(config: Config, box: Database, kind: str = "auto"):
    """A girl joins, and there is another copy."""
    with box.write() as tx:
        factories.make_scout(tx)
    made = making.make(config, box, kind=kind)
    assert made
    return made


def bring(config: Config, box: Database, **how) -> int:
    return uploading.catch_up(config, box, patience=QUICK, **how)


def content(db: Database) -> str:
    """The digest of all that the troop wrote."""
    with db.read() as tx:
        return contents.content(contents.summary(tx))


def staged_at(config: Config, text: str) -> str:
    """The content of the state of that minute, as a restore would put it back."""
    with staging.stage(config, finding.find(config, at=text)) as staged:
        return staged.content
