"""A restore in a browser: what would be lost, the password, the end; on a small phone, without scripts, axe-clean."""

import pytest

from gsctracker.ops.demo_people import PASSWORD
from tests.browser.test_empty_box import faults
from tests.running import started


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    """An example troop of its own: a restore signs everybody out."""
    with started(tmp_path_factory.mktemp("restoring") / "box", "--demo") as running:
        yield running


def sign_in(page, address):
    page.goto(f"{address}/sign-in")
    page.locator("[name=email]").fill("admin@example.org")
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("main form button.main").click()
    page.wait_for_url(f"{address}/")


def until(page, words):
    """The page that follows, once it holds these words; it is looked at again as its reader would."""
    for _ in range(120):
        if page.get_by_role("heading", name=words).count():
            return
        page.wait_for_timeout(500)
        page.reload()
    raise AssertionError(page.content())


@pytest.mark.parametrize("script", [True, False])
def test_a_copy_is_put_back_and_everybody_signs_in_again(own, browser, axe, pictures, script):
    """BAK-17, BAK-22, UX-29: from the list to the last question, with and without scripts."""
    context = browser.new_context(
        viewport={"width": 390, "height": 844}, java_script_enabled=script, bypass_csp=True, reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in(page, own.address)
    page.goto(f"{own.address}/copies")
    page.locator("main form[action='/copies'] button.main").click()
    page.wait_for_url("**/copies/gsctracker-*")
    copy = page.url
    page.goto(f"{own.address}/incidents")
    page.goto(f"{own.address}/scouts/new")
    page.locator("[name=firstName]").fill("Zoe")
    page.locator("main form button.main").click()
    page.wait_for_load_state()
    page.goto(copy)
    page.get_by_role("button", name="Look what would be lost").click()
    until(page, "What would be lost")
    assert page.get_by_role("rowheader", name="Girls").count() == 1
    if script:
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            assert faults(page, axe) == []
        if pictures:
            page.screenshot(path=pictures / "restore-looked.png", full_page=True)
    page.locator("[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="Put this copy back").click()
    until(page, "The copy is put back")
    if script:
        assert faults(page, axe) == []
        if pictures:
            page.screenshot(path=pictures / "restore-done.png", full_page=True)
    page.get_by_role("link", name="Sign in").last.click()
    sign_in(page, own.address)
    page.goto(f"{own.address}/copies")
    assert page.get_by_role("button", name="Look what taking it back would change").is_visible()
    context.close()
