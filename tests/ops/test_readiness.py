"""doctor --production: the list for the evening before the season, chapter by chapter."""

import json
import socket
import ssl
import subprocess
import threading
import time
from contextlib import contextmanager

import pytest
from click.testing import CliRunner

from gsctracker import config
from gsctracker.cli import main
from gsctracker.config import Config
from gsctracker.domain.season import troop
from gsctracker.ops import doctor, readiness, smoke
from gsctracker.ops.copies import making
from tests import factories, post_office
from tests.running import free_port, started


@pytest.fixture
def settings(tmp_path):
    return config.load({"PORT": str(free_port())}, tmp_path)


def found(checks, name):
    return next(each for each in checks if each.name == name)


def test_the_list_has_its_six_chapters_in_order(settings, box):
    """DEP-34, DEP-35: security, database, application, infrastructure, DNS and TLS, tests; each no with its fix."""
    told = CliRunner().invoke(
        main,
        ["doctor", "--production", "--json", "--data-dir", str(settings.data_dir)],
        env={"PORT": str(settings.port), "APP_URL": "https://localhost:9"},
    )
    assert told.exit_code == 1
    checks = json.loads(told.stdout)["checks"]
    chapters = list(dict.fromkeys(each["chapter"] for each in checks))
    assert chapters == ["security", "database", "application", "infrastructure", "DNS and TLS", "tests"]
    assert all(each["fix"] for each in checks if each["status"] != "ok")
    shown = CliRunner().invoke(
        main, ["doctor", "--production", "--data-dir", str(settings.data_dir)], env={"PORT": str(settings.port)}
    )
    assert "\ninfrastructure\n" in shown.stdout


def test_without_production_the_network_is_not_asked(settings, box, monkeypatch):
    monkeypatch.setattr(readiness, "tests", lambda config: pytest.fail("it was asked"))
    assert {each.chapter for each in doctor.examine(settings)} <= set(doctor.CHAPTERS[:4])


def test_an_example_troop_and_an_empty_box_are_not_ready(settings, db):
    assert found(readiness.application(settings), "troop").status == doctor.FAIL
    with db.write() as tx:
        factories.set_up(tx)
    assert found(readiness.application(settings), "troop").status == doctor.OK
    assert found(readiness.application(settings), "real data").status == doctor.OK
    with db.write() as tx:
        troop.mark_demo(tx)
    assert found(readiness.application(settings), "real data").status == doctor.FAIL


def test_a_copy_of_today_is_wanted(settings, box):
    """DEP-35."""
    assert found(readiness.database(settings), "newest copy").status == doctor.FAIL
    making.make(settings, box, "manual", "", to=None)
    assert found(readiness.database(settings), "newest copy").status == doctor.OK
    assert found(readiness.database(settings), "second place").status == doctor.WARN


@pytest.mark.parametrize(("proxies", "status"), [("10.0.0.2", "ok"), ("0.0.0.0/0", "fail"), ("::/0", "fail")])
def test_whoever_believes_everybody_is_told(tmp_path, proxies, status):
    settings = config.load({"TRUSTED_PROXIES": proxies}, tmp_path)
    assert found(readiness.security(settings), "trusted proxies").status == status


@contextmanager
def https_server(folder, days):
    """A server with a certificate of its own for localhost that ends in so many days; gives its address."""
    command = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days {days} -subj /CN=localhost"
    command += " -addext subjectAltName=DNS:localhost -keyout key.pem -out cert.pem"
    subprocess.run(command.split(), cwd=folder, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        stop = threading.Event()

        def answer():
            while not stop.is_set():
                try:
                    with context.wrap_socket(listening.accept()[0], server_side=True) as line:
                        line.recv(10)
                except OSError:
                    continue

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield f"https://localhost:{listening.getsockname()[1]}"
        finally:
            stop.set()
            socket.create_connection(listening.getsockname()).close()
            thread.join(5)


@pytest.mark.parametrize(("days", "known", "status"), [(90, True, "ok"), (3, True, "fail"), (90, False, "fail")])
def test_a_certificate_must_last_and_be_trusted(tmp_path, monkeypatch, days, known, status):
    """DEP-32, DEP-35: a real handshake."""
    with https_server(tmp_path, days) as address:
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem") if known else "/dev/null")
        checks = list(readiness.name_and_certificate(Config(data_dir=tmp_path, app_url=address)))
    assert found(checks, "name").status == doctor.OK
    assert found(checks, "certificate").status == status


def test_a_name_that_leads_nowhere_fails(tmp_path):
    """DEP-32."""
    checks = list(readiness.name_and_certificate(Config(data_dir=tmp_path, app_url="https://cookies.invalid")))
    assert [(each.name, each.status) for each in checks] == [("name", "fail")]


def test_an_address_that_leads_to_another_box_is_told(tmp_path):
    """DEP-31: both are well, and the one that people open is not the one that is looked at."""
    with started(tmp_path / "old") as old:
        asked = smoke.Visitor(f"http://127.0.0.1:{old.port}")
        deadline = time.monotonic() + 60
        while asked.ask("GET", "/health").facts()["uptimeSeconds"] <= readiness.SAME_START_SECONDS:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        with started(tmp_path / "new") as new:
            told = config.load({"PORT": str(new.port), "APP_URL": f"http://127.0.0.1:{old.port}"}, tmp_path / "new")
            there = found(readiness.tests(told), "address")
            assert there.status == doctor.FAIL and "another box" in there.message
            told = config.load({"PORT": str(new.port), "APP_URL": f"http://localhost:{new.port}"}, tmp_path / "new")
            new_boxes = [(each.name, each.status, each.message) for each in readiness.tests(told)]
            assert [each[:2] for each in new_boxes] == [("smoke test", "ok")] * 2, new_boxes


def test_the_mail_server_is_tried_and_its_words_are_repeated(tmp_path, box):
    """DEP-35: it takes letters, nobody answers there, or it does not know the password; no letter is sent."""
    with post_office.opened() as office:
        told = {"SMTP_HOST": "127.0.0.1", "SMTP_PORT": str(office.port), "SMTP_FROM": "troop@example.org"}
        assert found(readiness.application(config.load(told, tmp_path)), "mail").status == doctor.OK
        signing_in = config.load(told | {"SMTP_USER": "troop", "SMTP_PASS": "not-a-real-one"}, tmp_path)
        assert found(readiness.application(signing_in), "mail").status == doctor.FAIL
        assert office.letters == []
    refused = found(readiness.application(config.load(told, tmp_path)), "mail")
    assert refused.status == doctor.FAIL and "Connection refused" in refused.message
    unset = found(readiness.application(config.load({}, tmp_path)), "mail")
    assert (unset.status, unset.message) == (doctor.WARN, "No mail goes out")
