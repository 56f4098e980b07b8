"""A family's own booth: her boxes from home, her family's money as usual, all credit hers, no second adult."""

import pytest

from gsctracker.db.rows import one, value
from gsctracker.domain.booths import booths, closing, counting, crediting, shifts, sign_ups
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.imports import booth_credits
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances, turn_ins
from gsctracker.domain.reports import channels, today, why_family
from gsctracker.errors import Conflict, Invalid, NotAllowed
from tests.factories import lines, make_person, make_scout, product

STARTS, ENDS = "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z"


@pytest.fixture
def ana(tx):
    return make_scout(tx)


@pytest.fixture
def mother(tx, ana):
    return make_person(tx, "caregiver", "Mia", scout_ids=(ana,))


@pytest.fixture
def booth(tx, admin, ana):
    """Ana has 30 Thin Mints and 10 Caramel deLites at home, which her family owes for, and a booth of her own."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=100, CD=100))
    transfers.move(tx, admin, "T2G", lines(tx, TM=30, CD=10), scout_id=ana)
    booth = booths.plan(tx, admin, "Driveway", STARTS, ENDS, type="family")
    sign_ups.sign_up(tx, admin, shifts.add_shift(tx, admin, booth, STARTS, ENDS), ana)
    return booth


def close(tx, by, booth):
    """12 Thin Mints and 3 Caramel deLites sold, 2 Cookie Share; $36 by card."""
    counts = {product(tx, "TM"): Count(18), product(tx, "CD"): Count(7)}
    money = Money(end=1, cards=36_00)
    return booth_credits.close(tx, by, booth, counts, money, share={product(tx, "CShare"): 2})


def owes(tx, by):
    (row,) = balances.families(tx, 1, by)
    return row


def test_it_sells_from_home_and_all_credit_is_hers(tx, admin, booth, ana, mother):
    """COOKIE-28: nothing of the troop's shelf, cash box or over and short is touched."""
    assert counting.brought(tx, booth) == {product(tx, "TM"): 30, product(tx, "CD"): 10}
    result = close(tx, mother, booth)
    assert (result.expected_cents, result.variance_cents) == (102_00, 0)
    assert booths.find(tx, booth).status == "credited"
    home = value(tx, "SELECT sum(boxes) FROM boxes_at JOIN places ON places.id = place_id WHERE scout_id = :s", s=ana)
    assert home == 25
    assert value(tx, "SELECT sum(boxes) FROM boxes_at WHERE place_id = 2") == 160
    accounts = balances.troop_accounts(tx, 1)
    assert (accounts["cash_box"], accounts["over_short"]) == (0, 0)
    (girl,) = crediting.of_booth(tx, booth).girls
    assert (girl.scout_id, girl.boxes, girl.carry_after) == (ana, 17, 0)
    rows = tx.execute("SELECT channel, sum(boxes) FROM credits GROUP BY channel ORDER BY 1").fetchall()
    assert rows == [("donation", 2), ("own", 15)]
    assert channels.share_to_type(tx, 1)[ana].to_type == 2
    assert booths.not_credited(tx, 1) == [] == closing.unsigned(tx, 1)


def test_the_family_owes_as_for_its_other_sales(tx, admin, booth, ana, mother):
    """240 dollars of boxes and 12 of Cookie Share, less 36 by card: 150 at home in boxes, 66 in cash."""
    close(tx, mother, booth)
    row = owes(tx, admin)
    assert (row.balance_cents, row.boxes_held_cents, row.cash_held_cents, row.customers_owe_cents) == (
        216_00,
        150_00,
        66_00,
        0,
    )
    turn_ins.turn_in(tx, admin, ana, 66_00, "cash")
    assert (owes(tx, admin).balance_cents, owes(tx, admin).cash_held_cents) == (150_00, 0)
    for part, column in why_family.PARTS.items():
        lines_of = why_family.lines(tx, 1, ana, admin, part)
        assert sum(line.cents for line in lines_of) == getattr(owes(tx, admin), column), part
    assert balances.out_of_balance(tx) == 0


def test_it_is_opened_again_whole(tx, admin, booth, ana, mother):
    before = vars(owes(tx, admin)).copy()
    close(tx, mother, booth)
    with pytest.raises(Conflict, match="no second signature"):
        closing.sign(tx, admin, booth)
    with pytest.raises(Conflict, match="closed before"):
        close(tx, mother, booth)
    booth_credits.reopen(tx, admin, booth, "one box was found")
    assert vars(owes(tx, admin)) == before
    assert one(tx, "SELECT 1 AS yes FROM credited WHERE boxes <> 0") is None
    close(tx, mother, booth)
    assert booths.find(tx, booth).status == "credited"


def test_what_cannot_be_is_refused(tx, admin, booth, ana, mother):
    mints = product(tx, "TM")
    other = make_person(tx, "caregiver", "Nia", scout_ids=(make_scout(tx, "Bea"),))
    with pytest.raises(NotAllowed):
        close(tx, other, booth)
    for counts, money in (
        ({mints: Count(31)}, Money()),
        ({mints: Count(-1)}, Money()),
        ({mints: Count(29, damaged=1)}, Money()),
        ({mints: Count(29)}, Money(cards=6_01)),
    ):
        with pytest.raises(Invalid):
            counting.close(tx, mother, booth, counts, money)
    alone = booths.plan(tx, admin, "Nobody", STARTS, ENDS, type="family")
    with pytest.raises(Invalid, match="one girl's"):
        counting.close(tx, admin, alone, {mints: Count(0)}, Money())


def test_one_that_the_troop_packed_is_closed_like_any_other(tx, admin, booth):
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12), booth_id=booth)
    result = counting.close(tx, admin, booth, {product(tx, "TM"): Count(2)}, Money(end=60_00))
    assert result.variance_cents == 0
    assert booths.find(tx, booth).status == "counted"
    assert [row.code for row in today.for_leader(tx, 1, admin) if row.target == "booths"] == [
        "booths_to_sign",
        "booths_not_credited",
    ]


def test_one_that_sold_nothing_is_done(tx, admin, booth, mother):
    counting.close(tx, mother, booth, {}, Money())
    closing.put_away(tx, admin, booth)
    assert booths.find(tx, booth).status == "closed"
