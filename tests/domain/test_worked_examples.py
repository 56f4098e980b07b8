"""The worked examples of the season's rules, figure for figure: Troop X with girls A, B and C (prices TM 6, SAM 6, GF 7)."""

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import stock, transfers
from gsctracker.domain.journal import TROOP
from gsctracker.domain.money import balances, closing_identity, council, turn_ins
from gsctracker.domain.reports import summary
from gsctracker.domain.sales import orders, postings
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from tests.factories import lines, make_scout, product


@pytest.fixture
def troop_x(tx, admin):
    """Everything that happens to Troop X in the four examples; gives the ids of A, B, C and the booth."""
    season = seasons.current(tx).id
    seasons.set_tiers(tx, season, {200: 90, 350: 95}, admin)
    seasons.change(tx, season, admin, base_proceeds=85)
    a, b, c = (make_scout(tx, name) for name in ("Ava", "Bea", "Cleo"))

    def move(kind, scout=None, booth=None, **boxes):
        transfers.move(tx, admin, kind, lines(tx, **boxes), scout_id=scout, booth_id=booth)

    move("C2T", TM=144, CD=72, CCC=12)
    move("T2T_OUT", CD=12)
    move("T2G", a, TM=40, CD=20, CCC=3)
    move("T2G", b, TM=30, CD=12)
    move("T2G", c, TM=10)
    move("G2T", c, TM=4)
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    move("TROOP_TO_BOOTH", booth=booth, TM=36, CD=24, CCC=4)
    move("BOOTH_TO_TROOP", booth=booth, TM=9, CD=10, CCC=3)
    move("DAMAGED", booth=booth, CD=1)
    sold = {product(tx, code): n for code, n in {"TM": 27, "CD": 13, "CCC": 1, "CShare": 5}.items()}
    result = closing.close(tx, admin, booth, sold=sold, cash_cents=176_00, card_cents=96_00, reason="wrong change")

    def sell(scout, kind, method, **boxes):
        items = [Item(code, n) for code, n in boxes.items()]
        return orders.take(tx, admin, items, scout_id=scout, order_type=kind, payment_method=method)

    sell(a, "in_hand", "card", TM=8, CD=4)
    sell(a, "in_hand", "card", TM=3, CShare=2)
    _shipped(tx, admin, a, 6)
    sell(a, "in_hand", "cash", TM=15, CD=8, CCC=2)
    sell(a, "donation", "cash", CShare=4)
    turn_ins.turn_in(tx, admin, a, 120_00, "cash")
    sell(None, "in_hand", "card", TM=4, CD=2)  # the troop's own site, filled from the shelf
    credit = [
        (a, "TM", 11),
        (a, "CD", 5),
        (a, "CCC", 1),
        (a, "CShare", 2),
        (b, "TM", 11),
        (b, "CD", 5),
        (b, "CShare", 2),
    ]
    credit += [(c, "TM", 5), (c, "CD", 3), (c, "CShare", 1)]
    closing.credit(tx, admin, booth, [(scout, product(tx, code), n) for scout, code, n in credit])
    turn_ins.sweep(tx, admin, 400_00)
    return a, b, c, booth, result


def _shipped(tx, admin, scout, boxes):
    """An order the baker posts itself, as Digital Cookie's file brings it."""
    order = orders.take(tx, admin, [Item("TM", boxes)], scout_id=scout, payment_method="card")
    orders.cancel(tx, order, admin)
    tx.execute(
        """UPDATE orders SET status = 'delivered', order_type = 'shipped', source = 'digital-cookie', external_number = '1'
            WHERE id = ?""",
        (order,),
    )
    postings.bring_up_to_date(tx, order, by=None)


def test_example_1_where_every_box_is(tx, admin, troop_x):
    """COOKIE-08: the shelf, the girls, the booth and the customers add up to what was received (c.5)."""
    season = seasons.current(tx).id
    shelf = {row.code: row.boxes for row in stock.on_hand(tx, season, admin) if row.place_id == TROOP}
    assert shelf == {"TM": 37, "CD": 12, "CCC": 8}
    assert sum(shelf.values()) == 57
    everywhere = {row.code: row for row in stock.everywhere(tx, season) if row.received}
    assert {code: row.received for code, row in everywhere.items()} == {"TM": 144, "CD": 60, "CCC": 12}
    for row in everywhere.values():
        assert (
            row.received == row.troop + row.scouts + row.booths + row.transit + row.damaged + row.customers + row.lost
        )
    assert sum(row.damaged for row in everywhere.values()) == 1
    assert sum(row.booths for row in everywhere.values()) == 0


