"""A box to copy and to restore."""

import pytest

from tests.ops.copies.shipping import shipping, shipping_box, there, time
from tests.ops.copies.troops import make_box

__all__ = ["made", "shipping", "shipping_box", "there", "time"]


@pytest.fixture
def made(tmp_path):
    """A box with three girls: its settings and its open database."""
    config, db = make_box(tmp_path / "data")
    yield config, db
    db.close()
