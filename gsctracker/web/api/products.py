"""The cookies of the season and their prices."""

from flask import Blueprint

from gsctracker.domain.season import catalogue, seasons
from gsctracker.web.access import allow
from gsctracker.web.api.calls import call
from gsctracker.web.api.shapes import Answer, Listing, listing

bp = Blueprint("products_calls", __name__, url_prefix="/api/troops/<troop:tid>")


class Product(Answer, frozen=True):
    """One cookie of the season. Nobody ever carries a virtual one: it is paid for and donated."""

    id: int
    code: str
    name: str
    price_cents: int
    packages_per_case: int
    is_virtual: bool
    is_gluten_free: bool
    is_active: bool
    allergens: str | None = None


@bp.get("/products")
@allow("season.see")
@call(kept=True)
def cookies(tx) -> Listing[Product]:
    """The season's cookies in the baker's order."""
    rows = catalogue.products(tx, seasons.current(tx).id)
    return listing([_product(row) for row in rows])


def _product(row) -> Product:
    return Product(
        id=row.id,
        code=row.code,
        name=row.name,
        price_cents=row.price_cents,
        packages_per_case=row.packs_per_case,
        is_virtual=bool(row.is_virtual),
        is_gluten_free=bool(row.is_gluten_free),
        is_active=bool(row.is_active),
        allergens=row.allergens or None,
    )
