"""Rewards and points as people read them."""

from flask_babel import gettext, ngettext

from gsctracker.domain.rewards.ladders import Item, Step
from gsctracker.web.locale import money, number
from gsctracker.words import N_

WAYS = {
    "cumulative": N_("Every step up to hers"),
    "highest": N_("Her highest step alone"),
}
STATES = {
    "to_choose": (N_("to choose"), "wait"),
    "held": (N_("held until paid"), "bad"),
    "ready": (N_("earned"), "good"),
    "handed_out": (N_("handed out"), ""),
    "forfeited": (N_("forfeited"), "bad"),
}
REASONS = {
    "shift": N_("A booth shift"),
    "boxes": N_("Boxes credited"),
    "training": N_("Training"),
    "referral": N_("Brought a volunteer"),
    "birthday": N_("Birthday month"),
    "prize": N_("Given for a prize"),
    "returned": N_("Prize taken back"),
}
RULES = {
    "shift": N_("For every booth shift"),
    "boxes": N_("For every ten boxes credited"),
    "training": N_("For a training"),
    "referral": N_("For bringing a volunteer"),
    "birthday": N_("In the birthday month, where her family told it"),
}


def step(one: Step) -> str:
    """Where a step begins."""
    n = one.from_boxes
    if one.counts == "initial_order":
        return ngettext(
            "%(count)s box in the initial order", "%(count)s boxes in the initial order", n, count=number(n)
        )
    if one.counts == "digital":
        return ngettext("%(count)s box sold online", "%(count)s boxes sold online", n, count=number(n))
    if one.counts == "emails":
        return ngettext("%(count)s e-mail sent", "%(count)s e-mails sent", n, count=number(n))
    if one.counts == "sisters":
        return ngettext("%(count)s box of sisters together", "%(count)s boxes of sisters together", n, count=number(n))
    return ngettext("%(count)s box", "%(count)s boxes", n, count=number(n))


def item(one: Item) -> str:
    """What an item is, with its worth where it is a credit."""
    return f"{one.name} ({money(one.credit_cents)})" if one.credit_cents else one.name


def about(one: Item) -> str:
    """What is special of an item."""
    said = [
        gettext("a choice") if one.is_choice else "",
        gettext("sizes %(sizes)s", sizes=", ".join(one.sizes)) if one.sizes else "",
        gettext("kept by who opts out") if one.is_patch else "",
    ]
    return " · ".join(word for word in said if word)
