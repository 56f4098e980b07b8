"""A hand-out that was recorded here, on the page of the file that tells of it again."""

import io
import json

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.inventory import transfers
from tests import factories
from tests.web.pages.browsing import OLGA, count, key_of, words


def recorded(box, boxes=12):
    with box.write() as tx:
        ava = value(tx, "SELECT id FROM scouts WHERE first_name = 'Ava'")
        return transfers.move(tx, OLGA, "T2G", factories.lines(tx, TM=boxes), scout_id=ava, day="2026-02-01")


def brought_in(browser):
    order = {
        "date": "2026/02/02", "order_number": "0016491", "transfer_type": "T2G", "from": "Troop 1234",
        "to": "Ava Acorn", "total_cases": 12, "cookies": [{"id": 4, "quantity": 12}],
    }  # fmt: skip
    sent = json.dumps({"orders": [order]}).encode()
    answer = browser.post("/imports", data={"file": (io.BytesIO(sent), "orders.json")})
    assert answer.status_code == 303, words(answer)
    return answer.location


@pytest.mark.usefixtures("girls")
def test_it_is_shown_beside_the_move_it_is_and_nothing_is_posted(leader, box):
    entry = recorded(box)
    address = brought_in(leader)
    page = leader.get(address)
    assert "One move was recorded here already" in words(page)
    assert f'href="/stock/moves/{entry}"' in page.text and "Handed to a girl: Ava" in words(page)

    before = count(box, "journal")
    assert leader.post(f"{address}/apply", data={"_key": key_of(page)}).status_code == 303
    assert count(box, "journal") == before and count(box, "external_entries") == 1
    assert "No, this is another one" not in leader.get(address).text


@pytest.mark.usefixtures("girls")
def test_one_tap_says_that_it_is_another(leader, box):
    recorded(box)
    address = brought_in(leader)
    row = f"{address}/rows/{_row(box)}/another"
    answer = leader.post(row)
    assert answer.status_code == 303
    assert "1 row is written" in words(leader.get(address)) or "One row is written" in words(leader.get(address))
    assert leader.post(row).status_code == 409
    assert leader.post(f"{address}/rows/999/another").status_code == 404
    assert "Another one" in words(leader.get("/imports/answers"))


@pytest.mark.usefixtures("girls")
def test_a_near_one_is_a_question_with_the_move_among_the_answers(leader, box):
    entry = recorded(box, 10)
    address = brought_in(leader)
    page = leader.get(address)
    assert "Was this recorded here already?" in words(page) and "The same as: Handed to a girl: Ava" in words(page)
    field = page.text.split('<select id="move-')[1].split('"')[0]

    assert leader.post(f"{address}/answers", data={f"move-{field}": str(entry)}).status_code == 303
    assert "Ours stands" in words(leader.get(f"{address}?outcome=ours"))
    assert "The move that was recorded here" in words(leader.get("/imports/answers"))


def test_a_caregiver_cannot_say_so(mother):
    assert mother.post("/imports/1/rows/1/another").status_code == 403


def _row(box):
    with box.read() as tx:
        return value(tx, "SELECT id FROM import_rows")
