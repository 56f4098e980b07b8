"""What a browser still holds after somebody has signed out of the box."""

from gsctracker.ops.demo_people import PASSWORD

LEADER = "leader@example.org"
KEEP = """() => new Promise(done => {
    localStorage.setItem("booth-account", "3");
    const asked = indexedDB.open("gsctracker-booth", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("entries").put("a sale", 1);
    asked.onsuccess = () => { asked.result.close(); done(); };
})"""
LEFT = "async () => [(await indexedDB.databases()).length, localStorage.getItem('booth-account'), (await caches.keys()).length]"


def test_signing_out_leaves_nothing_but_what_was_not_sent(demo, browser):
    """ASVS 14.3.1 S29: the phone's memory goes with the session, no page is shown again; sales that wait are kept."""
    address = demo.address.replace("127.0.0.1", "localhost")
    context = browser.new_context()
    page = context.new_page()
    page.on("dialog", lambda asked: asked.accept())
    for unsent in ("2", "0"):
        page.goto(f"{address}/sign-in")
        page.locator("main input[autocomplete='username']").fill(LEADER)
        page.locator("main input[type=password]").fill(PASSWORD)
        page.locator("main form button.main").click()
        page.wait_for_url(f"{address}/")
        page.evaluate(KEEP)
        page.evaluate("unsent => localStorage.setItem('booth-unsent', unsent)", unsent)
        page.evaluate("document.querySelector('form[action=\"/sign-out\"]').requestSubmit()")
        page.wait_for_url(f"{address}/sign-in")
        assert page.evaluate(LEFT) == [1 if unsent == "2" else 0, None, 0]
    page.go_back()
    page.wait_for_url("**/sign-in**")
    assert [one["name"] for one in context.cookies()] == ["gsct_device"]
    context.close()
