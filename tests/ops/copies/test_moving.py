"""A copy where there is no database that can be opened: files are moved, none is lost, and a kill is finished later."""

import contextlib
from pathlib import Path

import pytest

from gsctracker.db import Database, lock
from gsctracker.db.rows import value
from gsctracker.errors import Conflict
from gsctracker.ops.copies import moving, restoring, staging
from tests.ops.copies.troops import copied, put_back, scouts_in


def test_into_an_empty_folder(made, tmp_path):
    """BAK-25: no database at all: the copy becomes it, and the troop is as it was."""
    config, db = made
    copied(config, db)
    new = type(config)(data_dir=tmp_path / "new", backup_dir=config.backups)
    assert restoring.opened(new) is None
    done = put_back(new, None)
    assert done.before is None and done.quarantine is None
    again = Database(new.database)
    assert scouts_in(again) == 3
    with again.read() as tx:
        assert value(tx, "PRAGMA journal_mode") == "wal"
    again.close()


def test_into_a_box_that_was_started_and_never_set_up(made, tmp_path):
    """BAK-25: a fresh box takes any troop's copy without being asked to adopt it."""
    config, db = made
    copied(config, db)
    new = type(config)(data_dir=tmp_path / "new", backup_dir=config.backups)
    new.data_dir.mkdir()
    fresh = Database(new.database)
    put_back(new, fresh)
    assert scouts_in(fresh) == 3
    assert staging.instance_of(new) == staging.instance_of(config)
    fresh.close()


@pytest.mark.parametrize("damage", ["garbage", "header", "cut", "page", "nothing"])
def test_a_damaged_database_goes_into_quarantine(made, damage):
    """R9b: header garbage, cut in half, a page of noise, emptied: all old files are kept, the copy takes their place."""
    config, db = made
    copied(config, db)
    db.close()
    raw = bytearray(config.database.read_bytes())
    noise = bytes(range(256)) * 16
    match damage:
        case "garbage":
            raw[:] = noise
        case "header":
            raw[:100] = noise[:100]
        case "cut":
            del raw[len(raw) // 2 :]
        case "page":
            for place in range(40_960, 122_880, 4096):
                raw[place : place + 4096] = noise
        case "nothing":
            raw.clear()
    config.database.write_bytes(raw)
    Path(f"{config.database}-wal").write_bytes(b"stale")
    assert restoring.opened(config) is None
    done = put_back(config, None)
    assert (done.quarantine / "gsctracker.db").read_bytes() == bytes(raw)
    again = restoring.opened(config)
    assert scouts_in(again) == 3
    again.close()
    assert not (config.data_dir / moving.NOTE).exists()


def test_no_files_are_moved_under_a_running_server(made):
    """R9b: its connections would go on writing into what is in quarantine."""
    config, db = made
    copied(config, db)
    with lock.hold(config.data_dir), pytest.raises(Conflict, match="already running"):
        put_back(config, None)
    assert scouts_in(db) == 3


@pytest.mark.parametrize("moves", range(6))
def test_a_kill_between_two_moves_is_finished_at_the_next_start(made, monkeypatch, moves):
    """R9b: killed after so many renames; whoever comes next finds the new database whole and the old files together."""
    config, db = made
    file, _ = copied(config, db)
    db.close()
    config.database.write_bytes(b"no database any more")
    Path(f"{config.database}-wal").write_bytes(b"wal")
    real, left = moving.os.replace, moves

    class Killed(BaseException):
        pass

    def replace(*names):
        nonlocal left
        if left == 0:
            raise Killed
        left -= 1
        real(*names)

    monkeypatch.setattr(moving.os, "replace", replace)
    with contextlib.suppress(Killed):
        put_back(config, None)
    monkeypatch.undo()
    moving.finish_if_pending(config)
    if config.database.read_bytes() != b"no database any more":
        again = Database(config.database)
        assert scouts_in(again) == 3
        again.close()
        kept = next((config.data_dir / "quarantine").iterdir())
        assert {"gsctracker.db", "gsctracker.db-wal"} <= {each.name for each in kept.iterdir()}
    else:
        assert moves < 2 or not (config.data_dir / moving.NOTE).exists()
    assert file.exists()
