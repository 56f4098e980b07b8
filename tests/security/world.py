"""A small box with one row of everything that has an address, eight people who try it, and the way back to how it was."""

import re
import time
from dataclasses import dataclass
from pathlib import Path

import apsw
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import add, value
from gsctracker.domain import incidents
from gsctracker.domain.inventory import counts
from gsctracker.domain.money import receipts, turn_ins
from gsctracker.domain.people import families, invitations, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.domain.sales import orders
from gsctracker.domain.season import catalogue, seasons
from gsctracker.ops import demo
from gsctracker.web.app import create_app
from gsctracker.web.pages.season_end import packets_here

SECRET = "a secret for tests, forty characters long"
ACCOUNTS = {
    "Ava": "ava-b",
    "Ava's mother": "robin.b1@example.org",
    "another girl": "cleo-n",
    "another mother": "dana.n3@example.org",
    "leader": "leader@example.org",
    "cookie leader": "cookies@example.org",
    "admin": "admin@example.org",
}
PEOPLE = ("a stranger", *ACCOUNTS)
"""Everybody who tries a door. Everything with a number in its address is Ava's, as far as it is anybody's."""

OTHERS = ("a stranger", "another girl", "another mother")
FAMILY = ("Ava", "Ava's mother")
MARKS = (
    "Quillfeather",
    "zenobia@example.net",
    "5550107731",
    "blue doormat",
    "robin.b1@example.org",
    "counted on the stairs",
    "slip-of-ava",
)
"""What belongs to Ava's family alone: a customer, her mother's address, a note, a receipt."""


@dataclass
class World:
    """The website over its box, who holds which session, the numbers in addresses, and the box as it was."""

    db: Database
    site: Flask
    people: dict[str, Person]
    tokens: dict[str, str]
    numbers: dict[str, str]
    pristine: apsw.Connection
    file: apsw.Connection

    def browser(self, who: str) -> FlaskClient:
        """A browser in which that person is signed in; nobody is in the stranger's."""
        client = self.site.test_client()
        if who in self.tokens:
            client.set_cookie("gsct_session", self.tokens[who])
        return client

    def routes(self) -> list[tuple[str, Rule, str]]:
        """Every route there is, as (method, rule, who may enter), ordered by address."""
        found = [
            (method, rule, self.site.view_functions[rule.endpoint].allowed)
            for rule in self.site.url_map.iter_rules()
            for method in rule.methods or ()
            if method not in ("HEAD", "OPTIONS")
        ]
        return sorted(found, key=lambda one: (one[1].rule, one[0]))

    def address(self, rule: Rule | str) -> str:
        """The address of a route with the numbers of Ava's things."""
        text = rule if isinstance(rule, str) else rule.rule
        own = SPECIAL.get(text, {})
        text = re.sub(r"<any\((\w+)[^)]*\):\w+>", r"\1", text)
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda part: own.get(part[1]) or self.numbers.get(part[1], "1"), text)

    def put_back(self) -> None:
        """Make the box what it was before anybody tried anything; a job that still writes is waited for."""
        for _ in range(500):
            try:
                with self.file.backup("main", self.pristine, "main") as copying:
                    while not copying.done:
                        copying.step(-1)
            except apsw.BusyError:
                time.sleep(0.02)
            else:
                return
        raise AssertionError("somebody keeps the box locked")

    def close(self) -> None:
        """Let go of the files."""
        packets_here(self.site).close()
        self.file.close()
        self.pristine.close()
        self.db.close()


SPECIAL = {
    "/reports/<name>.<file_type>": {"name": "sales", "file_type": "csv"},
    "/why/account/<kind>": {"kind": "bank"},
    "/why/boxes/<group>/<id:product_id>": {"group": "customers"},
    "/why/council/<part>": {"part": "charged"},
    "/why/families/<part>": {"part": "balance"},
    "/why/family/<part>/<id:scout_id>": {"part": "cash"},
    "/stock/moves/new/<intention>": {"intention": "hand-out"},
    "/stock/cupboard/<id:order_id>/wishes/<who>": {"who": "booths"},
    "/booths/rules/types/<kind>": {"kind": "troop"},
    "/money/entries/<id:entry_id>": {"entry_id": "payment_id"},
    "/money/entries/<id:entry_id>/take-back": {"entry_id": "payment_id"},
    "/booths/<id:booth_id>/entries/<id:entry_id>/settle": {"entry_id": "1"},
    "/stock/cupboard/<id:order_id>/receipts/<id:receipt_id>/take-back": {"receipt_id": "1"},
    "/jobs/<name>/run": {"name": "optimize"},
    "/people/<id:account_id>": {"account_id": "4"},
    "/launch/<item>": {"item": "roster"},
    "/launch/<item>/owner": {"item": "roster"},
    "/static/<path:name>": {"name": "app.css"},
}
"""Words in addresses whose names mean something else elsewhere."""


