"""The started appliance, asked from outside."""

import http.client
import json
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time

import pytest

from gsctracker.ops import served
from tests import factories
from tests.running import Running, clean_environment, free_port, started, until_it_answers


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    with started(tmp_path_factory.mktemp("box") / "data", LOG_FORMAT="json") as running:
        yield running


def refused(folder, *arguments, status=1, **settings):
    """What a `serve` that must not start says, on standard error, and with which status it ends."""
    command = [sys.executable, "-m", "gsctracker", "serve", "--data-dir", str(folder), *arguments]
    ended = subprocess.run(command, env=clean_environment(**settings), capture_output=True, text=True, timeout=60)
    assert ended.returncode == status, ended
    assert "Traceback" not in ended.stderr
    return ended.stderr


def until(met, seconds=30):
    """Wait for a condition, however busy the machine is; fails where it does not come true."""
    deadline = time.monotonic() + seconds
    while not met():
        assert time.monotonic() < deadline, "what was waited for did not happen"
        time.sleep(0.02)


def refuses(port):
    """Whether nobody listens on that port."""
    with socket.socket() as asking:
        return asking.connect_ex(("127.0.0.1", port)) != 0


def raw(running, *parts):
    """Send these bytes one after another; give everything that comes back."""
    with socket.create_connection(("127.0.0.1", running.port), timeout=30) as line:
        for part in parts:
            line.sendall(part)
        received = b""
        while chunk := line.recv(65536):
            received += chunk
    return received


def test_a_fresh_folder_becomes_a_box_that_is_well(box):
    """MON-08: /health has its checks, each with its own status, and 200."""
    status, headers, body = box.get("/health")
    said = json.loads(body)
    assert status == 200
    assert said["status"] == "healthy"
    assert said["version"] == "2.0.0"
    assert said["timestamp"].endswith("Z")
    assert 0 <= said["uptimeSeconds"] < 3600
    assert set(said["checks"]) == {"database", "disk", "memory", "backup", "jobs"}
    assert all(check["status"] in ("healthy", "warning") for check in said["checks"].values())
    assert said["checks"]["backup"]["status"] == "warning"
    assert "no-store" in headers["Cache-Control"]


def test_what_it_makes_is_for_its_owner_alone(box):
    """DB-22: folder 0700, keys and database 0600."""
    line = next(line for line in box.lines() if line.get("event") == "ready")
    folder = box.folder
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (folder, *folder.rglob("*"))}
    assert modes[folder] == modes[folder / "secrets"] == 0o700
    assert modes[folder / "secrets" / "session_secret"] == modes[folder / "secrets" / "encryption_key"] == 0o600
    assert modes[folder / "gsctracker.db"] == 0o600
    assert not any(mode & 0o077 for mode in modes.values())
    assert line["addresses"]


def test_an_empty_box_gives_a_setup_link_that_works_once(box):
    line = next(line for line in box.lines() if line.get("event") == "ready")
    assert line["setup_link"].startswith(f"{line['addresses'][0]}/setup?code=")


def test_every_line_is_json_with_its_fields(box):
    """LOG-01 LOG-03: every line parses and says when, how grave, who and what."""
    box.get("/health")
    lines = box.lines()
    for line in lines:
        assert {"timestamp", "level", "message", "service", "version", "env"} <= set(line)
        assert line["service"] == "gsctracker"
        assert line["timestamp"][-5] == "." and line["timestamp"].endswith("Z")


def test_each_request_leaves_one_line_without_its_query(box):
    """LOG-05: one line a request; what stands behind the ? is in none of them."""
    before = len([line for line in box.lines() if line.get("event") == "request"])
    box.get("/health?token=hunter2")
    box.get("/robots.txt?email=ana@example.org")
    box.get("/no-such-page/hunter2hunter2hunter2hunter2")
    after = [line for line in box.lines() if line.get("event") == "request"]
    assert len(after) == before + 3
    assert after[-3]["route"] == after[-3]["path"] == "/health"
    assert "hunter2" not in box.said()
    assert "ana@" not in box.said()


