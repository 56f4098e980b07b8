"""What all tests of the box's own work may ask for."""

import pytest

from tests import post_office as mail


@pytest.fixture
def post_office():
    """A mail server that keeps what it is given."""
    with mail.opened() as found:
        yield found
