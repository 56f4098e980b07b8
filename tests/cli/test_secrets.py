"""gsctracker secrets: new keys, and the sheet to print."""

import pytest
from click.testing import CliRunner

from gsctracker import config
from gsctracker.cli import main
from gsctracker.db import Database
from gsctracker.domain.people import sessions
from gsctracker.ops.copies import keys
from tests import factories


@pytest.fixture
def run(tmp_path):
    """Calls the command over a box with a troop."""
    factories.box_in(tmp_path)
    return lambda *words: CliRunner().invoke(main, [*words, "--data-dir", str(tmp_path)])


def test_the_sheet_is_printed_with_its_key_and_five_steps(run, tmp_path):
    """SEC-02: what opens the copies stands on it, and who holds it."""
    assert run("secrets", "holders", "Olga", "Ines").output == "Held by Olga and Ines.\n"
    said = run("secrets", "recovery-sheet").output
    assert keys.identities(config.load({}, tmp_path))[0] in said
    assert "Held by     Olga, Ines" in said
    assert [f"{number}. " in said for number in range(1, 6)] == [True] * 5


def test_a_key_is_rotated_and_what_to_do_next_is_said(run):
    """SEC-05."""
    assert "Print a new recovery sheet" in run("secrets", "rotate", "backup").output
    assert "start the server again" in run("secrets", "rotate", "session").output


def test_a_wrong_name_is_one_line(run):
    done = run("secrets", "rotate", "everything")
    assert done.exit_code == 1
    assert done.output == "Error: There is no key called everything. There are: session, encryption, backup.\n"
    assert run("secrets", "holders", "Olga", "Olga").exit_code == 1


def test_one_command_shuts_everybody_out(run, tmp_path):
    """SEC-06: sessions, links, tokens."""
    db = Database(tmp_path / "gsctracker.db")
    with db.write() as tx:
        token = sessions.start(tx, 1)
    db.close()
    assert "1 sessions" in run("secrets", "revoke-all", "--yes").output
    db = Database(tmp_path / "gsctracker.db")
    with db.read() as tx:
        assert sessions.resume(tx, token) is None
    db.close()


def test_shutting_everybody_out_asks_first(run):
    assert run("secrets", "revoke-all").exit_code == 1
