"""Answers about files: what a refund was, said cookie by cookie; all that is remembered, and taking it back."""

import hashlib
import re

import pytest

from gsctracker.domain.imports import answers, staging
from gsctracker.domain.people import scouts
from gsctracker.domain.season import seasons
from gsctracker.integrations import spreadsheets
from tests.web.pages.browsing import OLGA, words

ORDERS = (
    b"Order Number,Girl First Name,Girl Last Name,Order Date (Central Time),Order Type,"
    b"Total Packages (Includes Donate & Gift),Refunded Packages,Current Sale Amount,Current Subtotal,Current S & H,"
    b"Order Status,Payment Status,Donation,Thin Mints,Trefoils\n"
    b"301234567,Ana,Rivera,01/31/2026 11:30 PM,In-Person Delivery,5,2,$18.00,$18.00,$0.00,"
    b"Order Completed,CAPTURED,0,3,2\n"
)


@pytest.fixture
def asked(box):
    """A staged order of two cookies of which two packages were refunded; gives the batch."""
    with box.write() as tx:
        scouts.add_scout(tx, "Ana", "R", by=OLGA)
        parsed = staging.understand(tx, spreadsheets.read(ORDERS, "orders.csv"))
        return staging.stage(tx, OLGA, parsed.source, parsed, "orders.csv", hashlib.sha256(ORDERS).hexdigest())


def send(browser, batch, **boxes):
    page = browser.get(f"/imports/{batch}")
    field = re.search(r'id="(refund-\w+)"', page.text)[1]
    return browser.post(f"/imports/{batch}/answers", data={f"{field}-{code}": n for code, n in boxes.items()})


def meanings(box):
    with box.read() as tx:
        return [(row.kind, row.meaning) for row in answers.remembered(tx)]


def test_a_refund_is_said_in_numbers_beside_the_cookies_of_the_order(leader, box, asked):
    page = words(leader.get(f"/imports/{asked}"))
    assert "2 packages were refunded. Say of which cookies." in page
    assert send(leader, asked, TM="1", TRE="1").status_code == 303
    assert meanings(box) == [("refund", "TM 1, TRE 1")]


@pytest.mark.parametrize(
    ("boxes", "sentence"),
    [
        ({"TM": "3"}, "2 packages were refunded: the numbers must come to that."),
        ({"TM": "1"}, "2 packages were refunded: the numbers must come to that."),
        ({"TM": "99"}, "99"),
        ({"TRE": "-1", "TM": "3"}, "-1"),
        ({"TM": "two"}, "two"),
    ],
)
def test_a_refund_that_does_not_add_up_is_refused_and_what_was_typed_stays(leader, box, asked, boxes, sentence):
    answer = send(leader, asked, **boxes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert f'value="{next(iter(boxes.values()))}"' in answer.text
    assert meanings(box) == []


def test_a_refund_that_nobody_spoke_of_stays_open(leader, box, asked):
    assert send(leader, asked).status_code == 303
    assert meanings(box) == []


def test_an_answer_is_taken_back_on_the_page_and_the_next_file_asks_again(leader, box, asked):
    send(leader, asked, TM="2")
    page = leader.get("/imports/answers")
    assert "TM 2" in words(page)
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
    assert leader.post("/imports/answers/forget", data=fields).status_code == 303
    assert meanings(box) == []
    assert "Say of which cookies" in words(leader.get(f"/imports/{asked}"))
    assert leader.post("/imports/answers/forget", data=fields).status_code == 404


def test_what_a_girls_name_means_is_taken_back_too(leader, box, signed_in):
    """A name given to the wrong girl is asked for anew; only its hash was ever kept."""
    with box.write() as tx:
        ana = scouts.add_scout(tx, "Ana", "R", by=OLGA)
        said = scouts.name_hash(tx, "Annie Rivera")
        answers.resolve(tx, OLGA, "digital-cookie", "scout", said, str(ana))
        answers.resolve(tx, OLGA, "digital-cookie", "scout", scouts.name_hash(tx, "Zed Zorn"), "other")
        assert seasons.current(tx)
    page = words(leader.get("/imports/answers"))
    assert "Ana R" in page
    assert "Not one of our girls" in page
    assert "Annie" not in page
    assert signed_in("leader").post(f"/imports/answers/girls/{ana}/forget").status_code == 403
    assert leader.post(f"/imports/answers/girls/{ana}/forget").status_code == 303
    assert leader.post(f"/imports/answers/girls/{ana}/forget").status_code == 404
    with box.read() as tx:
        assert scouts.known_names(tx) == []
