"""Sign-in limits at the doors: a guesser waits, a troop does not, and nobody learns which names exist."""

import statistics
from concurrent.futures import ThreadPoolExecutor

import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.booths import calendar
from gsctracker.domain.people import invitations, passwords, resets
from gsctracker.domain.season import troop
from gsctracker.ops import metrics
from gsctracker.web import limits
from gsctracker.web.app import create_app
from tests import factories
from tests.web.conftest import PASSWORD
from tests.web.pages.browsing import OLGA


@pytest.fixture
def lea(box, password_hash):
    with box.write() as tx:
        factories.make_person(tx, "leader", "Lea", password_hash=password_hash)
    return "lea1@example.org"


def call(browser, name, password, **more):
    return browser.post("/api/auth/login", json={"email": name, "password": password}, **more)


def sample(site, name):
    return {
        line.rpartition(" ")[0]: float(line.rpartition(" ")[2])
        for line in metrics.exposition(metrics.of(site), None)[0].splitlines()
        if line.startswith(f"gsctracker_{name}")
    }


@pytest.mark.parametrize("name", ["lea1@example.org", "nobody@example.org"])
def test_the_sixth_wrong_try_is_told_to_wait_alike_for_a_name_nobody_has(site, browser, lea, name):
    """SEC-14: 429 with Retry-After, and even the right password waits."""
    for _ in range(5):
        assert call(browser, name, "not the password").status_code == 401
    refused = call(browser, name, PASSWORD)
    assert refused.status_code == 429
    assert refused.json["error"]["code"] == "too_many"
    assert 1 <= int(refused.headers["Retry-After"]) <= 5
    page = browser.post("/sign-in", data={"email": name, "password": PASSWORD})
    assert page.status_code == 429
    assert "Too many wrong tries. Wait" in page.text
    assert page.headers["Retry-After"]
    assert sample(site, "login_total")['gsctracker_login_total{result="too_many"}'] == 2
    assert sample(site, "login_total")['gsctracker_login_total{result="wrong"}'] == 5
    assert sample(site, "ratelimited_total")['gsctracker_ratelimited_total{scope="account"}'] == 2


def test_after_the_wait_the_right_password_lets_her_in(browser, site, lea, monkeypatch):
    now = [5000.0]
    monkeypatch.setattr(limits.of(site).attempts, "_ticks", lambda: now[0])
    for _ in range(5):
        call(browser, lea, "not the password")
    assert call(browser, lea, PASSWORD).status_code == 429
    now[0] += 5
    assert call(browser, lea, PASSWORD).status_code == 200


def test_thirty_phones_behind_one_address_sign_in_and_some_mistype(site, box, password_hash):
    """SEC-14: a troop meeting is one address; everybody's third try is right."""
    with box.write() as tx:
        for number in range(30):
            factories.make_person(tx, "caregiver", f"Cora{number}", password_hash=password_hash)
        names = [name for (name,) in tx.execute("SELECT sign_in_name FROM accounts WHERE role = 'caregiver'")]

    def phone(number):
        browser = site.test_client()
        wrong = [call(browser, names[number], "mistyped it").status_code for _ in range(number % 2)]
        return [*wrong, call(browser, names[number], PASSWORD).status_code]

    with ThreadPoolExecutor(8) as hands:
        answers = list(hands.map(phone, range(30)))
    assert all(each[-1] == 200 for each in answers), answers


def test_an_address_that_tries_name_after_name_waits(browser, site, lea):
    for number in range(60):
        limits.of(site).attempts.wrong(f"girl{number}@example.org", "127.0.0.1")
    assert call(browser, lea, PASSWORD).status_code == 429
    elsewhere = call(browser, lea, PASSWORD, environ_overrides={"REMOTE_ADDR": "192.168.1.9"})
    assert elsewhere.status_code == 200


def test_a_borrowed_phone_does_not_guess_the_password_at_its_leisure(browser, lea):
    """Whoever holds an open session meets the same limit where the password is asked for once more."""
    call(browser, lea, PASSWORD)
    typed = {"current": "a guess of mine", "password": "quite another one", "repeat": "quite another one"}
    answers = [browser.post("/account/password", data=typed).status_code for _ in range(6)]
    assert answers == [422] * 5 + [429]


def test_a_known_and_an_unknown_name_take_the_same_time(browser, lea, site):
    """Nothing tells whether an account exists: medians of interleaved tries differ less than the hash costs."""
    took = {lea: [], "nobody@example.org": []}
    for _ in range(9):
        for name, times in took.items():
            limits.of(site).attempts.right(name)
            began = clock.ticks()
            call(browser, name, "not the password")
            times.append(clock.ticks() - began)
    known, unknown = (statistics.median(times) for times in took.values())
    assert abs(known - unknown) < 0.5 * max(known, unknown), took


