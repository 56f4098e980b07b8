"""Signing in by an outside account in a real browser: its cookies, the policy of our pages, and the way there and back."""

import pytest

from gsctracker.ops.demo_people import PASSWORD
from tests.running import started
from tests.web.provider import CLIENT, SECRET, Provider


@pytest.fixture(scope="module")
def provider():
    found = Provider()
    yield found
    found.close()


@pytest.fixture(scope="module")
def address(provider, tmp_path_factory):
    """The example troop with that provider, under a name that browsers take for another site than the provider's."""
    settings = {
        "APP_URL": "http://localhost",
        "OIDC_ISSUER": provider.issuer,
        "OIDC_CLIENT_ID": CLIENT,
        "OIDC_CLIENT_SECRET": SECRET,
        "OIDC_NAME": "Example ID",
    }
    with started(tmp_path_factory.mktemp("outside") / "box", "--demo", **settings) as box:
        provider.box = f"http://localhost:{box.port}"
        yield provider.box


@pytest.fixture
def page(browser):
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    yield context.new_page()
    context.close()


def test_a_leader_comes_in_by_her_account_elsewhere(page, address, provider):
    """AUTH-02: one press, there and back, to the page she wanted; the cookie of the way is gone when she is in."""
    provider.person = {"sub": "1", "email": "leader@example.org"}
    page.goto(f"{address}/sign-in?next=/scouts")
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.wait_for_url(f"{address}/scouts")
    assert {one["name"] for one in page.context.cookies()} == {"gsct_session", "gsct_device"}
    page.goto(f"{address}/account/outside")
    assert page.locator("text=Linked since").count() == 1


def test_an_admin_links_hers_and_a_stranger_is_told_no(page, address, provider, axe):
    """AUTH-02: a form of ours leads to a page with the way onwards, for the policy lets no form lead elsewhere."""
    provider.person = {"sub": "2", "email": "admin@example.org"}
    page.goto(f"{address}/sign-in")
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.wait_for_selector("text=links her outside account herself")
    page.locator("main input[autocomplete='username']").fill("admin@example.org")
    page.locator("main input[type=password]").fill(PASSWORD)
    page.locator("main form button.main").click()
    page.wait_for_url(f"{address}/")
    page.goto(f"{address}/account/outside")
    page.evaluate(axe)
    assert page.evaluate("axe.run().then(found => found.violations.map(one => one.id))") == []
    page.get_by_role("button", name="Example ID").click()
    page.get_by_role("link", name="Go on").click()
    page.wait_for_selector("text=is linked")
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.wait_for_url(f"{address}/")
    provider.person = {"sub": "3", "email": "stranger@example.net"}
    page.context.clear_cookies()
    page.goto(f"{address}/sign-in")
    page.get_by_role("link", name="Sign in with Example ID").click()
    page.wait_for_selector("text=Ask your cookie leader for an invitation")
