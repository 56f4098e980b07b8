"""Entries of phones: exactly once, in any order, and what cannot stand is kept for a person to decide."""

import random

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.booths import booths, closing, counting, entries, entry_effects, hours, tallies
from gsctracker.domain.booths.entries import Entry
from gsctracker.domain.inventory import transfers
from gsctracker.domain.reports import today
from gsctracker.domain.season import catalogue
from gsctracker.errors import Conflict, Invalid, NotAllowed
from tests.factories import lines, make_person, make_scout, product

AT = "2026-02-14T17:00:00Z"
END = "2026-02-14T20:05:00Z"


@pytest.fixture
def booth(tx, admin):
    """36 Thin Mints and 24 Caramel deLites on a table."""
    transfers.move(tx, admin, "C2T", lines(tx, TM=100, CD=100))
    booth = booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=36, CD=24), booth_id=booth)
    return booths.find(tx, booth)


def entry(number, kind="sale", at=AT, device="a1", offset=0, **said):
    if kind == "sale":
        said = {"pay": said.pop("pay", "cash"), "items": [{"product": k, "quantity": n} for k, n in said.items()]}
    return Entry(f"{number:032x}", device, number, at, offset, kind, said)


def close_entry(number, tm=9, cd=10, share=2, at=END, device="a1", **more):
    sold = 36 - tm + 24 - cd + share
    said = {
        "counts": [{"product": "TM", "remaining": tm}, {"product": "CD", "remaining": cd}],
        "share": [{"product": "CShare", "quantity": share}],
        "money": {"start": 100_00, "end": 100_00 + sold * 600},
    } | more
    return Entry(f"{number:032x}", device, number, at, 0, "close", said)


def table_of(tx, booth):
    return {
        catalogue.find(tx, id).code: boxes
        for id, boxes in tallies.packages(tx, booth.id).items()
    }  # fmt: skip


def prices(tx):
    return {code: catalogue.find(tx, product(tx, code)).price_cents for code in ("TM", "CD", "CShare")}


def test_the_same_entry_counts_once_however_often_it_comes(tx, admin, booth):
    """UX-21: an entry is known by its id; what is sent again changes nothing."""
    for _ in range(3):
        taken = entries.take(tx, admin, booth, entry(1, TM=2, CD=1))
    assert (taken.state, taken.again) == ("taken", True)
    assert table_of(tx, booth) == {"TM": 2, "CD": 1}
    assert value(tx, "SELECT count(*) FROM booth_entries") == 1


def test_the_first_sale_within_the_hours_opens_the_booth(tx, admin, booth):
    entries.take(tx, admin, booth, entry(1, at="2026-02-10T17:00:00Z", TM=1))
    assert booths.find(tx, booth.id).status in ("scheduled", "packed")
    entries.take(tx, admin, booth, entry(2, TM=1))
    assert booths.find(tx, booth.id).status == "open"


def test_any_order_from_several_phones_gives_the_same_tally(tx, admin, booth):
    """UX-21: sales and what undoes them arrive mixed and twice; the sums are those of the table."""
    sent = [entry(n, device=f"p{n % 3}", pay="card" if n % 4 == 0 else "cash", TM=1 + n % 3) for n in range(1, 31)]
    sent += [entry(100 + n, "undo", undoes=f"{n:032x}") for n in (3, 7, 12)]
    dice = random.Random(5)
    mixed = sent + dice.sample(sent, 15)
    dice.shuffle(mixed)
    for one in mixed:
        entries.take(tx, admin, booth, one)
    left = [n for n in range(1, 31) if n not in (3, 7, 12)]
    assert table_of(tx, booth) == {"TM": sum(1 + n % 3 for n in left)}
    price = prices(tx)["TM"]
    assert tallies.money(tx, booth.id) == {
        "cash": sum(1 + n % 3 for n in left if n % 4) * price,
        "card": sum(1 + n % 3 for n in left if n % 4 == 0) * price,
        "other": 0,
    }
    one_phone = [n for n in left if n % 3 != 1]
    assert tallies.packages(tx, booth.id, "p1") == {product(tx, "TM"): sum(1 + n % 3 for n in one_phone)}
    assert sum(sale.boxes for sale in tallies.sales(tx, booth.id)) == sum(1 + n % 3 for n in left)


