"""Finding a sale by customer, girl, cookie or note, though it is mistyped."""

import difflib
import re
import unicodedata

import apsw

from gsctracker.db.rows import many, run

MOST_WORDS = 8


def index(tx: apsw.Connection, order_id: int, *, is_new: bool = False) -> None:
    """Make a sale findable as it reads now; a new one has no older words to forget."""
    if not is_new:
        run(tx, "DELETE FROM order_search WHERE rowid = :id", id=order_id)
    run(
        tx,
        """INSERT INTO order_search (rowid, text)
           SELECT orders.id, concat_ws(' ', customer_name, scouts.first_name, notes, external_number,
                                       (SELECT group_concat(concat_ws(' ', name, code), ' ')
                                          FROM order_lines JOIN products ON products.id = product_id
                                         WHERE order_id = orders.id))
             FROM orders LEFT JOIN scouts ON scouts.id = scout_id WHERE orders.id = :id""",
        id=order_id,
    )


def index_all(tx: apsw.Connection) -> None:
    """Make every sale findable as it reads now, whatever the index held before."""
    run(tx, "INSERT INTO order_search (order_search) VALUES ('delete-all')")
    for order in many(tx, "SELECT id FROM orders ORDER BY id"):
        index(tx, order.id, is_new=True)


def settle(tx: apsw.Connection) -> None:
    """Words that were taken out are gone from the file, and not only hidden."""
    run(tx, "INSERT INTO order_search (order_search) VALUES ('optimize')")


def expression(tx: apsw.Connection, season_id: int, typed: str) -> str:
    """What was typed as a search: each word as a beginning, or as the cookie's word it comes close to. "" for no word."""
    words = _words(typed)[:MOST_WORDS]
    cookies = _cookie_words(tx, season_id) if words else []
    return " AND ".join(_either(word, cookies) for word in words)


def _words(typed: str) -> list[str]:
    """What was typed, taken apart where the index takes words apart: a word that it saw as two would be a phrase, which it has not.

    Its alphabet is of Unicode 6.1; what 3.2 had already is in it, and letters that came later are left out.
    """
    kinds = unicodedata.ucd_3_2_0.category
    plain = unicodedata.normalize("NFC", typed.casefold())
    return "".join(sign if kinds(sign)[0] in "LN" else " " for sign in plain).split()


def _either(word: str, cookies: list[str]) -> str:
    near = (
        [] if any(cookie.startswith(word) for cookie in cookies) else difflib.get_close_matches(word, cookies, 2, 0.72)
    )
    return "(" + " OR ".join([f'"{word}" *', *(f'"{cookie}"' for cookie in near)]) + ")"


def _cookie_words(tx: apsw.Connection, season_id: int) -> list[str]:
    names = many(tx, "SELECT name FROM products WHERE season_id = :season", season=season_id)
    return sorted({word for row in names for word in re.findall(r"\w+", row.name.casefold()) if len(word) > 2})
