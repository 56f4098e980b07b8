"""How copies, their sizes, and what is lost with a restore are called on pages."""

from collections.abc import Mapping

from flask_babel import gettext

from gsctracker.db.carrying import CARRIED
from gsctracker.db.difference import Difference
from gsctracker.errors import Refusal
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.web.errors import say
from gsctracker.web.locale import number
from gsctracker.words import N_

KINDS = {
    "auto": N_("By itself"),
    "daily": N_("Of the day"),
    "manual": N_("Asked for"),
    "pre-migrate": N_("Before an update"),
    "pre-restore": N_("Before a restore"),
    "pre-upgrade": N_("Before an update"),
    "season-end": N_("End of a season"),
    "stop": N_("When the server stopped"),
}
RESULTS = {
    "running": N_("Begun"),
    "done": N_("Done"),
    "failed": N_("Failed"),
    "undone": N_("Taken back"),
}
TABLES = {
    "orders": N_("Sales"),
    "journal": N_("Entries in the ledgers"),
    "money_entries": N_("Entries of money"),
    "box_moves": N_("Moves of boxes"),
    "scouts": N_("Girls"),
    "guardians": N_("Caregivers"),
    "accounts": N_("People who sign in"),
    "booths": N_("Booths"),
    "shift_sign_ups": N_("Sign-ups for shifts"),
    "counts": N_("Counts"),
    "goals": N_("Goals"),
    "import_batches": N_("Imports"),
    "products": N_("Cookies"),
    "seasons": N_("Seasons"),
}
"""What people call what stands in a table; the others are counted together."""

ON_PAGES = {
    "no_manifest": N_(
        "There is no manifest (.json) beside this copy, so nobody can say what it should hold. Choose it too, or tick below that"
        " you trust the copy."
    ),
    "manifest_unproven": N_(
        "This copy was not signed with a key of this box. Give that box's key, or tick below that you trust the copy."
    ),
    "other_instance": N_(
        "This is the copy of another box. It can be put back only on an empty box, or at the console."
    ),
}
"""Refusals whose own sentence names options of the command."""

MEGABYTE = 1_000_000


def size(count: int) -> str:
    """Bytes as a person reads them."""
    if count >= MEGABYTE:
        return gettext("%(n)s MB", n=f"{count / MEGABYTE:.1f}")
    return gettext("%(n)s kB", n=max(1, round(count / 1000)))


def took(milliseconds: int) -> str:
    """How long something took, as a person says it."""
    seconds = max(1, round(milliseconds / 1000))
    if seconds < 60:
        return gettext("%(n)s s", n=seconds)
    return gettext("%(minutes)s min %(seconds)s s", minutes=seconds // 60, seconds=seconds % 60)


def inside(copy: Manifest) -> list[tuple[str, str]]:
    """What is in a copy: pairs of a name and how many."""
    return [
        (gettext(words), number(copy.tables[table]["rows"])) for table, words in TABLES.items() if table in copy.tables
    ]


def lost(found: Mapping[str, Difference]) -> list[tuple[str, Difference]]:
    """How the present differs from a copy, by what people call it; what has no name of its own comes last, as one line.

    What a restore carries over is not lost.
    """
    found = {table: each for table, each in found.items() if table not in CARRIED}
    named = [(gettext(words), found[table]) for table, words in TABLES.items() if table in found]
    others = [each for table, each in found.items() if table not in TABLES]
    if others:
        named.append(
            (
                gettext("Everything else"),
                Difference(
                    sum(each.only_here for each in others),
                    sum(each.only_there for each in others),
                    sum(each.changed for each in others),
                ),
            )
        )
    return named


def refusal(no: Refusal) -> str:
    """Why a copy is not put back, in the words of a page."""
    return gettext(ON_PAGES[no.code]) if no.code in ON_PAGES else say(no.message, no.params)
