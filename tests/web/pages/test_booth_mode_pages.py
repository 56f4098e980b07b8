"""Booth mode and its entries as pages: forms without scripts, what waits for a decision, who may look."""

import html
import io
import json
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from PIL import Image

from gsctracker.domain.booths import booths, entries, shifts, sign_ups, tallies
from gsctracker.domain.inventory import transfers
from gsctracker.domain.season import troop
from tests import factories
from tests.web.pages.browsing import ODD, OLGA, key_of, send, words


@pytest.fixture
def packed(box, girls):
    """24 Thin Mints on the booth's table."""
    with box.write() as tx:
        transfers.move(tx, OLGA, "TROOP_TO_BOOTH", factories.lines(tx, TM=24), booth_id=girls.booth)
    return girls


def at(girls, page):
    return f"/booths/{girls.booth}/{page}"


def tallied(box, girls):
    with box.read() as tx:
        return tallies.packages(tx, girls.booth)


def test_a_sale_is_typed_in_and_taken_back(box, packed, leader):
    """Without scripts each sale is a form."""
    sold = send(leader, at(packed, "mode/sell"), at(packed, "mode"), pay="card", **{f"boxes__{packed.tm}": 3})
    assert sold.status_code == 303, words(sold)
    assert tallied(box, packed) == {packed.tm: 3}
    page = leader.get(at(packed, "mode"))
    assert "21 left" in words(page)
    with box.read() as tx:
        uid = entries.of_booth(tx, packed.booth)[0].uid
    assert send(leader, at(packed, "mode/undo"), at(packed, "mode"), entry=uid).status_code == 303
    assert tallied(box, packed) == {}


@pytest.mark.parametrize("odd", ODD)
def test_what_is_no_number_is_refused_at_its_field(box, packed, leader, odd):
    answer = send(leader, at(packed, "mode/sell"), at(packed, "mode"), pay="cash", **{f"boxes__{packed.tm}": odd})
    assert answer.status_code == 422
    assert tallied(box, packed) == {}


def test_a_form_sent_twice_sells_once(box, packed, leader):
    page = leader.get(at(packed, "mode"))
    key = key_of(page)
    given = {"form_key": key, "pay": "cash", f"boxes-{packed.tm}": "2"}
    for _ in range(2):
        assert leader.post(at(packed, "mode/sell"), data=given).status_code == 303
    assert tallied(box, packed) == {packed.tm: 2}


def test_a_leader_decides_about_what_cannot_stand(box, packed, leader, signed_in):
    """UX-21: a cookie that is no longer sold is shown with what to do about it; a helper only looks."""
    api = f"/api/troops/1/booths/{packed.booth}/entries"
    sale = {
        "device": "a1",
        "counter": 1,
        "capturedAt": "2026-02-14T17:00:00Z",
        "offsetSeconds": 0,
        "kind": "sale",
        "pay": "cash",
    }
    given = [sale | {"id": f"{n:032x}", "items": [{"product": "Zebras", "quantity": n}]} for n in (1, 2)]
    closing = {key: sale[key] for key in ("device", "counter", "capturedAt", "offsetSeconds")} | {
        "id": f"{3:032x}",
        "kind": "close",
        "counts": [{"product": "TM", "remaining": 25}],
    }
    answer = leader.post(api, json={"entries": [*given, closing]})
    assert {one["result"] for one in answer.json["results"]} == {"flagged"}
    page = leader.get(at(packed, "entries"))
    assert "Zebras" in words(page)
    assert "more is left, damaged or given away than the 24" in words(page)
    assert send(leader, at(packed, "entries/1/settle"), at(packed, "entries"), decision="accepted").status_code == 422
    assert send(leader, at(packed, "entries/1/settle"), at(packed, "entries"), decision="left_out").status_code == 303
    assert send(leader, at(packed, "entries/1/settle"), at(packed, "entries"), decision="left_out").status_code == 409
    for path in (at(packed, "mode"), f"/booths/{packed.booth}"):
        assert "2 entries wait" in words(leader.get(path)), path
    looker = signed_in("leader", first_name="Nora")
    assert "Leave it out" not in words(looker.get(at(packed, "entries")))


def test_strangers_to_the_booth_neither_sell_nor_look(packed, signed_in):
    """A caregiver who does not stand there is told so; a girl has no such page."""
    caregiver = signed_in("caregiver", scout_ids=(packed.ava,))
    assert caregiver.get(at(packed, "mode")).status_code == 403
    assert caregiver.get(at(packed, "entries")).status_code == 404
    assert signed_in("scout", scout_ids=(packed.ava,)).get(at(packed, "mode")).status_code == 403


