"""Passkeys in a real browser with a virtual authenticator: making one, signing in with it alone, copies of it, and its end."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page

from gsctracker.ops.demo_people import PASSWORD

LEADER = "leader@example.org"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}
FAILED = "[data-problem]:visible"


class Phone:
    """A browser with an authenticator in it, under a name that browsers take for safe."""

    def __init__(self, context: BrowserContext, address: str) -> None:
        self.address = address
        self.page: Page = context.new_page()
        self._line = context.new_cdp_session(self.page)
        self._line.send("WebAuthn.enable")
        self.device = self._line.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})["authenticatorId"]

    def says(self, command: str, **more: object) -> dict:
        """Tell the authenticator something."""
        return self._line.send(f"WebAuthn.{command}", {"authenticatorId": self.device, **more})

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def sign_in(self) -> None:
        """With the password."""
        self.go("/sign-in")
        self.page.locator("main input[autocomplete='username']").fill(LEADER)
        self.page.locator("main input[type=password]").fill(PASSWORD)
        self.page.locator("main form button.main").click()
        self.page.wait_for_url(f"{self.address}/")

    def touch(self) -> None:
        """Press the button that signs in with a passkey."""
        self.page.context.clear_cookies()
        self.go("/sign-in?next=/scouts")
        self.page.get_by_role("button", name="Sign in with a passkey").click()

    def make(self) -> None:
        """Make a passkey on the page of her account."""
        self.go("/account/passkeys")
        self.page.get_by_role("button", name="Go on").click()
        self.page.get_by_role("button", name="Make the passkey").click()


@pytest.fixture
def phone(demo, browser) -> Iterator[Phone]:
    """A leader's phone, signed in."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, reduced_motion="reduce")
    found = Phone(context, demo.address.replace("127.0.0.1", "localhost"))
    found.sign_in()
    yield found
    context.close()


def test_a_passkey_is_made_signs_in_alone_and_is_removed(phone, axe):
    """S5: made after the password, named, used without name and password; a copy that counts back and one that was removed open nothing."""
    page = phone.page
    phone.make()
    page.wait_for_selector("text=The passkey is kept")
    page.evaluate(axe)
    assert page.evaluate("axe.run().then(found => found.violations.map(one => one.id))") == []
    (kept,) = phone.says("getCredentials")["credentials"]
    assert kept["rpId"] == "localhost"

    phone.make()  # the same device has one of hers already
    page.wait_for_selector(FAILED)

    phone.touch()
    page.wait_for_url(f"{phone.address}/scouts")
    page.goto(f"{phone.address}/account/passkeys")
    page.wait_for_selector("text=Last used")
    page.locator("input[id^=name-]").fill("Her phone")
    page.get_by_role("button", name="Keep the name").click()
    page.wait_for_selector("text=has its new name")
    assert page.locator("input[id^=name-]").input_value() == "Her phone"

    phone.says("setUserVerified", isUserVerified=False)  # somebody else's finger
    phone.touch()
    page.wait_for_selector(FAILED)
    phone.says("setUserVerified", isUserVerified=True)

    (now,) = phone.says("getCredentials")["credentials"]
    assert now["signCount"] > 0
    phone.says("clearCredentials")
    phone.says(
        "addCredential", credential={**now, "signCount": 0}
    )  # somebody has copied the key, and counts on by herself
    phone.touch()
    page.wait_for_selector("text=does not fit here")
    assert page.url == f"{phone.address}/sign-in/passkey"
    phone.says("clearCredentials")
    phone.says("addCredential", credential={**now, "signCount": now["signCount"] + 10})
    phone.touch()
    page.wait_for_url(f"{phone.address}/scouts")

    page.goto(f"{phone.address}/account/passkeys")
    page.locator("summary").filter(has_text="Remove").click()
    page.locator("form[action$='/remove'] button").click()
    page.wait_for_selector("text=opens nothing any longer")
    phone.touch()
    page.wait_for_selector("text=does not fit here")


def test_what_a_browser_signed_counts_once_and_for_its_own_box(phone):
    """S5: the same answer sent again, one to another challenge, and one for another origin are refused in the same words."""
    page, taken = phone.page, []
    phone.make()
    page.wait_for_selector("text=The passkey is kept")
    page.on("request", lambda asked: asked.url.endswith("/sign-in/passkey") and taken.append(asked.post_data))
    phone.touch()
    page.wait_for_url(f"{phone.address}/scouts")
    (once,) = taken
    asked = page.context.request
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for host in ({}, {"Host": "localhost:1"}):
        page.context.clear_cookies()
        again = asked.post(f"{phone.address}/sign-in/passkey", data=once, headers=headers | host, max_redirects=0)
        assert again.status == 401, again.status
        assert "sent twice" in again.text()
        assert not page.context.cookies()
    phone.sign_in()
    phone.go("/account/passkeys")
    page.locator("summary").filter(has_text="Remove").click()
    page.locator("form[action$='/remove'] button").click()
    page.wait_for_selector("text=opens nothing any longer")


def test_no_passkey_is_offered_where_browsers_make_none(demo, browser):
    """S5: an address without a name and HTTPS shows no button, and says why on her page."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{demo.address}/sign-in")
    assert page.locator("form[data-passkey]").count() == 0
    assert page.context.request.post(f"{demo.address}/sign-in/passkey/challenge").status == 422
    context.close()
