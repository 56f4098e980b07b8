"""A fault in a browser: told in words, looked after with one press; axe-clean, on a small phone."""

import pytest

from gsctracker.ops.alerts import rules
from gsctracker.ops.demo_people import PASSWORD
from tests.running import started

AXE = "axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"


@pytest.fixture(scope="module")
def troubled(tmp_path_factory):
    """An example troop whose rules find at once that no copy is brought off the box."""
    box = tmp_path_factory.mktemp("troubled") / "box"
    box.mkdir()
    text = rules.OURS.read_text(encoding="utf-8")
    at = text.index('name = "NoCopyOffTheBox"')
    own = text[:at] + text[at:].replace('"info"', '"critical"', 1).replace('for = "1h"', 'for = "0s"', 1)
    (box / rules.FILE).write_text(own, encoding="utf-8")
    with started(box, "--demo") as running:
        yield running


def test_a_volunteer_reads_what_to_do_and_says_that_she_looks_after_it(troubled, browser, axe):
    """UX-29, ALERT-10: the light is red, the steps stand there, one press and it is hers."""
    context = browser.new_context(viewport={"width": 320, "height": 700}, bypass_csp=True, reduced_motion="reduce")
    page = context.new_page()
    page.goto(f"{troubled.address}/sign-in")
    page.locator("[name=email]").fill("admin@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button.main").click()
    page.wait_for_url(f"{troubled.address}/")
    page.goto(f"{troubled.address}/problems")
    fault = page.locator("#nocopyoffthebox")
    assert fault.locator("li").count() == 3
    assert page.get_by_text("Not well").count() == 1
    page.evaluate(axe)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = page.evaluate(AXE)
        assert [(issue["id"], issue["nodes"][0]["html"]) for issue in found["violations"]] == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    fault.get_by_role("button").click()
    page.wait_for_load_state()
    assert "looks after it" in page.locator("#nocopyoffthebox").inner_text()
    context.close()
