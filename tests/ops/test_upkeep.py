"""DB-25: every class of what is kept goes after its period, and no sooner; the file stays small, quick and sound."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import apsw
import pytest

from gsctracker import clock
from gsctracker import config as settings
from gsctracker.db.rows import many, value
from gsctracker.domain import once
from gsctracker.domain.people import sessions
from gsctracker.domain.people.roles import Person
from gsctracker.domain.rewards import levels, points
from gsctracker.errors import Conflict
from gsctracker.ops import file_upkeep, rewarding, runs, upkeep
from gsctracker.ops.timetable import timetable
from tests.domain.rewards.girls import credited, with_ladder
from tests.factories import make_scout


@pytest.fixture
def config(box):
    """Settings of the box in the test's folder."""
    return settings.load({}, box.path.parent)


def years_from_now(monkeypatch, days):
    """The clock goes on by so many days."""
    real = clock.moment
    monkeypatch.setattr(clock, "moment", lambda: real() + timedelta(days=days))


def test_expired_sessions_are_removed_and_living_ones_stay(box, config):
    """DB-07, JOB-18."""
    with box.write() as tx:
        living, over = sessions.start(tx, 1), sessions.start(tx, 1)
        tx.execute(
            "UPDATE sessions SET expires_at = ? WHERE token_hash = (SELECT min(token_hash) FROM sessions)",
            (clock.after(seconds=-1),),
        )
    assert upkeep.forget_sessions(config, box) == "1 expired sessions removed"
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM sessions") == 1
        assert [bool(sessions.resume(tx, token)) for token in (living, over)].count(True) == 1
    assert upkeep.forget_sessions(config, box) is None


def test_a_kept_answer_lasts_longer_than_a_season(box, config, monkeypatch):
    """DB-07: a phone that lay in a drawer still gets its answer."""
    with box.write() as tx:
        once.keep(tx, "key", 1, "a" * 64, 201, b"{}")
    years_from_now(monkeypatch, 399)
    assert upkeep.forget_answers(config, box) is None
    years_from_now(monkeypatch, 2)
    assert upkeep.forget_answers(config, box) == "1 kept answers removed"


def _noted(tx, action, days_ago):
    at = clock.instant(datetime.now(UTC) - timedelta(days=days_ago))
    tx.execute("INSERT INTO audit_log (at, action, subject) VALUES (?, ?, 'any')", (at, action))


def test_old_lines_of_the_audit_log_go_but_those_of_consent_and_deletion(box, config):
    """DB-06: and that they went is a line of its own."""
    with box.write() as tx:
        for action in ("sale.taken", "consent.given", "consent.withdrawn", "scout.deleted", "photo.erased"):
            _noted(tx, action, 800)
        _noted(tx, "sale.cancelled", 700)
    assert upkeep.forget_audit(config, box) == "1 lines of the audit log removed"
    with box.read() as tx:
        actions = [row.action for row in many(tx, "SELECT action FROM audit_log WHERE subject = 'any' ORDER BY id")]
        assert actions == ["consent.given", "consent.withdrawn", "scout.deleted", "photo.erased", "sale.cancelled"]
        assert value(tx, "SELECT detail FROM audit_log WHERE action = 'audit.purged'") == '{"lines":1,"years":2}'
    assert upkeep.forget_audit(config, box) is None


def test_old_runs_of_jobs_go_but_the_newest_of_each(box, config):
    """JOB-09."""
    with box.write() as tx:
        for job in ("copy", "copy", "check"):
            runs.record(tx, job, clock.after(days=-100), "done", "", "")
    assert upkeep.forget_runs(config, box) == "1 runs of jobs removed"
    with box.read() as tx:
        assert sorted(row.job for row in many(tx, "SELECT job FROM job_runs")) == ["check", "copy"]


def test_imports_that_were_never_applied_go_after_a_month(box, config, monkeypatch):
    """JOB-18."""
    with box.write() as tx:
        tx.execute(
            """INSERT INTO import_batches (season_id, source, kind, row_type, file_name, sha256, staged_at)
               VALUES (1, 'csv', 'sales', 'order', 'a.csv', ?, ?)""",
            ("a" * 64, clock.now()),
        )
    years_from_now(monkeypatch, 29)
    assert upkeep.discard_unfinished_imports(config, box) is None
    years_from_now(monkeypatch, 2)
    assert upkeep.discard_unfinished_imports(config, box) == "1 imports that were never applied removed"


