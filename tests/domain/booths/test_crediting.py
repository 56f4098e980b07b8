"""Credit for what a booth sold: proposed, posted with its why, taken back; carried through the season."""

from datetime import date, timedelta
from fractions import Fraction

import pytest

from gsctracker.db.rows import many, value
from gsctracker.domain.booths import attendance, booths, carry, closing, counting, crediting, entries
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.booths.dividing import Sale
from gsctracker.domain.booths.entries import Entry
from gsctracker.domain.inventory import transfers
from gsctracker.domain.reports import today as waits
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict, Invalid, NotAllowed
from tests.factories import lines, make_person, make_scout, product

SIXTEEN, EIGHTEEN, TWENTY = (f"2026-02-14T{hour}:00:00Z" for hour in (16, 18, 20))


@pytest.fixture
def girls(tx):
    return [make_scout(tx, name) for name in ("Ava", "Bea", "Cleo")]


@pytest.fixture
def booth(tx, admin):
    """The worked example's booth, counted and signed: 27, 13, 1 and 5 Cookie Share."""
    return closed(tx, admin, SIXTEEN, TM=27, CD=13, CCC=1)


def closed(tx, admin, starts=SIXTEEN, share=5, name="Market", **sold):
    booth = booths.plan(tx, admin, name, starts, starts.replace("T16", "T20"))
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, **sold), booth_id=booth)
    counts = {product(tx, code): Count(0) for code in sold}
    shares = {product(tx, "CShare"): share}
    counting.close(tx, admin, booth, counts, Money(), share=shares, reason="other", note="no cash in this test")
    closing.sign(tx, make_person(tx, "leader"), booth)
    return booth


def present(tx, booth, scout, came=SIXTEEN, left=TWENTY):
    tx.execute(
        "INSERT INTO presences (booth_id, scout_id, came_at, left_at, noted_at) VALUES (?, ?, ?, ?, ?)",
        (booth, scout, came, left, SIXTEEN),
    )


def given(tx, booth):
    return [girl.boxes for girl in crediting.of_booth(tx, booth).girls]


def test_the_worked_example_is_credited_with_its_why(tx, admin, girls, booth):
    """Hours two to two to one: 19, 18, 9; ideal 18.4, 18.4, 9.2; carries -0.6, 0.4, 0.2."""
    for girl, left in zip(girls, (TWENTY, TWENTY, EIGHTEEN), strict=True):
        present(tx, booth, girl, left=left)
    assert [row.name for row in booths.not_credited(tx, 1)] == ["Market"]
    crediting.credit(tx, admin, booth, "minutes")
    assert given(tx, booth) == [19, 18, 9]
    kept = crediting.of_booth(tx, booth).girls
    assert [girl.minutes for girl in kept] == [240, 240, 120]
    assert [carry.said(girl.ideal) for girl in kept] == ["18.4", "18.4", "9.2"]
    assert [carry.said(girl.carry_after) for girl in kept] == ["-0.6", "0.4", "0.2"]
    assert sum(carry.of_season(tx, 1).values()) == 0
    assert booths.not_credited(tx, 1) == []
    assert booths.find(tx, booth).status == "credited"


def test_the_next_tie_goes_to_her_who_lost_the_last(tx, admin, girls, booth):
    weights = dict(zip(girls, (120, 120, 60), strict=True))
    crediting.credit(tx, admin, booth, "minutes", weights=weights)
    following = closed(tx, admin, "2026-02-15T16:00:00Z", 0, "Rink", TM=1)
    crediting.credit(tx, admin, following, "even", weights=dict.fromkeys(girls, 60))
    assert [(girl.first_name, girl.boxes) for girl in crediting.of_booth(tx, following).girls][1] == ("Bea", 1)
    crediting.take_back(tx, admin, booth, "Cleo came later")
    assert crediting.of_booth(tx, booth) is None
    assert [row.left for row in booths.not_credited(tx, 1)] == [46]
    third = Fraction(1, 3)
    assert [carry.of_season(tx, 1)[girl] for girl in girls] == [third, third - 1, third]
    with pytest.raises(Conflict):
        crediting.take_back(tx, admin, booth, "again")
    crediting.credit(tx, admin, booth, "minutes", weights=weights)
    with pytest.raises(Conflict, match="credited before"):
        crediting.credit(tx, admin, booth, "minutes", weights=weights)


