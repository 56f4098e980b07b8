"""Reports to take away: the same figures as the page, for who may see them, and written down."""

import csv
import io
import json
import re

import pytest

from gsctracker.domain.money import turn_ins
from gsctracker.domain.people import accounts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import season_days, tables
from gsctracker.domain.sales import orders
from gsctracker.domain.season import seasons
from gsctracker.integrations import spreadsheets, tables_out
from tests.web.pages.browsing import ODD, OLGA, words

LEADER = Person(id=1, role="cookie_leader", first_name="Olga")
NAMES = [report.name for report in tables.reports(LEADER)]


def of_csv(answer) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"))))


@pytest.fixture
def sold(box, girls):
    """A sale for each girl, and money that Ava's family handed in."""
    with box.write() as tx:
        for girl, boxes in ((girls.ava, 3), (girls.bea, 4)):
            orders.take(
                tx, OLGA, [orders.Item("TM", boxes)], scout_id=girl, order_type="in_hand", customer_name="=Wanda+1"
            )
        turn_ins.turn_in(tx, OLGA, girls.ava, 5_000, "check", reference="-12")
    return girls


def test_every_report_is_offered_with_its_page_and_its_files(leader, sold):
    """COOKIE-12: the page of reports leads to each of them, and each page leads to its files."""
    page = leader.get("/reports").text
    assert leader.get("/").text.count('href="/reports"') >= 1
    for name in NAMES:
        for file_type in tables_out.TYPES:
            assert f'href="/reports/{name}.{file_type}"' in page
    for address in re.findall(r'<h3><a href="([^"]+)"', page):
        answer = leader.get(address)
        assert answer.status_code == 200, address
        assert address in ("/", "/stock/moves") or re.search(r'href="/reports/[\w-]+\.csv" download', answer.text), (
            address
        )


def test_reports_stand_under_what_one_wants_to_know(leader, signed_in, sold):
    """Thirty lines are found by their heading; the few of a family are open at once."""
    page = leader.get("/reports").text
    assert re.findall(r"<h2>([^<]+)</h2>", page) == [
        "Money", "Stock", "Girls and credit", "Sales and booths", "Official systems", "Archive",
    ]  # fmt: skip
    for group in page.split('<details class="card group">')[1:]:
        said = int(re.search(r"(\d+) reports?</span>", group)[1])
        assert len(re.findall("<h3>", group)) == said > 1
    mothers = signed_in("caregiver", scout_ids=(sold.ava,)).get("/reports").text
    assert re.findall(r"<h2>([^<]+)</h2>", mothers) == ["Money", "Stock", "Girls and credit", "Sales and booths"]
    assert mothers.count('<details class="card group" open>') == 4


@pytest.mark.parametrize("name", NAMES)
def test_a_report_is_a_file_of_each_type(leader, sold, name):
    """COOKIE-12: files parse, and all of them have the same rows."""
    files = {file_type: leader.get(f"/reports/{name}.{file_type}") for file_type in tables_out.TYPES}
    for file_type, answer in files.items():
        assert answer.status_code == 200
        assert answer.content_type == tables_out.TYPES[file_type]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    said = json.loads(files["json"].data)
    assert said["report"] == name
    if name == "log":  # each file that was taken away is a line of it
        return
    assert len(of_csv(files["csv"])) == said["total"]
    assert len(spreadsheets.read(files["xlsx"].data, "x.xlsx")[0].rows) in (said["total"] + 1, said["total"] or 1)
    assert files["pdf"].data.startswith(b"%PDF-")


def test_the_files_have_the_figures_of_the_page(leader, sold):
    """COOKIE-12: totals equal."""
    families = of_csv(leader.get("/reports/balances.csv"))
    assert [row["Owes the troop"] for row in families] == ["100.00", "60.00"]
    page = words(leader.get("/money"))
    assert "Families owe $160.00" in page
    boxes = json.loads(leader.get("/reports/sales.json").data)["items"]
    assert sum(one["boxes"] for one in boxes) == 7
    assert "Boxes sold 7" in words(leader.get("/sales"))


def test_what_a_customer_is_called_is_no_formula_in_a_file(leader, sold):
    """COOKIE-12: a cell that begins like a formula is text."""
    assert {row["Customer"] for row in of_csv(leader.get("/reports/sales.csv"))} == {"'=Wanda+1"}
    assert of_csv(leader.get("/reports/payments.csv"))[0]["Reference"] == "'-12"


def test_a_family_takes_away_its_own_girls_alone(signed_in, mother, sold):
    """COOKIE-12: nobody finds another family in her file."""
    offered = set(re.findall(r'href="/reports/([\w-]+)\.csv"', mother.get("/reports").text))
    assert offered == {"scouts", "sales", "stock", "balances", "payments", "statements", "rewards"}
    for name in NAMES:
        answer = mother.get(f"/reports/{name}.json")
        assert answer.status_code == (200 if name in offered else 403), name
        if name in offered:
            assert json.loads(answer.data)["total"] >= 1, name
            assert "Bea" not in answer.text
            assert "Ava" in answer.text
    assert signed_in("scout", scout_ids=(sold.bea,)).get("/reports/sales.csv").status_code == 403
    assert json.loads(signed_in("caregiver").get("/reports/payments.json").data)["total"] == 0


