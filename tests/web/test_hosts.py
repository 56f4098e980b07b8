"""By which names the box answers, and what it says to a browser that came over HTTPS."""

import pytest

from gsctracker.config import Config
from gsctracker.web.app import create_app
from gsctracker.web.hosts import Hosts
from tests import factories
from tests.web.conftest import PASSWORD


@pytest.mark.parametrize(
    ("host", "ours"),
    [
        ("127.0.0.1:3000", True),
        ("192.168.1.20", True),
        ("[::1]:3000", True),
        ("[fd12::7]", True),
        ("localhost:3000", True),
        ("raspberrypi", True),
        ("cookies.local:3000", True),
        ("Cookies.Local.", True),
        ("troop.example.org", True),
        ("TROOP.example.org:8443", True),
        ("second.example.net", True),
        ("", True),
        ("evil.example.com", False),
        ("troop.example.org.evil.com", False),
        ("local", True),
        ("notlocal.evil", False),
        ("127.0.0.1.evil.com", False),
        ("a b", False),
        ("troop.example.org/..", False),
        ("user@troop.example.org", False),
    ],
)
def test_the_box_answers_to_addresses_names_of_the_house_and_the_names_it_was_given(tmp_path, host, ours):
    """SEC-16: a page elsewhere that points its own name at the box is not answered."""
    config = Config(data_dir=tmp_path, app_url="https://troop.example.org", trusted_hosts=("second.example.net",))
    assert Hosts(config).are_ours(host) is ours


def test_a_strange_name_gets_one_sentence_and_nothing_else(browser):
    """DEP-31: opened under a name that is not APP_URL's, it says which setting has to have it."""
    answer = browser.get("/sign-in", headers={"Host": "evil.example.com"})

    assert answer.status_code == 400
    assert "does not go by that name" in answer.text
    assert "APP_URL or TRUSTED_HOSTS" in answer.text
    assert answer.headers["X-Request-ID"]
    assert browser.get("/sign-in", headers={"Host": "192.168.1.20:3000"}).status_code == 200


@pytest.mark.parametrize(
    ("app_url", "asked", "told"),
    [
        ("https://troop.example.org", "https://troop.example.org", True),
        ("https://troop.example.org", "http://troop.example.org", False),
        ("https://troop.local", "https://troop.local", False),
        ("https://192.168.1.20", "https://192.168.1.20", False),
        ("http://troop.example.org", "https://troop.example.org", False),
        (None, "https://localhost", False),
    ],
)
def test_browsers_are_kept_on_https_only_where_everybody_trusts_the_name(box, tmp_path, app_url, asked, told):
    """SEC-10: a private name with a certificate of its own is never locked in."""
    site = create_app(Config(data_dir=tmp_path, app_url=app_url), box, "a secret for tests, forty characters long")
    assert ("Strict-Transport-Security" in site.test_client().get("/sign-in", base_url=asked).headers) is told


def test_over_https_the_session_cookie_is_of_this_host_alone(box, tmp_path, password_hash):
    """SEC-20: the cookie's attributes by mode."""
    with box.write() as tx:
        factories.make_person(tx, "leader", "Lea", password_hash=password_hash)
    site = create_app(
        Config(data_dir=tmp_path, app_url="https://troop.example.org"), box, "a secret for tests, forty characters long"
    )
    asked = {"email": "lea1@example.org", "password": PASSWORD}

    safe = site.test_client().post("/api/auth/login", json=asked, base_url="https://troop.example.org")
    plain = site.test_client().post("/api/auth/login", json=asked, base_url="http://192.168.1.20:3000")

    cookie = safe.headers["Set-Cookie"]
    assert cookie.startswith("__Host-gsct_session=")
    for attribute in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"):
        assert attribute in cookie
    assert "Domain=" not in cookie
    assert plain.headers["Set-Cookie"].startswith("gsct_session=")
    assert "Secure" not in plain.headers["Set-Cookie"]


OPEN = {
    "http://troop.example.org": 308,
    "http://TROOP.example.org.:3000": 308,
    "http://second.example.net": 308,
    "http://192.168.1.20:3000": 200,
    "http://box.local": 200,
    "https://troop.example.org": 200,
}


def test_a_box_with_a_public_name_does_not_speak_without_https(box, tmp_path):
    """SEC-08 ASVS 12.2.1: a page leads to HTTPS, what is sent in the open is not looked at; only who is in the house comes by address."""
    config = Config(data_dir=tmp_path, app_url="https://troop.example.org", trusted_hosts=("second.example.net",))
    browser = create_app(config, box, "a secret for tests, forty characters long").test_client()
    for asked, status in OPEN.items():
        answer = browser.get("/sign-in?next=/scouts", base_url=asked)
        assert answer.status_code == status, asked
        if status == 308:
            assert answer.location == "https://troop.example.org/sign-in?next=/scouts"
            refused = browser.post("/sign-in", data={"email": "a", "password": "b"}, base_url=asked)
            assert (refused.status_code, refused.headers.get("Set-Cookie")) == (403, None)
    plain = {"base_url": "http://192.168.1.20:3000"}
    stranger = {"environ_overrides": {"REMOTE_ADDR": "8.8.8.8"}}
    assert browser.get("/sign-in", **plain, **stranger).status_code == 308
    assert browser.get("/health", **plain, **stranger).status_code == 200
    odd = browser.get("/%0d%0aX: y", base_url="http://troop.example.org").location
    assert odd == "https://troop.example.org/%0D%0AX:%20y"


def test_behind_a_proxy_that_nobody_trusts_no_page_runs_in_circles(box, tmp_path):
    """SEC-08: such a proxy says https and is not believed; it would be sent to HTTPS for ever."""
    config = Config(data_dir=tmp_path, app_url="https://troop.example.org")
    browser = create_app(config, box, "a secret for tests, forty characters long").test_client()
    proxied = browser.get("/sign-in", base_url="http://troop.example.org", headers={"X-Forwarded-Proto": "https"})
    assert proxied.status_code == 200


def test_over_https_a_cookie_that_could_come_from_elsewhere_opens_nothing(site, signed_in):
    client = signed_in()
    token = client.get_cookie("gsct_session").value
    asked = {"base_url": "https://localhost"}

    assert (
        site.test_client(use_cookies=False)
        .get("/api/auth/me", headers={"Cookie": f"gsct_session={token}"}, **asked)
        .status_code
        == 401
    )
    assert (
        site.test_client(use_cookies=False)
        .get("/api/auth/me", headers={"Cookie": f"__Host-gsct_session={token}"}, **asked)
        .status_code
        == 200
    )


def test_over_https_signing_out_ends_the_session(box, tmp_path, password_hash):
    """SEC-38: the old cookie is dead after signing out."""
    with box.write() as tx:
        factories.make_person(tx, "leader", "Lea", password_hash=password_hash)
    site = create_app(Config(data_dir=tmp_path), box, "a secret for tests, forty characters long")
    client, https = site.test_client(), {"base_url": "https://localhost"}
    client.post("/api/auth/login", json={"email": "lea1@example.org", "password": PASSWORD}, **https)
    token = client.get_cookie("__Host-gsct_session").value
    assert client.get("/api/auth/me", **https).status_code == 200

    client.post("/api/auth/logout", **https)

    stale = site.test_client(use_cookies=False)
    headers = {"Cookie": f"__Host-gsct_session={token}"}
    assert stale.get("/api/auth/me", headers=headers, **https).status_code == 401
