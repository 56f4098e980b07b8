"""COOKIE-29: the three systems side by side, every difference explained in words, and what to type tonight."""

import sys
from pathlib import Path

import pytest

from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import transfers as moves
from gsctracker.domain.reports import differences, today, typing_list
from gsctracker.domain.sales import orders as sales
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import seasons
from gsctracker.errors import NotAllowed
from tests.factories import lines, make_person, make_scout, product

sys.path.insert(0, str(Path(__file__).parents[1] / "imports"))
from bring_in import apply, orders, transfers


@pytest.fixture
def girls(tx):
    return tuple(make_scout(tx, name, f"{name[0]}.") for name in ("Ava", "Bea", "Cleo"))


def season(tx):
    return seasons.current(tx).id


def page(tx, admin):
    return differences.page(tx, season(tx), admin)


def office_of_troop_x(**more):
    """What Smart Cookies has of worked example 1 before its dividers are run."""

    def row(number, kind, giver, taker, **cookies):
        return {"type": kind, "number": number, "from": giver, "to": taker, "cookies": cookies} | more

    return [
        row("1", "C2T(P)", "Cupboard", "1234", TM=144, CD=72, CCC=12),
        row("2", "T2T", "1234", "777", CD=-12),
        row("3", "T2G", "1234", "Ava Adams", TM=-40, CD=-20, CCC=-3),
        row("4", "T2G", "1234", "Bea Bell", TM=-30, CD=-12),
        row("5", "T2G", "1234", "Cleo Cook", TM=-10),
        row("6", "G2T", "Cleo Cook", "1234", TM=4),
    ]


@pytest.fixture
def troop_x(tx, admin, girls):
    """Worked example 1 with its moves from the office's file; the booth and the site's orders are our own."""
    apply(tx, admin, transfers(*office_of_troop_x()))
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    moves.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=36, CD=24, CCC=4), booth_id=booth)
    moves.move(tx, admin, "BOOTH_TO_TROOP", lines(tx, TM=9, CD=10, CCC=3), booth_id=booth)
    moves.move(tx, admin, "DAMAGED", lines(tx, CD=1), booth_id=booth)
    closing.close(
        tx,
        admin,
        booth,
        sold={product(tx, code): n for code, n in (("TM", 27), ("CD", 13), ("CCC", 1))},
        cash_cents=247_00,
    )
    sales.take(tx, admin, [Item("TM", 4), Item("CD", 2)], order_type="in_hand", payment_method="card")
    return booth


def test_the_offices_shelf_is_48_more_and_every_box_of_it_is_explained(tx, admin, troop_x):
    """Worked example 1: 105 against 57 = 41 of the booth, 1 crushed, 6 of the site."""
    shelf = page(tx, admin).shelf
    assert sum(line.office for line in shelf) == 105 and sum(line.ours for line in shelf) == 57
    parts: dict[str, int] = {}
    for line in shelf:
        assert line.gap == sum(boxes for _, boxes, _ in line.parts)
        for code, boxes, _ in line.parts:
            parts[code] = parts.get(code, 0) + boxes
    assert parts == {"booth_not_divided": 41, "booth_damaged": 1, "site_not_divided": 6}
    said = [str(note) for line in shelf for _, _, note in line.parts]
    assert "27 more in Smart Cookies because Booth 1 has not been divided." in said


def test_when_the_divider_was_run_the_booths_difference_is_gone(tx, admin, troop_x, girls):
    ava = girls[0]
    closing.credit(
        tx, admin, troop_x, [(ava, product(tx, code), n) for code, n in (("TM", 27), ("CD", 13), ("CCC", 1))]
    )
    divided = {
        "type": "T2G",
        "number": "7",
        "from": "1234",
        "to": "Ava Adams",
        "cookies": {"TM": 27, "CD": 13, "CCC": 1},
    }
    apply(tx, admin, transfers(*office_of_troop_x(), divided | {"smart_divider_id": "5"}))

    codes = {code for line in page(tx, admin).shelf for code, _, _ in line.parts}
    assert codes == {"booth_damaged", "site_not_divided"}


def test_the_parts_of_a_girls_difference_always_add_up_to_it(tx, admin, troop_x, girls):
    ava, bea, _ = girls
    closing.credit(tx, admin, troop_x, [(ava, product(tx, "TM"), 20), (bea, product(tx, "TM"), 7)])
    who = {"Girl First Name": "Ava", "Girl Last Name": "Adams"}
    apply(
        tx,
        admin,
        orders(who, who | {"Order Number": "2", "Order Type": "Shipped"}, who | {"Order Number": "3", "Trefoils": 2}),
    )
    sales.take(tx, admin, [Item("TM", 2), Item("CShare", 3)], scout_id=ava, order_type="in_hand", payment_method="cash")

    found = page(tx, admin).lines
    assert found and all(line.gap == sum(part.boxes for part in line.parts) for line in found)
    thin_mints = next(line for line in found if (line.scout_id, line.code) == (ava, "TM"))
    assert (thin_mints.digital_cookie, thin_mints.office, thin_mints.credited) == (15, 40, 5 + 5 + 5 + 2 + 20)
    assert {part.code: part.boxes for part in thin_mints.parts} == {
        "held": 28,
        "shipped_late": -5,
        "booth_not_divided": -20,
    }


