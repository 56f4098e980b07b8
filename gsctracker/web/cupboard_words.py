"""How orders to the cupboard, their states, and claims are called on pages."""

from typing import Any

from flask_babel import gettext

from gsctracker.words import N_

KINDS = {"initial": N_("Initial order"), "planned": N_("Planned order"), "extra": N_("Extra from the cupboard")}
ABOUT_KINDS = {
    "initial": N_("Once a season. Each cookie is rounded up to whole cases; what is over is for the shelf."),
    "planned": N_("Booked with the cupboard for a day."),
    "extra": N_("Something between, without a booking."),
}
STATES = {
    "draft": N_("Draft"),
    "placed": N_("Placed"),
    "partly_received": N_("Partly received"),
    "received": N_("Received"),
    "cancelled": N_("Cancelled"),
    "no_show": N_("Not fetched"),
}
KINDS_OF_STATE = {"draft": "news", "placed": "wait", "partly_received": "wait", "received": "good", "no_show": "bad"}
EXTRAS = {"booths": N_("For booths"), "other": N_("Other packages")}
MIXES = {
    "own": N_("Mixed as our own sales of this season."),
    "before": N_("Mixed as our own sales of last season."),
    "baker": N_("Mixed as troops of our baker sell; with 200 packages sold, our own figures count."),
}
CLAIMS = {"missing": N_("Missing"), "surplus": N_("Too many"), "damaged": N_("Damaged on arrival")}
CLAIM_STATES = {"open": N_("To tell the council"), "told": N_("The council knows"), "settled": N_("Settled")}
KINDS_OF_CLAIM = {"open": "bad", "told": "wait", "settled": "good"}
OUTCOMES = {
    "credited": N_("Credited"),
    "delivered": N_("Delivered later"),
    "rejected": N_("Rejected by the council"),
    "waived": N_("Waived"),
}
OUTCOMES_OF_SURPLUS = OUTCOMES | {"credited": N_("Kept and charged"), "delivered": N_("Given back")}
ABOUT_OUTCOMES = {
    "credited": N_("The council takes it off what the troop owes."),
    "delivered": N_("The boxes came. Write them down as a move as well."),
    "rejected": N_("The council does not agree."),
    "waived": N_("Not worth asking for."),
}
ABOUT_OUTCOMES_OF_SURPLUS = ABOUT_OUTCOMES | {
    "credited": N_("The boxes stay on the shelf, and the troop owes for them."),
    "delivered": N_("They went back. Write that down as a move as well."),
}


def outcome(claim: Any) -> str:
    """What became of a claim, in words that fit its kind."""
    return gettext((OUTCOMES_OF_SURPLUS if claim.kind == "surplus" else OUTCOMES)[claim.outcome])


def outcomes(claim: Any) -> list[tuple[str, str, str]]:
    """What may become of a claim: (value, name, what it means); before the council was told it can only be waived."""
    surplus = claim.kind == "surplus"
    names, about = (OUTCOMES_OF_SURPLUS, ABOUT_OUTCOMES_OF_SURPLUS) if surplus else (OUTCOMES, ABOUT_OUTCOMES)
    allowed = list(names) if claim.told_on else ["waived"]
    return [(one, gettext(names[one]), gettext(about[one])) for one in allowed]