def test_an_entry_with_the_id_of_another_is_kept_and_flagged_until_a_person_decides(tx, admin, booth):
    entries.take(tx, admin, booth, entry(1, TM=2))
    assert entries.take(tx, admin, booth, entry(1, TM=5)).flag == "other_content"
    assert table_of(tx, booth) == {"TM": 2}
    other = entries.of_booth(tx, booth.id, flagged=True)[0]
    entries.settle(tx, admin, booth.id, other.id, "accepted")
    assert table_of(tx, booth) == {"TM": 5}
    with pytest.raises(Conflict):
        entries.settle(tx, admin, booth.id, other.id, "left_out")
    assert entries.waiting(tx, booth.id) == 0


def test_a_phones_clock_is_set_right_by_what_it_knows_of_ours(tx, admin, booth):
    entries.take(tx, admin, booth, entry(1, at="2026-02-13T17:00:00Z", offset=86_400, TM=1))
    entries.take(tx, admin, booth, entry(2, at="2099-02-13T17:00:00Z", TM=1))
    row = entries.of_booth(tx, booth.id)
    assert (row[1].captured_at, row[1].happened_at) == ("2026-02-13T17:00:00Z", AT)
    assert row[0].happened_at <= row[0].received_at
    with pytest.raises(Invalid) as no:
        entries.take(tx, admin, booth, entry(3, at="2026-02-30T17:00:00Z", TM=1))
    assert "capturedAt" in no.value.fields
    with pytest.raises(Invalid):
        entries.take(tx, admin, booth, entry(3, at="2026-02-14T17:00:00Z", offset=-4_000_000_000, TM=1))


def test_a_cookie_that_is_not_sold_any_more_is_kept_for_a_person(tx, admin, booth):
    tx.execute("UPDATE products SET is_active = 0 WHERE code = 'CD'")
    assert entries.take(tx, admin, booth, entry(1, CD=2)).flag == "not_sold"
    assert entries.take(tx, admin, booth, entry(2, Zebra=2)).flag == "unknown_cookie"
    assert table_of(tx, booth) == {}
    unknown, gone = entries.of_booth(tx, booth.id, flagged=True)
    entries.settle(tx, admin, booth.id, gone.id, "accepted")
    assert table_of(tx, booth) == {"CD": 2}
    with pytest.raises(Invalid):
        entries.settle(tx, admin, booth.id, unknown.id, "accepted")
    entries.settle(tx, admin, booth.id, unknown.id, "left_out")
    assert table_of(tx, booth) == {"CD": 2}


def test_a_booth_closed_on_two_phones_is_closed_once_and_both_are_kept(tx, admin, booth):
    """UX-21: the first closing posts; the same figures agree, others wait for a decision. Nothing is posted twice."""
    assert entries.take(tx, admin, booth, close_entry(1)).state == "taken"
    cash = closing.find(tx, booth.id).collected_cents
    assert entries.take(tx, admin, booth, close_entry(2, device="b2")) == ("taken", "", False)
    assert entries.take(tx, admin, booth, close_entry(3, tm=8, device="b2")).flag == "contradicts"
    assert closing.find(tx, booth.id).collected_cents == cash
    assert value(tx, "SELECT count(*) FROM journal WHERE kind = 'booth_sale'") == 1
    assert [(row.name, row.waiting) for row in entries.undecided(tx, booth.season_id)] == [("Market", 1)]
    assert "booth_entries" in {one.code for one in today.for_leader(tx, booth.season_id, admin)}
    contrary = entries.of_booth(tx, booth.id, flagged=True)[0]
    with pytest.raises(Conflict):
        entries.settle(tx, admin, booth.id, contrary.id, "accepted")
    counting.reopen(tx, admin, booth.id, "the other count is right")
    entries.settle(tx, admin, booth.id, contrary.id, "accepted")
    assert closing.find(tx, booth.id).collected_cents == cash + prices(tx)["TM"]
    assert value(tx, "SELECT count(*) FROM standing_entries WHERE kind = 'booth_sale'") == 1
    assert entries.undecided(tx, booth.season_id) == []


def test_the_same_closing_from_the_other_adults_phone_is_her_signature(tx, admin, booth):
    """What she counted by herself needs no second asking; a count that differs signs nothing and waits."""
    mona, nora = make_person(tx, "cookie_leader", "Mona"), make_person(tx, "cookie_leader", "Nora")
    entries.take(tx, admin, booth, close_entry(1))
    assert entries.take(tx, mona, booth, close_entry(2, tm=8, device="b2")).flag == "contradicts"
    assert closing.find(tx, booth.id).signed_by is None
    assert entries.take(tx, nora, booth, close_entry(3, device="c3")) == ("taken", "", False)
    assert closing.find(tx, booth.id).signed_by == nora.id
    assert value(tx, "SELECT count(*) FROM journal WHERE kind = 'booth_sale'") == 1
    assert entries.take(tx, nora, booth, entry(4, "sign", device="c3")).state == "taken"


