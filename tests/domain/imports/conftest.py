"""The girls that the files of these tests speak of."""

import pytest

from tests.factories import make_scout


@pytest.fixture
def ana(tx):
    """Ana Rivera, who sells."""
    return make_scout(tx, "Ana", "R.")


@pytest.fixture
def bea(tx):
    """Bea Bell, who sells too."""
    return make_scout(tx, "Bea", "B.")
