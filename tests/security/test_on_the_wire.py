"""What somebody on the network sends who is no browser: slow, endless, smuggled, dressed up. The box goes on answering others."""

import http.client
import re
import socket
import subprocess
import sys
import time
from contextlib import closing

import pytest

from gsctracker.ops.demo_people import PASSWORD
from tests.running import Running, clean_environment, free_port, started, until_it_answers

LEADER = "cookies@example.org"


@pytest.fixture(scope="module")
def box(tmp_path_factory):
    """The example troop behind a server that runs."""
    with started(tmp_path_factory.mktemp("wire") / "box", "--demo") as running:
        yield running


def raw(box, said: bytes, seconds: float = 20) -> bytes:
    """What the box answers to these bytes until it closes, or says no more for a while."""
    with socket.create_connection(("127.0.0.1", box.port), timeout=seconds) as line:
        line.sendall(said)
        line.shutdown(socket.SHUT_WR)
        got = b""
        while more := line.recv(65536):
            got += more
        return got


def ask(box, method, path, body=None, **headers):
    with closing(http.client.HTTPConnection("127.0.0.1", box.port, timeout=30)) as line:
        line.request(method, path, body, {name.replace("_", "-"): text for name, text in headers.items()})
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read().decode("utf-8", "replace")


def session_of(box, **headers) -> str:
    """Sign in and give the cookie, as Name=value."""
    body = f"email={LEADER}&password={PASSWORD.replace(' ', '+')}"
    form = {"Content_Type": "application/x-www-form-urlencoded"}
    status, found, _ = ask(box, "POST", "/sign-in", body, **form, **headers)
    assert status == 303
    return next(cookie for cookie in found.get_all("Set-Cookie") if "session" in cookie).partition(";")[0]


def statuses(answer: bytes) -> list[int]:
    return [int(number) for number in re.findall(rb"HTTP/1\.[01] (\d{3})", answer)]


def test_two_requests_in_one_are_not_smuggled(box):
    """A length and chunks, two lengths, odd chunks, bare line ends: one answer or none, and never that of the hidden request."""
    hidden = b"GET /api/auth/me HTTP/1.1\r\nHost: localhost\r\n\r\n"
    start = b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\n"
    heads = {
        "both": b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" % (5 + len(hidden)) + hidden,
        "two lengths": b"Content-Length: 0\r\nContent-Length: %d\r\n\r\n" % len(hidden) + hidden,
        "a signed length": b"Content-Length: +0\r\n\r\n" + hidden,
        "an odd coding": b"Transfer-Encoding: xchunked\r\n\r\n" + hidden,
        "two codings": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + hidden,
        "an odd chunk": b"Transfer-Encoding: chunked\r\n\r\n0x1\r\na\r\n0\r\n\r\n" + hidden,
        "a space before the colon": b"Content-Length : 0\r\n\r\n" + hidden,
        "a folded line": b"X: a\r\n Content-Length: 5\r\n\r\n" + hidden,
    }
    for case, head in heads.items():
        found = statuses(raw(box, start + head))
        assert 401 not in found or found[0] >= 400, (case, found)
        assert 200 not in found, (case, found)


