"""Every page in a real browser: for everybody, at each width, in light and dark, large print, small, and asking nobody else."""

import re

import pytest

from gsctracker import config
from gsctracker.domain.people import roles
from gsctracker.web.app import create_app
from tests.browser.places import ADULTS_OF_FAMILIES, AT_THE_TABLE, ELSEWHERE, FAMILIES, NO_PAGES, PAGES, VISITS

EACH = pytest.mark.parametrize(("who", "rule"), VISITS, ids=[f"{who or 'nobody'}:{rule}" for who, rule in VISITS])
MOST_BYTES = 50_000
WIDTHS = (320, 390, 768, 1440)
TOO_SMALL = """() => [...document.querySelectorAll(
        'button, nav a, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select')]
    .filter(one => one.checkVisibility() && !one.closest('.vh'))
    .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
    .filter(([, height]) => height > 0 && height < 47.5)"""


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


@EACH
def test_axe_finds_nothing_in_light_and_dark(visit, axe, made, who, rule):
    """UX-29: WCAG 2.2 AA as far as a program can see it."""
    page = visit(who, PAGES[rule].format(**made), bypass_csp=True)
    page.evaluate(axe)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        assert [(scheme, issue["id"], issue["nodes"][0]["html"]) for issue in found["violations"]] == []


@EACH
def test_a_page_fits_every_window_every_finger_and_a_slow_line(visit, demo, pictures, made, who, rule):
    """UX-25, PERF-02, PERF-17: no page is wider than its window, in large print either; what is pressed is 48 pixels high;
    page, style and script together stay under 50 kB as they are sent, and come from the box.
    """
    sent = []
    page = visit(
        who, PAGES[rule].format(**made), before=lambda page: page.on("requestfinished", lambda one: sent.append(one))
    )
    assert len(sent) >= 3
    assert all(asked.url.startswith(demo.address) for asked in sent)
    assert sum(asked.sizes()["responseBodySize"] for asked in sent) < MOST_BYTES
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TOO_SMALL) == []
        for scheme in ("light", "dark") if pictures else ():
            page.emulate_media(color_scheme=scheme)
            name = re.sub(r"[^\w-]+", "_", f"{who or 'nobody'}{rule}-{width}-{scheme}")
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
