"""A booth closed by its count: the worked example, two adults, reopening, and what cannot be right."""

import threading

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.booths import attendance, booths, closing, counting, crediting
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances
from gsctracker.errors import Conflict, Invalid, NotAllowed
from tests.factories import lines, make_person, make_scout, product


@pytest.fixture
def booth(tx, admin):
    """36 Thin Mints, 24 Caramel deLites and 4 gluten-free ones on a table, 100 of each bought."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=100, CD=100, CCC=100))
    booth = booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=36, CD=24, CCC=4), booth_id=booth)
    return booth


def counts(tx, **said):
    return {product(tx, code): count if isinstance(count, Count) else Count(count) for code, count in said.items()}


def example(tx, by, booth, **more):
    """c.7: TM 27, CD 13 (one crushed), CCC 1 and five Cookie Share; float $100, end $276, cards $96."""
    given = {
        "counts": counts(tx, TM=9, CD=Count(10, damaged=1), CCC=3),
        "money": Money(start=100_00, end=276_00, cards=96_00),
        "share": {product(tx, "CShare"): 5},
        "reason": "wrong_change",
    } | more
    return counting.close(tx, by, booth, given.pop("counts"), given.pop("money"), **given)


def shelf(tx, code):
    return value(tx, "SELECT boxes FROM boxes_at WHERE place_id = 2 AND product_id = :p", p=product(tx, code))


def on_table(tx, booth):
    return value(
        tx,
        "SELECT ifnull(sum(boxes), 0) FROM boxes_at JOIN places ON places.id = place_id WHERE booth_id = :b",
        b=booth,
    )


def test_the_worked_example_is_five_dollars_short(tx, admin, booth):
    result = example(tx, admin, booth)
    assert (result.expected_cents, result.collected_cents, result.variance_cents) == (277_00, 272_00, -5_00)
    assert result.sold == {product(tx, code): n for code, n in {"TM": 27, "CD": 13, "CCC": 1, "CShare": 5}.items()}
    accounts = balances.troop_accounts(tx, 1)
    assert (accounts["cash_box"], accounts["card_clearing"], accounts["over_short"]) == (176_00, 96_00, 5_00)
    assert [shelf(tx, code) for code in ("TM", "CD", "CCC")] == [73, 86, 99]
    assert on_table(tx, booth) == 0
    kept = closing.find(tx, booth)
    assert (kept.variance_cents, kept.reason, kept.closer, kept.signer) == (-5_00, "wrong_change", "Olga", None)
    assert [(line.code, line.brought, line.sold) for line in kept.lines][-1][1:] == (None, 5)


def test_cash_is_counted_by_note_and_coin(tx, admin, booth):
    pieces = {2000: 10, 1000: 5, 500: 4, 100: 5, 25: 4}
    result = example(tx, admin, booth, pieces=pieces, money=Money(start=100_00, cards=96_00))
    assert result.variance_cents == -5_00
    assert closing.find(tx, booth).pieces == pieces
    assert closing.find(tx, booth).end_cents == 276_00


def test_checks_apps_and_drops_count_too(tx, admin, booth):
    money = Money(start=100_00, end=150_00, drops=100_00, checks=20_00, cards=96_00, apps=11_00)
    assert example(tx, admin, booth, money=money, reason=None).variance_cents == 0
    accounts = balances.troop_accounts(tx, 1)
    assert (accounts["cash_box"], accounts["bank"], accounts["card_clearing"]) == (170_00, 11_00, 96_00)


def test_boxes_given_away_are_the_troops_cost(tx, admin, booth):
    given = counts(tx, TM=Count(9, donated=2), CD=Count(10, damaged=1), CCC=3)
    assert example(tx, admin, booth, counts=given).expected_cents == 265_00
    assert balances.troop_accounts(tx, 1)["losses"] == 12_00


@pytest.mark.parametrize(
    ("more", "field"),
    [
        ({"counts": {"TM": 37, "CD": 10, "CCC": 3}}, "remaining"),
        ({"counts": {"TM": -1, "CD": 10, "CCC": 3}}, "remaining"),
        ({"counts": {"TM": 10**9, "CD": 10, "CCC": 3}}, "remaining"),
        ({"counts": {"TM": Count(30, damaged=4, donated=3), "CD": 10, "CCC": 3}}, "remaining"),
        ({"counts": {"TM": 9, "CD": 10}}, "remaining"),
        ({"counts": {"TM": Count(9, brought=-1), "CD": 10, "CCC": 3}}, "brought"),
        ({"counts": {"TM": Count(9, brought=40), "CD": 10, "CCC": 3}}, "note"),
        ({"money": Money(start=-1)}, "startCents"),
        ({"money": Money(end=10**12)}, "endCents"),
        ({"pieces": {300: 2}}, "cash"),
        ({"pieces": {2000: -1}}, "cash-2000"),
        ({"reason": None}, "reason"),
        ({"reason": "nonsense"}, "reason"),
    ],
)
def test_what_cannot_be_right_is_refused_at_its_field(tx, admin, booth, more, field):
    if "counts" in more:
        more = more | {"counts": counts(tx, **more["counts"])}
    with pytest.raises(Invalid) as no:
        example(tx, admin, booth, **more)
    assert any(name.startswith(field) for name in no.value.fields), no.value.fields
    assert closing.find(tx, booth) is None


def test_a_load_out_that_was_counted_otherwise_is_corrected_with_a_note(tx, admin, booth):
    given = counts(tx, TM=Count(9, brought=35), CD=Count(10, damaged=1), CCC=Count(3, brought=5))
    result = example(tx, admin, booth, counts=given, note="one fell off the cart")
    assert [result.sold[product(tx, code)] for code in ("TM", "CCC")] == [26, 2]
    assert on_table(tx, booth) == 0


def test_two_different_adults_sign(tx, admin, booth):
    with pytest.raises(Conflict):
        closing.sign(tx, admin, booth)
    example(tx, admin, booth)
    with pytest.raises(Conflict, match="different people"):
        closing.sign(tx, admin, booth)
    with pytest.raises(NotAllowed):
        closing.sign(tx, make_person(tx, "scout", "Ana", scout_ids=(make_scout(tx),)), booth)
    lea = make_person(tx, "leader")
    closing.sign(tx, lea, booth)
    assert closing.find(tx, booth).signer == "Lea"
    assert booths.find(tx, booth).status == "reconciled"
    with pytest.raises(Conflict, match="before"):
        closing.sign(tx, make_person(tx, "leader", "Mona"), booth)


def test_who_did_not_sign_up_for_a_booth_does_not_close_it(tx, booth):
    for role in ("caregiver", "leader"):
        with pytest.raises(NotAllowed):
            example(tx, make_person(tx, role), booth)
        with pytest.raises(NotAllowed):
            attendance.count_midway(tx, make_person(tx, role), booth, {})


def test_a_booth_opened_again_is_as_it_was_before(tx, admin, booth):
    """Credits are taken back first; then boxes, cash and table are as they were, and it can be closed again."""
    before = balances.troop_accounts(tx, 1)
    example(tx, admin, booth)
    closing.sign(tx, make_person(tx, "leader"), booth)
    ana = make_scout(tx)
    crediting.credit(tx, admin, booth, "even", weights={ana: 60})
    for reason in ("", "x" * 501):
        with pytest.raises(Invalid):
            counting.reopen(tx, admin, booth, reason)
    with pytest.raises(NotAllowed):
        counting.reopen(tx, make_person(tx, "leader"), booth, "wrong")
    counting.reopen(tx, admin, booth, "a bag was forgotten")
    assert balances.troop_accounts(tx, 1) == before
    assert (on_table(tx, booth), shelf(tx, "TM"), crediting.of_booth(tx, booth)) == (64, 64, None)
    assert value(tx, "SELECT ifnull(sum(boxes), 0) FROM credits") == 0
    with pytest.raises(Conflict):
        counting.reopen(tx, admin, booth, "again")
    assert example(tx, admin, booth, counts=counts(tx, TM=12, CD=Count(10, damaged=1), CCC=3)).expected_cents == 259_00


def test_what_is_left_goes_on_to_the_next_booth(tx, admin, booth):
    following = booths.plan(tx, admin, "Rink", "2026-02-15T16:00:00Z", "2026-02-15T20:00:00Z")
    with pytest.raises(Invalid, match="still to come"):
        example(tx, admin, booth, onward_booth_id=booth)
    example(tx, admin, booth, onward_booth_id=following)
    assert (on_table(tx, booth), on_table(tx, following)) == (0, 22)
    counting.close(tx, admin, following, counts(tx, TM=9, CD=10, CCC=3), Money())
    with pytest.raises(Conflict, match="went on to Rink"):
        counting.reopen(tx, admin, booth, "wrong")
    counting.reopen(tx, admin, following, "wrong")
    counting.reopen(tx, admin, booth, "wrong")
    assert (on_table(tx, booth), on_table(tx, following)) == (64, 0)


def test_of_two_closings_at_once_one_wins_and_the_other_is_told(box, admin):
    with box.write() as tx:
        transfers.move(tx, admin, "C2T", lines(tx, TM=20))
        booth = booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
        transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=10), booth_id=booth)
        given = counts(tx, TM=4)
    start, said = threading.Barrier(2), []

    def close():
        start.wait()
        try:
            with box.write() as tx:
                counting.close(tx, admin, booth, given, Money(end=36_00))
            said.append("closed")
        except Conflict as no:
            said.append(no.code)

    threads = [threading.Thread(target=close) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(said) == ["already_closed", "closed"]
    with box.read() as tx:
        assert balances.troop_accounts(tx, 1)["cash_box"] == 36_00
