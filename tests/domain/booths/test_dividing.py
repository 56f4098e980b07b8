"""Fair shares: the worked example to the box, and what holds for any booth."""

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gsctracker.domain.booths import dividing
from gsctracker.domain.booths.dividing import Sale, Segment, Stay

A, B, C = 1, 2, 3
TM, SAM, GF, SHARE = 11, 12, 13, 19
SOLD = {TM: 27, SAM: 13, GF: 1, SHARE: 5}
NOON, ONE, TWO, THREE = (f"2026-02-14T{hour}:00:00Z" for hour in (12, 13, 14, 15))


def row(share):
    return [share.given.get(product, 0) for product in (TM, SAM, GF, SHARE)]


def test_the_worked_example_comes_out_to_the_box():
    """Hours two to two to one: 19, 18 and 9 packages, and the next tie is B's."""
    shares = dividing.whole(dividing.by_weight(SOLD, {A: 120, B: 120, C: 60}), {}, [A, B, C])
    assert [row(share) for share in shares] == [[11, 5, 1, 2], [11, 5, 0, 2], [5, 3, 0, 1]]
    assert [sum(share.given.values()) for share in shares] == [19, 18, 9]
    assert [share.ideal for share in shares] == [Fraction(92, 5), Fraction(92, 5), Fraction(46, 5)]
    assert [share.carry for share in shares] == [Fraction(-3, 5), Fraction(2, 5), Fraction(1, 5)]
    carries = {share.scout_id: share.carry for share in shares}
    following = dividing.whole(dividing.by_weight({GF: 1}, {A: 1, B: 1, C: 1}), carries, [A, B, C])
    assert [share.given[GF] for share in following] == [0, 1, 0]


def test_evenly_the_worked_example_is_sixteen_fifteen_fifteen():
    shares = dividing.whole(dividing.by_weight(SOLD, {A: 1, B: 1, C: 1}), {}, [A, B, C])
    assert [sum(share.given.values()) for share in shares] == [16, 15, 15]


def test_the_carry_turns_the_last_box_from_girl_to_girl():
    carries, boxes = dict.fromkeys((A, B, C), Fraction(0)), dict.fromkeys((A, B, C), 0)
    for _ in range(9):
        for share in dividing.whole(dividing.by_weight({TM: 1}, {A: 1, B: 1, C: 1}), carries, [A, B, C]):
            carries[share.scout_id] += share.carry
            boxes[share.scout_id] += share.given[TM]
    assert boxes == {A: 3, B: 3, C: 3}
    assert set(carries.values()) == {Fraction(0)}


def test_who_left_at_three_has_no_part_of_a_sale_at_three():
    """A stay is half-open; five boxes between two girls are five halves each."""
    stays = [Stay(A, NOON, THREE), Stay(B, NOON, ONE), Stay(C, ONE, THREE)]
    sales = [Sale(NOON, TM, 5), Sale(ONE, TM, 1), Sale("2026-02-14T14:59:59Z", SAM, 2), Sale(THREE, GF, 1)]
    quotas, nobodys = dividing.by_sale(sales, stays, THREE)
    assert quotas[TM] == {A: Fraction(3), B: Fraction(5, 2), C: Fraction(1, 2)}
    assert quotas[SAM] == {A: 1, C: 1}
    assert quotas[GF] == {A: Fraction(1, 2), C: Fraction(1, 2)}  # after the end: those who stayed
    assert nobodys == {}


def test_a_sale_with_nobody_present_is_kept_apart():
    quotas, nobodys = dividing.by_sale([Sale(NOON, TM, 3), Sale(TWO, TM, 2)], [Stay(A, ONE, THREE)], THREE)
    assert (quotas, nobodys) == ({TM: {A: Fraction(2)}}, {TM: 3})
    assert dividing.by_sale([Sale(THREE, TM, 2)], [Stay(A, NOON, ONE)], THREE) == ({}, {TM: 2})


def test_each_segment_is_shared_by_those_who_stood_in_it():
    stays = [Stay(A, NOON, TWO), Stay(B, ONE, TWO)]
    segments = [Segment(NOON, ONE, {TM: 4}), Segment(ONE, TWO, {TM: 6}), Segment(TWO, THREE, {SAM: 1})]
    assert dividing.by_segment(segments, stays) == ({TM: {A: Fraction(7), B: Fraction(3)}}, {SAM: 1})


