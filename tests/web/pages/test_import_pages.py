"""Imports and differences in the browser: odd files, odd forms, who may, what is asked, what is ticked."""

import io
import re
import zipfile

import pytest
import xlsxwriter

from gsctracker.web import parked_files
from tests.examples.conftest import FILES, TROOP_FILE
from tests.web.pages.browsing import ODD, count, key_of, words

ROSTER = b"First Name,Last Name,Level\nAva,Berry,Brownie\nBea,Hill,Junior\n"


def send(browser, content, name="export.xlsx"):
    return browser.post("/imports", data={"file": (io.BytesIO(content), name)})


def workbook(*rows):
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer, {"in_memory": True})
    sheet = book.add_worksheet()
    for at, row in enumerate(rows):
        sheet.write_row(at, 0, row)
    book.close()
    return buffer.getvalue()


def bomb():
    source, buffer = zipfile.ZipFile(io.BytesIO(workbook(["a"]))), io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            inside = source.read(name)
            long = (
                inside.replace(b"<t>a", b"<t>" + b"a" * 300_000_000) if name.endswith("sharedStrings.xml") else inside
            )
            target.writestr(name, long)
    return buffer.getvalue()


HOSTILE = {
    "empty": (b"", "a.xlsx", "This file is empty."),
    "blank": (b" \n ", "a.csv", "This file is empty."),
    "a PDF with another name": (b"%PDF-1.7\n", "orders.xlsx", "This is not a spreadsheet."),
    "a picture": (b"\x89PNG\r\n\x1a\n", "orders.xlsx", "This is not a spreadsheet."),
    "a web page": (b"<!doctype html><table>", "orders.xls", "This is a web page and not a spreadsheet."),
    "half a download": (workbook(["a", "b"])[:900], "orders.xlsx", "damaged or only half downloaded"),
    "half a JSON": (b'{"orders": [', "a.json", "This JSON text is not complete."),
    "a list of something else": (b"When,Where\nnoon,park\n", "a.csv", "This is not a file we know."),
    "too many columns": (b"a," * 300 + b"a\n", "a.csv", "more than 200 columns"),
    "entities": (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        "a.xlsx",
        "web page and not a spreadsheet",
    ),
    "a name that is markup": (b"%PDF", "<script>alert(1)</script>.xlsx", "This is not a spreadsheet."),
}


@pytest.mark.parametrize("what", HOSTILE)
def test_a_file_that_cannot_be_taken_gets_one_sentence_beside_the_field(leader, box, what):
    content, name, sentence = HOSTILE[what]
    answer = send(leader, content, name)
    assert answer.status_code == 422
    assert re.search(r'id="file-error".*?</span></span>', answer.text, re.S)
    assert sentence in words(answer)
    assert "<script>alert" not in answer.text
    assert count(box, "import_batches") == 0


def test_a_zip_bomb_is_refused_through_the_page(leader):
    answer = send(leader, bomb())
    assert answer.status_code == 422
    assert "unpacks to far more than any season" in words(answer)


def test_seventeen_megabytes_are_refused_with_a_page_that_says_so(leader):
    part = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\n\r\n' + b"a" * 17 * 1024 * 1024
    answer = leader.post("/imports", data=part + b"\r\n--x--\r\n", content_type="multipart/form-data; boundary=x")
    assert answer.status_code == 413
    assert "That is more than 15 MB" in words(answer)


def test_without_a_file_the_page_asks_for_one(leader):
    answer = leader.post("/imports", data={})
    assert answer.status_code == 422
    assert "Choose a file first." in words(answer)
    many = [(io.BytesIO(ROSTER), f"{number}.csv") for number in range(11)]
    assert "more than 10 files" in words(leader.post("/imports", data={"file": many}))


def test_pasted_text_is_kept_when_it_is_wrong_and_taken_when_it_is_right(leader):
    answer = leader.post("/imports", data={"pasted": '{"orders": ['})
    assert answer.status_code == 422
    assert "{&#34;orders&#34;: [</textarea>" in answer.text
    assert "Copy all of it" in words(answer)
    taken = leader.post("/imports", data={"pasted": (FILES / "orders_search.json").read_text()})
    assert taken.status_code == 303
    assert "Smart Cookies, orders" in words(leader.get(taken.location))


