"""deploy.sh, run for real: versions in virtual environments, a server that serves, one box that goes from one to the next."""

import hashlib
import json
import re
from datetime import timedelta

import pytest

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.domain.booths import booths
from gsctracker.domain.people.roles import Person
from tests.deploy.conftest import Prober

OLGA = Person(id=1, role="admin", first_name="Olga")
STEP = """
def steps():
    up = "CREATE TABLE parades (id INTEGER PRIMARY KEY, name TEXT) STRICT;"
    return [Step(2, "parades", up, "DROP TABLE parades;")]
"""
SERVES = "    with lock.hold(config.data_dir), _address_taken_away(config):\n"
OPENED = "            start_checks.after_opening(config, db)\n"
SPOILS = (
    OPENED
    + "            __import__('apsw').Connection(str(config.database)).execute(\"UPDATE troop SET name = 'spoilt'\")\n"
)


def state(place):
    """Every file of the data but those SQLite keeps for itself, and which version is chosen."""
    kept = {
        str(file.relative_to(place.data)): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in place.data.rglob("*")
        if file.is_file() and not re.search(r"-(wal|shm)$|\.lock$", file.name)
    }
    return kept, {link.name: link.readlink() for link in place.home.iterdir() if link.is_symlink()}, place.pid()


def test_a_dry_run_changes_nothing(place):
    """DEP-21, DEP-19: neither data nor versions nor the server; what it would do is said."""
    place.make("2.0.1")
    before = state(place)
    done = place.deploy("--dry-run", "2.0.1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "would let everybody read only, make a copy, stop 2.0.0, start 2.0.1" in done.stdout
    assert state(place) == before
    place.deploy("2.0.1")  # nobody can be asked, and nobody said --yes
    assert state(place) == before


@pytest.mark.slow
def test_a_version_that_does_not_start_is_taken_back(place):
    """DEP-20, DEP-22, DEP-26: it is asked several times, then the old one runs with the data of before, and it is told why."""
    place.make("2.0.2", **{"cli.serve": (SERVES, "    raise SystemExit('no')\n" + SERVES)})
    before = place.facts()
    done = place.deploy("--yes", "2.0.2", DEPLOY_WAITS="0.1 0.1 2 3")
    assert done.returncode == 3, done.stdout + done.stderr
    assert (place.running(), place.facts()) == ("2.0.0", before)
    told = place.notices.read_text()
    assert "2.0.2 is not well; going back to 2.0.0 with the data of before. Why: asked 4 times" in told
    assert "2.0.2 was taken back. Why: " in told
    assert told.count("The last of its log:\n") == 2 and told.count("    no\n") == 2, told
    assert not (place.home / "previous").exists()  # there is no version before the first: it is not taken for one


@pytest.mark.slow
def test_a_version_that_spoils_the_data_and_answers_wrongly_is_taken_back(place):
    """DEP-20, DEP-25: it is up and says it is well; the smoke test finds it out, and the data is that of before."""
    broken = {"web.pages.health": ("Response(status=204)", "Response(status=500)"), "cli.serve": (OPENED, SPOILS)}
    place.make("2.0.3", **broken, **{"db.migrate": ("\ndef newest(", STEP + "\n\ndef newest(")})
    before = place.facts()
    done = place.deploy("--yes", "2.0.3")
    assert done.returncode == 3, done.stdout + done.stderr
    assert "answers, but the smoke test fails: it is there: " in place.notices.read_text()
    assert (place.running(), place.facts()) == ("2.0.0", before)
    assert not (place.data / ".before-upgrade").exists()


def test_a_migration_that_fails_on_a_copy_is_not_tried_on_the_data(place):
    """DEP-20: the server is not even stopped."""
    place.make("2.0.4", **{"db.migrate": ("\ndef newest(", STEP.replace("CREATE", "CROTTE") + "\n\ndef newest(")})
    pid, before = place.pid(), place.facts()
    done = place.deploy("--yes", "2.0.4")
    assert done.returncode == 1 and "2.0.4 cannot take over the database: Migration 0002_parades failed" in done.stdout
    assert 'near "CROTTE": syntax error; nothing was changed' in place.notices.read_text()
    assert (place.pid(), place.facts()) == (pid, before)


@pytest.mark.slow
def test_a_better_version_takes_over_and_can_be_left_again(place):
    """DEP-24, DEP-20, DEP-23, DEP-26, COMM-21: a copy first, a short gap, everything there; and back to the version
    before with what came since."""
    place.make("2.1.0", **{"db.migrate": ("\ndef newest(", STEP + "\n\ndef newest(")})
    name, girls, schema, _ = place.facts()
    asking = Prober(place.port)
    asking.start()
    done = place.deploy("--yes", "2.1.0")
    gap = asking.stop()
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.running() == "2.1.0"
    assert place.facts() == (name, girls, 2, 0)
    assert 0 < gap < 15, gap
    told = [json.loads(file.read_text()) for file in (place.data / "backups").glob("*.json")]
    assert ("pre-upgrade", "before 2.1.0") in {(copy["kind"], copy["label"]) for copy in told}
    assert "2.1.0 runs; nobody was served for at most" in place.notices.read_text()
    db = Database(place.data / "gsctracker.db", as_it_is=True)
    with db.write() as tx:
        tx.execute("UPDATE troop SET name = 'Renamed since'")
    db.close()
    done = place.deploy("--yes", "--rollback")
    assert done.returncode == 0, done.stdout + done.stderr
    assert place.running() == "2.0.0"
    assert place.facts() == ("Renamed since", girls, schema, 0)


def test_without_a_copy_nothing_is_begun(place):
    """DEP-24: a full disk, a folder that is gone: it is told, the old version was never stopped, and everybody can enter things again."""
    pid, before = place.pid(), place.facts()
    done = place.deploy("--yes", "2.0.1", BACKUP_DIR="/proc/no-such-disk")
    assert done.returncode == 1 and "no copy could be made that can be trusted: " in done.stdout
    assert (place.pid(), place.running(), place.facts()) == (pid, "2.0.0", before)
    told = place.notices.read_text()
    assert before[3] == 0 and "/proc/no-such-disk" in told and told.endswith("; nothing was changed\n")


@pytest.mark.slow
def test_a_disk_that_fills_while_the_box_is_stopped(place, tmp_path):
    """DEP-20, DEP-26: the old version serves again; where it cannot either, it is told that nobody is served."""
    full = tmp_path / "cp"
    full.write_text("#!/bin/sh\necho 'cp: No space left on device' >&2\nexit 1\n")
    full.chmod(0o755)
    path, before = f"{tmp_path}:{place.environment['PATH']}", place.facts()
    done = place.deploy("--yes", "2.0.1", PATH=path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert (place.running(), place.facts()) == ("2.0.0", before)
    why = "the files of before could not be kept: cp: No space left on device"
    assert f"GSCTracker: {why}; nothing was changed" in place.notices.read_text()
    dead = place.deploy("--yes", "2.0.1", PATH=path, DEPLOY_START="true", DEPLOY_WAITS="0.1")
    try:
        assert dead.returncode == 4, dead.stdout + dead.stderr
        assert f"GSCTracker: nobody is served now: {why}" in place.notices.read_text()
        assert place.facts()[:3] == before[:3]
    finally:
        place.start()


def test_nobody_upgrades_while_a_booth_is_open(place):
    """DEP-27: 75, until --force."""
    db = Database(place.data / "gsctracker.db", as_it_is=True)
    now = clock.moment()
    with db.write() as tx:
        booths.plan(tx, OLGA, "Grocery", clock.instant(now), clock.instant(now + timedelta(hours=2)))
    db.close()
    before = state(place)
    done = place.deploy("--yes", "--dry-run", "2.0.1")
    assert done.returncode == 75 and "a booth is open" in done.stdout
    assert state(place) == before
    assert place.deploy("--dry-run", "--force", "2.0.1").returncode == 0


@pytest.mark.parametrize("arguments", [(), ("a", "b"), ("--rollback", "a"), ("--nonsense", "a")])
def test_wrong_usage_is_told(place, arguments):
    assert place.deploy(*arguments).returncode == 2


def test_what_cannot_be_fetched_changes_nothing(place):
    pid, before = place.pid(), sorted(place.home.rglob("releases/*"))
    assert place.deploy("--yes", "/no/such/gsctracker.whl").returncode == 1
    assert (place.pid(), sorted(place.home.rglob("releases/*"))) == (pid, before)


@pytest.mark.parametrize(
    ("what", "folder"),
    [
        ("https://example.org/releases/gsctracker-2.3.0-py3-none-any.whl", "gsctracker-2.3.0"),
        ("gsctracker==2.3.0", "gsctracker==2.3.0"),
    ],
)
def test_an_address_and_a_name_are_handed_to_pip(place, tmp_path, what, folder):
    """As cloud/vm-cloud-init.yaml does; the folder of a wheel is called by its version. The stand-in fetches nothing."""
    asked = tmp_path / "asked"
    stand_in = tmp_path / "python3"
    stand_in.write_text(f'#!/bin/sh\necho "$*" >>"{asked}"\nexit 1\n')
    stand_in.chmod(0o755)
    done = place.deploy("--yes", what, PATH=f"{tmp_path}:{place.environment['PATH']}")
    assert done.returncode == 1 and "could not be fetched: " in done.stdout
    assert asked.read_text() == f"-m venv {place.home}/releases/{folder}\n"
