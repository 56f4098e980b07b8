"""The store of kept answers: bytes only, bounded, and no obstacle when it is away."""

import dataclasses

import pytest
from prometheus_client import CollectorRegistry

from gsctracker.domain.people.roles import Person
from gsctracker.web.app import create_app
from gsctracker.web.cache import MOST_ENTRIES, KeptAnswers, scope
from gsctracker.web.context import PARTS

LEA = Person(id=2, role="leader", first_name="Lea")


@pytest.fixture
def kept(site):
    return site.extensions[PARTS].kept


def _keep(kept, name, generation=1, content=b"{}"):
    key = kept.key(name, "", LEA, "en")
    return key, kept.answer(key, name, name, generation, lambda: content)


def test_what_was_kept_cannot_be_changed_by_who_got_it(kept):
    """PERF-06: the store holds bytes; nothing given out leads back into it."""
    key, answer = _keep(kept, "/api/x", content=b'{"boxes":1}')
    found = kept.find(key, 1)

    assert isinstance(found.plain, bytes)
    with pytest.raises(AttributeError):
        found.plain = b"other"
    assert kept.find(key, 1) == answer


def test_an_answer_of_another_state_is_not_found(kept):
    key, _ = _keep(kept, "/api/x", generation=7)

    assert kept.find(key, 6) is None
    assert kept.find(key, 8) is None
    assert kept.find(key, 7) is not None


def test_an_answer_is_forgotten_when_its_time_is_over(box, config, monkeypatch):
    """PERF-05: the time to live is a second net, 300 seconds unless set otherwise."""
    import cachelib.simple

    assert config.cache_default_timeout == 300
    site = create_app(dataclasses.replace(config, cache_default_timeout=60), box, "secret")
    kept = site.extensions[PARTS].kept
    key, _ = _keep(kept, "/api/x")
    real = cachelib.simple.time
    assert kept.find(key, 1) is not None
    monkeypatch.setattr(cachelib.simple, "time", lambda: real() + 61)

    assert kept.find(key, 1) is None


def test_the_store_stays_under_its_bound(kept):
    """PERF-05: however many addresses are asked for, so many answers are kept at most."""
    for number in range(MOST_ENTRIES * 2):
        _keep(kept, f"/api/x/{number}")

    assert len(kept._backend._cache) <= MOST_ENTRIES + 1


def test_every_write_replaces_an_answer_instead_of_adding_one(kept):
    for generation in range(50):
        _keep(kept, "/api/x", generation)

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


def test_two_starts_over_one_store_do_not_read_each_others_answers(site):
    """A generation means nothing to another process: each start keeps under a name of its own."""
    one, other = (KeptAnswers(site, {"CACHE_TYPE": "SimpleCache"}, CollectorRegistry()) for _ in range(2))

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
