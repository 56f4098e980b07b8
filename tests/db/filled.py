"""A box with a season in it, its website, and browsers for it."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain.people import sessions
from gsctracker.ops import demo
from gsctracker.web.app import create_app
from tests.db.spoken import Recorder, recording


@dataclass
class Season:
    """A box with a season in it, its website, and what was said to SQLite."""

    db: Database
    said: Recorder
    site: Flask

    def browser(self, role: str) -> FlaskClient:
        """A browser in which the first account of that role is signed in."""
        with self.db.write() as tx:
            account = value(tx, "SELECT id FROM accounts WHERE role = :role ORDER BY id", role=role)
            token = sessions.start(tx, account, "test")
        client = self.site.test_client()
        client.set_cookie("gsct_session", token)
        return client

    def pages(self) -> dict[str, str]:
        """Every route that can be read, and its address with the first row of whatever it shows."""
        with self.db.read() as tx:
            place = value(tx, "SELECT id FROM places WHERE kind = 'booth' ORDER BY id")
            sale = value(tx, ONE_SALE)
        known = {"place_id": str(place), "sale_id": str(sale)}
        return {
            rule.rule: re.sub(r"<(?:\w+:)?(\w+)>", lambda part: known.get(part[1], "1"), rule.rule)
            for rule in self.site.url_map.iter_rules()
            if "GET" in rule.methods and rule.endpoint not in ("static", THE_WHOLE_BOX)
        }


THE_WHOLE_BOX = "support.bundle"
"""Goes through everything on purpose, every name too: once a year, for one person who asks for help."""

ONE_SALE = """SELECT id FROM orders WHERE source = 'manual' AND status = 'promised' AND scout_id NOT NULL
                  AND (SELECT count(*) FROM order_lines WHERE order_id = orders.id) = 1 ORDER BY id"""
"""A sale of one cookie that is still to be delivered: the same kind in every box, however large."""


def season_of(path: Path, scouts: int, sales: int, booths: int) -> Iterator[Season]:
    """A filled box with a recorder in it."""
    with recording() as said:
        db = Database(path / "gsctracker.db")
        demo.fill(db, scouts, sales, booths)
        site = create_app(Config(data_dir=path), db, "a secret for tests, forty characters long")
        yield Season(db, said, site)
        db.close()
