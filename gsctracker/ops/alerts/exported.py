"""The rules as others read them: for Prometheus, and as runbooks for people. Both are made, and a test compares."""

import json
from pathlib import Path

from gsctracker.ops.alerts.faults import LASTS_SECONDS
from gsctracker.ops.alerts.rules import OURS, Condition, Rule, parse
from gsctracker.ops.alerts.texts import RUNBOOKS

TOP = Path(__file__).parents[3]
_MADE = "Made from gsctracker/alert_rules.toml by `python -m gsctracker.ops.alerts.exported`"
_BY = "by (instance)"
_FIRST_MINUTES = "guides/emergencies.md"
_AT_BOX = "http://{{ $labels.instance }}/problems"  # Prometheus fills it in: the box that has the fault
_SLOW = frozenset({"SlowPages", "PagesAreGettingSlow", "MemoryHigh", "Hot", "UnderVoltage"})
_ATTACKS = frozenset({"LoginAttack", "Unusual"})


def expression(rule: Rule) -> str:
    """The rule in Prometheus's own language."""
    if rule.elsewhere:
        return rule.elsewhere
    each = [f"({measure(one)} {'>' if one.is_above else '<'} {_number(one.limit)})" for one in rule.when]
    return (" or " if rule.any_of else " and ").join(each) if len(each) > 1 else each[0][1:-1]


def measure(one: Condition) -> str:
    """The number that a condition compares, one for each box."""
    series, window = _series(one.metric, one), f"[{one.window}s]"
    if one.measure == "p99":
        return f"histogram_quantile(0.99, sum by (instance, le) (rate({_series(one.metric + '_bucket', one)}{window})))"
    if one.measure == "rise":
        return f"sum {_BY} (increase({series}{window}))"
    if one.measure == "share":
        return f"sum {_BY} (rate({series}{window})) / sum {_BY} (rate({one.metric}{window}))"
    if one.measure == "ahead":
        return f"{one.take} {_BY} (predict_linear({series}{window}, 86400))"
    if one.measure == "ratio":
        return f"{one.take} {_BY} ({series} / {one.over})"
    if one.measure == "age":
        return f"time() - {one.take} {_BY} ({series} > 0)"
    return f"{one.take} {_BY} ({series})"


def alerts(rules: tuple[Rule, ...]) -> str:
    """examples/prometheus/alerts.yml; every text in quotes, as JSON writes it, which YAML reads."""
    lines = [f"# {_MADE}; a test compares the two.", "groups:", "  - name: gsctracker", "    rules:"]
    for rule in rules:
        lines += [
            f"      - alert: {rule.name}",
            f"        expr: {json.dumps(expression(rule))}",
            f"        for: {rule.seconds}s",
        ]
        if not rule.elsewhere:
            lines.append(f"        keep_firing_for: {LASTS_SECONDS}s")
        lines += ["        labels:", f"          severity: {rule.severity}", "        annotations:"]
        lines += [
            f"          {name}: {json.dumps(text, ensure_ascii=False)}" for name, text in annotations(rule).items()
        ]
    return "\n".join([*lines, ""])


def annotations(rule: Rule) -> dict[str, str]:
    """What a message for this rule says."""
    return {
        "summary": rule.says,
        "description": " ".join(f"{number}. {step}" for number, step in enumerate(rule.steps, 1)),
        "runbook_url": f"{RUNBOOKS}#{rule.anchor}" if rule.elsewhere else f"{_AT_BOX}#{rule.anchor}",
    }


def runbooks(rules: tuple[Rule, ...]) -> str:
    """docs/runbooks.md: what each alert means, what to do in three steps, whom to call."""
    parts = [
        f"# Runbooks\n\n{_MADE}; a test compares the two.\n\n"
        "One part for each alert: what it means, what to do, who can help. The Problems page says the same, in your language.\n"
    ]
    for rule in rules:
        steps = "\n".join(f"{number}. {step}" for number, step in enumerate(rule.steps, 1))
        parts.append(
            f"\n## {rule.name}\n\n**What it means.** {rule.says} *({rule.severity})*\n\n**What to do.**\n\n{steps}\n\n"
            f"{_first_minutes(rule)}**Who can help.** {rule.call}\n\n**When.** `{expression(rule)}`{_for(rule.seconds)}\n"
        )
    return "".join(parts)


def _first_minutes(rule: Rule) -> str:
    """Where the first five minutes stand, for what cannot wait: slow, broken into, or critical."""
    part = "it-is-slow" if rule.name in _SLOW else "somebody-got-in" if rule.name in _ATTACKS else "something-critical"
    if part == "something-critical" and rule.severity != "critical":
        return ""
    return f"**The first five minutes.** [{part.replace('-', ' ').capitalize()}]({_FIRST_MINUTES}#{part})\n\n"


def _for(seconds: int) -> str:
    if not seconds:
        return ", at once"
    return (
        f", for {seconds // 60} minutes"
        if seconds > 60
        else ", for a minute"
        if seconds == 60
        else f", for {seconds} s"
    )


def _series(name: str, one: Condition) -> str:
    labels = ",".join(f'{label}{sign}"{text}"' for label, sign, text in one.labels)
    return f"{name}{{{labels}}}" if labels else name


def _number(limit: float) -> str:
    return str(int(limit)) if limit == int(limit) else str(limit)


PAGES = {"examples/prometheus/alerts.yml": alerts, "docs/runbooks.md": runbooks}


if __name__ == "__main__":
    ours = parse(OURS.read_text(encoding="utf-8"))
    for name, made in PAGES.items():
        (TOP / name).parent.mkdir(parents=True, exist_ok=True)
        (TOP / name).write_text(made(ours), encoding="utf-8")