def test_a_request_keeps_its_id_from_the_header_to_the_log(box):
    """LOG-06: the caller's id when it is sane, one of ours otherwise."""
    _, headers, _ = box.get("/health", X_Request_ID="from-the-caller-1")
    assert headers["X-Request-ID"] == "from-the-caller-1"
    _, headers, _ = box.get("/health", X_Request_ID="no spaces; please")
    made = headers["X-Request-ID"]
    assert made != "no spaces; please"
    logged = [line.get("request_id") for line in box.lines()]
    assert "from-the-caller-1" in logged and made in logged


def test_numbers_are_prometheus_text(box):
    """MON-01 MON-02 MON-05: the process, requests by route, and no id in any label."""
    box.get("/health")
    box.get("/api/sales/4711")
    status, headers, body = box.get("/metrics")
    text = body.decode()
    assert status == 200
    assert headers["Content-Type"].startswith("text/plain")
    assert "process_resident_memory_bytes " in text
    assert (
        'gsctracker_http_request_duration_seconds_bucket{le="0.005",method="GET",status="200",url_rule="/health"}'
        in text
    )
    assert "gsctracker_build_info{" in text
    assert "gsctracker_active_sessions 0" in text
    assert not re.search(r"\{[^}]*4711", text)  # in a label: among the figures it may stand by chance


def test_numbers_are_not_for_strangers_behind_a_proxy_we_do_not_know(box):
    """MON-05: a proxy on this machine does not make its visitors neighbours."""
    status, _, body = box.get("/metrics", X_Forwarded_For="203.0.113.9")
    assert status == 403
    assert b"gsctracker_" not in body


def test_the_box_asks_not_to_be_indexed(box):
    """UX-16: everything is disallowed, and every answer says so too."""
    assert box.get("/sign-in")[1]["X-Robots-Tag"] == "noindex, nofollow"
    status, _, body = box.get("/robots.txt")
    assert (status, body) == (200, b"User-agent: *\nDisallow: /\n")


def test_the_details_are_not_for_everybody(box):
    """MON-09: who is not signed in is sent to the sign-in page."""
    status, headers, body = box.get("/health/detailed")
    assert status == 302
    assert headers["Location"].startswith("/sign-in")
    assert b"sqlite" not in body.lower()


def test_something_too_large_gets_its_answer_even_while_it_is_still_being_sent(box):
    head = f"POST /api/sales HTTP/1.1\r\nHost: x\r\nContent-Length: {64 * 2**20}\r\n\r\n".encode()
    received = raw(box, head, b"x" * (8 * 2**20))
    assert received.startswith(b"HTTP/1.1 413")
    assert json.loads(received.split(b"\r\n\r\n", 1)[1])["error"]["code"] == "too_large"
    assert b"X-Request-Id: " in received


def test_what_is_not_http_is_refused_in_a_sentence(box):
    received = raw(box, b"\x16\x03\x01 hello\r\n\r\n")
    assert received.startswith(b"HTTP/1.0 400") or received.startswith(b"HTTP/1.1 400")
    assert b"Traceback" not in received


def test_an_invented_method_is_refused_and_reaches_no_label(box):
    received = raw(box, b"BREW /health HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
    assert received.startswith(b"HTTP/1.1 405")
    assert b"BREW" not in box.get("/metrics")[2]


def test_two_hundred_people_may_keep_a_connection_open(box):
    """PERF-04: more connections than waitress would take by itself."""
    lines = [socket.create_connection(("127.0.0.1", box.port), timeout=30) for _ in range(250)]
    try:
        for line in lines:
            line.sendall(b"GET /robots.txt HTTP/1.1\r\nHost: x\r\n\r\n")
        assert all(line.recv(4096).startswith(b"HTTP/1.1 200") for line in lines)
    finally:
        for line in lines:
            line.close()


def test_a_second_server_on_the_same_folder_is_refused(box):
    """PERF-23, Fault 48: one server on one file: the second says so, changes nothing and ends with 75."""
    said = refused(box.folder, "--port", str(free_port()), status=75)
    assert said.startswith("Error: Another GSCTracker server (process ")
    assert said.count("\n") == 1
    assert box.get("/health")[0] == 200


def test_a_taken_port_is_refused_with_a_way_out(box, tmp_path):
    said = refused(tmp_path, "--host", "127.0.0.1", "--port", str(box.port))
    assert f"port {box.port}" in said and "--port" in said


def test_an_unknown_setting_stops_the_start(tmp_path):
    assert "GSCTRACKER_PROT" in refused(tmp_path / "data", GSCTRACKER_PROT="80")
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SESSION_SECRET", "x7Gh2kQ9"),
        ("SESSION_SECRET", "please-change-me-please-change-me-now"),
        ("ENCRYPTION_KEY", "00"),
    ],
)
def test_a_weak_key_stops_the_start(tmp_path, name, value):
    said = refused(tmp_path / "data", **{name: value})
    assert name in said and value not in said


