"""Signing in by an outside account, against a provider that really answers: whom it lets in, and all that it does not do."""

import re
from collections.abc import Iterator

import pyotp
import pytest
from joserfc.jwk import ECKey, OctKey

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.rows import value
from gsctracker.domain.people import accounts, invitations, second_factor
from gsctracker.ops import metrics, secrets
from gsctracker.web.app import create_app
from tests import factories
from tests.web.pages.browsing import OLGA, words
from tests.web.provider import CLIENT, SECRET, Provider

LEA = "lea1@example.org"


@pytest.fixture(scope="module")
def running() -> Iterator[Provider]:
    found = Provider()
    yield found
    found.close()


@pytest.fixture
def provider(running) -> Provider:
    """The provider, honest, with Lea at the browser."""
    running.signs_with, running.alg, running.lies, running.config, running.lies_of_token = (
        running.key,
        "ES256",
        {},
        {},
        {},
    )
    running.person = {"sub": "248289761001", "email": "Lea1@Example.org", "given_name": "Lea", "family_name": "Lund"}
    return running


@pytest.fixture
def site(box, tmp_path, provider):
    """The website with that provider set up; loopback counts as safe."""
    config = Config(
        data_dir=tmp_path,
        app_url="http://localhost",
        oidc_issuer=provider.issuer,
        oidc_client_id=CLIENT,
        oidc_client_secret=SECRET,
        oidc_name="Example ID",
    )
    return create_app(config, box, "a secret for tests, forty characters long")


@pytest.fixture
def lea(box):
    with box.write() as tx:
        return factories.make_person(tx, "leader", "Lea")


def come_back(browser, provider, start="/auth/oidc?next=/scouts"):
    """The whole journey of a browser; gives the answer to its coming back."""
    begun = browser.get(start)
    assert begun.status_code == 303, begun.text
    return browser.get(provider.met(begun.location))


def count(box, table):
    with box.read() as tx:
        return value(tx, f"SELECT count(*) FROM {table}")


def is_in(browser):
    return browser.get("/api/auth/me").status_code == 200


def test_whose_verified_address_has_an_account_signs_in(site, provider, box, lea):
    """AUTH-02: a real provider's answer signs her in; from then on her account there counts, whatever its address becomes."""
    browser = site.test_client()
    assert "Sign in with Example ID" in browser.get("/sign-in").text
    answer = come_back(browser, provider)
    assert (answer.status_code, answer.location) == (303, "/scouts")
    assert browser.get("/api/auth/me").json["user"]["id"] == lea.id
    provider.person |= {"email": "moved@example.org", "email_verified": False}
    other = site.test_client()
    assert come_back(other, provider).status_code == 303
    assert other.get("/api/auth/me").json["user"]["id"] == lea.id
    assert count(box, "outside_identities") == 1


def test_where_none_is_set_up_nothing_is_offered(box, config):
    """AUTH-02: off by default: no button, no address; and none without HTTPS."""
    for settings in (
        config,
        Config(data_dir=config.data_dir, app_url="http://box.lan", google_client_id="a", google_client_secret="b"),
    ):
        browser = create_app(settings, box, "a secret for tests, forty characters long").test_client()
        assert "/auth/" not in browser.get("/sign-in").text
        for word in ("google", "oidc"):
            assert browser.get(f"/auth/{word}").status_code == 404
            assert browser.get(f"/auth/{word}/callback?code=a&state=b").status_code in (404, 422)


def test_google_is_asked_by_its_own_name(box, tmp_path):
    """AUTH-02 AUTH-03: Google by the settings it always had; of other places only who speaks OpenID Connect, and Facebook does not."""
    from gsctracker.integrations import openid

    found = openid.providers(
        Config(data_dir=tmp_path, app_url="https://cookies.example.org", google_client_id="a", google_client_secret="b")
    )
    assert set(found) == {"google"}
    assert found["google"].issuer == "https://accounts.google.com"
    assert found["google"].callback == "https://cookies.example.org/auth/google/callback"


NOBODY = {
    "an address nobody has": {"email": "nobody@example.org"},
    "an address that is not verified": {"email_verified": False},
    "an address of which nobody says so": {"email_verified": None},
    "no address": {"email": None},
    "an admin's": {"email": "olga@example.org"},
    "a girl's nickname": {"email": "ava1"},
}


def test_nobody_else_comes_in_and_no_account_is_made(site, provider, box, lea):
    """AUTH-02: an account is never opened, an admin's never for the first time, a girl's never at all."""
    with box.write() as tx:
        factories.make_person(tx, "scout", "Ava", scout_ids=(factories.make_scout(tx, "Ava", "A."),))
    before = count(box, "accounts")
    for case, claims in NOBODY.items():
        provider.lies = claims
        browser = site.test_client()
        assert come_back(browser, provider).status_code == 403, case
        assert not is_in(browser), case
    assert (count(box, "accounts"), count(box, "outside_identities"), count(box, "sessions")) == (before, 0, 0)


