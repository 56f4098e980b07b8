"""Sales through the API: taken, listed, changed, cancelled, and refused with a sentence beside the field."""

import pytest

from tests import factories

THIN_MINTS = {"cookieType": "Thin Mints", "quantity": 2, "customerName": "Test Customer"}


def test_the_short_form_records_a_sale(leader):
    answer = leader.post("/api/sales", json=THIN_MINTS)

    assert answer.status_code == 201
    assert answer.json["boxes"] == 2
    assert answer.json["amountCents"] == 1200
    assert answer.json["items"] == [{"product": "Thin Mints", "code": "TM", "boxes": 2, "priceCents": 600}]


@pytest.mark.parametrize("name", ["thin mints", "TM", "tmint", "THIN MINTS®"])
def test_a_cookie_goes_by_any_of_its_names(leader, name):
    assert leader.post("/api/sales", json=THIN_MINTS | {"cookieType": name}).json["items"][0]["code"] == "TM"


def test_the_other_bakers_name_means_the_same_cookie(leader):
    assert leader.post("/api/sales", json=THIN_MINTS | {"cookieType": "Samoas"}).json["items"][0]["code"] == "CD"


def test_a_case_is_twelve_boxes(leader):
    assert leader.post("/api/sales", json=THIN_MINTS | {"unitType": "cases"}).json["boxes"] == 24


def test_several_cookies_make_one_sale(leader):
    items = [{"product": "TM", "quantity": 1, "unitType": "cases"}, {"product": "Trefoils", "quantity": 3}]
    answer = leader.post("/api/sales", json={"customerName": "Ada", "items": items})

    assert answer.status_code == 201
    assert answer.json["boxes"] == 15


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quantity": 1.5}, "quantity"),
        ({"quantity": True}, "quantity"),
        ({"quantity": "3"}, "quantity"),
        ({"quantity": 1e12}, "quantity"),
        ({"quantity": 10**30}, "quantity"),
        ({"quantity": -1}, "quantity"),
        ({"quantity": 0}, "quantity"),
        ({"quantity": None}, "quantity"),
        ({"cookieType": "Nonesuch"}, "cookieType"),
        ({"cookieType": 7}, "cookieType"),
        ({"cookieType": "x" * 61}, "cookieType"),
        ({"customerName": "x" * 81}, "customerName"),
        ({"customerName": "a\u0007b"}, "customerName"),
        ({"customerEmail": "not an address"}, "customerEmail"),
        ({"notes": "a\u0000b"}, "notes"),
        ({"date": "2026-02-30"}, "date"),
        ({"date": "14.02.2026"}, "date"),
        ({"amountCollectedCents": 6.0}, "amountCollectedCents"),
        ({"amountCollectedCents": "6.00"}, "amountCollectedCents"),
        ({"amountCollectedCents": -1}, "amountCollectedCents"),
        ({"paymentMethod": "gold"}, "paymentMethod"),
        ({"orderType": "gift"}, "orderType"),
        ({"unitType": "crates"}, "unitType"),
        ({"amountCollected": 6}, "amountCollected"),
    ],
)
def test_a_value_that_cannot_be_right_gets_a_sentence_beside_its_field(leader, body, field):
    answer = leader.post("/api/sales", json=THIN_MINTS | body)

    assert answer.status_code == 422
    assert answer.json["error"]["fields"][field].endswith(".")
    assert leader.get("/api/sales").json["total"] == 0


def test_each_wrong_line_of_several_is_named(leader):
    items = [{"product": "TM", "quantity": 1}, {"product": 5, "quantity": 0, "size": "big"}]
    answer = leader.post("/api/sales", json={"items": items})

    assert set(answer.json["error"]["fields"]) == {"items.1.product", "items.1.quantity", "items.1.size"}


@pytest.mark.parametrize(
    "body", [b"", b"{", b"nonsense", b'{"quantity": NaN}', b"\xff\xfe", b'{"customerName": "\\ud800"}']
)
def test_what_is_not_json_gets_400(leader, body):
    answer = leader.post("/api/sales", data=body, content_type="application/json")

    assert answer.status_code == 400
    assert answer.json["error"]["code"] == "not_json"


@pytest.mark.parametrize("body", [b"[]", b"null", b"7", b'"text"', b"[" * 5000 + b"]" * 5000])
def test_json_that_is_no_object_gets_422(leader, body):
    answer = leader.post("/api/sales", data=body, content_type="application/json")

    assert answer.status_code in (400, 422)
    assert answer.json["error"]["message"]


def test_a_body_beyond_all_measure_gets_413(leader):
    answer = leader.post("/api/sales", data=b"x" * 300_000, content_type="application/json")

    assert answer.status_code == 413
    assert answer.json["error"]["code"] == "too_large"