def test_scratch_files_go_after_a_day_but_the_last_copy(box, config):
    folder = config.data_dir / "tmp"
    folder.mkdir()
    for name, hours in (("old.gz", 30), ("young.gz", 2), ("last-copy.db", 300)):
        (folder / name).write_bytes(b"x")
        then = datetime.now(UTC).timestamp() - hours * 3600
        os.utime(folder / name, (then, then))
    for name, hours in (("drill-dead", 30), ("staged-dead", 30), ("drill-now", 1)):
        (folder / name / "box").mkdir(parents=True)
        then = datetime.now(UTC).timestamp() - hours * 3600
        os.utime(folder / name, (then, then))
    assert upkeep.clear_scratch(config, box) == "3 scratch files removed"
    assert sorted(file.name for file in folder.iterdir()) == ["drill-now", "last-copy.db", "young.gz"]


def _filled_then_emptied(box, share):
    """Make the file grow by rows of which that share is deleted again."""
    with box.write() as tx:
        tx.execute("CREATE TABLE ballast (id INTEGER PRIMARY KEY, text TEXT)")
        tx.execute(
            """WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)
               INSERT INTO ballast SELECT i, hex(randomblob(500)) FROM n"""
        )
    with box.write() as tx:
        tx.execute("DELETE FROM ballast WHERE id <= ?", (int(3000 * share),))


def test_a_file_with_little_room_in_it_is_left_alone(box, config):
    """DB-05: with five per cent of free pages."""
    _filled_then_emptied(box, 0.05)
    assert file_upkeep.shrink(config, box) is None


def test_a_file_with_much_room_in_it_becomes_smaller(box, config):
    """DB-05: with thirty per cent of free pages, while the box goes on."""
    _filled_then_emptied(box, 0.5)
    with box.read() as tx:
        before = value(tx, "PRAGMA page_count")
    assert file_upkeep.shrink(config, box).startswith("the file shrank from")
    with box.read() as tx:
        assert value(tx, "PRAGMA page_count") < before * 0.7
        assert value(tx, "SELECT count(*) FROM ballast") == 1500
    with box.write() as tx:
        tx.execute("DELETE FROM ballast")


def test_a_full_disk_is_not_filled_by_making_room(box, config):
    """DB-05: the disk must have the room twice."""
    _filled_then_emptied(box, 0.5)
    assert "not done: it takes" in file_upkeep.shrink(config, box, free_bytes=1_000_000)


def test_the_log_is_folded_in_once_it_is_worth_it(box, config):
    log = box.path.with_name("gsctracker.db-wal")
    _filled_then_emptied(box, 0.1)
    assert log.stat().st_size > 1_000_000
    assert "folded in" in file_upkeep.fold_in(config, box)
    assert log.stat().st_size == 0
    assert file_upkeep.fold_in(config, box) is None


def test_a_long_reader_is_not_waited_for_in_vain(box, config, monkeypatch):
    """Fault 50: the log is folded in at another turn."""
    monkeypatch.setattr("gsctracker.db.connections.BUSY_MILLISECONDS", 50)
    with box.read() as tx:
        value(tx, "SELECT count(*) FROM accounts")
        _filled_then_emptied(box, 0.1)
        assert "long reader" in file_upkeep.fold_in(config, box)


def test_a_sound_file_is_said_to_be_sound(box, config):
    """DB-23."""
    assert file_upkeep.check(config, box) == "every page, index and reference is sound"


def test_a_damaged_file_is_met_by_the_weekly_check(box, config):
    """DB-23: an index that lost its table's rows."""
    with box.write() as tx:
        tx.execute("PRAGMA writable_schema = ON")
        tx.execute(
            "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'orders_by_scout') "
            "WHERE name = (SELECT name FROM sqlite_schema WHERE type = 'index' AND tbl_name = 'accounts' LIMIT 1)"
        )
    with pytest.raises(Conflict, match="The database is damaged"):
        file_upkeep.check(config, box)