def test_the_count_decides_not_the_tally():
    quotas = {TM: {A: Fraction(3), B: Fraction(1)}}
    more = dividing.fitted(quotas, {TM: 6, SAM: 2}, {}, {A: 1, B: 1})
    assert more == {TM: {A: Fraction(4), B: Fraction(2)}, SAM: {A: Fraction(1), B: Fraction(1)}}
    assert dividing.fitted(quotas, {TM: 2}, {}, {A: 1, B: 1}) == {TM: {A: Fraction(3, 2), B: Fraction(1, 2)}}
    assert dividing.fitted(quotas, {TM: 6}, {TM: 2}, {A: 1, B: 1}) == quotas
    assert dividing.fitted({}, {TM: 6}, {TM: 6}, {A: 1}) == {}


def test_minutes_that_overlap_count_once():
    stays = [Stay(A, NOON, TWO), Stay(A, ONE, THREE), Stay(B, ONE, ONE), Stay(A, NOON, ONE)]
    assert dividing.minutes(stays) == {A: 180}
    assert dividing.minutes(stays, ONE, TWO) == {A: 60}


def test_nobody_with_a_weight_shares_nothing():
    assert dividing.by_weight(SOLD, {}) == dividing.by_weight(SOLD, {A: 0}) == {}
    assert dividing.whole({}, {}, []) == []
    with pytest.raises(ValueError, match="no whole number"):
        dividing.whole({TM: {A: Fraction(1, 2)}}, {}, [A])


def test_twenty_thousand_booths_add_up_and_are_fair():
    """Columns exact, rows within one package, the same again, and the carries sum to nothing."""
    dice = Random(4)
    roster = list(range(1, 9))
    carries = dict.fromkeys(roster, Fraction(0))
    for number in range(20_000):
        girls = dice.sample(roster, dice.randint(1, 8))
        weights = {girl: dice.choice((1, 60, 90, 120, dice.randint(1, 240))) for girl in girls}
        sold = {product: dice.randint(0, 60) for product in range(dice.randint(1, 10))}
        quotas = dividing.by_weight(sold, weights)
        shares = dividing.whole(quotas, carries, roster)
        for product, boxes in sold.items():
            assert sum(share.given.get(product, 0) for share in shares) == boxes
        assert all(abs(share.carry) < 1 for share in shares)
        assert sum((share.carry for share in shares), Fraction(0)) == 0
        assert all(boxes >= 0 for share in shares for boxes in share.given.values())
        if number % 20 == 0:
            back = {product: dict(reversed(part.items())) for product, part in reversed(quotas.items())}
            assert dividing.whole(back, carries, roster) == shares
        if number % 50 == 0:  # a season has some fifty booths
            carries = dict.fromkeys(roster, Fraction(0))
        for share in shares:
            carries[share.scout_id] += share.carry
        assert sum(carries.values()) == 0


@settings(max_examples=300, deadline=None)
@given(
    sales=st.lists(st.tuples(st.integers(0, 240), st.integers(1, 6), st.integers(1, 9)), max_size=40),
    stays=st.lists(st.tuples(st.integers(1, 6), st.integers(0, 200), st.integers(1, 120)), max_size=8),
    missed=st.dictionaries(st.integers(1, 6), st.integers(0, 5)),
)
def test_what_is_shared_sale_by_sale_adds_up_with_what_nobody_was_there_for(sales, stays, missed):
    def at(minute):
        return f"2026-02-14T{12 + minute // 60:02}:{minute % 60:02}:00Z"

    here = [Stay(girl, at(start), at(start + length)) for girl, start, length in stays]
    quotas, nobodys = dividing.by_sale([Sale(at(m), product, n) for m, product, n in sales], here, at(240))
    sold = dict(missed)
    for _, product, boxes in sales:
        sold[product] = sold.get(product, 0) + boxes
    weights = dividing.minutes(here)
    shares = dividing.whole(dividing.fitted(quotas, sold, nobodys, weights), {}, range(1, 7))
    for product, boxes in sold.items():
        shared = sum(share.given.get(product, 0) for share in shares)
        assert shared == (boxes - nobodys.get(product, 0) if weights else 0)
    assert sum((share.carry for share in shares), Fraction(0)) == 0
