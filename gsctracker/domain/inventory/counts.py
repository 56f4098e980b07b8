"""Count a place and explain the difference. A count is what somebody saw; it never edits stock."""

from collections.abc import Mapping

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.inventory import stock, transfers
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

EXPLANATIONS = ("LOST", "FOUND", "DAMAGED")


def record(tx: apsw.Connection, by: Person, place_id: int, seen: Mapping[int, int], note: str = "") -> int:
    """Write down what was seen at a place, product id to packages; gives the count's id.

    Leaders count any place, a family its own girl's boxes.
    """
    season = seasons.current(tx)
    stock.place(tx, place_id, by)
    if not seen:
        sentence = N_("Enter at least one cookie.")
        raise Invalid(sentence, "no_items", {"items": sentence})
    count_id = add(
        tx,
        """INSERT INTO counts (season_id, place_id, counted_at, counted_by, note)
           VALUES (:season, :place, :now, :by, :note)""",
        season=season.id,
        place=place_id,
        now=clock.now(),
        by=by.id,
        note=values.text("note", note, 500),
    )
    for product_id, boxes in seen.items():
        product = catalogue.find(tx, product_id)
        if product.is_virtual or product.season_id != season.id:
            raise Invalid(N_("%(name)s cannot be counted."), "not_counted", name=product.name)
        expected = value(
            tx,
            "SELECT sum(boxes) FROM box_steps WHERE place_id = :place AND product_id = :product",
            place=place_id,
            product=product_id,
        )
        run(
            tx,
            "INSERT INTO count_lines (count_id, product_id, boxes, expected) VALUES (:count, :product, :boxes, :expected)",
            count=count_id,
            product=product_id,
            boxes=values.boxes("boxes", boxes, least=0),
            expected=expected or 0,
        )
    audit.note(tx, by.id, "stock.counted", "count", count_id)
    return count_id


def find(tx: apsw.Connection, count_id: int, by: Person) -> Row:
    """A count with `.lines` (product_id, name, code, boxes, expected, difference, explained packages). Raises NotFound."""
    count = one(tx, "SELECT * FROM counts WHERE id = :id", id=count_id)
    if count is None:
        raise NotFound(N_("There is no such count."), "no_such_count")
    try:
        stock.place(tx, count.place_id, by)
    except NotFound:  # of a place that is not hers not even the count is said to be there
        raise NotFound(N_("There is no such count."), "no_such_count") from None
    count.lines = many(
        tx,
        """SELECT product_id, name, code, boxes, expected, difference, explained
             FROM count_differences JOIN products ON products.id = product_id WHERE count_id = :count ORDER BY position""",
        count=count_id,
    )
    return count


def recent(
    tx: apsw.Connection, season_id: int, by: Person, place_id: int | None = None, before: int = 0, limit: int = 50
) -> list[Row]:
    """The counts of places she may see (of one place, if named), newest first; `open_lines` cookies are not explained yet."""
    everything = roles.allows(by, "stock.see")
    return many(
        tx,
        """SELECT counts.id, counts.place_id, places.kind AS place, places.scout_id, scouts.first_name AS scout_first_name,
                  booths.name AS booth_name, counted_at, counts.note,
                  scouts.last_initial AS scout_last_initial, accounts.first_name AS recorder,
                  (SELECT sum(boxes - expected) FROM count_lines WHERE count_id = counts.id) AS difference,
                  (SELECT count(*) FROM count_differences WHERE count_id = counts.id AND difference <> explained) AS open_lines
             FROM counts JOIN places ON places.id = counts.place_id
             LEFT JOIN scouts ON scouts.id = places.scout_id LEFT JOIN booths ON booths.id = places.booth_id
             LEFT JOIN accounts ON accounts.id = counted_by
            WHERE counts.season_id = :season
              AND (:place IS NULL OR counts.place_id = :place) AND (:before = 0 OR counts.id < :before)
              AND (:everything OR places.scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            ORDER BY counts.id DESC LIMIT :limit""",
        season=season_id,
        place=place_id,
        before=before,
        everything=everything,
        account=by.id,
        limit=limit,
    )


def explain(tx: apsw.Connection, by: Person, count_id: int, product_id: int, reason: str, note: str) -> int:
    """Close what a count found too few (LOST, DAMAGED) or too many (FOUND) of; gives the entry's id.

    The note says what happened. Raises Conflict where nothing is left to explain.
    """
    roles.require(by, "stock.move")
    values.choice("reason", reason, EXPLANATIONS)
    note = values.text("note", note, 500, 1)
    count = find(tx, count_id, by)
    seasons.require_open(seasons.find(tx, count.season_id), by)
    line = next((line for line in count.lines if line.product_id == product_id), None)
    left = line.difference - line.explained if line else 0
    if left == 0:
        raise Conflict(N_("Nothing of this is left to explain."), "nothing_to_explain")
    if (left > 0) != (reason == "FOUND"):
        sentence = N_("More boxes than expected were found, fewer were lost or damaged.")
        raise Invalid(sentence, "wrong_reason", {"reason": sentence})
    product, where = catalogue.find(tx, product_id), stock.place(tx, count.place_id, by)
    if where.place not in ("troop", "scout", "booth"):
        raise Invalid(N_("That place cannot be explained this way."), "wrong_place")
    entry_id = transfers.post(
        tx,
        count.season_id,
        reason,
        troop.today(tx),
        [(product_id, abs(left), product.price_cents)],
        by=by.id,
        scout_id=where.scout_id,
        booth_id=where.booth_id,
        count_id=count_id,
        note=note,
    )
    audit.note(tx, by.id, "stock.explained", "count", count_id)
    return entry_id
