"""Booth mode where the connection comes and goes: nothing is lost, nothing counts twice. A real server, real browsers."""

import json
import subprocess
import sys
import time

from gsctracker.domain.booths import closing
from tests.browser.booth_phones import PASSWORD, STORE, left_on_table, opened, says, sell, waiting
from tests.running import clean_environment

A_DAY_BEHIND = """const Real = Date; const off = -86400e3;
Date = class extends Real { constructor(...given) { given.length ? super(...given) : super(Real.now() + off); }
  static now() { return Real.now() + off; } };"""


def test_what_is_sold_without_signal_is_sent_when_there_is_one(table, a_phone):
    """UX-21: saved on the phone and said so, sent by itself, and what was undone is not in the tally."""
    context = a_phone()
    page = opened(context, table)
    says(page, "Nothing tapped in on this phone yet")
    context.set_offline(True)
    sell(page, TM=2, CD=1)
    sell(page, pay="card", TM=1)
    sell(page, TM=4)
    page.locator("#said button").click()
    says(page, "Saved on this phone, 4 not sent")
    assert table.tally() == {}
    context.set_offline(False)
    says(page, "Everything is sent")
    assert table.tally() == {"TM": 3, "CD": 1}
    assert page.evaluate("localStorage.getItem('booth-unsent')") == "0"


def test_a_cut_in_the_middle_of_sending_doubles_nothing(table, a_phone):
    """UX-21: the box took it in, the answer was lost: it is sent again and counts once."""
    page = opened(a_phone(), table)
    says(page, "Nothing tapped in on this phone yet")
    cut = []

    def lose_the_answer(route):
        if not cut:
            cut.append(route.fetch().status)
            route.abort("connectionreset")
        else:
            route.continue_()

    page.route("**/entries", lose_the_answer)
    sell(page, TM=3)
    says(page, "No connection. Saved on this phone, 1 not sent")
    assert cut == [200]
    assert table.tally() == {"TM": 3}
    page.locator("#sync-now").click()
    says(page, "Everything is sent")
    assert table.tally() == {"TM": 3}
    assert table.count("booth_entries") == 1


def test_a_tab_that_is_killed_loses_nothing_and_two_tabs_count_together(table, a_phone):
    """UX-21: what was tapped in is there when the page is opened again; two tabs have one memory and one order."""
    context = a_phone()
    page, other = opened(context, table), opened(context, table)
    says(other, "Nothing tapped in on this phone yet")
    context.set_offline(True)
    for number in range(1, 4):
        sell(page, TM=number)
        sell(other, pay="card", CD=1)
    page.close()
    other.close()
    context.set_offline(False)
    again = opened(context, table)
    says(again, "Everything is sent")
    assert table.tally() == {"TM": 6, "CD": 3}
    assert sorted(row.counter for row in table.kept()) == [1, 2, 3, 4, 5, 6]


def test_two_phones_add_up_and_a_booth_closed_on_both_waits_for_a_person(table, a_phone):
    """UX-21: the first closing counts; the other is kept beside it, and a leader chooses."""
    first, second = a_phone("olga"), a_phone("mona")
    one, two = opened(first, table), opened(second, table)
    first.set_offline(True)
    second.set_offline(True)
    sell(one, TM=2)
    sell(two, TM=1, CD=1)
    for page, left in ((one, 45), (two, 44)):
        left_on_table(page, TM=left, CD=23)
        sold = 48 - left + 1
        page.locator("#p-500").fill(str(sold))
        page.locator("#p-100").fill(str(sold))
        page.get_by_role("button", name="Close and sign").click()
        page.locator("#closed-said p", has_text="saved on this phone").wait_for()
    first.set_offline(False)
    says(one, "Everything is sent")
    second.set_offline(False)
    says(two, "Everything is sent")
    assert table.tally() == {"TM": 3, "CD": 1}
    assert [(row.kind, row.flag) for row in table.kept() if row.state == "flagged"] == [("close", "contradicts")]
    assert table.ask(lambda tx: closing.find(tx, table.booth).expected_cents) == 4 * 600
    two.goto(f"{table.server.address}/booths/{table.booth}/entries")
    cells = two.locator("table", has_text="The closing that stands").locator("tr", has_text="Thin Mints").inner_text()
    assert cells.split()[-3:] == ["45", "≠", "44"]
    two.get_by_role("button", name="Use this closing instead").click()
    two.get_by_text("Nothing waits for a decision").wait_for()
    assert table.ask(lambda tx: closing.find(tx, table.booth).expected_cents) == 5 * 600


def test_a_phone_whose_clock_is_a_day_behind_tells_the_right_time(table, a_phone):
    """UX-21: what the phone says of the time is corrected by what it knows of the box's."""
    context = a_phone()
    context.add_init_script(A_DAY_BEHIND)
    page = opened(context, table)
    context.set_offline(True)
    sell(page, TM=1)
    context.set_offline(False)
    says(page, "Everything is sent")
    (row,) = table.kept()
    assert row.captured_at[:10] < row.happened_at[:10]
    assert abs(time.time() - time.mktime(time.strptime(row.happened_at, "%Y-%m-%dT%H:%M:%SZ")) + time.timezone) < 60


