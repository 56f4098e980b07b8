"""The shelf as the back office reckons it against our own, cookie by cookie, and why they differ.

The office knows of no booth: boxes leave its shelf when a booth is divided among girls. Packages throughout.
"""

from dataclasses import dataclass

import apsw

from gsctracker.db.rows import Row, many
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.journal import TROOP
from gsctracker.words import N_, counted

_IN = {"c2t": "C2T", "t2t_in": "T2T_IN", "g2t": "G2T"}
_OUT = {"t2c": "T2C", "t2t_out": "T2T_OUT", "t2g": "T2G"}
MOVES_HERE = {
    "C2T": counted(
        "%(n)s package was picked up here and not in %(office)s.",
        "%(n)s packages were picked up here and not in %(office)s.",
    ),
    "T2T_IN": counted(
        "%(n)s package was received from another troop here and not in %(office)s.",
        "%(n)s packages were received from another troop here and not in %(office)s.",
    ),
    "G2T": counted(
        "%(n)s package was given back by a girl here and not in %(office)s.",
        "%(n)s packages were given back by girls here and not in %(office)s.",
    ),
    "T2C": counted(
        "%(n)s package was returned to the council here and not in %(office)s.",
        "%(n)s packages were returned to the council here and not in %(office)s.",
    ),
    "T2T_OUT": counted(
        "%(n)s package was given to another troop here and not in %(office)s.",
        "%(n)s packages were given to another troop here and not in %(office)s.",
    ),
    "T2G": counted(
        "%(n)s package was handed to a girl here and not in %(office)s.",
        "%(n)s packages were handed to girls here and not in %(office)s.",
    ),
}
MOVES_THERE = {
    "C2T": counted(
        "%(n)s package was picked up in %(office)s and not here.",
        "%(n)s packages were picked up in %(office)s and not here.",
    ),
    "T2T_IN": counted(
        "%(n)s package was received from another troop in %(office)s and not here.",
        "%(n)s packages were received from another troop in %(office)s and not here.",
    ),
    "G2T": counted(
        "%(n)s package was given back by a girl in %(office)s and not here.",
        "%(n)s packages were given back by girls in %(office)s and not here.",
    ),
    "T2C": counted(
        "%(n)s package was returned to the council in %(office)s and not here.",
        "%(n)s packages were returned to the council in %(office)s and not here.",
    ),
    "T2T_OUT": counted(
        "%(n)s package was given to another troop in %(office)s and not here.",
        "%(n)s packages were given to another troop in %(office)s and not here.",
    ),
    "T2G": counted(
        "%(n)s package was handed to a girl in %(office)s and not here.",
        "%(n)s packages were handed to girls in %(office)s and not here.",
    ),
}

BOOTH = N_("%(n)s more in %(office)s because %(booths)s has not been divided.")
BOOTHS = N_("%(n)s more in %(office)s because these booths have not been divided: %(booths)s.")
BOOTHS_OVER = N_("%(n)s fewer in %(office)s: more was divided there than our booths sold.")
DAMAGED_AT_BOOTH = N_("%(n)s more in %(office)s: damaged or lost at a booth.")
AT_BOOTH = N_("%(n)s more in %(office)s: at a booth at the moment.")
SITE = N_("%(n)s more in %(office)s because orders of the troop's site have not been distributed.")
SITE_OVER = N_("%(n)s fewer in %(office)s: more site orders were distributed there than left our shelf.")
DAMAGED = N_("%(n)s more in %(office)s: damaged, lost or given away from the shelf.")
FOUND = N_("%(n)s fewer in %(office)s: found or replaced on the shelf.")
BOOTHS_MOST = 4


@dataclass(frozen=True)
class Shelf:
    """One cookie: the office's shelf, ours, and the parts (code, packages, sentence) that make up office - ours."""

    product_id: int
    code: str
    name: str
    office: int
    ours: int
    parts: list[tuple[str, int, Note]]

    @property
    def gap(self) -> int:
        """Packages that the office's shelf has more than ours."""
        return self.office - self.ours


def tie_out(tx: apsw.Connection, season_id: int, office: str) -> list[Shelf]:
    """Every cookie that can be handled; empty where no export of the office was brought in."""
    theirs = _theirs(tx, season_id)
    if not theirs:
        return []
    moves, others = _moves(tx, season_id), _others(tx, season_id)
    booths = _booths(tx, season_id)
    found = []
    for cookie in many(
        tx,
        "SELECT id, code, name FROM products WHERE season_id = :season AND is_virtual = 0 ORDER BY position",
        season=season_id,
    ):
        said, ours, other = theirs.get(cookie.id, {}), moves.get(cookie.id, {}), others.get(cookie.id, {})
        parts = [
            *_of_moves(said, ours, office),
            *_of_booths(said, other, booths, cookie.id, office),
            *_of_rest(said, other, office),
        ]
        shelf_office = sum(said.get(kind, 0) for kind in _IN) - sum(
            said.get(kind, 0) for kind in (*_OUT, "t2g_booth", "t2g_site")
        )
        found.append(Shelf(cookie.id, cookie.code, cookie.name, shelf_office, other.get("shelf", 0), parts))
    return found


def _of_moves(said: dict[str, int], ours: dict[str, int], office: str) -> list[tuple[str, int, Note]]:
    parts = []
    for sign, kinds in ((1, _IN), (-1, _OUT)):
        for theirs, kind in kinds.items():
            more = said.get(theirs, 0) - ours.get(kind, 0)
            if more:
                sentences = MOVES_THERE if more > 0 else MOVES_HERE
                note = Note(sentences[kind], {"n": abs(more), "office": office})
                parts.append((f"{kind}_differs", sign * more, note))
    return parts