def test_what_to_type_tonight_goes_when_it_is_ticked_and_when_the_export_shows_it(tx, admin, girls):
    ava = girls[0]
    sales.take(tx, admin, [Item("CShare", 4)], scout_id=ava, payment_method="cash")
    key = f"share/{ava}"
    (item,) = typing_list.page(tx, season(tx), admin)
    assert (item.key, item.boxes, item.is_done) == (key, 4, False)

    typing_list.tick(tx, season(tx), admin, key)
    (item,) = typing_list.page(tx, season(tx), admin)
    assert (item.boxes, item.typed, item.is_done) == (0, 4, True)

    sales.take(tx, admin, [Item("CShare", 2)], scout_id=ava, payment_method="cash")
    (item,) = typing_list.page(tx, season(tx), admin)
    assert (item.boxes, item.typed) == (2, 4), "only what came since is to type"
    typing_list.untick(tx, season(tx), admin, key)
    assert typing_list.page(tx, season(tx), admin)[0].boxes == 6

    typed = {"type": "COOKIE_SHARE", "number": "9", "to": "Ava Adams", "cookies": {"CShare": 6}}
    apply(tx, admin, transfers(typed))
    assert typing_list.page(tx, season(tx), admin) == []


def test_a_tick_that_the_next_export_does_not_bear_out_comes_back(tx, admin, girls):
    ava = girls[0]
    sales.take(tx, admin, [Item("CShare", 4)], scout_id=ava, payment_method="cash")
    typing_list.tick(tx, season(tx), admin, f"share/{ava}")
    tx.execute("UPDATE typed_ticks SET ticked_at = '2026-01-01T00:00:00Z'")
    apply(tx, admin, transfers({"type": "C2T", "number": "1", "cookies": {"TM": 12}}))

    (item,) = typing_list.page(tx, season(tx), admin)
    assert (item.boxes, item.typed) == (4, 0)


def test_hand_outs_made_here_are_on_the_list_for_the_office(tx, admin, troop_x, girls):
    moves.move(tx, admin, "T2G", lines(tx, TM=6), scout_id=girls[0])
    item = next(item for item in typing_list.page(tx, season(tx), admin) if item.kind == "t2g")
    assert str(item.sentence) == "Transfer troop to girl for Ava A.: 6 Thin Mints."


def test_site_packages_and_rows_without_an_answer_are_remarked_on(tx, admin, girls):
    site = {"Girl First Name": "Troop1234", "Girl Last Name": "Site"}
    apply(tx, admin, orders(site, {"Order Number": "2", "Girl First Name": "Zoe"}))

    said = [str(note) for note in page(tx, admin).remarks]
    assert "Packages of the troop's site that are not credited to any girl yet: 5." in said
    assert "Imported rows that wait for an answer and are in none of these figures: 1." in said


def test_more_site_credit_than_the_site_sold_is_an_error_that_is_shown(tx, admin, girls):
    apply(tx, admin, orders({"Girl First Name": "Troop1234", "Girl Last Name": "Site", "Order Type": "Shipped"}))
    apply(
        tx, admin, transfers({"type": "T2G", "number": "TDS1", "to": "Ava Adams", "from": "1234", "cookies": {"TM": 8}})
    )

    said = [str(note) for note in page(tx, admin).remarks]
    assert "Thin Mints: girls were credited with 8 packages of the troop's site, and it sold 5." in said


def test_a_grid_of_ebudde_is_compared_girl_by_girl(tx, admin, girls):
    moves.move(tx, admin, "T2G", lines(tx, TM=12), scout_id=girls[0])
    apply(tx, admin, b"Girl,Date,Thin Mints,Samoas\r\nAva Adams,2026-02-01,10,3\r\n", source="ebudde", name="grid.csv")

    found = {line.code: line for line in page(tx, admin).lines}
    assert [(part.code, part.boxes) for part in found["TM"].parts] == [("held", 12), ("not_in_ledger", -2)]
    assert [(part.code, part.boxes) for part in found["CD"].parts] == [("more_in_ledger", 3)]
    assert (found["TM"].gap, found["CD"].gap) == (10, 3)


def test_the_leaders_list_of_today_names_what_waits_and_where(tx, admin, troop_x, girls):
    apply(
        tx,
        admin,
        orders({"Girl First Name": "Zoe"}, {"Order Number": "2", "Girl First Name": "Ava", "Girl Last Name": "Adams"}),
    )
    sales.take(
        tx, admin, [Item("TM", 60), Item("CShare", 1)], scout_id=girls[1], order_type="in_hand", payment_method="cash"
    )
    sales.take(tx, admin, [Item("TM", 2)], scout_id=girls[1])

    waiting = {each.code: each for each in today.for_person(tx, season(tx), admin)}
    assert {code: (each.count, each.target) for code, each in waiting.items()} == {
        "rows_to_answer": (1, "imports"),
        "booths_to_sign": (1, "booths"),
        "booths_not_credited": (1, "booths"),
        "below_zero": (1, "stock"),
        "cash_held": (1, "money"),
        "share_to_type": (1, "differences"),
        "sales_to_deliver": (1, "sales"),
    }
    assert str(waiting["cash_held"].sentence) == "Families that hold cash: 1, together $366.00."


def test_a_familys_list_of_today_is_about_its_own_girls_alone(tx, admin, girls):
    ava, bea, _ = girls
    sales.take(tx, admin, [Item("TM", 2)], scout_id=ava)
    sales.take(tx, admin, [Item("TM", 2)], scout_id=bea, order_type="in_hand", payment_method="cash")
    family = make_person(tx, "caregiver", scout_ids=(bea,))

    (cash,) = today.for_person(tx, season(tx), family)
    assert (cash.code, cash.scout_id) == ("cash_to_hand_in", bea)
    with pytest.raises(NotAllowed):
        today.for_leader(tx, season(tx), family)
    with pytest.raises(NotAllowed):
        differences.page(tx, season(tx), family)


def test_nothing_waits_in_an_empty_season(tx, admin):
    assert today.for_person(tx, season(tx), admin) == []
