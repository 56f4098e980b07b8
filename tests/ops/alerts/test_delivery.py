"""What is wrong arrives: over HTTP and SMTP servers of the test's own."""

import json
import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from prometheus_client import CollectorRegistry

from gsctracker import clock, log
from gsctracker.config import Config
from gsctracker.db.rows import run, value
from gsctracker.domain.people import sessions
from gsctracker.integrations import notify
from gsctracker.ops import standby, start_checks
from gsctracker.ops.alerts import record, watch
from gsctracker.ops.alerts import telling as telling_of_faults
from gsctracker.ops.alerts.faults import Fault, Telling
from gsctracker.ops.metrics import Box
from tests import factories


class Endpoint(ThreadingHTTPServer):
    """Keeps what it is sent; answers `status`."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Taking)
        self.taken, self.status = [], 200
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()


class Taking(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        self.server.taken.append((self.path, body.decode()))
        self.send_response(self.server.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"ok")

    do_GET = do_POST

    def log_message(self, *said):
        pass


@pytest.fixture
def endpoint():
    server = Endpoint()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
def watching(box, tmp_path):
    """Gives the watch of a box with these settings."""

    def make(**settings):
        config = Config(data_dir=tmp_path, alert_quiet_hours="00:00-00:00", **settings)
        registry = CollectorRegistry()
        registry.register(Box(box, config))
        return watch.Watch(config, box, registry)

    return make


def address(endpoint, scheme="json", path=""):
    return f"{scheme}://127.0.0.1:{endpoint.server_port}/{path}"


def telling(kind="began", rule="DatabaseFailing", **more):
    rules = {each.name: each for each in watch.rules.parse(watch.rules.OURS.read_text(encoding="utf-8"))}
    return Telling(kind, Fault(rules[rule], 0.0, 0.0, fired=0.0, **more))


def test_a_fault_is_told_within_a_minute_and_its_end_too(watching, box, endpoint, tmp_path):
    """ALERT-03, ALERT-12: damage is found by one look and delivered; 15 minutes after it is mended, so is that."""
    here = watching(alert_urls=(address(endpoint),), app_url="https://cookies.example.org")
    assert [one.fault.rule.name for one in here.look()] == []
    standby.enter(box.path, 2)  # damaged
    here.start()
    waited = threading.Event()
    for _ in range(200):
        if endpoint.taken:
            break
        waited.wait(0.1)
    here.stop()
    ((_, body),) = endpoint.taken
    said = json.loads(body)
    assert said["title"] == "Urgent: The database cannot be read as it should be."
    assert "Stop entering sales" in said["message"]
    assert "https://cookies.example.org/problems#databasefailing" in said["message"]
    assert said["type"] == "failure"
    standby.leave(box.path)
    over = here.look(clock.moment() + timedelta(minutes=16))
    assert [(one.kind, one.fault.rule.name) for one in over] == [("over", "DatabaseFailing")]
    with box.read() as tx:
        assert record.open_alerts(tx) == []
        assert [row.rule for row in record.newest(tx)] == ["DatabaseFailing"]


def test_mail_goes_to_who_is_on_duty_and_to_all_when_nobody_answers(watching, box, post_office, admin):
    """ALERT-07, ALERT-19: the holder of this week, on Monday another; plain text, no TLS on this very machine only."""
    with box.write() as tx:
        other = factories.make_person(tx, "admin")
        record.take_duty(tx, record.this_monday(tx), other.id, admin.id, admin)
        mails = {row.id: row.email for row in record.able_accounts(tx)}
    here = watching(smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_from="box@example.org")
    assert here.channels.tell(telling())
    assert [to for to, _ in post_office.letters] == [[mails[other.id]]]
    letter = post_office.letters[0][1]
    assert letter["Subject"] == "Urgent: The database cannot be read as it should be."
    assert letter["X-Request-ID"] is None  # nobody asked: the box told by itself
    assert letter.get_content_type() == "text/plain"
    assert here.channels.tell(telling("escalated"))
    assert {to for tos, _ in post_office.letters[1:] for to in tos} == set(mails.values())


def test_each_is_told_in_her_language_and_a_channel_in_that_of_all(watching, box, endpoint, post_office, admin):
    """ALERT-07: mail as each account reads; a channel that is nobody's own in English, until all who run the box read another."""
    with box.write() as tx:
        factories.make_person(tx, "admin", "Lupe")
        run(tx, "UPDATE accounts SET language = 'es' WHERE first_name = 'Lupe'")
        mails = {row.email: row.language for row in record.able_accounts(tx)}
    assert sorted(mails.values()) == ["en", "es"]
    here = watching(
        smtp_host="127.0.0.1",
        smtp_port=post_office.port,
        smtp_from="box@example.org",
        alert_urls=(address(endpoint),),
    )
    says = {
        "en": ("The disk of the box is getting full.", "1. See on Copies whether old ones can go."),
        "es": ("El disco del sistema se está llenando.", "1. Vea en Copias si las viejas se pueden ir."),
    }
    assert here.channels.tell(telling(rule="DiskLow"))
    assert {mails[to] for (to,), _ in post_office.letters} == {"en", "es"}
    for (to,), letter in post_office.letters:
        title, step = says[mails[to]]
        assert letter["Subject"] == title
        text = letter.get_content()
        assert step in text and "(DiskLow, warning)" in text
    assert json.loads(endpoint.taken[-1][1])["title"] == says["en"][0]
    with box.write() as tx:
        run(tx, "UPDATE accounts SET language = 'es'")
    assert here.channels.tell(telling("again", rule="DiskLow"))
    said = json.loads(endpoint.taken[-1][1])
    assert said["title"].endswith(says["es"][0]) and says["es"][1] in said["message"]


