"""Entries to look at again, in the browser and by the timetable."""

import pytest

from gsctracker.config import load
from gsctracker.domain.money import turn_ins
from gsctracker.ops import upkeep
from tests.web.pages.browsing import OLGA, words


@pytest.fixture
def doubled(box, girls, tmp_path):
    """The same payment twice, which the timetable's job looked at."""
    with box.write() as tx:
        for _ in range(2):
            entry = turn_ins.turn_in(tx, OLGA, girls.ava, 20_00, "cash")
    config = load({"DATA_DIR": str(tmp_path)})
    assert upkeep.look_at_entries(config, box) == "looked at 2 entries"
    assert upkeep.look_at_entries(config, box) is None
    return entry


def test_an_entry_is_looked_at_and_decided_once(doubled, leader):
    """SEC-33, SEC-35: the list, the decision, the history."""
    page = leader.get("/review")
    assert "40 points" in words(page)
    assert "The same was entered within a day" in words(page)
    assert f'href="/money/entries/{doubled}"' in page.text
    assert leader.post(f"/review/{doubled}", data={"decision": "guilty", "note": ""}).status_code == 422
    assert leader.post(f"/review/{doubled}", data={"decision": "fine", "note": "two envelopes"}).status_code == 303
    assert leader.post(f"/review/{doubled}", data={"decision": "fine", "note": ""}).status_code == 409
    assert leader.post("/review/99999", data={"decision": "fine", "note": ""}).status_code == 404
    assert "Nothing to look at again" in words(leader.get("/review"))
    history = words(leader.get("/review/history"))
    assert "It is fine" in history and "two envelopes" in history and "0 points" in history


def test_families_see_none_of_it(doubled, mother, signed_in):
    assert mother.get("/review").status_code == mother.get("/review/history").status_code == 403
    assert "decision" not in signed_in("leader").get("/review").text
