"""Copies leave the box by themselves, the newest first, until all are away; and only then do old ones go."""

import os
import signal
import subprocess
import sys
from dataclasses import replace

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database, lock
from gsctracker.db.rows import many, run
from gsctracker.errors import Conflict
from gsctracker.integrations import age
from gsctracker.ops import readiness
from gsctracker.ops.copies import bucket, keys, making, places, protection, uploading
from tests import factories
from tests.buckets import KEYS, QUICK, Front, hand_out_another_byte, on, refuse, swallow, swap_a_byte
from tests.ops.copies.shipping import Time, bring, make


@pytest.fixture
def box(shipping_box: Database) -> Database:
    return shipping_box


@pytest.fixture
def config(shipping: Config) -> Config:
    return shipping


def runs(box: Database):
    with box.read() as tx:
        return many(tx, "SELECT seq, uploaded_at, upload_said, upload_tries FROM copy_runs ORDER BY seq")


def unprotected(config: Config, box: Database) -> int:
    with box.read() as tx:
        return protection.unprotected_seconds(tx, config)


def test_a_copy_leaves_the_box_sealed_and_opens_to_what_it_was(config, box, there, tmp_path):
    """BAK-03, BAK-10: what is plain here is sealed on the way, and nothing of it is left lying about."""
    made = make(config, box)
    assert not made.is_sealed
    assert bring(config, box) == 1
    [away] = there.listed()
    assert (away.name, away.content, away.proven, away.is_sealed) == (made.name, made.content, True, True)
    there.fetch(away, tmp_path / "sealed")
    age.unseal(tmp_path / "sealed", tmp_path / "opened", keys.identities(config), 10_000_000)
    assert (tmp_path / "opened").read_bytes() == (config.backups / made.file).read_bytes()
    assert all(file.name.startswith("last-copy.db") for file in (tmp_path / "tmp").iterdir())
    assert [(row.uploaded_at, row.upload_said) for row in runs(box)] == [(clock.now(), "")]
    assert bring(config, box) == 0


def test_a_copy_that_is_sealed_here_goes_as_it_is(config, box, there):
    identity = age.new_identity()
    config = replace(config, backup_recipient=age.recipient_of(identity))
    made = make(config, box)
    assert bring(config, box) == 1
    assert [each.sha256 for each in there.listed()] == [made.sha256]


def test_without_a_bucket_nothing_is_asked(config, box, front: Front):
    config = replace(config, s3_backup_bucket=None)
    make(config, box)
    assert bring(config, box) == 0
    assert front.asked == []


def test_when_all_is_away_the_store_is_not_even_asked(config, box, there, front: Front):
    make(config, box)
    bring(config, box)
    front.asked.clear()
    assert bring(config, box) == 0
    assert front.asked == []


def test_without_any_key_nothing_leaves_the_box(config, box, there, front: Front, tmp_path):
    """BAK-10: rather no copy in the bucket than one that anybody can read."""
    make(config, box)
    for file in (tmp_path / "secrets").glob("backup_*"):
        file.unlink()
    with pytest.raises(Conflict, match="BACKUP_RECIPIENT") as no:
        bring(config, box)
    assert no.value.code == "no_key"
    assert front.count("PUT", ".age") == 0
    assert "BACKUP_RECIPIENT" in runs(box)[0].upload_said


def test_the_newest_goes_first_and_the_others_follow(config, box, there, front: Front, time: Time):
    """Fault 42: the internet was away for days; what matters most is away first."""
    front.lies.append(on("GET|PUT|HEAD", "", refuse("InternalError", 500)))
    for _ in range(4):
        make(config, box)
        with pytest.raises(Conflict):
            bring(config, box, at_once=True)
        time.on(hours=2)
    front.lies.clear()
    front.asked.clear()
    assert bring(config, box) == 4
    put = [each[-13:-5] for each in front.asked if each.startswith("PUT") and "Z-" in each and each.endswith(".json")]
    assert put == ["00000004", "00000003", "00000002", "00000001"]
    assert [each.sequence for each in there.listed()] == [1, 2, 3, 4]


def test_a_long_backlog_is_thinned_as_the_bucket_would_be(config, box, there, time: Time):
    """Fault 42: after days without internet, of the older copies one an hour is brought."""
    for _ in range(10):
        make(config, box)
        time.on(minutes=10)
    time.on(hours=30)
    newest = [make(config, box).sequence for _ in range(7)]
    assert bring(config, box) < 17
    away = [each.sequence for each in there.listed()]
    assert away == [6, 10, *newest]  # the last of each of two hours


