"""Today: what waits for a leader and how the season goes; a family's and a girl's own figures."""

from typing import NamedTuple

from flask import Blueprint, current_app, g, redirect, render_template
from flask_babel import gettext, ngettext

from gsctracker import clock
from gsctracker.domain.booths import hours, listing, moved_up, sign_ups
from gsctracker.domain.inventory import stock
from gsctracker.domain.money import agreements, balances, council, receipts
from gsctracker.domain.people import invitations, roles, scouts, sessions
from gsctracker.domain.reports import summary
from gsctracker.domain.reports import today as reported
from gsctracker.domain.rewards import levels
from gsctracker.domain.sales import goals
from gsctracker.domain.season import seasons
from gsctracker.ops import health, metrics
from gsctracker.ops.alerts import watch
from gsctracker.ops.alerts.rules import Rule
from gsctracker.web import booth_words, reward_words, wording
from gsctracker.web.access import allow
from gsctracker.web.context import addresses
from gsctracker.web.errors import say
from gsctracker.web.locale import number

MOST_NAMED = 5
GIRLS_ON_HOME = 6
GRAVITY = ("healthy", "warning", "unhealthy")
URGENCY = {
    "rows_to_answer": "bad",
    "booths_not_credited": "bad",
    "sweep_to_cover": "bad",
    "figures_disputed": "bad",
    "sweep_covered": "news",
    "imports_to_apply": "news",
    "sales_to_deliver": "news",
}

bp = Blueprint("home", __name__)


class Waiting(NamedTuple):
    """Something that waits for her: what, where it is settled, and why it matters."""

    label: str
    href: str | None
    hint: str
    kind: str


class Girl(NamedTuple):
    """A girl on her family's own page, in packages and cents."""

    id: int
    name: str
    credited: int
    goal: int | None
    sales: int
    home: list
    boxes: int
    place_id: int | None
    balance: object


@bp.get("/")
@allow("home")
def today():
    """The first page: a leader's day, or a family's own girls."""
    if roles.allows(g.by, "sales.all"):
        return render_template("home/leader.html", **_leader())
    return render_template("home/family.html", **_family())


@bp.get("/today")
@allow("home")
def other_spelling():
    """The same page by its name."""
    return redirect("/")


def _leader() -> dict[str, object]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        cookies = summary.products(tx, season.id)
        sold = summary.totals(tx, season.id, cookies)
        owes = balances.families(tx, season.id, g.by)
        here = stock.on_hand(tx, season.id, g.by)
        girls = summary.scouts(tx, season.id, g.by)
        booths, account = _booths(tx, season.id), council.statement(tx, season.id)
        return {
            "sold": sold,
            "goal": next((row.boxes for row in goals.goals(tx, season.id, g.by) if row.scout_id is None), None),
            "owed": sum(row.balance_cents for row in owes),
            "families_owing": sum(row.balance_cents > 0 for row in owes),
            "council": account,
            "in_hands": sum(row.boxes for row in here if row.place in ("troop", "booth", "transit")),
            "days": [(row.day, row.boxes) for row in summary.per_day(tx, season.id, g.by)],
            "cookies": _popular(cookies),
            "places": _places(here),
            "best": [girl for girl in girls if girl.total_boxes][:GIRLS_ON_HOME],
            "waiting": _waiting(tx, season.id, here, booths["moved_up"], account),
            **booths,
            **_reached(tx, season.id),
            "steps": _steps(tx, season, girls, here),
            "grave": _grave(),
            "lights": _lights(),
            "signed_in": sessions.count_active(tx),
        }


def _lights() -> list[tuple[str, str]]:
    """Four lights for whoever runs the box: (what, healthy, warning or unhealthy); none for others."""
    if not roles.allows(g.by, "operate"):
        return []
    box = metrics.of()
    copies, jobs = health.backup(box.config.backups), health.jobs(box.db, clock.ticks() - box.started)
    return [
        (gettext("Database"), health.database(box.config, box.db)["status"]),
        (gettext("Disk"), health.disk(box.config.data_dir)["status"]),
        (gettext("Memory"), health.memory()["status"]),
        (gettext("Copies and timetable"), max(copies["status"], jobs["status"], key=GRAVITY.index)),
    ]


