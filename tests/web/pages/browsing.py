"""Pages as a browser meets them: forms opened, filled in and sent; words read; ledgers looked up."""

import html
import re

from gsctracker.domain.people.roles import Person

OLGA = Person(id=1, role="admin", first_name="Olga")

ODD = ["abc", "-1", "1.5", "1e3", "999999999999", "٣", "½", "\x00", "x" * 5000, "🍪", "true", "' OR 1=1 --", "<script>"]
"""What people, keyboards and strangers type where a number is asked for."""


def key_of(page) -> str:
    """The hidden key of the first form of a page."""
    return re.search(r'name="form_key" value="([\w-]+)"', page.text)[1]


def filled(browser, form_at, **fields) -> dict[str, str]:
    """What a browser sends for the form on that page; a double underscore in a name stands for a dash."""
    page = browser.get(form_at)
    assert page.status_code == 200, page.status
    version = re.search(r'name="version" value="(\d+)"', page.text)
    sent = {"form_key": key_of(page)} | ({"version": version[1]} if version else {})
    return sent | {name.replace("__", "-"): str(value) for name, value in fields.items()}


def send(browser, address, form_at=None, **fields):
    """Open the form, fill it in, send it."""
    return browser.post(address, data=filled(browser, form_at or address, **fields))


def words(page) -> str:
    """What a page says, without its marks."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page.text)))


def boxes_at(box, place_id: int, product_id: int) -> int:
    """Boxes the custody ledger has at a place."""
    with box.read() as tx:
        found = tx.execute(
            "SELECT boxes FROM boxes_at WHERE place_id = ? AND product_id = ?", (place_id, product_id)
        ).fetchone()
    return found[0] if found else 0


def owes(box, scout_id: int) -> int:
    """Cents the liability ledger has on a girl's account."""
    with box.read() as tx:
        return tx.execute("SELECT ifnull(sum(cents), 0) FROM family_ledger WHERE scout_id = ?", (scout_id,)).fetchone()[
            0
        ]


def count(box, table: str) -> int:
    """Rows of a table."""
    with box.read() as tx:
        return tx.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
