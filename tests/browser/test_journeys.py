"""What people do, as they do it: on a phone, with a finger, some of them without script."""

import re

import pytest


@pytest.mark.parametrize("script", [True, False], ids=["with-script", "without-script"])
def test_a_caregiver_records_a_sale(visit, script):
    """COOKIE-01, PERF-20: a sale in a few touches; the form works without script too."""
    page = visit("caregiver", "/", script=script)
    page.locator("a[href^='/sales/new']").first.click()
    page.wait_for_url("**/sales/new*")
    page.locator("input[type=number]").first.fill("3")
    page.locator("input[name=customer_name], input[name=customer], input[name=customerName]").first.fill("Test Customer")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    assert "/sales/new" not in page.url
    assert page.get_by_text("Test Customer").first.is_visible()


def test_a_mistake_in_a_form_keeps_what_was_typed(visit):
    """UX-26: the sentence stands beside the field, everything else stays."""
    page = visit("cookie leader", "/sales/new")
    page.locator("input[name=customer_name], input[name=customer], input[name=customerName]").first.fill("Kept Customer")
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_load_state()
    assert page.locator("input[name=customer_name], input[name=customer], input[name=customerName]").first.input_value() == "Kept Customer"
    assert page.locator("[aria-invalid=true], .error, [role=alert]").first.is_visible()


def test_every_number_leads_to_the_entries_that_make_it(visit):
    """A balance on the money page leads to its postings, and they add up to it."""
    page = visit("cookie leader", "/money")
    link = page.locator("a[href^='/why/balance/']").first
    shown = link.inner_text().splitlines()[0]
    link.click()
    page.wait_for_url("**/why/balance/**")
    assert shown in page.locator("main").inner_text()


def test_a_scout_sees_no_other_girl(visit):
    """AUTH-05: her own home holds her own figures."""
    page = visit("scout", "/")
    assert "Fern" not in page.locator("main").inner_text()


def test_large_print_and_dark_fit_a_small_phone(visit):
    page = visit("cookie leader", "/", width=320, dark=True)
    page.evaluate("document.documentElement.dataset.print = 'large'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
