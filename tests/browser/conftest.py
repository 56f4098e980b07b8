"""A real server with the example troop, and a real browser before it."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gsctracker.db import Database
from gsctracker.domain.people import accounts, consent_letters, families, sessions
from gsctracker.ops.demo_people import PASSWORD
from tests.browser import booth_phones
from tests.running import Running, started

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome") or "/usr/bin/chromium"
QUIET = [
    "--no-sandbox",  # the tests may run as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FILES = Path(__file__).parents[2] / "examples" / "files"
PEOPLE = {
    "admin": "admin@example.org",
    "cookie leader": "cookies@example.org",
    "leader": "leader@example.org",
    "caregiver": "robin.b1@example.org",
    "scout": "ava-b",
}


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The example troop, served."""
    with started(tmp_path_factory.mktemp("browser") / "box", "--demo") as running:
        yield running


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Chromium without a screen."""
    with sync_playwright() as playwright:
        found = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield found
        found.close()


@pytest.fixture(scope="session")
def signed_in(demo: Running, browser: Browser) -> dict[str, list]:
    """The cookies of each of the example troop's people."""
    return {who: _cookies(demo, browser, name) for who, name in PEOPLE.items()}


def _cookies(demo: Running, browser: Browser, name: str) -> list:
    context = browser.new_context()
    answer = context.request.post(f"{demo.address}/api/auth/login", data={"email": name, "password": PASSWORD})
    assert answer.status == 200, answer.text()
    cookies = context.cookies()
    context.close()
    return cookies


def a_letter(folder: Path) -> str:
    """The secret of a letter about consent that has gone out; the demo itself sends no mail."""
    db = Database(folder / "gsctracker.db")
    try:
        with db.write() as tx:
            admin = sessions.acting(tx, accounts.named(tx, PEOPLE["admin"]).id)
            assert admin
            asked = consent_letters.ask(tx, 2, families.of_scouts(tx, [2])[2][0].id, admin)
            secret = consent_letters.ready(tx, asked, "asked")
            consent_letters.went_out(tx, asked)
            return secret
    finally:
        db.close()


