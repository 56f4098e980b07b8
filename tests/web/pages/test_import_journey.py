"""The example files brought in through the pages, as a person would, give the figures that examples/README.md works out."""

import io
import re

import pytest

from tests import factories
from tests.examples.conftest import FILES, TROOP_FILE, table
from tests.web.pages.browsing import key_of, words


@pytest.fixture
def box(db):
    """Troop 4321 as examples/README.md sets it up, with nothing in it yet."""
    with db.write() as tx:
        factories.set_up(tx, number="4321", name="Troop 4321", council="Example Hills")
    return db


def upload(browser, *names):
    """Choose files and send them; gives the page one lands on."""
    files = [(io.BytesIO((FILES / name).read_bytes()), name) for name in names]
    answer = browser.post("/imports", data={"file": files}, content_type="multipart/form-data")
    assert answer.status_code == 303, words(answer)
    return browser.get(answer.location)


def press(browser, page, what):
    """Press one of the buttons of a preview; gives the page one lands on."""
    batch = batch_of(page)
    sent = browser.post(f"/imports/{batch}/{what}", data={"form_key": key_of(page)})
    assert sent.status_code == 303, words(sent)
    return browser.get(sent.location)


def batch_of(page):
    return re.search(r"/imports/(\d+)\?outcome", page.text)[1]


def bring_in(browser, name):
    """Upload and apply."""
    page = upload(browser, name)
    return press(browser, page, "apply")


def answer(browser, page, **told):
    """Answer questions of a preview, each by a piece of its label."""
    sent = {}
    for label, meaning in told.items():
        field = next(
            name
            for name, text in re.findall(r'<label for="([a-z_]+-[0-9a-f]{12})">(.*?)</label>', page.text)
            if label.replace("_", " ") in text
        )
        sent[field] = meaning
    done = browser.post(f"/imports/{batch_of(page)}/answers", data=sent)
    assert done.status_code == 303, words(done)
    return browser.get(done.location)


def season(browser):
    """The figures that the pages show: boxes sold, what families owe together, each girl's, every number under Stock."""
    home = words(browser.get("/"))
    owed = re.search(r"Families owe (-?)\$([\d,]+)\.00", home)
    return {
        "sold": int((re.search(r"Boxes sold ([\d,]+)", home) or "00")[1].replace(",", "")),
        "owed": int(owed[1] + owed[2].replace(",", "")) if owed else 0,
        "credited": credited(browser),
        "owes": owes(browser),
        "stock": re.findall(r"-?\d+", words(browser.get("/stock"))),
    }


def credited(browser):
    """Each girl's packages by first name, as far as she has any."""
    girls = browser.get("/api/troops/1/summary").json["scouts"]
    return {one["firstName"]: one["totalBoxes"] for one in girls if one["totalBoxes"]}


def owes(browser):
    """What each family owes, in dollars."""
    found = re.findall(r">(\w+)\s\w\.</a></th>[^$]*?(-?\$[\d,]+)\.00", browser.get("/money").text)
    return {name: int(amount.replace("$", "").replace(",", "")) for name, amount in found}


@pytest.fixture
def imported(leader):
    """The browser of a cookie leader after the first four files."""
    for name in ("roster.csv", TROOP_FILE, "orders_search.json", "CookieOrders.xlsx"):
        bring_in(leader, name)
    return leader


def test_every_file_of_the_examples_is_previewed_applied_and_counted(leader):
    page = upload(leader, "roster.csv")
    assert "Not applied yet" in words(page)
    assert leader.get("/api/troops/1/scouts").json["total"] == 0, "nothing is written before it is applied"
    press(leader, page, "apply")
    assert leader.get("/api/troops/1/scouts").json["total"] == 6

    page = upload(leader, TROOP_FILE)
    said = words(page)
    assert "Packages 160 taken + 2 left out 162" in said, "the file's own total beside what is taken and left out"
    assert "What kind of order is this? “Mailbox Drop”" in said
    assert "41 rows are written" in said
    assert "One row is left out and stays here." in said
    said = words(press(leader, page, "apply"))
    assert "Applied" in said

    page = upload(leader, "orders_search.json")
    assert "What is this transfer? “SWAPMEET”" in words(page)
    press(leader, page, "apply")
    sold = table("Packages sold in Digital Cookie")["together"]["together"]
    booth = table("Divided by Smart Cookies")["together"]["booth"]
    owed = table("What families owe")
    now = season(leader)
    assert now["sold"] == sold + booth
    assert now["owed"] == owed["together"]["owes"]
    assert now["owes"] == {name: row["owes"] for name, row in owed.items() if name != "together"}
    shelf = words(leader.get("/stock/places/2"))
    for boxes in list(table("The shelf")["on the shelf"].values())[:-1]:
        assert re.search(rf"\b{boxes}\b", shelf)

    before = season(leader)
    bring_in(leader, "CookieOrders.xlsx")
    bring_in(leader, "ReportExport.xlsx")
    assert season(leader) == before, "they say what was said before"

    typing = words(leader.get("/differences/typing"))
    for name, row in table("Cookie Share to type into Smart Cookies").items():
        assert (f"Virtual Cookie Share for {name}" in typing) == bool(row["to type"]), name

    first = upload(leader, "CompletedOnlineCookieOrders_02-26-2026.xlsx")
    assert "Whose file is this?" in words(first)
    ava = next(
        one["scoutId"] for one in leader.get("/api/troops/1/summary").json["scouts"] if one["firstName"] == "Ava"
    )
    for name in ("CompletedOnlineCookieOrders_02-26-2026.xlsx", "CookieOrderDelivery_02-26-2026.xlsx"):
        page = upload(leader, name)
        asked = re.search(r"/imports/files/[\w-]+", page.text)[0].removesuffix("/discard")
        sent = leader.post(asked, data={"girl": str(ava)})
        assert sent.status_code == 303
        press(leader, leader.get(sent.location), "apply")
    now = season(leader)
    assert now["credited"]["Ava"] == 31 + table("Divided by Smart Cookies")["Ava"]["together"]
    assert now["owes"]["Ava"] == 18