def test_each_file_that_is_taken_away_is_written_down_and_its_name_names_nobody(mother, box, sold):
    """COOKIE-12: who took what, when; a file name without a child's name."""
    answer = mother.get("/reports/balances.xlsx")
    assert re.fullmatch(r'attachment; filename="balances-\d{4}-\d\d-\d\d\.xlsx"', answer.headers["Content-Disposition"])
    with box.read() as tx:
        noted = tx.execute(
            "SELECT account_id, detail FROM audit_log WHERE action = 'report.taken_away' ORDER BY id"
        ).fetchall()
    assert [(by, json.loads(detail)) for by, detail in noted] == [
        (mother.person.id, {"report": "balances", "type": "xlsx", "rows": 1})
    ]


def test_a_file_speaks_the_readers_language(leader, box, sold):
    """COOKIE-12: headings and kinds in Spanish for who reads Spanish; codes stay codes for programs."""
    assert {"Customer", "Status"} <= of_csv(leader.get("/reports/sales.csv"))[0].keys()
    assert of_csv(leader.get("/reports/sales.csv"))[0]["Status"] == "Delivered"
    with box.write() as tx:
        accounts.set_language(tx, leader.person.id, "es")
    spanish = of_csv(leader.get("/reports/sales.csv"))[0]
    assert spanish["Estado"] == "Entregada"
    assert "Cliente" in spanish
    assert json.loads(leader.get("/reports/sales.json").data)["items"][0]["status"] == "delivered"


@pytest.mark.parametrize("address", ["/reports/nothing.csv", "/reports/sales.exe", "/reports/sale", "/reports/.csv"])
def test_a_report_nobody_knows_is_not_there(leader, address):
    assert leader.get(address).status_code == 404


def test_money_is_kept_from_a_girl_everywhere(signed_in, leader, box, sold):
    """AUTH-01: what her family owes is the business of its adults: not in the menu, on no page, in no call."""
    girl = signed_in("scout", scout_ids=(sold.ava,))
    for address in ("/money", f"/money/families/{sold.ava}", f"/why/balance/{sold.ava}", "/api/troops/1/balances"):
        assert girl.get(address).status_code == 403, address
    pages = {path: girl.get(path) for path in ("/", f"/scouts/{sold.ava}", "/stock", f"/stock/places/{sold.home}")}
    for path, page in pages.items():
        assert page.status_code == 200, path
        assert 'href="/money' not in page.text
        assert "/why/balance/" not in page.text
        assert "$" not in words(page), path
    own = next(re.finditer(r'href="(/sales/\d+)"', girl.get("/sales").text))[1]
    assert "The family" not in words(girl.get(own))


def test_two_seasons_are_drawn_side_by_side(leader, signed_in, box, girls):
    """JOB-14: a chart of each; without a night there is none."""
    assert "No day is summed up yet" in words(leader.get("/reports/seasons"))
    with box.write() as tx:
        orders.take(
            tx, OLGA, [orders.Item("Thin Mints", 4)], scout_id=girls.ava, order_type="in_hand", day="2026-02-01"
        )
        season_days.sum_up(tx, girls.season)
        seasons.begin(tx, 2027, "abc", by=OLGA)
        orders.take(
            tx, OLGA, [orders.Item("Thin Mints", 3)], scout_id=girls.bea, order_type="order_card", day="2027-02-01"
        )
        season_days.sum_up(tx, seasons.current(tx).id)
    answer = leader.get("/reports/seasons")
    page = words(answer)
    assert page.index("2026-27 · 3 boxes") < page.index("2025-26 · 4 boxes")
    assert answer.text.count('<svg role="img"') == 2
    assert signed_in("caregiver", scout_ids=(girls.ava,)).get("/reports/seasons").status_code == 403


def test_of_the_statements_one_is_opened_and_the_others_are_one_line_each(leader, sold):
    """Each line holds what is owed; the opened one shows how it came to that, newest first, and the file is as it was."""
    owed = {row["Scout"]: row["Owes after it"] for row in of_csv(leader.get("/reports/statements.csv"))}
    page = leader.get("/reports/statements")
    for name, dollars in owed.items():
        assert f"{name} ${dollars}" in words(page)
    assert page.text.count("<table") == 1
    other = leader.get(f"/reports/statements?family={sold.bea}")
    assert other.text.count("<table") == 1
    assert f'href="/reports/statements?family={sold.ava}#family-{sold.ava}"' in other.text
    assert "Check -$50.00" not in words(other)
    assert leader.get("/reports/statements?family=all").text.count("Ava\u00a0A.") > 1
    for odd in ODD:
        assert leader.get("/reports/statements", query_string={"family": odd}).status_code in (200, 404)
    assert leader.get("/reports/statements?family=99999").status_code == 404


def test_a_long_statement_is_turned_over(leader, sold, box):
    """The newest lines first, each once; the way back is offered."""
    with box.write() as tx:
        for cents in range(101, 131):
            turn_ins.turn_in(tx, OLGA, sold.ava, cents, "cash")
    address, seen = f"/reports/statements?family={sold.ava}", []
    while address:
        page = leader.get(address).text
        seen += re.findall(r'data-label="Number"><span>(\d+)</span>', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        address = found and found[1].replace("&amp;", "&")
    rows = of_csv(leader.get("/reports/statements.csv"))
    assert seen == [row["Number"] for row in rows if row["Scout"] == "Ava A."][::-1]
    assert 'rel="prev"' in page


def test_a_family_reads_its_own_statement_alone(signed_in, sold):
    """Another family's number is as good as none."""
    mother = signed_in("caregiver", scout_ids=(sold.ava,))
    page = mother.get("/reports/statements")
    assert "Ava A." in words(page)
    assert "Bea" not in words(page)
    assert mother.get(f"/reports/statements?family={sold.bea}").status_code == 404
    assert "Bea" not in mother.get("/reports/statements?family=all").text
