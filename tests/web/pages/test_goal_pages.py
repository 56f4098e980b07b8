"""Goals in the browser, as families see them."""

from gsctracker.domain.sales import goals
from tests.domain.rewards.girls import credited
from tests.factories import agree, make_scout
from tests.web.pages.browsing import OLGA, words


def test_a_family_sees_the_troop_and_its_own_girl_alone(signed_in, girls, box):
    """COOKIE-10: per cent and how much is missing, without any other girl."""
    with box.write() as tx:
        for who, boxes in ((girls.ava, 40), (girls.bea, 80), (None, 500)):
            goals.set_goal(tx, girls.season, who, boxes, OLGA)
        credited(tx, OLGA, girls.ava, 10)
    text = words(signed_in("caregiver", scout_ids=(girls.ava,)).get("/goals/ours"))
    assert "25 % of her goal 10 of 40 boxes" in text
    assert "10 boxes more to 50 % of the goal." in text
    assert "All of us together: 0 %" in text
    assert "Bea" not in text
    assert "compare" not in text


def test_a_girl_without_a_goal_is_not_pressed(signed_in, girls):
    text = words(signed_in("scout", first_name="Ava", scout_ids=(girls.ava,)).get("/goals/ours"))
    assert "Any number is a good one." in text


def test_the_board_has_only_who_agreed(signed_in, girls, box):
    """COOKIE-10."""
    with box.write() as tx:
        others = [make_scout(tx, name, "C.") for name in ("Cleo", "Dora", "Emma")]
        for n, girl in enumerate(others):
            agree(tx, girl, ranks=True, shows_name=n < 2)
            credited(tx, OLGA, girl, 5 + n)
    text = words(signed_in("caregiver", scout_ids=(girls.ava,)).get("/goals/ours"))
    assert "A girl of our troop 7 Dora C. 6 Cleo C. 5" in text.replace("\u00a0", " ")
    assert "Ava" not in text.split("Girls who like to compare")[1]
    assert "Emma" not in text
