"""gsctracker drill, and restore --at: what a person at the console does about disaster."""

import json

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.ops.copies import keys, making, shipments
from tests.ops.copies.troops import add_scouts, make_box, scouts_in


@pytest.fixture
def box(tmp_path):
    """A box with a copy: its settings and its open database."""
    config, db = make_box(tmp_path / "data")
    making.make(config, db)
    yield config, db
    db.close()


def gsctracker(config, *words):
    return CliRunner().invoke(main, [*words, "--data-dir", str(config.data_dir)])


def test_it_says_what_was_proven_and_how_long_it_took(box):
    """BAK-21: exit 0, the copy's name and the time."""
    done = gsctracker(box[0], "drill")
    assert done.exit_code == 0, done.output
    assert "10 reports say what they said" in done.output
    assert "It took " in done.output


def test_it_answers_programs(box):
    """BAK-19: the time is there to be compared."""
    said = json.loads(gsctracker(box[0], "drill", "--json").output)
    assert said["ok"] is True
    assert 0 < said["milliseconds"] < 600_000
    assert said["byHand"] is False


def test_a_failed_rehearsal_exits_1_and_says_at_which_step(box):
    config, _ = box
    next(config.backups.glob("*.db.gz")).write_bytes(b"")
    done = gsctracker(config, "drill")
    assert done.exit_code == 1
    assert "The rehearsal failed. looking for the newest copy" in done.stderr


def test_the_printed_key_is_tried_by_hand(box, tmp_path):
    """BAK-27: a person types it; a file without one is refused."""
    config, _ = box
    typed = tmp_path / "typed.txt"
    typed.write_text("no key here")
    refused = gsctracker(config, "drill", "--key-file", str(typed))
    assert refused.exit_code == 1
    assert "AGE-SECRET-KEY-1" in refused.stderr
    typed.write_text(f"Key: {keys.identities(config)[0]}\n")
    done = json.loads(gsctracker(config, "drill", "--json", "--key-file", str(typed)).output)
    assert done["ok"] and done["byHand"]


def test_a_restore_reaches_a_minute(box):
    """BAK-18: by the command, beside an open database; and a time that is none is refused."""
    config, db = box
    add_scouts(db, 2)
    assert shipments.ship(config, db)
    add_scouts(db, 1)
    done = gsctracker(config, "restore", "--at", shipments.newest(config).made_at, "--yes")
    assert done.exit_code == 0, done.output
    assert scouts_in(db) == 5
    refused = gsctracker(config, "restore", "--at", "teatime", "--yes")
    assert refused.exit_code == 1
    assert "teatime is not a time" in refused.stderr