def test_each_way_adds_up(tx, admin, girls, booth):
    weights = dict(zip(girls, (120, 0, 60), strict=True))
    for way in ("even", "minutes"):
        found = crediting.propose(tx, booth, way, weights=weights)
        assert sum(sum(share.given.values()) for share in found.shares) == 46
        assert [share.scout_id for share in found.shares] == [girls[0], girls[2]]
    present(tx, booth, girls[1])
    assert [share.scout_id for share in crediting.propose(tx, booth, "pool").shares] == [girls[1]]
    whole = crediting.propose(tx, booth, "one", weights={girls[2]: 1}).shares
    assert [sum(share.given.values()) for share in whole] == [46]


def test_shifts_are_shared_by_the_counts_between_them(tx, admin, girls):
    booth = booths.plan(tx, admin, "Market", SIXTEEN, TWENTY)
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=20), booth_id=booth)
    mints = product(tx, "TM")
    for wrong in (SIXTEEN, TWENTY):
        with pytest.raises(Invalid):
            attendance.count_midway(tx, admin, booth, {mints: 14}, wrong)
    attendance.count_midway(tx, admin, booth, {mints: 13}, EIGHTEEN)
    attendance.count_midway(tx, admin, booth, {mints: 14}, EIGHTEEN)
    counting.close(tx, admin, booth, {mints: Count(4)}, Money(end=60_00), reason="other")
    with pytest.raises(Conflict):
        attendance.count_midway(tx, admin, booth, {mints: 14}, EIGHTEEN)
    present(tx, booth, girls[0])
    present(tx, booth, girls[1], came=EIGHTEEN)
    shares = crediting.propose(tx, booth, "segments").shares
    assert [share.given[mints] for share in shares] == [11, 5]


def test_a_sale_with_nobody_present_is_kept_and_stops_the_crediting(tx, admin, girls, booth):
    present(tx, booth, girls[0], came=EIGHTEEN)
    mints = product(tx, "TM")
    sales = [Sale(SIXTEEN, mints, 3), Sale(EIGHTEEN, mints, 24)]
    found = crediting.propose(tx, booth, "sales", sales=sales)
    assert found.nobodys == {mints: 3}
    assert sum(found.shares[0].given.values()) == 43
    with pytest.raises(Conflict, match="no girl was present: 3"):
        crediting.credit(tx, admin, booth, "sales", sales=sales)
    crediting.credit(tx, admin, booth, "minutes")
    assert given(tx, booth) == [46]


def test_what_phones_tapped_in_is_shared_sale_by_sale(tx, admin, girls):
    """f.6: each sale among the girls who were there at its moment; what the count has beyond the taps goes by minutes."""
    booth = booths.plan(tx, admin, "Rink", SIXTEEN, TWENTY)
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12), booth_id=booth)
    present(tx, booth, girls[0], left=EIGHTEEN)
    present(tx, booth, girls[1])
    table = booths.find(tx, booth)
    for number, (at, boxes) in enumerate([(SIXTEEN, 4), ("2026-02-14T17:59:59Z", 2), (EIGHTEEN, 6)]):
        said = {"pay": "cash", "items": [{"product": "TM", "quantity": boxes}]}
        entries.take(tx, admin, table, Entry(f"{number:032x}", "a1", number, at, 0, "sale", said))
    mints = product(tx, "TM")
    counting.close(tx, admin, booth, {mints: Count(0)}, Money(end=12 * 600))
    closing.sign(tx, make_person(tx, "leader"), booth)
    assert [share.given for share in crediting.propose(tx, booth, "sales").shares] == [{mints: 3}, {mints: 9}]
    crediting.credit(tx, admin, booth, "sales")
    assert given(tx, booth) == [3, 9]


