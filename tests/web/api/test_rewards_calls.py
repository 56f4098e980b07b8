"""Proceeds, rewards and points as JSON."""

import pytest

from gsctracker.domain.people.roles import Person
from gsctracker.domain.rewards import points
from gsctracker.domain.season import seasons
from tests.domain.rewards.girls import credited, with_ladder
from tests.factories import make_scout

OLGA = Person(id=1, role="admin", first_name="Olga")


@pytest.fixture
def ana(box):
    """Ana has 25 packages; Bea none."""
    with box.write() as tx:
        ana = make_scout(tx, "Ana")
        make_scout(tx, "Bea")
        credited(tx, OLGA, ana, 25)
        seasons.change(tx, 1, OLGA, base_proceeds=85)
        seasons.set_tiers(tx, 1, {10: 90}, OLGA)
        points.set_rules(tx, 1, {"boxes": 3}, OLGA)
        points.award(tx, 1, OLGA)
    return ana


def test_proceeds_say_what_the_next_step_needs(signed_in, ana):
    """COOKIE-11."""
    found = signed_in("leader").get("/api/troops/1/proceeds").get_json()
    assert found["rateCents"] == 85
    assert found["averageTenths"] == 0
    assert found["nextStep"] == {"minAverage": 10, "rateCents": 90, "packages": 10, "moreCents": 900}
    assert signed_in("caregiver", scout_ids=(ana,)).get("/api/troops/1/proceeds").status_code == 403


def test_a_family_reads_and_chooses_its_own_rewards(signed_in, ana, box):
    """COOKIE-22."""
    with box.write() as tx:
        items = with_ladder(tx, OLGA)
    mother = signed_in("caregiver", scout_ids=(ana,))
    found = mother.get("/api/troops/1/rewards").get_json()
    assert found["total"] == 1
    assert found["items"][0]["missingBoxes"] == 5
    address = f"/api/troops/1/scouts/{ana}/rewards"
    chosen = mother.put(address, json={"itemId": items["Cat"]}).get_json()
    assert [(one["name"], one["state"]) for one in chosen["items"]] == [("Patch", "ready"), ("Cat", "ready")]
    assert mother.put(address, json={"itemId": items["Shirt"], "size": "S"}).status_code == 404
    assert mother.put(f"/api/troops/1/scouts/{ana + 1}/rewards", json={"itemId": items["Cat"]}).status_code == 404


def test_points_are_read(signed_in, ana):
    """COOKIE-23."""
    assert signed_in("caregiver", scout_ids=(ana,)).get("/api/troops/1/points").get_json()["items"] == [
        {"scoutId": ana, "points": 6, "everPoints": 6}
    ]