def _of_booths(
    said: dict[str, int], other: dict[str, int], booths: list[Row], product_id: int, office: str
) -> list[tuple[str, int, Note]]:
    parts = []
    undivided = other.get("booth_sold", 0) - said.get("t2g_booth", 0)
    if undivided > 0:
        names = _undivided(booths, product_id, said.get("t2g_booth", 0))
        named = ", ".join(names[:BOOTHS_MOST]) + (", …" if len(names) > BOOTHS_MOST else "")
        sentence = BOOTH if len(names) == 1 else BOOTHS
        parts.append(
            ("booth_not_divided", undivided, Note(sentence, {"n": undivided, "office": office, "booths": named}))
        )
    elif undivided < 0:
        parts.append(("booth_over", undivided, Note(BOOTHS_OVER, {"n": -undivided, "office": office})))
    for code, sentence in (("booth_damaged", DAMAGED_AT_BOOTH), ("at_booth", AT_BOOTH)):
        if more := other.get(code, 0):
            parts.append((code, more, Note(sentence, {"n": more, "office": office})))
    return parts


def _of_rest(said: dict[str, int], other: dict[str, int], office: str) -> list[tuple[str, int, Note]]:
    parts = []
    site = other.get("site", 0) - said.get("t2g_site", 0)
    if site:
        parts.append(
            ("site_not_divided", site, Note(SITE if site > 0 else SITE_OVER, {"n": abs(site), "office": office}))
        )
    if gone := other.get("gone", 0):
        parts.append(("damaged", gone, Note(DAMAGED if gone > 0 else FOUND, {"n": abs(gone), "office": office})))
    return parts


def _undivided(booths: list[Row], product_id: int, divided: int) -> list[str]:
    """The booths whose packages are beyond what was divided, oldest divided first."""
    names = []
    for booth in booths:
        if booth.product_id == product_id:
            divided -= booth.boxes
            if divided < 0:
                names.append(booth.name)
    return names


def _theirs(tx: apsw.Connection, season_id: int) -> dict[int, dict[str, int]]:
    return _by_product(
        many(
            tx,
            """SELECT product_id, kind, sum(boxes) AS boxes FROM office_lines
                WHERE season_id = :season AND product_id IS NOT NULL
                  AND kind IN ('c2t', 't2c', 't2t_in', 't2t_out', 't2g', 'g2t', 't2g_booth', 't2g_site')
                GROUP BY product_id, kind""",
            season=season_id,
        )
    )


def _moves(tx: apsw.Connection, season_id: int) -> dict[int, dict[str, int]]:
    return _by_product(
        many(
            tx,
            """SELECT product_id, kind, sum(CASE WHEN reverses IS NULL THEN boxes ELSE -boxes END) AS boxes
                 FROM journal JOIN box_moves ON entry_id = journal.id
                WHERE season_id = :season AND kind IN ('C2T', 'T2C', 'T2T_IN', 'T2T_OUT', 'T2G', 'G2T') GROUP BY product_id, kind""",
            season=season_id,
        )
    )


def _others(tx: apsw.Connection, season_id: int) -> dict[int, dict[str, int]]:
    """Our shelf, and what left it by ways that the office does not know: booths, the site, damage."""
    return _by_product(
        many(
            tx,
            f"""SELECT product_id, 'shelf' AS kind, boxes FROM boxes_at JOIN products ON products.id = product_id
                 WHERE place_id = {TROOP} AND season_id = :season
                 UNION ALL
                SELECT product_id, 'booth_sold', sum(boxes) FROM booth_sold JOIN products ON products.id = product_id
                 WHERE season_id = :season AND is_virtual = 0 GROUP BY product_id
                 UNION ALL
                SELECT product_id, 'at_booth', sum(boxes) FROM boxes_at JOIN places ON places.id = place_id
                  JOIN products ON products.id = product_id
                 WHERE kind = 'booth' AND season_id = :season GROUP BY product_id
                 UNION ALL
                SELECT product_id, 'booth_damaged', sum(CASE WHEN start.kind = 'booth' THEN boxes ELSE -boxes END)
                  FROM journal JOIN box_moves ON entry_id = journal.id
                  JOIN places AS start ON start.id = from_place JOIN places AS target ON target.id = to_place
                 WHERE season_id = :season AND (start.kind = 'booth') <> (target.kind = 'booth')
                   AND start.kind NOT IN ('troop', 'customer') AND target.kind NOT IN ('troop', 'customer')
                 GROUP BY product_id
                 UNION ALL
                SELECT product_id, CASE WHEN order_id IS NULL THEN 'gone' ELSE 'site' END,
                       sum(CASE WHEN from_place = {TROOP} THEN boxes ELSE -boxes END)
                  FROM journal JOIN box_moves ON entry_id = journal.id
                 WHERE season_id = :season AND {TROOP} IN (from_place, to_place)
                   AND kind NOT IN ('C2T', 'T2C', 'T2T_IN', 'T2T_OUT', 'T2G', 'G2T', 'TROOP_TO_BOOTH', 'BOOTH_TO_TROOP')
                 GROUP BY product_id, order_id IS NULL""",
            season=season_id,
        )
    )


def _booths(tx: apsw.Connection, season_id: int) -> list[Row]:
    return many(
        tx,
        """SELECT name, product_id, boxes FROM booth_sold JOIN booths ON booths.id = booth_id
            WHERE season_id = :season ORDER BY starts_at, booths.id""",
        season=season_id,
    )


def _by_product(found: list[Row]) -> dict[int, dict[str, int]]:
    packages: dict[int, dict[str, int]] = {}
    for row in found:
        kinds = packages.setdefault(row.product_id, {})
        kinds[row.kind] = kinds.get(row.kind, 0) + row.boxes
    return packages