def test_a_disabled_account_stays_shut_and_a_new_role_begins_anew(site, provider, box, lea):
    come_back(site.test_client(), provider)
    with box.write() as tx:
        accounts.disable(tx, lea.id, OLGA)
    browser = site.test_client()
    assert come_back(browser, provider).status_code == 403
    with box.write() as tx:
        accounts.enable(tx, lea.id, OLGA)
        accounts.change_role(tx, lea.id, "admin", OLGA)
    assert come_back(browser, provider).status_code == 403
    assert not is_in(browser)


def test_an_admin_links_her_own_after_her_password_and_unlinks_it(site, box, provider, signed_in):
    admin = signed_in("admin", first_name="Ada")
    provider.person |= {"sub": "ada", "email": "somewhere@example.net"}
    onwards = admin.post("/account/outside/oidc")
    address = re.search(r'href="(http://127[^"]+)"', onwards.text)[1].replace("&amp;", "&")
    assert admin.get(provider.met(address)).location == "/account/outside"
    other = site.test_client()
    come_back(other, provider)
    assert other.get("/api/auth/me").json["user"]["id"] == admin.person.id
    assert "Linked since" in admin.get("/account/outside").text
    assert admin.post("/account/outside/oidc/unlink").status_code == 303
    assert come_back(site.test_client(), provider).status_code == 403
    with box.write() as tx:
        tx.execute("UPDATE sessions SET proven_at = '2025-01-01T00:00:00Z'")
    assert "password once more" in words(admin.post("/account/outside/oidc"))


def test_what_was_begun_as_one_person_links_nothing_to_another(site, box, provider, signed_in):
    """Somebody else signed in on that phone meanwhile; and an account there that is taken stays its owner's."""
    lea, mia = signed_in("leader"), signed_in("caregiver", first_name="Mia")
    onwards = lea.post("/account/outside/oidc")
    back = provider.met(re.search(r'href="(http://127[^"]+)"', onwards.text)[1].replace("&amp;", "&"))
    lea.set_cookie("gsct_session", mia.get_cookie("gsct_session").value)
    assert lea.get(back).status_code == 422
    assert count(box, "outside_identities") == 0
    for browser, status in ((mia, 303), (signed_in("leader", first_name="Lou"), 409)):
        onwards = browser.post("/account/outside/oidc")
        back = provider.met(re.search(r'href="(http://127[^"]+)"', onwards.text)[1].replace("&amp;", "&"))
        assert browser.get(back).status_code == status


def test_an_invitation_is_accepted_with_the_address_it_was_sent_to(site, box, provider):
    """AUTH-02: by an invitation an account is opened: for its role, its guardian, its address; the texts are accepted with it."""
    with box.write() as tx:
        secret = invitations.invite(tx, "mia@example.org", "caregiver", OLGA)
    page = site.test_client().get(f"/join/{secret}").text
    assert f"/join/{secret}/oidc" in page
    for email, status in (("thief@example.org", 403), ("MIA@example.org", 303), ("mia@example.org", 404)):
        provider.person |= {"sub": email, "email": email, "given_name": "Mia"}
        browser = site.test_client()
        onwards = browser.post(f"/join/{secret}/oidc").text
        address = re.search(r'href="(http://127[^"]+)"', onwards)[1].replace("&amp;", "&")
        assert browser.get(provider.met(address)).status_code == status
        assert is_in(browser) is (status == 303)
    with box.read() as tx:
        assert value(tx, "SELECT role FROM accounts WHERE sign_in_name = 'mia@example.org'") == "caregiver"
    assert count(box, "notice_acceptances") == 2


def test_no_admin_is_made_by_an_invitation(site, box, provider):
    with box.write() as tx:
        secret = invitations.invite(tx, LEA, "admin", OLGA)
    browser = site.test_client()
    assert "/oidc" not in browser.get(f"/join/{secret}").text
    onwards = browser.post(f"/join/{secret}/oidc").text
    answer = browser.get(provider.met(re.search(r'href="(http://127[^"]+)"', onwards)[1].replace("&amp;", "&")))
    assert answer.status_code == 403
    assert count(box, "accounts") == 1


def test_her_second_factor_is_asked_for_here_as_well(site, box, provider, lea):
    keys = secrets.keyring(metrics.of(site).config)
    with box.write() as tx:
        second_factor.begin(tx, lea.id, keys)
        phone = pyotp.TOTP(second_factor.secret(tx, lea.id, keys))
        second_factor.confirm(tx, lea.id, phone.at(int(clock.moment().timestamp()) - 30), keys)
    browser = site.test_client()
    page = come_back(browser, provider)
    assert page.status_code == 200
    assert not is_in(browser)
    ticket = re.search(r'name="ticket" value="([^"]+)"', page.text)[1]
    code = phone.at(int(clock.moment().timestamp()))
    assert browser.post("/sign-in/code", data={"ticket": ticket, "code": code}).status_code == 303


