"""Fixtures of the doors on the web: the app over a real file, and browsers that are signed in."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.domain.people import passwords, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.web.app import create_app
from tests import factories

PASSWORD = "thin mints at noon"


@pytest.fixture(scope="session")
def password_hash() -> str:
    """The hash of PASSWORD, made once: it is slow on purpose."""
    return passwords.hashed(PASSWORD)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """Settings of a box in this test's folder."""
    return Config(data_dir=tmp_path)


@pytest.fixture
def site(box: Database, config: Config) -> Flask:
    """The website over a box that was set up."""
    return create_app(config, box, "a secret for tests, forty characters long")


@pytest.fixture
def browser(site: Flask) -> FlaskClient:
    """Somebody who is not signed in."""
    return site.test_client()


@pytest.fixture
def signed_in(site: Flask, box: Database) -> Callable[..., FlaskClient]:
    """Gives a browser in which a person of that role is signed in; `.person` says who."""

    def sign_in(role: str = "cookie_leader", **more: object) -> FlaskClient:
        with box.write() as tx:
            person = factories.make_person(tx, role, **more)  # type: ignore[arg-type]
            token = sessions.start(tx, person.id, "test")
        return as_person(site, person, token)

    return sign_in


def as_person(site: Flask, person: Person, token: str) -> FlaskClient:
    """A browser that holds this session."""
    client = site.test_client()
    client.set_cookie("gsct_session", token)
    client.person = person  # type: ignore[attr-defined]
    return client


@pytest.fixture
def leader(signed_in: Callable[..., FlaskClient]) -> FlaskClient:
    """A cookie leader's browser."""
    return signed_in("cookie_leader")
