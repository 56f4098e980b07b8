"""Where she is signed in, what is new there, and what a session does over time at the doors."""

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.people import sessions
from gsctracker.web import visitors
from tests import factories
from tests.web.conftest import PASSWORD, as_person

ANDROID = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36"
PAGE = "/account/devices"


@pytest.fixture
def lea(box, password_hash):
    with box.write() as tx:
        return factories.make_person(tx, "leader", "Lea", password_hash=password_hash)


@pytest.fixture
def phone(site, lea):
    return enter(site.test_client(), "phone")


def enter(browser, agent="Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/128.0"):
    browser.environ_base["HTTP_USER_AGENT"] = agent
    sent = browser.post("/sign-in", data={"email": "lea1@example.org", "password": PASSWORD})
    assert sent.status_code == 303
    return browser


def test_she_sees_where_she_is_signed_in_and_signs_out_there(site, phone, box):
    laptop = enter(site.test_client())
    page = phone.get(PAGE).text
    assert "This device" in page
    assert "Firefox, Windows" in page
    with box.read() as tx:
        name = next(one.name for one in sessions.of_account(tx, 2) if "Firefox" in one.agent)
    assert phone.post(f"{PAGE}/end", data={"session": name}).status_code == 303
    assert laptop.get("/scouts").status_code == 302
    assert phone.get("/scouts").status_code == 200


def test_all_other_places_end_with_one_button(site, phone):
    others = [enter(site.test_client(), ANDROID) for _ in range(2)]
    answer = phone.post(f"{PAGE}/end-others", follow_redirects=True)
    assert "signed out in 2 other places" in answer.text
    assert {one.get("/scouts").status_code for one in others} == {302}


def test_a_new_device_is_told_on_every_page_until_she_calls_it_hers(site, phone):
    """SEC-34: in the app, as the box need not have mail."""
    assert "new device" not in phone.get("/scouts").text
    thief = enter(site.test_client(), ANDROID)
    assert "Somebody signed in as you on a new device." in phone.get("/scouts").text
    assert "Somebody signed in" not in thief.get("/scouts").text
    thief.post(f"{PAGE}/mine")
    assert "Chrome, Android" in phone.get(PAGE).text
    phone.post(f"{PAGE}/mine")
    assert "Somebody signed in" not in phone.get("/scouts").text
    phone.post("/sign-out")
    enter(phone)
    assert "Somebody signed in" not in thief.get("/scouts").text, "a device that came back is not new"


def test_a_session_given_by_an_attacker_is_not_the_one_she_gets(site, lea, box):
    """SEC-38: fixation. The cookie from before is dead after signing in, and after signing out too."""
    browser = site.test_client()
    planted = "a" * 43
    browser.set_cookie(visitors.COOKIE, planted)
    enter(browser)
    token = browser.get_cookie(visitors.COOKIE).value
    assert token != planted
    thief = as_person(site, lea, planted)
    assert thief.get("/scouts").status_code == 302
    browser.post("/sign-out")
    assert as_person(site, lea, token).get("/scouts").status_code == 302


def test_a_quiet_session_ends_and_a_busy_one_goes_on(site, box, monkeypatch):
    """SEC-20: half an hour for an admin."""
    with box.write() as tx:
        token = sessions.start(tx, 1)
    browser = as_person(site, None, token)
    began, ticks = clock.moment(), clock.ticks
    from datetime import timedelta

    passed = [0]
    monkeypatch.setattr(clock, "moment", lambda: began + timedelta(seconds=passed[0]))
    monkeypatch.setattr(clock, "ticks", lambda: ticks() + passed[0])
    for _ in range(4):
        passed[0] += 25 * 60
        assert browser.get("/account").status_code == 200
    with box.read() as tx:
        written = value(tx, "SELECT seen_at FROM sessions")
    assert written > clock.instant(began), "it is written down for the next start of the server"
    passed[0] += 31 * 60
    assert browser.get("/account").status_code == 302


def test_a_board_that_stands_open_is_no_sign_of_her(site, box):
    with box.write() as tx:
        token = sessions.start(tx, 1)
        run(tx, "UPDATE sessions SET seen_at = :then", then=clock.after(minutes=-29))
    signed_in = site.extensions["gsctracker"].signed_in
    for _ in range(3):
        assert signed_in.person(token, watching=True)
    assert not signed_in._signs


