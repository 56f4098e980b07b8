"""A box to copy and to restore."""

import pytest

from tests.ops.copies.troops import make_box


@pytest.fixture
def made(tmp_path):
    """A box with three girls: its settings and its open database."""
    config, db = make_box(tmp_path / "data")
    yield config, db
    db.close()