def test_a_wrong_port_is_wrong_usage(tmp_path):
    command = [sys.executable, "-m", "gsctracker", "serve", "--data-dir", str(tmp_path), "--port", "0"]
    assert subprocess.run(command, env=clean_environment(), capture_output=True, timeout=60).returncode == 2


@pytest.mark.parametrize("ending", [signal.SIGTERM, signal.SIGINT])
def test_a_request_that_is_still_coming_in_is_answered_before_the_end(tmp_path, ending):
    """DEP-03: SIGTERM finishes what is in flight and exits 0."""
    with started(tmp_path / "data") as running:
        body = b'{"email": "nobody@example.org", "password": "wrong wrong wrong"}'
        head = (
            "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body)}\r\n\r\n"
        ).encode()
        with socket.create_connection(("127.0.0.1", running.port), timeout=30) as line:
            line.sendall(head + body[:20])
            assert running.get("/health")[0] == 200  # what was sent before has been read by then
            running.process.send_signal(ending)
            until(lambda: refuses(running.port))
            assert running.process.poll() is None
            line.sendall(body[20:])
            assert line.recv(4096).startswith(b"HTTP/1.1 ")
        assert running.process.wait(timeout=30) == 0
        assert "stopped" in running.said()


SLOW = """
import os, sys, time
from gsctracker.web import server

def app(environ, start_response):
    print("asked", flush=True)
    while not os.path.exists(sys.argv[2]):
        time.sleep(0.02)
    body = b"x" * 3_000_000
    start_response("200 OK", [("Content-Length", str(len(body))), ("Content-Type", "text/plain")])
    return [body]

server.run(app, server.listen("127.0.0.1", int(sys.argv[1])), 2, ready=lambda: None)
"""


def test_slow_answers_are_finished_and_waiting_ones_too(tmp_path):
    """DEP-03, Fault 9: two are worked on and two wait when the signal comes; all four get every byte."""
    port, said, gate = free_port(), tmp_path / "said", tmp_path / "gate"
    with said.open("wb") as out:
        command = [sys.executable, "-c", SLOW, str(port), str(gate)]
        process = subprocess.Popen(command, env=clean_environment(), stdout=out)
    running = Running(process, port, said, tmp_path)
    try:
        until_it_answers(running)
        lines = [http.client.HTTPConnection("127.0.0.1", port, timeout=30) for _ in range(4)]
        for line in lines:
            line.request("GET", "/")
        until(lambda: said.read_text().count("asked") == 2)
        process.send_signal(signal.SIGTERM)
        until(lambda: refuses(port))
        gate.touch()
        sizes = [len(line.getresponse().read()) for line in lines]
        for line in lines:
            line.close()
        assert sizes == [3_000_000] * 4
        assert process.wait(timeout=30) == 0
        with pytest.raises(OSError, match="refused"):
            socket.create_connection(("127.0.0.1", port), timeout=5)
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def test_a_box_stops_and_starts_again_with_the_same_keys(tmp_path):
    folder = tmp_path / "data"
    with started(folder) as running:
        assert (folder / served.NAME).exists()
        assert running.stop() == 0
    assert not (folder / served.NAME).exists()
    keys = {path.name: path.read_text() for path in (folder / "secrets").iterdir()}
    assert not (folder / "gsctracker.db-wal").exists()
    with started(folder) as running:
        assert running.get("/health")[0] == 200
        assert "Open it at http://127.0.0.1:" in running.said()
        assert "/setup?code=" in running.said()
        assert running.stop() == 0
    assert keys == {path.name: path.read_text() for path in (folder / "secrets").iterdir()}