def test_one_bad_file_among_good_ones_does_not_stop_them(leader, box):
    files = [(io.BytesIO(ROSTER), "roster.csv"), (io.BytesIO(b"%PDF"), "flyer.xlsx")]
    answer = leader.post("/imports", data={"file": files})
    said = words(answer)
    assert answer.status_code == 422
    assert "roster.csv was read." in said
    assert "flyer.xlsx: This is not a spreadsheet." in said
    assert count(box, "import_batches") == 1


def test_an_unknown_list_can_be_explained_column_by_column(leader):
    content = b"Kid,Mints,Remark\nAva B,3,yes\n"
    answer = send(leader, content, "mine.csv")
    assert answer.status_code == 422
    address = re.search(r'href="(/imports/files/[\w-]+)"', answer.text)[1]
    page = leader.get(address)
    assert "Such as: Ava B" in words(page)
    fields = re.findall(r'<select id="(column-\d+)"', page.text)
    for typed in ODD:
        assert leader.post(address, data=dict.fromkeys(fields, typed)).status_code == 422
    useless = leader.post(address, data=dict.fromkeys(fields, "skip"))
    assert useless.status_code == 422
    assert "None of these columns holds cookies or payments." in words(useless)
    told = leader.post(address, data=dict(zip(sorted(fields), ("girl", "cookie", "memo"), strict=True)))
    preview = words(leader.get(told.location))
    assert "What is this cookie? “Mints”" in preview
    assert "Who is this? “Ava B”" in preview
    assert leader.get(address).status_code == 404, "nothing is kept longer than needed"


def test_a_spreadsheet_with_very_many_columns_is_asked_about_in_turns(leader):
    headings = [f"Column {number}" for number in range(100)]
    content = ",".join(headings).encode() + b"\n" + b"x," * 99 + b"x\n"
    address = re.search(r'href="(/imports/files/[\w-]+)"', send(leader, content, "wide.csv").text)[1]
    for _ in range(4):
        page = leader.get(address)
        assert len(page.data) < 50_000
        fields = re.findall(r'<select id="(column-\d+)"', page.text)
        answer = leader.post(address, data=dict.fromkeys(fields, "skip"))
    assert "None of these columns holds" in words(answer)


def test_somebody_elses_upload_is_not_there(leader, signed_in):
    leader.post(
        "/imports",
        data={"file": (io.BytesIO((FILES / "CompletedOnlineCookieOrders_02-26-2026.xlsx").read_bytes()), "a.xlsx")},
    )
    address = re.search(r"/imports/files/[\w-]+", leader.get("/imports").text)[0]
    assert leader.get(address).status_code == 200
    other = signed_in("admin")
    assert other.get(address).status_code == 404
    assert other.post(address, data={}).status_code == 404
    assert other.post(f"{address}/discard", data={}).status_code == 404
    assert "a.xlsx" not in other.get("/imports").text
    assert leader.post(f"{address}/discard", data={}).status_code == 303
    assert leader.get(address).status_code == 404


def test_a_familys_file_needs_a_girl_who_is_there(leader, girls):
    sent = send(
        leader, (FILES / "CompletedOnlineCookieOrders_02-26-2026.xlsx").read_bytes(), "CompletedOnlineCookieOrders.xlsx"
    )
    for typed in [*ODD, ""]:
        answer = leader.post(sent.location, data={"girl": typed})
        assert answer.status_code in (404, 422), typed
    assert "Whose file is this? Choose the girl." in words(answer)
    taken = leader.post(sent.location, data={"girl": str(girls.ava)})
    assert "one family's orders: Ava A." in words(leader.get(taken.location))


