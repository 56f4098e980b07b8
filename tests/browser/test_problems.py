"""A fault in a browser: told in words, looked after with one press; axe-clean, on a small phone."""

import json
import re
import time

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


LISTENS = """
    Math.random = () => 0;
    localStorage.setItem('booth-unsent', 2);
    localStorage.setItem('booth-unsent-since', Date.now() - 9e7);
    window.told = [];
    const real = navigator.sendBeacon.bind(navigator);
    navigator.sendBeacon = (where, what) => { what.text().then((text) => window.told.push(text)); return real(where, what); };
"""
LEAVES = """() => {
    Object.defineProperty(document, 'visibilityState', { get: () => 'hidden' });
    document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
}"""


def test_a_browser_tells_how_long_a_page_took_and_that_a_script_broke_on_it(demo, browser, signed_in):
    """MON-13, MON-17: once the page is left; by its rule, and nothing of what stood on it."""
    before = _loads(demo)
    context = browser.new_context()
    context.add_cookies(signed_in["admin"])
    context.add_init_script(LISTENS)
    page = context.new_page()
    came = []
    page.on("response", lambda one: came.append(one.status) if one.url.endswith("/beacon") else None)
    page.goto(f"{demo.address}/sales/1", wait_until="load")
    page.evaluate("setTimeout(() => { throw new TypeError('Ava owes 12 dollars') })")
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    page.evaluate(LEAVES)
    page.wait_for_function("window.told.length === 3")
    told = {one["kind"]: one for one in map(json.loads, page.evaluate("window.told"))}
    assert set(told) == {"unsent", "error", "load"}
    assert told["unsent"]["unsent"] == 2 and told["unsent"]["age"] >= 90_000
    assert told["error"]["name"] == "TypeError" and "Ava" not in str(told)
    assert told["load"]["load"] > 0
    _until(lambda: _loads(demo) > before)
    assert set(came) <= {204}
    page.goto(f"{demo.address}/problems/errors")
    assert page.get_by_text("/sales/<id:sale_id>").count() == 1
    context.close()


def _loads(demo):
    said = demo.get("/metrics")[2].decode()
    return float(re.search(r"^gsctracker_client_page_load_seconds_count (\S+)", said, re.MULTILINE)[1])


def _until(is_so):
    deadline = time.monotonic() + 30
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