def test_a_letter_carries_the_id_of_what_it_was_sent_for(post_office):
    """LOG-06: of the request or the job, so that its lines in the log are found."""
    log.request_id.set("job-0123456789abcdef")
    try:
        server = notify.MailServer("127.0.0.1", post_office.port, None, None, "box@example.org")
        notify.mail(server, "olga@example.org", notify.Message("Hello", "Words.", "info", "key"))
    finally:
        log.request_id.set("")
    assert post_office.letters[0][1]["X-Request-ID"] == "job-0123456789abcdef"


def test_pagerduty_is_given_the_same_key_for_beginning_and_end(watching, box, endpoint, tmp_path, monkeypatch):
    """ALERT-08: trigger, acknowledge and resolve with one dedup key, which is this box's alone and names nobody."""
    from apprise.plugins import pagerduty

    monkeypatch.setitem(pagerduty.PAGERDUTY_API_LOOKUP, "us", f"http://127.0.0.1:{endpoint.server_port}/v2/enqueue")
    here = watching(alert_urls=("pagerduty://key123@api456", "json://127.0.0.1:9/"))
    for kind in ("began", "acknowledged", "over"):
        assert here.channels.tell(telling(kind, "DiskLow"))
    said = [json.loads(body) for _, body in endpoint.taken]
    assert [one["event_action"] for one in said] == ["trigger", "acknowledge", "resolve"]
    with box.read() as tx:
        own = value(tx, "SELECT uid FROM instance")
    assert {one["dedup_key"] for one in said} == {f"gsctracker-{own}-disklow"}
    assert {one["routing_key"] for one in said} == {"key123"}
    assert here.channels.sent["json", "failed"] == 2  # who only listens is not told that somebody looks after it
    (tmp_path / start_checks.MARKER).write_text("0123456789abcdef\n", encoding="ascii")
    other = watching(alert_urls=("pagerduty://key123@api456",))  # a second box on the same integration
    assert other.channels.tell(telling(rule="DiskLow"))
    assert json.loads(endpoint.taken[-1][1])["dedup_key"] == "gsctracker-0123456789abcdef-disklow"
    endpoint.status = 500
    assert not here.channels.tell(telling("acknowledged", "DiskLow"))


def test_a_pager_is_told_when_somebody_looks_after_it(watching, box, endpoint, admin, monkeypatch):
    """ALERT-08, ALERT-10: whoever presses the button is not rung out of bed an hour later."""
    told = []
    here = watching(alert_urls=("pagerduty://key123@api456",))
    monkeypatch.setattr(here.channels, "tell", lambda one: told.append((one.kind, one.fault.rule.name)) or True)
    standby.enter(box.path, 2)
    here.look()
    standby.leave(box.path)
    with box.write() as tx:
        here.acknowledge(tx, "DatabaseFailing", admin)
    here.start()
    waited = threading.Event()
    for _ in range(200):
        if len(told) == 2:
            break
        waited.wait(0.1)
    here.stop()
    assert told == [("began", "DatabaseFailing"), ("acknowledged", "DatabaseFailing")]


def test_slack_is_given_one_message_with_gravity_and_link(watching, endpoint, monkeypatch):
    """ALERT-06: by its incoming webhook."""
    from apprise.plugins.slack import NotifySlack

    monkeypatch.setattr(NotifySlack, "webhook_url", f"http://127.0.0.1:{endpoint.server_port}")
    here = watching(
        alert_urls=("slack://T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ",), app_url="https://box.example.org"
    )
    assert here.channels.tell(telling())
    ((path, body),) = endpoint.taken
    assert path == "/T1JJ3T3L2/A1BRTD4JD/TIiajkdnlazkcOXrIdevi7FQ"
    assert "critical" in body
    assert "https://box.example.org/problems#databasefailing" in body


def test_text_messages_are_for_what_is_critical_and_five_a_day(watching, endpoint, monkeypatch):
    """ALERT-09: the sixth of the day is not sent."""
    from apprise.plugins.twilio import NotifyTwilio

    place = f"http://127.0.0.1:{endpoint.server_port}/{{sid}}/Messages.json"
    monkeypatch.setattr(NotifyTwilio, "notify_sms_url", place)
    endpoint.status = 201
    way = f"twilio://AC{'a' * 32}:{'b' * 32}@15551230001/15551230002"
    here = watching(alert_urls=(way,))
    assert not here.channels.tell(telling(rule="JobDead"))
    assert [here.channels.tell(telling()) for _ in range(6)] == [True] * 5 + [False]
    assert len(endpoint.taken) == 5
    assert here.channels.sent["twilio", "capped"] == 1


