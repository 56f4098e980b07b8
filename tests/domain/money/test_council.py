"""The troop and its council: charged, kept, due."""

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import council, turn_ins
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from tests.factories import lines, make_scout


def test_an_empty_season_owes_nothing(tx):
    now = council.statement(tx, 1)
    assert (now.packages, now.charged_cents, now.girls_selling, now.average, now.proceeds_cents, now.due_cents) == (
        0,
        0,
        0,
        "",
        0,
        0,
    )


def test_a_girl_sells_when_she_is_credited_with_a_package(tx, admin):
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    orders.take(tx, admin, [Item("TM", 1)], scout_id=ana)
    orders.cancel(tx, orders.take(tx, admin, [Item("TM", 1)], scout_id=bea), admin)
    assert council.statement(tx, 1).girls_selling == 1


def test_what_is_due_is_what_was_charged_less_everything_the_council_has(tx, admin):
    """COOKIE-11: charged 120 boxes; less 85 cents each, cards, a withdrawal and a debt taken over."""
    seasons.change(tx, 1, admin, base_proceeds=85)
    ana = make_scout(tx, "Ana")
    transfers.move(tx, admin, "C2T", lines(tx, TM=120))
    transfers.move(tx, admin, "T2G", lines(tx, TM=20), scout_id=ana)
    orders.take(tx, admin, [Item("TM", 10)], scout_id=ana, order_type="in_hand", payment_method="card")
    orders.take(tx, admin, [Item("CShare", 5)], scout_id=ana, payment_method="cash")
    turn_ins.sweep(tx, admin, 100_00)
    turn_ins.take_over(tx, admin, ana, 30_00)
    now = council.statement(tx, 1)
    assert (now.packages, now.charged_cents) == (125, 750_00)
    assert (now.proceeds_cents, now.card_cents, now.swept_cents, now.taken_over_cents) == (106_25, 60_00, 100_00, 30_00)
    assert now.due_cents == 750_00 - 106_25 - 60_00 - 100_00 - 30_00


def test_what_goes_to_another_troop_is_charged_there(tx, admin):
    transfers.move(tx, admin, "C2T", lines(tx, TM=24))
    transfers.move(tx, admin, "T2T_OUT", lines(tx, TM=12))
    transfers.move(tx, admin, "T2T_IN", lines(tx, CCC=2))
    now = council.statement(tx, 1)
    assert (now.packages, now.charged_cents) == (14, 12 * 6_00 + 2 * 7_00)
