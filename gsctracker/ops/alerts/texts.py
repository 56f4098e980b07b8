"""What a telling says: the words of its rule and where to look, never a name, an address or a figure of anybody."""

from gsctracker.ops.alerts.faults import Telling
from gsctracker.ops.alerts.rules import Rule

RUNBOOKS = "docs/runbooks.md"
_HEADS = {"began": "", "again": "Still: ", "escalated": "Nobody has answered: ", "over": "Over: "}


def title(telling: Telling) -> str:
    """One line: how grave, and which rule."""
    rule = telling.fault.rule
    return f"{_HEADS[telling.kind]}{rule.name} ({rule.severity})"


def body(telling: Telling, app_url: str | None) -> str:
    """What is wrong, the three steps, who can help, and where more stands."""
    rule = telling.fault.rule
    if telling.kind == "over":
        return f"{rule.name} is over. There is nothing to do."
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(rule.steps, 1))
    return f"{rule.says}\n\n{steps}\n\nWho can help: {rule.call}\n{link(rule, app_url)}"


def link(rule: Rule, app_url: str | None) -> str:
    """Where the fault is shown and acknowledged; without an address of the box, where its runbook stands."""
    return f"{app_url}/problems#{rule.anchor}" if app_url else f"{RUNBOOKS}#{rule.anchor}"
