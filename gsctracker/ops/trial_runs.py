"""The five scenarios that the box walks through by itself: in a troop of their own, in a scratch file that is gone afterwards.

They use the verbs that pages and commands use. Each step gives nothing where it went as it must, and a sentence otherwise; a
step that cannot begin because one before it failed is skipped.
"""

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import apsw

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain import trial_scenarios, trials
from gsctracker.domain.booths import booths, closing
from gsctracker.domain.imports import applying, staging, undo
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances, turn_ins
from gsctracker.domain.people import accounts, families, passwords, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import summary
from gsctracker.domain.sales import orders
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.errors import Conflict, NotAllowed, NotFound, Refusal
from gsctracker.ops.copies import workroom
from gsctracker.words import N_

PREFIX = "trial-"
SALES = 300
SALE_MILLISECONDS, SUMS_MILLISECONDS = 100, 200
ROSTER = "First Name,Last Name,Level\r\nIda,Quill,Junior\r\nJune,Marsh,Brownie\r\nKit,Stone,Daisy\r\n"

Step = Callable[[], str]
Refused = (NotFound, NotAllowed, Conflict)


@dataclass(frozen=True)
class Outcome:
    """What came of a step: its scenario's code, its number from 1 on, pass, fail or skipped, what was wrong, milliseconds."""

    scenario: str
    step: int
    result: str
    said: str
    milliseconds: int


@dataclass
class Sandbox:
    """A troop in a scratch file: its people by role, its girls, its season."""

    db: Database
    admin: Person
    cook: Person
    leader: Person
    mother: Person
    other: Person
    girl: Person
    ida: int
    june: int
    season: int

    def lines(self, tx: apsw.Connection, **boxes: int) -> list[tuple[Any, int]]:
        """Lines of a move by the cookies' codes."""
        return [(catalogue.named(tx, self.season, code), count) for code, count in boxes.items()]


def run(config: Config, db: Database, trial_id: int, by: Person | None, only: str = "") -> list[Outcome]:
    """Walk through the scenarios (or through the `only` one) and keep what came of each step in the session.

    Slow: seconds. Raises NotFound, Conflict for a session that is over or a scenario that a person does.
    """
    with db.read() as tx:
        trials.must_be_open(tx, trial_id)
    chosen = [one for one in trial_scenarios.SCENARIOS if one.by_itself and only in ("", one.code)]
    if not chosen:
        trial_scenarios.named(only)
        raise Conflict(N_("That scenario is done by a person, step by step."), "by_hand")
    found = walk(config, [one.code for one in chosen])
    with db.write() as tx:
        for one in found:
            trials.note(tx, trial_id, one.scenario, one.step, one.result, one.said, one.milliseconds, by)
    return found


def walk(config: Config, codes: list[str]) -> list[Outcome]:
    """Walk through these scenarios, each in a troop of its own."""
    found: list[Outcome] = []
    for code in codes:
        with _sandbox(config) as box:
            found += _steps(code, SCENARIOS[code](box))
    return found


def version() -> str:
    """The program that is tried."""
    return __version__


def _steps(code: str, steps: list[Step]) -> Iterator[Outcome]:
    stopped = False
    for number, step in enumerate(steps, start=1):
        if stopped:
            yield Outcome(code, number, "skipped", "", 0)
            continue
        began = clock.ticks()
        try:
            said = step()
        except Refusal as no:
            said = str(no)
        except (apsw.Error, AssertionError, LookupError, TypeError, ValueError, OSError) as mishap:
            said = f"{type(mishap).__name__}: {mishap}"
        stopped = bool(said)
        yield Outcome(code, number, "fail" if said else "pass", said[:500], round((clock.ticks() - began) * 1000))