def test_a_phone_without_room_says_so_and_keeps_the_basket(table, a_phone):
    """UX-21: what could not be kept is never said to be saved; with a connection the sale goes straight to the box."""
    context = a_phone()
    page = opened(context, table)
    says(page, "Nothing tapped in on this phone yet")
    context.set_offline(True)
    page.evaluate(
        "() => { IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    page.locator("#till [data-code=TM]").click()
    page.locator("[data-pay=cash]").click()
    page.locator("#alarm", has_text="NOT saved").wait_for()
    assert page.locator("#till [data-code=TM] .count").inner_text() == "1"
    context.set_offline(False)
    page.locator("[data-pay=cash]").click()
    page.locator("#take-off:disabled").wait_for()
    assert table.tally() == {"TM": 1}


def test_the_quota_of_the_browser_itself_is_met(table, a_phone):
    """UX-21: the browser's own refusal for want of room, not a pretended one."""
    context = a_phone()
    page = opened(context, table)
    says(page, "Nothing tapped in on this phone yet")
    line = context.new_cdp_session(page)
    line.send("Storage.overrideQuotaForOrigin", {"origin": table.server.address, "quotaSize": 1})
    context.set_offline(True)
    page.locator("#till [data-code=TM]").click()
    page.locator("[data-pay=cash]").click()
    page.locator("#take-off:disabled, #alarm:not([hidden])").first.wait_for(timeout=20_000)
    lost = page.locator("#alarm").is_visible()
    assert (waiting(page) == 0) == lost, "saved and said so, or not saved and said so"
    line.send("Storage.overrideQuotaForOrigin", {"origin": table.server.address})
    context.set_offline(False)
    if lost:
        page.locator("[data-pay=cash]").click()
    says(page, "Everything is sent")
    assert table.tally() == {"TM": 1}


def test_five_hundred_queued_sales_are_sent_by_one_request(table, a_phone):
    """UX-21: a whole day without signal in less than two seconds."""
    context = a_phone()
    page = opened(context, table)
    says(page, "Nothing tapped in on this phone yet")
    context.set_offline(True)
    page.evaluate(
        """async () => {
        const store = await import(STORE);
        const facts = JSON.parse(document.querySelector('#facts').dataset.json), device = await store.device();
        for (let n = 0; n < 500; n++) await store.add({ id: store.hex(16), device, booth: facts.booth, account: facts.account,
            kind: 'sale', said: { pay: 'cash', items: [{ product: 'TM', quantity: 1 }] },
            capturedAt: facts.now, offsetSeconds: 0 });
    }""".replace("STORE", STORE)
    )
    sent = []
    page.on("requestfinished", lambda asked: asked.url.endswith("/entries") and sent.append(asked))
    context.set_offline(False)
    says(page, "Everything is sent")
    assert len(sent) == 1
    assert sent[0].timing["responseEnd"] - sent[0].timing["requestStart"] < 2000
    assert table.tally() == {"TM": 500}


def test_a_session_that_ended_is_renewed_and_nothing_is_lost(table, a_phone):
    """UX-21: the page says so, leads to the sign-in and back, and sends."""
    context = a_phone()
    page = opened(context, table)
    says(page, "Nothing tapped in on this phone yet")
    context.clear_cookies()
    sell(page, TM=2)
    says(page, "Your session ended")
    page.locator("#sync-sign-in").click()
    _sign_in(page)
    says(page, "Everything is sent")
    assert table.tally() == {"TM": 2}


def test_what_was_taken_in_before_a_restore_is_offered_again(table, a_phone):
    """UX-21, DB-20: the box goes back to an earlier state; phones bring again what that state has not, once."""
    context = a_phone()
    page = opened(context, table)
    sell(page, TM=1)
    says(page, "Everything is sent")
    _command(table, "backup", "--no-upload")
    sell(page, TM=2)
    sell(page, pay="card", CD=1)
    says(page, "Everything is sent")
    assert table.tally() == {"TM": 3, "CD": 1}
    _command(table, "restore", "latest", "--yes")
    assert table.tally() == {"TM": 1}
    sell(page, TM=4)
    says(page, "Your session ended")
    page.locator("#sync-sign-in").click()
    _sign_in(page)
    says(page, "Everything is sent")
    page.wait_for_timeout(500)
    assert table.tally() == {"TM": 7, "CD": 1}
    assert table.count("booth_entries") == 4


def test_signing_out_warns_and_keeps_the_queue_and_it_can_be_taken_as_a_file(table, a_phone):
    """UX-21: another person on the same phone neither sends nor loses what waits; a file holds it for the worst case."""
    context = a_phone()
    page = opened(context, table)
    says(page, "Nothing tapped in on this phone yet")
    page.route("**/entries", lambda route: route.abort())
    sell(page, TM=2)
    says(page, "1 not sent")
    page.get_by_role("button", name="Tally").click()
    with page.expect_download() as taken:
        page.locator("#to-file").click()
    said = json.loads(taken.value.path().read_text())
    assert [one["items"] for one in said["entries"]] == [[{"product": "TM", "quantity": 2}]]
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.evaluate("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()")
    page.wait_for_url("**/sign-in")
    assert "not sent" in asked[0]
    context.add_cookies([{"name": "gsct_session", "value": table.tokens["mona"], "url": table.server.address}])
    page.unroute_all()
    page = opened(context, table)
    says(page, "1 of another person wait")
    assert table.tally() == {}
    context.add_cookies([{"name": "gsct_session", "value": table.tokens["olga"], "url": table.server.address}])
    _sign_in_again(context, page, table)
    says(page, "Everything is sent")
    assert table.tally() == {"TM": 2}


def _sign_in_again(context, page, table):
    context.clear_cookies()
    page.goto(f"{table.server.address}/sign-in?next={table.page}")
    _sign_in(page)


def _sign_in(page):
    page.locator("main input[autocomplete='username']").fill("olga@example.org")
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main form button.main[type=submit]").click()
    page.wait_for_url("**/mode")
    page.locator("#till button").first.wait_for()


def _command(table, *words):
    done = subprocess.run(
        [sys.executable, "-m", "gsctracker", *words, "--data-dir", str(table.server.folder)],
        capture_output=True,
        text=True,
        env=clean_environment(),
    )
    assert done.returncode == 0, done.stdout + done.stderr
