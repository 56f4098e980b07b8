"""The council's withdrawals and the season's end in the browser."""

import io
import zipfile

import pytest

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import receipts, sweeps
from gsctracker.domain.season import seasons
from gsctracker.web.pages import season_end
from tests.factories import lines
from tests.web.pages.browsing import OLGA, words

SIGNED = "M10 10L40 60L80 20L120 70L160 30L200 50"


@pytest.fixture
def cookie_leader(leader):
    return leader


@pytest.fixture
def onlooker(signed_in):
    """A leader who sees the money and records none."""
    return signed_in("leader")


@pytest.fixture
def planned(box, girls):
    """What is due is withdrawn on Monday 9 March."""
    with box.write() as tx:
        transfers.move(tx, OLGA, "C2T", lines(tx, TM=10))
        return sweeps.add_rule(tx, OLGA, due_on="2026-03-09", basis="remainder")


def test_a_calendar_is_written_and_says_what_to_deposit(box, girls, planned, cookie_leader):
    rule = {
        "due_on": "2026-02-20",
        "basis": "per_package",
        "factor": "1.50",
        "least": "",
        "as_of": "",
        "nets_cards": "1",
    }
    assert cookie_leader.post("/money/sweeps", data=rule).status_code == 303
    with box.read() as tx:
        first = sweeps.forecast(tx, girls.season)[0]
    assert first.gross_cents == first.expected_cents
    text = words(cookie_leader.get("/money/sweeps"))
    assert f"Deposit at least ${first.deposit_cents / 100:,.2f} by" in text
    assert "To come" in text
    again = cookie_leader.post("/money/sweeps", data=rule)
    assert again.status_code == 409 and "has a withdrawal on that day" in words(again)
    wrong = cookie_leader.post("/money/sweeps", data=rule | {"due_on": "soon", "factor": "200"})
    assert wrong.status_code == 422


def test_what_if_changes_nothing(box, girls, planned, leader):
    with box.read() as tx:
        before = sweeps.forecast(tx, girls.season)
        then = sweeps.forecast(tx, girls.season, sweeps.Changes(packages=100))[0]
    text = words(leader.get("/money/sweeps?packages=100"))
    assert f"${then.expected_cents / 100:,.2f}" in text
    assert leader.get("/money/sweeps?packages=lots&cards=x").status_code == 200
    with box.read() as tx:
        assert sweeps.forecast(tx, girls.season) == before


def test_a_withdrawal_is_made_refused_and_struck(box, girls, planned, cookie_leader, onlooker):
    made = {"amount": "12.00", "day": "2026-03-09", "reference": "ACH"}
    assert onlooker.post(f"/money/sweeps/{planned}/take", data=made).status_code == 403
    assert cookie_leader.post(f"/money/sweeps/{planned}/fail").status_code == 303
    assert "Refused by the bank" in words(cookie_leader.get("/money/sweeps"))
    assert cookie_leader.post(f"/money/sweeps/{planned}/take", data=made).status_code == 303
    assert cookie_leader.post(f"/money/sweeps/{planned}/take", data=made).status_code == 409
    assert cookie_leader.post(f"/money/sweeps/{planned}/remove").status_code == 409
    assert cookie_leader.post("/money/sweeps/999/remove").status_code == 404


def test_the_last_check_ties_out_and_closes_the_season_once(box, girls, cookie_leader, onlooker, mother):
    page = onlooker.get("/season-end")
    assert "It ties out to the cent." in words(page)
    assert onlooker.post("/season-end/settle").status_code == 403
    assert mother.get("/season-end").status_code == 403
    assert cookie_leader.post("/season-end/archive").status_code == 409
    assert cookie_leader.post("/season-end/settle").status_code == 303
    again = cookie_leader.post("/season-end/settle")
    assert again.status_code == 409 and "was closed before" in words(again)
    assert cookie_leader.post("/season-end/archive").status_code == 303
    with box.read() as tx:
        assert seasons.current(tx).status == "archived"


def test_the_packet_is_made_in_one_click_and_fetched(site, box, girls, cookie_leader, onlooker):
    """JOB-20: it is made in a thread of its own, and pages answer meanwhile."""
    assert onlooker.post("/season-end/packet").status_code == 403
    with box.write() as tx:
        receipts.take_money(tx, OLGA, girls.ava, 500, "cash", adult="Gia", signature=SIGNED, ahead=True)
    begun = cookie_leader.post("/season-end/packet")
    assert begun.status_code == 303
    answered = 0
    while "looks again by itself" in words(cookie_leader.get(begun.location)):
        assert onlooker.get("/money").status_code == 200
        answered += 1
    assert answered > 2
    season_end.packets_here(site).wait()
    page = cookie_leader.get(begun.location)
    assert "reports are in it" in words(page) and "Refresh" not in page.headers
    answer = cookie_leader.get(f"{begun.location}/file")
    assert answer.content_type == "application/zip" and len(answer.data) == int(answer.headers["Content-Length"])
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    assert archive.testzip() is None
    assert archive.read(f"receipts/family-{girls.ava}.pdf").startswith(b"%PDF")
    assert "And the receipts of one family." in words(page)
    assert cookie_leader.get("/season-end/packet/nothing").status_code == 404
    assert cookie_leader.get("/season-end/packet/nothing/file").status_code == 404
    season_end.packets_here(site).close()
    assert cookie_leader.get(begun.location).status_code == 404


def test_the_next_season_takes_the_calendar_over_where_that_is_wished(box, girls, planned, cookie_leader):
    typed = {"year": "2027", "baker": "abc", "sure": "1", "copy": "1"}
    assert cookie_leader.post("/settings/next-season", data=typed).status_code == 303
    with box.read() as tx:
        season = seasons.current(tx).id
        assert season != girls.season
        assert [rule.due_on for rule in sweeps.rules(tx, season)] == ["2027-03-08"]
    typed = {"year": "2028", "baker": "abc", "sure": "1"}
    assert cookie_leader.post("/settings/next-season", data=typed).status_code == 303
    with box.read() as tx:
        assert sweeps.rules(tx, seasons.current(tx).id) == []
