"""A real server with the example troop, and a real browser before it."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from gsctracker.ops.demo_people import PASSWORD
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
    page = context.new_page()
    page.goto(f"{demo.address}/sign-in")
    page.locator("main input[autocomplete='username']").fill(name)
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").click()
    page.wait_for_url(f"{demo.address}/")
    cookies = context.cookies()
    context.close()
    return cookies


@pytest.fixture
def visit(demo: Running, browser: Browser, signed_in: dict[str, list]) -> Iterator:
    """Open a page as somebody: visit("leader", "/sales", width=390, dark=True) gives the page. No other host is ever asked."""
    opened: list[BrowserContext] = []
    elsewhere: list[str] = []

    def go(who: str | None, path: str, *, width: int = 390, dark: bool = False, script: bool = True, **more: object) -> Page:
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
            **more,
        )
        opened.append(context)
        if who:
            context.add_cookies(signed_in[who])
        page = context.new_page()
        page.on("request", lambda asked: asked.url.startswith(demo.address) or elsewhere.append(asked.url))
        answer = page.goto(demo.address + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"
        return page

    yield go
    for context in opened:
        context.close()
    assert elsewhere == []


@pytest.fixture(scope="session")
def axe() -> str:
    """The source of axe-core, which tests/run fetches."""
    return (Path(__file__).parents[2] / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


@pytest.fixture(scope="session")
def pictures() -> Path | None:
    """Where screenshots go when SCREENSHOTS names a folder."""
    return Path(os.environ["SCREENSHOTS"]) if "SCREENSHOTS" in os.environ else None