def _grave() -> list[Rule]:
    """What is gravely wrong with the box: every leader is told, for she has a booth on Saturday."""
    faults = current_app.extensions[watch.PART].faults()
    return [fault.rule for fault in faults if fault.rule.severity == "critical" and fault.is_there]


def _popular(rows: list) -> list[tuple[str, int]]:
    sold = [(row.name, row.boxes) for row in rows if row.boxes]
    return sorted(sold, key=lambda pair: -pair[1])


def _places(rows: list) -> list[tuple[str, list[tuple[str, int]]]]:
    """(place, [(cookie, boxes)]): all girls' homes are one place, and a cookie below nothing is left to its own line."""
    found: dict[str, dict[str, int]] = {}
    for row in rows:
        name = row.booth_name or wording.said(wording.PLACES, row.place)
        if row.scout_id:
            name = gettext("At the girls' homes")
        per = found.setdefault(name, {})
        per[row.name] = per.get(row.name, 0) + row.boxes
    return [(name, list(per.items())) for name, per in found.items()]


def _waiting(tx, season_id: int, here: list, moved: list, account=None) -> list[Waiting]:
    """What waits for her, and where it is settled; what has no page yet has no address.

    `here` are the boxes she may see, `moved` the shifts for which her people moved up from a waiting list.
    """
    found = []
    for one in reported.for_person(tx, season_id, g.by, account):
        if one.code == "below_zero":
            found += _below_zero(here)
        else:
            said = say(one.sentence.message, one.sentence.params)
            found.append(Waiting(said, _address(one.target, one.code, one.scout_id), "", URGENCY.get(one.code, "wait")))
    found += [
        Waiting(
            gettext(
                "%(who)s moved up from the waiting list: %(booth)s, %(when)s",
                who=booth_words.person(row),
                booth=row.booth_name,
                when=booth_words.hours(row),
            ),
            f"/booths/{row.booth_id}",
            gettext("The place is taken for you. Give it back in time if nobody can come."),
            "news",
        )
        for row in moved
    ]
    found += _of_her_family(tx, season_id)
    if roles.allows(g.by, "people.manage") and (open_ones := len(invitations.waiting(tx))):
        label = ngettext(
            "%(num)s invitation is not accepted yet", "%(num)s invitations are not accepted yet", open_ones
        )
        found.append(Waiting(label, "/people", gettext("Each link works for seven days."), "news"))
    return sorted(found, key=lambda one: ("bad", "wait", "news").index(one.kind))


def _of_her_family(tx, season_id: int) -> list[Waiting]:
    """Receipts that an adult of a family has not confirmed yet, and figures she has not looked at this month."""
    if roles.allows(g.by, "sales.all") or not roles.allows(g.by, "family.money"):
        return []
    found = [
        Waiting(
            gettext("Receipt %(number)s for %(girl)s: please confirm it", number=row.number, girl=wording.girl(row)),
            f"/money/receipts/{row.id}",
            gettext("It says what was handed over. It takes one touch."),
            "news",
        )
        for row in receipts.recent(tx, season_id, g.by, limit=MOST_NAMED, open_only=True)
    ]
    found += [
        Waiting(
            gettext("%(girl)s: are these figures right?", girl=wording.girl(girl)),
            f"/money/families/{girl.id}#agree",
            gettext("Once a month: what you owe, and the boxes at home."),
            "news",
        )
        for girl in scouts.page(tx, g.by)
        if agreements.is_due(tx, season_id, girl.id, g.by)
    ]
    return found


def _below_zero(here: list) -> list[Waiting]:
    hint = gettext("Less than nothing: a pick-up or a move was never recorded.")
    return [
        Waiting(
            gettext("%(place)s: %(n)s %(cookie)s", place=wording.place(row), n=number(row.boxes), cookie=row.name),
            f"/why/stock/{row.place_id}?product={row.product_id}",
            hint,
            "bad",
        )
        for row in sorted((row for row in here if row.boxes < 0), key=lambda row: row.boxes)[:MOST_NAMED]
    ]


