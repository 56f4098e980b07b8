"""A second closing with the very same figures is the second signature; anything else signs nothing."""

import pytest

from gsctracker.domain.booths import booths, closing, counting, seconding
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.imports import booth_credits
from gsctracker.domain.inventory import transfers
from gsctracker.errors import Conflict, NotAllowed
from tests.factories import lines, make_person, product

FOUR_LEFT = Count(4)
MONEY = Money(start=100_00, end=232_00)
"""20 Thin Mints and 2 Cookie Shares are $132."""


@pytest.fixture
def booth(tx, admin):
    """24 Thin Mints on a table."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=100))
    booth = booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=24), booth_id=booth)
    return booth


@pytest.fixture
def mona(tx):
    return make_person(tx, "cookie_leader", "Mona")


def close(tx, by, booth, count=FOUR_LEFT, money=MONEY, share=2, **how):
    """Close it as the doors do."""
    return booth_credits.close(
        tx, by, booth, {product(tx, "TM"): count}, money, share={product(tx, "CShare"): share}, **how
    )


def state(tx, booth):
    """Who signed, and what stands in the ledgers."""
    found = closing.find(tx, booth)
    rows = tx.execute("SELECT (SELECT count(*) FROM journal), (SELECT count(*) FROM booth_closings)").fetchone()
    return found.signed_by, booths.find(tx, booth).status, rows


def test_the_second_adults_same_closing_signs_the_booth(tx, admin, booth, mona):
    """No third step, nothing posted again, and the record says that she signed by counting."""
    first = close(tx, admin, booth)
    before = state(tx, booth)[2]
    assert close(tx, mona, booth, note="with other words") == first
    assert state(tx, booth) == (mona.id, "reconciled", before)
    told = tx.execute("SELECT account_id, detail FROM audit_log WHERE action = 'booth.signed'").fetchall()
    assert [who for who, _ in told] == [mona.id]
    assert "by_counting" in told[0][1]


@pytest.mark.parametrize(
    "other",
    [
        {"count": Count(3)},
        {"count": Count(3, damaged=1)},
        {"count": Count(3, donated=1)},
        {"count": Count(4, brought=25)},
        {"share": 1},
        {"share": 0},
        {"money": Money(start=101_00, end=233_00)},
        {"money": Money(start=100_00, end=226_00, cards=6_00)},
        {"money": Money(start=100_00, end=226_00, drops=6_00)},
        {"money": Money(end=132_00)},
        {"pieces": {2000: 11, 1000: 1, 100: 3}},
    ],
    ids=str,
)
def test_any_other_figure_signs_nothing(tx, admin, booth, mona, other):
    """Even where the sums agree."""
    close(tx, admin, booth)
    before = state(tx, booth)
    with pytest.raises(Conflict) as no:
        close(tx, mona, booth, **other)
    assert no.value.code == "already_closed"
    assert state(tx, booth) == before


def test_nobody_signs_her_own_closing(tx, admin, booth):
    close(tx, admin, booth)
    with pytest.raises(Conflict) as no:
        close(tx, admin, booth)
    assert no.value.code == "already_closed"
    assert state(tx, booth)[0] is None


def test_a_third_closing_takes_no_signature_away(tx, admin, booth, mona):
    close(tx, admin, booth)
    close(tx, mona, booth)
    with pytest.raises(Conflict):
        close(tx, make_person(tx, "cookie_leader", "Nora"), booth)
    assert state(tx, booth)[0] == mona.id


def test_who_may_not_count_signs_nothing_by_counting(tx, admin, booth):
    close(tx, admin, booth)
    with pytest.raises(NotAllowed):
        close(tx, make_person(tx, "caregiver", "Lia"), booth)
    assert state(tx, booth)[0] is None


def test_a_short_booth_wants_the_same_reason_too(tx, admin, booth, mona):
    short = MONEY._replace(end=231_00)
    close(tx, admin, booth, money=short, reason="wrong_change")
    for reason in (None, "miscount"):
        with pytest.raises(Conflict):
            close(tx, mona, booth, money=short, reason=reason)
    close(tx, mona, booth, money=short, reason="wrong_change")
    assert state(tx, booth)[0] == mona.id


def test_notes_and_coins_agree_piece_by_piece_where_both_counted_them(tx, admin, booth, mona):
    close(tx, admin, booth, money=Money(start=100_00), pieces={2000: 11, 1000: 1, 100: 2})
    with pytest.raises(Conflict):
        close(tx, mona, booth, money=Money(start=100_00), pieces={2000: 11, 500: 2, 100: 2})
    close(tx, mona, booth)
    assert state(tx, booth)[0] == mona.id


def test_what_was_brought_is_compared_with_what_the_ledger_had_packed(tx, admin, booth, mona):
    """One found 23 on the table where 24 were packed: who says nothing of it counted from 24."""
    one_less = {"count": Count(4, brought=23), "money": MONEY._replace(end=226_00), "note": "one was missing"}
    close(tx, admin, booth, **one_less)
    with pytest.raises(Conflict):
        close(tx, mona, booth, **one_less | {"count": Count(4)})
    close(tx, mona, booth, **one_less)
    assert state(tx, booth)[0] == mona.id


def test_boxes_that_go_on_to_another_booth_are_not_agreed_by_a_third_place(tx, admin, booth, mona):
    onward, other = (
        booths.plan(tx, admin, name, "2026-02-15T16:00:00Z", "2026-02-15T20:00:00Z") for name in ("Next", "Other")
    )
    close(tx, admin, booth, onward_booth_id=onward)
    with pytest.raises(Conflict):
        close(tx, mona, booth, onward_booth_id=other)
    close(tx, mona, booth, onward_booth_id=onward)
    assert state(tx, booth)[0] == mona.id


def test_a_booth_at_which_nobody_counted_a_cookie_is_signed_by_hand(tx, admin, booth, mona):
    closing.close(tx, admin, booth, sold={}, cash_cents=0)
    assert seconding.sign(tx, mona, booth, {}, Money()) is None
    assert state(tx, booth)[0] is None


def test_after_opening_again_both_count_anew(tx, admin, booth, mona):
    close(tx, admin, booth)
    close(tx, mona, booth)
    counting.reopen(tx, admin, booth, "a case was in the car")
    assert seconding.sign(tx, mona, booth, {product(tx, "TM"): Count(4)}, MONEY) is None
    close(tx, mona, booth)
    assert (closing.find(tx, booth).closed_by, state(tx, booth)[0]) == (mona.id, None)
