"""What waits today: the site's packages, the last day for rewards, families beyond their limits."""

from datetime import date, timedelta

from gsctracker.domain.booths import booths, closing, crediting
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import limits
from gsctracker.domain.money.limits import Limits
from gsctracker.domain.reports import tables, today
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons, troop
from tests.factories import lines, make_scout


def waiting(tx, admin):
    return {one.code: (one.count, one.target) for one in today.for_leader(tx, 1, admin)}


def test_packages_of_the_troops_site_wait_until_girls_are_credited(tx, admin):
    """What nobody is credited with costs girls their rewards."""
    ana = make_scout(tx)
    order = orders.take(tx, admin, [Item("TM", 5)], scout_id=None, payment_method="card")
    tx.execute("UPDATE orders SET source = 'digital-cookie', external_number = '7' WHERE id = ?", (order,))
    assert waiting(tx, admin)["site_not_credited"] == (5, "booths/online")
    crediting.credit_site(tx, admin, "even", weights={ana: 1})
    assert "site_not_credited" not in waiting(tx, admin)


def test_two_weeks_before_credit_no_longer_counts_for_rewards_the_days_are_counted(tx, admin):
    here = date.fromisoformat(troop.today(tx))
    for days, told in ((15, False), (14, True), (-2, False)):
        seasons.change(tx, 1, admin, rewards_on=(here + timedelta(days=days)).isoformat())
        assert ("rewards_close" in waiting(tx, admin)) == told


def test_families_that_hold_more_than_they_may_are_named_where_the_troop_set_a_limit(tx, admin):
    ana = make_scout(tx)
    transfers.move(tx, admin, "C2T", lines(tx, TM=12))
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    assert "families_over_limit" not in waiting(tx, admin)
    limits.change(tx, admin, Limits(boxes_cents=59_99))
    assert waiting(tx, admin)["families_over_limit"] == (1, "money/reminders")
    limits.change(tx, admin, Limits(boxes_cents=60_00))
    assert "families_over_limit" not in waiting(tx, admin)


def test_in_the_example_troop_what_to_order_next_is_of_its_own_day(tx, admin):
    """Its time stands still when its last booth was held: the two weeks are those before."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=36), day="2026-02-01")
    transfers.move(tx, admin, "T2G", lines(tx, TM=14), scout_id=make_scout(tx), day="2026-02-10")
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    closing.close(tx, admin, booth, sold={}, cash_cents=0)

    def left():
        return next(row[2] for row in tables.make(tx, "order-suggestion", admin).rows if row[0] == "TM")

    assert left() == 0, "a real troop looks at the weeks before today"
    troop.mark_demo(tx)
    assert left() == 14