def _address(target: str, code: str, scout_id: int | None) -> str | None:
    if f"/{target}" not in addresses():
        return None
    if target == "booths":
        return f"/booths?group={'all' if code == 'booth_entries' else 'to_close'}"
    if target == "sales":
        girl = f"&girl={scout_id}" if scout_id else ""
        return f"/sales?status={'needs_approval' if code == 'orders_to_approve' else 'promised'}{girl}"
    return f"/why/balance/{scout_id}" if target == "money" and scout_id else f"/{target}"


def _steps(tx, season, girls: list, here: list) -> list[dict[str, object]]:
    """The first things to do in a new box; none once the season is under way."""
    if girls and here:
        return []
    aim = any(row.scout_id is None for row in goals.goals(tx, season.id, g.by))
    return [
        {"label": gettext("Name the troop and begin the season"), "done": True, "href": "/settings", "hint": ""},
        {
            "label": gettext("Import a roster"),
            "done": bool(girls),
            "href": "/imports",
            "hint": gettext("A spreadsheet with one girl a line is enough; or add the girls one by one under Scouts."),
        },
        {
            "label": gettext("Check the cookies and their prices"),
            "done": season.status != "setup",
            "href": "/catalogue",
            "hint": gettext("Prices are your council's. Then move the season on from “Getting ready” under Settings."),
        },
        {
            "label": gettext("Set the troop's goal"),
            "done": aim,
            "href": "/goals",
            "hint": gettext("So many boxes pay for so much camp."),
        },
        {
            "label": gettext("Record the first pick-up from the cupboard"),
            "done": bool(here),
            "href": "/stock",
            "hint": gettext("Only once there are boxes; from then on every one of them has a place."),
        },
    ]


def _reached(tx, season_id: int) -> dict[str, object]:
    """The levels that girls reached in the last days, with the words for them."""
    return {"reached": levels.news(tx, season_id, g.by), "reward_words": reward_words}


def _booths(tx, season_id: int) -> dict[str, object]:
    """Her own next shifts and those that became hers, and to a leader the troop's next booths."""
    now = hours.present(tx)
    coming = sign_ups.coming(tx, g.by, season_id, now, moved_up.MOST)
    ahead = listing.Wanted(group="ahead", since=now)
    return {
        "next_shifts": coming[:MOST_NAMED],
        "moved_up": moved_up.news(coming),
        "next_booths": listing.page(tx, g.by, season_id, ahead, limit=3) if roles.allows(g.by, "sales.all") else [],
        "booth_words": booth_words,
    }


def _family() -> dict[str, object]:
    with g.db.read() as tx:
        season = seasons.current(tx)
        aims = {row.scout_id: row.boxes for row in goals.goals(tx, season.id, g.by)}
        figures = {row.scout_id: row for row in summary.scouts(tx, season.id, g.by)}
        sees_money = roles.allows(g.by, "family.money")
        owes = {row.scout_id: row for row in balances.families(tx, season.id, g.by)} if sees_money else {}
        here = stock.on_hand(tx, season.id, g.by)
        girls = []
        for scout in scouts.page(tx, g.by):
            home = [row for row in here if row.scout_id == scout.id]
            own = figures.get(scout.id)
            girls.append(
                Girl(
                    id=scout.id,
                    name=wording.girl(scout),
                    credited=own.total_boxes if own else 0,
                    goal=aims.get(scout.id),
                    sales=own.sales_count if own else 0,
                    home=home,
                    boxes=sum(row.boxes for row in home),
                    place_id=home[0].place_id if home else None,
                    balance=owes.get(scout.id),
                )
            )
        days = {girl.id: _days(tx, season.id, girl.id) for girl in girls} if len(girls) == 1 else {}
        troop = {"goal": aims.get(None), "sold": summary.totals(tx, season.id).boxes if aims.get(None) else 0}
        booths = _booths(tx, season.id)
        waiting = _waiting(tx, season.id, here, booths["moved_up"])
        ahead = {"waiting": waiting, **booths, **_reached(tx, season.id)}
    return {**ahead, "girls": girls, "days": days, "troop_goal": troop, "sees_money": sees_money}


def _days(tx, season_id: int, scout_id: int) -> list[tuple[str, int]]:
    return [(row.day, row.boxes) for row in summary.per_day(tx, season_id, g.by, scout_id)]
