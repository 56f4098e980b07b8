"""Whatever was written, each minute that was shipped can be had again."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gsctracker import clock
from gsctracker.db.rows import many
from gsctracker.errors import Refusal
from gsctracker.ops.copies import making, shipments
from tests.domain.test_invariants import EVENTS, happen
from tests.ops.copies.shipping import Time, content, staged_at
from tests.ops.copies.troops import OLGA, make_box

MOMENTS = st.one_of(EVENTS, st.sampled_from([("ship",), ("ship",), ("copy",)]))


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(moments=st.lists(MOMENTS, min_size=10, max_size=40))
def test_whatever_was_written_each_minute_shipped_can_be_had_again(tmp_path_factory, moments):
    """BAK-18: random events through the domain's verbs; the state of every minute is what the live file held then."""
    with pytest.MonkeyPatch.context() as patch:
        time = Time()
        patch.setattr(clock, "moment", lambda: time.now)
        config, db = make_box(tmp_path_factory.mktemp("minutes") / "data")
        making.make(config, db)
        held = {}
        for moment in [*moments, ("ship",)]:
            time.on(minutes=1)
            if moment == ("ship",):
                shipments.ship(config, db)
            elif moment == ("copy",):
                making.make(config, db)
            else:
                _happen(db, moment)
                continue
            held[clock.now()] = content(db)
        for minute, was in held.items():
            assert staged_at(config, minute) == was, minute
        db.close()


def _happen(db, moment):
    try:
        with db.write() as tx:
            happen(tx, OLGA, [row.id for row in many(tx, "SELECT id FROM scouts ORDER BY id LIMIT 3")], *moment)
    except Refusal:
        pass
