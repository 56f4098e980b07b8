"""What a telling says: the words of its rule and where to look, never a name, an address or a figure of anybody."""

from gsctracker.ops.alerts.faults import Telling
from gsctracker.ops.alerts.rules import Rule

RUNBOOKS = "docs/runbooks.md"
_HEADS = {
    "began": "",
    "again": "Still: ",
    "escalated": "Nobody has answered: ",
    "acknowledged": "Looked after: ",
    "over": "Over: ",
}


def title(telling: Telling) -> str:
    """One line in words: what is wrong, as the first sentence of its rule says it."""
    rule = telling.fault.rule
    urgent = "Urgent: " if rule.severity == "critical" and telling.kind not in ("acknowledged", "over") else ""
    return f"{_HEADS[telling.kind]}{urgent}{_first_sentence(rule)}"


def body(telling: Telling, app_url: str | None) -> str:
    """What is wrong, the three steps, who can help, and where more stands; the rule's name for whoever looks for it."""
    rule = telling.fault.rule
    if telling.kind == "over":
        return f"It is over, there is nothing to do. ({rule.name})"
    if telling.kind == "acknowledged":
        return f"Somebody looks after it. ({rule.name})"
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(rule.steps, 1))
    return (
        f"{rule.says}\n\n{steps}\n\nWho can help: {rule.call}\n{link(rule, app_url)}\n\n({rule.name}, {rule.severity})"
    )


def _first_sentence(rule: Rule) -> str:
    return rule.says.split(". ")[0].split(": ")[0].rstrip(".") + "."


def link(rule: Rule, app_url: str | None) -> str:
    """Where the fault is shown and acknowledged; without an address of the box, where its runbook stands."""
    return f"{app_url}/problems#{rule.anchor}" if app_url else f"{RUNBOOKS}#{rule.anchor}"
