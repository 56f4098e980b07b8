"""How the kinds that the ledgers and the roster know are called on pages."""

from flask_babel import gettext

from gsctracker.words import N_

NO_BREAK = "\N{NO-BREAK SPACE}"

PLACES = {
    "council": N_("Council"),
    "troop": N_("The troop's shelf"),
    "transit": N_("On the way"),
    "damaged": N_("Damaged"),
    "customer": N_("Customers"),
    "other_troop": N_("Other troop"),
    "lost": N_("Lost"),
    "donated": N_("Donated"),
    "booth": N_("Booth"),
    "scout": N_("At a girl's home"),
}
ENTRIES = {
    "sale": N_("Sale"),
    "delivery": N_("Delivered to a customer"),
    "C2T": N_("Picked up from the cupboard"),
    "T2C": N_("Returned to the council"),
    "T2G": N_("Handed to a girl"),
    "G2T": N_("Returned by a girl"),
    "G2G": N_("From girl to girl"),
    "T2T_IN": N_("From another troop"),
    "T2T_OUT": N_("To another troop"),
    "TROOP_TO_BOOTH": N_("Packed for a booth"),
    "BOOTH_TO_TROOP": N_("Back from a booth"),
    "DAMAGED": N_("Damaged"),
    "REPLACED": N_("Replaced"),
    "LOST": N_("Lost"),
    "FOUND": N_("Found"),
    "TROOP_GIFT": N_("Given away by the troop"),
    "booth_sale": N_("Sold at a booth"),
    "booth_credit": N_("Credited from a booth"),
    "site_credit": N_("Credited from the troop's site"),
    "office_credit": N_("Credited by the council's system"),
    "payment": N_("Money handed in"),
    "deposit": N_("Deposit"),
    "sweep": N_("Withdrawn by the council"),
    "write_off": N_("Taken over by the council"),
}
CHANNELS = {
    "own": N_("Own sales"),
    "donation": N_("Cookie Share"),
    "shipped": N_("Shipped"),
    "booth": N_("Booth"),
    "site": N_("Troop's site"),
    "adjust": N_("Correction"),
}
SEASON_STATUSES = {
    "setup": N_("Getting ready"),
    "presale": N_("Pre-sale"),
    "io_locked": N_("Initial order placed"),
    "delivered": N_("Cookies have arrived"),
    "selling": N_("Selling"),
    "closing": N_("Closing"),
    "settled": N_("Settled"),
    "archived": N_("Archived"),
}
SCOUT_STATUSES = {"active": N_("Active"), "inactive": N_("Inactive"), "transferred": N_("Transferred")}
LEVELS = {
    "daisy": N_("Daisy"),
    "brownie": N_("Brownie"),
    "junior": N_("Junior"),
    "cadette": N_("Cadette"),
    "senior": N_("Senior"),
    "ambassador": N_("Ambassador"),
}
BAKERS = {"abc": N_("ABC Bakers"), "lbb": N_("Little Brownie Bakers")}


def said(names: dict[str, str], kind: str | None) -> str:
    """A kind as people say it, in the reader's language; nothing for None."""
    return gettext(names[kind]) if kind else ""


def options(names: dict[str, str]) -> list[tuple[str, str]]:
    """Every kind with its name, for a choice in a form."""
    return [(kind, gettext(name)) for kind, name in names.items()]


def girl(row: object, prefix: str = "") -> str:
    """A girl as she is called: first name, and as many letters as tell two apart, never on two lines."""
    first = getattr(row, f"{prefix}first_name")
    return f"{first}{NO_BREAK}{getattr(row, f'{prefix}last_initial') or ''}".strip()


def place(row: object) -> str:
    """A place as people say it: whose home, which booth, or the kind of place."""
    if row.scout_id:  # type: ignore[attr-defined]
        return girl(row, "scout_")
    return row.booth_name or said(PLACES, row.place)  # type: ignore[attr-defined]
