"""What the pages ask of sales, moves, counts and money beyond doing: totals, histories, what is still open."""

import pytest

from gsctracker.domain.inventory import counts, transfers
from gsctracker.domain.inventory import history as moves
from gsctracker.domain.journal import TROOP
from gsctracker.domain.money import turn_ins
from gsctracker.domain.sales import history, listing, orders
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout, product


@pytest.fixture
def ava(tx):
    return make_scout(tx, "Ava")


def collected(tx, order_id, admin):
    return orders.find(tx, order_id, admin).collected_cents


def test_a_customer_pays_the_rest_or_a_part_but_never_more(tx, admin, ava):
    sale = orders.take(tx, admin, [Item("TM", 3)], scout_id=ava)
    orders.receive(tx, sale, admin, "cash", 600)
    with pytest.raises(Invalid):
        orders.receive(tx, sale, admin, "cash", 1201)
    with pytest.raises(Invalid):
        orders.receive(tx, sale, admin, "card")
    with pytest.raises(Conflict):
        orders.receive(tx, sale, admin, "cash", version=1)
    assert collected(tx, sale, admin) == 600
    orders.receive(tx, sale, admin, "check")
    assert collected(tx, sale, admin) == 1800
    with pytest.raises(Conflict):
        orders.receive(tx, sale, admin, "cash")


def test_totals_leave_out_what_does_not_count(tx, admin, ava):
    orders.take(
        tx, admin, [Item("TM", 3), Item("CShare", 1)], scout_id=ava, payment_method="cash", collected_cents=1000
    )
    orders.cancel(tx, orders.take(tx, admin, [Item("TM", 50)], scout_id=ava), admin)
    found = listing.totals(tx, admin, seasons.current(tx).id, listing.Filter())
    assert (found.sales, found.counted, found.boxes, found.donated_boxes) == (2, 1, 4, 1)
    assert (found.amount_cents, found.collected_cents, found.owed_cents) == (2400, 1000, 1400)
    stranger = make_person(tx, "caregiver", scout_ids=(make_scout(tx, "Bea"),))
    assert listing.totals(tx, stranger, seasons.current(tx).id, listing.Filter()).sales == 0


def test_the_history_of_a_sale_shows_what_was_taken_back(tx, admin, ava):
    sale = orders.take(tx, admin, [Item("TM", 3)], scout_id=ava, order_type="in_hand", payment_method="card")
    orders.cancel(tx, sale, admin)
    entries = history.entries(tx, sale, admin)
    assert len(entries) == 4
    assert [bool(entry.reverses) for entry in entries] == [True, True, False, False]
    assert sum(credit.boxes for entry in entries for credit in entry.credits) == 0
    assert {(money.debit_kind, money.credit_kind) for entry in entries for money in entry.money} == {
        ("card_clearing", "scout"),
        ("scout", "card_clearing"),
    }
    with pytest.raises(NotFound):
        history.entries(tx, sale, make_person(tx, "caregiver", scout_ids=(make_scout(tx, "Bea"),)))


def test_a_family_does_not_see_whose_sale_it_was_before(tx, admin, ava):
    bea = make_scout(tx, "Bea")
    sale = orders.take(tx, admin, [Item("TM", 3)], scout_id=ava, order_type="in_hand")
    orders.change(tx, sale, admin, {"scout_id": bea})
    seen = history.entries(tx, sale, make_person(tx, "caregiver", scout_ids=(bea,)))
    assert {credit.first_name for entry in seen for credit in entry.credits} == {"Bea"}
    assert {move.first_name for entry in seen for move in entry.moves} == {"Bea"}
    every = history.entries(tx, sale, admin)
    assert {credit.first_name for entry in every for credit in entry.credits} == {"Ava", "Bea"}


def test_moves_are_found_newest_first_with_both_ends(tx, admin, ava):
    first = transfers.move(tx, admin, "C2T", lines(tx, TM=24))
    second = transfers.move(tx, admin, "T2G", lines(tx, TM=5, TRE=1), scout_id=ava)
    season = seasons.current(tx).id
    assert [move.id for move in moves.recent(tx, season, admin)] == [second, first]
    assert [move.id for move in moves.recent(tx, season, admin, before=second)] == [first]
    assert [move.id for move in moves.recent(tx, season, admin, kind="C2T")] == [first]
    for ask in (lambda by: moves.recent(tx, season, by), lambda by: moves.find(tx, second, by)):
        with pytest.raises(NotAllowed):
            ask(make_person(tx, "caregiver", scout_ids=(ava,)))
    line = moves.find(tx, second, admin).lines[0]
    assert (line.from_kind, line.to_kind, line.to_first_name) == ("troop", "scout", "Ava")
    payment = turn_ins.turn_in(tx, admin, ava, 100, "cash")
    with pytest.raises(NotFound):
        moves.find(tx, payment, admin)
    with pytest.raises(NotFound):
        turn_ins.find(tx, second, admin)
    assert turn_ins.find(tx, payment, admin).cents == 100
    with pytest.raises(NotAllowed):
        moves.recent(tx, season, make_person(tx, "caregiver", scout_ids=(ava,)))


def test_a_count_is_open_until_every_cookie_is_explained(tx, admin):
    """Two too few of one and two too many of another are two differences, not none."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=24, TRE=24))
    tm, tre, season = product(tx, "TM"), product(tx, "TRE"), seasons.current(tx).id
    count_id = counts.record(tx, admin, TROOP, {tm: 22, tre: 26})
    assert counts.recent(tx, season, admin)[0].open_lines == 2
    lost = counts.explain(tx, admin, count_id, tm, "LOST", "rain")
    assert counts.recent(tx, season, admin)[0].open_lines == 1
    counts.explain(tx, admin, count_id, tre, "FOUND", "behind the door")
    assert counts.recent(tx, season, admin)[0].open_lines == 0
    transfers.take_back(tx, lost, admin, "it was not rain")
    assert counts.recent(tx, season, admin)[0].open_lines == 1
    assert counts.recent(tx, season, admin, place_id=1) == []
