"""Which role finds which page, and which form does what it says for whom."""

import pytest

from tests import factories

ROLES = ("scout", "caregiver", "leader", "cookie_leader", "admin")
ADULTS = ROLES[1:]
EVERYBODY, LEADERS, COOKIE_LEADERS, ADMINS = ROLES, ROLES[2:], ROLES[3:], ROLES[4:]

PAGES = {
    "/": EVERYBODY,
    "/account": EVERYBODY,
    "/account/devices": EVERYBODY,
    "/account/second-factor": EVERYBODY,
    "/account/tokens": LEADERS,
    "/catalogue": EVERYBODY,
    "/scouts": LEADERS,
    "/scouts/new": LEADERS,
    "/scouts/{other}": LEADERS,
    "/scouts/{other}/edit": LEADERS,
    "/why/credit/{other}": LEADERS,
    "/why/balance/{other}": LEADERS,
    "/why/stock/2": LEADERS,
    "/money": ADULTS,
    "/reports": ADULTS,
    "/reports/sales.csv": ADULTS,
    "/reports/balances.csv": ADULTS,
    "/reports/journal.csv": LEADERS,
    "/reports/differences.csv": COOKIE_LEADERS,
    "/goals": LEADERS,
    "/people": LEADERS,
    "/people/1": LEADERS,
    "/people/invite": COOKIE_LEADERS,
    "/settings": COOKIE_LEADERS,
    "/settings/troop": COOKIE_LEADERS,
    "/settings/season": COOKIE_LEADERS,
    "/settings/next-season": COOKIE_LEADERS,
    "/catalogue/new": COOKIE_LEADERS,
    "/catalogue/1": COOKIE_LEADERS,
    "/incidents": LEADERS,
    "/copies": ADMINS,
    "/copies/guide": ADMINS,
    "/settings/box": ADMINS,
    "/styleguide": ADMINS,
}
FORMS = {
    "/scouts/new": LEADERS,
    "/scouts/{other}/edit": LEADERS,
    "/scouts/{other}/goal": LEADERS,
    "/scouts/{other}/guardians": LEADERS,
    "/goals": LEADERS,
    "/people/invite": COOKIE_LEADERS,
    "/people/1/role": COOKIE_LEADERS,
    "/people/1/girls": COOKIE_LEADERS,
    "/settings/troop": COOKIE_LEADERS,
    "/settings/season": COOKIE_LEADERS,
    "/settings/next-season": COOKIE_LEADERS,
    "/catalogue/new": COOKIE_LEADERS,
    "/catalogue/1": COOKIE_LEADERS,
    "/catalogue/1/names": COOKIE_LEADERS,
}


@pytest.fixture
def own_and_other(box):
    with box.write() as tx:
        return factories.make_scout(tx, "Ana", "A."), factories.make_scout(tx, "Bea", "B.")


def somebody(signed_in, role, own):
    return signed_in(role, **({"scout_ids": (own,)} if role in ("scout", "caregiver") else {}))


@pytest.mark.parametrize("role", ROLES)
def test_each_page_opens_for_those_it_is_for_and_for_nobody_else(signed_in, own_and_other, role):
    """AUTH-01: five roles, each page for those named."""
    own, other = own_and_other
    browser = somebody(signed_in, role, own)
    for address, allowed in PAGES.items():
        answer = browser.get(address.format(other=other), follow_redirects=True)
        assert answer.status_code == 200 if role in allowed else answer.status_code in (403, 404), (role, address)
        assert len(answer.data) < 50_000


@pytest.mark.parametrize("role", ROLES)
def test_each_form_is_refused_to_those_it_is_not_for(signed_in, own_and_other, role):
    own, other = own_and_other
    browser = somebody(signed_in, role, own)
    for address, allowed in FORMS.items():
        answer = browser.post(address.format(other=other), data={})
        expected = (200, 303, 409, 422) if role in allowed else (403, 404)
        assert answer.status_code in expected or "Only an admin" in answer.text, (role, address, answer.status)


@pytest.mark.parametrize("address", [*PAGES, "/people/2", "/why/stock/9"])
def test_a_stranger_signs_in_first(browser, address):
    answer = browser.get(address.format(other=1))
    assert answer.status_code == 302
    assert answer.location.startswith("/sign-in")


@pytest.mark.parametrize("role", ["scout", "caregiver"])
def test_somebody_elses_girl_is_not_there(signed_in, own_and_other, role):
    own, other = own_and_other
    browser = somebody(signed_in, role, own)
    for address in (
        "/scouts/{}",
        "/why/credit/{}",
        *(("/why/balance/{}", "/money/families/{}") if role == "caregiver" else ()),
    ):
        assert browser.get(address.format(own)).status_code == 200
        hidden, missing = browser.get(address.format(other)), browser.get(address.format(9999))
        assert hidden.status_code == missing.status_code == 404
    assert browser.post(f"/scouts/{other}/goal", data={"boxes": "5"}).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/scouts/9999",
        "/scouts/0",
        "/scouts/-1",
        "/scouts/99999999999999999999",
        "/scouts/one",
        "/people/9999",
        "/catalogue/9999",
        "/why/credit/9999",
        "/why/stock/9999",
        "/why/stock/2?product=9999",
        "/people/invite?guardian=9999",
        "/money/families/9999",
        "/static/nothing.css",
        "/static/" + "x" * 300,
    ],
)
def test_what_is_not_there_is_not_found(leader, address):
    assert leader.get(address).status_code == 404


@pytest.mark.parametrize(
    "address",
    [
        "/scouts?after=nonsense",
        "/scouts?status=flown",
        "/people?after=%00",
        "/why/stock/2?product=abc",
        "/why/stock/2?product=99999999999999999999",
        "/why/credit/1?after=WzFd&trail=x.y.z",
        "/scouts?after=" + "A" * 3000,
    ],
)
def test_an_address_that_was_tampered_with_breaks_nothing(leader, own_and_other, address):
    assert leader.get(address).status_code in (200, 404, 422)
