"""Kept answers: fast, for the right eyes, and never older than the database."""

import gzip
import subprocess
import sys
import threading

import pytest

from gsctracker.domain.people import accounts, families, sessions
from gsctracker.domain.sales import orders
from gsctracker.web.context import PARTS
from tests import factories
from tests.web.conftest import as_person

SUMMARY = "/api/troops/1/summary"
KEPT = [SUMMARY, "/api/troops/1/reports/summary", "/api/sales"] + [
    f"/api/troops/1/{name}" for name in ("scouts", "products", "inventory", "balances", "booths", "goals")
]
SALE = {"cookieType": "Thin Mints", "quantity": 2}


@pytest.fixture
def without_flask(site, monkeypatch):
    """From now on the app answers from what it kept, or breaks."""

    def close() -> None:
        def asleep(environ, start_response):
            raise AssertionError(f"{environ['PATH_INFO']} woke Flask")

        lane = site.extensions["gsctracker.lane"]
        monkeypatch.setattr(lane, "_flask", asleep)

    return close


@pytest.mark.parametrize("address", KEPT)
def test_an_answer_asked_for_again_comes_without_flask_and_is_the_same(leader, without_flask, address):
    """PERF-07: answers are kept by address, role and state of the database."""
    first = leader.get(address)
    assert first.status_code == 200
    without_flask()
    second = leader.get(address)

    assert second.data == first.data
    ours = {"X-Request-ID"}
    assert {k: v for k, v in second.headers if k not in ours} == {k: v for k, v in first.headers if k not in ours}
    assert second.headers["X-Request-ID"] != first.headers["X-Request-ID"]


@pytest.mark.parametrize("address", [*KEPT, "/api/auth/me", "/api/openapi.json"])
def test_every_get_has_an_etag_and_honours_it(leader, address):
    first = leader.get(address)
    for _ in range(2):
        again = leader.get(address, headers={"If-None-Match": first.headers["ETag"]})
        assert again.status_code == 304
        assert again.data == b""
        assert again.headers["ETag"] == first.headers["ETag"]
        assert "Content-Type" not in again.headers
    assert leader.get(address, headers={"If-None-Match": 'W/"other"'}).status_code == 200


def test_a_kept_answer_is_compressed_once_for_those_who_take_it(box, leader, without_flask):
    with box.write() as tx:
        for number in range(30):
            factories.make_scout(tx, f"Girl{number}")
    plain = leader.get(SUMMARY).data
    packed = leader.get(SUMMARY, headers={"Accept-Encoding": "gzip"})
    without_flask()
    again = leader.get(SUMMARY, headers={"Accept-Encoding": "gzip"})

    assert gzip.decompress(packed.data) == gzip.decompress(again.data) == plain
    assert again.headers["Content-Encoding"] == "gzip"
    assert leader.get(SUMMARY).data == plain


def test_after_any_write_no_answer_shows_the_old_figures(leader):
    """PERF-08: a write makes every kept answer unreachable."""
    for boxes in (0, 2, 4):
        for _ in range(2):
            assert leader.get(SUMMARY).json["totals"]["boxes"] == boxes
            assert leader.get("/api/sales").json["total"] == boxes // 2
        leader.post("/api/sales", json=SALE)


ELSEWHERE = """
import sys
from pathlib import Path
from gsctracker.db import Database
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import orders
db = Database(Path(sys.argv[1]))
for line in sys.stdin:
    with db.write() as tx:
        orders.take(tx, Person(id=1, role="admin", first_name="Olga"), [orders.Item("Thin Mints", 3)])
    print("done", flush=True)
"""


