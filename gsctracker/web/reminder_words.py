"""What is written to a family about what it owes, in English and Spanish: its own figures, nobody else's, ready to be pasted."""

from typing import Any

from flask_babel import force_locale, gettext

from gsctracker.domain.money.limits import Over
from gsctracker.web import locale
from gsctracker.words import N_

LANGUAGES = (("en", N_("In English")), ("es", N_("In Spanish")))
STATES = {
    "open": (N_("Open"), "news"),
    "statement": (N_("Statement sent"), "news"),
    "overdue": (N_("Overdue"), "wait"),
    "reminded": (N_("Reminded"), "wait"),
    "filed": (N_("Reported to the council"), "bad"),
    "accepted": (N_("Accepted by the council"), "good"),
    "paid": (N_("Paid to the council"), "good"),
}
TOLD = {"statement": N_("Statement"), "reminder": N_("Reminder"), "call": N_("Call or talk")}


def texts(family: Any, troop: Any) -> list[tuple[str, str, str]]:
    """(language, its name, the text) for one family."""
    found = []
    for language, name in LANGUAGES:
        with force_locale(language):
            text = _text(family, troop)
        found.append((language, gettext(name), text))
    return found


def _text(family: Any, troop: Any) -> str:
    parts = [
        gettext(
            "Hello! This is about %(girl)s's cookies, from Troop %(troop)s.", girl=family.first_name, troop=troop.number
        )
    ]
    if family.file and family.file.outcome is None:
        amount = locale.money(family.file.cents)
        parts.append(
            gettext("%(amount)s were reported to the council. Please pay the council, not the troop.", amount=amount)
        )
        return " ".join(parts)
    parts.append(
        gettext("By our book your family owes the troop %(amount)s today.", amount=locale.money(family.balance_cents))
    )
    if family.cash_held_cents > 0:
        amount = locale.money(family.cash_held_cents)
        parts.append(gettext("%(amount)s of it is cash from sales: please bring it to me this week.", amount=amount))
    if family.boxes_held_cents > 0:
        amount = locale.money(family.boxes_held_cents)
        parts.append(gettext("%(amount)s of it is boxes that are still at your home.", amount=amount))
    if family.customers_owe_cents > 0:
        amount = locale.money(family.customers_owe_cents)
        parts.append(gettext("%(amount)s of it your customers have not paid yet.", amount=amount))
    parts.append(gettext("If that is not what you see in the app or on your receipts, tell me. Thank you!"))
    return " ".join(parts)


def warning(over: Over) -> str:
    """A limit that a family exceeds, in words."""
    if over.which == "days":
        return gettext("The family holds cash for %(held)s days without handing any in; the limit is %(limit)s.",
                       held=over.held, limit=over.limit)  # fmt: skip
    held, most = locale.money(over.held), locale.money(over.limit)
    if over.which == "cash":
        return gettext("The family holds %(held)s in cash; the limit is %(limit)s.", held=held, limit=most)
    return gettext("The family holds boxes for %(held)s; the limit is %(limit)s.", held=held, limit=most)
