"""What people do in a season beside looking at pages, carried out once so that every statement of it is heard."""

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain import once
from gsctracker.domain.inventory import claims, counts, cupboard_orders, cupboard_receipts, stock, transfers
from gsctracker.domain.journal import TROOP
from gsctracker.domain.money import agreements, balances, council, deposits, limits, receipts, reminders, turn_ins
from gsctracker.domain.people import accounts, families, invitations, scouts, sessions
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import summary
from gsctracker.domain.sales import goals, listing, orders
from gsctracker.domain.sales.listing import Filter
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import catalogue, seasons, troop
from gsctracker.ops import upkeep
from tests.db.booth_journey import a_booth
from tests.factories import HASH


def everything_else(db: Database) -> None:
    """Every verb once, by the admin and by a caregiver."""
    with db.write() as tx:
        admin = Person(value(tx, "SELECT id FROM accounts WHERE role = 'admin' ORDER BY id"), "admin", "Olga")
        season = seasons.current(tx).id
        girl, other = scouts.page(tx, admin, limit=2)
        _people(tx, admin, girl.id)
        _season(tx, admin, season)
        _sales(tx, admin, season, girl.id)
        _stock(tx, admin, season, girl.id, other.id)
        a_booth(tx, admin, season, girl.id, other.id)
        _cupboard(tx, admin, season)
        _money(tx, admin, season, girl.id)
    config = Config(data_dir=db.path.parent)
    for job in (
        upkeep.forget_sessions,
        upkeep.forget_answers,
        upkeep.discard_unfinished_imports,
        upkeep.forget_audit,
        upkeep.forget_runs,
    ):
        job(config, db)


def _people(tx, admin, girl):
    scout = scouts.add_scout(tx, "Zoe", "Z.", by=admin)
    scouts.change(tx, scout, admin, grade=4)
    scouts.remember_alias(tx, scout, "gsusa", "123")
    guardian = families.add_guardian(
        tx, scouts.find(tx, scout, admin).household_id, "Zed", "zed@example.org", [scout, girl], by=admin
    )
    families.by_email(tx, "zed@example.org")
    families.of_scouts(tx, [scout, girl])
    families.unlink(tx, guardian, girl, admin)
    secret = invitations.invite(tx, "zed@example.org", "caregiver", admin, guardian)
    account = invitations.accept(tx, secret, "Zed", "", HASH)
    invitations.invite(tx, "yan@example.org", "leader", admin)
    invitations.withdraw(tx, invitations.waiting(tx)[0].id, admin)
    token = sessions.start(tx, account)
    caregiver = sessions.resume(tx, token)
    sessions.count_active(tx)
    goals.set_goal(tx, seasons.current(tx).id, scout, 100, caregiver)
    listing.page(tx, caregiver, seasons.current(tx).id, Filter())
    sessions.end(tx, token)
    accounts.candidate(tx, "zed@example.org")
    accounts.named(tx, "zed@example.org")
    accounts.page(tx)
    accounts.change_role(tx, account, "leader", admin)
    accounts.set_password(tx, account, HASH, None)
    accounts.set_language(tx, account, "es")
    accounts.disable(tx, account, admin)
    accounts.enable(tx, account, admin)
    once.recall(tx, "key", admin.id, "a" * 64)
    once.keep(tx, "key", admin.id, "a" * 64, 201, b"{}")


def _season(tx, admin, season):
    troop.change(tx, admin, name="Troop 9")
    seasons.all_of_them(tx)
    seasons.change(tx, season, admin, exempt_per_girl=0)
    seasons.set_tiers(tx, season, {200: 90}, admin)
    cookie = catalogue.recognise(tx, season, "TM")
    catalogue.change(tx, cookie.id, admin, allergens="wheat")
    catalogue.add_name(tx, season, cookie.id, "Mint Thins")


def _sales(tx, admin, season, girl):
    order = orders.take(
        tx, admin, [Item("TM", 2), Item("CShare", 1)], scout_id=girl, customer_name="Kim", payment_method="cash"
    )
    orders.change(tx, order, admin, {"items": [Item("TM", 1)], "notes": "bell is broken", "collected_cents": 600})
    orders.deliver(tx, order, admin)
    orders.undeliver(tx, order, admin)
    orders.cancel(tx, order, admin)
    for wanted in (
        Filter(), Filter(scout_id=girl), Filter(status="promised"), Filter(status="unpaid"), Filter(product="TM"), Filter(q="kim"),
        Filter(first_day="2026-02-01", last_day="2026-02-08"), Filter(order_type="in_hand"), Filter(troop_only=True),
    ):  # fmt: skip
        rows = listing.page(tx, admin, season, wanted)
        listing.page_json(tx, admin, season, wanted, listing.After(rows[-1].ordered_at, rows[-1].id) if rows else None)
        listing.count(tx, admin, season, wanted)
        listing.cookies(tx, [row.id for row in rows])
    goals.goals(tx, season, admin)


