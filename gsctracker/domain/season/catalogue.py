"""Cookies, prices and cases of a season, and every name a cookie goes by."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season.lineups import Cookie
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

_COLUMNS = """id, season_id, code, name, family, price_cents, packs_per_case, is_virtual, is_gluten_free, is_active,
              allergens, colour, position"""


def products(tx: apsw.Connection, season_id: int) -> list[Row]:
    """The season's cookies in the baker's own order, Cookie Share last, inactive ones too."""
    return many(
        tx,
        f"SELECT {_COLUMNS} FROM products WHERE season_id = :season ORDER BY is_virtual, position, id",
        season=season_id,
    )


def find(tx: apsw.Connection, product_id: int) -> Row:
    """A cookie by its id. Raises NotFound."""
    row = one(tx, f"SELECT {_COLUMNS} FROM products WHERE id = :id", id=product_id)
    if row is None:
        raise NotFound(N_("There is no such cookie."), "no_such_cookie")
    return row


def recognise(tx: apsw.Connection, season_id: int, said: str) -> Row | None:
    """The season's cookie that goes by this name, code, or the other baker's name; in any case and punctuation; or None."""
    key = values.letters(said) if isinstance(said, str) else ""
    return one(
        tx,
        f"""SELECT {_COLUMNS.replace("id, season_id", "products.id, products.season_id")}
              FROM product_names JOIN products ON products.id = product_id
             WHERE product_names.season_id = :season AND key = :key""",
        season=season_id,
        key=key,
    )


def named(tx: apsw.Connection, season_id: int, said: str, field: str = "product") -> Row:
    """As `recognise`, for a sale: raises Invalid for a name nobody knows or a cookie no longer sold."""
    found = recognise(tx, season_id, said)
    if found is None:
        sentence = N_("This season has no cookie called “%(said)s”.")
        raise Invalid(sentence, "unknown_cookie", {field: (sentence, {"said": str(said)[:60]})}, said=str(said)[:60])
    if not found.is_active:
        sentence = N_("%(name)s is not sold any more.")
        raise Invalid(sentence, "cookie_not_sold", {field: (sentence, {"name": found.name})}, name=found.name)
    return found


def add_product(tx: apsw.Connection, season_id: int, cookie: Cookie, position: int, packs_per_case: int = 12) -> int:
    """Put a cookie into a season with all its names; gives its id. Raises Conflict where a code is taken."""
    if one(tx, "SELECT 1 AS yes FROM products WHERE season_id = :s AND code = :c", s=season_id, c=cookie.code):
        sentence = N_("Another cookie has the code %(taken)s.")
        raise Conflict(sentence, "code_taken", {"code": (sentence, {"taken": cookie.code})}, taken=cookie.code)
    product_id = add(
        tx,
        """INSERT INTO products (season_id, code, name, family, price_cents, packs_per_case, is_virtual, is_gluten_free,
                                 allergens, colour, position)
           VALUES (:season, :code, :name, :family, :price, :packs, :virtual, :gluten_free, :allergens, :colour, :position)""",
        season=season_id,
        code=values.line("code", cookie.code, 12, 1),
        name=values.line("name", cookie.name, 60, 1),
        family=cookie.family,
        price=values.whole("priceCents", cookie.price_cents, 1, 10_000),
        packs=values.whole("packsPerCase", packs_per_case, 1, 100),
        virtual=int(cookie.is_virtual),
        gluten_free=int(cookie.is_gluten_free),
        allergens=values.line("allergens", cookie.allergens, 200),
        colour=cookie.colour,
        position=position,
    )
    for said in (cookie.name, cookie.code, *cookie.also):
        add_name(tx, season_id, product_id, said)
    return product_id


def add_name(tx: apsw.Connection, season_id: int, product_id: int, said: str) -> None:
    """From now on this name means this cookie; a name that already means one keeps its meaning."""
    if not values.letters(said):
        sentence = N_("A name needs letters or digits.")
        raise Invalid(sentence, "name_without_letters", {"name": sentence})
    run(
        tx,
        "INSERT INTO product_names (season_id, key, product_id) VALUES (:season, :key, :product) ON CONFLICT DO NOTHING",
        season=season_id,
        key=values.letters(said),
        product=product_id,
    )


def names(tx: apsw.Connection, season_id: int) -> dict[int, list[str]]:
    """Every name each cookie of the season is recognised by, as letters only."""
    found: dict[int, list[str]] = {}
    for row in many(
        tx, "SELECT product_id, key FROM product_names WHERE season_id = :season ORDER BY key", season=season_id
    ):
        found.setdefault(row.product_id, []).append(row.key)
    return found


def introduce(tx: apsw.Connection, season_id: int, cookie: Cookie, by: Person) -> int:
    """A cookie that the line-up does not have, put last; gives its id. Raises Conflict where code or name mean another."""
    roles.require(by, "season.manage")
    for field, said in (("code", cookie.code), ("name", cookie.name)):
        known = recognise(tx, season_id, said)
        if known is not None:
            sentence = N_("“%(said)s” means %(name)s already.")
            params = {"said": said[:60], "name": known.name}
            raise Conflict(sentence, "name_taken", {field: (sentence, params)}, **params)
    product_id = add_product(tx, season_id, cookie, len(products(tx, season_id)))
    audit.note(tx, by.id, "product.added", "product", product_id)
    return product_id


def also_called(tx: apsw.Connection, product_id: int, said: str, by: Person) -> None:
    """One more name for a cookie. Raises Conflict where the name means another one already."""
    roles.require(by, "season.manage")
    product = find(tx, product_id)
    said = values.line("also", said, 60, 1)
    if not values.letters(said):
        values.refuse("also", N_("A name needs letters or digits."))
    known = recognise(tx, product.season_id, said)
    if known is not None and known.id != product_id:
        sentence = N_("“%(said)s” means %(name)s already.")
        params = {"said": said, "name": known.name}
        raise Conflict(sentence, "name_taken", {"also": (sentence, params)}, **params)
    add_name(tx, product.season_id, product_id, said)
    audit.note(tx, by.id, "product.named", "product", product_id)


def change(tx: apsw.Connection, product_id: int, by: Person, **changes: object) -> None:
    """Change name, price_cents, packs_per_case, allergens or is_active. What was sold before keeps its price."""
    roles.require(by, "season.manage")
    now = find(tx, product_id)
    name = values.line("name", changes.get("name", now.name), 60, 1)
    known = recognise(tx, now.season_id, name)
    if known is not None and known.id != product_id:
        sentence = N_("“%(said)s” means %(name)s already.")
        params = {"said": name, "name": known.name}
        raise Conflict(sentence, "name_taken", {"name": (sentence, params)}, **params)
    run(
        tx,
        """UPDATE products SET name = :name, price_cents = :price, packs_per_case = :packs, allergens = :allergens,
                  is_active = :active WHERE id = :id""",
        id=product_id,
        name=name,
        price=values.whole("priceCents", changes.get("price_cents", now.price_cents), 1, 10_000),
        packs=values.whole("packsPerCase", changes.get("packs_per_case", now.packs_per_case), 1, 100),
        allergens=values.line("allergens", changes.get("allergens", now.allergens), 200),
        active=int(bool(changes.get("is_active", now.is_active))),
    )
    add_name(tx, now.season_id, product_id, name)
    told = audit.between(now, find(tx, product_id), ("name", "price_cents", "packs_per_case", "is_active"))
    audit.note(tx, by.id, "product.changed", "product", product_id, fields=sorted(changes), **told)


def packages(product: Row, quantity: int, unit_type: str = "boxes") -> int:
    """Packages in that many boxes or cases. Raises Invalid where it comes to more than a season holds."""
    found = quantity * product.packs_per_case if unit_type == "cases" else quantity
    return values.boxes("quantity", found)
