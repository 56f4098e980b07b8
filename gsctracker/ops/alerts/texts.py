"""What a telling says, in the language of who reads it: the words of its rule and where to look, never a name, an address or a
figure of anybody.
"""

from gsctracker.ops.alerts.faults import Telling
from gsctracker.ops.alerts.rules import Rule
from gsctracker.ops.letters import said
from gsctracker.words import N_

RUNBOOKS = "docs/runbooks.md"
STILL = N_("Still: %(what)s")
OVER = N_("Over: %(what)s")
_HEADS = {
    "again": STILL,
    "escalated": N_("Nobody has answered: %(what)s"),
    "acknowledged": N_("Looked after: %(what)s"),
    "over": OVER,
}


def title(telling: Telling, language: str) -> str:
    """One line in words: what is wrong, as the first sentence of its rule says it."""
    rule = telling.fault.rule
    line = _first_sentence(said((rule.says, {}), language))
    if rule.severity == "critical" and telling.kind not in ("acknowledged", "over"):
        line = said((N_("Urgent: %(what)s"), {"what": line}), language)
    head = _HEADS.get(telling.kind)
    return said((head, {"what": line}), language) if head else line


def body(telling: Telling, app_url: str | None, language: str) -> str:
    """What is wrong, the three steps, who can help, and where more stands; the rule's name and its severity as its file has
    them, for whoever looks for it.
    """
    rule = telling.fault.rule
    if telling.kind == "over":
        return f"{said((N_('It is over, there is nothing to do.'), {}), language)} ({rule.name})"
    if telling.kind == "acknowledged":
        return f"{said((N_('Somebody looks after it.'), {}), language)} ({rule.name})"
    steps = "\n".join(f"{number}. {said((step, {}), language)}" for number, step in enumerate(rule.steps, 1))
    call = said((N_("Who can help: %(who)s"), {"who": (rule.call, {})}), language)
    return f"{said((rule.says, {}), language)}\n\n{steps}\n\n{call}\n{link(rule, app_url)}\n\n({rule.name}, {rule.severity})"


def _first_sentence(says: str) -> str:
    return says.split(". ")[0].split(": ")[0].rstrip(".") + "."


def link(rule: Rule, app_url: str | None) -> str:
    """Where the fault is shown and acknowledged; without an address of the box, where its runbook stands."""
    return f"{app_url}/problems#{rule.anchor}" if app_url else f"{RUNBOOKS}#{rule.anchor}"