def test_uploads_make_room_for_newer_ones_and_are_forgotten(monkeypatch):
    room = parked_files.ParkedFiles()
    first = room.park(1, "a", b"x" * (parked_files.MOST_BYTES // 2))
    assert room.park(1, "a", first.content).key != first.key
    assert len(room.of(1)) == 1, "the same file waits once"
    last = room.park(1, "b", b"y" * (parked_files.MOST_BYTES // 2 + 1))
    assert [one.key for one in room.of(1)] == [last.key]
    later = last.since + parked_files.MINUTES * 60 + 1
    monkeypatch.setattr(parked_files.clock, "ticks", lambda: later)
    assert room.find(1, last.key) is None


@pytest.fixture
def staged(leader):
    """The troop's orders, staged in a box without girls: six questions who somebody is, one what a word means."""
    return send(leader, (FILES / TROOP_FILE).read_bytes(), TROOP_FILE).location


def test_odd_answers_are_refused_and_change_nothing(leader, box, staged):
    page = leader.get(staged)
    fields = re.findall(r'<select id="([a-z_]+-[0-9a-f]{12})"', page.text)
    assert len(fields) == 7
    for typed in ODD:
        answer = leader.post(f"{staged}/answers", data={fields[0]: typed, fields[-1]: typed})
        assert answer.status_code == 422, typed
        assert "That cannot be meant here." in words(answer)
    assert "so nothing changed" in words(leader.post(f"{staged}/answers", data={"x": "y"}, follow_redirects=True))
    assert count(box, "scouts") == count(box, "import_answers") == 0


def test_a_refused_answer_does_not_leave_half_of_them(leader, box, staged):
    fields = re.findall(r'<select id="([a-z_]+-[0-9a-f]{12})"', leader.get(staged).text)
    girl = next(field for field in fields if field.startswith("scout"))
    other = next(field for field in fields if field.startswith("order_type"))
    assert leader.post(f"{staged}/answers", data={girl: "new", other: "nonsense"}).status_code == 422
    assert count(box, "scouts") == 0


def test_the_questions_of_a_large_troop_fit_on_a_page(leader, box, staged):
    with box.write() as tx:
        from tests import factories

        for number in range(120):
            factories.make_scout(tx, f"Girl{number}", "X.")
    page = leader.get(staged)
    assert len(page.data) < 50_000
    assert "more questions come after these" in words(page)


@pytest.mark.parametrize(
    "outcome", ["new", "same", "refused", "vanished", "conflict", "changed", "nonsense", "%00", ""]
)
def test_every_tab_opens(leader, staged, outcome):
    answer = leader.get(f"{staged}?outcome={outcome}")
    assert answer.status_code == 200
    assert len(answer.data) < 50_000


def test_rows_come_page_by_page(leader, box):
    lines = "".join(f"Girl{chr(97 + n // 26)}{chr(97 + n % 26)},X{n},Brownie\n" for n in range(100))
    page = leader.get(send(leader, b"First Name,Last Name,Level\n" + lines.encode(), "r.csv").location)
    seen = 0
    while page is not None:
        assert len(page.data) < 50_000
        seen += page.text.count('scope="row"') - page.text.count(">Rows</th>")
        following = re.search(r'rel="next" href="([^"]+)"', page.text)
        page = leader.get(following[1].replace("&amp;", "&")) if following else None
    assert seen == 100


def test_the_list_of_imports_comes_page_by_page(leader):
    for number in range(20):
        send(leader, ROSTER + f"Girl{chr(97 + number)},X,Brownie\n".encode(), f"{number}.csv")
    first = leader.get("/imports")
    assert len(first.data) < 50_000
    assert "19.csv" in first.text
    second = leader.get(re.search(r'rel="next" href="([^"]+)"', first.text)[1].replace("&amp;", "&"))
    assert "0.csv" in second.text
    assert "19.csv" not in second.text


def test_a_file_is_applied_once_however_often_the_button_is_pressed(leader, box):
    staged = send(leader, ROSTER, "roster.csv").location
    sent = {"form_key": key_of(leader.get(staged))}
    first, second = (leader.post(f"{staged}/apply", data=sent) for _ in range(2))
    assert first.location == second.location == staged
    assert count(box, "scouts") == 2
    assert leader.post(f"{staged}/discard", data={}).status_code == 409
    assert leader.post(f"{staged}/undo", data={}).status_code == 303
    again = leader.post(f"{staged}/apply", data={})
    assert again.status_code == 409
    assert "was taken back" in words(again)


def test_a_file_that_was_only_looked_at_is_thrown_away(leader, box):
    staged = send(leader, ROSTER, "roster.csv").location
    assert "2 girls are put on the roster" in words(leader.get(staged)), "a roster brings no sales"
    assert leader.post(f"{staged}/undo", data={}).status_code == 409
    assert leader.post(f"{staged}/discard", data={}).location == "/imports"
    assert leader.get(staged).status_code == 404
    assert count(box, "import_rows") == 0


@pytest.mark.parametrize(
    "address", ["/imports/99", "/imports/0", "/imports/x", "/imports/files/nothing", "/differences/office/99"]
)
def test_what_is_not_there_is_not_found(leader, address):
    assert leader.get(address).status_code == 404
    for what in ("apply", "undo", "discard", "answers"):
        assert leader.post(f"/imports/99/{what}", data={}).status_code == 404


@pytest.mark.parametrize("role", ["scout", "caregiver", "leader"])
def test_files_and_differences_are_for_cookie_leaders(signed_in, girls, role):
    browser = signed_in(role, scout_ids=(girls.ava,) if role != "leader" else ())
    for address in (
        "/imports",
        "/imports/1",
        "/imports/files/x",
        "/differences",
        "/differences/typing",
        f"/differences/office/{girls.ava}",
    ):
        assert browser.get(address).status_code == 403
    for address in (
        "/imports",
        "/imports/1/apply",
        "/imports/1/undo",
        "/imports/1/answers",
        "/imports/1/discard",
        "/differences/typing",
    ):
        assert browser.post(address, data={}).status_code == 403
    assert 'href="/imports"' not in browser.get("/").text


@pytest.fixture
def season(leader, box):
    """The example files, applied."""
    with box.write() as tx:
        tx.execute("UPDATE troop SET number = '4321'")
    for name in ("roster.csv", TROOP_FILE, "orders_search.json"):
        staged = send(leader, (FILES / name).read_bytes(), name).location
        assert leader.post(f"{staged}/apply", data={}).status_code == 303
    return leader


def test_the_three_systems_stand_side_by_side(season):
    answer = season.get("/differences")
    page = words(answer)
    assert len(answer.data) < 50_000
    assert re.search(r"site [^.]*not credited[^.]*: 10\.", page)
    assert "+1 · 1 package is still at her home: Smart Cookies counts a hand-out as sold." in page
    ava = season.get("/differences?girl=1")
    assert words(ava).count("Ava B.") > 1
    assert "packages in each system" in words(ava)
    assert "Bea C.: packages" not in words(ava)
    everything = season.get("/differences?show=all")
    assert len(everything.data) < 50_000
    assert everything.text.count("Agrees") > answer.text.count("Agrees"), "cookies that agree are among all of them"
    for link in set(re.findall(r'class="why num" href="([^"]+)"', answer.text)):
        assert season.get(link.replace("&amp;", "&")).status_code == 200


@pytest.mark.parametrize(
    "query", ["girl=abc", "girl=99", "girl=-1", "girl=" + "9" * 50, "show=%00", "after=nonsense", "trail=x.y"]
)
def test_an_odd_filter_breaks_nothing(season, query):
    assert season.get(f"/differences?{query}").status_code in (200, 422)
    assert season.get(f"/differences/typing?{query}").status_code in (200, 422)


def test_what_was_typed_is_ticked_and_can_be_unticked(season, box):
    page = season.get("/differences/typing")
    said = words(page)
    assert "Virtual Cookie Share for Ava B.: enter 1." in said
    key = re.search(r'name="key" value="(share/[^"]+)"', page.text)[1]
    assert season.post("/differences/typing", data={"key": key, "done": "1"}).status_code == 303
    ticked = season.get("/differences/typing")
    assert ticked.text.count('aria-pressed="true"') == 1
    season.post("/differences/typing", data={"key": key, "done": "0"})
    assert 'aria-pressed="true"' not in season.get("/differences/typing").text
    for odd in ODD:
        answer = season.post("/differences/typing", data={"key": odd, "done": "1"})
        assert answer.status_code in (404, 422), odd
    assert count(box, "typed_ticks") == 0


def test_without_a_file_there_is_nothing_to_compare_and_the_page_says_what_to_do(leader, girls):
    page = words(leader.get("/differences"))
    assert "No export of Smart Cookies was brought in yet" in page
    assert "Everything agrees" not in page
    assert "Nothing to compare yet" in page
    assert "packages in each system" not in page, "beside an empty column everything would differ"
    assert "packages in each system" in words(leader.get("/differences?show=all"))
    assert leader.get("/differences/typing").status_code == 200
