"""Fixtures of the house rules."""

import pytest

from gsctracker import config
from gsctracker.web.app import create_app


@pytest.fixture
def make_app(box, tmp_path):
    """Makes the website over a box that was set up; call it as often as you like."""
    return lambda: create_app(config.load({}, tmp_path), box, "secret")
