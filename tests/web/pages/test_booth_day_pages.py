"""A booth's day in the browser: packed, counted at a change of shift, closed, signed by two, credited, opened again; its sheets."""

import io
import json
import re
import zlib

import pytest

from gsctracker.domain.booths import booths, crediting, presences, shifts, sign_ups
from gsctracker.domain.inventory import transfers
from tests import factories
from tests.web.pages.browsing import ODD, OLGA, boxes_at, count, filled, send, words

SHELF = 2


@pytest.fixture
def packed(box, girls):
    """24 Thin Mints on the booth's table."""
    with box.write() as tx:
        transfers.move(tx, OLGA, "TROOP_TO_BOOTH", factories.lines(tx, TM=24), booth_id=girls.booth)
    return girls


def at(girls, page):
    return f"/booths/{girls.booth}/{page}"


def close(browser, girls, **more):
    given = {f"boxes__{girls.tm}": 4, f"share__{girls.share}": 2, "start": "100.00", "end": "232.00"} | more
    return send(browser, at(girls, "close"), **given)


def test_the_suggestion_is_loaded_out(box, girls, leader):
    page = leader.get(at(girls, "packing"))
    assert "No forecast yet" in words(page)
    assert send(leader, at(girls, "packing"), **{f"cases__{girls.tm}": 2, f"boxes__{girls.tre}": 3}).status_code == 303
    assert (boxes_at(box, girls.table, girls.tm), boxes_at(box, SHELF, girls.tm)) == (24, 90)
    assert "Thin Mints 2 cases" in words(leader.get(at(girls, "packing")))
    assert send(leader, at(girls, "packing"), cupboard="1", **{f"boxes__{girls.ccc}": 5}).status_code == 303
    assert (boxes_at(box, girls.table, girls.ccc), boxes_at(box, SHELF, girls.ccc)) == (5, 0)
    assert "too many" not in words(leader.get(at(girls, "packing")))
    assert send(leader, at(girls, "packing"), **{f"boxes__{girls.ccc}": 3}).status_code == 303
    assert "Was it picked up from the cupboard?" in words(leader.get(at(girls, "packing")))
    assert "3 too many" in words(leader.get(at(girls, "packing")))
    assert send(leader, at(girls, "packing")).status_code == 422


def test_the_sheet_is_printed(packed, leader):
    answer = leader.get(at(packed, "sheet.pdf"))
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF")


def test_the_sheet_is_printed_with_the_girls_and_adults_who_were_there(box, packed, leader):
    """e.6: attendance is on the sheet; before anybody is noted, those who signed up."""

    def printed():
        streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", leader.get(at(packed, "sheet.pdf")).data, re.DOTALL)
        return b"".join(zlib.decompress(one) for one in streams if one[:1] == b"x").decode("latin-1")

    with box.write() as tx:
        hana = factories.make_person(tx, "caregiver", "Hana")
        shift = shifts.add_shift(tx, OLGA, packed.booth, "2026-02-14T16:00:00Z", "2026-02-14T18:00:00Z")
        sign_ups.sign_up(tx, OLGA, shift, account_id=hana.id)
    assert "Hana" in printed() and "Ava" not in printed()
    with box.write() as tx:
        presences.check_in(tx, OLGA, packed.booth, packed.ava, "2026-02-14T16:05:00Z")
        presences.check_in(tx, OLGA, packed.booth, at="2026-02-14T16:05:00Z", account_id=OLGA.id)
    assert "Olga" in printed() and "Ava" in printed() and "Hana" not in printed()


def test_a_leader_who_does_not_stand_there_looks_on_and_counts_nothing(packed, signed_in):
    """No button leads her where she would be refused, and the address says who closes a booth."""
    looker = signed_in("leader", first_name="Nora")
    page = looker.get(f"/booths/{packed.booth}").text
    for part in ("mode", "close", "midway", "entries"):
        assert f"/booths/{packed.booth}/{part}" not in page, part
    assert "Its adults count" in words(looker.get(f"/booths/{packed.booth}"))
    for part in ("close", "midway"):
        refused = looker.get(at(packed, part))
        assert refused.status_code == 403
        assert "an adult who signed up for it" in words(refused)


