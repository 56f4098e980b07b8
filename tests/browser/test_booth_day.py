"""A booth's day as two volunteers live it, each with a phone and an account of her own."""

import datetime

from tests.running import Running


def api(page, path, **body):
    """A call of the person whose phone it is; gives what was answered."""
    origin = page.evaluate("location.origin")
    address = f"{origin}/api/troops/1{path}"
    answer = page.request.post(address, data=body, headers={"Origin": origin}) if body else page.request.get(address)
    assert answer.ok, answer.text()
    return answer.json()


def mints(page, **where):
    """Thin Mints of a place, by the API."""
    found = api(page, "/inventory?limit=200")["items"]
    return sum(
        one["boxes"] for one in found if one["code"] == "TM" and all(one.get(key) == its for key, its in where.items())
    )


def test_two_volunteers_have_a_booth_day(visit, demo: Running):
    """COOKIE-06, COOKIE-07, COOKIE-18: signed up, packed, checked in, counted, closed, signed, credited; every figure agrees."""
    lead, mother = visit("cookie leader", "/booths"), visit("caregiver", "/booths")
    now = datetime.datetime.now(datetime.UTC).replace(minute=0, second=0)
    starts, ends = (f"{now + datetime.timedelta(days=2, hours=hours):%Y-%m-%dT%H:%M:%SZ}" for hours in (0, 1))
    booth = api(lead, "/booths", name="Two Phones", startsAt=starts, endsAt=ends, address="1 Square")["id"]
    api(lead, f"/booths/{booth}/shifts", startsAt=starts, endsAt=ends, maxGirls=2, maxAdults=2)
    shelf = mints(lead, place="troop")
    origin = lead.evaluate("location.origin")

    def look(page, path=""):
        page.goto(f"{origin}/booths/{booth}{path}")
        return page.locator("main")

    def press(page, name):
        page.locator("main").get_by_role("button", name=name, exact=True).first.click()
        page.wait_for_load_state()

    def follow(page, name):
        page.locator("main a.main", has_text=name).first.click()
        page.wait_for_load_state()

    for page, who in ((mother, "girl-1"), (mother, "me"), (lead, "girl-2")):
        look(page)
        page.get_by_label("Who comes?").select_option(who)
        press(page, "Sign up")
    look(lead)
    follow(lead, "Pack")
    for box in lead.locator("main form[method=post] input.num").all():
        box.fill("")
    lead.get_by_label("Thin Mints, cases").fill("1")
    press(lead, "Load out")
    assert (mints(lead, place="troop"), mints(lead, place="booth", boothId=booth)) == (shelf - 12, 12)

    for girl in ("1", "2"):
        look(lead)
        lead.get_by_label("Who came?").select_option(f"girl-{girl}")
        press(lead, "She is there")
    assert "Sell here" in look(mother).locator("a.main").inner_text()

    look(mother)
    mother.get_by_role("link", name="Close the booth").click()
    mother.get_by_label("Thin Mints, boxes").fill("5")
    mother.get_by_label("Cash at the start").fill("20")
    mother.get_by_label("Cash at the end").fill("50")
    mother.get_by_label("Cards (Digital Cookie)").fill("12")
    press(mother, "Close and sign")
    assert "Another adult signs" in look(mother).inner_text()

    look(lead)
    follow(lead, "Look and sign")
    press(lead, "Sign")
    assert "7 left" in look(lead).inner_text()
    follow(lead, "Credit the girls")
    press(lead, "Credit the girls")
    look(lead)
    press(lead, "Put it away")
    assert "All is done." in look(lead).inner_text()

    closed, credit = api(lead, f"/booths/{booth}/closing"), api(lead, f"/booths/{booth}/credit")
    assert (closed["soldBoxes"], closed["expectedCents"], closed["collectedCents"]) == (7, 42_00, 42_00)
    assert closed["isSigned"]
    assert closed["status"] == "closed"
    assert sorted(one["boxes"] for one in credit["girls"]) == [3, 4]
    assert {one["scoutId"] for one in credit["girls"]} == {1, 2}
    assert (mints(lead, place="troop"), mints(lead, place="booth", boothId=booth)) == (shelf - 7, 0)
    said = look(lead).inner_text()
    assert "$42.00" in said
    assert "It matches" in said
