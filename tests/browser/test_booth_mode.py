"""Booth mode as two volunteers use it: tap, change, count, close, sign; quick on a slow phone, small on a slow line."""

import pytest

from gsctracker.domain.booths import closing
from tests.browser.booth_phones import left_on_table, opened, says, sell

MOST_BYTES = 80_000
SLOWEST_TAP_MS = 50


def test_two_adults_sell_count_close_and_sign(table, a_phone, pictures):
    """Tally, change due, the count in cases and boxes, cash by note, two signatures; to the box and cent."""
    one, two = opened(a_phone("olga"), table), opened(a_phone("mona"), table)
    sell(one, TM=3)
    assert "of $20 $2.00" in " ".join(one.locator("#said").inner_text().split())
    sell(two, pay="card", CD=2, CShare=1)
    says(one, "Everything is sent")
    says(two, "Everything is sent")
    one.get_by_role("button", name="Tally").click()
    one.locator("#sync").click()
    one.reload()
    one.get_by_role("button", name="Tally").click()
    one.locator("#sums", has_text="$36.00").wait_for()
    assert "3 of 48" in one.locator("#boxes").inner_text()
    left_on_table(one, TM=9, CD=22)
    one.locator("#c-TM").fill("3")
    one.locator("#s-CShare").fill("1")
    one.locator("#p-2000").fill("5")
    one.locator("#p-100").fill("13")
    one.locator("#m-start").fill("100")
    one.locator("#m-cards").fill("18.00")
    one.get_by_role("button", name="Close and sign").click()
    assert "does not match" in one.locator("#count-error").inner_text()
    assert one.locator("#reason").get_attribute("aria-invalid") == "true"
    one.locator("#p-100").fill("18")
    one.get_by_role("button", name="Close and sign").click()
    one.locator("#closed-said", has_text="The booth is closed").wait_for()
    assert not one.locator("#sign").is_visible()
    two.get_by_role("button", name="Count and close").click()
    with two.expect_response("**/entries") as sent:
        two.locator("#sign").click()
    assert sent.value.json()["results"][0]["result"] == "taken"
    closed = table.ask(lambda tx: closing.find(tx, table.booth))
    assert {line.code: line.sold for line in closed.lines if line.sold} == {"TM": 3, "CD": 2, "CShare": 1}
    assert (closed.expected_cents, closed.variance_cents, closed.signer) == (36_00, 0, "Mona")


def test_what_cannot_be_is_said_at_its_field_and_nothing_is_kept(table, a_phone):
    """More left than was brought, a cookie that was not counted, letters where a number is asked for."""
    page = opened(a_phone(), table)
    page.get_by_role("button", name="Count and close").click()
    assert not page.locator("#verdict").is_visible()
    left_on_table(page, TM=49, CD=1)
    assert page.locator("#verdict").is_visible()
    page.get_by_role("button", name="Close and sign").click()
    assert "more is left" in page.locator(".pick:has(#b-TM) + #count-error").inner_text()
    assert page.locator("#b-TM").get_attribute("aria-invalid") == "true"
    page.locator("#b-TM").fill("-4")
    page.get_by_role("button", name="Close and sign").click()
    assert "whole numbers" in page.locator("#count-error").inner_text()
    page.locator("#b-TM").fill("4")
    page.locator("#b-CD").fill("")
    page.get_by_role("button", name="Close and sign").click()
    assert "brought and not counted" in page.locator("#count-error").inner_text()
    assert table.count("booth_entries") == 0


def test_a_change_of_shift_is_counted_on_the_phone(table, a_phone):
    """What is left is written down and the sale goes on."""
    page = opened(a_phone(), table)
    left_on_table(page, TM=40, CD=20)
    page.locator("#midcount").click()
    says(page, "Everything is sent")
    assert page.locator("#b-TM").input_value() == ""
    assert [(row.kind, row.state) for row in table.kept()] == [("midcount", "taken")]
    assert table.count("booth_midcounts") == 2


