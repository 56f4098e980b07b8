"""The list of sales: filtered, searched, page by page, newest first."""

from dataclasses import dataclass
from typing import Any

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, ids, many, value
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import search
from gsctracker.domain.season import catalogue
from gsctracker.errors import Invalid
from gsctracker.words import N_

_ASKED = {
    "paid": "orders.status IN ('promised', 'delivered') AND collected_cents >= amount_cents",
    "unpaid": "orders.status IN ('promised', 'delivered') AND collected_cents < amount_cents",
    "to_deliver": "orders.status = 'promised' AND order_type NOT IN ('shipped', 'donation')",
    "to_thank": """orders.status = 'delivered' AND customer_name <> ''
                   AND NOT EXISTS (SELECT 1 FROM order_thanks WHERE order_id = orders.id)""",
}
STATUSES = ("needs_approval", "promised", "delivered", "cancelled", "unknown", *_ASKED)
TYPES = ("order_card", "in_hand", "delivery", "pickup", "shipped", "donation", "booth", "unknown")

_AS_JSON = """format(
    '{"id":%d,%s%s"customerName":%s,"orderType":"%s","status":"%s","paymentMethod":"%s","boxes":%d,"donatedBoxes":%d,'
    || '"amountCents":%d,"collectedCents":%d,"orderedAt":"%s","date":"%s","source":"%s","version":%d,"items":[%s]}',
    orders.id,
    iif(orders.scout_id IS NULL, '', format('"scoutId":%d,"scoutFirstName":%s,', orders.scout_id, json_quote(first_name))),
    iif(external_number IS NULL, '', format('"number":%s,', json_quote(external_number))),
    json_quote(customer_name), order_type, orders.status, payment_method, boxes, donated_boxes,
    amount_cents, collected_cents, ordered_at, ordered_on, source, version,
    (SELECT group_concat(format('{"product":%s,"code":%s,"boxes":%d,"priceCents":%d}',
                                json_quote(name), json_quote(code), order_lines.boxes, order_lines.price_cents))
       FROM order_lines JOIN products ON products.id = product_id
      WHERE order_id = orders.id))"""
"""A sale as JSON text. Words that a CHECK of schema.sql lists are written as they are, every other text is quoted."""

_OWN = "orders.scout_id IN (SELECT value FROM json_each(:girls))"
"""Of one girl they are asked for by her number alone: then they come in order of time from an index."""

_WIDE = 10**15
"""Added to an id so that ids of any length sort as text."""


@dataclass(frozen=True)
class Filter:
    """Which sales are asked for; None leaves a question open. Days are inclusive. `troop_only`: the troop's own sales."""

    scout_id: int | None = None
    product: str | None = None
    status: str | None = None
    order_type: str | None = None
    first_day: str | None = None
    last_day: str | None = None
    q: str | None = None
    troop_only: bool = False


@dataclass(frozen=True)
class After:
    """Where the page before ended."""

    ordered_at: str
    id: int


def page(
    tx: apsw.Connection, by: Person, season_id: int, wanted: Filter, after: After | None = None, limit: int = 50
) -> list[Row]:
    """Sales she may see, newest first; ask for one more than you show to know of a next page. No lines: see `cookies`."""
    where, binds = _where(tx, by, season_id, wanted, after)
    return many(
        tx,
        f"""SELECT orders.id, orders.scout_id, first_name AS scout_first_name, last_initial AS scout_last_initial,
                   customer_name, order_type, orders.status, payment_method, boxes, donated_boxes, amount_cents,
                   collected_cents, ordered_at, ordered_on, source, external_number, version
              FROM orders LEFT JOIN scouts ON scouts.id = orders.scout_id
             WHERE {where} ORDER BY ordered_at DESC, orders.id DESC LIMIT :limit""",
        limit=limit,
        **binds,
    )


def page_json(
    tx: apsw.Connection, by: Person, season_id: int, wanted: Filter, after: After | None = None, limit: int = 50
) -> tuple[str, After | None]:
    """The same page as JSON text, its sales separated by commas, and where the next page begins if there is one.

    SQLite makes it, in a single row: four times cheaper than through objects, and a thread that reads is not stopped and
    started for every sale.
    """
    where, binds = _where(tx, by, season_id, wanted, after)
    text, last = tx.execute(
        f"""SELECT group_concat(sale, ',' ORDER BY place DESC), min(place)
              FROM (SELECT {_AS_JSON} AS sale, format('%s %d', ordered_at, orders.id + {_WIDE}) AS place
                      FROM orders LEFT JOIN scouts ON scouts.id = orders.scout_id
                     WHERE {where} ORDER BY ordered_at DESC, orders.id DESC LIMIT :limit)""",
        {"limit": limit, **binds},
    ).fetchone()  # type: ignore[misc]  # an aggregate gives one row always
    if last is None:
        return "", None
    ordered_at, _, number = str(last).partition(" ")
    following = After(ordered_at, int(number) - _WIDE)
    where, binds = _where(tx, by, season_id, wanted, following)
    is_more = value(tx, f"SELECT EXISTS (SELECT 1 FROM orders WHERE {where})", **binds)
    return str(text), following if is_more else None


