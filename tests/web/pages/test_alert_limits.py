"""From where on something is a fault: changed on a page, felt by the next look, ours again when left empty."""

from datetime import timedelta

import pytest

from gsctracker import clock
from gsctracker.errors import Invalid
from gsctracker.ops import machine
from gsctracker.ops.alerts import record, rules, watch
from tests.web.pages.browsing import words


@pytest.fixture
def watching(site):
    """The watch of this box."""
    return site.extensions[watch.PART]


@pytest.fixture
def disk(monkeypatch):
    """A disk of 64 GB of which a fifth is free."""
    monkeypatch.setattr(machine, "disk_of", lambda folder: (64_000_000_000, 12_800_000_000))


def firing(watching, at):
    """What is wrong after looks over a quarter of an hour from then on."""
    for minutes in (0, 11):
        watching.look(at + timedelta(minutes=minutes))
    return {fault.rule.name for fault in watching.faults()}


def test_a_changed_limit_is_felt_by_the_next_look_and_can_be_ours_again(signed_in, watching, disk):
    """ALERT-11: from 15 to 25 per cent the same disk is a fault; left empty it is none; nothing else changes."""
    admin, start = signed_in("admin"), clock.moment()
    assert "DiskLow" not in firing(watching, start)
    assert admin.post("/problems/limits", data={"DiskLow-1": "25"}).status_code == 303
    assert "DiskLow" in firing(watching, start + timedelta(hours=1))
    page = admin.get("/problems/limits")
    assert 'name="DiskLow-1" type="text" class="num short" value="25"' in " ".join(page.text.split())
    assert "Less than this, from 5 to 50; ours is 15." in words(page)
    admin.post("/problems/limits", data={"DiskLow-1": ""})
    assert "DiskLow" not in firing(watching, start + timedelta(hours=2))


@pytest.mark.parametrize("typed", ["4", "51", "-1", "many", "1e9"])
def test_a_limit_keeps_within_what_is_safe(signed_in, box, typed):
    """ALERT-11: nobody turns an alert off by mistake; what was typed stays."""
    answer = signed_in("admin").post("/problems/limits", data={"DiskLow-1": typed, "Hot-1": "70"})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    with box.read() as tx:
        assert record.limits(tx) == {}


def test_ours_lie_within_their_ranges_and_a_range_that_is_none_is_refused(box):
    """ALERT-11: the file says what is safe; a mistake in it names its line."""
    text = rules.OURS.read_text(encoding="utf-8")
    ranged = [one for rule in rules.parse(text) for one in rule.when if one.least is not None]
    assert len(ranged) >= 10
    assert all(round((one.least or 0) * 1000) >= 10 for one in ranged)
    for wrong in ("range = [0.5]", "range = 3", 'range = ["a", "b"]', "range = [0.6, 0.1]"):
        with pytest.raises(Invalid, match="the least first"):
            rules.parse(text.replace("range = [0.05, 0.5]", wrong))
    outside = rules.adjusted(rules.parse(text), {("DiskLow", 1): 0.9, ("Hot", 1): 75.0})
    limits = {rule.name: rule.when[0].limit for rule in outside if rule.when}
    assert (limits["DiskLow"], limits["Hot"]) == (0.15, 75.0)


def test_only_who_runs_the_box_changes_limits(signed_in):
    assert signed_in("cookie_leader").get("/problems/limits").status_code == 403
    assert signed_in("cookie_leader").post("/problems/limits", data={"DiskLow-1": "25"}).status_code == 403


def test_ten_wrong_passwords_are_an_attack(site, watching, browser):
    """ALERT-14: what the log says of sign-ins is counted, and the count feeds a rule."""
    start = clock.moment()
    watching.look(start)
    for number in range(10):
        sent = {"email": f"nobody{number}@example.org", "password": "wrong wrong wrong"}
        assert browser.post("/api/auth/login", json=sent).status_code in (401, 429)
    watching.look(start + timedelta(seconds=30))
    assert "LoginAttack" in {fault.rule.name for fault in watching.faults()}
