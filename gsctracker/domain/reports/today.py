"""What waits for somebody today: for the leaders the whole troop, for a family its own girls. Nothing waits: an empty list."""

from dataclasses import dataclass
from datetime import date, timedelta

import apsw

from gsctracker.db.rows import Row, ids, many, one
from gsctracker.domain.booths import booths, closing, crediting, deadline, entries, hours
from gsctracker.domain.imports import batches
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.inventory import claims, cupboard_orders, stock
from gsctracker.domain.money import agreements, limits, sweeps
from gsctracker.domain.money.council import Statement
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import channels
from gsctracker.domain.rewards import handing
from gsctracker.domain.season import seasons, troop
from gsctracker.words import N_

CASH_FROM = 100_00
"""Cents of cash at home from which on a family is reminded; councils want it handed in weekly."""
MOST_NAMED = 3
PLACE_WITHIN = timedelta(days=2)
"""How long before its cut-off a draft to the cupboard is called to mind."""
REWARDS_WITHIN = timedelta(days=14)
"""How long before the last day for rewards it is called to mind."""
SWEEP_WITHIN = timedelta(days=7)
"""How long before a withdrawal of the council is called to mind what must be at the bank for it."""


@dataclass(frozen=True)
class Waiting:
    """One thing that waits: how many of it, a sentence, and where it is done (imports, booths, stock, money, ...)."""

    code: str
    count: int
    sentence: Note
    target: str
    scout_id: int | None = None


def for_person(tx: apsw.Connection, season_id: int, by: Person, account: Statement | None = None) -> list[Waiting]:
    """What waits for her: a leader's list or a family's. `account`: the council's, where it is known already."""
    if roles.allows(by, "sales.all"):
        return for_leader(tx, season_id, by, account=account)
    return for_family(tx, season_id, by)


def for_leader(
    tx: apsw.Connection,
    season_id: int,
    by: Person,
    cash_from: int = CASH_FROM,
    account: Statement | None = None,
) -> list[Waiting]:
    """What waits in the whole troop, most urgent first; only what is hers to do."""
    roles.require(by, "sales.all")
    found = []
    today = troop.day_of(tx, hours.present(tx))  # in the example troop time stands still
    if roles.allows(by, "imports"):
        found += _imports(tx, season_id)
    found += _booths(tx, season_id, today)
    if below := stock.below_zero(tx, season_id):
        sentence = N_("Places with fewer than no boxes of a cookie: %(n)s. A pick-up or hand-out was not recorded.")
        found.append(Waiting("below_zero", len(below), Note(sentence, {"n": len(below)}), "stock"))
    found += _cupboard(tx, season_id, today)
    if roles.allows(by, "money.see"):
        found += _money(tx, season_id, by, today, cash_from, account)
        found += _over_a_limit(tx, season_id, by)
    if roles.allows(by, "differences"):
        share = {girl: one.to_type for girl, one in channels.share_to_type(tx, season_id).items() if one.to_type}
        if share:
            sentence = N_("Cookie Share to type into the back office: %(n)s, for %(girls)s of the girls.")
            note = Note(sentence, {"n": sum(share.values()), "girls": len(share)})
            found.append(Waiting("share_to_type", sum(share.values()), note, "differences"))
    return found + _sales(tx, season_id, None) + _rewards(tx, season_id, today, by)


def for_family(tx: apsw.Connection, season_id: int, by: Person) -> list[Waiting]:
    """What waits for her own girls; a girl herself is not reminded of her family's money."""
    found, sees_money = [], roles.allows(by, "family.money")
    for girl in _own_girls(tx, season_id, by):
        name = {"girl": girl.first_name}
        if sees_money and girl.cash_held_cents > 0:
            sentence = N_("%(girl)s: $%(amount)s of cookie money is still at home. Hand it in to your cookie leader.")
            note = Note(sentence, name | {"amount": f"{girl.cash_held_cents / 100:.2f}"})
            found.append(Waiting("cash_to_hand_in", girl.cash_held_cents, note, "money", girl.scout_id))
        found += _sales(tx, season_id, girl)
    return found + _rewards(tx, season_id, troop.day_of(tx, hours.present(tx)), by)


def _rewards(tx: apsw.Connection, season_id: int, today: str, by: Person) -> list[Waiting]:
    """Rewards that nobody came for yet, once the day is near from which on they are forfeited."""
    days, open_ones = handing.soon_forfeited(tx, season_id, today, by)
    if not open_ones:
        return []
    sentence = N_("Rewards that were not collected yet: %(n)s (%(girls)s). Days until they are forfeited: %(days)s.")
    girls = list(dict.fromkeys(row.first_name for row in open_ones))
    names = ", ".join(girls[:MOST_NAMED]) + (", …" if len(girls) > MOST_NAMED else "")
    note = Note(sentence, {"n": len(open_ones), "girls": names, "days": days})
    return [Waiting("rewards_to_collect", len(open_ones), note, "rewards")]


