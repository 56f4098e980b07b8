"""A box with one booth on a table, and phones in front of it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from playwright.sync_api import Browser, BrowserContext, Page

from gsctracker import clock
from gsctracker.db import Database
from gsctracker.db.rows import many, value
from gsctracker.domain.booths import booths, entries, hours, tallies
from gsctracker.domain.inventory import transfers
from gsctracker.domain.people import passwords, sessions
from tests import factories
from tests.running import Running, started

PASSWORD = "thin mints at noon"
STORE = "document.querySelector('script[type=module]').src.replace('mode.js', 'store.js')"
"""The address of the phone's memory, as the page has it."""
PHONE = {"viewport": {"width": 390, "height": 844}, "reduced_motion": "reduce", "has_touch": True, "is_mobile": True}


class Table(NamedTuple):
    """A served box and its booth; `tokens` opens a session for each of its people."""

    server: Running
    booth: int
    tokens: dict[str, str]

    @property
    def page(self) -> str:
        """The address of booth mode, without its host."""
        return f"/booths/{self.booth}/mode"

    def ask(self, what: Callable) -> object:
        """What `what(tx)` reads from the box's own file, beside the server."""
        db = Database(self.server.folder / "gsctracker.db")
        try:
            with db.read() as tx:
                return what(tx)
        finally:
            db.close()

    def do(self, what: Callable) -> object:
        """What `what(tx)` writes into the box's own file, beside the server."""
        db = Database(self.server.folder / "gsctracker.db")
        try:
            with db.write() as tx:
                return what(tx)
        finally:
            db.close()

    def tally(self) -> dict[str, int]:
        """Packages by cookie as the box has them."""
        return self.ask(
            lambda tx: {
                value(tx, "SELECT code FROM products WHERE id = :id", id=product): boxes
                for product, boxes in tallies.packages(tx, self.booth).items()
            }
        )

    def kept(self) -> list:
        """Every entry the box has, oldest first."""
        return self.ask(lambda tx: entries.of_booth(tx, self.booth, limit=1000)[::-1])

    def count(self, table: str) -> int:
        """How many rows a table has."""
        return self.ask(lambda tx: len(many(tx, f"SELECT 1 AS yes FROM {table}")))


@contextmanager
def a_table(folder: Path, **settings: str) -> Iterator[Table]:
    """A box in that folder, served: 48 Thin Mints and 24 Caramel deLites at a booth that is under way, two leaders."""
    folder.mkdir(parents=True)
    db = Database(folder / "gsctracker.db")
    hashed = passwords.hashed(PASSWORD)
    with db.write() as tx:
        olga = factories.set_up(tx, password_hash=hashed)
        mona = factories.make_person(tx, "cookie_leader", "Mona", password_hash=hashed)
        transfers.move(tx, olga, "C2T", factories.lines(tx, TM=120, CD=120))
        now = clock.now()
        booth = booths.plan(tx, olga, "Market", hours.shifted(now, hours=-1), hours.shifted(now, hours=2))
        transfers.move(tx, olga, "TROOP_TO_BOOTH", factories.lines(tx, TM=48, CD=24), booth_id=booth)
        tokens = {"olga": sessions.start(tx, olga.id), "mona": sessions.start(tx, mona.id)}
    db.close()
    with started(folder, **settings) as server:
        yield Table(server, booth, tokens)


def phone(browser: Browser, table: Table, who: str = "olga", address: str = "", **more: object) -> BrowserContext:
    """A phone on which somebody is signed in."""
    address = address or table.server.address
    is_secure = address.startswith("https:")
    context = browser.new_context(**PHONE | more)
    name = "__Host-gsct_session" if is_secure else "gsct_session"
    context.add_cookies([{"name": name, "value": table.tokens[who], "url": address, "secure": is_secure}])
    return context


def opened(context: BrowserContext, table: Table, address: str = "") -> Page:
    """Booth mode on that phone, as soon as it can be tapped."""
    page = context.new_page()
    page.goto((address or table.server.address) + table.page)
    page.locator("#till button").first.wait_for()
    return page


def sell(page: Page, pay: str = "cash", **boxes: int) -> None:
    """Tap a sale in; done when the phone has kept it."""
    for code, number in boxes.items():
        for _ in range(number):
            page.locator(f"#till [data-code={code}]").click()
    page.locator(f"[data-pay={pay}]").click()
    page.locator("#take-off:disabled").wait_for()


def says(page: Page, words: str) -> None:
    """Wait until the line on top says so."""
    page.locator("#sync-said", has_text=words).wait_for(timeout=20_000)


def waiting(page: Page) -> int:
    """How many entries the phone keeps that were not taken in yet."""
    return page.evaluate(
        f"import({STORE}).then(store => store.all()).then(all => all.filter(one => one.state === 'waiting').length)"
    )


def left_on_table(page: Page, **boxes: int) -> None:
    """Write down what is left, in single boxes."""
    page.get_by_role("button", name="Count and close").click()
    for code, number in boxes.items():
        page.locator(f"#b-{code}").fill(str(number))