def test_one_phone_closes_for_one_person_only(tx, admin, booth):
    """Whoever signs in on the phone of the one who closed signs by herself: what the phone still held may be the first's."""
    mona = make_person(tx, "cookie_leader", "Mona")
    entries.take(tx, admin, booth, close_entry(1))
    assert entries.take(tx, mona, booth, close_entry(2)).state == "taken"
    assert entries.take(tx, admin, booth, close_entry(3, device="b2")).state == "taken"
    assert closing.find(tx, booth.id).signed_by is None


def test_a_closing_that_cannot_be_leaves_nothing_but_itself(tx, admin, booth):
    """More left than was brought is not posted, not even in part; the entry says why."""
    before = value(tx, "SELECT count(*) FROM journal")
    assert entries.take(tx, admin, booth, close_entry(1, tm=37)).flag == "refused"
    assert value(tx, "SELECT count(*) FROM journal") == before
    assert closing.find(tx, booth.id) is None
    assert entries.of_booth(tx, booth.id)[0].trouble["code"] == "more_than_brought"
    assert entries.take(tx, admin, booth, close_entry(2)).state == "taken"


def test_what_was_sold_before_the_closing_may_come_after_it(tx, admin, booth):
    entries.take(tx, admin, booth, close_entry(1, share=1))
    assert entries.take(tx, admin, booth, entry(2, device="b2", TM=3)).state == "taken"
    assert entries.take(tx, admin, booth, entry(3, device="b2", CShare=1)).state == "taken"
    assert entries.take(tx, admin, booth, entry(4, device="b2", CShare=1)).flag == "late_share"
    late = entry(5, device="b2", at=hours.shifted(END, seconds=entry_effects.CLOCKS_PART_SECONDS + 1), TM=1)
    assert entries.take(tx, admin, booth, late).flag == "after_closing"
    parted = {one.product.code: (one.tallied, one.counted) for one in tallies.differences(tx, booth.id)}
    assert parted == {"TM": (3, 27), "CD": (0, 14)}


def test_phones_whose_clocks_part_by_seconds_sell_before_the_closing(tx, admin, booth):
    """What one phone sold in the second before another closed may bear a later second."""
    entries.take(tx, admin, booth, close_entry(1))
    after = hours.shifted(END, seconds=entry_effects.CLOCKS_PART_SECONDS)
    assert entries.take(tx, admin, booth, entry(2, device="b2", at=after, TM=1)).state == "taken"


def test_a_signature_that_comes_before_its_closing_is_given_when_that_comes(tx, admin, booth):
    mona = make_person(tx, "leader", "Mona")
    assert entries.take(tx, mona, booth, entry(1, "sign", device="b2")).flag == "early"
    entries.take(tx, admin, booth, close_entry(2))
    assert closing.find(tx, booth.id).signed_by == mona.id
    assert entries.waiting(tx, booth.id) == 0
    assert entries.take(tx, mona, booth, entry(3, "sign", device="b2")).state == "taken"
    other = make_person(tx, "leader", "Nora")
    assert entries.take(tx, other, booth, entry(4, "sign", device="c3")).flag == "refused"


def test_a_count_between_is_kept_once_and_one_outside_the_hours_is_flagged(tx, admin, booth):
    items = [{"product": "TM", "quantity": 20}]
    for _ in range(2):
        assert (
            entries.take(tx, admin, booth, entry(1, "midcount", at="2026-02-14T18:00:00Z", items=items)).state
            == "taken"
        )
    assert value(tx, "SELECT boxes FROM booth_midcounts") == 20
    assert entries.take(tx, admin, booth, entry(2, "midcount", at=END, items=items)).flag == "refused"


def test_only_who_stands_there_taps_in(tx, admin, booth):
    ana = make_scout(tx, "Ana")
    stranger = make_person(tx, "caregiver", "Rita", scout_ids=(ana,))
    with pytest.raises(NotAllowed):
        entries.must_tap(tx, stranger, booth.id)
    entries.take(tx, admin, booth, entry(1, TM=1))
    entries.take(tx, admin, booth, entry(1, TM=2))
    with pytest.raises(NotAllowed):
        entries.settle(tx, stranger, booth.id, 2, "accepted")