def _booths(tx: apsw.Connection, season_id: int, today: str) -> list[Waiting]:
    """Entries of phones to be decided about, booths that one adult alone signed, and booths not credited, with the days left."""
    found, days = [], deadline.days_left(tx, seasons.find(tx, season_id), today)
    if undecided := entries.undecided(tx, season_id):
        count = sum(booth.waiting for booth in undecided)
        sentence = N_("What phones sent from booths and somebody must decide about: %(n)s (%(names)s).")
        found.append(Waiting("booth_entries", count, Note(sentence, _named(undecided, count)), "booths"))
    if alone := closing.unsigned(tx, season_id):
        sentence = N_("Booths that only one adult signed: %(n)s (%(names)s).")
        found.append(Waiting("booths_to_sign", len(alone), Note(sentence, _named(alone, len(alone))), "booths"))
    if left := booths.not_credited(tx, season_id):
        params = _named(left, sum(booth.left for booth in left))
        code, sentence = (
            "booths_not_credited",
            N_("Packages of booths that are not credited to girls yet: %(n)s (%(names)s)."),
        )
        if days is not None and days >= 0:
            params["days"] = days
            sentence = N_(
                "Packages of booths that are not credited to girls yet: %(n)s (%(names)s). Days left for rewards: %(days)s."
            )
        elif days is not None:
            code = "booths_not_credited_late"
        found.append(Waiting(code, len(left), Note(sentence, params), "booths"))
    if site := sum(n for n in crediting.site_left(tx, season_id).values() if n > 0):
        sentence = N_("Packages of the troop's own site that no girl is credited with yet: %(n)s.")
        found.append(Waiting("site_not_credited", site, Note(sentence, {"n": site}), "booths/online"))
    if not left and days is not None and 0 <= days <= REWARDS_WITHIN.days:
        sentence = N_("Days until credit no longer counts for rewards: %(n)s.")
        found.append(Waiting("rewards_close", days, Note(sentence, {"n": days}), "rewards"))
    return found


def _over_a_limit(tx: apsw.Connection, season_id: int, by: Person) -> list[Waiting]:
    """Families that hold more, or longer, than the troop lets them."""
    beyond = limits.over(tx, season_id, by)
    if not beyond:
        return []
    sentence = N_("Families beyond what they may hold, or for how long: %(n)s.")
    return [Waiting("families_over_limit", len(beyond), Note(sentence, {"n": len(beyond)}), "money/reminders")]


def _named(rows: list[Row], count: int) -> dict[str, str | int]:
    more = ", …" if len(rows) > MOST_NAMED else ""
    return {"n": count, "names": ", ".join(row.name for row in rows[:MOST_NAMED]) + more}


def _cupboard(tx: apsw.Connection, season_id: int, today: str) -> list[Waiting]:
    """Orders to place before their cut-off, orders whose pick-up day has come, and claims that are not settled."""
    asked = claims.waiting(tx, season_id)
    due = cupboard_orders.due(tx, season_id, today, _days_on(today, PLACE_WITHIN))
    found = []
    for code, count, sentence, params, target in (
        (
            "orders_to_place",
            due.to_place,
            N_("Orders to the cupboard that are drafts and whose cut-off is near or over: %(n)s."),
            {},
            "stock/cupboard",
        ),
        (
            "orders_to_receive",
            due.to_receive,
            N_("Orders to the cupboard whose pick-up day has come: %(n)s. Write down what was loaded."),
            {},
            "stock/cupboard",
        ),
        (
            "claims_to_tell",
            asked.open,
            N_("Claims that the council does not know of yet: %(n)s, together $%(amount)s."),
            {"amount": f"{asked.open_cents / 100:,.2f}"},
            "stock/claims",
        ),
        (
            "claims_to_settle",
            asked.told,
            N_("Claims that wait for the council's answer: %(n)s, together $%(amount)s."),
            {"amount": f"{asked.told_cents / 100:,.2f}"},
            "stock/claims",
        ),
    ):
        if count:
            found.append(Waiting(code, count, Note(sentence, {"n": count} | params), target))
    return found


def _imports(tx: apsw.Connection, season_id: int) -> list[Waiting]:
    found, now = [], batches.to_do(tx, season_id)
    if waiting := now.unanswered:
        sentence = N_("Imported rows that wait for an answer: %(n)s. Their packages are in no figure yet.")
        found.append(Waiting("rows_to_answer", waiting, Note(sentence, {"n": waiting}), "imports"))
    if staged := now.staged:
        sentence = N_("Imports that were looked at and not applied yet: %(n)s.")
        found.append(Waiting("imports_to_apply", staged, Note(sentence, {"n": staged}), "imports"))
    return found