@pytest.mark.parametrize(
    ("scheme", "cookies"),
    [
        ("http", {"gsct_session": False, "gsct_device": False}),
        ("https", {"__Host-gsct_session": True, "__Host-gsct_device": True}),
    ],
)
def test_cookies_by_mode(site, lea, scheme, cookies):
    """SEC-20: over HTTPS bound to this host and to TLS; no script reads them; no other site sends them."""
    sent = site.test_client().post(
        "/sign-in", data={"email": "lea1@example.org", "password": PASSWORD}, base_url=f"{scheme}://localhost"
    )
    found = {each.partition("=")[0]: each for each in sent.headers.getlist("Set-Cookie")}
    assert set(found) == set(cookies)
    for name, secure in cookies.items():
        parts = [part.strip() for part in found[name].split(";")]
        assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(parts)
        assert ("Secure" in parts) is secure
        assert not [part for part in parts if part.startswith("Domain")]


def test_what_matters_asks_for_the_password_again_after_a_while(site, box, password_hash):
    with box.write() as tx:
        run(tx, "UPDATE accounts SET password_hash = :hash WHERE id = 1", hash=password_hash)
        token = sessions.start(tx, 1)
    browser = as_person(site, None, token)
    assert 'name="password"' not in browser.get("/recovery-sheet").text
    assert browser.post("/recovery-sheet").status_code == 200
    with box.write() as tx:
        run(tx, "UPDATE sessions SET proven_at = :then", then=clock.after(minutes=-11))
    assert 'name="password"' in browser.get("/recovery-sheet").text
    refused = browser.post("/recovery-sheet")
    assert refused.status_code == 422
    assert "Type your password once more" in refused.text
    assert browser.post("/recovery-sheet", data={"password": "not hers"}).status_code == 422
    assert browser.post("/recovery-sheet", data={"password": PASSWORD}).status_code == 200
    assert browser.post("/recovery-sheet").status_code == 200, "fresh again"


def test_a_password_typed_once_more_gives_the_session_another_secret(site, box, password_hash):
    """SEC-38 ASVS 7.2.4: whoever held the secret from before is out; she goes on, and what she did is done."""
    with box.write() as tx:
        factories.make_person(tx, "leader", "Lea", password_hash=password_hash)
    browser = site.test_client()
    browser.post("/sign-in", data={"email": "lea1@example.org", "password": PASSWORD})
    before = browser.get_cookie("gsct_session").value
    with box.write() as tx:
        tx.execute("UPDATE sessions SET proven_at = '2025-01-01T00:00:00Z'")
    form = {"name": "n8n", "scopes": ["sales:read"], "days": "30", "origins": ""}
    assert browser.post("/account/tokens", data=form).status_code == 422
    assert browser.get_cookie("gsct_session").value == before, "nothing was proven"
    assert "gsct_" in browser.post("/account/tokens", data=form | {"password": PASSWORD}).text
    after = browser.get_cookie("gsct_session").value
    assert after != before
    thief = site.test_client()
    thief.set_cookie("gsct_session", before)
    assert thief.get("/api/auth/me").status_code == 401
    assert browser.get("/api/auth/me").status_code == 200
    assert browser.post("/account/tokens", data=form).status_code == 200, "the session that goes on is fresh"
    assert browser.get("/account/devices").text.count("This device") == 1
    assert "is new" not in browser.get("/").text


def test_every_cookie_is_of_this_host_alone_over_https(site, box, password_hash):
    """SEC-20 ASVS 3.3.1: the session's, the device's, the notices' and the language's: __Host-, Secure, for the whole host."""
    with box.write() as tx:
        factories.make_person(tx, "leader", "Lea", password_hash=password_hash)
    browser, safe = site.test_client(), {"base_url": "https://localhost"}
    answers = [
        browser.post("/language", data={"language": "es"}, **safe),
        browser.post("/sign-in", data={"email": "lea1@example.org", "password": PASSWORD}, **safe),
        browser.post("/account/name", data={"firstName": "Lea"}, **safe),
    ]
    cookies = [cookie for answer in answers for cookie in answer.headers.getlist("Set-Cookie")]
    names = {cookie.partition("=")[0] for cookie in cookies}
    assert names == {f"__Host-gsct_{one}" for one in ("session", "device", "notices", "language")}
    for cookie in cookies:
        assert {"Secure", "HttpOnly", "Path=/"} <= {part.strip() for part in cookie.split(";")}, cookie
        assert "Domain" not in cookie
