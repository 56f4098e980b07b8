"""The live board in a real browser: by events, by asking where events do not come, and without script."""

import json
import re

from playwright.sync_api import expect

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
