"""From rules that hold to faults that are told: how long, how often, not at night, and to whom next when nobody answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from gsctracker.ops.alerts.rules import Rule

LASTS_SECONDS = 900  # a fault is over when it was not there for so long: what comes and goes is one fault
REPEAT_SECONDS = 6 * 3600
ESCALATE_SECONDS = 900

Kind = Literal["began", "again", "escalated", "acknowledged", "over"]


@dataclass
class Fault:
    """A rule that holds, or did a moment ago: `is_there` says which. Times are seconds since 1970; `fired` once it held for
    as long as it must.
    """

    rule: Rule
    since: float
    held: float
    fired: float | None = None
    told: float | None = None
    has_told: bool = False
    escalated: bool = False
    is_there: bool = True
    acknowledged_by: str = ""


@dataclass(frozen=True)
class Telling:
    """What somebody is to be told: that a fault began, is there still, went unanswered, is looked after, or is over."""

    kind: Kind
    fault: Fault


class Faults:
    """All faults of this box from one look to the next."""

    def __init__(self, rules: tuple[Rule, ...]) -> None:
        self._rules = rules
        self._known: dict[str, Fault] = {}

    def adjust(self, rules: tuple[Rule, ...]) -> None:
        """The same rules with other limits."""
        self._rules = rules
        for rule in rules:
            if rule.name in self._known:
                self._known[rule.name].rule = rule

    def firing(self) -> list[Fault]:
        """What is wrong now, the gravest first; of the same severity, what the file of rules has first."""
        order = {"critical": 0, "warning": 1, "info": 2}
        found = [self._known[rule.name] for rule in self._rules if self.find(rule.name)]
        return sorted(found, key=lambda fault: order[fault.rule.severity])

    def find(self, name: str) -> Fault | None:
        """The fault of that rule, where it is one now."""
        fault = self._known.get(name)
        return fault if fault and fault.fired is not None else None

    def put_back(self, rule: Rule, began: float, told: float | None, acknowledged_by: str) -> None:
        """A fault that was open when the program ended: it is told no second time because of that."""
        if rule.name in self._known:
            return
        self._known[rule.name] = Fault(
            rule, began, began, fired=began, told=told, has_told=told is not None, acknowledged_by=acknowledged_by
        )

    def look(self, at: float, truths: Mapping[str, bool], quiet: bool) -> list[Telling]:
        """What is to be told at `at`. In quiet hours only what is critical; a warning waits for the morning."""
        tellings: list[Telling] = []
        for rule in self._rules:
            fault = self._step(rule, at, truths.get(rule.name, False))
            if fault is None or fault.fired is None:
                continue
            if at - fault.held >= LASTS_SECONDS:
                del self._known[rule.name]
                if fault.has_told:
                    tellings.append(Telling("over", fault))
            elif kind := self._due(fault, at, quiet):
                fault.told, fault.has_told = at, True
                fault.escalated = fault.escalated or kind == "escalated"
                tellings.append(Telling(kind, fault))
        return tellings

    def untold(self, fault: Fault) -> None:
        """Nobody could be told: the next look tries again."""
        fault.told = None

    def _step(self, rule: Rule, at: float, holds: bool) -> Fault | None:
        fault = self._known.get(rule.name)
        if fault:
            fault.is_there = holds
        if holds:
            if fault is None:
                fault = self._known[rule.name] = Fault(rule, at, at)
            fault.held = at
            if fault.fired is None and at - fault.since >= rule.seconds:
                fault.fired = at
        elif fault and fault.fired is None:
            del self._known[rule.name]
            return None
        return fault

    def _due(self, fault: Fault, at: float, quiet: bool) -> Kind | None:
        severity = fault.rule.severity
        fired = at if fault.fired is None else fault.fired
        if severity == "info" or (quiet and severity != "critical"):
            return None
        if fault.told is None:
            return "began"
        if fault.acknowledged_by or not fault.is_there:
            return None
        if severity == "critical" and not fault.escalated and at - fired >= ESCALATE_SECONDS:
            return "escalated"
        return "again" if at - fault.told >= REPEAT_SECONDS else None