def test_commands_find_a_server_that_was_told_its_port(box):
    """DEP-34: `serve --port` is known to that process alone, so it leaves its address in the data folder."""
    environment = clean_environment(PORT=str(free_port()))  # where nobody listens
    asking = [sys.executable, "-m", "gsctracker"]
    told = {"env": environment, "capture_output": True, "text": True, "timeout": 60}
    checked = subprocess.run([*asking, "healthcheck", "--data-dir", box.folder], **told)
    assert (checked.returncode, checked.stdout) == (0, "healthy\n"), checked.stderr
    examined = subprocess.run([*asking, "doctor", "--json", "--data-dir", box.folder], **told)
    (server,) = [each for each in json.loads(examined.stdout)["checks"] if each["name"] == "server"]
    assert (server["status"], server["message"]) == ("ok", f"It answers on port {box.port}")


def test_a_database_that_is_gone_makes_the_box_unwell(tmp_path):
    """MON-08: killing the database file gives 503, and healthcheck exits 1."""
    folder = tmp_path / "data"
    with started(folder) as running:
        asking = [sys.executable, "-m", "gsctracker", "healthcheck", "--data-dir", str(folder)]
        environment = clean_environment(PORT=str(running.port))
        assert subprocess.run(asking, env=environment, capture_output=True, timeout=60).returncode == 0
        for path in folder.glob("gsctracker.db*"):
            os.unlink(path)
        status, _, body = running.get("/health")
        assert status == 503
        assert json.loads(body)["checks"]["database"]["status"] == "unhealthy"
        assert str(tmp_path) not in body.decode()
        asked = subprocess.run(asking, env=environment, capture_output=True, text=True, timeout=60)
        assert asked.returncode == 1
        assert "database" in asked.stderr
    asked = subprocess.run(asking, env=environment, capture_output=True, text=True, timeout=60)
    assert asked.returncode == 1
    assert "No answer" in asked.stderr


def test_a_token_opens_the_numbers_from_anywhere(tmp_path):
    """MON-05: with METRICS_TOKEN as a bearer, through whatever proxy."""
    with started(tmp_path / "data", METRICS_TOKEN="a-token-for-the-numbers") as running:
        outside = {"X_Forwarded_For": "203.0.113.9"}
        assert running.get("/metrics", **outside)[0] == 403
        assert running.get("/metrics", **outside, Authorization="Bearer wrong")[0] == 403
        assert running.get("/metrics", **outside, Authorization="Bearer a-token-for-the-numbers")[0] == 200


def test_a_trusted_proxy_speaks_for_its_visitors(tmp_path):
    with started(tmp_path / "data", TRUSTED_PROXIES="127.0.0.0/8") as running:
        assert running.get("/metrics", X_Forwarded_For="203.0.113.9")[0] == 403
        assert running.get("/metrics", X_Forwarded_For="203.0.113.9, 192.168.1.20")[0] == 200
        assert running.get("/metrics")[0] == 200


def test_the_example_troop_comes_with_its_sign_ins_and_stays(tmp_path):
    """`serve --demo` in an empty box makes the troop; the second start has the same one."""
    folder = tmp_path / "data"
    for _ in range(2):
        with started(folder, "--demo") as running:
            said = running.said()
            assert "/setup?code=" not in said
            assert all(role in said for role in ("admin", "leader", "cookie leader", "caregiver", "scout"))
            assert running.get("/health")[0] == 200
            assert running.stop() == 0


def test_the_example_troop_is_refused_where_a_real_one_is(tmp_path):
    folder = factories.box_in(tmp_path / "data")
    assert "real troop" in refused(folder, "--demo", "--port", str(free_port()))
