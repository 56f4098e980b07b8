"""Whatever is written in a season, a kept answer says what a fresh one says."""

import dataclasses
import re

import pytest

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain.people import scouts, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.ops import demo
from gsctracker.web.app import create_app
from gsctracker.web.context import PARTS
from tests.db import journeys
from tests.db.booth_journey import a_booth

SECRET = "a secret for tests, forty characters long"


@pytest.fixture(scope="module")
def db(tmp_path_factory):
    db = Database(tmp_path_factory.mktemp("kept") / "gsctracker.db")
    demo.fill(db, scouts=5, sales=60, booths=5)
    yield db
    db.close()


@pytest.fixture(scope="module")
def sites(db):
    """A website that keeps answers, and one that makes each afresh."""
    config = Config(data_dir=db.path.parent)
    return create_app(config, db, SECRET), create_app(dataclasses.replace(config, cache_type="NullCache"), db, SECRET)


@pytest.fixture(scope="module")
def addresses(sites):
    """Every address whose answers are kept, about the first of whatever it shows."""
    views = sites[0].view_functions
    found = {
        re.sub(r"<[^>]+>", "1", rule.rule)
        for rule in sites[0].url_map.iter_rules()
        if "GET" in rule.methods and hasattr(views[rule.endpoint], "call") and views[rule.endpoint].call.kept
    }
    assert len(found) >= 14
    return sorted(found)


def asked(db, sites, addresses, role):
    """What each of the two sites says at each address."""
    with db.write() as tx:
        account = value(tx, "SELECT id FROM accounts WHERE role = :role AND state = 'active' ORDER BY id", role=role)
        token = sessions.start(tx, account, "test")
    browsers = [site.test_client() for site in sites]
    for browser in browsers:
        browser.set_cookie("gsct_session", token)

    def ask():
        sites[1].extensions[PARTS].kept._numbers.clear()
        return [{address: browser.get(address).data for address in addresses} for browser in browsers]

    return ask


def steps(db):
    """Parts of a season, each one write."""
    with db.read() as tx:
        admin = Person(value(tx, "SELECT id FROM accounts WHERE role = 'admin' ORDER BY id"), "admin", "Olga")
        season = seasons.current(tx).id
        girl, other = (scout.id for scout in scouts.page(tx, admin, limit=2))
    yield journeys._sales, (admin, season, girl)
    yield journeys._stock, (admin, season, girl, other)
    yield a_booth, (admin, season, girl, other)
    yield journeys._cupboard, (admin, season)
    yield journeys._money, (admin, season, girl)
    yield journeys._people, (admin, girl)
    yield journeys._season, (admin, season)


def test_a_kept_answer_is_what_a_fresh_one_would_be_after_everything_that_is_written(db, sites, addresses):
    """PERF-08: by every role that has other eyes, after each part of a season; and most are kept over most of them."""
    seen = [asked(db, sites, addresses, role) for role in ("cookie_leader", "caregiver")]
    hits = sites[0].extensions[PARTS].kept.hits
    for step, facts in steps(db):
        for ask in seen:
            ask()
        with db.write() as tx:
            step(tx, *facts)
        for ask in seen:
            kept, fresh = ask()
            for address in addresses:
                assert kept[address] == fresh[address], (step.__name__, address)
    before = hits._value.get()
    for ask in seen:
        ask()
    assert hits._value.get() > before
