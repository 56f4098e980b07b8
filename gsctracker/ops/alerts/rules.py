"""The rules of `alert_rules.toml`, read and checked: a file with a mistake is refused, and its line is named."""

import dataclasses
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsctracker.config import Config
from gsctracker.errors import Invalid
from gsctracker.ops.alerts import series
from gsctracker.words import N_

FILE = "alert_rules.toml"
OURS = Path(__file__).parents[2] / FILE
LARGEST_FILE = 200_000
LIGHTS = ("site", "data", "proven", "disk")
SEVERITIES = ("info", "warning", "critical")
WINDOWED = ("rise", "share", "p99", "ahead")
MEASURES = ("now", "ratio", "age", *WINDOWED)
STEPS = 3

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
_LABEL = re.compile(r'([a-z_]+)(=~|=)"([^"\\]*)"(?:,|$)')
_KEYS = {"name", "severity", "light", "for", "match", "when", "elsewhere", "says", "steps", "call"}
_WHEN_KEYS = {"measure", "metric", "over", "with", "window", "take", "above", "below", "range"}


@dataclass(frozen=True)
class Condition:
    """One comparison: a measure of a metric, over or under a limit. `labels` are (name, = or =~, value); `window` seconds."""

    measure: str
    metric: str
    over: str
    labels: tuple[tuple[str, str, str], ...]
    window: int
    take: str
    limit: float
    is_above: bool
    least: float | None = None  # within these the limit can be changed on its page
    most: float | None = None

    def holds(self, number: float | None) -> bool:
        """Whether this number is a fault; where there is none, nothing is known and nothing is wrong."""
        if number is None or number != number:
            return False
        return number > self.limit if self.is_above else number < self.limit


@dataclass(frozen=True)
class Rule:
    """What is wrong: `seconds` it must hold, `elsewhere` an expression for Prometheus alone, the rest in words for a volunteer."""

    name: str
    severity: str
    light: str
    seconds: int
    any_of: bool
    when: tuple[Condition, ...]
    elsewhere: str
    says: str
    steps: tuple[str, ...]
    call: str

    @property
    def anchor(self) -> str:
        """Where the runbook speaks of it."""
        return self.name.lower()


def is_own(config: Config) -> bool:
    """Whether this box has a file of rules of its own."""
    return (config.data_dir / FILE).is_file()


def load(config: Config) -> tuple[Rule, ...]:
    """The rules of this box: those in DATA_DIR where such a file is, otherwise ours. Raises Invalid with the line."""
    path = config.data_dir / FILE if is_own(config) else OURS
    try:
        with path.open(encoding="utf-8") as file:
            text = file.read(LARGEST_FILE)
    except (OSError, UnicodeDecodeError):
        raise Invalid(N_("%(file)s cannot be read."), "bad_alert_rules", file=str(path)) from None
    return parse(text, path.name)


def parse(text: str, name: str = FILE) -> tuple[Rule, ...]:
    """The rules in that text. Raises Invalid, naming the line, for what is no TOML, no rule, a word nobody knows, or a metric or
    label that nobody measures.
    """
    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as wrong:
        said = str(wrong)
        found = re.search(r"at line (\d+)", said)
        line = int(found[1]) if found else text.count("\n") + 1
        raise _refusal(name, line, said.split(" (at ")[0]) from None
    lines = text.splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line.strip() == "[[rule]]"]
    strange = sorted(set(given) - {"rule"})
    if strange:
        line = next((number for number, line in enumerate(lines, 1) if strange[0] in line), 1)
        raise _refusal(name, line, f"there is nothing called {strange[0]}")
    blocks = given.get("rule")
    if not isinstance(blocks, list) or not blocks or len(starts) != len(blocks):
        raise _refusal(name, 1, "each rule begins with a line [[rule]]")
    found_rules: list[Rule] = []
    for block, start, end in zip(blocks, starts, [*starts[1:], len(lines) + 1], strict=True):
        try:
            rule = _rule(block)
            if rule.name in {known.name for known in found_rules}:
                raise _Wrong("name", f"{rule.name} is there twice")
        except _Wrong as wrong:
            raise _refusal(name, _line_of(lines, start, end, wrong.word), wrong.said) from None
        found_rules.append(rule)
    return tuple(found_rules)


def adjusted(rules: tuple[Rule, ...], limits: Mapping[tuple[str, int], float]) -> tuple[Rule, ...]:
    """The rules with other limits, by (rule, number of its condition from 1 on), as far as each lies in its range."""
    return tuple(
        dataclasses.replace(
            rule,
            when=tuple(
                _with_limit(one, limits.get((rule.name, number))) for number, one in enumerate(rule.when, start=1)
            ),
        )
        for rule in rules
    )


def _with_limit(one: Condition, limit: float | None) -> Condition:
    if limit is None or one.least is None or one.most is None or not one.least <= limit <= one.most:
        return one
    return dataclasses.replace(one, limit=limit)


class _Wrong(Exception):
    """What is wrong in a rule, and a word that its line holds."""

    def __init__(self, word: str, said: str) -> None:
        super().__init__(said)
        self.word, self.said = word, said