def test_what_a_file_leaves_open_is_answered_once(leader):
    bring_in(leader, "roster.csv")
    page = upload(leader, TROOP_FILE)
    page = answer(leader, page, Mailbox_Drop="delivery")
    assert "Mailbox Drop”" not in words(page)
    assert "42 rows are written" in words(page)
    press(leader, page, "apply")
    assert season(leader)["sold"] == table("Packages sold in Digital Cookie")["together"]["together"] + 2


def test_girls_whom_nobody_knows_are_said_who_they_are(leader):
    page = upload(leader, TROOP_FILE)
    said = words(page)
    assert "Who is this? “Ava Brightwater”" in said
    page = answer(leader, page, Ava_Brightwater="new", Bea_Cloverfield="other")
    assert "Who is this? “Ava" not in words(page)
    assert [one["firstName"] for one in leader.get("/api/troops/1/scouts").json["items"]] == ["Ava"]
    press(leader, page, "apply")
    assert credited(leader)["Ava"] == table("Packages sold in Digital Cookie")["Ava"]["together"]


def test_a_staged_file_is_looked_at_again_when_another_one_is_applied(leader):
    orders = upload(leader, TROOP_FILE)
    assert "Who is this?" in words(orders)
    bring_in(leader, "roster.csv")
    assert "Who is this?" not in words(leader.get(f"/imports/{batch_of(orders)}"))


def test_the_same_file_again_says_so_and_changes_nothing(imported):
    before = season(imported)
    page = upload(imported, TROOP_FILE)
    assert "was brought in before. Nothing in it is new" in words(page)
    assert season(imported) == before


def test_taking_back_brings_the_old_figures_back(leader):
    bring_in(leader, "roster.csv")
    before = season(leader)
    page = bring_in(leader, TROOP_FILE)
    middle = season(leader)
    assert middle["sold"] > before["sold"]
    later = bring_in(leader, "orders_search.json")
    press(leader, later, "undo")
    assert season(leader) == middle
    said = words(press(leader, leader.get(f"/imports/{batch_of(page)}"), "undo"))
    assert "Taken back" in said
    after = season(leader)
    assert (after["sold"], after["owed"], after["credited"]) == (before["sold"], before["owed"], before["credited"])


def test_what_stands_in_the_way_of_taking_back_is_said(imported):
    roster = re.search(r'/imports/(\d+)">roster.csv', imported.get("/imports").text)[1]
    page = imported.get(f"/imports/{roster}")
    assert "It cannot be taken back now" in words(page)
    assert "6 of the girls it put on the roster have sales" in words(page)
    sent = imported.post(f"/imports/{roster}/undo", data={})
    assert sent.status_code == 409
    assert "6 of the girls it put on the roster" in words(sent)


def test_columns_of_another_systems_grid_are_explained_once(imported):
    page = upload(imported, "ebudde_girl_orders.xlsx")
    assert "What do these columns mean?" in words(page)
    assert "Gia Hollyhock" in page.text, "cells below the heading help to tell"
    address = re.search(r"/imports/files/[\w-]+", page.text)[0].removesuffix("/discard")
    columns = re.findall(r'<select id="(column-\d+)".*?</select>', page.text, re.S)
    chosen = {
        name: (re.search(rf'id="{name}".*?value="([a-z_]+)" selected', page.text, re.S) or ["", ""])[1]
        for name in columns
    }
    missing = imported.post(address, data=chosen | {columns[0]: ""})
    assert missing.status_code == 422
    assert "Say what this column means, or leave it out." in words(missing)
    sent = imported.post(address, data={name: meaning or "skip" for name, meaning in chosen.items()})
    assert sent.status_code == 303
    assert "Who is this? “Gia Hollyhock”" in words(imported.get(sent.location))
    again = upload(imported, "ebudde_girl_orders.xlsx")
    assert "What do these columns mean?" not in words(again), "remembered"


def test_several_files_at_once_each_get_their_answer(leader):
    page = upload(leader, "roster.csv", TROOP_FILE, "CompletedOnlineCookieOrders_02-26-2026.xlsx")
    said = words(page)
    assert "roster.csv was read" in said
    assert f"{TROOP_FILE} was read" in said
    assert "38 rows wait for an answer" in said, "nobody knows the girls before the roster is applied"
    assert "Waits for your answer CompletedOnlineCookieOrders_02-26-2026.xlsx" in said


def test_what_changed_is_shown_old_beside_new(imported, box):
    with box.write() as tx:
        tx.execute("UPDATE import_batches SET file_made = ''")
    content = (FILES / TROOP_FILE).read_bytes()
    with box.write() as tx:
        number = tx.execute(
            "SELECT external_number FROM orders WHERE status = 'promised' ORDER BY id LIMIT 1"
        ).fetchone()[0]
        tx.execute("UPDATE orders SET order_type = 'pickup' WHERE external_number = ?", (number,))
    sent = imported.post("/imports", data={"file": (io.BytesIO(content), "later.xlsx")})
    said = words(imported.get(sent.location))
    assert "Kind of order: Pick-up → Girl delivery" in said
