"""Booth mode behind Debian's nginx with a certificate: there the worker runs and opens the page without a connection."""

import base64
import hashlib
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.browser.booth_phones import Table, a_table, free_port, opened, phone, says, sell
from tests.browser.conftest import CHROMIUM, QUIET
from tests.running import started

NGINX = shutil.which("nginx") or "/usr/sbin/nginx"
CONF = """{user}
daemon off; pid {folder}/nginx.pid; error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  access_log off; client_max_body_size 16m;
  client_body_temp_path {folder}/b; proxy_temp_path {folder}/p; fastcgi_temp_path {folder}/f; uwsgi_temp_path {folder}/u;
  scgi_temp_path {folder}/s;
  server {{
    listen 127.0.0.1:{port} ssl; ssl_certificate {folder}/box.pem; ssl_certificate_key {folder}/box.key;
    location / {{
      proxy_pass http://127.0.0.1:{inside}; proxy_set_header Host $http_host;
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto https;
    }}
  }}
}}
"""


class Behind(NamedTuple):
    """A box, the HTTPS address that nginx gives it, the key to be trusted, and what leads nginx to another port."""

    table: Table
    address: str
    trusted: str
    lead_to: Callable[[int], object]


def _openssl(*words):
    subprocess.run(["openssl", *words], check=True, capture_output=True)


def _certificate(folder):
    """A test authority and what it signs for localhost; gives the hash of the public key that the browser is to trust."""
    _openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=Test authority", "-keyout",
             f"{folder}/ca.key", "-out", f"{folder}/ca.pem")  # fmt: skip
    _openssl("req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout", f"{folder}/box.key", "-out",
             f"{folder}/box.csr")  # fmt: skip
    (folder / "names").write_text("subjectAltName=DNS:localhost,IP:127.0.0.1\n")
    _openssl("x509", "-req", "-in", f"{folder}/box.csr", "-CA", f"{folder}/ca.pem", "-CAkey", f"{folder}/ca.key",
             "-CAcreateserial", "-days", "2", "-extfile", f"{folder}/names", "-out", f"{folder}/box.pem")  # fmt: skip
    _openssl("pkey", "-in", f"{folder}/box.key", "-pubout", "-outform", "DER", "-out", f"{folder}/box.pub")
    return base64.b64encode(hashlib.sha256((folder / "box.pub").read_bytes()).digest()).decode()


@pytest.fixture(scope="module")
def behind(tmp_path_factory):
    """The box behind nginx, its HTTPS address, and a browser that trusts its certificate."""
    folder = tmp_path_factory.mktemp("nginx")
    trusted, port = _certificate(folder), free_port()
    address = f"https://localhost:{port}"
    settings = {"APP_URL": address, "TRUSTED_PROXIES": "127.0.0.1"}
    with a_table(tmp_path_factory.mktemp("https") / "box", **settings) as table:
        user = "user root;" if os.getuid() == 0 else ""

        def lead_to(inside):
            (folder / "nginx.conf").write_text(CONF.format(user=user, folder=folder, port=port, inside=inside))

        lead_to(table.server.port)
        process = subprocess.Popen([NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf")])
        try:
            for _ in range(100):
                if (folder / "nginx.pid").exists():
                    break
                time.sleep(0.05)
            yield Behind(table, address, trusted, lambda inside: (lead_to(inside), process.send_signal(signal.SIGHUP)))
        finally:
            process.terminate()
            process.wait()


@pytest.fixture(scope="module")
def secure_browser(behind, browser):
    """The same Chromium, started once more with the certificate's key among those it trusts."""
    kind = browser.browser_type
    found = kind.launch(
        executable_path=CHROMIUM, args=[*QUIET, f"--ignore-certificate-errors-spki-list={behind.trusted}"]
    )
    yield found
    found.close()


def _controlled(page):
    page.wait_for_function("() => navigator.serviceWorker.ready.then(() => true)")
    page.evaluate("() => navigator.serviceWorker.ready.then(() => new Promise((yes) => setTimeout(yes, 300)))")


def test_the_page_opens_without_a_connection_and_sells(behind, secure_browser):
    """UX-21: closed in the evening, opened at the booth without signal, sold, and sent at home."""
    table, address = behind.table, behind.address
    context = phone(secure_browser, table, address=address)
    page = opened(context, table, address)
    _controlled(page)
    page.close()
    context.set_offline(True)
    page = opened(context, table, address)
    assert page.locator("h1").inner_text() == "Market"
    assert "Olga" not in page.content()
    sell(page, TM=2)
    says(page, "No connection. Saved on this phone, 1 not sent")
    page.reload()
    says(page, "1 not sent")
    context.set_offline(False)
    says(page, "Everything is sent")
    assert table.tally() == {"TM": 2}
    context.close()


def test_nothing_of_anybody_is_kept_for_another_and_signing_out_hides_the_booth(behind, secure_browser):
    """UX-21: what the worker keeps is what a stranger sees; after signing out the page without signal shows no booth."""
    table, address = behind.table, behind.address
    context = phone(secure_browser, table, "mona", address=address)
    page = opened(context, table, address)
    _controlled(page)
    kept = page.evaluate("""async () => {
        const found = {};
        for (const name of await caches.keys()) for (const asked of await (await caches.open(name)).keys())
          found[new URL(asked.url).pathname] = await (await caches.match(asked)).text();
        return found;
    }""")
    assert "/booths/without-signal" in kept
    assert not [path for path, text in kept.items() if "Mona" in text or "Market" in text]
    assert not [path for path in kept if path.startswith("/api") or path.endswith("/mode")]
    page.evaluate("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()")
    page.wait_for_url("**/sign-in")
    context.set_offline(True)
    page.goto(address + table.page)
    page.get_by_text("This phone does not know this booth yet").wait_for()
    assert page.locator("#till button").count() == 0
    context.close()


def test_the_worker_takes_itself_away_where_it_is_switched_off(behind, secure_browser):
    """UX-21: OFFLINE_PAGES=no is the way back from a worker that misbehaves."""
    table, address = behind.table, behind.address
    context = phone(secure_browser, table, address=address)
    page = opened(context, table, address)
    _controlled(page)
    assert table.server.stop() == 0
    with started(table.server.folder, APP_URL=address, TRUSTED_PROXIES="127.0.0.1", OFFLINE_PAGES="no") as other:
        behind.lead_to(other.port)
        page.wait_for_timeout(500)
        page.evaluate("() => navigator.serviceWorker.getRegistration('/booths/').then((one) => one.update())")
        page.wait_for_function("""() => Promise.all([navigator.serviceWorker.getRegistrations(), caches.keys()])
            .then(([workers, names]) => !workers.length && !names.length)""")
    context.close()