def _refusal(name: str, line: int, said: str) -> Invalid:
    return Invalid(N_("Line %(line)d of %(file)s: %(said)s."), "bad_alert_rules", line=line, file=name, said=said)


def _line_of(lines: list[str], start: int, end: int, word: str) -> int:
    for number in range(start, end):
        if re.search(rf"(^|\W){re.escape(word)}(\W|$)", lines[number - 1].split("#")[0]):
            return number
    return start


def _rule(block: dict[str, Any]) -> Rule:
    _known(block, _KEYS)
    name = _text(block, "name", 40)
    if not re.fullmatch(r"[A-Z][A-Za-z]+", name):
        raise _Wrong("name", "a name is one word in letters, beginning with a capital")
    steps = block.get("steps")
    if not isinstance(steps, list) or len(steps) != STEPS or not all(isinstance(step, str) and step for step in steps):
        raise _Wrong("steps", "steps are three sentences")
    when = block.get("when", [])
    if bool(when) == ("elsewhere" in block) or not isinstance(when, list):
        raise _Wrong("when", "a rule has either when or elsewhere")
    return Rule(
        name=name,
        severity=_one_of(block, "severity", SEVERITIES),
        light=_one_of(block, "light", LIGHTS),
        seconds=_seconds(block, "for"),
        any_of=_one_of({"match": "all"} | block, "match", ("all", "any")) == "any",
        when=tuple(_condition(each) for each in when),
        elsewhere=_text(block, "elsewhere", 500) if not when else "",
        says=_text(block, "says", 200),
        steps=tuple(steps),
        call=_text(block, "call", 200),
    )


def _condition(given: object) -> Condition:
    if not isinstance(given, dict):
        raise _Wrong("when", "what holds is written as { measure = ..., metric = ... }")
    _known(given, _WHEN_KEYS)
    measure = _one_of(given, "measure", MEASURES)
    metric = _metric(given, "metric")
    if ("above" in given) == ("below" in given):
        raise _Wrong(metric, "a limit is either above or below")
    side = "above" if "above" in given else "below"
    limit = given[side]
    if isinstance(limit, bool) or not isinstance(limit, int | float):
        raise _Wrong(str(limit), f"{side} takes a number")
    if (measure == "ratio") != ("over" in given):
        raise _Wrong(metric, "over belongs to ratio, and ratio to over")
    if (measure in WINDOWED) != ("window" in given):
        raise _Wrong(metric, f"a window belongs to {', '.join(WINDOWED)}")
    over = _metric(given, "over") if "over" in given else ""
    labels = _labels(str(given.get("with", "")))
    odd = series.wrong(metric, labels, measure == "p99") or (series.wrong(over, (), False) if over else None)
    if odd:
        raise _Wrong(*odd)
    return Condition(
        measure,
        metric,
        over,
        labels,
        _seconds(given, "window") if "window" in given else 0,
        _one_of({"take": "max"} | given, "take", ("max", "min", "sum")),
        float(limit),
        side == "above",
        *_range(given, limit),
    )


def _range(given: dict[str, Any], limit: float) -> tuple[float | None, float | None]:
    if "range" not in given:
        return None, None
    ends = given["range"]
    fits = isinstance(ends, list) and len(ends) == 2 and all(type(end) in (int, float) for end in ends)
    if not fits or not 0 <= ends[0] <= ends[1]:
        raise _Wrong("range", "a range is two numbers, the least first")
    return float(min(ends[0], limit)), float(max(ends[1], limit))  # who writes a file of her own may go beyond ours


def _known(given: dict[str, Any], keys: set[str]) -> None:
    for key in given:
        if key not in keys:
            raise _Wrong(key, f"there is nothing called {key}")


def _text(given: dict[str, Any], key: str, longest: int) -> str:
    text = given.get(key)
    if not isinstance(text, str) or not 0 < len(text) <= longest:
        raise _Wrong(key, f"{key} is a text of at most {longest} characters")
    return text


def _one_of(given: dict[str, Any], key: str, words: tuple[str, ...]) -> str:
    if given.get(key) not in words:
        raise _Wrong(str(given.get(key, key)), f"{key} is one of {', '.join(words)}")
    return given[key]


def _metric(given: dict[str, Any], key: str) -> str:
    if not re.fullmatch(r"[a-z_]{3,80}", str(given.get(key, ""))):
        raise _Wrong(key, f"{key} is the name of a metric")
    return given[key]


def _seconds(given: dict[str, Any], key: str) -> int:
    found = re.fullmatch(r"([0-9]{1,4})([smhd])", str(given.get(key, "")))
    if not found:
        raise _Wrong(key, f"{key} is a length of time such as 10m")
    return int(found[1]) * _UNITS[found[2]]


def _labels(text: str) -> tuple[tuple[str, str, str], ...]:
    found, at = [], 0
    while at < len(text):
        match = _LABEL.match(text, at)
        if not match:
            raise _Wrong("with", 'with takes labels such as status=~"5.."')
        try:
            re.compile(match[3])
        except re.error:
            raise _Wrong("with", f"{match[3]} is no pattern") from None
        found.append((match[1], match[2], match[3]))
        at = match.end()
    return tuple(found)