def test_heads_without_end_and_paths_of_any_kind_get_a_short_no(box):
    big = b"GET / HTTP/1.1\r\nHost: localhost\r\n"
    for head in (b"X: " + b"a" * 100_000, b"Cookie: gsct_session=" + b"a" * 100_000, b"\r\n".join([b"X: y"] * 30_000)):
        assert statuses(raw(box, big + head + b"\r\n\r\n"))[:1] in ([400], [431])
    assert statuses(raw(box, b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\n\r\n"))[:1] in ([400], [414], [431])
    for path in (
        "/static/..%2f..%2fschema.sql", "/static/....//schema.sql", "/static//etc/passwd", "/static/%00", "/static/app.css%00.html",
        "/..;/health/detailed", "/%2e%2e/%2e%2e/etc/passwd", "/sign-in/..%2f..%2f", "//evil.example.org/", "/\\evil.example.org",
        "/static/C:%5cwindows", "/static/app.css/../../app.py", "*", "http://evil.example.org/",
    ):  # fmt: skip
        answer = raw(box, f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())
        assert statuses(answer)[0] in (302, 303, 308, 400, 404), (path, answer[:200])
        assert b"evil" not in answer.partition(b"\r\n\r\n")[0].replace(b"next=", b""), (path, answer[:300])
        assert b"root:" not in answer
        assert b"CREATE TABLE" not in answer


def test_what_a_stranger_says_of_herself_is_not_believed(box):
    """A forged address does not clear the limits, a forged scheme makes no cookie Secure, a forged host stands in no link."""
    claims = {
        "X_Forwarded_For": "127.0.0.1",
        "X_Forwarded_Host": "evil.example.org",
        "Forwarded": "for=127.0.0.1;host=evil",
    }
    cookie = session_of(box, **claims, X_Forwarded_Proto="https")
    assert cookie.startswith("gsct_session=")
    form = {"Content_Type": "application/x-www-form-urlencoded", "Cookie": cookie}
    status, _, page = ask(box, "POST", "/people/invite", "email=new@example.org&role=leader", **form, **claims)
    assert status == 200
    assert "/join/" in page
    assert "evil" not in page
    for number in range(8):
        body = f"email=robin.b1@example.org&password=wrong{number}"
        header = {"Content_Type": form["Content_Type"], "X_Forwarded_For": f"10.9.8.{number}"}
        status = ask(box, "POST", "/sign-in", body, **header)[0]
    assert status == 429
    for host in ("evil.example.org", "evil.example.org:80", "localhost.evil.example.org", "a@localhost", "localhost/x"):
        assert ask(box, "GET", "/sign-in", Host=host)[0] == 400, host


def test_a_session_that_was_given_changed_or_ended_opens_nothing(box):
    """SEC-38: fixation, a session twice in a header, a truncated one, and one that was signed out, also where it was kept warm."""
    given = "gsct_session=" + "a" * 43
    hers = session_of(box, Cookie=given)
    assert hers != given
    for cookie in (given, hers[:-1], hers + "a", hers.upper(), f"{given}; {hers}", hers.replace("gsct", "x_gsct")):
        assert ask(box, "GET", "/api/auth/me", Cookie=cookie)[0] == 401, cookie[:20]
    for _ in range(3):
        assert ask(box, "GET", "/api/auth/me", Cookie=hers)[0] == 200
    status, headers, _ = ask(box, "GET", "/sales", Cookie=hers)
    assert (status, headers["Cache-Control"]) == (200, "no-store")
    assert ask(box, "POST", "/sign-out", Cookie=hers)[0] == 303
    for path in ("/api/auth/me", "/api/sales", "/sales", "/stock"):
        assert ask(box, "GET", path, Cookie=hers)[0] in (302, 401), path
        assert ask(box, "GET", path, Cookie=hers, If_None_Match=headers.get("ETag", "*"))[0] in (302, 401), path


def test_no_form_and_no_fetch_of_another_site_is_taken_whatever_it_says_of_itself(box):
    """SEC-16: Origin null, another port, another scheme, a name that begins like ours, a method in a header or in the form."""
    hers = session_of(box)
    _, _, before = ask(box, "GET", "/api/auth/me", Cookie=hers)
    here = f"127.0.0.1:{box.port}"
    for origin in (
        "null",
        "http://evil.example.org",
        f"http://{here}.evil.org",
        f"ftp://{here}",
        "http://127.0.0.1:1",
        "http://[",
    ):
        for kind in (
            "application/x-www-form-urlencoded",
            "text/plain",
            "multipart/form-data; boundary=x",
            "application/json",
        ):
            status = ask(
                box, "POST", "/account/name", "firstName=Mallory", Cookie=hers, Origin=origin, Content_Type=kind
            )[0]
            assert status == 403, (origin, kind)
    for site in ("cross-site", "same-site", "Cross-Site", "", "x"):
        headers = {"Cookie": hers, "Sec_Fetch_Site": site, "Content_Type": "application/x-www-form-urlencoded"}
        assert ask(box, "POST", "/account/name", "firstName=Mallory", **headers)[0] == 403, site
    for trick in ({"X_HTTP_Method_Override": "POST"}, {"X_Method_Override": "DELETE"}):
        ask(box, "GET", "/account/name?firstName=Mallory&_method=POST", Cookie=hers, **trick)
    assert ask(box, "GET", "/api/auth/me", Cookie=hers)[2] == before


def test_who_trickles_a_request_in_loses_the_line_and_others_do_not_wait(tmp_path):
    """Slow heads, silent lines and many of them: phones are answered meanwhile, and after a while the lines are shut."""
    port, said = free_port(), tmp_path / "said"
    quick = "from gsctracker.web import server; server.HEAD_SECONDS = 1; from gsctracker.cli import main; main()"
    command = [sys.executable, "-c", quick, "serve", "--host", "127.0.0.1", "--port", str(port), "--demo"]
    with said.open("wb") as out:
        process = subprocess.Popen(
            [*command, "--data-dir", str(tmp_path / "box")],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=clean_environment(),
        )
    slow: list[socket.socket] = []
    try:
        box = Running(process, port, said, tmp_path / "box")
        until_it_answers(box)
        kept = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        kept.request("GET", "/health")
        kept.getresponse().read()
        kept.auto_open = 0
        for number in range(60):
            slow.append(socket.create_connection(("127.0.0.1", port), timeout=60))
            if number % 2:
                slow[-1].sendall(b"POST /sign-in HTTP/1.1\r\nHost: localhost\r\nX-Slow: ")
        began = time.monotonic()
        assert ask(box, "GET", "/health")[0] == 200
        assert time.monotonic() - began < 20
        assert [line.recv(1) for line in slow] == [b""] * len(slow), "each was shut without a word"
        kept.request("GET", "/health")
        assert kept.getresponse().read(), "whoever asked before may rest between two questions"
        kept.close()
        assert ask(box, "GET", "/sign-in")[0] == 200
    finally:
        for line in slow:
            line.close()
        process.kill()
        process.wait()
