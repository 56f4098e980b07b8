"""Where every box is now, and why."""

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import NotFound
from gsctracker.words import N_

_SHOWN = ("troop", "scout", "booth", "transit", "damaged")
_PLACE = """places.id AS place_id, places.kind AS place, places.scout_id, places.booth_id,
            scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial, booths.name AS booth_name"""


def on_hand(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    """Boxes per place and cookie, places with nothing left out; a family sees its own girls' places only."""
    everything = roles.allows(by, "stock.see")
    return many(
        tx,
        f"""SELECT {_PLACE}, products.id AS product_id, products.code, products.name, products.colour, price_cents, boxes
              FROM boxes_at JOIN places ON places.id = place_id JOIN products ON products.id = product_id
              LEFT JOIN scouts ON scouts.id = places.scout_id LEFT JOIN booths ON booths.id = places.booth_id
             WHERE products.season_id = :season AND boxes <> 0 AND places.kind IN {_SHOWN}
               AND (:everything OR places.scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
             ORDER BY places.id, products.position""",
        season=season_id,
        everything=everything,
        account=by.id,
    )


def everywhere(tx: apsw.Connection, season_id: int) -> list[Row]:
    """For each cookie where its boxes are, one column a kind of place; received is what came from council and other troops.

    Conservation (invariant I1): received = the sum of all other columns.
    """
    return many(
        tx,
        """SELECT products.id AS product_id, code, name, colour, price_cents, packs_per_case,
                  -sum(CASE WHEN kind IN ('council', 'other_troop') THEN boxes ELSE 0 END) AS received,
                  sum(CASE WHEN kind = 'troop' THEN boxes ELSE 0 END) AS troop,
                  sum(CASE WHEN kind = 'scout' THEN boxes ELSE 0 END) AS scouts,
                  sum(CASE WHEN kind = 'booth' THEN boxes ELSE 0 END) AS booths,
                  sum(CASE WHEN kind = 'transit' THEN boxes ELSE 0 END) AS transit,
                  sum(CASE WHEN kind = 'damaged' THEN boxes ELSE 0 END) AS damaged,
                  sum(CASE WHEN kind IN ('customer', 'donated') THEN boxes ELSE 0 END) AS customers,
                  sum(CASE WHEN kind = 'lost' THEN boxes ELSE 0 END) AS lost
             FROM products LEFT JOIN boxes_at ON product_id = products.id LEFT JOIN places ON places.id = place_id
            WHERE season_id = :season AND is_virtual = 0
            GROUP BY products.id ORDER BY position""",
        season=season_id,
    )


def below_zero(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Places with fewer than no boxes of a cookie: a pick-up or a move was never recorded. Cookie by cookie, never netted."""
    return many(
        tx,
        f"""SELECT {_PLACE}, products.id AS product_id, products.code, products.name, boxes
              FROM boxes_at JOIN places ON places.id = place_id JOIN products ON products.id = product_id
              LEFT JOIN scouts ON scouts.id = places.scout_id LEFT JOIN booths ON booths.id = places.booth_id
             WHERE products.season_id = :season AND boxes < 0 AND places.kind IN {_SHOWN}
             ORDER BY boxes, places.id LIMIT 200""",
        season=season_id,
    )


def place(tx: apsw.Connection, place_id: int, by: Person) -> Row:
    """A place that is hers to see. Raises NotFound."""
    found = many(
        tx,
        f"""SELECT {_PLACE} FROM places LEFT JOIN scouts ON scouts.id = places.scout_id
              LEFT JOIN booths ON booths.id = places.booth_id WHERE places.id = :id""",
        id=place_id,
    )
    if not found or not (roles.allows(by, "stock.see") or found[0].scout_id in by.scout_ids):
        raise NotFound(N_("There is no such place."), "no_such_place")
    return found[0]


def why(
    tx: apsw.Connection,
    season_id: int,
    place_id: int,
    by: Person,
    product_id: int | None = None,
    before: int = 0,
    limit: int = 50,
) -> list[Row]:
    """The postings behind a number of boxes at a place, newest first: `boxes` above zero came in, below zero went out.

    `before` is the posting id where the page before ended (0: begin with the newest). A family does not see which other
    girl her boxes came from or went to.
    """
    place(tx, place_id, by)
    return many(
        tx,
        """SELECT box_moves.id, entry_id, journal.kind, day, recorded_at, order_id, reference, note, reverses, product_id,
                  products.name, code, CASE WHEN to_place = :place THEN box_moves.boxes ELSE -box_moves.boxes END AS boxes,
                  CASE WHEN to_place = :place THEN from_place ELSE to_place END AS other_place_id,
                  other.kind AS other_place, scouts.first_name AS other_scout_first_name, scouts.last_initial AS other_scout_last_initial
             FROM (SELECT id FROM box_moves WHERE to_place = :place UNION ALL SELECT id FROM box_moves WHERE from_place = :place) AS mine
             JOIN box_moves ON box_moves.id = mine.id JOIN journal ON journal.id = entry_id JOIN products ON products.id = product_id
             JOIN places AS other ON other.id = CASE WHEN to_place = :place THEN from_place ELSE to_place END
             LEFT JOIN scouts ON scouts.id = other.scout_id
                  AND (:everything OR scouts.id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            WHERE journal.season_id = :season AND (:product IS NULL OR product_id = :product) AND (:before = 0 OR box_moves.id < :before)
            ORDER BY box_moves.id DESC LIMIT :limit""",
        place=place_id,
        everything=roles.allows(by, "stock.see"),
        account=by.id,
        season=season_id,
        product=product_id,
        before=before,
        limit=limit,
    )
