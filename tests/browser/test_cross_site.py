"""A page of somebody else's, in the browser of a cookie leader who is signed in: whatever it tries, the box does nothing."""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

NEW_NAME = "Mallory"
ATTACKS = {
    "a form": """<form id=f method=post action="{box}/account/name"><input name=firstName value=Mallory></form>""",
    "a form with a file": """<form id=f method=post enctype=multipart/form-data action="{box}/account/name">
        <input name=firstName value=Mallory></form>""",
    "JSON dressed as text": """<form id=f method=post enctype=text/plain action="{box}/api/sales">
        <input name='{{"cookieType":"Thin Mints","quantity":1,"x":"' value='"}}'></form>""",
    "a form without a referrer": """<meta name=referrer content=no-referrer><form id=f method=post action="{box}/account/name">
        <input name=firstName value=Mallory></form>""",
    "signing her out": """<form id=f method=post action="{box}/sign-out"></form>""",
}
CALLS = """async box => {
    const outcomes = [];
    const tries = [
        ["/api/sales", {method: "POST", headers: {"Content-Type": "application/json"}, body: '{"cookieType":"Thin Mints","quantity":1}'}],
        ["/api/sales", {method: "POST", mode: "no-cors", body: '{"cookieType":"Thin Mints","quantity":1}'}],
        ["/account/name", {method: "POST", mode: "no-cors", body: new URLSearchParams({firstName: "Mallory"})}],
        ["/api/sales/1", {method: "DELETE"}],
        ["/api/sales", {}],
        ["/sales", {mode: "no-cors"}],
        ["/reports/sales.csv", {}],
    ];
    for (const [path, how] of tries) {
        try {
            const answer = await fetch(box + path, {credentials: "include", ...how});
            outcomes.push(answer.type === "opaque" ? "opaque" : (await answer.text()).slice(0, 80));
        } catch (no) { outcomes.push("refused"); }
    }
    navigator.sendBeacon(box + "/account/name", new URLSearchParams({firstName: "Mallory"}));
    return outcomes;
}"""


class Stranger:
    """A website elsewhere: gives out the page it was told to."""

    def __init__(self) -> None:
        self.page = ""
        stranger = self

        class Answer(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(stranger.page.encode())

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answer)
        Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()

    def address(self, name: str) -> str:
        """Under another name it is another site; under the box's own with another port, another origin of the same site."""
        return f"http://{name}:{self.server.server_port}/"


@pytest.fixture
def stranger() -> Iterator[Stranger]:
    standing = Stranger()
    yield standing
    standing.server.shutdown()
    standing.server.server_close()


@pytest.fixture
def tab(browser, signed_in):
    """A tab of the cookie leader's browser, and what the box has of hers."""
    context = browser.new_context()
    context.add_cookies(signed_in["cookie leader"])
    yield context.new_page()
    context.close()


def kept(tab, demo) -> tuple:
    """What the attacks would change: how many sales there are, whether the first one stands, her name."""
    asked = tab.context.request
    return (
        asked.get(f"{demo.address}/api/sales?limit=1").json()["total"],
        asked.get(f"{demo.address}/api/sales/1").json()["status"],
        asked.get(f"{demo.address}/api/auth/me").json()["user"]["firstName"],
    )


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"], ids=["another site", "another port"])
def test_no_form_of_another_origin_is_taken(demo, tab, stranger, name):
    """SEC-16: forms of five kinds, sent by a real browser from another site and from another port: refused, and nothing is changed."""
    before = kept(tab, demo)
    for attack, page in ATTACKS.items():
        sent, answered = [], []
        tab.on("request", lambda asked, sent=sent: asked.method == "POST" and sent.append(asked.url))
        tab.on("response", lambda answer, got=answered: answer.request.method == "POST" and got.append(answer.status))
        stranger.page = page.format(box=demo.address)
        tab.goto(stranger.address(name))
        if tab.locator("#f").count():
            tab.evaluate("document.getElementById('f').submit()")
        for _ in range(100):
            if sent and answered:
                break
            tab.wait_for_timeout(50)
        assert sent, f"{attack} was really sent"
        assert set(answered) == {403}, (attack, answered)
        assert kept(tab, demo) == before, attack
        assert before[2] != NEW_NAME


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"], ids=["another site", "another port"])
def test_no_script_of_another_origin_writes_or_reads(demo, tab, stranger, name):
    """SEC-15 SEC-16: fetch with her cookies, with and without a preflight, and a beacon: nothing is read, nothing is changed."""
    before = kept(tab, demo)
    stranger.page = "<p>Have a cookie</p>"
    tab.goto(stranger.address(name))
    outcomes = tab.evaluate(CALLS, demo.address)
    tab.wait_for_timeout(300)
    assert set(outcomes) <= {"refused", "opaque"}, outcomes
    assert kept(tab, demo) == before


def test_no_page_of_the_box_is_shown_inside_another(demo, tab, stranger):
    """SEC-13: nobody's page frames ours, so no tap meant for her reaches a button of the box, and a window she is opened in lets go."""
    stranger.page = f"<iframe src='{demo.address}/sales'></iframe><img src='{demo.address}/reports/sales.csv'>"
    tab.goto(stranger.address("localhost"))
    tab.wait_for_timeout(300)
    assert "Thin Mints" not in "".join(frame.content() for frame in tab.frames if frame != tab.main_frame)
    with tab.expect_popup() as opened:
        tab.evaluate("box => { window.her = window.open(box + '/sign-in') }", demo.address)
    opened.value.wait_for_load_state()
    assert opened.value.evaluate("window.opener === null")


def test_a_script_that_got_into_a_page_is_not_carried_out_and_is_told(demo, tab):
    """SEC-13 SEC-18: a real browser carries out nothing that stands in the page, and tells the box that something did."""
    tab.goto(f"{demo.address}/sales")
    put_in = "() => document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.hacked = 1'}))"
    with tab.expect_response(lambda answer: answer.url.endswith("/policy-reports"), timeout=30_000) as told:
        tab.evaluate(put_in)
    assert told.value.status == 204
    assert tab.evaluate("window.hacked === undefined")
