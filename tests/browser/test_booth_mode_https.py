"""Booth mode behind Debian's nginx and Caddy with a certificate: there the worker runs and opens the page without a connection."""

from collections.abc import Callable
from contextlib import ExitStack
from typing import NamedTuple

import pytest

from tests.browser.booth_phones import Table, a_table, opened, phone, says, sell
from tests.browser.conftest import CHROMIUM, QUIET
from tests.browser.tls_proxies import before, certificate
from tests.running import free_port, started

BEHIND_BOTH = pytest.mark.parametrize("behind", ["nginx", "caddy"], indirect=True)
BEHIND_ONE = pytest.mark.parametrize("behind", ["nginx"], indirect=True)


class Behind(NamedTuple):
    """A box, the HTTPS address that a proxy gives it, the key to be trusted, and what leads the proxy to another port."""

    table: Table
    address: str
    trusted: str
    lead_to: Callable[[int], None]


@pytest.fixture(scope="module")
def behind(request, tmp_path_factory):
    """The box behind the proxy of that name."""
    folder = tmp_path_factory.mktemp(request.param)
    trusted, port = certificate(folder), free_port()
    address = f"https://localhost:{port}"
    settings = {"APP_URL": address, "TRUSTED_PROXIES": "127.0.0.1"}
    with a_table(tmp_path_factory.mktemp("https") / "box", **settings) as table, ExitStack() as standing:

        def lead_to(inside):
            standing.close()
            standing.enter_context(before(request.param, folder, port, inside))

        lead_to(table.server.port)
        yield Behind(table, address, trusted, lead_to)


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


@BEHIND_BOTH
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


@BEHIND_ONE
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


@BEHIND_ONE
def test_the_worker_takes_itself_away_where_it_is_switched_off(behind, secure_browser):
    """UX-21: OFFLINE_PAGES=no is the way back from a worker that misbehaves."""
    table, address = behind.table, behind.address
    context = phone(secure_browser, table, address=address)
    page = opened(context, table, address)
    _controlled(page)
    assert table.server.stop() == 0
    with started(table.server.folder, APP_URL=address, TRUSTED_PROXIES="127.0.0.1", OFFLINE_PAGES="no") as other:
        behind.lead_to(other.port)
        page.evaluate("() => navigator.serviceWorker.getRegistration('/booths/').then((one) => one.update())")
        page.wait_for_function("""() => Promise.all([navigator.serviceWorker.getRegistrations(), caches.keys()])
            .then(([workers, names]) => !workers.length && !names.length)""")
    context.close()
