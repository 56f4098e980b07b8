"""A hand-out signed with a finger on a phone, one without scripts, and words copied for the parents' chat."""

import re
import zipfile

FORM = "/money/receipts/new/hand-out?girl=2"


def test_an_adult_signs_with_a_finger(visit):
    """Boxes, a finger, one touch: the signature stands on the receipt as it was drawn, and is small."""
    page = visit("cookie leader", FORM)
    page.get_by_label(re.compile("Thin Mints, boxes")).fill("1")
    if page.locator("[name=adult]").count() == 0:
        page.locator("[name=other]").fill("Gia")
    pad = page.locator("[data-pad] canvas")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    for turn in range(2):  # drawn, cleared, drawn again
        page.mouse.move(box["x"] + 20, box["y"] + 60)
        page.mouse.down()
        for step in range(12):
            page.mouse.move(box["x"] + 20 + step * 20, box["y"] + 60 + (step % 3) * 15)
        page.mouse.up()
        drawn = page.locator("[name=signature]").input_value()
        assert drawn.startswith("M")
        if not turn:
            page.get_by_role("button", name="Clear the field").click()
            assert page.locator("[name=signature]").input_value() == ""
    page.get_by_role("button", name="Make the receipt").click()
    page.wait_for_url(re.compile(r"/money/receipts/\d+$"))
    assert page.locator("svg.signature path").get_attribute("d") == drawn
    assert len(drawn) < 20_000
    assert "Signed by" in page.locator("main").inner_text()


def test_without_scripts_the_name_is_typed_and_the_family_confirms(visit):
    page = visit("cookie leader", FORM.replace("girl=2", "girl=1"), script=False)
    page.get_by_label(re.compile("Trefoils, boxes")).fill("1")
    assert not page.locator("[data-pad]").is_visible()
    page.get_by_role("button", name="Make the receipt").click()
    page.wait_for_url(re.compile(r"/money/receipts/\d+$"))
    assert "Waits for the family" in page.locator("main").inner_text()
    path = re.search(r"/money/receipts/\d+$", page.url)[0]
    family = visit("caregiver", path, script=False)
    family.get_by_role("button", name="Yes, this is right").click()
    family.wait_for_load_state()
    assert "with her own account" in family.locator("main").inner_text()


def test_a_mother_finds_what_she_owes_and_why_in_three_touches(visit):
    """AUTH-14, TEST-25: the family's flow, from her first page to her balance in its parts, and on to the entries that make one of them."""
    page = visit("caregiver", "/")
    page.get_by_role("link", name="Money", exact=True).first.click()
    page.wait_for_url("**/money*")
    if "/families/" not in page.url:  # she has two girls
        page.locator("main th a[href*='/money/families/']").first.click()
        page.wait_for_url("**/money/families/*")
    said = page.locator("main").inner_text()
    assert "Cash she collected and still holds" in said
    assert "Boxes she still holds" in said
    page.locator("a.why[href^='/why/family/boxes/']").first.click()
    page.wait_for_url("**/why/family/boxes/*")
    assert "$" in page.locator("main h1").inner_text()


def test_a_leader_goes_from_today_to_the_seasons_packet(visit):
    """TEST-25, COOKIE-12: what waits of money leads to the last check; it ties out, says what is open, and the packet is fetched."""
    page = visit("cookie leader", "/", width=1200)
    assert "The council withdraws" in page.locator("main").inner_text()
    page.locator("main a[href='/review']").click()
    page.get_by_text("The same was entered within a day for the same girl.").first.wait_for()
    page.goto(page.url.replace("/review", "/season-end"))
    assert "It ties out to the cent." in page.locator("main").inner_text()
    page.locator("summary", has_text="Settle the season").click()
    page.get_by_role("button", name="Settle it").click()
    page.get_by_text("Credit them first: no reward counts them.").wait_for()
    page.get_by_role("button", name="Make the packet").click()
    fetch = page.get_by_role("link", name="Fetch it")
    fetch.wait_for(timeout=120_000)
    with page.expect_download() as fetched:
        fetch.click()
    inside = zipfile.ZipFile(fetched.value.path()).namelist()
    assert inside[0] == "01-last-check.pdf"
    assert sum(name.startswith("receipts/family-") for name in inside) > 3


def test_words_for_the_chat_are_copied(visit):
    page = visit("cookie leader", "/money/families/1/reminder", permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="Copy").first.click()
    page.get_by_role("button", name="Copied").wait_for()
    assert "Troop" in page.evaluate("navigator.clipboard.readText()")