@contextmanager
def _sandbox(config: Config) -> Iterator[Sandbox]:
    """A troop of two girls in a scratch file; nothing of it stays."""
    folder = tempfile.mkdtemp(prefix=PREFIX, dir=workroom.folder_of(config))
    try:
        db = Database(Path(folder) / "gsctracker.db")
        try:
            with db.write() as tx:
                box = _troop(tx, db)
            yield box
        finally:
            db.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _troop(tx: apsw.Connection, db: Database) -> Sandbox:
    kept = passwords.hashed("a trial of the program")
    admin_id = troop.set_up(
        tx,
        number="1",
        name="Trial",
        council="",
        baker="abc",
        year=int(clock.today()[:4]),
        time_zone="UTC",
        email="admin@example.org",
        first_name="Olga",
        last_name="",
        password_hash=kept,
    )
    admin = Person(admin_id, "admin", "Olga")
    season = seasons.current(tx).id
    seasons.change(tx, season, admin, status="selling")
    ida, june = (scouts.add_scout(tx, name, "", by=admin) for name in ("Ida", "June"))

    def somebody(name: str, role: str, girl: int | None = None) -> Person:
        account = accounts.open_account(
            tx,
            sign_in_name=f"{name.lower()}@example.org",
            first_name=name,
            role=role,
            scout_id=None,
            password_hash=kept,
        )
        if girl is not None:
            home = value(tx, "SELECT household_id FROM scouts WHERE id = :id", id=girl)
            families.attach_account(tx, families.add_guardian(tx, home, name, None, [girl], by=admin), account)
        return Person(account, role, name, scout_ids=frozenset({girl} if girl is not None else ()))

    return Sandbox(
        db,
        admin,
        somebody("Cora", "cookie_leader"),
        somebody("Lea", "leader"),
        somebody("Mia", "caregiver", ida),
        somebody("Nora", "caregiver", june),
        Person(admin_id + 100, "scout", "Ida", scout_ids=frozenset({ida})),
        ida,
        june,
        season,
    )


def _sale(box: Sandbox) -> list[Step]:
    made: dict[str, int] = {}

    def picked_up() -> str:
        with box.db.write() as tx:
            transfers.move(tx, box.cook, "C2T", box.lines(tx, TM=48, TRE=24))
        return ""

    def handed_out() -> str:
        with box.db.write() as tx:
            transfers.move(tx, box.cook, "T2G", box.lines(tx, TM=24), scout_id=box.ida)
            owed = balances.family(tx, box.season, box.ida, box.cook).balance_cents
            made["price"] = catalogue.named(tx, box.season, "TM").price_cents
        return _same("the family owes", owed, 24 * made["price"])

    def sold() -> str:
        with box.db.write() as tx:
            order = orders.take(tx, box.mother, [orders.Item("TM", 10)], scout_id=box.ida, customer_name="A customer")
            orders.deliver(tx, order, box.mother)
            orders.receive(tx, order, box.mother, "cash")
            found = orders.find(tx, order, box.mother)
        return _same("collected cents", found.collected_cents, 10 * made["price"])

    def handed_in() -> str:
        with box.db.write() as tx:
            turn_ins.turn_in(tx, box.cook, box.ida, 10 * made["price"], "cash")
            transfers.move(tx, box.cook, "G2T", box.lines(tx, TM=14), scout_id=box.ida)
            owed = balances.family(tx, box.season, box.ida, box.cook).balance_cents
            held = balances.troop_accounts(tx, box.season)["cash_box"]
        return _same("the family owes", owed, 0) or _same("the cash box holds", held, 10 * made["price"])

    def adds_up() -> str:
        with box.db.read() as tx:
            return _same("all accounts together", balances.out_of_balance(tx), 0)

    return [picked_up, handed_out, sold, handed_in, adds_up]


def _booth(box: Sandbox) -> list[Step]:
    made: dict[str, int] = {}

    def packed() -> str:
        with box.db.write() as tx:
            transfers.move(tx, box.cook, "C2T", box.lines(tx, TM=48))
            begins = clock.after(hours=-6)
            made["booth"] = booths.plan(tx, box.cook, "Market", begins, clock.after(hours=-2))
            transfers.move(tx, box.cook, "TROOP_TO_BOOTH", box.lines(tx, TM=24), booth_id=made["booth"])
            return _same("boxes on the table", _boxes(tx, "booth"), 24)

    def closed() -> str:
        with box.db.write() as tx:
            mint = catalogue.named(tx, box.season, "TM")
            result = closing.close(tx, box.cook, made["booth"], sold={mint.id: 20}, cash_cents=20 * mint.price_cents)
        return _same("the difference in cents", result.variance_cents, 0)

    def signed() -> str:
        with box.db.write() as tx:
            try:
                closing.sign(tx, box.cook, made["booth"])
            except Refused:
                closing.sign(tx, box.leader, made["booth"])
                return ""
        return "who closed it could sign it off alone"

    def credited() -> str:
        with box.db.write() as tx:
            mint = catalogue.named(tx, box.season, "TM").id
            closing.credit(tx, box.cook, made["booth"], [(box.ida, mint, 12), (box.june, mint, 8)])
            totals = {row.scout_id: row.total_boxes for row in summary.scouts(tx, box.season, box.cook)}
        return _same("packages of both girls", totals.get(box.ida, 0) + totals.get(box.june, 0), 20)

    def put_back() -> str:
        with box.db.write() as tx:
            transfers.move(tx, box.cook, "BOOTH_TO_TROOP", box.lines(tx, TM=4), booth_id=made["booth"])
            return _same("boxes on the shelf", _boxes(tx, "troop"), 28)

    return [packed, closed, signed, credited, put_back]


