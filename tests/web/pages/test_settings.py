"""The troop's facts, the season, the next one, and the box."""

import pytest

from gsctracker.config import Config
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.web.app import create_app
from tests.web.conftest import as_person
from tests.web.pages.browsing import words
from tests.web.pages.odd_input import forms

TROOP = {"troop": "55", "name": "The Fifty-five", "council": "Example Hills", "timeZone": "America/Denver"}
SEASON = {
    "season": "1",
    "name": "2025-26",
    "status": "selling",
    "returnsUntil": "2026-02-01",
    "baseProceeds": "0.85",
    "exemptPerGirl": "12",
    "pga1": "200",
    "cents1": "$0.90",
    "pga2": "350",
    "cents2": ".95",
}


def season_of(box):
    with box.read() as tx:
        return seasons.current(tx)


def test_the_troops_facts_are_changed(leader, box):
    assert leader.post("/settings/troop", data=TROOP).location == "/settings"
    with box.read() as tx:
        own = troop.own(tx)
    assert (own.number, own.name, own.council, own.time_zone) == tuple(TROOP.values())
    assert "The Fifty-five" in leader.get("/settings").text


def test_a_time_zone_that_is_not_there_is_refused_beside_its_field(leader, box):
    answer = leader.post("/settings/troop", data=TROOP | {"timeZone": "Mars/Olympus", "name": "Kept"})
    assert answer.status_code == 422
    assert 'id="timeZone-error"' in answer.text
    assert 'value="Kept"' in answer.text


def test_the_season_and_its_proceeds_plan_are_changed(leader, box):
    changed = leader.post("/settings/season", data=SEASON | {"cents2": "0.95"})
    assert changed.location == "/settings"
    season = season_of(box)
    assert (season.status, season.base_proceeds, season.exempt_per_girl) == ("selling", 85, 12)
    assert season.returns_until == "2026-02-01"
    with box.read() as tx:
        assert [(tier.min_pga, tier.cents) for tier in seasons.tiers(tx, season.id)] == [(200, 90), (350, 95)]
    page = words(leader.get("/settings"))
    assert "Proceeds for every box $0.85" in page
    assert "From an average of 200 boxes on $0.90" in page
    leader.post("/settings/season", data=SEASON | {"pga1": "", "cents1": "", "pga2": "", "cents2": ""})
    with box.read() as tx:
        assert seasons.tiers(tx, season.id) == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"baseProceeds": "9"}, "baseProceeds"),
        ({"cents1": "a lot"}, "cents1"),
        ({"pga2": "200"}, "pga2"),
        ({"pga1": ""}, "pga1"),
        ({"returnsUntil": "tomorrow"}, "returnsUntil"),
        ({"status": "over"}, "status"),
    ],
)
def test_a_plan_that_cannot_be_says_why_and_changes_nothing(leader, box, wrong, field):
    answer = leader.post("/settings/season", data=SEASON | {"cents2": "0.95", "name": "Renamed"} | wrong)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Renamed"' in answer.text
    assert season_of(box).name == "2025-26"


def test_a_form_of_the_season_before_changes_nothing(leader, box):
    leader.post("/settings/next-season", data={"year": "2027", "baker": "abc", "sure": "1"})
    assert leader.post("/settings/season", data=SEASON | {"cents2": "0.95"}).status_code == 409
    assert season_of(box).status == "setup"


def test_the_next_season_begins_as_a_template_and_the_old_one_keeps_its_figures(leader, box):
    form = leader.get("/settings/next-season").text
    assert 'value="2027"' in form
    assert "have not published this line-up yet" in form
    begun = leader.post("/settings/next-season", data={"year": "2027", "baker": "lbb", "sure": "1"})
    assert begun.location == "/catalogue"
    season = season_of(box)
    assert (season.year, season.baker) == (2027, "lbb")
    with box.read() as tx:
        assert len(catalogue.products(tx, season.id)) == 10
    page = words(leader.get("/catalogue"))
    assert "Samoas" in page
    assert "as a template" in page
    again = leader.post("/settings/next-season", data={"year": "2027", "baker": "lbb", "sure": "1"})
    assert again.status_code == 409
    assert "was begun before" in again.text


def test_a_season_is_not_begun_without_meaning_it(leader, box):
    answer = leader.post("/settings/next-season", data={"year": "2027", "baker": "abc"})
    assert answer.status_code == 422
    assert 'id="sure-error"' in answer.text
    assert season_of(box).year == 2026


def test_an_admin_sees_every_setting_and_no_secret(box, tmp_path, signed_in):
    config = Config(data_dir=tmp_path, smtp_pass="very secret", stripe_secret_key="sk_hidden", smtp_host="mail.example")
    site = create_app(config, box, "a secret for tests, forty characters long")
    admin = signed_in("admin")
    page = as_person(site, admin.person, admin.get_cookie("gsct_session").value).get("/settings/box")
    assert "SMTP_PASS" in page.text
    assert "set, and not shown" in page.text
    assert "mail.example" in page.text
    assert "very secret" not in page.text
    assert "sk_hidden" not in page.text


def test_the_style_guide_shows_every_piece(signed_in):
    page = signed_in("admin").get("/styleguide")
    assert page.status_code == 200
    assert len(page.data) < 50_000


@pytest.mark.parametrize(
    ("address", "usual"),
    [
        ("/settings/troop", TROOP),
        ("/settings/season", SEASON),
        ("/settings/next-season", {"year": "1999", "baker": "abc", "sure": "1"}),
    ],
)
def test_nothing_typed_breaks_a_form(leader, address, usual):
    for what, form in forms(usual):
        assert leader.post(address, data=form).status_code in (303, 409, 422), what
