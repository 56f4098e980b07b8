"""The example files, imported into an empty box, give the figures that examples/README.md works out by hand."""

import json

import pytest
from click.testing import CliRunner

from gsctracker.cli import main
from gsctracker.db.rows import many, value
from gsctracker.domain.imports import batches
from gsctracker.domain.inventory import stock
from gsctracker.domain.money import balances
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import differences, summary
from gsctracker.domain.season import seasons
from tests.examples.conftest import import_file, table

BY = Person(1, "admin", "Olga")
SOLD = "Packages sold in Digital Cookie"


def ledgers(tx):
    """Everything that the ledgers hold."""
    return [
        tx.execute(f"SELECT * FROM {name} ORDER BY 1").fetchall() for name in ("box_moves", "money_entries", "credits")
    ]


def girl(tx, first_name):
    return value(tx, "SELECT id FROM scouts WHERE first_name = :name", name=first_name)


def test_packages_by_girl_and_cookie(imported):
    """COOKIE-38: an order export of Digital Cookie becomes the troop's sales."""
    with imported.read() as tx:
        rows = many(
            tx,
            """SELECT ifnull(first_name, 'the troop''s site') AS whose, code, sum(order_lines.boxes) AS boxes
                 FROM counted_orders JOIN order_lines ON order_id = counted_orders.id JOIN products ON products.id = product_id
                 LEFT JOIN scouts ON scouts.id = scout_id GROUP BY 1, 2""",
        )
    found = {(row.whose, row.code): row.boxes for row in rows}
    for whose, said in table(SOLD).items():
        if whose != "together":
            assert {code: found.get((whose, code), 0) for code in said if code != "together"} == {
                code: boxes for code, boxes in said.items() if code != "together"
            }


def test_the_summary_counts_the_booth_that_only_smart_cookies_knows(imported):
    with imported.read() as tx:
        totals = summary.totals(tx, seasons.current(tx).id)
    sold = table(SOLD)["together"]
    assert totals.boxes == sold["together"] + table("Divided by Smart Cookies")["together"]["booth"] == 162
    assert totals.donated_boxes == sold["CShare"]


def test_the_shelf(imported):
    with imported.read() as tx:
        rows = stock.on_hand(tx, seasons.current(tx).id, BY)
    said = table("The shelf")["on the shelf"]
    found = {row.code: row.boxes for row in rows if row.place == "troop"}
    assert found | {"together": sum(found.values())} == said


def test_boxes_with_the_girls(imported):
    with imported.read() as tx:
        rows = stock.on_hand(tx, seasons.current(tx).id, BY)
    for whose, said in table("With the girls").items():
        found = {row.code: row.boxes for row in rows if row.place == "scout" and row.scout_first_name == whose}
        assert found == {code: boxes for code, boxes in said.items() if boxes and code != "together"}, whose


def test_every_box_that_came_is_somewhere(imported):
    with imported.read() as tx:
        for row in stock.everywhere(tx, seasons.current(tx).id):
            assert (
                row.received
                == row.troop + row.scouts + row.booths + row.transit + row.damaged + row.customers + row.lost
            )
        below = stock.below_zero(tx, seasons.current(tx).id)
    assert [(row.scout_first_name, row.code, row.boxes) for row in below] == [("Bea", "PBP", -1)]


def test_what_families_owe(imported):
    with imported.read() as tx:
        rows = balances.families(tx, seasons.current(tx).id, BY)
        assert balances.out_of_balance(tx) == 0
    said = table("What families owe")
    assert {row.first_name: row.balance_cents for row in rows} == {
        name: row["owes"] * 100 for name, row in said.items() if name != "together"
    }


def test_credit_that_only_smart_cookies_knows(imported):
    with imported.read() as tx:
        rows = many(
            tx,
            """SELECT first_name, channel, is_virtual, sum(boxes) AS boxes FROM credited
                 JOIN scouts ON scouts.id = scout_id JOIN products ON products.id = product_id
                WHERE channel IN ('booth', 'site') GROUP BY scout_id, channel, is_virtual""",
        )
    found = {(row.first_name, row.channel, row.is_virtual): row.boxes for row in rows}
    for name, said in table("Divided by Smart Cookies").items():
        if name != "together":
            assert found.get((name, "booth", 0), 0) == said["booth"], name
            assert found.get((name, "booth", 1), 0) == said["its Cookie Share"], name
            assert found.get((name, "site", 0), 0) == said["site, brought"] + said["site, shipped"], name


