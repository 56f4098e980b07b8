"""Messages on one's phone: asked for and taken back on a page, by oneself alone."""

from tests.ops.test_push import Phone, service
from tests.web.pages.browsing import words

__all__ = ["service"]


def test_a_browser_is_added_tried_and_removed(signed_in, service):
    """COMM-12: a form that the browser fills in; hers alone to remove; girls are told nothing."""
    mother, phone = signed_in("caregiver"), Phone(service)
    page = mother.get("/account/push").text
    assert 'data-key="B' in page
    sent = {"endpoint": phone.endpoint, "p256dh": phone.p256dh, "auth": phone.auth}
    agent = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
    assert mother.post("/account/push", data=sent, headers=agent).status_code == 303
    assert "Firefox, Linux" in words(mother.get("/account/push"))
    assert mother.post("/account/push/try").status_code == 303
    assert phone.reads(service.taken[0][2])["title"] == "It works"
    assert signed_in("admin").post("/account/push/1/remove").status_code == 404
    assert mother.post("/account/push/1/remove").status_code == 303
    assert "Browsers that are told" not in words(mother.get("/account/push"))
    mother.post("/account/push/try")
    assert "No browser took it." in words(mother.get("/account/push"))
    assert mother.post("/account/push", data=sent | {"auth": "x"}).status_code == 422


def test_a_girl_gets_no_messages(signed_in, girls):
    """Her own account is told nothing."""
    ava = signed_in("scout", first_name="Ava", scout_ids=(girls.ava,))
    assert ava.get("/account/push").status_code == 403
    assert "/account/push" not in ava.get("/account").text


def test_the_worker_shows_what_it_is_told(browser):
    """COMM-12: the worker of booth mode also shows messages, and opens pages of the box alone."""
    text = browser.get("/sw.js").text
    assert 'addEventListener("push"' in text
    assert 'path.startsWith("//")' in text
