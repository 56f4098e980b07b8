"""Every page in a real browser: for everybody, at each width, in light and dark, large print, small, and asking nobody else."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, Request

from gsctracker import config
from gsctracker.domain.people import roles
from gsctracker.web.app import create_app
from tests.browser.places import ADULTS_OF_FAMILIES, AT_THE_TABLE, ELSEWHERE, FAMILIES, NO_PAGES, PAGES, VISITS
from tests.running import Running

MOST_BYTES = 50_000
LOOKED_FOR = """axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
        resultTypes: ['violations'],  // to write up all that is in order takes longer than to look
    }).then(found => found.violations.map(issue => [issue.id, issue.nodes[0].html]))"""
WIDTHS = (320, 390, 768, 1440)
TOO_SMALL = """() => [...document.querySelectorAll(
        'button, nav a, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select')]
    .filter(one => one.checkVisibility() && !one.closest('.vh'))
    .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
    .filter(([, height]) => height > 0 && height < 47.5)"""


class Looked(NamedTuple):
    """A page that somebody opened, and what was sent for it."""

    page: Page
    sent: list[Request]


class Window:
    """Somebody's window, in which one page after the other is opened as if it were the first: a new window takes far longer."""

    def __init__(self, browser: Browser, cookies: list, address: str) -> None:
        self._address, self._sent = address, list[Request]()
        self._context = browser.new_context(
            reduced_motion="reduce"
        )  # what is measured is where a colour arrives, not how
        self._context.add_cookies(cookies)
        self._page = self._context.new_page()
        self._page.on("requestfinished", lambda asked: self._sent.append(asked))
        self._page.on("requestfailed", lambda asked: self._sent.append(asked))
        self._beneath = self._context.new_cdp_session(self._page)
        self._beneath.send("Network.setCacheDisabled", {"cacheDisabled": True})

    def open(self, path: str) -> Looked:
        """The page at that path, on a phone in daylight; nothing is left of those before it."""
        self._page.set_viewport_size({"width": 390, "height": 844})
        self._page.emulate_media(color_scheme="light")
        left = {"origin": self._address, "storageTypes": "local_storage,indexeddb,service_workers,cache_storage"}
        self._beneath.send("Storage.clearDataForOrigin", left)
        self._sent.clear()
        answer = self._page.goto(self._address + path)
        assert answer is not None
        assert answer.status == 200, f"{path} answered {answer.status}"
        return Looked(self._page, list(self._sent))

    def close(self) -> None:
        """Close it."""
        self._context.close()


@pytest.fixture(scope="module")
def windows(demo: Running, browser: Browser, signed_in: dict[str, list]) -> Iterator[dict[str | None, Window]]:
    """A window of each of those who look."""
    opened = {who: Window(browser, signed_in[who] if who else [], demo.address) for who in {who for who, _ in VISITS}}
    yield opened
    for window in opened.values():
        window.close()


@pytest.fixture(scope="module", params=VISITS, ids=[f"{who or 'nobody'}:{rule}" for who, rule in VISITS])
def looked(request: pytest.FixtureRequest, windows: dict[str | None, Window], made: dict[str, str]) -> Looked:
    """Each page before each of those who look at it, opened once for all that is looked for."""
    who, rule = request.param
    return windows[who].open(PAGES[rule].format(**made))


def test_no_page_is_forgotten(box, tmp_path):
    """UX-29: every page of the box, for everybody who sees it, is among those that are looked at."""
    app = create_app(config.load({}, tmp_path), box, "secret")
    served = {
        rule.rule: app.view_functions[rule.endpoint].allowed
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ()) and (rule.rule == "/api/docs" or not rule.rule.startswith("/api/"))
    }
    assert set(served) == PAGES.keys() | ELSEWHERE | NO_PAGES
    for rule in PAGES.keys() - set(AT_THE_TABLE):
        who = roles.PERMISSIONS.get(served[rule], ())
        assert ("scout" in who) == (rule in FAMILIES), f"{rule} for a girl"
        assert ("caregiver" in who) == (rule in FAMILIES + ADULTS_OF_FAMILIES), f"{rule} for her family"


def test_axe_finds_nothing_in_light_and_dark(looked, axe):
    """UX-29: WCAG 2.2 AA as far as a program can see it."""
    looked.page.evaluate(axe)
    for scheme in ("light", "dark"):
        looked.page.emulate_media(color_scheme=scheme)
        assert [(scheme, *issue) for issue in looked.page.evaluate(LOOKED_FOR)] == []


def test_a_page_shows_nothing_that_is_meant_for_the_program(looked):
    """No row, object or left-out value of the program's inside stands among the words."""
    assert (
        re.findall(r"\bRow\(|<\w+ object|object at 0x|\bUndefined\b|\{\{|%\(\w+\)s", looked.page.inner_text("body"))
        == []
    )


def test_a_page_fits_every_window_every_finger_and_a_slow_line(looked, demo, pictures, request):
    """UX-25, PERF-02, PERF-17: no page is wider than its window, in large print either; what is pressed is 48 pixels high;
    page, style and script together stay under 50 kB as they are sent, and come from the box.
    """
    page = looked.page
    assert len(looked.sent) >= 3
    assert all(asked.url.startswith(demo.address) for asked in looked.sent)
    assert sum(asked.sizes()["responseBodySize"] for asked in looked.sent) < MOST_BYTES
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TOO_SMALL) == []
        for scheme in ("light", "dark") if pictures else ():
            page.emulate_media(color_scheme=scheme)
            name = re.sub(r"[^\w-]+", "_", f"{request.node.callspec.id.replace(':', '')}-{width}-{scheme}")
            page.screenshot(path=pictures / f"{name}.png", full_page=True)
    page.set_viewport_size({"width": 320, "height": 844})
    page.evaluate("document.documentElement.dataset.print = 'large'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


@pytest.mark.parametrize("path", ["/", "/sales", "/stock", "/money", "/scouts"])
def test_a_keyboard_reaches_the_content_first(visit, path):
    """The first Tab stops at a link past the menu, and the focus is seen."""
    page = visit("cookie leader", path)
    page.keyboard.press("Tab")
    first = page.evaluate("document.activeElement.getAttribute('href')")
    assert first is not None
    assert first.startswith("#")
    page.keyboard.press("Enter")
    assert page.evaluate("location.hash") == first
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"


@pytest.mark.parametrize("path", ["/sign-in"])
def test_a_page_speaks_the_readers_language(visit, path):
    """UX-24: a Spanish browser gets Spanish, any other English, and the page says which."""
    assert visit(None, path, locale="es-MX").evaluate("document.documentElement.lang") == "es"
    assert visit(None, path, locale="de-DE").evaluate("document.documentElement.lang") == "en"