def test_the_other_adult_who_closes_it_too_with_the_same_figures_signs_it(box, packed, leader, signed_in):
    """Both opened the form at the table; the one who comes second reads that she signed, not that she was late."""
    other = signed_in("cookie_leader", first_name="Mona")
    close(leader, packed)
    assert close(other, packed).status_code == 303
    page = words(other.get(at(packed, "close")))
    assert "Signed. The booth can be credited now." in page
    assert "Second adult missing" not in page
    assert "Credit the girls" in page


def test_a_booth_is_closed_signed_credited_and_opened_again(box, packed, leader, signed_in):
    girls = packed
    assert close(leader, girls).status_code == 303
    page = words(leader.get(at(girls, "close")))
    assert "Second adult missing" in page
    assert "Expected $132.00" in page
    assert "It matches" in page
    assert boxes_at(box, SHELF, girls.tm) == 94
    refused = leader.post(at(girls, "sign"), data={})
    assert refused.status_code == 409
    assert "different people" in words(refused)
    other = signed_in("leader", first_name="Mona")
    assert other.post(at(girls, "sign"), data={}).status_code == 303
    assert "Mona" in words(leader.get(at(girls, "close")))
    shown = leader.get(at(girls, f"credit?way=minutes&minutes-{girls.ava}=120&minutes-{girls.bea}=60"))
    assert "Proposed: By minutes present" in words(shown)
    assert (
        "Ava A. 13 2 15 14.7 120" in words(shown)
        or "Ava A. 13 1 14" in words(shown)
        or "Ava A. 14 1 15" in words(shown)
    )
    sent = {"way": "minutes", f"minutes-{girls.ava}": "120", f"minutes-{girls.bea}": "60"}
    assert leader.post(at(girls, "credit"), data=sent).status_code == 303
    with box.read() as tx:
        assert [girl.boxes for girl in crediting.of_booth(tx, girls.booth).girls] == [15, 7]
    assert "Credited 22" in words(leader.get(at(girls, "credit")))
    assert leader.post(at(girls, "credit/take-back"), data={"reason": ""}).status_code == 422
    assert leader.post(at(girls, "credit/take-back"), data={"reason": "wrong girl"}).status_code == 303
    assert leader.post(at(girls, "credit/take-back"), data={"reason": "again"}).status_code == 409
    assert leader.post(at(girls, "reopen"), data={"reason": ""}).status_code == 422
    assert leader.post(at(girls, "reopen"), data={"reason": "miscounted"}).status_code == 303
    assert boxes_at(box, girls.table, girls.tm) == 24


def test_what_is_wrong_is_said_at_its_field_and_nothing_is_lost(box, packed, leader):
    girls = packed
    before = count(box, "journal")
    for wrong in ({f"boxes__{girls.tm}": 25}, {f"boxes__{girls.tm}": ""}, {"end": "231.00"}, {"start": "x"}):
        answer = close(leader, girls, **wrong)
        assert answer.status_code == 422, wrong
        assert 'aria-invalid="true"' in answer.text, wrong
        assert 'value="100.00"' in answer.text or "start" in wrong
    for odd in ODD:
        for field in (f"boxes__{girls.tm}", f"damaged__{girls.tm}", "cash__2000", "cards", f"share__{girls.share}"):
            assert close(leader, girls, **{field: odd}).status_code in (422,), (field, odd)
    assert count(box, "journal") == before


def test_cash_by_note_and_coin_replaces_the_sum(box, packed, leader):
    pieces = {"cash__2000": 11, "cash__1000": 1, "cash__100": 1, "cash__25": 4}
    assert close(leader, packed, end="", **pieces).status_code == 303
    assert "11 × $20.00" in words(leader.get(at(packed, "close")))


def test_a_second_closing_is_told(packed, leader):
    given = filled(leader, at(packed, "close"), **{f"boxes__{packed.tm}": 4, "end": "120.00"})
    assert close(leader, packed).status_code == 303
    late = leader.post(at(packed, "close"), data=given)
    assert late.status_code == 409
    assert "closed before" in words(late)


def test_a_count_at_a_change_of_shift_is_kept(box, packed, leader):
    assert send(leader, at(packed, "midway")).status_code == 422
    assert send(leader, at(packed, "midway"), **{f"boxes__{packed.tm}": 12}).status_code in (
        303,
        422,
    )  # outside the hours


