"""What a proceeds plan asks for and what there is of it, as people read it."""

from fractions import Fraction

from flask_babel import gettext

from gsctracker.domain.money.proceeds import LEVELS, Condition, Held, figure
from gsctracker.web import wording
from gsctracker.web.locale import number
from gsctracker.words import N_

KINDS = {
    "pga": N_("An average of so many packages a girl"),
    "participation": N_("So many per cent of the girls sell"),
    "girls_at": N_("So many per cent of the girls have so many packages"),
    "io_per_girl": N_("So many packages a girl in the initial order"),
    "no_returns": N_("Nothing is returned to the council"),
    "fall_pga": N_("So many dollars a girl in the fall program"),
    "goc_per_girl": N_("So many donated packages a girl"),
    "online_per_girl": N_("So many packages a girl sold online"),
    "opted_out": N_("The troop opted out of rewards"),
    "level_from": N_("No girl is younger than a level (0 Daisy to 5 Ambassador)"),
    "by_hand": N_("Something that is ticked by hand"),
}
DENOMINATORS = {
    "selling": N_("Girls with at least one package"),
    "registered": N_("All girls on the roster"),
    "fixed": N_("A number the council fixed"),
}
ROUNDINGS = {
    "exact": N_("Not at all: 199.9 is under 200"),
    "nearest": N_("To the nearest whole package: 199.5 is 200"),
    "up": N_("Up to the next whole package: 199.1 is 200"),
}
NUMERATORS = {
    "charged": N_("All packages the council charges for"),
    "credited": N_("Packages that girls are credited with"),
}


def average(found: Fraction | None) -> str:
    """An average with one digit, cut off."""
    return gettext("none yet") if found is None else figure(found)


def asked(one: Condition) -> str:
    """What a condition asks for."""
    n = number(one.least)
    match one.kind:
        case "pga":
            return gettext("An average of %(n)s packages a girl", n=n)
        case "participation":
            return gettext("%(n)s %% of the girls sell", n=n)
        case "girls_at":
            return gettext("%(n)s %% of the girls have %(boxes)s packages or more", n=n, boxes=number(one.boxes))
        case "io_per_girl":
            return gettext("%(n)s packages a girl in the initial order", n=n)
        case "fall_pga":
            return gettext("$%(n)s a girl in the fall program", n=n)
        case "goc_per_girl":
            return gettext("%(n)s donated packages a girl", n=n)
        case "online_per_girl":
            return gettext("%(n)s packages a girl sold online", n=n)
        case "level_from":
            return gettext("No girl is younger than %(level)s", level=wording.said(wording.LEVELS, LEVELS[one.least]))
        case "by_hand":
            return gettext("Ticked by hand: the box cannot see it")
    return gettext(KINDS[one.kind])


def there_is(held: Held) -> str:
    """How much there is of it now."""
    kind, have = held.condition.kind, held.have
    if kind in ("by_hand", "opted_out"):
        return gettext("yes") if held.holds else gettext("no")
    if kind == "level_from":
        return (
            gettext("not every girl has a level") if have is None else wording.said(wording.LEVELS, LEVELS[int(have)])
        )
    if have is None:
        return gettext("no girl counts yet")
    if kind in ("participation", "girls_at"):
        return gettext("%(n)s %%", n=average(have))
    return f"${float(have):,.2f}" if kind == "fall_pga" else average(have)