def _stock(tx, admin, season, girl, other):
    cookie = catalogue.recognise(tx, season, "TM")
    for kind, about in (("C2T", {}), ("T2G", {"scout_id": girl}), ("G2G", {"scout_id": girl, "to_scout_id": other})):
        entry = transfers.move(tx, admin, kind, [(cookie, 3)], **about)
    transfers.take_back(tx, entry, admin)
    count = counts.record(tx, admin, TROOP, {cookie.id: 5_000})
    counts.recent(tx, season, admin)
    if difference := counts.find(tx, count, admin).lines[0].difference:
        counts.explain(tx, admin, count, cookie.id, "LOST" if difference < 0 else "FOUND", "counted twice")
    stock.why(tx, season, TROOP, admin)
    stock.below_zero(tx, season)


def _cupboard(tx, admin, season):
    cookie = catalogue.recognise(tx, season, "TM")
    order = cupboard_orders.draft(tx, admin, "extra", [(cookie, 12)])
    cupboard_orders.change(tx, order, admin, [(cookie, 24)])
    cupboard_orders.place(tx, order, admin)
    cupboard_orders.open_again(tx, order, admin)
    cupboard_orders.place(tx, order, admin)
    who = {"counted_by": "Lea", "checked_by": "Mia"}
    lines, spoilt = [(cookie, 6)], {cookie.id: 1}
    cupboard_receipts.receive(tx, admin, order, lines, damaged=spoilt, rest_comes_later=True, **who)
    cupboard_receipts.nothing_more_comes(tx, order, admin)
    for claim in claims.page(tx, season, admin, order):
        claims.tell(tx, claim.id, admin)
        claims.settle(tx, claim.id, admin, "credited")
        claims.open_again(tx, claim.id, admin)
    cupboard_receipts.take_back(tx, cupboard_receipts.of_order(tx, order)[0].id, admin, "another troop's")
    cupboard_orders.cancel(tx, order, admin)


def _money(tx, admin, season, girl):
    payment = turn_ins.turn_in(tx, admin, girl, 500, "cash")
    turn_ins.deposit(tx, admin, 500)
    turn_ins.sweep(tx, admin, 100)
    turn_ins.take_over(tx, admin, girl, 100)
    turn_ins.take_back(tx, payment, admin)
    turn_ins.recent(tx, season, admin)
    turn_ins.recent(tx, season, admin, girl)
    balances.families(tx, season, admin)
    balances.family(tx, season, girl, admin)
    balances.why(tx, season, girl, admin)
    balances.troop_accounts(tx, season)
    balances.out_of_balance(tx)
    council.statement(tx, season)
    summary.totals(tx, season)
    _families(tx, admin, season, girl)


def _families(tx, admin, season, girl):
    leader = Person(value(tx, "SELECT id FROM accounts WHERE role = 'leader' ORDER BY id"), "leader", "Lea")
    mother = value(
        tx, "SELECT account_id FROM cared_for JOIN accounts ON accounts.id = account_id WHERE role = 'caregiver'"
    )
    hers = [row[0] for row in tx.execute("SELECT scout_id FROM cared_for WHERE account_id = ?", (mother,))]
    mia = Person(mother, "caregiver", "Mia", scout_ids=frozenset(hers))
    paid = [receipts.take_money(tx, admin, hers[0], 1000, "cash", ahead=True) for _ in range(3)]
    receipts.confirm(tx, paid[0], mia)
    receipts.sign(tx, paid[1], admin, "Mia", "M1 1L2 2L3 3L4 4L5 5L6 6")
    receipts.void(tx, paid[2], admin, "typed twice")
    receipts.recent(tx, season, mia, open_only=True)
    entry = receipts.find(tx, paid[0], admin).entry_id
    one = deposits.count(tx, admin, 1000, 0, [entry])
    deposits.verify(tx, one, leader, 1000, 0)
    deposits.bank(tx, one, admin)
    deposits.match(tx, one, admin, "DEPOSIT")
    deposits.drop(tx, deposits.count(tx, admin, 1, 0), admin)
    limits.change(tx, admin, limits.Limits(days=1))
    reminders.states(tx, season, admin)
    family = balances.family(tx, season, hers[0], mia)
    agreements.say(tx, mia, hers[0], True, family.balance_cents, agreements.home_boxes(tx, season, hers[0]))
    agreements.disagreements(tx, season, admin)
    reminders.tell(tx, admin, girl, "statement")
    if balances.family(tx, season, girl, admin).balance_cents > 0:
        reminders.report(tx, admin, girl)
        reminders.settle(tx, admin, girl, "accepted")