def test_who_sees_a_booths_day(packed, mother, signed_in):
    for page in ("packing", "credit", "sheets", "sheet.pdf"):
        assert mother.get(at(packed, page)).status_code == 403
    assert mother.get(at(packed, "close")).status_code == 404
    assert mother.post(at(packed, "close"), data={f"boxes-{packed.tm}": "1", "end": "1"}).status_code in (403, 404)
    plain = signed_in("leader", first_name="Lea")
    assert plain.get(at(packed, "credit")).status_code == 200
    assert plain.post(at(packed, "packing"), data={}).status_code == 403
    assert plain.post(at(packed, "credit"), data={}).status_code == 403
    assert plain.get("/booths/999/close").status_code == 404


def test_a_sheet_is_recomputed_and_never_trusted(box, packed, leader):
    said = {
        "inventory": {"thinMints": {"start": 24, "end": 4, "sold": 21}},
        "payments": {"cash": {"start": 100, "end": 220}},
        "reconciliation": {"perfect": True, "collected": 126},
        "volunteers": [{"name": "Zoe Quillfeather"}],
    }
    given = filled(leader, at(packed, "sheets")) | {"file": (io.BytesIO(json.dumps(said).encode()), "sheet.json")}
    assert leader.post(at(packed, "sheets"), data=given, content_type="multipart/form-data").status_code == 303
    page = words(leader.get(at(packed, "sheets")))
    assert "Thin Mints 21 20" in page
    assert "Collected money $126.00 $120.00" in page
    assert "Quillfeather" not in page
    with box.read() as tx:
        assert "Quillfeather" not in tx.execute("SELECT said FROM booth_sheets").fetchone()[0]
    prefilled = leader.get(at(packed, "close?sheet=1")).text
    assert 'value="220.00"' in prefilled
    typed = {f"start__{packed.tm}": 24, f"end__{packed.tm}": 5, "end": "300", "verdict": "perfect"}
    assert send(leader, at(packed, "sheets"), **typed).status_code == 303
    assert send(leader, at(packed, "sheets"), **typed).status_code == 409
    assert send(leader, at(packed, "sheets"), **(typed | {f"end__{packed.tm}": 25})).status_code == 422
    for bad in (b"", b"[]", b"\xff", b'{"inventory": {"Zebras": {}}}', b'{"inventory": {"thinMints": {"start": -1}}}'):
        given = filled(leader, at(packed, "sheets")) | {"file": (io.BytesIO(bad), "sheet.json")}
        assert leader.post(at(packed, "sheets"), data=given, content_type="multipart/form-data").status_code == 422, bad


def test_the_troops_site_has_a_page(packed, leader):
    assert "Nothing is left to share" in words(leader.get("/booths/online"))
    assert leader.post("/booths/online", data={"way": "even"}).status_code == 422


def test_the_booths_own_page_leads_to_its_day(packed, leader, mother):
    page = leader.get(f"/booths/{packed.booth}").text
    for name in ("packing", "close", "midway", "sheets"):
        assert f'href="/booths/{packed.booth}/{name}"' in page
    assert f'href="/booths/{packed.booth}/close"' not in mother.get(f"/booths/{packed.booth}").text


def test_a_familys_booth_and_the_online_orders_have_words_of_their_own(box, girls, leader):
    """No second signature where the boxes are a family's; nothing to count where no table stands."""
    with box.write() as tx:
        front = booths.plan(tx, OLGA, "Front yard", "2026-02-14T16:00:00Z", "2026-02-14T18:00:00Z", type="family")
        web = booths.plan(tx, OLGA, "Online", "2026-02-14T16:00:00Z", "2026-02-14T18:00:00Z", type="virtual")
        transfers.move(tx, OLGA, "T2G", factories.lines(tx, TM=4), scout_id=girls.ava)
        presences.check_in(tx, OLGA, front, girls.ava, "2026-02-14T16:05:00Z")
    assert send(leader, f"/booths/{front}/close", **{f"boxes__{girls.tm}": 1}).status_code == 303
    page = words(leader.get(f"/booths/{front}/close"))
    assert "all its credit is hers" in page and "other adult who counted" not in page
    page = leader.get(f"/booths/{web}")
    assert "shared out with those of the troop's site" in words(page)
    assert 'class="button main" href="/booths/online"' in page.text
