"""Fixtures of the tests that attack: one box for all of them, put back after each."""

from collections.abc import Iterator

import pytest

from tests.security.world import World, made_in


@pytest.fixture(scope="session")
def made_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """The box, made once."""
    world = made_in(tmp_path_factory.mktemp("door"))
    yield world
    world.close()


@pytest.fixture
def world(made_world: World, caplog: pytest.LogCaptureFixture) -> World:
    """The box as it was made."""
    caplog.set_level("CRITICAL")
    made_world.put_back()
    return made_world