def _money(
    tx: apsw.Connection, season_id: int, by: Person, today: str, cash_from: int, account: Statement | None
) -> list[Waiting]:
    """Withdrawals that are near, families that disagree or hold much cash, and entries that are unlike the others."""
    now = one(
        tx,
        """SELECT count(*) AS families, ifnull(sum(cash_held_cents), 0) AS cents,
                  (SELECT count(*) FROM entry_checks WHERE score >= 30 AND decision IS NULL) AS odd,
                  EXISTS (SELECT 1 FROM agreements WHERE season_id = :season AND agrees = 0) AS disputed,
                  EXISTS (SELECT 1 FROM sweep_rules WHERE season_id = :season AND due_on <= :soon AND failed_on IS NULL
                             AND (entry_id IS NULL OR EXISTS (SELECT 1 FROM journal WHERE reverses = entry_id))) AS withdrawals
             FROM family_balances WHERE season_id = :season AND cash_held_cents >= :least""",
        season=season_id,
        least=cash_from,
        soon=_days_on(today, SWEEP_WITHIN),
    )
    assert now is not None
    found = _sweeps(tx, season_id, today, account) if now.withdrawals else []
    disputed = agreements.disagreements(tx, season_id, by) if now.disputed else []
    if disputed:
        names = ", ".join(row.first_name for row in disputed[:MOST_NAMED])
        sentence = N_("Families that say their figures are not right: %(n)s (%(names)s).")
        params: dict[str, str | int] = {
            "n": len(disputed),
            "names": names + (", …" if len(disputed) > MOST_NAMED else ""),
        }
        found.append(Waiting("figures_disputed", len(disputed), Note(sentence, params), "money/reminders"))
    if now.odd:
        sentence = N_("Entries that are unlike the others: %(n)s. A look now saves a search in spring.")
        found.append(Waiting("entries_to_review", now.odd, Note(sentence, {"n": now.odd}), "review"))
    if now.families:
        sentence = N_("Families that hold cash: %(n)s, together $%(amount)s.")
        note = Note(sentence, {"n": now.families, "amount": f"{now.cents / 100:,.2f}"})
        found.append(Waiting("cash_held", now.families, note, "money"))
    return found


def _sweeps(tx: apsw.Connection, season_id: int, today: str, account: Statement | None) -> list[Waiting]:
    """The council's withdrawals of the next days, with what is still to be deposited; and those whose day is over."""
    planned = [sweep for sweep in sweeps.forecast(tx, season_id, account=account) if sweep.state == "planned"]
    found = []
    if late := sum(sweep.rule.due_on < today for sweep in planned):
        sentence = N_("Withdrawals of the council whose day is over and that are not written down: %(n)s.")
        found.append(Waiting("sweeps_to_record", late, Note(sentence, {"n": late}), "money/sweeps"))
    for sweep in planned:
        if not today <= sweep.rule.due_on <= _days_on(today, SWEEP_WITHIN):
            continue
        params: dict[str, str | int] = {
            "amount": f"{sweep.expected_cents / 100:,.2f}",
            "deposit": f"{sweep.deposit_cents / 100:,.2f}",
            "days": max((date.fromisoformat(sweep.deposit_by) - date.fromisoformat(today)).days, 0),
        }
        code = "sweep_to_cover" if sweep.deposit_cents else "sweep_covered"
        sentence = N_("The council withdraws $%(amount)s next, and it is at the bank.")
        if sweep.deposit_cents:
            sentence = N_(
                "The council withdraws $%(amount)s next: deposit at least $%(deposit)s. Days left for that: %(days)s."
            )
        found.append(Waiting(code, sweep.deposit_cents, Note(sentence, params), "money/sweeps"))
    return found


def _days_on(today: str, distance: timedelta) -> str:
    return (date.fromisoformat(today) + distance).isoformat()


def _sales(tx: apsw.Connection, season_id: int, girl: Row | None) -> list[Waiting]:
    """Sales to deliver and to approve, of one girl or of all."""
    rows = one(
        tx,
        """SELECT count(*) FILTER (WHERE status = 'promised' AND order_type NOT IN ('shipped', 'donation')) AS promised,
                  count(*) FILTER (WHERE status = 'needs_approval') AS approval
             FROM orders WHERE season_id = :season AND status IN ('promised', 'needs_approval')
              AND (:scout IS NULL OR scout_id = :scout)""",
        season=season_id,
        scout=girl and girl.scout_id,
    )
    assert rows is not None
    found = []
    for code, count, troop_words, her_words in (
        (
            "sales_to_deliver",
            rows.promised,
            N_("Sales that are not delivered yet: %(n)s."),
            N_("%(girl)s: sales to deliver: %(n)s."),
        ),
        (
            "orders_to_approve",
            rows.approval,
            N_("Online orders that wait for a caregiver's approval, ten days at most: %(n)s."),
            N_("%(girl)s: online orders to approve in Digital Cookie, within ten days: %(n)s."),
        ),
    ):
        if count:
            note = Note(her_words, {"n": count, "girl": girl.first_name}) if girl else Note(troop_words, {"n": count})
            found.append(Waiting(code, count, note, "sales", girl.scout_id if girl else None))
    return found


def _own_girls(tx: apsw.Connection, season_id: int, by: Person) -> list[Row]:
    return many(
        tx,
        """SELECT scout_id, first_name, cash_held_cents FROM family_balances JOIN scouts ON scouts.id = scout_id
             WHERE season_id = :season AND scout_id IN (SELECT value FROM json_each(:girls)) ORDER BY scout_id""",
        season=season_id,
        girls=ids(by.scout_ids),
    )