def test_the_worker_the_manifest_and_the_empty_page_are_for_everybody(browser, packed):
    """UX-22: a phone is told how to put it on its home screen, with pictures of the sizes that phones ask for."""
    worker = browser.get("/sw.js")
    assert worker.mimetype == "text/javascript"
    assert worker.headers["Cache-Control"] == "no-cache"
    assert "/booths/without-signal" in worker.text
    manifest = browser.get("/manifest.webmanifest").json
    assert manifest["display"] == "standalone"
    for icon in manifest["icons"]:
        picture = browser.get(icon["src"])
        assert picture.headers["Content-Type"].partition(";")[0] == icon["type"]
        if icon["type"] == "image/png":
            assert "x".join(str(edge) for edge in Image.open(io.BytesIO(picture.data)).size) == icon["sizes"]
    assert {"any", "maskable"} == {icon["purpose"] for icon in manifest["icons"]}
    assert browser.get("/livez").status_code == 204
    page = browser.get("/booths/without-signal")
    assert page.status_code == 200
    assert "Market" not in page.text


def test_a_caregiver_who_stands_there_sells_and_looks_but_decides_nothing(box, packed, leader, signed_in):
    """Whoever signed up for the booth taps in; what cannot stand is a leader's to decide."""
    with box.write() as tx:
        shift = shifts.add_shift(tx, OLGA, packed.booth, "2026-02-14T16:00:00Z", "2026-02-14T18:00:00Z")
    caregiver = signed_in("caregiver", scout_ids=(packed.ava,))
    with box.write() as tx:
        sign_ups.sign_up(tx, OLGA, shift, account_id=caregiver.person.id)
    sold = send(caregiver, at(packed, "mode/sell"), at(packed, "mode"), pay="cash", **{f"boxes__{packed.tm}": 2})
    assert sold.status_code == 303
    assert "2 Thin Mints" in words(caregiver.get(at(packed, "entries")))
    assert caregiver.post(at(packed, "entries/1/settle"), data={"decision": "left_out"}).status_code == 403


def test_a_file_that_a_phone_kept_is_taken_in_once(box, packed, leader):
    """UX-21: where sending failed for days a file brings the entries; sent again, or by the phone itself, they count once."""
    entry = {
        "id": "a" * 32,
        "device": "a1",
        "counter": 1,
        "capturedAt": "2026-02-14T17:00:00Z",
        "offsetSeconds": 0,
        "kind": "sale",
        "pay": "cash",
        "items": [{"product": "TM", "quantity": 2}],
    }

    def bring(said):
        file = (io.BytesIO(said if isinstance(said, bytes) else json.dumps(said).encode()), "unsent.json")
        return leader.post(at(packed, "entries/file"), data={"file": file}, content_type="multipart/form-data")

    for _ in range(2):
        assert bring({"booth": packed.booth, "name": "Grocery", "entries": [entry]}).status_code == 303
    leader.post(f"/api/troops/1/booths/{packed.booth}/entries", json={"entries": [entry]})
    assert tallied(box, packed) == {packed.tm: 2}
    assert "another booth" in words(bring({"booth": 99, "name": "Market", "entries": [entry]}))
    for odd in (b"", b"{", b"[]", b"\x00\xff", b"{}"):
        assert "no file of entries" in words(bring(odd))
    wrong = entry | {"id": "b" * 32, "items": [{"product": "TM", "quantity": -2}]}
    assert bring({"booth": packed.booth, "entries": [entry | {"id": "c" * 32}, wrong]}).status_code == 422
    assert tallied(box, packed) == {packed.tm: 2}


def test_the_hours_are_the_troops_own_and_not_the_phones(box, packed, leader):
    """The same hours stand on the booth's page and in what booth mode keeps on the phone."""
    with box.read() as tx:
        booth = booths.find(tx, packed.booth)
        zone = troop.own(tx).time_zone
    begins = datetime.fromisoformat(booth.starts_at).astimezone(ZoneInfo(zone)).strftime("%-I:%M")
    facts = html.unescape(leader.get(at(packed, "mode")).text.split('id="facts" data-json=\'')[1].split("'")[0])

    assert begins in json.loads(facts)["hours"]
    assert begins in words(leader.get(f"/booths/{packed.booth}"))