def _boxes(tx: apsw.Connection, kind: str) -> int:
    found = value(
        tx, "SELECT sum(boxes) FROM boxes_at JOIN places ON places.id = place_id WHERE kind = :kind", kind=kind
    )
    return found or 0


def _file(box: Sandbox) -> list[Step]:
    from gsctracker.integrations import spreadsheets

    made: dict[str, int] = {}
    content = ROSTER.encode()

    def staged(tx: apsw.Connection, sheets: list[Any]) -> int:
        parsed = staging.understand(tx, sheets, "roster")
        return staging.stage(tx, box.cook, "roster", parsed, "roster.csv", sha256(content).hexdigest())

    def brought_in() -> str:
        sheets = spreadsheets.read(content, "roster.csv")
        with box.db.write() as tx:
            made["batch"] = staged(tx, sheets)
            applying.apply(tx, box.cook, made["batch"])
        return _same("girls on the roster", _girls(box), 5)

    def again() -> str:
        sheets = spreadsheets.read(content, "roster.csv")
        with box.db.write() as tx:
            before = value(tx, "SELECT count(*) FROM journal") + value(tx, "SELECT count(*) FROM scouts")
            applying.apply(tx, box.cook, staged(tx, sheets))
            after = value(tx, "SELECT count(*) FROM journal") + value(tx, "SELECT count(*) FROM scouts")
        return _same("rows more", after - before, 0)

    def taken_back() -> str:
        with box.db.write() as tx:
            undo.undo(tx, box.cook, made["batch"])
        return _same("girls on the roster", _girls(box), 2)

    return [brought_in, again, taken_back]


def _girls(box: Sandbox) -> int:
    with box.db.read() as tx:
        found: int = value(tx, "SELECT count(*) FROM scouts WHERE status = 'active'")
        return found


def _families(box: Sandbox) -> list[Step]:
    made: dict[str, int] = {}

    def hers() -> str:
        with box.db.write() as tx:
            made["sale"] = orders.take(tx, box.mother, [orders.Item("TM", 2)], scout_id=box.ida, customer_name="A. B.")
            return _same("the sale", orders.find(tx, made["sale"], box.mother).id, made["sale"])

    def not_hers() -> str:
        with box.db.read() as tx:
            return _refused(lambda: orders.find(tx, made["sale"], box.other), "another mother saw it")

    def no_money() -> str:
        with box.db.read() as tx:
            return _refused(lambda: balances.families(tx, box.season, box.girl), "a girl saw what families owe")

    def no_boxes() -> str:
        with box.db.write() as tx:
            lines = box.lines(tx, TM=1)
            return _refused(lambda: transfers.move(tx, box.leader, "C2T", lines), "a leader moved boxes")

    return [hers, not_hers, no_money, no_boxes]


def _saturday(box: Sandbox) -> list[Step]:
    def sold() -> str:
        took = []
        for number in range(SALES):
            began = clock.ticks()
            with box.db.write() as tx:
                girl = box.ida if number % 2 else box.june
                orders.take(tx, box.cook, [orders.Item("TM", 1 + number % 5)], scout_id=girl, customer_name="C")
            took.append(clock.ticks() - began)
        slow = round(sorted(took)[SALES * 95 // 100] * 1000)
        return "" if slow <= SALE_MILLISECONDS else f"19 of 20 sales took up to {slow} ms"

    def summed() -> str:
        began = clock.ticks()
        with box.db.read() as tx:
            summary.totals(tx, box.season)
            summary.scouts(tx, box.season, box.cook)
        took = round((clock.ticks() - began) * 1000)
        return "" if took <= SUMS_MILLISECONDS else f"the sums took {took} ms"

    def complete() -> str:
        with box.db.read() as tx:
            found = summary.totals(tx, box.season)
        boxes = sum(1 + number % 5 for number in range(SALES))
        return _same("sales", found.sales_count, SALES) or _same("boxes", found.boxes, boxes)

    return [sold, summed, complete]


SCENARIOS: dict[str, Callable[[Sandbox], list[Step]]] = {
    "sale": _sale,
    "booth": _booth,
    "file": _file,
    "families": _families,
    "saturday": _saturday,
}


def _same(what: str, found: object, wanted: object) -> str:
    return "" if found == wanted else f"{what}: {found} where {wanted} was expected"


def _refused(act: Callable[[], object], otherwise: str) -> str:
    try:
        act()
    except Refused:
        return ""
    return otherwise