def test_example_1_the_office_shows_48_more_before_the_booth_is_divided(tx, troop_x):
    sold_at_booth = value(
        tx, "SELECT sum(boxes) FROM booth_sold JOIN products ON products.id = product_id WHERE NOT is_virtual"
    )
    site = 6
    damaged = 1
    assert sold_at_booth == 41
    assert 57 + sold_at_booth + damaged + site == 105 == 228 - 12 - 115 + 4


def test_example_2_what_scout_a_owes_and_why(tx, admin, troop_x):
    """COOKIE-04: a balance of $195 is $139 of boxes she holds and $56 of cash she holds (c.6)."""
    a, season = troop_x[0], seasons.current(tx).id
    on_hand = {row.code: row.boxes for row in stock.on_hand(tx, season, admin) if row.scout_id == a}
    assert on_hand == {"TM": 14, "CD": 8, "CCC": 1}
    family = balances.family(tx, season, a, admin)
    assert family.goods_cents == 381_00
    assert family.paid_cents == 120_00
    assert family.balance_cents == 195_00
    assert family.boxes_held_cents == 139_00
    assert family.cash_held_cents == 56_00
    assert family.customers_owe_cents == 0
    assert sum(row.cents for row in balances.why(tx, season, a, admin)) == 195_00


def test_example_2_what_scout_a_is_credited_with(tx, admin, troop_x):
    a, season = troop_x[0], seasons.current(tx).id
    credit: dict[str, int] = {}
    for row in summary.credit_of(tx, season, a, admin):
        credit[row.channel] = credit.get(row.channel, 0) + row.boxes
    assert credit == {"own": 12 + 3 + 25, "shipped": 6, "donation": 6, "booth": 19}
    assert sum(credit.values()) == 71


def test_example_3_a_short_booth_is_the_troops_loss_never_a_girls(tx, admin, troop_x):
    """$277 should be there, $272 are: 5 short (c.7)."""
    result = troop_x[4]
    assert result.expected_cents == 277_00
    assert result.collected_cents == 272_00
    assert result.variance_cents == -5_00
    assert balances.troop_accounts(tx, seasons.current(tx).id)["over_short"] == 5_00
    scouts = value(tx, "SELECT count(*) FROM family_ledger WHERE kind = 'booth_sale'")
    assert scouts == 0


def test_example_4_the_troop_and_its_council(tx, admin, troop_x):
    """COOKIE-11: charged, credited packages, per-girl average, proceeds and what is due (c.8)."""
    season = seasons.current(tx).id
    now = council.statement(tx, season)
    assert now.charged_cents == 1410_00
    assert now.packages == 233
    assert now.girls_selling == 3
    assert (now.average, now.girls) == ("77.6", 3)
    assert now.rate_cents == 85
    assert now.proceeds_cents == 198_05
    assert now.charged_cents - now.proceeds_cents == 1211_95
    assert now.card_cents == 270_00
    assert now.due_cents == 541_95
    turn_ins.take_over(tx, admin, troop_x[1], 50_00)
    assert council.statement(tx, season).due_cents == 491_95


def test_example_4_packages_without_proceeds_for_each_girl(tx, admin, troop_x):
    season = seasons.current(tx).id
    seasons.change(tx, season, admin, exempt_per_girl=50)
    assert council.statement(tx, season).proceeds_cents == 70_55
    seasons.change(tx, season, admin, exempt_per_girl=500)
    assert council.statement(tx, season).proceeds_cents == 0


def test_every_cent_of_the_examples_is_somewhere(tx, troop_x):
    assert balances.out_of_balance(tx) == 0


def test_example_4_the_closing_identity(tx, admin, troop_x):
    """The season's last check: proceeds less the crushed box less the short booth, less what is unsold or unpaid (c.8)."""
    season = seasons.current(tx).id
    now = closing_identity.check(tx, season)
    assert now.difference == 0
    assert now.terms == {
        "proceeds": 198_05,
        "due": 541_95,
        "unsold": -(37 * 600 + 12 * 600 + 8 * 700),
        "damaged": -6_00,
        "carried": 0,
        "lost": 0,
        "families": -balances.family(tx, season, troop_x[0], admin).balance_cents - 30 * 600 - 12 * 600 - 6 * 600,
        "variances": -5_00,
        "site": 0,
        "girls_damaged": 0,
        "repriced": 0,
    }
    for girl in troop_x[:3]:  # everything else is collected, and the council takes what is due
        if owed := balances.family(tx, season, girl, admin).balance_cents:
            turn_ins.turn_in(tx, admin, girl, owed, "cash")
    turn_ins.deposit(tx, admin, balances.troop_accounts(tx, season)["cash_box"])
    turn_ins.sweep(tx, admin, council.statement(tx, season).due_cents)
    done = closing_identity.check(tx, season)
    assert done.bank == 187_05 + done.terms["unsold"]
    assert (done.cash_box, done.difference) == (0, 0)
