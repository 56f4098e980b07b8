"""What the rules measure, from the same numbers that Prometheus is shown: the last few hours of them, kept in memory."""

import re
from collections import deque
from collections.abc import Iterable, Mapping

from gsctracker.ops.alerts.rules import Condition, Rule

Labels = tuple[tuple[str, str], ...]
Looks = deque[tuple[float, dict[Labels, float]]]  # at which second, what each series was
Numbers = Mapping[str, Mapping[Labels, float]]

DAY_SECONDS = 86_400
MOST_KEPT = 800  # looks that a window keeps: where it is longer than that many half minutes, they are thinned out
P99 = 0.99


class Measuring:
    """Takes one look after another; `truths` says after each which rules hold."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._rules = tuple(rule for rule in rules if rule.when)
        self._kept = {each: Looks(maxlen=MOST_KEPT + 2) for rule in self._rules for each in rule.when if each.window}

    def adjust(self, rules: Iterable[Rule]) -> None:
        """The same rules with other limits: what was looked at so far still counts."""
        before, self._rules = self._rules, tuple(rule for rule in rules if rule.when)
        pairs = [
            pair for old, new in zip(before, self._rules, strict=True) for pair in zip(old.when, new.when, strict=True)
        ]
        self._kept = {new: Looks(self._kept[old], maxlen=MOST_KEPT + 2) for old, new in pairs if new.window}

    @property
    def names(self) -> frozenset[str]:
        """The series that are needed, by their full names."""
        return frozenset(name for rule in self._rules for each in rule.when for name in _names(each))

    def truths(self, at: float, numbers: Numbers) -> dict[str, bool]:
        """Whether each rule's conditions hold at `at` (seconds since 1970), by its name, given the numbers of now."""
        for condition, looks in self._kept.items():
            _keep(looks, condition, at, numbers)
        found = {}
        for rule in self._rules:
            each = (one.holds(self.measure(one, at, numbers)) for one in rule.when)
            found[rule.name] = any(each) if rule.any_of else all(each)
        return found

    def measure(self, condition: Condition, at: float, numbers: Numbers) -> float | None:
        """The number that a condition compares; None where it is not known."""
        if condition.measure == "p99":
            return _quantile(self._rises(condition, condition.labels))
        if condition.measure == "rise":
            rises = self._rises(condition, condition.labels)
            return sum(rises.values()) if rises else None
        if condition.measure == "share":
            every = sum(self._rises(condition, ()).values())
            return sum(self._rises(condition, condition.labels).values()) / every if every else None
        if condition.measure == "ahead":
            return _taken(condition.take, [_ahead(line) for line in self._lines(condition).values()])
        here = _chosen(numbers.get(condition.metric, {}), condition.labels)
        if condition.measure == "ratio":
            over = numbers.get(condition.over, {})
            return _taken(condition.take, [n / over[key] if over.get(key) else None for key, n in here.items()])
        if condition.measure == "age":
            newest = _taken(condition.take, [number for number in here.values() if number > 0])
            return None if newest is None else at - newest
        return _taken(condition.take, list(here.values()))

    def _lines(self, condition: Condition) -> dict[Labels, list[tuple[float, float]]]:
        lines: dict[Labels, list[tuple[float, float]]] = {}
        for at, found in self._kept[condition]:
            for key, number in _chosen(found, condition.labels).items():
                lines.setdefault(key, []).append((at, number))
        return lines

    def _rises(self, condition: Condition, labels: tuple[tuple[str, str, str], ...]) -> dict[Labels, float]:
        """How much each series rose within the window. One that appears rose by all it has; one that fell began anew."""
        looks = self._kept[condition]
        if len(looks) < 2:
            return {}
        rises: dict[Labels, float] = {}
        before = looks[0][1]
        for _, now in list(looks)[1:]:
            for key, number in _chosen(now, labels).items():
                last = before.get(key, 0.0)
                rises[key] = rises.get(key, 0.0) + (number - last if number >= last else number)
            before = now
        return rises


def _names(condition: Condition) -> tuple[str, ...]:
    if condition.measure == "p99":
        return (f"{condition.metric}_bucket",)
    return (condition.metric, condition.over) if condition.over else (condition.metric,)


def _keep(looks: Looks, condition: Condition, at: float, numbers: Numbers) -> None:
    if len(looks) > 1 and looks[-1][0] - looks[-2][0] < condition.window / MOST_KEPT:
        looks.pop()  # the newest always counts; those before it stand farther apart
    looks.append((at, dict(numbers.get(_names(condition)[0], {}))))
    while looks and looks[0][0] < at - condition.window:
        looks.popleft()


def _chosen(series: Mapping[Labels, float], labels: tuple[tuple[str, str, str], ...]) -> dict[Labels, float]:
    return {key: number for key, number in series.items() if all(_fits(dict(key), *label) for label in labels)}


def _fits(has: dict[str, str], name: str, sign: str, wanted: str) -> bool:
    text = has.get(name, "")
    return text == wanted if sign == "=" else re.fullmatch(wanted, text) is not None


def _taken(take: str, numbers: list[float] | list[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    if not known:
        return None
    return sum(known) if take == "sum" else min(known) if take == "min" else max(known)


def _quantile(rises: dict[Labels, float]) -> float | None:
    """The 99th percentile of what was observed, between the bounds of its bucket as Prometheus does it."""
    buckets: dict[float, float] = {}
    for key, rise in rises.items():
        bound = float(dict(key)["le"])
        buckets[bound] = buckets.get(bound, 0.0) + rise
    bounds = sorted(buckets)
    if not bounds or not buckets[bounds[-1]]:
        return None
    rank, low, below = P99 * buckets[bounds[-1]], 0.0, 0.0
    for bound in bounds:
        if buckets[bound] >= rank:
            if bound == float("inf"):
                return low
            return low + (bound - low) * (rank - below) / (buckets[bound] - below)
        low, below = bound, buckets[bound]
    return low


def _ahead(line: list[tuple[float, float]]) -> float | None:
    """Where a straight line through these points leads a day after the last of them."""
    if len(line) < 2:
        return None
    middle = sum(at for at, _ in line) / len(line)
    mean = sum(number for _, number in line) / len(line)
    spread = sum((at - middle) ** 2 for at, _ in line)
    if not spread:
        return None
    slope = sum((at - middle) * (number - mean) for at, number in line) / spread
    return mean + slope * (line[-1][0] + DAY_SECONDS - middle)
