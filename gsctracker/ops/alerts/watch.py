"""Looks at the rules every half minute and sees to it that somebody is told, whatever else goes wrong with the box."""

import logging
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import apsw
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import CollectorRegistry

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Busy, Database
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.errors import NotFound
from gsctracker.integrations import notify
from gsctracker.ops import releases, roll_ups, trends
from gsctracker.ops.alerts import record, rules
from gsctracker.ops.alerts.faults import Fault, Faults, Telling
from gsctracker.ops.alerts.measuring import Labels, Measuring
from gsctracker.ops.alerts.telling import Channels
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.alerts")

PART = "gsctracker.watch"
LOOK_SECONDS = 30.0
LAST_SECONDS = 5.0
PING_EVERY = 2  # looks
LIGHTS = ("good", "wait", "bad")
CANNOT = (apsw.Error, Busy, OSError)


class Watch:
    """What is wrong with this box, as of the last look."""

    def __init__(self, config: Config, db: Database, registry: CollectorRegistry) -> None:
        self._config, self._db, self._registry = config, db, registry
        self._as_written = self.rules = rules.load(config)
        self._limits: dict[tuple[str, int], float] = {}
        self._measuring = Measuring(self.rules)
        self._faults = Faults(self.rules)
        self.channels = Channels(config, db)
        self._turn = threading.Lock()
        self._notes = threading.Lock()
        self._over = threading.Event()
        self._looking = threading.Lock()
        self._post: queue.SimpleQueue[Telling | None] = queue.SimpleQueue()
        self._looks = 0
        self._is_put_back = False
        self.also: list[Callable[[Database], None]] = []  # what is done after each look: it may find the file closed
        self.readings = roll_ups.Recorder()
        self.unusual: list[trends.Unusual] = []
        self._unrecorded: list[Callable[[apsw.Connection], None]] = []
        self.looked_at: float | None = None
        self.zone = "UTC"
        registry.register(self)

    # What the pages ask

    def faults(self) -> list[Fault]:
        """What is wrong, the gravest first."""
        with self._turn:
            return self._faults.firing()

    def lights(self) -> dict[str, str]:
        """The four lights: good, wait or bad, by what is wrong."""
        found = dict.fromkeys(rules.LIGHTS, "good")
        grave = {"info": "good", "warning": "wait", "critical": "bad"}
        for fault in self.faults():
            light = fault.rule.light
            found[light] = max(found[light], grave[fault.rule.severity], key=LIGHTS.index)
        return found

    def acknowledge(self, tx: apsw.Connection, name: str, by: Person) -> None:
        """Somebody looks after it: it is not told again. Raises NotFound where it is over."""
        with self._turn:
            fault = self._faults.find(name)
        if fault is None:
            raise NotFound(N_("That fault is over."), "no_such_fault")
        record.begin(tx, name, fault.rule.severity, _instant(fault.since))
        record.acknowledge(tx, name, by)
        fault.acknowledged_by = by.first_name or "?"
        if self.channels.are_there():
            self._post.put(Telling("acknowledged", fault))

    @property
    def rules_as_written(self) -> tuple[rules.Rule, ...]:
        """The rules with the limits of their file, whatever somebody changed."""
        return self._as_written

    # Looking

    def look(self, now: datetime | None = None) -> list[Telling]:
        """Look at every rule; gives what somebody is told because of it, which is on its way then."""
        if self._db.is_being_replaced():  # what can be seen of the file in that second is neither the old nor the new
            return []
        at = (now or clock.moment()).timestamp()
        numbers = _numbers(self._registry, self._measuring.names | roll_ups.NAMES)
        self.readings.take(at, numbers)
        with self._turn:
            self._adjust()
            if not self._is_put_back:
                self._is_put_back = self._put_back()
            self.looked_at = at
            before = {fault.rule.name for fault in self._faults.firing()}
            tellings = self._faults.look(at, self._measuring.truths(at, numbers), self._is_quiet(at))
            now_there = {fault.rule.name: fault for fault in self._faults.firing()}
        for name in now_there.keys() - before:
            logger.warning("fault: %s", name, extra={"event": "fault", "rule": name})
            fault = now_there[name]
            self._note(partial(record.begin, rule=name, severity=fault.rule.severity, began_at=_instant(fault.since)))
        for name in before - now_there.keys():
            logger.info("fault is over: %s", name, extra={"event": "fault_over", "rule": name})
            self._note(partial(record.end, rule=name))
        self._write_down()
        for do in self.also:
            try:
                do(self._db)
            except CANNOT:
                continue
        if self.readings.is_due():
            self._keep_readings()
        if self.channels.are_there():
            for telling in tellings:
                self._post.put(telling)
        return tellings

    def deliver(self, telling: Telling) -> None:
        """Tell them; where nobody took it, the next look tries again."""
        if self.channels.tell(telling) and telling.kind != "acknowledged":
            self._note(partial(record.told, rule=telling.fault.rule.name))
        elif telling.kind not in ("acknowledged", "over"):
            with self._turn:
                self._faults.untold(telling.fault)

    def start(self) -> None:
        """Look from now on, in threads of its own."""
        threading.Thread(target=self._watch, name="alerts", daemon=True).start()
        threading.Thread(target=self._carry, name="alert post", daemon=True).start()

    def stop(self) -> None:
        """Look no more; what was measured since the last hour is kept."""
        self._over.set()
        self._post.put(None)
        waited = self._looking.acquire(
            timeout=LAST_SECONDS
        )  # a look that has begun still reads: nobody closes the file under it
        try:
            self._keep_readings()
        finally:
            if waited:
                self._looking.release()

    def _watch(self) -> None:
        while not self._over.is_set():
            try:
                with self._looking:
                    if not self._over.is_set():
                        self.look()
                if self._config.alert_ping_url and self._looks % PING_EVERY == 0:
                    notify.ping(self._config.alert_ping_url)
            except notify.Undelivered as why:
                logger.warning("the sign of life did not arrive: %s", why, extra={"event": "ping_failed"})
            except Exception:  # a look that fails must not be the last
                logger.exception("the rules could not be looked at")
            self._looks += 1
            self._over.wait(LOOK_SECONDS)

    def _carry(self) -> None:
        while (telling := self._post.get()) is not None:
            try:
                self.deliver(telling)
            except Exception:
                logger.exception("a fault could not be told")

    def _is_quiet(self, at: float) -> bool:
        try:
            with self._db.read() as tx:
                own = troop.own(tx)
            self.zone = own.time_zone if own else "UTC"
        except CANNOT:
            pass
        begin, end = self._config.alert_quiet_hours.split("-")
        here = datetime.fromtimestamp(at, ZoneInfo(self.zone)).strftime("%H:%M")
        return begin <= here < end if begin <= end else here >= begin or here < end

    def _adjust(self) -> None:
        """Take up the limits that somebody changed; those before stay where the file cannot be read."""
        try:
            with self._db.read() as tx:
                limits, factors = record.limits(tx), releases.stricter(tx)
        except CANNOT:
            return
        for (rule, number), factor in factors.items():  # the first day of a new version is watched more closely
            written = next((one.when[number - 1].limit for one in self._as_written if one.name == rule), None)
            if written is not None:
                limits[rule, number] = limits.get((rule, number), written) * factor
        if limits != self._limits:
            self._limits, self.rules = limits, rules.adjusted(self._as_written, limits)
            self._measuring.adjust(self.rules)
            self._faults.adjust(self.rules)

    def _put_back(self) -> bool:
        """What was wrong when the program ended is wrong still; gives whether the file could say so."""
        known = {rule.name: rule for rule in self.rules if rule.when}
        try:
            with self._db.read() as tx:
                found = record.open_alerts(tx)
        except CANNOT:
            return False
        for row in found:
            if row.rule in known:
                told = datetime.fromisoformat(row.told_at).timestamp() if row.told_at else None
                began = datetime.fromisoformat(row.began_at).timestamp()
                self._faults.put_back(known[row.rule], began, told, row.acknowledged_by)
            else:
                self._note(partial(record.end, rule=row.rule))
        return True

    def _note(self, write: Callable[[apsw.Connection], None]) -> None:
        with self._notes:
            self._unrecorded.append(write)

    def _write_down(self) -> None:
        """What happened goes into the file; where that takes nothing, it waits in memory for the next look."""
        with self._notes:
            waiting, self._unrecorded = self._unrecorded[-100:], []
        if not waiting:
            return
        try:
            with self._db.write() as tx:
                for write in waiting:
                    write(tx)
        except CANNOT:
            with self._notes:
                self._unrecorded = waiting + self._unrecorded

    def _keep_readings(self) -> None:
        try:
            self.readings.keep(self._db)
            with self._db.read() as tx:
                self.unusual = [
                    *trends.unusual(trends.hours(tx), newest=1),
                    *trends.slower(trends.days_over(tx, trends.DAYS_COMPARED)),
                ]
        except CANNOT:
            logger.warning("the readings of the last hour wait: they could not be written", extra={"event": "not_kept"})

    # What is measured of it

    def describe(self) -> list[Metric]:
        """Nothing: what it says depends on what is wrong."""
        return []

    def collect(self) -> Iterator[Metric]:
        """Faults by severity, and messages by channel."""
        firing = GaugeMetricFamily("gsctracker_faults", "Faults there are, by severity.", labels=["severity"])
        there = self.faults()
        for severity in rules.SEVERITIES:
            firing.add_metric([severity], sum(fault.rule.severity == severity for fault in there))
        sent = CounterMetricFamily(
            "gsctracker_notifications", "Messages to the operator.", labels=["channel", "result"]
        )
        for (channel, result), number in list(self.channels.sent.items()):
            sent.add_metric([channel, result], number)
        odd = GaugeMetricFamily(
            "gsctracker_unusual", "Figures of the last hour that are unlike the same hour of other weeks."
        )
        odd.add_metric([], len(self.unusual))
        yield from (firing, sent, odd)


def _numbers(registry: CollectorRegistry, names: Iterable[str]) -> dict[str, dict[Labels, float]]:
    """The series of these names, as they are now."""
    found: dict[str, dict[Labels, float]] = {name: {} for name in names}
    for family in registry.collect():
        for sample in family.samples:
            if sample.name in found:
                found[sample.name][tuple(sorted(sample.labels.items()))] = sample.value
    return found


def _instant(at: float) -> str:
    return clock.instant(datetime.fromtimestamp(at, ZoneInfo("UTC")))