def test_a_channel_that_is_down_keeps_no_other_from_telling_and_is_tried_again(watching, endpoint):
    """Fault 60: down, lying or unknown: the others tell; where nobody took it, the next look begins anew."""
    here = watching(alert_urls=("json://127.0.0.1:9/", "nonsense://x", "json://example.org/", address(endpoint)))
    assert here.channels.tell(telling())
    assert len(endpoint.taken) == 1
    assert here.channels.sent["json", "failed"] == 2  # one is down, one would travel in the open
    endpoint.status = 500
    fault = telling(told=5.0)
    here.deliver(fault)
    assert fault.fault.told is None


def test_a_channel_that_answers_byte_by_byte_holds_up_nobody(watching, endpoint, monkeypatch):
    """Fault 60: what never comes to an end is waited for a while, and asked nothing else until it does."""
    monkeypatch.setattr(telling_of_faults, "MOST_SECONDS", 0.5)
    let_go, slow = threading.Event(), []

    def send(address, message):
        if "slow" in address:
            slow.append(message.title)
            let_go.wait(60)
        else:
            send_it(address, message)

    send_it = notify.send
    monkeypatch.setattr(notify, "send", send)
    here = watching(alert_urls=(address(endpoint, path="slow"),))
    assert not here.channels.tell(telling())
    here_too = watching(alert_urls=(address(endpoint, path="slow"), address(endpoint)))
    monkeypatch.setattr(telling_of_faults, "MOST_SECONDS", 5.0)
    here_too.channels._under_way.add(address(endpoint, path="slow"))
    assert here_too.channels.tell(telling())
    assert not here.channels.tell(telling())
    assert len(endpoint.taken) == len(slow) == 1
    assert here_too.channels.sent["json", "failed"] == here.channels.sent["json", "failed"] == 1
    let_go.set()


def test_a_wider_circle_is_told_when_nobody_answers(watching, endpoint):
    """ALERT-10: the further addresses hear of what went unanswered, and of its end."""
    here = watching(alert_escalation_urls=(address(endpoint),))
    assert not here.channels.tell(telling())
    assert here.channels.tell(telling("escalated"))
    assert here.channels.tell(telling("over", escalated=True))
    assert [json.loads(body)["type"] for _, body in endpoint.taken] == ["failure", "success"]


def test_what_is_sent_names_nobody(watching, box, endpoint, post_office, admin):
    """ALERT-18: in a box with a girl, a sale and people signed in, no text holds a name, a mail or a secret."""
    with box.write() as tx:
        factories.make_scout(tx, "Marigold")
        sessions.start(tx, admin.id, "test")
    here = watching(alert_urls=(address(endpoint),))
    for rule in here.rules:
        if rule.when:
            for kind in ("began", "again", "escalated", "over"):
                here.channels.tell(telling(kind, rule.name))
    text = "".join(body for _, body in endpoint.taken)
    assert len(endpoint.taken) >= 90
    for word in ("Marigold", "Olga", "@", "$", str(endpoint.server_port)):
        assert word not in text


def test_a_secret_of_an_address_is_not_logged(watching, caplog):
    """ALERT-18: a channel that fails is named by its kind."""
    here = watching(alert_urls=("json://user:verysecret@127.0.0.1:9/token77",))
    assert not here.channels.tell(telling())
    assert "json" in caplog.text
    assert "verysecret" not in caplog.text
    assert "token77" not in caplog.text


def test_the_box_gives_a_sign_of_life_outwards(watching, endpoint):
    """MON-21: whoever waits for it hears nothing when the box is dead."""
    here = watching(alert_ping_url=address(endpoint, "http", "ping/our-box"))
    here.start()
    waited = threading.Event()
    for _ in range(100):
        if endpoint.taken:
            break
        waited.wait(0.1)
    here.stop()
    assert [path for path, _ in endpoint.taken] == ["/ping/our-box"]


def test_faults_outlive_a_restart_and_are_not_told_twice(watching, box, endpoint, admin):
    standby.enter(box.path, 2)
    standby.leave(box.path)
    with box.write() as tx:
        record.begin(tx, "BackupNever", "warning", clock.now())
        record.told(tx, "BackupNever")
    here = watching(alert_urls=(address(endpoint),))
    assert here.look() == []
    assert [fault.rule.name for fault in here.faults()] == ["BackupNever"]


def test_faults_and_messages_are_measured(watching, endpoint):
    here = watching(alert_urls=(address(endpoint),))
    here.channels.tell(telling())
    found = {(each.name, *each.labels.values()): each.value for family in here.collect() for each in family.samples}
    assert found["gsctracker_notifications_total", "json", "delivered"] == 1
    assert found["gsctracker_faults", "critical"] == 0
