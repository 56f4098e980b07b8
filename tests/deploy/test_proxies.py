"""nginx and Caddy, started with the examples before a real box: what a visitor gets through them, and while the box is away."""

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import time
import warnings
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.running import free_port, started

EXAMPLES = Path(__file__).parents[2] / "examples" / "deploy"
CLAIMED = "203.0.113.66"
NAME = "cookies.example.org"


class Line(http.client.HTTPSConnection):
    """A connection to this machine under the name that people open."""

    def connect(self):
        """Shake hands under the name."""
        self.sock = self._context.wrap_socket(socket.create_connection(("127.0.0.1", self.port)), server_hostname=NAME)


def replaced(text, *pairs):
    """The text with each (this, that) put in, all of which must be there."""
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new)
    return text


def nginx(folder, port, box):
    """The example with this test's places in it, and the command that runs it."""
    made = f"openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN={NAME}"
    command = f"{made} -keyout {folder}/key -out {folder}/cert"
    subprocess.run(command.split(), check=True, capture_output=True)
    text = replaced(
        (EXAMPLES / "nginx.conf").read_text(),
        ("worker_processes 1;", f"{'user root;' if os.geteuid() == 0 else ''} daemon off; worker_processes 1;"),
        ("/run/gsctracker-nginx.pid", f"{folder}/pid"),
        ("/tmp/gsctracker-nginx", f"{folder}/nginx"),
        ("127.0.0.1:3000", f"127.0.0.1:{box}"),
        ("listen 80;", f"listen 127.0.0.1:{free_port()};"),
        ("listen 443 ", f"listen 127.0.0.1:{port} "),
        ("/etc/letsencrypt/live/cookies.example.org/fullchain.pem", f"{folder}/cert"),
        ("/etc/letsencrypt/live/cookies.example.org/privkey.pem", f"{folder}/key"),
    )
    (folder / "nginx.conf").write_text(text)
    return [shutil.which("nginx") or "/usr/sbin/nginx", "-c", str(folder / "nginx.conf"), "-p", str(folder)], {}


def caddy(folder, port, box):
    """The same for Caddy, with a certificate of its own making."""
    ours = f"{{\n\tadmin off\n\tlocal_certs\n\tskip_install_trust\n\thttp_port {free_port()}\n\thttps_port {port}\n}}\n"
    text = replaced((EXAMPLES / "Caddyfile").read_text(), ("lb_try_duration 15s", "lb_try_duration 1s"))
    (folder / "Caddyfile").write_text(ours + text)
    told = {
        "SITE": NAME,
        "UPSTREAM": f"127.0.0.1:{box}",
        "HOME": str(folder),
        "PATH": os.environ["PATH"],
    }
    return ["caddy", "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"], told


@contextmanager
def before(proxy, folder, port, box):
    """That proxy before the box; gives a function that asks through it."""
    command, environment = proxy(folder, port, box)
    with (folder / "proxy.said").open("wb") as said:
        process = subprocess.Popen(command, env=environment or None, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
    context = ssl._create_unverified_context()

    def ask(method, path, body=None, **headers):
        line = Line(NAME, port, context=context)
        try:
            line.request(
                method, path, body, {"Host": NAME} | {name.replace("_", "-"): text for name, text in headers.items()}
            )
            answer = line.getresponse()
            return answer.status, answer.headers, answer.read()
        finally:
            line.close()

    try:
        for _ in range(150):
            try:
                ask("GET", "/livez")
                break
            except OSError:
                assert process.poll() is None, (folder / "proxy.said").read_text()
                time.sleep(0.1)
        yield ask
    finally:
        process.terminate()
        process.wait(20)


OLD = 0x0302
"""TLS 1.1, of which Python warns by its name."""


def spoken(port, most):
    """The version of TLS that the proxy speaks with a browser that knows no newer one than that, or None."""
    context = ssl._create_unverified_context()
    context.set_ciphers("ALL:@SECLEVEL=0")  # so that it is not this side that refuses
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        context.minimum_version, context.maximum_version = ssl.TLSVersion.MINIMUM_SUPPORTED, most
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=20) as line,
            context.wrap_socket(line, server_hostname=NAME) as safe,
        ):
            return safe.version()
    except (ssl.SSLError, ConnectionError):
        return None


@pytest.mark.parametrize("proxy", [nginx, caddy])
def test_a_visitor_comes_through_and_is_told_while_the_box_is_away(tmp_path, proxy):
    """DEP-07 SEC-11: TLS of today and none older, headers, limits; what a visitor claims to be is not believed; a polite page meanwhile."""
    port, folder = free_port(), tmp_path / "proxy"
    folder.mkdir()
    settings = {"APP_URL": f"https://{NAME}", "TRUSTED_PROXIES": "127.0.0.1", "LOG_FORMAT": "json"}
    with started(tmp_path / "data", **settings) as box, before(proxy, folder, port, box.port) as ask:
        assert ask("GET", "/livez")[0] == 204
        assert spoken(port, ssl.TLSVersion.TLSv1_3) == "TLSv1.3"
        assert spoken(port, ssl.TLSVersion.TLSv1_2) == "TLSv1.2"
        assert spoken(port, OLD) is None
        status, headers, _ = ask("GET", "/api/sales", X_Forwarded_For=CLAIMED, Forwarded=f"for={CLAIMED}")
        assert status == 401
        assert headers["Strict-Transport-Security"]  # the box knows that the visitor came by HTTPS
        status, headers, page = ask("GET", "/api/docs", Accept_Encoding="gzip")
        assert (status, headers["Content-Encoding"], page[:2]) == (200, "gzip", b"\x1f\x8b")
        assert headers["Content-Security-Policy"]
        assert ask("GET", "/metrics")[0] == 404
        with contextlib.suppress(ConnectionError, ssl.SSLError):  # whoever still sends may be hung up on
            assert ask("POST", "/api/auth/login", b"x" * 17_000_000)[0] == 413
        assert CLAIMED not in box.said()
        assert box.stop() == 0
        status, headers, page = ask("GET", "/")
        assert (status, headers["Retry-After"]) == (503, "10")
        assert b"Nothing is lost" in page and "text/html" in headers["Content-Type"]


def test_answers_go_on_at_once_through_each():
    """DEP-08: nothing is held back for live boards."""
    assert re.search(r"proxy_buffering off;", (EXAMPLES / "nginx.conf").read_text())
    assert re.search(r"flush_interval -1", (EXAMPLES / "Caddyfile").read_text())
    assert "responseForwarding.flushInterval: -1" in (EXAMPLES / "compose.traefik.yaml").read_text()
