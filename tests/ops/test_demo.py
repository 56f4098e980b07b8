"""The example troop: believable, adding up, and the same for the same dice."""

import hashlib

import pytest

from gsctracker.db import Database
from gsctracker.db.rows import many, value
from gsctracker.domain.booths import booths, carry
from gsctracker.domain.imports import smart_cookies
from gsctracker.domain.inventory import stock
from gsctracker.domain.money import balances, closing_identity, receipts, sweeps
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import differences, summary, today
from gsctracker.domain.reviewing import sanity
from gsctracker.domain.rewards import earned
from gsctracker.domain.sales import listing
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import Conflict
from gsctracker.ops import demo, demo_bank, demo_booths, demo_office
from gsctracker.ops.demo_sales import NOW

BY = Person(1, "admin", "Olga")


@pytest.fixture(scope="module")
def demo_box(tmp_path_factory):
    """A box with the example troop of `serve --demo`."""
    db = Database(tmp_path_factory.mktemp("demo") / "gsctracker.db")
    demo.fill(db, **demo.SMALL)
    yield db
    db.close()


@pytest.fixture
def read(demo_box):
    with demo_box.read() as tx:
        yield tx


def test_it_has_the_size_that_was_asked_for(read):
    assert value(read, "SELECT count(*) FROM scouts") == 12
    assert value(read, "SELECT count(*) FROM orders") == 400
    assert value(read, "SELECT count(*) FROM booths") == 10
    assert troop.is_demo(read)


def test_every_box_that_was_received_is_somewhere(read):
    for row in stock.everywhere(read, seasons.current(read).id):
        assert row.received % 12 == 0 or row.code == "CD"  # one case of those went to another troop
        assert row.received > 0
        assert (
            row.received == row.troop + row.scouts + row.booths + row.transit + row.damaged + row.customers + row.lost
        )
    packed = many(read, "SELECT id FROM booths WHERE status = 'packed'")
    assert len(packed) == 1
    assert sum(row.booths for row in stock.everywhere(read, seasons.current(read).id)) > 12


def test_the_ledgers_sum_to_zero(read):
    assert balances.out_of_balance(read) == 0


def test_one_family_owes_96_dollars_in_cash_and_nothing_else(read):
    found = [row for row in balances.families(read, seasons.current(read).id, BY) if row.balance_cents == 96_00]
    assert [(row.cash_held_cents, row.boxes_held_cents, row.customers_owe_cents) for row in found] == [(96_00, 0, 0)]


def test_one_booth_is_seven_dollars_short_and_one_is_not_divided(read):
    assert balances.troop_accounts(read, seasons.current(read).id)["over_short"] == 7_00
    assert len(booths.not_credited(read, seasons.current(read).id)) == 1
    assert value(read, "SELECT count(*) FROM booths WHERE status = 'scheduled'") > 0


def test_booths_show_two_signatures_and_carries_and_one_lacks_a_signature(read):
    closings = many(read, "SELECT booth_id, signed_by FROM booth_closings ORDER BY booth_id")
    assert [row.signed_by is None for row in closings] == [False] * (len(closings) - 1) + [True]
    states = {row.status for row in many(read, "SELECT DISTINCT status FROM booths")}
    assert {"scheduled", "packed", "counted", "credited", "closed"} <= states
    found = carry.of_season(read, seasons.current(read).id)
    assert any(found.values()) and sum(found.values()) == 0


def test_one_girl_is_below_zero_and_nothing_else_is(read):
    found = stock.below_zero(read, seasons.current(read).id)
    assert [(row.place, row.boxes) for row in found] == [("scout", -2)]


def test_shares_of_cookie_share_and_of_shipped_packages_are_those_of_the_field(read):
    totals = summary.totals(read, seasons.current(read).id)
    assert 0.03 <= totals.donated_boxes / totals.boxes <= 0.06
    ordered = value(read, "SELECT sum(boxes) FROM counted_orders")
    online = value(
        read,
        """SELECT sum(boxes) FROM counted_orders
            WHERE source = 'digital-cookie' AND order_type IN ('shipped', 'donation')""",
    )
    assert 0.14 <= online / ordered <= 0.24
    thin_mints = next(row.boxes for row in summary.products(read, seasons.current(read).id) if row.code == "TM")
    assert 0.22 <= thin_mints / totals.boxes <= 0.36


