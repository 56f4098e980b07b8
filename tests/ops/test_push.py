"""Browsers are told over a push service of the test's own: sealed for that browser, signed by the box, naming no girl."""

import base64
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import http_ece
import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.rows import run, value
from gsctracker.domain import pushes
from gsctracker.domain.booths import booths, shifts, sign_ups
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from gsctracker.ops import push
from gsctracker.ops.alerts import record
from tests import factories
from tests.ops.alerts.test_delivery import telling, watching

__all__ = ["watching"]


class Service(ThreadingHTTPServer):
    """A browser maker's service: keeps what it is given, and answers `status`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken, self.status = [], 201
        self.thread = threading.Thread(target=self.serve_forever, args=(0.02,))
        self.thread.start()


class Taking(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.taken.append((self.path, dict(self.headers), body))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *said):
        pass


class Phone:
    """A browser with its keys, known to the service under a name."""

    def __init__(self, service, name="phone"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.secret = b"s" * 16
        self.endpoint = f"http://127.0.0.1:{service.server_port}/{name}"
        self.p256dh = written(self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))
        self.auth = written(self.secret)

    def reads(self, sealed):
        return json.loads(http_ece.decrypt(sealed, private_key=self.key, auth_secret=self.secret, version="aes128gcm"))


def written(raw):
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


@pytest.fixture
def service(monkeypatch):
    monkeypatch.setattr(push, "NEAR", True)
    monkeypatch.setattr(pushes, "SCHEMES", ("http", "https"))
    server = Service()
    yield server
    server.shutdown()
    server.thread.join()
    server.server_close()


@pytest.fixture
def config(tmp_path):
    return Config(data_dir=tmp_path, app_url="https://cookies.example.org")


def subscribed(box, by, phone):
    with box.write() as tx:
        return pushes.subscribe(tx, by, phone.endpoint, phone.p256dh, phone.auth)


def test_a_message_is_sealed_for_its_browser_and_signed_with_a_key_that_is_made_once(
    box, admin, service, config, tmp_path
):
    """COMM-12: VAPID, aes128gcm, TTL and urgency; the key lies with the other secrets, for its owner alone."""
    phone = Phone(service)
    subscribed(box, admin, phone)
    with box.read() as tx:
        to = pushes.of(tx, [admin.id])
    assert push.tell(config, box, to, "A title", "A sentence", "/problems", is_urgent=True) == 1
    ((path, headers, sealed),) = service.taken
    assert path == "/phone"
    assert phone.reads(sealed) == {"title": "A title", "body": "A sentence", "path": "/problems"}
    assert b"A title" not in sealed
    assert (headers["Content-Encoding"], headers["Urgency"], headers["TTL"]) == ("aes128gcm", "high", "43200")
    token, public = headers["Authorization"].removeprefix("vapid ").split(",")
    assert public.partition("=")[2] == push.public_key(config)
    claims = json.loads(base64.urlsafe_b64decode(token.partition("=")[2].split(".")[1] + "=="))
    assert claims["aud"] == f"http://127.0.0.1:{service.server_port}"
    assert claims["sub"] == "https://cookies.example.org"
    file = tmp_path / "secrets" / "vapid_private_key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert push.private_key(config) == file.read_text().strip()


def test_a_browser_that_is_gone_is_forgotten_and_one_that_fails_for_long_too(box, admin, service, config):
    """COMM-12: 410 and 404 remove at once, other failures after twenty in a row; one success begins anew."""
    for status, left in ((410, 0), (404, 0), (500, 1)):
        service.status = status
        one = subscribed(box, admin, Phone(service))
        with box.read() as tx:
            to = pushes.of(tx, [admin.id])
        assert push.tell(config, box, to, "t", "b", "/") == 0
        with box.read() as tx:
            assert len(pushes.of(tx, [admin.id])) == left
    service.status = 201
    assert push.tell(config, box, to, "t", "b", "/") == 1
    with box.write() as tx:
        assert value(tx, "SELECT failures FROM push_subscriptions") == 0
        for _ in range(pushes.MOST_FAILURES):
            pushes.failed(tx, one, False)
        assert pushes.of(tx, [admin.id]) == []


def test_who_is_on_duty_is_told_of_a_fault_and_nobody_else(box, admin, service, watching):
    """ALERT-19, COMM-12: her own browser, without address or figure; when nobody answers, all who run the box."""
    with box.write() as tx:
        other = factories.make_person(tx, "admin")
        leader = factories.make_person(tx, "leader")
        record.take_duty(tx, record.this_monday(tx), other.id, None, admin)
        run(tx, "UPDATE accounts SET language = 'es' WHERE id = :id", id=admin.id)
    phones = {who.id: Phone(service, str(who.id)) for who in (admin, other, leader)}
    here = watching()
    assert not here.channels.are_there()
    for who in (admin, other, leader):
        subscribed(box, who, phones[who.id])
    assert here.channels.are_there()
    assert here.channels.tell(telling())
    assert [path for path, _, _ in service.taken] == [f"/{other.id}"]
    said = phones[other.id].reads(service.taken[0][2])
    assert said["title"] == "Urgent: The database cannot be read as it should be."
    assert said["path"] == "/problems#databasefailing"
    assert here.channels.tell(telling("escalated"))
    assert {path for path, _, _ in service.taken} == {f"/{other.id}", f"/{admin.id}"}
    ((_, _, sealed),) = [taken for taken in service.taken if taken[0] == f"/{admin.id}"]
    assert "La base de datos no se puede leer como debería." in phones[admin.id].reads(sealed)["title"]  # as she reads


@pytest.fixture
def tomorrow(box, admin):
    """A booth tomorrow at which Quillfeather stands; her mother's and another mother's accounts."""
    with box.write() as tx:
        girl, other = factories.make_scout(tx, "Quillfeather", "Q."), factories.make_scout(tx, "Bea", "B.")
        mother = factories.make_person(tx, "caregiver", "Mia", scout_ids=(girl,))
        another = factories.make_person(tx, "caregiver", "Nia", scout_ids=(other,))
        begins, ends = clock.after(hours=20), clock.after(hours=23)
        booth = booths.plan(tx, admin, "Grocery", begins, ends)
        run(tx, "UPDATE booths SET status = 'scheduled'")
        shift = value(tx, "SELECT id FROM booth_shifts WHERE booth_id = :booth", booth=booth) or shifts.add_shift(
            tx, admin, booth, begins, ends
        )
        sign_ups.sign_up(tx, admin, shift, scout_id=girl)
    return mother, another


def test_a_mother_is_reminded_of_her_own_girls_shift_once_and_no_girl_is_named(box, service, config, tomorrow):
    """COMM-12: to her own phone alone, in her language; a second run, and a family without a shift, get nothing."""
    mother, another = tomorrow
    phones = {who.id: Phone(service, str(who.id)) for who in tomorrow}
    assert push.remind(config, box) is None
    for who in (mother, another):
        subscribed(box, who, phones[who.id])
    assert push.remind(config, box) == "reminded of 1 of 1 shifts"
    ((path, _, sealed),) = service.taken
    assert path == f"/{mother.id}"
    said = phones[mother.id].reads(sealed)
    assert said["title"].startswith("Grocery, ")
    assert "Quillfeather" not in json.dumps(said)
    assert push.remind(config, box) is None
    assert len(service.taken) == 1


def test_what_no_browser_sends_is_refused(box, admin, tmp_path):
    """Bad input: no HTTPS, no keys, too many; an address in the troop's own network is never asked."""
    key, auth = written(b"\x04" * 65), written(b"a" * 16)
    good = "https://push.example.net/abc"
    with box.write() as tx:
        for wrong in (
            ("http://push.example.net/a", key, auth),
            ("ftp://push.example.net/a", key, auth),
            ("https://user:pw@push.example.net/a", key, auth),
            ("x" * 1001, key, auth),
            (good, "short", auth),
            (good, key, "!!!"),
            (good, None, auth),
            (None, key, auth),
        ):
            with pytest.raises(Invalid):
                pushes.subscribe(tx, admin, *wrong)
        with pytest.raises(NotAllowed):
            pushes.subscribe(tx, Person(9, "scout", "Ava"), good, key, auth)
        for number in range(pushes.MOST):
            pushes.subscribe(tx, admin, f"https://127.0.0.1/{number}", key, auth)
        with pytest.raises(Conflict):
            pushes.subscribe(tx, admin, good, key, auth)
        with pytest.raises(NotFound):
            pushes.remove(tx, Person(99, "leader", "Lea"), 1)
        to = pushes.of(tx, [admin.id])[:1]
    assert push.tell(Config(data_dir=tmp_path), box, to, "t", "b", "/") == 0
