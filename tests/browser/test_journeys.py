"""What people do, as they do it: on a phone, with a finger, some of them without script or with the keyboard alone."""

import re

import pytest

from gsctracker.ops.demo_people import PASSWORD
from tests.browser.conftest import FILES, PEOPLE
from tests.browser.places import FAMILIES, PAGES

OTHER_GIRLS = ("Cleo", "Dalia", "Esme", "Fern", "Gia", "Hana", "Inés", "Juno", "Kira", "Luz")


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_caregiver_records_a_sale(visit, script):
    """COOKIE-01, PERF-20, TEST-03: a sale in a few touches; the form works without script too."""
    page = visit("caregiver", "/", script=script)
    page.locator("main a[href^='/sales/new?girl=']").first.click()
    page.wait_for_url("**/sales/new*")
    if script:
        page.get_by_role("button", name=re.compile("Thin Mints more")).click(click_count=3)
        assert "$18.00" in page.locator("[data-total]").inner_text()
    else:
        page.get_by_role("textbox", name=re.compile("Thin Mints")).fill("3")
    page.get_by_label("Customer").fill("Test Customer")
    page.get_by_role("button", name="Keep this sale").click()
    page.wait_for_load_state()
    assert "/sales/new" not in page.url
    said = page.locator("main").inner_text()
    assert "Test Customer" in said
    assert "$18.00" in said


def test_a_second_visit_loads_no_file_of_the_program_again(visit):
    """PERF-19: no server in between is needed: style, scripts and pictures come from the phone itself."""
    page = visit("caregiver", "/")
    loaded = """() => performance.getEntriesByType("resource")
        .filter((one) => new URL(one.name).pathname.startsWith("/static/")).map((one) => [one.name, one.transferSize])"""
    page.wait_for_load_state("load")
    first = page.evaluate(loaded)
    assert len([name for name, size in first if size]) >= 2, first
    for path in ("/sales", "/"):
        page.goto(page.evaluate("location.origin") + path)
        page.wait_for_load_state("load")
    again = page.evaluate(loaded)
    assert {name for name, _ in again} >= {name for name, _ in first}
    assert [name for name, size in again if size and "favicon" not in name] == []  # that one comes when it likes


def test_a_mistake_in_a_form_keeps_what_was_typed(visit):
    """UX-26: the sentence stands beside the field and is read first, everything else stays."""
    page = visit("caregiver", "/sales/new?girl=1")
    page.get_by_label("Customer").fill("Kept Customer")
    page.get_by_role("textbox", name=re.compile("Thin Mints")).fill("many")
    page.get_by_role("button", name="Keep this sale").click()
    page.wait_for_load_state()
    assert page.get_by_label("Customer").input_value() == "Kept Customer"
    wrong = page.get_by_role("textbox", name=re.compile("Thin Mints"))
    assert wrong.input_value() == "many"
    assert wrong.get_attribute("aria-invalid") == "true"
    assert page.evaluate("document.activeElement.getAttribute('role')") == "alert"


@pytest.mark.parametrize(("who", "path"), [("cookie leader", "/scouts"), ("caregiver", "/")])
def test_every_number_leads_to_the_entries_that_make_it(visit, who, path):
    """COOKIE-11: what is underlined with dots leads to its entries, and they come to the same figure."""
    page = visit(who, path)
    links = page.locator("main :is(.stat, table) a.why[href^='/why/']").all()
    assert len(links) >= 3
    told = [(link.get_attribute("href"), link.inner_text().splitlines()[0].split(" Why?")[0]) for link in links]
    origin = page.evaluate("location.origin")
    for href, shown in told[:10]:
        page.goto(origin + href)
        figure = re.search(r"-?\$?[\d,]+(\.\d\d)?", shown)[0]
        assert figure in page.locator("main").inner_text(), f"{shown} at {href}"


def test_a_scout_sees_no_other_girl(visit, made):
    """AUTH-05: no page of hers names another girl, and another girl's page is not there.

    On the goals' page stand those whose families agreed to be compared and named, in a table of their own: nowhere else.
    """
    page = visit("scout", "/")
    origin = page.evaluate("location.origin")
    for rule in FAMILIES:
        page.goto(origin + PAGES[rule].format(**made))
        if rule == "/goals/ours":
            board = page.get_by_role("table", name="Girls whose families agreed, by boxes")
            board.evaluate("table => table.remove()")
        said = page.locator("body").inner_text()
        assert [name for name in OTHER_GIRLS if name in said] == [], rule
    assert page.request.get(f"{origin}/scouts/3").status == 404


def test_a_cookie_leader_hands_out_boxes_and_takes_it_back(visit):
    """COOKIE-08: a hand-out is written down from the girl's page; a mistake is taken back and both stay in the list."""
    page = visit("cookie leader", "/scouts/3")
    page.get_by_role("link", name="Hand out boxes").click()
    page.wait_for_url("**/hand-out?girl=3")
    page.get_by_label("Trefoils, boxes").fill("2")
    page.get_by_label("Note").fill("for the neighbours")
    page.get_by_role("button", name="Write it down").click()
    page.wait_for_load_state()
    page.goto(page.evaluate("location.origin") + "/stock/moves")
    page.locator("th a", has_text="Handed to a girl: Cleo").first.click()
    assert "for the neighbours" in page.locator("main").inner_text()
    page.get_by_label("Why is it taken back?").fill("wrong girl")
    page.get_by_role("button", name="Take the move back").click()
    page.wait_for_load_state()
    page.goto(page.evaluate("location.origin") + "/stock/moves")
    assert page.get_by_text("Takes an earlier move back").first.is_visible()
    assert page.get_by_text("Taken back", exact=True).first.is_visible()


def test_files_are_chosen_together_and_previewed(visit):
    """COOKIE-38: what the official systems give is chosen on one page and shown before anything is written."""
    page = visit("cookie leader", "/imports")
    names = ["orders_search.json", "ebudde_girl_orders.xlsx"]
    page.set_input_files("input[type=file]", [FILES / name for name in names])
    page.get_by_role("button", name="Look at it").click()
    page.wait_for_load_state()
    page.goto(page.evaluate("location.origin") + "/imports")
    said = page.locator("main").inner_text()
    assert all(name in said for name in names)
    page.get_by_role("link", name="orders_search.json").first.click()
    page.wait_for_load_state()
    assert page.get_by_text("Not applied yet").first.is_visible()
    assert page.get_by_role("button", name=re.compile("Apply")).count() >= 1


def test_the_language_is_switched_before_signing_in_and_back(visit):
    """UX-24: one touch makes the page Spanish, the next English again."""
    page = visit(None, "/sign-in")
    page.get_by_role("button", name="Español").click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.lang") == "es"
    assert "Contraseña" in page.locator("main").inner_text()
    page.get_by_role("button", name="English").click()
    page.wait_for_load_state()
    assert page.evaluate("document.documentElement.lang") == "en"


def test_one_signs_in_with_the_keyboard_alone(visit):
    """UX-29: name, password, Enter; then the first Tab leads past the menu."""
    page = visit(None, "/sign-in")
    for _ in range(10):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.name") == "email":
            break
    page.keyboard.type(PEOPLE["leader"])
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/$"))
    assert page.get_by_role("heading", level=1, name="Today").is_visible()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
