"""The lists around a season's first day: what is done before, on the day and after it, and the drills of those who run the box.

The lists are the same for every troop and stand here; whose each item is and whether it is done is kept for each season.
"""

from dataclasses import dataclass

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.errors import Invalid, NotFound
from gsctracker.words import N_

PHASES = {
    "before": N_("In the two weeks before"),
    "day": N_("On the first day"),
    "after": N_("In the week after"),
    "drills": N_("Drills for who runs the box"),
}


@dataclass(frozen=True)
class Item:
    """One line of a list: its code, its phase, what to do, how, and the page where it is done."""

    code: str
    phase: str
    label: str
    hint: str = ""
    href: str = ""


ITEMS = (
    Item(
        "catalogue",
        "before",
        N_("Compare every price with the council's sheet"),
        N_("Two people: one reads aloud, one looks."),
        "/catalogue",
    ),
    Item("roster", "before", N_("See that every girl who sells is on the roster"), "", "/scouts"),
    Item(
        "consents",
        "before",
        N_("Collect what guardians sign"),
        N_("No girl signs in herself before it is there."),
        "/consents",
    ),
    Item("families", "before", N_("Invite every family, and ask each to sign in once"), "", "/people"),
    Item(
        "access",
        "before",
        N_("Go through who may sign in: switch off who left, see that there are two admins"),
        N_("Nobody has a greater role than she needs."),
        "/people",
    ),
    Item(
        "copies", "before", N_("See that copies leave the box, and that one was proven by a rehearsal"), "", "/copies"
    ),
    Item("sheet", "before", N_("Print the recovery sheet twice and name who holds it"), "", "/recovery-sheet"),
    Item("contacts", "before", N_("Write down whom to call when something is wrong"), "", "/contacts"),
    Item(
        "trial",
        "before",
        N_("Try the program as in the season"),
        N_("Five trials by itself, three with you."),
        "/trials",
    ),
    Item("goals", "before", N_("Set the troop's goal and each girl's"), "", "/goals"),
    Item(
        "phones", "before", N_("Open booth mode once on every phone that goes to a booth"), "", "/booths/without-signal"
    ),
    Item("duty", "before", N_("Name who looks after the box in the first weeks"), "", "/problems"),
    Item(
        "copy-now",
        "day",
        N_("Make a copy before anybody comes"),
        N_("Right before, not the evening before."),
        "/copies",
    ),
    Item("lights", "day", N_("Look at the four lights, and leave that page open"), "", "/problems"),
    Item("no-upgrade", "day", N_("Nobody upgrades, restarts or moves the box today"), "", ""),
    Item("pick-up", "day", N_("Count the first pick-up with two people and record it at once"), "", "/stock/cupboard"),
    Item("hand-out", "day", N_("Hand out with a receipt for each family"), "", "/money/receipts"),
    Item("paper", "day", N_("Keep a pad of paper at the table for when nothing works"), "", ""),
    Item("count", "after", N_("Count the shelf and explain every difference"), "", "/stock/counts"),
    Item("money", "after", N_("Bring the first money to the bank, counted by two"), "", "/money/deposits"),
    Item("office", "after", N_("Compare with the council's system"), "", "/differences"),
    Item("feedback", "after", N_("Read what families said, and answer"), "", "/feedback/list"),
    Item("figures", "after", N_("Look at the figures of the season with its leaders"), "", "/kpis"),
    Item(
        "drill-log",
        "drills",
        N_("Find a request by its number in the log"),
        N_("Open a page that is not there, note the number under “Request”, and find its line."),
        "/problems",
    ),
    Item(
        "drill-restore",
        "drills",
        N_("Bring the troop back from a copy, in a folder of its own"),
        N_("gsctracker restore with --data-dir of an empty folder, or the page of an empty box, with the printed key."),
        "/copies/guide",
    ),
    Item(
        "drill-rollback",
        "drills",
        N_("Go back to the version of before"),
        N_("examples/deploy/deploy.sh --rollback --dry-run, and read aloud what it would do."),
        "/problems",
    ),
)
"""Every line of every list. A code is kept with what was ticked: it never changes its meaning."""

_KNOWN = {item.code: item for item in ITEMS}


@dataclass(frozen=True)
class Line:
    """An item of this season: what it is, whose, when it was done and by whom (names)."""

    item: Item
    account_id: int | None
    owner: str
    done_at: str | None
    done_by: str


def lines(tx: apsw.Connection, by: Person) -> list[Line]:
    """Every item in the current season, in order."""
    roles.require(by, "season.manage")
    kept = {
        row.item: row
        for row in many(
            tx,
            """SELECT item, account_id, coalesce(first_name, '') AS owner, done_at, done_by
                 FROM launch_items LEFT JOIN accounts ON accounts.id = account_id WHERE season_id = :season""",
            season=seasons.current(tx).id,
        )
    }
    nothing = Row(account_id=None, owner="", done_at=None, done_by="")
    found = ((item, kept.get(item.code, nothing)) for item in ITEMS)
    return [Line(item, row.account_id, row.owner, row.done_at, row.done_by) for item, row in found]


def able(tx: apsw.Connection) -> list[Row]:
    """Whose an item can be: active leaders (id, first_name)."""
    return many(
        tx,
        """SELECT id, first_name FROM accounts
            WHERE role IN ('leader', 'cookie_leader', 'admin') AND state = 'active' ORDER BY first_name, id LIMIT 100""",
    )


def assign(tx: apsw.Connection, code: str, account_id: int | None, by: Person) -> None:
    """Say whose an item is; None: nobody's. Raises NotFound, Invalid for who is no leader."""
    roles.require(by, "season.manage")
    _must_be_known(code)
    if account_id is not None and account_id not in {row.id for row in able(tx)}:
        raise Invalid(N_("Choose one of the leaders."), "no_leader", {"owner": N_("Choose one of the leaders.")})
    run(
        tx,
        """INSERT INTO launch_items (season_id, item, account_id) VALUES (:season, :item, :account)
           ON CONFLICT (season_id, item) DO UPDATE SET account_id = excluded.account_id""",
        season=seasons.current(tx).id,
        item=code,
        account=account_id,
    )


def tick(tx: apsw.Connection, code: str, done: bool, by: Person) -> None:
    """It is done, or not after all. Raises NotFound."""
    roles.require(by, "season.manage")
    _must_be_known(code)
    season = seasons.current(tx).id
    run(
        tx,
        """INSERT INTO launch_items (season_id, item, done_at, done_by) VALUES (:season, :item, :at, :by)
           ON CONFLICT (season_id, item) DO UPDATE SET done_at = excluded.done_at, done_by = excluded.done_by""",
        season=season,
        item=code,
        at=clock.now() if done else None,
        by=by.first_name[:80] if done else "",
    )
    audit.note(tx, by.id, "launch.ticked" if done else "launch.unticked", "season", season, item=code)


def left(tx: apsw.Connection) -> dict[str, int]:
    """How many items of each phase are not done in the current season."""
    season = seasons.current(tx).id
    done = {
        row.item
        for row in many(
            tx, "SELECT item FROM launch_items WHERE season_id = :season AND done_at IS NOT NULL", season=season
        )
    }
    return {phase: sum(one.phase == phase and one.code not in done for one in ITEMS) for phase in PHASES}


def _must_be_known(code: str) -> None:
    if code not in _KNOWN:
        raise NotFound(N_("There is nothing of that name on the list."), "no_such_item")