def test_what_a_girl_comes_to_is_what_she_sold_and_what_was_divided(imported):
    with imported.read() as tx:
        found = {row.first_name: row.total_boxes for row in summary.scouts(tx, seasons.current(tx).id, BY)}
        remarks = [
            str(note) for note in differences.page(tx, seasons.current(tx).id, BY).remarks if "site" in note.message
        ]
    sold, divided = table(SOLD), table("Divided by Smart Cookies")
    assert found == {name: sold[name]["together"] + divided[name]["together"] for name in found}
    assert (found["Ava"], found["Bea"], found["Cleo"]) == (34, 28, 32)
    assert remarks == ["Packages of the troop's site that are not credited to any girl yet: 10."]


def test_no_cookie_share_of_a_booth_is_called_typed_twice(imported):
    with imported.read() as tx:
        lines = differences.page(tx, seasons.current(tx).id, BY).lines
    codes = {line.first_name: [part.code for part in line.parts] for line in lines if line.code == "CShare"}
    assert codes["Cleo"] == [] and codes["Bea"] == ["share_to_type"]


@pytest.mark.parametrize("more", [(), ("CookieOrders.xlsx", "ReportExport.xlsx")])
def test_cookie_share_to_type(imported, more):
    for name in more:
        import_file(imported, name)
    done = CliRunner().invoke(main, ["export", "to-type", "--format", "json", "--data-dir", str(imported.path.parent)])
    assert done.exit_code == 0, done.output
    items = [item for item in json.loads(done.stdout)["items"] if "Cookie Share" in item["what"]]
    said = table("Cookie Share to type into Smart Cookies")
    assert {item["scout"].split()[0]: item["boxes"] for item in items} == {
        name: row["to type"] for name, row in said.items() if row["to type"]
    }


def test_every_difference_is_explained_in_words(imported):
    done = CliRunner().invoke(
        main, ["export", "differences", "--format", "json", "--data-dir", str(imported.path.parent)]
    )
    assert done.exit_code == 0, done.output
    items = json.loads(done.stdout)["items"]
    assert all(item["why"] for item in items if item["difference"])
    assert all(item["difference"] == item["office"] - item["credited"] for item in items)
    assert {item["scout"].split()[0] for item in items} == {"Ava", "Bea", "Cleo", "Dalia", "Esme", "Fern"}


def test_what_nobody_knows_waits_for_an_answer(imported):
    with imported.read() as tx:
        asked = {
            (ask.kind, ask.shown)
            for row in batches.page(tx, seasons.current(tx).id)
            for ask in batches.asks(tx, row.id)
        }
    assert asked == {("order_type", "Mailbox Drop"), ("transfer_type", "SWAPMEET")}


def test_the_same_lines_from_another_file_move_nothing_again(imported):
    with imported.read() as tx:
        before = ledgers(tx)
    for name in ("CookieOrders.xlsx", "ReportExport.xlsx", "orders_search.json", "roster.csv"):
        import_file(imported, name)
    with imported.read() as tx:
        assert ledgers(tx) == before
        assert not many(
            tx,
            """SELECT key FROM import_rows JOIN import_batches ON import_batches.id = batch_id
                WHERE file_name = 'CookieOrders.xlsx' AND outcome IN ('new', 'changed', 'conflict')""",
        )
        assert value(tx, "SELECT count(*) FROM scouts") == 6
        assert batches.unanswered(tx, seasons.current(tx).id) == 2, "a row that two files have waits once"


def test_avas_own_files_add_the_one_order_that_is_new(imported):
    with imported.read() as tx:
        ava, before = girl(tx, "Ava"), value(tx, "SELECT count(*) FROM orders")
    import_file(imported, "CompletedOnlineCookieOrders_02-26-2026.xlsx", ava)
    with imported.read() as tx:
        assert value(tx, "SELECT count(*) FROM orders") == before
    second = import_file(imported, "CookieOrderDelivery_02-26-2026.xlsx", ava)
    with imported.read() as tx:
        gone = "SELECT count(*) FROM import_rows WHERE batch_id = :id AND outcome = 'vanished'"
        assert value(tx, gone, id=second) == 0, "what is completed stands in her other file"
        assert value(tx, "SELECT count(*) FROM orders") == before + 1
        season = seasons.current(tx).id
        assert balances.family(tx, season, ava, BY).balance_cents == 18_00
        own = next(row.own_boxes for row in summary.scouts(tx, season, BY) if row.scout_id == ava)
    assert own == 31


def test_export_says_the_same(imported):
    folder = str(imported.path.parent)
    done = CliRunner().invoke(main, ["export", "balances", "--format", "json", "--data-dir", folder])
    assert done.exit_code == 0, done.output
    said = {name: row["owes"] * 100 for name, row in table("What families owe").items() if name != "together"}
    found = {item["scout"].split()[0]: item["balanceCents"] for item in json.loads(done.stdout)["items"]}
    assert found == said
