"""The doctor finds what is wrong and says what to do."""

import json
import os
import socket
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from gsctracker import clock, config
from gsctracker.cli import main
from gsctracker.db import Database, lock
from gsctracker.domain import audit
from gsctracker.ops import doctor, machine, recovery, secrets, volumes
from tests.running import free_port


@pytest.fixture
def settings(tmp_path):
    os.umask(0o077)
    found = secrets.ready(config.load({"PORT": str(free_port())}, tmp_path))
    Database(found.database).close()
    tmp_path.chmod(0o700)
    return found


def status_of(settings, name, production=False):
    """The worst status under that name."""
    order = [doctor.OK, doctor.WARN, doctor.FAIL]
    found = [each.status for each in doctor.examine(settings, production) if each.name == name]
    return max(found, key=order.index)


def test_a_box_in_order_has_no_failed_check(settings):
    """DEP-34: python, SQLite, folder, keys, database, schema, room, port, clock and settings are looked at."""
    found = doctor.examine(settings)
    assert not [each for each in found if each.status == doctor.FAIL]
    assert {
        "python",
        "sqlite",
        "data folder",
        "disk",
        "keys",
        "database",
        "schema",
        "disk space",
        "memory",
        "server",
        "clock",
    } <= {each.name for each in found}
    assert all(each.fix for each in found if each.status != doctor.OK)


def test_a_folder_that_is_not_there_fails(tmp_path):
    assert status_of(config.load({}, tmp_path / "no"), "data folder") == doctor.FAIL


def test_keys_that_others_can_read_fail(settings):
    (settings.data_dir / "secrets" / "session_secret").chmod(0o644)
    assert status_of(settings, "keys") == doctor.FAIL


