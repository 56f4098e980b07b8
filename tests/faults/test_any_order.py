"""Sales, copies, restores, pruning, uploads, kills and jumps of the clock in any order, against a model that is three facts.

The live content is what the model says (after a kill: what it was, or what it was to become), each copy that is listed anywhere
can be restored to exactly the state it was made of, and pruning leaves the floor and the newest. FAULT_SEED tries other orders.
"""

import contextlib
import dataclasses
import itertools
import os
import random
import shutil
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.errors import Refusal
from gsctracker.ops.copies import bucket, finding, making, places, restoring, retention, staging, uploading
from tests.buckets import KEYS, Front, on, refuse, swallow, swap_a_byte
from tests.faults.killer import QUICK
from tests.faults.killing import content_of, killer
from tests.ops.copies.troops import add_scouts, make_box

ORDERS, STEPS = 10, 20
JUMPS = [timedelta(hours=1), timedelta(hours=-1), timedelta(days=9), timedelta(days=3650), timedelta(days=-3650)]
LIES = [refuse("SlowDown", 503), refuse("InvalidAccessKeyId", 403), swallow, swap_a_byte]
MOMENT = st.tuples(st.integers(0, 10_000), st.integers(0, 10_000))


class AnyOrder(RuleBasedStateMachine):
    """One box with a bucket, and what is known of it."""

    plug = front = folder = monkeypatch = None
    numbers = itertools.count(1)
    places_of_jobs: dict = {}  # noqa: RUF012  # each job was watched once, whichever order is tried

    @initialize()
    def begin(self):
        number = next(self.numbers)
        self.now = datetime(2026, 2, 14, 12, 0, tzinfo=UTC)
        self.monkeypatch.setattr(clock, "moment", lambda: self.now)
        self.config, self.db = make_box(self.folder / f"box{number}")
        self.config = dataclasses.replace(
            self.config,
            s3_backup_bucket="any-order",
            s3_backup_prefix=f"box{number}",
            s3_endpoint_url=f"http://127.0.0.1:{self.front.port}",
            aws_access_key_id=KEYS["key_id"],
            aws_secret_access_key=KEYS["secret"],
        )
        self.there = bucket.remote(self.config, QUICK)
        self.live = self.content()
        self.states, self.proven = {}, set()

    def content(self):
        return content_of(self.config.database)

    def later(self):
        self.now += timedelta(minutes=7)

    def kill(self, job, moment, **more):
        """Have a job killed at one of its places; the database is closed meanwhile as if the box had gone off."""
        self.db.close()
        watched = self.places_of_jobs.get(job)
        if watched is None:
            watched = self.places_of_jobs[job] = self.plug.ask(job, self.config, now=clock.now(), watch=True, **more)[
                "places"
            ]
        else:
            site = sorted(watched)[moment[0] % len(watched)]
            self.plug.ask(job, self.config, now=clock.now(), site=[site, 1 + moment[1] % watched[site]], **more)
        self.db = Database(self.config.database)

    @rule(number=st.integers(1, 4))
    def sell(self, number):
        self.later()
        add_scouts(self.db, number)
        self.live = self.content()

    @rule()
    def copy(self):
        self.later()
        made = making.make(self.config, self.db, kind="manual", force=True)
        assert places.local(self.config).listed()[-1].name == made.name
        self.learn(self.live)

    @rule(moment=MOMENT)
    def copy_killed(self, moment):
        self.later()
        self.kill("copy", moment)
        self.learn(self.live)

    @precondition(lambda self: self.states)
    @rule(which=st.integers(0, 100), killed=st.none() | MOMENT)
    def restore(self, which, killed):
        self.later()
        known = [each.name for each in places.local(self.config).listed()]
        name = known[which % len(known)]
        before = self.live
        if killed:
            self.kill("restore", killed, source=name)
            self.live = self.content()
            assert self.live in (before, self.states[name])
        else:
            with staging.stage(self.config, finding.find(self.config, name)) as staged:
                restoring.restore(self.config, self.db, staged)
            self.live = self.states[name]
        self.learn(before)

    @precondition(lambda self: self.states)
    @rule(killed=st.none() | MOMENT)
    def prune(self, killed):
        self.later()
        before = {place.name: self.sound(place) for place in self.places()}
        if killed:
            self.kill("prune", killed)
        else:
            with contextlib.suppress(Refusal):  # no copy has succeeded yet
                retention.prune(self.config, self.db, patience=QUICK)
        for place in self.places():
            left, had = self.sound(place), before[place.name]
            assert len(left) >= min(retention.FLOOR, len(had))
            assert left[-1:] == had[-1:], "the newest stays"
            assert set(left) <= set(had)

    @rule(lie=st.none() | st.sampled_from(LIES))
    def upload(self, lie):
        self.later()
        self.front.lies[:] = [on("PUT", "gsctracker-", lie)] if lie else []
        waiting = [each.name for each in places.local(self.config).listed()]
        try:
            uploading.catch_up(self.config, self.db, at_once=True, patience=QUICK)
        except Refusal:
            assert lie
        finally:
            self.front.lies.clear()
        if not lie and waiting:
            assert waiting[-1] in [each.name for each in self.there.listed()]

    @rule(distance=st.sampled_from(JUMPS))
    def clock_jumps(self, distance):
        if datetime(1971, 1, 1, tzinfo=UTC) < self.now + distance < datetime(2090, 1, 1, tzinfo=UTC):
            self.now += distance

    def places(self):
        return [places.local(self.config), self.there]

    def sound(self, place):
        return [each.name for each in place.listed() if not each.suspicious]

    def learn(self, content):
        """Copies that are there since the last look were made of that state."""
        for each in places.local(self.config).listed():
            self.states.setdefault(each.name, content)

    @invariant()
    def nothing_is_lost(self):
        if not hasattr(self, "db"):
            return
        assert self.content() == self.live
        assert not self.db.is_being_replaced()
        for place in self.places():
            for each in place.listed():
                if (place.name, each.name) not in self.proven:
                    self.proven.add((place.name, each.name))
                    with staging.stage(self.config, staging.Found(place, each)) as staged:
                        assert content_of(staged.path, mode="delete") == self.states[each.name]

    def teardown(self):
        if hasattr(self, "db"):
            with self.db.read() as tx:
                assert value(tx, "PRAGMA integrity_check") == "ok"
            self.db.close()
            shutil.rmtree(self.config.data_dir)


@pytest.mark.slow
def test_whatever_the_order_nothing_is_lost(tmp_path, monkeypatch, store_port):
    """Fault 4, Fault 57: never neither the old nor the new data, never a listed copy that does not open, never below the floor."""
    front = Front(store_port)
    dice = random.Random(os.environ.get("FAULT_SEED"))
    with killer() as plug:
        AnyOrder.plug, AnyOrder.front, AnyOrder.folder, AnyOrder.monkeypatch = plug, front, tmp_path, monkeypatch
        _make_bucket(front)
        machine = AnyOrder
        if "FAULT_SEED" in os.environ:
            machine = seed(dice.randrange(1 << 32))(AnyOrder)
        run_state_machine_as_test(
            machine,
            settings=settings(
                max_examples=ORDERS,
                stateful_step_count=STEPS,
                deadline=None,
                derandomize="FAULT_SEED" not in os.environ,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            ),
        )
        assert plug.killed > ORDERS
    front.stop()


def _make_bucket(front):
    import http.client

    line = http.client.HTTPConnection("127.0.0.1", front.port, timeout=30)
    line.request("PUT", "/any-order")
    assert line.getresponse().status == 200
    line.close()