def with_cookies(tx: apsw.Connection, by: Person, season_id: int, product_ids: list[int]) -> list[tuple[Any, ...]]:
    """Every sale she may see, newest first: day, id, number or '', girl, customer, type, status, payment method, the packages
    of each of these products, boxes, amount_cents, collected_cents.

    Tuples straight from SQLite: beside thousands of objects that stay, Python looks through its whole memory again and again.
    """
    where, binds = _where(tx, by, season_id, Filter(), None)
    boxes = "".join(
        f"ifnull(sum(order_lines.boxes) FILTER (WHERE product_id = {int(one)}), 0), " for one in product_ids
    )
    return tx.execute(
        f"""SELECT ordered_on, orders.id, ifnull(external_number, ''),
                   trim(ifnull(first_name, '') || ' ' || ifnull(last_initial, '')), customer_name, order_type,
                   orders.status, payment_method, {boxes} orders.boxes, amount_cents, collected_cents
              FROM orders LEFT JOIN scouts ON scouts.id = orders.scout_id LEFT JOIN order_lines ON order_id = orders.id
             WHERE {where} GROUP BY ordered_at, orders.id ORDER BY ordered_at DESC, orders.id DESC""",
        binds,
    ).fetchall()


def count(tx: apsw.Connection, by: Person, season_id: int, wanted: Filter) -> int:
    """How many sales there are in all pages together."""
    where, binds = _where(tx, by, season_id, wanted, None)
    return value(tx, f"SELECT count(*) FROM orders WHERE {where}", **binds)


def totals(tx: apsw.Connection, by: Person, season_id: int, wanted: Filter) -> Row:
    """All pages together: sales (rows), counted (of them), boxes, donated_boxes, amount_cents, collected_cents, owed_cents.

    What was cancelled, waits for approval or is not clear is a row, but is in no other figure.
    """
    where, binds = _where(tx, by, season_id, wanted, None)
    return many(
        tx,
        f"""SELECT count(*) AS sales, count(*) FILTER (WHERE counts) AS counted,
                   ifnull(sum(boxes) FILTER (WHERE counts), 0) AS boxes,
                   ifnull(sum(donated_boxes) FILTER (WHERE counts), 0) AS donated_boxes,
                   ifnull(sum(amount_cents) FILTER (WHERE counts), 0) AS amount_cents,
                   ifnull(sum(collected_cents) FILTER (WHERE counts), 0) AS collected_cents,
                   ifnull(sum(amount_cents - collected_cents) FILTER (WHERE counts), 0) AS owed_cents
              FROM (SELECT boxes, donated_boxes, amount_cents, collected_cents,
                           status IN ('promised', 'delivered') AS counts
                      FROM orders WHERE {where})""",
        **binds,
    )[0]


def cookies(tx: apsw.Connection, order_ids: list[int]) -> dict[int, list[Row]]:
    """The lines (code, name, colour, boxes, price_cents) of each of these sales."""
    found: dict[int, list[Row]] = {order_id: [] for order_id in order_ids}
    for line in many(
        tx,
        """SELECT order_id, code, name, colour, order_lines.boxes, order_lines.price_cents
              FROM order_lines JOIN products ON products.id = product_id
             WHERE order_id IN (SELECT value FROM json_each(:orders)) ORDER BY order_id, is_virtual, position""",
        orders=ids(order_ids),
    ):
        found[line.order_id].append(line)
    return found


def _where(
    tx: apsw.Connection, by: Person, season_id: int, wanted: Filter, after: After | None
) -> tuple[str, dict[str, object]]:
    terms, binds = ["orders.season_id = :season"], dict[str, object](season=season_id)
    if wanted.scout_id is not None:
        roles.must_see_scout(by, wanted.scout_id)
        terms.append("orders.scout_id = :scout")
        binds["scout"] = wanted.scout_id
    elif not roles.allows(by, "sales.all"):
        terms.append(_OWN if len(by.scout_ids) > 1 else "orders.scout_id = :girl")
        binds |= {"girls": ids(by.scout_ids), "girl": min(by.scout_ids, default=None)}
    if wanted.troop_only:
        terms.append("orders.scout_id IS NULL")
    if wanted.status is not None:
        terms.append(_status(wanted.status, binds))
    if wanted.order_type is not None:
        terms.append("order_type = :order_type")
        binds["order_type"] = values.choice("orderType", wanted.order_type, TYPES)
    if wanted.first_day is not None:
        terms.append("ordered_on >= :first_day")
        binds["first_day"] = values.day("from", wanted.first_day)
    if wanted.last_day is not None:
        terms.append("ordered_on <= :last_day")
        binds["last_day"] = values.day("to", wanted.last_day)
    if wanted.product is not None:
        product = catalogue.recognise(tx, season_id, wanted.product)
        if product is None:
            sentence = N_("This season has no cookie called “%(said)s”.")
            raise Invalid(
                sentence,
                "unknown_cookie",
                {"product": (sentence, {"said": wanted.product[:60]})},
                said=wanted.product[:60],
            )
        terms.append("orders.id IN (SELECT order_id FROM order_lines WHERE product_id = :product)")
        binds["product"] = product.id
    if wanted.q and (sought := search.expression(tx, season_id, values.line("q", wanted.q, 100))):
        terms.append("orders.id IN (SELECT rowid FROM order_search WHERE order_search MATCH :sought)")
        binds["sought"] = sought
    if after is not None:
        terms.append("(ordered_at, orders.id) < (:after_at, :after_id)")
        binds |= {"after_at": after.ordered_at, "after_id": after.id}
    return " AND ".join(terms), binds


def _status(said: str, binds: dict[str, object]) -> str:
    said = values.choice("status", said, STATUSES)
    if said in _ASKED:
        return _ASKED[said]
    binds["status"] = said
    return "orders.status = :status"
