"""The live board in a real browser: by events, by asking where events do not come, and without script."""

import json
import re

from playwright.sync_api import expect

from gsctracker import clock
from gsctracker.domain.booths import booths, hours, shifts
from gsctracker.domain.people import sessions
from gsctracker.domain.people.roles import Person
from tests import factories

TODAY = ".live .stat:first-child dd"


def sold(page):
    return int(page.locator(TODAY).inner_text().replace(",", ""))


def sell(page, boxes):
    """A sale from this browser."""
    sale = json.dumps({"cookieType": "Thin Mints", "quantity": boxes, "customerName": "Kim"})
    status = page.evaluate(
        """async (sale) => (await fetch("/api/sales", {method: "POST", body: sale,
             headers: {"Content-Type": "application/json"}})).status""",
        sale,
    )
    assert status == 201


def test_a_sale_in_one_browser_stands_on_the_board_of_another_within_two_seconds(visit):
    """COOKIE-32: by server-sent events, without loading the page again."""
    board, other = visit("leader", "/booths/live", width=1920), visit("cookie leader", "/sales")
    expect(board.locator("#live-state")).to_have_text("Live")
    board.evaluate("window.stays = true")
    before = sold(board)
    sell(other, 11)
    expect(board.locator(TODAY)).to_have_text(f"{before + 11:,}", timeout=2000)
    assert board.evaluate("window.stays") is True


def test_where_no_events_come_the_board_asks_again_and_again(visit):
    """COOKIE-32: polling behind a proxy that lets no stream through."""

    def no_events(page):
        page.route("**/booths/live/events", lambda route: route.abort())

    board, other = visit("leader", "/booths/live", before=no_events), visit("cookie leader", "/sales")
    before = sold(board)
    sell(other, 3)
    expect(board.locator(TODAY)).to_have_text(f"{before + 3:,}", timeout=15000)
    expect(board.locator("#live-state")).to_have_text(re.compile("Asking"))


def test_without_script_the_board_loads_itself_again(visit):
    board = visit("leader", "/booths/live", script=False)
    assert 'http-equiv="refresh"' in board.content()
    assert sold(board) >= 0


def test_two_claim_the_last_place_at_once_and_the_board_shows_it_within_two_seconds(table, a_phone):
    """COOKIE-42: one has it, the other reads a kind sentence and may wait, and a third browser sees the shift fill up."""

    def plan(tx):
        olga, starts = Person(id=1, role="admin", first_name="Olga"), clock.after(hours=5)
        booth = booths.plan(tx, olga, "Rink", starts, hours.shifted(starts, hours=2))
        shifts.add_shift(tx, olga, booth, starts, hours.shifted(starts, hours=2), min_girls=1, max_girls=1)
        for name in ("Mia", "Nia"):
            girl = factories.make_scout(tx, f"{name}s girl")
            table.tokens[name] = sessions.start(tx, factories.make_person(tx, "caregiver", name, scout_ids=(girl,)).id)
        return booth

    booth = table.do(plan)
    pages = [a_phone(name).new_page() for name in ("Mia", "Nia")]
    for page in pages:
        page.goto(f"{table.server.address}/booths/{booth}")
    board = a_phone("mona").new_page()
    board.goto(f"{table.server.address}/booths/live")
    expect(board.locator("#live-state")).to_have_text("Live")
    line = board.locator("li", has_text="Rink")
    expect(line).to_contain_text("0 of 1 girls")
    for page in pages:
        page.evaluate("setTimeout(() => document.querySelector('form[action$=\"/sign-up\"]').requestSubmit())")
    said = [
        page.get_by_text("You are signed up.").or_(page.get_by_text("Somebody was quicker")).first for page in pages
    ]
    for one in said:
        one.wait_for()
    expect(line).to_contain_text("1 of 1 girls", timeout=2000)
    quicker = [page for page, one in zip(pages, said, strict=True) if one.inner_text() == "You are signed up."]
    (slower,) = [page for page in pages if page not in quicker]
    assert len(quicker) == 1
    expect(slower.locator("main")).to_contain_text("You can go on its waiting list")
    slower.get_by_role("button", name="Sign up or wait").click()
    expect(slower.locator("main")).to_contain_text("On the waiting list")