def test_a_password_that_was_right_is_not_hashed_again_for_some_minutes(browser, site, lea, monkeypatch):
    hashes = []
    verify = passwords.verify
    monkeypatch.setattr(passwords, "verify", lambda *given: hashes.append(1) or verify(*given))
    now = [5000.0]
    monkeypatch.setattr(limits.of(site).verified, "_ticks", lambda: now[0])
    for _ in range(3):
        assert call(browser, lea, PASSWORD).status_code == 200
    assert len(hashes) == 1
    assert call(browser, lea, PASSWORD + "x").status_code == 401
    assert len(hashes) == 2
    now[0] += 301
    call(browser, lea, PASSWORD)
    assert len(hashes) == 3


def test_a_password_that_was_changed_is_forgotten_at_once(browser, box, lea):
    assert call(browser, lea, PASSWORD).status_code == 200
    with box.write() as tx:
        run(tx, "UPDATE accounts SET password_hash = :hash WHERE sign_in_name = :n", hash=factories.HASH, n=lea)
    assert call(browser, lea, PASSWORD).status_code == 401


def test_a_hash_made_with_older_parameters_is_made_anew_when_she_signs_in(browser, box, lea):
    from argon2 import PasswordHasher

    old = PasswordHasher(time_cost=1, memory_cost=8 * 1024, parallelism=1).hash(PASSWORD)
    with box.write() as tx:
        run(tx, "UPDATE accounts SET password_hash = :hash WHERE sign_in_name = :n", hash=old, n=lea)
    assert call(browser, lea, PASSWORD).status_code == 200
    with box.read() as tx:
        kept = value(tx, "SELECT password_hash FROM accounts WHERE sign_in_name = :n", n=lea)
    assert "m=19456,t=2,p=1" in kept
    assert call(browser, lea, PASSWORD).status_code == 200


def test_the_setup_code_is_guessed_no_faster_than_a_password(db, config):
    """SEC-14 S1: the sixth wrong code waits, at both doors together; even the right one waits then."""
    site = create_app(config, db, "a secret for tests, forty characters long")
    with db.write() as tx:
        code = troop.issue_setup_code(tx)
    stranger = site.test_client()
    for number in range(5):
        page = stranger.post("/set-up" if number % 2 else "/set-up/restore", data={"code": f"abcd-efgh-jkm{number}"})
        assert page.status_code == 422
    for address in ("/set-up", "/set-up/restore"):
        refused = stranger.post(address, data={"code": code})
        assert refused.status_code == 429, address
        assert refused.headers["Retry-After"]
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "192.168.1.9"}}
    assert stranger.post("/set-up", data={"code": code}, **elsewhere).status_code == 422


LINKS = ("/join/{}", "/reset/{}", "/calendar/{}.ics")


@pytest.mark.parametrize("link", LINKS)
def test_links_are_not_tried_one_after_the_other(site, box, link):
    """SEC-14: sixty wrong ones a minute from an address, then it waits; elsewhere a good one opens."""
    with box.write() as tx:
        person = factories.make_person(tx, "caregiver", "Mia")
        good = {
            LINKS[0]: lambda: invitations.invite(tx, "new@example.org", "leader", OLGA),
            LINKS[1]: lambda: resets.start(tx, person.id, OLGA),
            LINKS[2]: lambda: calendar.make_link(tx, person),
        }[link]()
    browser = site.test_client()
    assert browser.get(link.format(good)).status_code == 200
    methods = (browser.get,) if link == LINKS[2] else (browser.get, browser.post)
    answers = [methods[n % len(methods)](link.format(f"{n:043}")).status_code for n in range(61)]
    assert answers == [404] * 60 + [429]
    assert browser.get(link.format(good)).headers["Retry-After"]
    elsewhere = {"environ_overrides": {"REMOTE_ADDR": "192.168.1.9"}}
    assert browser.get(link.format(good), **elsewhere).status_code == 200


def test_a_troop_with_old_links_does_not_lock_out_the_new_one(site, box):
    """SEC-14: forty phones behind one address open an invitation that has run out; whose is good comes in."""
    with box.write() as tx:
        good = invitations.invite(tx, "new@example.org", "leader", OLGA)
    for _ in range(40):
        assert site.test_client().get("/join/an-invitation-of-last-year-0123456789").status_code in (404, 429)
    assert site.test_client().get(f"/join/{good}").status_code == 200