def test_the_back_office_mostly_agrees_and_what_differs_is_explained(read):
    """Two lines of three agree; a few hand-outs, a booth and late orders are what the page is for."""
    page = differences.page(read, seasons.current(read).id, BY)
    differing = [line for line in page.lines if line.gap or line.parts]
    assert 10 <= len(differing) <= len(page.lines) // 2
    for line in page.lines:
        assert line.gap == sum(part.boxes for part in line.parts)
    for row in page.shelf:
        assert row.gap == sum(boxes for _, boxes, _ in row.parts)
    codes = {part.code for line in page.lines for part in line.parts}
    assert {"held", "booth_not_divided", "hand_out_not_typed", "shipped_late"} <= codes
    assert {"hand_out_not_here", "booth_not_here", "more_in_ledger", "share_too_many"}.isdisjoint(codes)
    assert value(read, "SELECT count(*) FROM import_rows WHERE outcome IN ('refused', 'conflict', 'vanished')") == 0
    assert {row.state for row in many(read, "SELECT state FROM import_batches")} == {"applied"}


def test_what_the_back_office_moved_is_posted_once(read):
    """Pick-ups, hand-outs and returns come from its exports; only what nobody typed there was written down here."""
    here = many(
        read,
        """SELECT kind, count(*) AS entries FROM journal
            WHERE kind IN ('C2T', 'T2G', 'G2T', 'T2T_OUT') AND id NOT IN (SELECT entry_id FROM external_entries) GROUP BY kind""",
    )
    assert [(row.kind, row.entries <= 3) for row in here] == [("T2G", True)]
    assert value(read, "SELECT count(*) FROM journal WHERE kind = 'office_credit'") == 0
    assert value(read, "SELECT count(*) FROM journal WHERE reverses IS NOT NULL AND kind <> 'payment'") == 0


def test_receipts_rewards_and_the_councils_calendar_are_there_to_be_seen(read):
    """Every hand-out and payment has its receipt, signed, confirmed, open or void; girls reached levels and chose."""
    season = seasons.current(read).id
    book = receipts.recent(read, season, BY, limit=1000)
    assert [row.number for row in book] == list(range(len(book), 0, -1))
    kept = [row for row in book if not row.void_entry_id]
    assert len(book) - len(kept) == 2
    assert {row.kind for row in kept} == {"T2G", "G2T", "payment"}
    assert any(row.signature for row in kept) and any(row.confirmed_by for row in kept)
    assert any(not row.signature and not row.confirmed_by for row in kept)
    assert [row.verdict for row in sanity.to_review(read, BY)] == ["review"]
    girls = earned.girls(read, season, BY)
    assert {due.state for girl in girls for due in girl.due} >= {"to_choose", "ready"}
    assert [one.state for one in sweeps.forecast(read, season)] == ["taken", "planned", "planned"]
    assert {one.code for one in today.for_person(read, season, BY)} >= {"entries_to_review", "sweep_covered"}
    assert closing_identity.check(read, season).difference == 0


def test_there_are_promised_orders_waiting_and_goals(read):
    season = seasons.current(read).id
    assert listing.count(read, BY, season, listing.Filter(status="promised")) > 5
    assert value(read, "SELECT count(*) FROM goals") == 13


def test_the_search_finds_every_sale(read):
    assert value(read, "SELECT count(*) FROM order_search") == 400
    assert listing.count(read, BY, seasons.current(read).id, listing.Filter(q="thin mints")) > 50


def test_nobody_in_it_has_a_surname_an_address_or_a_phone(read):
    assert value(read, "SELECT max(length(last_initial)) FROM scouts") == 2
    assert value(read, "SELECT max(length(last_name)) FROM accounts") == 2
    assert (
        value(
            read, "SELECT count(*) FROM orders WHERE customer_address || customer_phone || customer_email IS NOT NULL"
        )
        == 0
    )
    assert many(read, "SELECT email FROM guardians WHERE email NOT LIKE '%@example.org'") == []


