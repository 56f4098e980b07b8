"""A box on its first day: it is set up in a browser, and each page says what to do next."""

import re

import pytest

from gsctracker.ops.demo_people import PASSWORD
from tests.running import started

FIRST = {"troop": "4321", "firstName": "Olga", "email": "olga@example.org", "password": PASSWORD, "repeat": PASSWORD}
WITHOUT_ANYTHING = [
    "/scouts",
    "/sales",
    "/stock",
    "/stock/moves",
    "/stock/counts",
    "/money",
    "/money/entries",
    "/differences",
]


@pytest.fixture(scope="module")
def first_day(tmp_path_factory, browser):
    """A new box and a page at its set-up."""
    with started(tmp_path_factory.mktemp("first") / "box") as running:
        context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce", bypass_csp=True)
        page = context.new_page()
        code = re.search(r"/setup\?code=([\w-]+)", running.said())
        page.goto(f"{running.address}/setup?code={code[1]}")
        yield page, running.address
        context.close()


def faults(page, axe):
    page.evaluate(axe)
    found = page.evaluate(
        "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    return [(issue["id"], issue["nodes"][0]["html"]) for issue in found] + ["too wide"] * wide


def test_the_first_day(first_day, axe):
    """UX-29: set up on a phone; then every page without anything in it holds the button that brings the first thing."""
    page, address = first_day
    assert page.locator("[name=code]").input_value()
    assert faults(page, axe) == []
    page.get_by_role("link", name="Restore it from a copy").click()
    assert page.locator("[name=code]").input_value(), "the code goes along"
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        assert faults(page, axe) == []
    page.go_back()
    page.locator("main form button.main[type=submit]").click()
    assert page.locator("main :invalid").first.is_visible(), "the browser says what is missing before anything is sent"
    for name, value in FIRST.items():
        page.locator(f"[name={name}]").fill(value)
    page.locator("[name=baker]").first.check()
    page.locator("main form button.main[type=submit]").click()
    page.wait_for_url(f"{address}/")
    assert page.get_by_role("heading", name="First steps").is_visible()
    assert faults(page, axe) == []
    for path in WITHOUT_ANYTHING:
        page.goto(address + path)
        assert page.locator(".empty :is(a, button)").count() >= 1, path
        assert faults(page, axe) == [], path