def test_a_failure_is_written_down_and_tried_again_ever_more_slowly(config, box, there, front: Front, time: Time):
    """Fault 39: the key was rotated: told within one interval, copies here go on, and later all of them follow."""
    front.lies.append(on("GET|PUT|HEAD", "", refuse("InvalidAccessKeyId", 403)))
    for number, minutes in enumerate([1, 5, 15, 60, 60], start=1):
        make(config, box)
        with pytest.raises(Conflict, match="AWS_ACCESS_KEY_ID"):
            bring(config, box)
        assert runs(box)[-1].upload_tries == number
        assert "does not know the key" in runs(box)[-1].upload_said
        time.on(minutes=minutes, seconds=-1)
        before = len(front.asked)
        assert bring(config, box) == 0
        assert len(front.asked) == before
        time.on(seconds=1)
    front.lies.clear()
    assert bring(config, box) == 5
    assert {(row.upload_said, row.upload_tries) for row in runs(box)} == {("", 0)}
    assert len(there.listed()) == 5


def test_the_wait_survives_a_restart_and_a_person_need_not_wait(config, box, there, front: Front, tmp_path):
    """B20: what waits, and for how long, stands in the file and the folder, not in memory."""
    make(config, box)
    front.lies.append(on("GET|PUT|HEAD", "", refuse("SlowDown", 503), times=1))
    with pytest.raises(Conflict, match="too busy"):
        bring(config, box)
    again = Database(tmp_path / "gsctracker.db")
    assert bring(config, again) == 0
    assert bring(config, again, at_once=True) == 1
    again.close()


def test_a_wait_written_by_a_wrong_clock_holds_nobody_up(config, box, there, front: Front, time: Time):
    """Fault 44: the failure seems to lie in the future."""
    time.on(days=3650)
    front.lies.append(on("GET|PUT|HEAD", "", refuse("SlowDown", 503), times=1))
    make(config, box)
    with pytest.raises(Conflict):
        bring(config, box)
    time.on(days=-3650)
    make(config, box)
    assert bring(config, box) == 2


@pytest.mark.parametrize(
    "lie", [on("PUT", ".age", swallow), on("PUT", ".age", swap_a_byte), on("GET", ".age", hand_out_another_byte)]
)
def test_a_store_that_lies_protects_nothing(config, box, there, front: Front, lie):
    """Fault 37: it said 200; the row says why the copy is not away, and the gauge goes on counting."""
    make(config, box)
    front.lies.append(lie)
    with pytest.raises(Conflict):
        bring(config, box)
    assert runs(box)[0].uploaded_at is None
    assert runs(box)[0].upload_said
    front.lies.clear()
    assert there.listed() == []
    assert bring(config, box, at_once=True) == 1


def test_a_copy_that_was_damaged_here_is_not_brought_and_hinders_no_other(config, box, there):
    """Fault 22: a worn card hands out other bytes than were written."""
    first, second = make(config, box), make(config, box)
    file = config.backups / second.file
    file.write_bytes(file.read_bytes()[:-1] + b"?")
    with pytest.raises(Conflict, match="was damaged since it was made"):
        bring(config, box)
    assert [each.name for each in there.listed()] == [first.name]
    assert "damaged" in runs(box)[1].upload_said
    third = make(config, box)
    assert bring(config, box) == 1  # told once; what comes after it does not wait
    assert [each.name for each in there.listed()] == [first.name, third.name]
    with pytest.raises(Conflict, match="was damaged"):
        bring(config, box, at_once=True)


def test_what_is_away_already_is_not_brought_twice(config, box, there, front: Front):
    """Fault 3, 36: killed after the manifest and before it was written down: found, compared, and no second time stored."""
    make(config, box)
    bring(config, box)
    with box.write() as tx:
        run(tx, "UPDATE copy_runs SET uploaded_at = NULL, upload_tried_at = NULL")
    front.asked.clear()
    assert bring(config, box) == 1
    assert front.count("PUT") == 0
    with box.write() as tx:
        run(tx, "UPDATE copy_runs SET uploaded_at = NULL, upload_tried_at = NULL")
    front.lies.append(on("GET", ".age", hand_out_another_byte, times=1))  # it went bad there
    assert bring(config, box) == 1
    assert front.count("PUT", ".age") == 1


def test_a_copy_no_row_tells_of_is_brought_too(config, box, there):
    """After a restore the copies in the folder are older than the file that should know them."""
    make(config, box)
    with box.write() as tx:
        run(tx, "DELETE FROM copy_runs")
    assert bring(config, box) == 1
    assert [row.seq for row in runs(box)] == [1]