def test_rows_that_belong_to_nothing_are_met_by_the_weekly_check(box, config):
    """DB-23."""
    loose = apsw.Connection(str(box.path))
    loose.execute(
        """INSERT INTO sessions (token_hash, account_id, agent, started_at, seen_at, proven_at, expires_at)
           VALUES (?1, 99, '', ?2, ?2, ?2, ?2)""",
        ("a" * 64, clock.now()),
    )
    loose.close()
    with pytest.raises(Conflict, match="1 rows belong to nothing"):
        file_upkeep.check(config, box)


def test_levels_are_told_and_points_given_by_the_timetable_each_once(box, config):
    """COOKIE-27: within a quarter of an hour of the credit; a run without news writes nothing."""
    admin = Person(1, "admin", "Olga")
    with box.write() as tx:
        ana = make_scout(tx, "Ana")
        with_ladder(tx, admin)
        points.set_rules(tx, 1, {"boxes": 2}, admin)
        credited(tx, admin, ana, 20)
    assert rewarding.give(config, box) == "2 levels told, 1 entries of points"
    before = box.generation()
    assert rewarding.give(config, box) is None
    assert box.generation() == before
    with box.read() as tx:
        assert [one.from_boxes for one in levels.told(tx, ana, admin)] == [20, 10]
        assert points.total(tx, ana) == 4


def test_old_files_of_log_lines_go(box, tmp_path):
    """LOG-07: full ones after LOG_KEEP_DAYS; what is written to, and what is not ours, stays."""
    folder = tmp_path / "logs"
    folder.mkdir()
    for name in ("all.log", "all.log.1", "all.log.2", "errors.log.1", "all.log.bak", "other.log.1"):
        (folder / name).write_text("x")
        if name != "all.log.1":
            os.utime(folder / name, (1_600_000_000, 1_600_000_000))
    config = settings.Config(data_dir=tmp_path, log_dir=folder)
    assert upkeep.forget_logs(config, box) == "2 files of log lines removed"
    assert {file.name for file in folder.iterdir()} == {"all.log", "all.log.1", "all.log.bak", "other.log.1"}
    assert upkeep.forget_logs(config, box) is None
    assert upkeep.forget_logs(settings.Config(data_dir=tmp_path), box) is None


TESTS = Path(__file__).parents[1]
PURGED = {
    "ship-rows": "ops/copies/test_shipments.py::test_shipments_are_kept_for_a_day_and_no_more_than_so_many",
    "forget-family-files": "web/pages/test_family_data.py::test_the_file_is_made_by_a_job_and_its_link_ends",
    "forget-consents": "domain/people/test_consents.py::test_a_record_of_consent_goes_three_years_after_it_ended_and_no_sooner",
    "forget-buyers": "web/pages/test_family_data.py::test_buyers_go_thirty_days_after_the_boxes",
    "forget-girls": "ops/test_forgetting.py::test_girls_who_left_lose_their_names_sixty_days_into_the_next_season",
    "forget-sessions": "ops/test_upkeep.py::test_expired_sessions_are_removed_and_living_ones_stay",
    "forget-answers": "ops/test_upkeep.py::test_a_kept_answer_lasts_longer_than_a_season",
    "discard-imports": "ops/test_upkeep.py::test_imports_that_were_never_applied_go_after_a_month",
    "clear-scratch": "ops/test_upkeep.py::test_scratch_files_go_after_a_day_but_the_last_copy",
    "forget-logs": "ops/test_upkeep.py::test_old_files_of_log_lines_go",
    "forget-runs": "ops/test_upkeep.py::test_old_runs_of_jobs_go_but_the_newest_of_each",
    "forget-feedback": "web/pages/test_care_pages.py::test_nobody_says_more_than_ten_things_an_hour",
    "forget-audit": "ops/test_upkeep.py::test_old_lines_of_the_audit_log_go_but_those_of_consent_and_deletion",
}
"""For each job that removes something after its time: the test that lets the time pass and looks."""


def test_every_class_of_what_is_kept_is_seen_to_go(config):
    """AUTH-12: no period stands on the page of jobs without a test that enforces it."""
    assert {job.name for job in timetable(config) if job.keeps} == set(PURGED)
    for shown in PURGED.values():
        file, name = shown.split("::")
        assert f"def {name}(" in (TESTS / file).read_text(encoding="utf-8"), shown