def test_by_hand_must_add_up(tx, admin, girls, booth):
    everything = {(girls[0], row.product_id): row.boxes for row in many(tx, "SELECT * FROM booth_sold")}
    mints = product(tx, "TM")
    for wrong in ({}, everything | {(girls[1], mints): 1}, everything | {(girls[0], mints): 26}):
        with pytest.raises(Invalid, match="shared out"):
            crediting.credit(tx, admin, booth, "hand", hand=wrong)
    crediting.credit(tx, admin, booth, "hand", hand=everything | {(girls[0], mints): 20, (girls[1], mints): 7})
    assert given(tx, booth) == [39, 7]
    assert set(carry.of_season(tx, 1).values()) == {Fraction(0)}


@pytest.mark.parametrize("way", ["even", "minutes", "segments", "sales", "pool", "one", "nonsense"])
def test_without_anybody_there_is_nothing_to_share(tx, booth, way):
    with pytest.raises(Invalid):
        crediting.propose(tx, booth, way)


def test_what_only_one_adult_signed_is_not_credited(tx, admin, girls):
    booth = booths.plan(tx, admin, "Market", SIXTEEN, TWENTY)
    closing.close(tx, admin, booth, sold={product(tx, "TM"): 3}, cash_cents=18_00)
    with pytest.raises(Conflict, match="Two adults"):
        crediting.credit(tx, admin, booth, "even", weights={girls[0]: 1})
    with pytest.raises(NotAllowed):
        crediting.credit(tx, make_person(tx, "leader"), booth, "even", weights={girls[0]: 1})


def test_who_did_not_check_in_counts_as_she_signed_up(tx, admin, girls, booth):
    shift = tx.execute(
        """INSERT INTO booth_shifts (booth_id, starts_at, ends_at, min_girls, max_girls, min_adults, max_adults)
           VALUES (?, ?, ?, 1, 4, 1, 2) RETURNING id""",
        (booth, SIXTEEN, EIGHTEEN),
    ).fetchone()[0]
    tx.execute(
        "INSERT INTO shift_sign_ups (shift_id, scout_id, state, made_at) VALUES (?, ?, 'going', ?)",
        (shift, girls[0], SIXTEEN),
    )
    assert crediting.propose(tx, booth, "minutes").minutes == {girls[0]: 120}


def test_the_troops_site_is_divided_by_the_same_machinery(tx, admin, girls):
    order = orders.take(tx, admin, [Item("TM", 5), Item("CShare", 2)], scout_id=None, payment_method="card")
    tx.execute("UPDATE orders SET source = 'digital-cookie', external_number = '7' WHERE id = ?", (order,))
    assert sum(crediting.site_left(tx, 1).values()) == 7
    with pytest.raises(Invalid):
        crediting.credit_site(tx, admin, "segments")
    entry = crediting.credit_site(tx, admin, "even", weights=dict.fromkeys(girls, 1))
    assert [girl.boxes for girl in crediting.site_divisions(tx, 1)[0].girls] == [3, 2, 2]
    assert crediting.site_left(tx, 1) == {}
    assert value(tx, "SELECT sum(boxes) FROM credited WHERE channel = 'site'") == 7
    with pytest.raises(Invalid, match="Every package"):
        crediting.credit_site(tx, admin, "even", weights=dict.fromkeys(girls, 1))
    crediting.take_site_back(tx, admin, entry, "Bea was away")
    assert sum(crediting.site_left(tx, 1).values()) == 7
    with pytest.raises(Conflict):
        crediting.take_site_back(tx, admin, entry, "again")


def test_days_are_left_for_rewards_until_the_last_one(tx, admin):
    """Today counts them down; afterwards the booth is still named, without a countdown."""
    booth = booths.plan(tx, admin, "Late", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    closing.close(tx, admin, booth, sold={product(tx, "TM"): 2}, cash_cents=12_00)
    today = date.fromisoformat(troop.today(tx))
    said = []
    for days in (3, 0, -1):
        seasons.change(tx, 1, admin, rewards_on=(today + timedelta(days=days)).isoformat())
        (line,) = [one for one in waits.for_leader(tx, 1, admin) if one.code.startswith("booths_not_credited")]
        said.append((line.code, str(line.sentence).rsplit(". ", 1)[-1]))
    assert said[:2] == [
        ("booths_not_credited", "Days left for rewards: 3."),
        ("booths_not_credited", "Days left for rewards: 0."),
    ]
    assert said[2][0] == "booths_not_credited_late"
