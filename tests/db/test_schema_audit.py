"""What the file itself keeps of the record of who did what."""

from datetime import UTC, datetime, timedelta

import apsw
import pytest

from gsctracker import clock
from gsctracker.domain import audit


def _noted(tx, action, days_ago):
    at = clock.instant(datetime.now(UTC) - timedelta(days=days_ago))
    tx.execute("INSERT INTO audit_log (at, action, subject) VALUES (?, ?, 'any')", (at, action))


@pytest.mark.parametrize(
    ("action", "days_ago"),
    [
        ("sale.taken", 10),
        ("sale.taken", 729),
        ("consent.given", 900),
        ("scout.deleted", 900),
        ("photo.erased", 900),
        ("audit.purged", 900),
    ],
)
def test_no_statement_shortens_it(tx, action, days_ago):
    """DB-06: audit_log_lasts: what is younger than two years, or speaks of consent or deletion, stays."""
    _noted(tx, action, days_ago)
    with pytest.raises(apsw.ConstraintError, match="the audit log lasts two years"):
        tx.execute("DELETE FROM audit_log WHERE subject = 'any'")


def test_a_line_of_two_years_ago_can_go(tx):
    """DB-06: audit_log_lasts lets exactly that through."""
    _noted(tx, "sale.taken", 800)
    assert audit.forget(tx) == 1
