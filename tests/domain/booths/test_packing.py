"""What to pack: popularity, this place and similar booths, a forecast that must prove itself, and the load-out."""

from collections import Counter
from fractions import Fraction
from itertools import permutations

import pytest

from gsctracker.db.rows import many, value
from gsctracker.domain.booths import booths, closing, history, packing
from gsctracker.domain.inventory import transfers
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from gsctracker.errors import Conflict, Invalid, NotAllowed
from tests.factories import lines, make_person, make_scout, product


def held(tx, admin, day, where="1 Market Square", hours=(16, 20), **sold):
    booth = booths.plan(tx, admin, "B", f"{day}T{hours[0]}:00:00Z", f"{day}T{hours[1]}:00:00Z", where)
    if sold:
        boxes = {product(tx, code): n for code, n in sold.items()}
        cents = sum(n * value(tx, "SELECT price_cents FROM products WHERE id = :p", p=p) for p, n in boxes.items())
        closing.close(tx, admin, booth, sold=boxes, cash_cents=cents)
    return booths.find(tx, booth)


def test_before_two_hundred_boxes_the_bakers_figures_count(tx, admin):
    """c.9: Thin Mints 30 of a hundred at this baker, and so on down; from 200 boxes on the troop's own."""
    parts = packing.popularity(tx, 1)
    assert sum(parts.values()) == 1
    assert parts[product(tx, "TM")] / parts[product(tx, "CD")] == Fraction(30, 21)
    assert parts[product(tx, "PBS")] / parts[product(tx, "CCC")] == 3
    held(tx, admin, "2026-02-14", TRE=199)
    assert packing.popularity(tx, 1) == parts
    held(tx, admin, "2026-02-15", TM=1)
    assert packing.popularity(tx, 1)[product(tx, "TRE")] == Fraction(199, 200)


def test_sixty_parts_this_place_and_forty_similar_booths(tx, admin):
    """COOKIE-20: 60 % what sold here, 40 % similar booths, exactly; in that order of boxes."""
    held(tx, admin, "2026-02-07", TM=30, CD=10)
    held(tx, admin, "2026-02-07", "2 Hill Road", TRE=20)
    this = held(tx, admin, "2026-02-14")
    parts = packing.mix(tx, this)
    expected = {"TM": Fraction(45, 100), "CD": Fraction(15, 100), "TRE": Fraction(40, 100)}
    assert {code: parts[product(tx, code)] for code in expected} == expected
    assert sum(parts.values()) == 1
    transfers.move(tx, admin, "C2T", lines(tx, TM=100, CD=100, TRE=30))
    rows = packing.suggest(tx, this, 100)
    best = sorted(rows, key=lambda row: -row.boxes)
    assert [(row.product.code, row.boxes) for row in best[:3]] == [("TM", 45), ("TRE", 30), ("CD", 15)]
    assert [row.product.id for row in rows] == [
        row.id for row in many(tx, "SELECT id FROM products WHERE season_id = 1 AND is_virtual = 0 ORDER BY position")
    ]
    for wrong in (-1, 10**9):
        with pytest.raises(Invalid):
            packing.suggest(tx, this, wrong)


@pytest.mark.parametrize(("boxes", "cases"), [(57, 5), (26, 3), (7, 1), (3, 0), (4, 0), (5, 1), (12, 1), (0, 0)])
def test_cases_are_rounded_as_the_field_does(boxes, cases):
    assert packing.in_cases(boxes) == cases


def test_a_good_forecast_is_shown_with_its_error(tx, admin):
    """COOKIE-33: the same weekday is alike, the days between are not; the error in the test is a figure."""
    for week in (7, 14, 21):
        held(tx, admin, f"2026-02-{week:02}", TM=80)  # Saturdays
        held(tx, admin, f"2026-02-{week + 1:02}", TM=20)  # Sundays
    found = packing.forecast(tx, held(tx, admin, "2026-02-28"))
    assert (found.boxes, found.error, found.naive_error, found.tests) == (80, 0, 60, 4)
    assert found.is_shown
    assert packing.total(tx, held(tx, admin, "2026-02-28")) == 92


def test_a_forecast_worse_than_the_naive_guess_is_not_shown(tx, admin):
    """COOKIE-33: sales that rise and rise are better guessed by the last booth."""
    for week, boxes in ((1, 10), (8, 20), (15, 30), (22, 40)):
        held(tx, admin, f"2026-02-{week:02}", TM=boxes)
    this = held(tx, admin, "2026-03-01")
    found = packing.forecast(tx, this)
    assert (found.error, found.naive_error) == (15, 10)
    assert not found.is_shown
    assert packing.total(tx, this) == 46
    assert not packing.forecast(tx, held(tx, admin, "2026-02-02")).is_shown


def test_what_sells_this_week_is_ranked(tx, admin):
    """COOKIE-19: seven days, the most boxes first, and how many of them at booths."""
    held(tx, admin, "2026-02-14", TM=5, CD=9)
    held(tx, admin, "2026-02-07", PBP=99)
    orders.take(tx, admin, [Item("TM", 6)], scout_id=make_scout(tx), day="2026-02-10")
    rows = history.trending(tx, 1, "2026-02-14")
    assert [(row.code, row.boxes, row.at_booths) for row in rows] == [("TM", 11, 5), ("CD", 9, 9)]
    assert [row.code for row in history.trending(tx, 1, "2026-02-13")] == ["PBP", "TM"]


def test_what_goes_with_what_is_counted(tx, admin):
    """COOKIE-18: the hint's figures are those of the orders that hold both."""
    girl = make_scout(tx)
    baskets = [("LEM", "TM"), ("LEM", "TM", "CD"), ("LEM",), ("TM", "CD"), ("LEM", "CShare")]
    for codes in baskets:
        orders.take(tx, admin, [Item(code, 1) for code in codes], scout_id=girl)
    pairs = Counter(pair for codes in baskets for pair in permutations(codes, 2))
    rows = history.together(tx, 1, product(tx, "LEM"))
    assert [(row.code, row.both, row.sales) for row in rows] == [("TM", 2, 4), ("CD", 1, 4)]
    assert all(pairs["LEM", row.code] == row.both for row in rows)


def test_the_load_out_moves_the_boxes(tx, admin):
    booth = held(tx, admin, "2026-02-14")
    with pytest.raises(NotAllowed):
        packing.load(tx, make_person(tx, "leader"), booth.id, lines(tx, TM=12))
    packing.load(tx, admin, booth.id, lines(tx, TM=12), from_cupboard=True, reference="C-77")
    assert (
        value(tx, "SELECT boxes FROM boxes_at JOIN places ON places.id = place_id WHERE booth_id = :b", b=booth.id)
        == 12
    )
    assert value(tx, "SELECT ifnull(sum(boxes), 0) FROM boxes_at WHERE place_id = 2") == 0
    assert booths.find(tx, booth.id).status == "packed"
    with pytest.raises(Conflict):
        packing.load(tx, admin, held(tx, admin, "2026-02-15", TM=1).id, lines(tx, TM=1))