def test_a_damaged_database_fails(settings):
    whole = bytearray(settings.database.read_bytes())
    for page in range(2, len(whole) // 4096):
        whole[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    settings.database.write_bytes(whole)
    assert status_of(settings, "database") == doctor.FAIL


@pytest.mark.parametrize("content", [b"not a database at all, only some text" * 100, b""])
def test_a_file_that_is_no_database_of_ours_fails(settings, content):
    settings.database.write_bytes(content)
    assert status_of(settings, "database") == doctor.FAIL


def test_data_on_a_network_disk_fails(settings, monkeypatch):
    monkeypatch.setattr(volumes, "of", lambda folder: volumes.Volume("/data", "nfs4", "/"))
    assert status_of(settings, "disk") == doctor.FAIL


def test_data_that_a_restart_forgets_is_a_warning_and_a_failure_in_production(settings, monkeypatch):
    monkeypatch.setattr(volumes, "of", lambda folder: volumes.Volume("/data", "tmpfs", "/"))
    assert status_of(settings, "disk") == doctor.WARN
    assert status_of(settings, "disk", production=True) == doctor.FAIL


def test_a_full_disk_fails(settings, monkeypatch):
    monkeypatch.setattr(machine, "disk_of", lambda folder: (1_000_000_000, 1_000_000))
    assert status_of(settings, "disk space") == doctor.FAIL


def test_a_clock_that_was_never_set_fails(settings, monkeypatch):
    monkeypatch.setattr(clock, "moment", lambda: doctor.RELEASED.replace(year=1970))
    assert status_of(settings, "clock") == doctor.FAIL


def test_a_port_that_another_program_holds_fails(settings):
    with socket.socket() as other:
        other.bind(("127.0.0.1", settings.port))
        other.listen()
        other.settimeout(10)
        assert status_of(settings, "server") == doctor.FAIL


def test_another_box_on_the_port_is_not_taken_for_ours(settings):
    """Whoever answers there is ours only while the lock of this folder is held."""

    class Well(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"status": "healthy"}')

        def log_message(self, *_):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", settings.port), Well) as other:
        answering = threading.Thread(target=other.serve_forever)
        answering.start()
        try:
            assert status_of(settings, "server") == doctor.FAIL
            with lock.hold(settings.data_dir):
                assert status_of(settings, "server") == doctor.OK
            assert status_of(settings, "server") == doctor.FAIL
        finally:
            other.shutdown()
            answering.join()


def test_production_asks_for_more(settings):
    assert status_of(settings, "address") == doctor.WARN
    assert status_of(settings, "address", production=True) == doctor.FAIL
    assert status_of(settings, "server", production=True) == doctor.FAIL


def test_the_command_exits_with_one_on_a_failed_check_and_zero_without(settings):
    told = ["doctor", "--json", "--data-dir", str(settings.data_dir)]
    ended = CliRunner().invoke(main, told, env={"PORT": str(settings.port)})
    assert ended.exit_code == 0, ended.output
    assert json.loads(ended.stdout)["ok"] is True
    (settings.data_dir / "secrets").chmod(0o755)
    ended = CliRunner().invoke(main, told, env={"PORT": str(settings.port)})
    assert ended.exit_code == 1
    assert json.loads(ended.stdout)["ok"] is False
    assert "keys" in ended.stderr


def test_the_command_says_each_fix_in_words(settings):
    (settings.data_dir / "secrets").chmod(0o755)
    ended = CliRunner().invoke(main, ["doctor", "--data-dir", str(settings.data_dir)], env={"PORT": str(settings.port)})
    assert "fail  keys: Others can read: secrets." in ended.stdout
    assert "chmod 700" in ended.stdout


def test_the_recovery_sheet_is_asked_for_until_two_people_hold_it(settings):
    """BAK-31."""
    assert status_of(settings, "recovery sheet") == doctor.WARN
    db = Database(settings.database)
    with db.write() as tx:
        recovery.name_holders(tx, None, ["Olga", "Ines"])
    db.close()
    assert status_of(settings, "recovery sheet") == doctor.OK


def test_a_key_of_more_than_a_year_is_to_be_renewed(settings):
    """SEC-05: the yearly reminder."""
    key = settings.data_dir / "secrets" / "session_secret"
    then = clock.moment().timestamp() - 400 * 86_400
    os.utime(key, (then, then))
    assert status_of(settings, "key age") == doctor.WARN


def test_a_raw_copy_of_the_live_file_is_told_of(settings):
    """BAK-30: it may lack what was in the WAL."""
    settings.backups.mkdir()
    assert "copies" not in {each.name for each in doctor.examine(settings)}
    (settings.backups / "gsctracker.db").write_bytes(settings.database.read_bytes())
    (found,) = [each for each in doctor.examine(settings) if each.name == "copies"]
    assert (found.status, "gsctracker.db" in found.message) == (doctor.WARN, True)


def test_a_line_of_the_record_that_was_tampered_with_fails(settings):
    """LOG-10: the doctor reads the whole record of who did what."""
    db = Database(settings.database)
    with db.write() as tx:
        for number in range(3):
            audit.note(tx, None, "thing.done", "thing", number)
    assert status_of(settings, "record") == doctor.OK
    with db.write() as tx:
        tx.execute("DROP TRIGGER audit_log_is_kept")
        tx.execute("UPDATE audit_log SET subject_id = 9 WHERE subject_id = 1")
    db.close()
    assert status_of(settings, "record") == doctor.FAIL


def test_a_mistake_in_the_boxs_own_rules_of_alerts_is_named_with_its_line(tmp_path):
    (tmp_path / "alert_rules.toml").write_text("[[rules]\n", encoding="utf-8")
    own = config.Config(data_dir=tmp_path)
    assert [found.status for found in doctor._alerts(own, False)] == [doctor.FAIL]


def test_reports_that_nothing_can_send_are_told(tmp_path, monkeypatch):
    """MON-12: an address of a Sentry without what speaks to one would stay silent for ever."""
    box = config.Config(data_dir=tmp_path, sentry_dsn="http://key@127.0.0.1:9/1")
    for is_there, said in ((True, []), (False, [doctor.WARN])):
        monkeypatch.setattr(doctor.sentry, "is_there", lambda answer=is_there: answer)
        assert [found.status for found in doctor._reports(box, False)] == said
        assert [*doctor._reports(config.Config(data_dir=tmp_path), False)] == []


def test_somebody_is_told_of_faults_or_the_doctor_says_that_nobody_is(tmp_path):
    """A box that tells nobody says so."""
    assert [found.status for found in doctor._alerts(config.Config(data_dir=tmp_path), False)] == [doctor.WARN]
    told = config.Config(data_dir=tmp_path, alert_urls=("ntfy://example.org/troop",))
    assert [found.status for found in doctor._alerts(told, False)] == [doctor.OK]


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({}, None),
        ({"APP_URL": "http://box.lan"}, doctor.WARN),
        ({"APP_URL": "https://cookies.example.org"}, doctor.OK),
        ({"APP_URL": "https://cookies.example.org", "GOOGLE_CLIENT_SECRET": ""}, doctor.WARN),
    ],
)
def test_an_outside_sign_in_that_nobody_is_offered_is_said(tmp_path, more, status):
    """AUTH-02: set up by halves, or for a box without HTTPS."""
    given = {"GOOGLE_CLIENT_ID": "a", "GOOGLE_CLIENT_SECRET": "b"} | more if more else {}
    found = [each for each in doctor.examine(config.load(given, tmp_path)) if each.name == "outside sign-in"]
    assert [each.status for each in found] == ([doctor.WARN] if status == doctor.WARN else [])