def test_one_brings_at_a_time(config, box, there, tmp_path):
    make(config, box)
    with lock.hold(tmp_path, uploading.LOCK, uploading.UNDER_WAY, "upload_under_way"):
        assert bring(config, box) == 0
    assert bring(config, box) == 1


def test_a_killed_upload_is_done_again(config, box, there, front: Front, tmp_path):
    """Fault 3: kill -9 after the object and before its manifest: nothing listed, nothing left here, and then all is well."""
    made = make(config, box)
    there.claim(made.instance)
    code = (
        "import sys, pathlib\nfrom gsctracker.config import load\nfrom gsctracker.db import Database\n"
        "from gsctracker.ops.copies import uploading\nimport os\n"
        "config = load(os.environ)\nuploading.catch_up(config, Database(config.database))\n"
    )
    front.lies[:] = [on("PUT", f"{made.name}.json", lambda call: os.kill(child.pid, signal.SIGKILL), times=1)]
    child = subprocess.Popen(
        [sys.executable, "-c", code],
        env=os.environ
        | {
            "DATA_DIR": str(tmp_path),
            "S3_BACKUP_BUCKET": str(config.s3_backup_bucket),
            "S3_ENDPOINT_URL": str(config.s3_endpoint_url),
            "AWS_ACCESS_KEY_ID": KEYS["key_id"],
            "AWS_SECRET_ACCESS_KEY": KEYS["secret"],
        },
    )
    assert child.wait(timeout=60) == -signal.SIGKILL
    assert there.listed() == []
    assert [name for name, _ in there.broken()] == [made.name]
    assert bring(config, box) == 1
    assert [each.name for each in there.listed()] == [made.name]
    assert all(file.name.startswith("last-copy.db") for file in (tmp_path / "tmp").iterdir())


def test_the_gauge_counts_from_the_oldest_entry_that_is_only_here(config, box, there, time: Time):
    assert unprotected(config, box) == 0
    time.on(minutes=7)
    assert unprotected(config, box) == 420  # the set-up itself
    making.make(config, box)
    assert unprotected(config, box) == 420  # a copy on the same card protects from nothing
    bring(config, box)
    assert unprotected(config, box) == 0
    time.on(hours=2)
    assert unprotected(config, box) == 0
    with box.write() as tx:
        factories.make_scout(tx)
    time.on(minutes=3)
    make(config, box)
    time.on(minutes=1)
    assert unprotected(config, box) == 240
    bring(config, box)
    assert unprotected(config, box) == 0


def test_the_gauge_goes_by_the_time_where_the_manifest_is_gone(config, box, there, time: Time):
    made = make(config, box)
    bring(config, box)
    places.local(config).remove(made)
    time.on(minutes=5)
    with box.write() as tx:
        factories.make_scout(tx)
    time.on(minutes=2)
    assert unprotected(config, box) == 420  # an entry of the copy's own second is not known to be in it
    time.on(minutes=-2)


def test_after_a_restore_the_gauge_does_not_trust_numbers_given_before(config, box, there, time: Time):
    for _ in range(3):
        make(config, box)
    bring(config, box)
    time.on(minutes=10)
    with box.write() as tx:
        run(tx, "DROP TRIGGER audit_log_lasts")
        run(tx, "DELETE FROM audit_log")
        run(
            tx,
            "INSERT INTO restore_runs (started_at, ended_at, source, result) VALUES (:now, :now, 'x', 'done')",
            now=clock.now(),
        )
        factories.make_scout(tx)  # its number was given before
    time.on(minutes=4)
    assert unprotected(config, box) == 240


def test_a_copy_can_be_brought_to_another_bucket_by_hand(config, box, there, front: Front):
    made = make(config, box)
    elsewhere = f"s3://{config.s3_backup_bucket}/by-hand"
    uploading.ship(config, made, elsewhere, QUICK)
    assert [each.name for each in bucket.at(config, elsewhere, QUICK).listed()] == [made.name]
    assert there.listed() == []


def test_the_list_before_the_season_asks_the_bucket(config, box, front):
    """DEP-35: `doctor --production` says how many copies lie there, or what the store says."""
    make(config, box)
    assert bring(config, box) == 1

    def told():
        return next(each for each in readiness.database(config) if each.name == "bucket")

    assert told().status == "ok" and told().message.endswith("answers; copies there: 1")
    front.lies.append(on("GET", "", refuse("InvalidAccessKeyId", 403)))
    assert told().status == "fail" and told().fix