@pytest.fixture(scope="session")
def made(demo: Running, browser: Browser, signed_in: dict[str, list]) -> dict[str, str]:
    """What addresses with a number or a name in them need, by the name that PAGES has for it; all of it is Ava's."""
    context = browser.new_context()
    context.add_cookies(signed_in["cookie leader"])
    page = context.new_page()

    def last_of(path: str, link: str) -> str:
        page.goto(demo.address + path)
        return (page.locator(f"main {link}").first.get_attribute("href") or "").split("?")[0].rsplit("/", 1)[1]

    found = {
        "place": last_of("/scouts/1", "a[href^='/why/stock/']"),
        "sale": last_of("/sales?girl=1&status=delivered", "th a[href^='/sales/']"),
        "move": last_of("/stock/moves", "th a[href^='/stock/moves/']"),
        "booth": last_of("/booths", "th a[href^='/booths/']"),
        "payment": last_of("/money/entries", "th a[href^='/money/entries/']"),
    }
    page.goto(f"{demo.address}/stock/places/{found['place']}/count")
    for box in page.locator("main input.num").all():
        box.fill("1")
    page.locator("main form[method=post] button[type=submit]").last.click()
    page.wait_for_url("**/stock/counts/*")
    found["count"] = page.url.rsplit("/", 1)[1]
    page.goto(f"{demo.address}/imports")
    page.set_input_files("input[type=file]", FILES / "roster.csv")
    page.locator("main form[enctype] button[type=submit]").click()
    page.wait_for_url(re.compile(r"/imports/\d+"))
    found["batch"] = page.url.rsplit("/", 1)[1]
    page.goto(f"{demo.address}/imports")
    odd = {"name": "list.csv", "mimeType": "text/csv", "buffer": b"Kid,Crates,Colour\nAva,3,red\nBea,4,blue\n"}
    page.set_input_files("input[type=file]", odd)
    page.locator("main form[enctype] button[type=submit]").click()
    page.wait_for_load_state()
    found["file"] = page.locator("main a[href^='/imports/files/']").first.get_attribute("href").rsplit("/", 1)[1]
    page.goto(f"{demo.address}/people/invite")
    page.locator("main input[type=email]").fill("nobody.yet@example.org")
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_load_state()
    found["secret"] = re.search(r"/join/([\w-]+)", page.content())[1]
    for account in range(2, 60):
        page.goto(f"{demo.address}/people/{account}/reset")
        if PEOPLE["caregiver"] in page.content():
            break
    page.locator("main form[method=post] button[type=submit]").click()
    page.wait_for_load_state()
    found["reset"] = re.search(r"/reset/([\w-]+)", page.locator("#link").input_value())[1]
    page.goto(f"{demo.address}/incidents")
    page.locator("[name=kind]").first.check()
    page.locator("[name=title]").fill("The plug was pulled")
    page.locator("main form[method=post] button.main").click()
    page.wait_for_url("**/incidents/1")
    for kind in ("happened", "to_do"):
        page.locator("[name=said]").fill("Somebody wanted to vacuum.")
        page.locator(f"button[name=kind][value={kind}]").click()
        page.wait_for_load_state()
    page.goto(f"{demo.address}/money/receipts/new/payment?girl=1")
    page.locator("[name=amount]").fill("1")
    page.locator("main form[method=post] summary").click()
    page.locator("[name=ahead]").check()
    page.locator("main form[method=post] button.main").click()
    page.wait_for_url(re.compile(r"/money/receipts/\d+$"))
    found["receipt"] = page.url.rsplit("/", 1)[1]
    page.goto(f"{demo.address}/money/deposits/new")
    for box in page.locator("[name=payment]").all():
        box.uncheck()
    page.locator("[name=cash]").fill("1")
    page.locator("main form[method=post] button.main").click()
    page.wait_for_url(re.compile(r"/money/deposits/\d+$"))
    found["deposit"] = page.url.rsplit("/", 1)[1]
    context.close()
    context = browser.new_context()
    context.add_cookies(signed_in["admin"])
    page = context.new_page()
    page.goto(f"{demo.address}/trials")
    page.locator("main form[method=post] button.main").click()
    page.wait_for_url(re.compile(r"/trials/\d+$"))
    found["trial"] = page.url.rsplit("/", 1)[1]
    page.goto(f"{demo.address}/copies")
    page.locator("[name=label]").fill("before the cupboard trip")
    page.locator("main form[action='/copies'] button.main").click()
    page.wait_for_url("**/copies/gsctracker-*")
    found["copy"] = page.url.rsplit("/", 1)[1]
    context.close()
    found["letter"] = a_letter(demo.folder)
    return found


@pytest.fixture
def visit(demo: Running, browser: Browser, signed_in: dict[str, list]) -> Iterator:
    """Open a page as somebody: visit("leader", "/sales", width=390, dark=True) gives the page. No other host is ever asked."""
    opened: list[BrowserContext] = []
    elsewhere: list[str] = []

    def go(
        who: str | None,
        path: str,
        *,
        width: int = 390,
        dark: bool = False,
        script: bool = True,
        before: Callable | None = None,
        **more: object,
    ) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            reduced_motion="reduce",  # what is measured is where a colour arrives, not how
            **more,
        )
        opened.append(context)
        if who:
            context.add_cookies(signed_in[who])
        page = context.new_page()
        page.on("request", lambda asked: asked.url.startswith(demo.address) or elsewhere.append(asked.url))
        if before:
            before(page)
        answer = page.goto(demo.address + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"
        return page

    yield go
    for context in opened:
        context.close()
    assert elsewhere == []


@pytest.fixture
def table(tmp_path: Path) -> Iterator[booth_phones.Table]:
    """A box of its own whose booth is under way."""
    with booth_phones.a_table(tmp_path / "box") as found:
        yield found


@pytest.fixture
def a_phone(browser: Browser, table: booth_phones.Table) -> Iterator[Callable]:
    """Another phone before that box: a_phone("mona") is one on which Mona is signed in."""
    phones: list[BrowserContext] = []

    def make(who: str = "olga", **more: object) -> BrowserContext:
        phones.append(booth_phones.phone(browser, table, who, **more))
        return phones[-1]

    yield make
    for one in phones:
        one.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which tests/run fetches."""
    return (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots go when SCREENSHOTS names a folder."""
    return Path(os.environ["SCREENSHOTS"]) if "SCREENSHOTS" in os.environ else None