def test_the_same_seed_gives_the_same_season_and_another_does_not(tmp_path):
    def print_of(name, seed):
        db = Database(tmp_path / name)
        sign_ins = demo.fill(db, 4, 50, 4, seed)
        with db.read() as tx:
            rows = [sign_ins] + [
                tx.execute(f"SELECT {columns} FROM {table} ORDER BY 1, 2, 3").fetchall()
                for table, columns in (
                    ("orders", "id, scout_id, ordered_at, boxes, amount_cents, customer_name"),
                    ("box_moves", "id, entry_id, product_id, boxes, from_place, to_place"),
                    ("money_entries", "id, entry_id, debit, credit, cents"),
                    ("credits", "id, entry_id, scout_id, boxes"),
                    ("booth_shares", "entry_id, scout_id, minutes, ideal, carry_before"),
                    ("goals", "id, scout_id, boxes"),
                    ("office_lines", "id, key, kind, scout_id, product_id, boxes, day"),
                    ("import_batches", "id, file_name, sha256, state"),
                )
            ]
        db.close()
        return hashlib.sha256(repr(rows).encode()).hexdigest()

    assert print_of("a.db", 7) == print_of("b.db", 7)
    assert print_of("c.db", 8) != print_of("a2.db", 7)


@pytest.mark.parametrize("size", [(1, 0, 0), (1, 1, 1), (2, 3, 2), (3, 40, 3), (50, 10, 0)])
def test_a_season_of_any_size_adds_up(db, size):
    demo.fill(db, *size)
    with db.read() as tx:
        assert balances.out_of_balance(tx) == 0


def test_a_troop_that_takes_in_more_than_a_deposit_holds_goes_to_the_bank_with_several():
    assert [demo_bank.slips(cents) for cents in (-1, 0, 1)] == [[], [], [1]]
    assert demo_bank.slips(250_000_00) == [100_000_00, 100_000_00, 50_000_00]
    assert demo_bank.slips(200_000_00) == [100_000_00, 100_000_00]


def test_the_orders_of_ten_times_the_season_fit_into_one_export():
    """The example troop at ten times the season brings in 17,000 of them at once."""
    cookies = {number: f"A cookie with a long name {number}" for number in range(1, 13)}
    names = demo_office.Names("Troop 1234", {250: "Wilhelmina W."}, cookies, {}, share=12)
    order = demo_office._order(
        names, "250990250", NOW, "T2G", "Troop 1234", "Wilhelmina W.", dict.fromkeys(range(1, 4), 12), divider=51_600
    )
    text = demo_office.written(names, [order] * 17_000)
    assert len(text) <= smart_cookies.JSON_MOST
    parsed = smart_cookies.parse_json(demo_office.written(names, [order, order | {"order_number": "2"}]), "Troop 1234")
    assert [line.cookie for line in parsed.rows[0].lines] == [cookies[number] for number in (1, 2, 3)]


def test_a_box_with_a_troop_is_left_alone(box):
    with pytest.raises(Conflict, match="real troop"):
        demo.fill(box, 1, 1, 0)


def test_the_example_troop_is_not_filled_twice(db):
    demo.fill(db, 1, 1, 0)
    with pytest.raises(Conflict, match="already"):
        demo.fill(db, 1, 1, 0)


def test_a_booth_is_divided_evenly_in_whole_packages():
    shares = demo_booths.even_shares({"TM": 27, "CD": 13, "CCC": 1, "CShare": 5}, [1, 2, 3])
    for code, boxes in {"TM": 27, "CD": 13, "CCC": 1, "CShare": 5}.items():
        assert sum(number for _, of, number in shares if of == code) == boxes
    totals = [sum(number for girl, _, number in shares if girl == one) for one in (1, 2, 3)]
    assert sorted(totals) == [15, 15, 16]