def test_without_scripts_it_is_a_form(table, a_phone):
    """UX-29: a sale is typed, kept and taken back by plain forms."""
    page = a_phone(java_script_enabled=False).new_page()
    page.goto(table.server.address + table.page)
    page.get_by_label("Thin Mints").fill("3")
    page.get_by_role("radio", name="Card").check()
    page.get_by_role("button", name="Sell", exact=True).click()
    page.get_by_text("Sold.").first.wait_for()
    assert table.tally() == {"TM": 3}
    assert "45 left" in page.locator("main").inner_text()
    page.get_by_role("button", name="Sell", exact=True).click()
    assert "Enter at least one cookie" in page.locator("main").inner_text()
    page.goto(table.server.address + table.page)
    page.get_by_role("button", name="Undo").click()
    page.get_by_text("The sale is taken back").wait_for()
    assert table.tally() == {}


def test_the_first_load_is_small_and_asks_nobody_else(table, a_phone):
    """PERF-17: page, looks, scripts, pictures and the files of the worker together, as they come over the line."""
    context = a_phone()
    page = context.new_page()
    line = context.new_cdp_session(page)
    line.send("Network.enable")
    came = []
    line.on("Network.loadingFinished", lambda one: came.append(one["encodedDataLength"]))
    asked = []
    page.on("request", lambda one: asked.append(one.url))
    page.goto(table.server.address + table.page)
    page.locator("#till button").first.wait_for()
    says(page, "Nothing tapped in on this phone yet")
    assert sum(came) < MOST_BYTES, sum(came)
    assert [url for url in asked if not url.startswith(table.server.address)] == []


def test_a_tap_shows_at_once_on_a_slow_phone(table, a_phone):
    """PERF-17: six times slower than this machine, a tap is on the screen within 50 ms by the browser's own timing."""
    context = a_phone()
    page = opened(context, table)
    says(page, "Nothing tapped in on this phone yet")
    page.evaluate("""() => { window.shown = []; new PerformanceObserver((list) => shown.push(...list.getEntries()
        .filter((one) => one.name === 'click').map((one) => one.startTime + one.duration - one.processingStart)))
        .observe({ type: 'event', durationThreshold: 16, buffered: true }); }""")
    context.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": 6})
    for _ in range(25):
        page.locator("#till [data-code=TM]").tap()
    page.locator("#till [data-code=TM] .count", has_text="25").wait_for()
    page.wait_for_timeout(500)
    took = sorted(page.evaluate("() => shown"))
    assert len(took) <= 25
    assert not took or took[len(took) // 2] < SLOWEST_TAP_MS, took  # quicker ones than 16 ms are not listed


@pytest.mark.parametrize("width", [360, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_fits_a_phone_in_light_and_dark(table, a_phone, axe, pictures, width, scheme):
    """UX-22, UX-25, UX-29: nothing sideways, everything 48 pixels high, nothing axe finds, in each of its three parts."""
    context = a_phone(viewport={"width": width, "height": 780}, color_scheme=scheme, bypass_csp=True)
    page = opened(context, table)
    says(page, "Nothing tapped in on this phone yet")
    context.set_offline(True)
    sell(page, TM=3)
    page.locator("#till [data-code=CD]").click()
    page.evaluate(axe)
    for part in ("Sell", "Tally", "Count and close"):
        page.get_by_role("button", name=part, exact=True).click()
        if pictures:
            pictures.mkdir(parents=True, exist_ok=True)
            page.screenshot(path=pictures / f"booth-{part.split()[0].lower()}-{width}-{scheme}.png")
            name = f"booth-{part.split()[0].lower()}-whole-{width}-{scheme}.png"
            page.screenshot(path=pictures / name, full_page=True)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = page.evaluate("axe.run({runOnly: ['wcag2a', 'wcag2aa', 'wcag21aa', 'wcag22aa', 'best-practice']})")
        assert [(issue["id"], issue["nodes"][0]["html"]) for issue in found["violations"]] == []
        small = page.evaluate("""() => [...document.querySelectorAll('#phone button, #phone input, #phone select')]
            .filter((one) => one.checkVisibility() && one.getBoundingClientRect().height < 47.5).map((one) => one.outerHTML)""")
        assert small == []
