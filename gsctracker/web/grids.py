"""The grid of a form in which every cookie has a place for cases and one for boxes."""

from collections.abc import Sequence
from typing import Any

from gsctracker import values
from gsctracker.web.forms import Reading
from gsctracker.words import N_

MOST_CASES = 8_000


def read(form: Reading, products: Sequence[Any]) -> list[tuple[Any, int]]:
    """What was typed as (cookie, boxes); a cookie left empty is not among them, one with a typed 0 is."""
    found = []
    for product in products:
        cases = form.take(f"cases-{product.id}", values.whole, 0, MOST_CASES, empty="")
        boxes = form.take(f"boxes-{product.id}", values.whole, 0, values.MOST_BOXES, empty="")
        if (cases, boxes) == ("", "") or cases is None or boxes is None:
            continue
        together = (cases or 0) * product.packs_per_case + (boxes or 0)
        if together > values.MOST_BOXES:
            form.wrong(f"boxes-{product.id}", N_("That is more than a whole season holds."))
        found.append((product, together))
    return found


def labels(products: Sequence[Any]) -> dict[str, str]:
    """The fields of the grid and the cookie each is about, for the list of what is wrong."""
    return {f"{part}-{product.id}": product.name for product in products for part in ("cases", "boxes")}


def handled(products: Sequence[Any]) -> list[Any]:
    """The cookies that come in boxes: Cookie Share does not."""
    return [product for product in products if not product.is_virtual]