def test_what_comes_back_counts_once_and_in_her_own_browser(site, provider, lea):
    """Replay, somebody else's way back (signing her in as another), a changed state, another issuer's word, and none at all."""
    browser, thief = site.test_client(), site.test_client()
    back = provider.met(browser.get("/auth/oidc").location)
    assert thief.get(back).status_code == 422
    thief.get("/auth/oidc")
    assert thief.get(back).status_code == 422
    cookie = browser.get_cookie("gsct_notices").value
    assert browser.get(back).status_code == 303
    again = site.test_client()
    again.set_cookie("gsct_notices", cookie)
    assert again.get(back).status_code == 422, "the same cookie and the same address a second time"
    for change in (("state=", "state=0"), ("iss=", "iss=https://evil.example.org/"), ("code=", "cod=")):
        other = site.test_client()
        back = provider.met(other.get("/auth/oidc").location)
        assert other.get(back.replace(*change)).status_code in (409, 422)
        assert not is_in(other)
    assert not any(map(is_in, (thief, again)))


def test_whoever_turns_back_there_reads_so_here(site, provider):
    browser = site.test_client()
    state = re.search(r"state=([0-9a-f]+)", browser.get("/auth/oidc").location)[1]
    answer = browser.get(f"/auth/oidc/callback?error=access_denied&error_description=<script>&state={state}")
    assert "did not go through with it" in answer.text
    assert "<script>" not in answer.text


NOW = int(clock.moment().timestamp())
FORGED = {
    "another nonce": {"nonce": "another"},
    "no nonce": {"nonce": None},
    "for somebody else": {"aud": "another client"},
    "for several, authorized to another": {"aud": [CLIENT, "other"], "azp": "other"},
    "for several, authorized to nobody": {"aud": [CLIENT, "other"]},
    "by somebody else": {"iss": "https://evil.example.org"},
    "over": {"exp": NOW - 4000},
    "without an end": {"exp": None},
    "not begun": {"iat": NOW + 9000},
    "an end that is a word": {"exp": "later"},
    "of nobody": {"sub": None},
    "of a number": {"sub": 5},
    "of a name too long": {"sub": "x" * 256},
}


def test_what_is_said_about_another_occasion_proves_nothing(site, provider, lea):
    for case, lies in FORGED.items():
        provider.lies = lies
        browser = site.test_client()
        assert come_back(browser, provider).status_code == 422, case
        assert not is_in(browser), case
    provider.lies = {}
    assert come_back(site.test_client(), provider).status_code == 303


def test_what_the_provider_did_not_sign_proves_nothing(site, provider, lea):
    """Among them the two classics: alg none, and an HMAC with what the client knows as well."""
    other = ECKey.generate_key("P-256", {"kid": "1"})
    shared = OctKey.import_key(SECRET)
    for way in ((other, "ES256", {}), (provider.key, "none", {}), (shared, "HS256", {})):
        provider.signs_with, provider.alg, provider.lies_of_token = way
        assert come_back(site.test_client(), provider).status_code == 422, way
    provider.signs_with, provider.alg = provider.key, "ES256"
    for token in (None, 5, "a.b.c", "", ["x"], {}):
        provider.lies_of_token = {"id_token": token}
        browser = site.test_client()
        assert come_back(browser, provider).status_code == 422, token
        assert not is_in(browser)


def test_a_provider_that_is_somebody_else_or_sends_elsewhere_is_not_used(site, provider):
    """And it is left in peace for a while: a stranger's clicks do not become calls of ours."""
    provider.config = {"issuer": "https://evil.example.org"}
    provider.asked.clear()
    browser = site.test_client()
    assert [browser.get("/auth/oidc").status_code for _ in range(3)] == [409] * 3
    assert len(provider.asked) == 1


def test_nobody_is_sent_on_to_another_site(site, provider, lea):
    for wanted in ("https://evil.example.org", "//evil.example.org", "/\\evil.example.org", "javascript:alert(1)"):
        assert come_back(site.test_client(), provider, f"/auth/oidc?next={wanted}").location == "/"


def test_whoever_tries_state_after_state_waits(site, provider):
    """SEC-14: wrong ways back count against the address, not against the others' sign-ins."""
    browser = site.test_client()
    answers = [browser.get(f"/auth/oidc/callback?state={n}&code=x").status_code for n in range(61)]
    assert set(answers[:60]) == {422}
    assert answers[60] == 429
    other = {"environ_overrides": {"REMOTE_ADDR": "192.168.1.9"}}
    assert browser.get("/auth/oidc", **other).status_code == 303


def test_the_cookie_on_the_way_is_of_this_host_alone_over_https(site, provider):
    """SEC-20: no script reads it, no other site sends it along but with a link, and over HTTPS it is __Host-."""
    cookie = site.test_client().get("/auth/oidc", base_url="https://localhost").headers["Set-Cookie"]
    assert cookie.startswith("__Host-gsct_notices=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain" not in cookie
    assert SECRET not in cookie