def test_other_alphabets_and_signs_stay_as_they_were_typed(leader):
    name = "Zoë Ñandú 李 🍪"
    sale = leader.post("/api/sales", json=THIN_MINTS | {"customerName": name}).json

    assert leader.get(f"/api/sales/{sale['id']}").json["customerName"] == name
    assert leader.get("/api/sales").json["items"][0]["customerName"] == name


def test_the_list_shows_what_one_sale_shows(leader):
    leader.post("/api/sales", json=THIN_MINTS)
    listed = leader.get("/api/sales").json["items"][0]
    alone = leader.get(f"/api/sales/{listed['id']}").json

    assert listed == alone


def test_a_long_list_is_read_page_by_page_without_a_gap_or_a_double(leader):
    """PERF-15: keyset pages of 50, at most 200, with a cursor to the next."""
    taken = [leader.post("/api/sales", json=THIN_MINTS).json["id"] for _ in range(7)]
    seen, cursor = [], ""
    for _ in range(4):
        page = leader.get(f"/api/sales?limit=2&cursor={cursor}").json
        assert page["total"] == 7
        seen += [sale["id"] for sale in page["items"]]
        cursor = page["next"]

    assert cursor is None
    assert seen == sorted(taken, reverse=True)


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=201",
        "limit=x",
        "cursor=nonsense",
        "cursor=WyJhIl0",
        "status=gone",
        "colour=red",
        "scoutId=1.5",
    ],
)
def test_a_question_that_cannot_be_right_gets_422(leader, query):
    answer = leader.get(f"/api/sales?{query}")

    assert answer.status_code == 422
    assert query.partition("=")[0] in answer.json["error"].get("fields", {})


def test_filters_narrow_the_list(leader):
    leader.post("/api/sales", json=THIN_MINTS | {"date": "2026-02-01"})
    leader.post("/api/sales", json=THIN_MINTS | {"cookieType": "Trefoils", "date": "2026-02-03", "customerName": "Ada"})

    def found(query):
        return [sale["items"][0]["code"] for sale in leader.get(f"/api/sales?{query}").json["items"]]

    assert found("product=thin mints") == ["TM"]
    assert found("from=2026-02-02") == ["TRE"]
    assert found("to=2026-02-02") == ["TM"]
    assert found("q=ada") == ["TRE"]
    assert found("status=cancelled") == []


def test_a_change_names_only_what_changes(leader):
    sale = leader.post("/api/sales", json=THIN_MINTS | {"notes": "ring twice"}).json
    changed = leader.patch(f"/api/sales/{sale['id']}", json={"customerName": "Ada", "status": "delivered"}).json

    assert changed["customerName"] == "Ada"
    assert changed["status"] == "delivered"
    assert changed["notes"] == "ring twice"


def test_two_tabs_cannot_overwrite_each_other(leader):
    sale = leader.post("/api/sales", json=THIN_MINTS).json
    first = leader.patch(f"/api/sales/{sale['id']}", json={"notes": "one", "version": sale["version"]})
    second = leader.patch(f"/api/sales/{sale['id']}", json={"notes": "two", "version": sale["version"]})

    assert (first.status_code, second.status_code) == (200, 409)


def test_a_cancelled_sale_stays_and_is_not_cancelled_twice(leader):
    sale = leader.post("/api/sales", json=THIN_MINTS).json

    assert leader.delete(f"/api/sales/{sale['id']}").json["status"] == "cancelled"
    assert leader.delete(f"/api/sales/{sale['id']}").status_code == 409
    assert leader.get("/api/troops/1/summary").json["totals"]["boxes"] == 0


@pytest.mark.parametrize("number", ["0", "-1", "abc", "999999", "99999999999999999999999", "1.5"])
def test_a_sale_that_is_not_there_is_404_in_json(leader, number):
    for method in (leader.get, leader.delete):
        answer = method(f"/api/sales/{number}")
        assert answer.status_code == 404
        assert answer.json["error"]["message"]


def test_a_family_neither_sees_nor_touches_anothers_sale(box, leader, signed_in):
    with box.write() as tx:
        hers, others = factories.make_scout(tx, "Ana"), factories.make_scout(tx, "Bea")
    mother = signed_in("caregiver", scout_ids=(hers,))
    sale = leader.post("/api/sales", json=THIN_MINTS | {"scoutId": others}).json

    assert mother.get("/api/sales").json["items"] == []
    assert mother.get(f"/api/sales/{sale['id']}").status_code == 404
    assert mother.patch(f"/api/sales/{sale['id']}", json={"notes": "mine"}).status_code == 404
    assert mother.delete(f"/api/sales/{sale['id']}").status_code == 404
    assert mother.post("/api/sales", json=THIN_MINTS | {"scoutId": others}).status_code == 404
    assert mother.get(f"/api/sales?scoutId={others}").status_code == 404
    assert mother.post("/api/sales", json=THIN_MINTS).json["scoutId"] == hers
