"""The store of kept answers: bytes only, bounded, and no obstacle when it is away."""

import dataclasses

import pytest
from prometheus_client import CollectorRegistry

from gsctracker import clock
from gsctracker.domain.people.roles import Person
from gsctracker.web.app import create_app
from gsctracker.web.cache import MOST_ENTRIES, KeptAnswers, scope
from gsctracker.web.context import PARTS
from tests import factories

LEA = Person(id=2, role="leader", first_name="Lea")


@pytest.fixture
def kept(site):
    return site.extensions[PARTS].kept


def _keep(kept, name, content=b"{}"):
    key = kept.key(name, "", LEA, "en")
    return key, kept.answer(key, name, name, lambda: content)


def test_what_was_kept_cannot_be_changed_by_who_got_it(kept):
    """PERF-06: the store holds bytes; nothing given out leads back into it."""
    key, answer = _keep(kept, "/api/x", content=b'{"boxes":1}')
    found = kept.find(key)

    assert isinstance(found.plain, bytes)
    with pytest.raises(AttributeError):
        found.plain = b"other"
    assert kept.find(key) == answer


def test_an_answer_falls_with_a_table_it_was_read_from_and_with_no_other(kept, box):
    key = kept.key("/api/x", "", LEA, "en")

    def make():
        with box.read() as tx:
            return str(tx.execute("SELECT count(*) FROM scouts").get).encode()

    kept.answer(key, "/api/x", "/api/x", make)
    with box.write() as tx:
        tx.execute("UPDATE troop SET name = 'Another'")
    assert kept.find(key) is not None
    with box.write() as tx:
        factories.make_scout(tx, "Ava")
    assert kept.find(key) is None


def test_no_answer_outlives_its_minute(kept, monkeypatch):
    """Some say what day it is, and nothing is written at midnight."""
    key, _ = _keep(kept, "/api/x")
    monkeypatch.setattr(clock, "minute", lambda: 0)

    assert kept.find(key) is None


def test_an_answer_is_forgotten_when_its_time_is_over(box, config, monkeypatch):
    """PERF-05: the time to live is a second net, 300 seconds unless set otherwise."""
    import cachelib.simple

    assert config.cache_default_timeout == 300
    site = create_app(dataclasses.replace(config, cache_default_timeout=60), box, "secret")
    kept = site.extensions[PARTS].kept
    key, _ = _keep(kept, "/api/x")
    real = cachelib.simple.time
    assert kept.find(key) is not None
    monkeypatch.setattr(cachelib.simple, "time", lambda: real() + 61)

    assert kept.find(key) is None


def test_the_store_stays_under_its_bound(kept):
    """PERF-05: however many addresses are asked for, so many answers are kept at most."""
    for number in range(MOST_ENTRIES * 2):
        _keep(kept, f"/api/x/{number}")

    assert len(kept._backend._cache) <= MOST_ENTRIES + 1


def test_every_write_replaces_an_answer_instead_of_adding_one(kept, box):
    for _ in range(50):
        with box.write() as tx:
            tx.execute("CREATE TABLE IF NOT EXISTS anything (n INTEGER); DROP TABLE anything")
        _keep(kept, "/api/x")

    assert len(kept._backend._cache) == 1


def test_a_store_that_is_away_costs_speed_and_no_answer(kept, leader, monkeypatch, caplog):
    def away(*_):
        raise ConnectionError("the store is away")

    monkeypatch.setattr(kept._backend, "get", away)
    monkeypatch.setattr(kept._backend, "set", away)

    for _ in range(3):
        assert leader.get("/api/troops/1/summary").status_code == 200


def test_without_a_store_every_answer_is_made_afresh(box, config, signed_in):
    site = create_app(dataclasses.replace(config, cache_type="NullCache"), box, "secret")
    token = signed_in("leader").get_cookie("gsct_session").value
    browser = site.test_client()
    browser.set_cookie("gsct_session", token)

    for _ in range(3):
        assert browser.get("/api/troops/1/summary").status_code == 200
    assert site.extensions[PARTS].kept.hits._value.get() == 0


def test_two_starts_over_one_store_do_not_read_each_others_answers(site, box):
    """A moment means nothing to another process: each start keeps under a name of its own."""
    one, other = (KeptAnswers(site, box, {"CACHE_TYPE": "SimpleCache"}, CollectorRegistry()) for _ in range(2))

    assert one.key("/api/x", "", LEA, "en") != other.key("/api/x", "", LEA, "en")


def test_what_she_may_see_is_her_role_and_for_a_family_its_girls():
    def of(role, *girls, number=1):
        return scope(Person(id=number, role=role, first_name="X", scout_ids=frozenset(girls)))

    assert of("leader", number=1) == of("leader", 5, number=2)
    assert of("caregiver", 1, 2) == of("caregiver", 2, 1, number=9)
    assert of("caregiver", 1) != of("caregiver", 2)
    assert of("caregiver", 1) != of("scout", 1)
    assert of("caregiver") != of("leader")
    assert of("caregiver", 1, 2) != of("caregiver", 12)
