"""Every page in a real browser: for everybody, at each width, in light and dark, without script, small, and asking nobody else."""

import pytest

LEADERS = [
    "/",
    "/scouts",
    "/scouts/1",
    "/scouts/new",
    "/sales",
    "/sales/new",
    "/sales/5",
    "/stock",
    "/stock/moves",
    "/stock/counts",
    "/money",
    "/imports",
    "/differences",
    "/differences/typing",
    "/catalogue",
    "/people",
    "/settings",
    "/settings/season",
    "/account",
    "/why/balance/1",
    "/why/credit/1",
    "/api/docs",
]
FAMILIES = ["/", "/sales", "/sales/new", "/scouts/1", "/account", "/catalogue", "/why/balance/1"]
PAGES = [
    *[("cookie leader", path) for path in LEADERS],
    *[("caregiver", path) for path in FAMILIES],
    ("scout", "/"),
    ("scout", "/sales"),
    (None, "/sign-in"),
]
EACH = pytest.mark.parametrize(("who", "path"), PAGES, ids=[f"{who or 'nobody'}:{path}" for who, path in PAGES])
MOST_BYTES = 50_000
WIDTHS = (320, 390, 768, 1440)
TOO_SMALL = """() => [...document.querySelectorAll(
        'button, nav a, input:not([type=hidden]):not([type=checkbox]):not([type=radio]), select')]
    .filter(one => one.checkVisibility() && !one.closest('.vh'))
    .map(one => [one.outerHTML.slice(0, 80), one.getBoundingClientRect().height])
    .filter(([, height]) => height > 0 && height < 47.5)"""


@EACH
def test_axe_finds_nothing_in_light_and_dark(visit, axe, who, path):
    """UX-29: WCAG 2.2 AA as far as a program can see it."""
    page = visit(who, path, bypass_csp=True)
    page.evaluate(axe)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(
            "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
        )
        assert [(scheme, issue["id"], issue["nodes"][0]["html"]) for issue in found["violations"]] == []


@EACH
def test_a_page_fits_every_window_and_every_finger(visit, pictures, who, path):
    """UX-25: no page is wider than its window; every button, menu link and field is 48 pixels high."""
    page = visit(who, path)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(TOO_SMALL) == []
        for scheme in ("light", "dark") if pictures else ():
            page.emulate_media(color_scheme=scheme)
            name = f"{who or 'nobody'}{path.replace('/', '_')}-{width}-{scheme}.png".replace(" ", "_")
            page.screenshot(path=pictures / name, full_page=True)


@EACH
def test_a_page_with_all_it_loads_is_small(visit, demo, browser, signed_in, who, path):
    """PERF-02, PERF-17: page, style and script together stay under 50 kB as they are sent, and come from the box."""
    context = browser.new_context()
    if who:
        context.add_cookies(signed_in[who])
    page = context.new_page()
    sent = []
    page.on("requestfinished", lambda asked: sent.append(asked.sizes()["responseBodySize"]))
    page.goto(demo.address + path)
    page.wait_for_load_state("networkidle")
    context.close()
    assert len(sent) >= 2
    assert sum(sent) < MOST_BYTES


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