def test_a_write_of_another_process_is_seen_by_the_next_read(box, leader):
    """PERF-08: the change counter sees commits of other processes."""
    other = subprocess.Popen(
        [sys.executable, "-c", ELSEWHERE, str(box.path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with other:
        for boxes in (0, 3, 6, 9):
            for _ in range(3):
                assert leader.get(SUMMARY).json["totals"]["boxes"] == boxes
            other.stdin.write("sell\n")
            other.stdin.flush()
            assert other.stdout.readline() == "done\n"
        other.stdin.close()
        assert other.wait(10) == 0


def test_nobody_gets_an_answer_kept_for_other_eyes(box, leader, signed_in):
    """PERF-07: two roles, two families and a stranger never see each other's kept answer."""
    with box.write() as tx:
        ana, bea = factories.make_scout(tx, "Ana"), factories.make_scout(tx, "Bea")
    hers, others = signed_in("caregiver", scout_ids=(ana,)), signed_in("caregiver", scout_ids=(bea,))
    stranger = leader.application.test_client()

    def girls(browser):
        return sorted(row["firstName"] for row in browser.get(SUMMARY).json["scouts"])

    for _ in range(3):
        assert girls(leader) == ["Ana", "Bea"]
        assert girls(hers) == ["Ana"]
        assert girls(others) == ["Bea"]
        assert stranger.get(SUMMARY).status_code == 401


def test_a_family_that_gets_another_girl_sees_her_at_once(box, site, admin):
    with box.write() as tx:
        ana, bea = factories.make_scout(tx, "Ana"), factories.make_scout(tx, "Bea")
        person = factories.make_person(tx, "caregiver", scout_ids=(ana,))
        token = sessions.start(tx, person.id)
    mother = as_person(site, person, token)
    assert len(mother.get(SUMMARY).json["scouts"]) == 1
    with box.write() as tx:
        families.entrust(tx, person.id, bea, admin)

    assert len(mother.get(SUMMARY).json["scouts"]) == 2


def test_a_role_that_is_taken_away_is_gone_with_the_next_call(box, site, admin):
    with box.write() as tx:
        person = factories.make_person(tx, "cookie_leader")
        token = sessions.start(tx, person.id)
    browser = as_person(site, person, token)
    assert browser.post("/api/troops/1/payments", json={}).status_code == 422
    with box.write() as tx:
        accounts.change_role(tx, person.id, "leader", admin)

    assert browser.post("/api/troops/1/payments", json={}).status_code == 401
    with box.write() as tx:
        again = as_person(site, person, sessions.start(tx, person.id))
    assert again.post("/api/troops/1/payments", json={}).status_code == 403


def test_a_session_that_ended_gets_no_kept_answer(leader):
    assert leader.get(SUMMARY).status_code == 200
    token = leader.get_cookie("gsct_session").value
    leader.post("/api/auth/logout")
    leader.set_cookie("gsct_session", token)

    assert leader.get(SUMMARY).status_code == 401


def test_a_session_that_expired_is_noticed_though_nothing_was_written(leader, monkeypatch):
    from gsctracker import clock

    assert leader.get(SUMMARY).status_code == 200
    later = clock.after(days=sessions.DAYS + 1)
    ticks = clock.ticks()
    monkeypatch.setattr(clock, "now", lambda: later)
    monkeypatch.setattr(clock, "ticks", lambda: ticks + 61)

    assert leader.get(SUMMARY).status_code == 401


@pytest.mark.parametrize(
    "cookie", ["gsct_session=", "gsct_session=x", "other=1; xgsct_session={}", "gsct_session={}x", "GSCT_SESSION={}"]
)
def test_a_cookie_that_only_looks_like_the_session_opens_nothing(leader, cookie):
    leader.get(SUMMARY)
    token = leader.get_cookie("gsct_session").value
    stranger = leader.application.test_client(use_cookies=False)

    assert stranger.get(SUMMARY, headers={"Cookie": cookie.format(token)}).status_code == 401
    assert stranger.get(SUMMARY, headers={"Cookie": f"a=b; gsct_session={token}; c=d"}).status_code == 200


def test_who_asks_past_every_cache_is_answered_afresh(leader, site):
    kept = site.extensions[PARTS].kept
    before = kept.hits._value.get()
    for number in range(3):
        leader.get(f"/api/sales?_={number}")

    assert kept.hits._value.get() == before


def test_kept_answers_are_counted_like_all_others(site, leader):
    """PERF-10: hits and misses are numbers of the box, and a kept answer is a request like any."""
    for _ in range(5):
        leader.get(SUMMARY)
    numbers = leader.get("/metrics").get_data(as_text=True)

    assert 'gsctracker_cache_requests_total{outcome="hit"} 4.0' in numbers
    assert 'gsctracker_cache_requests_total{outcome="miss"} 1.0' in numbers
    rule = "/api/troops/<troop:tid>/summary"
    assert (
        f'gsctracker_http_request_duration_seconds_count{{method="GET",status="200",url_rule="{rule}"}} 5.0' in numbers
    )


def test_many_who_miss_together_make_the_answer_once(box, site, signed_in, monkeypatch):
    from gsctracker.web.api import summary

    made, real = [], summary.reports.totals

    def slow(tx, season_id, sold):
        made.append(1)
        threading.Event().wait(0.1)
        return real(tx, season_id, sold)

    monkeypatch.setattr(summary.reports, "totals", slow)
    browsers = [signed_in("leader") for _ in range(8)]
    found = []
    threads = [threading.Thread(target=lambda b=b: found.append(b.get(SUMMARY).status_code)) for b in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert found == [200] * 8
    assert len(made) == 1


def test_a_sale_recorded_while_an_answer_is_made_is_not_hidden_by_it(box, leader, monkeypatch):
    from gsctracker.web.api import summary

    real = summary.reports.totals

    def sold_meanwhile(tx, season_id, sold):
        found = real(tx, season_id, sold)
        if sold_meanwhile.first:
            sold_meanwhile.first = False
            sell = threading.Thread(target=sell_one)
            sell.start()
            sell.join()
        return found

    def sell_one():
        with box.write() as tx:
            orders.take(tx, leader.person, [orders.Item("Thin Mints", 5)])

    sold_meanwhile.first = True
    monkeypatch.setattr(summary.reports, "totals", sold_meanwhile)

    assert leader.get(SUMMARY).json["totals"]["boxes"] == 0
    assert leader.get(SUMMARY).json["totals"]["boxes"] == 5
