"""The store of kept answers in a Redis, and the box without it in the middle of its work."""

import dataclasses
import shutil
import subprocess
import time

import pytest

from gsctracker.domain.people import sessions
from gsctracker.domain.people.roles import Person
from gsctracker.web import cache
from gsctracker.web.app import create_app
from gsctracker.web.context import PARTS
from tests import factories
from tests.running import free_port
from tests.web.conftest import as_person

SUMMARY = "/api/troops/1/summary"
SALE = {"cookieType": "Thin Mints", "quantity": 2, "customerName": "Test"}
LEA = Person(id=2, role="leader", first_name="Lea")
PATIENCE_SECONDS = 30


class Redis:
    """Debian's redis-server, without a file of its own."""

    def __init__(self, folder):
        self.folder, self.port, self.process = folder, free_port(), None
        self.address = f"redis://127.0.0.1:{self.port}/0"

    def start(self):
        """Begin, and wait until it answers."""
        import redis

        server = shutil.which("redis-server")
        assert server is not None
        told = ["--port", str(self.port), "--bind", "127.0.0.1", "--save", "", "--dir", str(self.folder)]
        self.process = subprocess.Popen([server, *told], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until = time.monotonic() + PATIENCE_SECONDS
        with redis.Redis(port=self.port) as asking:
            while time.monotonic() < until:
                try:
                    asking.ping()
                    return
                except redis.ConnectionError:
                    time.sleep(0.02)
        raise AssertionError("redis-server does not answer")

    def kill(self):
        """End it as a pulled plug does."""
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@pytest.fixture
def store(tmp_path):
    found = Redis(tmp_path)
    found.start()
    yield found
    found.kill()


@pytest.fixture
def site(box, config, store):
    """The website with its answers in that Redis."""
    app = create_app(dataclasses.replace(config, cache_type="RedisCache", redis_url=store.address), box, "secret")
    yield app
    app.extensions[PARTS].kept._backend._read_client.close()


@pytest.fixture
def leader(site, box):
    with box.write() as tx:
        person = factories.make_person(tx, "cookie_leader")
        token = sessions.start(tx, person.id, "test")
    return as_person(site, person, token)


def hits(site):
    return site.extensions[PARTS].kept.hits._value.get()


def test_an_answer_asked_for_again_comes_from_redis_and_a_write_replaces_it(site, leader):
    """PERF-09: as in memory: a hit without work, and never an old figure."""
    for number in range(3):
        before = hits(site)
        for _ in range(3):
            assert leader.get(SUMMARY).json["totals"]["boxes"] == 2 * number
        assert hits(site) - before == 2
        assert leader.post("/api/sales", json=SALE).status_code == 201


def test_an_answer_in_redis_is_forgotten_when_its_time_is_over_and_is_never_of_another_state(box, config, store):
    """PERF-09, PERF-05: its time to live is the one of the settings."""
    settings = dataclasses.replace(config, cache_type="RedisCache", redis_url=store.address, cache_default_timeout=60)
    kept = create_app(settings, box, "secret").extensions[PARTS].kept
    key = kept.key("/api/x", "", LEA, "en")
    kept.answer(key, "/api/x", "/api/x", lambda: b"{}")
    assert kept.find(key).plain == b"{}"
    with box.write() as tx:
        tx.execute("CREATE TABLE another_state (n INTEGER)")
    assert kept.find(key) is None
    client = kept._backend._read_client
    (name,) = client.keys("*")
    assert 0 < client.ttl(name) <= 60
    client.close()


def test_when_redis_dies_in_the_middle_everybody_goes_on_and_it_is_used_again_afterwards(
    site, leader, store, monkeypatch, caplog
):
    """PERF-09: killed between two requests: no error reaches anybody; it is asked again after a while."""
    assert leader.get(SUMMARY).status_code == 200
    store.kill()
    for number in range(5):
        assert leader.get(SUMMARY).json["totals"]["boxes"] == 2 * number
        assert leader.post("/api/sales", json=SALE).status_code == 201
    assert len([one for one in caplog.records if "left alone" in one.getMessage()]) == 1  # not with each request
    store.start()
    kept, before = site.extensions[PARTS].kept, hits(site)
    kept._away_until = 0.0
    assert cache.AWAY_SECONDS <= 60
    for _ in range(3):
        assert leader.get(SUMMARY).json["totals"]["boxes"] == 10
    assert hits(site) - before == 2