def made_in(folder: Path) -> World:
    """A box of the example troop's four girls in three families; Ava's things are the ones with numbers."""
    db = Database(folder / "gsctracker.db")
    demo.fill(db, 4, 40, 6)
    with db.write() as tx:
        ids = {
            who: value(tx, "SELECT id FROM accounts WHERE sign_in_name = :name", name=n) for who, n in ACCOUNTS.items()
        }
        tokens = {who: sessions.start(tx, account, "test") for who, account in ids.items()}
        people = {who: sessions.resume(tx, token) for who, token in tokens.items()}
        numbers = _things(tx, people)
    for rule, own in SPECIAL.items():
        SPECIAL[rule] = {name: numbers.get(said, said) for name, said in own.items()}
    site = create_app(Config(data_dir=folder), db, SECRET)
    file = apsw.Connection(str(folder / "gsctracker.db"))
    pristine = apsw.Connection(":memory:")
    with pristine.backup("main", file, "main") as copying:
        copying.step(-1)
    return World(db, site, people, tokens, numbers, pristine, file)


def _things(tx: apsw.Connection, people: dict[str, Person]) -> dict[str, str]:
    mother, leader, admin = people["Ava's mother"], people["cookie leader"], people["admin"]
    season = seasons.current(tx).id
    mint = catalogue.recognise(tx, season, "Thin Mints").id
    scout = people["Ava"].scout_ids
    (ava,) = scout
    place = value(tx, "SELECT id FROM places WHERE scout_id = :ava", ava=ava)
    booth = value(tx, "SELECT max(id) FROM booths")
    sign_up = value(
        tx,
        """SELECT shift_sign_ups.id FROM shift_sign_ups JOIN booth_shifts ON booth_shifts.id = shift_id
            WHERE booth_id = :booth AND scout_id = :ava""",
        booth=booth,
        ava=ava,
    )
    at = "2026-03-07T22:00:00Z"
    who = {"by": leader.id, "at": at}
    return {
        "scout_id": str(ava),
        "place_id": str(place),
        "booth_id": str(booth),
        "shift_id": str(value(tx, "SELECT shift_id FROM shift_sign_ups WHERE id = :id", id=sign_up)),
        "sign_up_id": str(sign_up),
        "product_id": str(mint),
        "account_id": str(mother.id),
        "guardian_id": str(value(tx, "SELECT id FROM guardians WHERE account_id = :id", id=mother.id)),
        "sale_id": str(
            orders.take(
                tx,
                mother,
                [orders.Item("Thin Mints", 2)],
                scout_id=ava,
                customer_name="Zenobia Quillfeather",
                customer_email="zenobia@example.net",
                customer_phone="5550107731",
                notes="blue doormat",
            )
        ),
        "count_id": str(counts.record(tx, mother, place, {mint: 1}, "counted on the stairs")),
        "payment_id": str(paid := turn_ins.turn_in(tx, leader, ava, 500, "cash", reference="slip-of-ava")),
        "receipt_id": str(receipts.issue(tx, leader, paid)),
        "entry_id": str(value(tx, "SELECT max(id) FROM journal WHERE kind = 'T2G' AND scout_id = :ava", ava=ava)),
        "swap_id": str(
            add(
                tx,
                "INSERT INTO shift_swaps (sign_up_id, offered_at, offered_by, state) VALUES (:id, :at, :by, 'open')",
                id=sign_up,
                **who,
            )
        ),
        "presence_id": str(
            add(
                tx,
                """INSERT INTO presences (booth_id, scout_id, came_at, left_at, noted_by, noted_at)
                   VALUES (:booth, :ava, :at, '2026-03-07T23:00:00Z', :by, :at)""",
                booth=booth,
                ava=ava,
                **who,
            )
        ),
        "incident_id": str(begun := incidents.begin(tx, leader, "incident", "The plug was pulled")),
        "line_id": str(incidents.add_line(tx, begun, leader, "to_do", "Label the plug")),
        "invitation_id": _invited(tx, admin),
        "tid": "1",
        "secret": "no-such-secret",
        "token": "no-such-token",
    }


def _invited(tx: apsw.Connection, by: Person) -> str:
    household = value(tx, "SELECT household_id FROM scouts ORDER BY id DESC")
    guardian = families.add_guardian(tx, household, "Nia N.", "nia@example.org", [], by=by)
    invitations.invite(tx, "nia@example.org", "caregiver", by, guardian)
    return str(value(tx, "SELECT max(id) FROM invitations"))
