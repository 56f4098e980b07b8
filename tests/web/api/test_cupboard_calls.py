"""Orders to the cupboard through the API: written, placed, received, and the claims that come of it."""

import pytest

ORDERS = "/api/troops/1/cupboard-orders"
ORDER = {"kind": "planned", "items": [{"product": "Thin Mints", "quantity": 12, "unitType": "cases"}], "place": True}
RECEIPT = {"items": [{"product": "TM", "quantity": 132}], "countedBy": "Lea", "checkedBy": "Mr. Cupboard"}


@pytest.fixture
def order(leader):
    return leader.post(ORDERS, json=ORDER).json["id"]


def test_an_order_is_written_placed_received_and_claimed(leader):
    """COOKIE-09: the call that receives moves the boxes once and answers with the claim of what is missing."""
    made = leader.post(ORDERS, json=ORDER | {"place": False, "cupboard": "North side", "pickUpOn": "2026-02-14"})
    assert made.status_code == 201
    assert (made.json["state"], made.json["orderedBoxes"], made.json["pickUpOn"]) == ("draft", 144, "2026-02-14")
    one = f"{ORDERS}/{made.json['id']}"
    assert leader.post(f"{one}/place").json["state"] == "placed"
    assert leader.get("/api/troops/1/inventory").json["total"] == 0
    answer = leader.post(f"{one}/receipts", json=RECEIPT | {"reference": "0016491", "date": "2026-02-14"})
    assert answer.status_code == 201
    assert answer.json["order"]["state"] == "received"
    assert answer.json["order"]["items"][0] == {
        "code": "TM",
        "product": "Thin Mints",
        "wished": 144,
        "ordered": 144,
        "received": 132,
        "damaged": 0,
        "difference": -12,
    }
    claim = {"kind": "missing", "boxes": 12, "worthCents": 7200, "state": "open", "orderId": made.json["id"]}
    assert claim.items() <= answer.json["claims"][0].items()
    assert leader.get("/api/troops/1/claims").json["items"] == answer.json["claims"]
    assert leader.get(ORDERS).json["items"][0] == leader.get(one).json == answer.json["order"]
    held = leader.get("/api/troops/1/inventory").json["items"]
    assert [(row["place"], row["boxes"]) for row in held] == [("troop", 132)]


def test_the_same_key_receives_once(leader, order):
    key = {"Idempotency-Key": "dock-1"}
    answers = [leader.post(f"{ORDERS}/{order}/receipts", json=RECEIPT, headers=key) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [201, 201]
    assert answers[0].json == answers[1].json
    again = leader.post(f"{ORDERS}/{order}/receipts", json=RECEIPT)
    assert (again.status_code, again.json["error"]["code"]) == (409, "received_already")


def test_damaged_boxes_are_claimed_and_the_rest_may_come_later(leader, order):
    items = [{"product": "TM", "quantity": 1, "unitType": "cases", "damagedBoxes": 2}]
    answer = leader.post(f"{ORDERS}/{order}/receipts", json=RECEIPT | {"items": items, "restComesLater": True})
    assert answer.json["order"]["state"] == "partly_received"
    assert [(one["kind"], one["boxes"]) for one in answer.json["claims"]] == [("damaged", 2)]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"countedBy": ""}, "countedBy"),
        ({"checkedBy": "lea"}, "checkedBy"),
        ({"checkedBy": "x" * 81}, "checkedBy"),
        ({"items": []}, "items"),
        ({"items": [{"product": "Nonesuch", "quantity": 1}]}, "product"),
        ({"items": [{"product": "TM", "quantity": 1, "damagedBoxes": 2}]}, "items"),
        ({"date": "14.02.2026"}, "date"),
        ({"version": 0}, "version"),
        ({"weather": "rain"}, "weather"),
    ],
)
def test_what_cannot_be_right_moves_nothing(leader, order, body, field):
    answer = leader.post(f"{ORDERS}/{order}/receipts", json=RECEIPT | body)
    assert answer.status_code == 422
    assert field in answer.json["error"]["fields"]
    assert leader.get("/api/troops/1/inventory").json["total"] == 0


def test_who_may(signed_in, order):
    for role, see, write in (("leader", 200, 403), ("caregiver", 403, 403)):
        her = signed_in(role)
        assert her.get(ORDERS).status_code == see
        assert her.get(f"{ORDERS}/{order}").status_code == see
        assert her.get("/api/troops/1/claims").status_code == see
        assert her.post(ORDERS, json=ORDER).status_code == write
        assert her.post(f"{ORDERS}/{order}/receipts", json=RECEIPT).status_code == write


def test_what_is_not_there(leader, order):
    for path in (f"{ORDERS}/99", f"{ORDERS}/99/receipts", f"{ORDERS}/99/place"):
        answer = leader.post(path, json=RECEIPT) if path.count("/") > 5 else leader.get(path)
        assert answer.status_code == 404
    assert leader.get("/api/troops/2/cupboard-orders").status_code == 404
    assert leader.post(ORDERS, json=ORDER | {"kind": "wish"}).status_code == 422


def test_the_calls_are_described(leader):
    """COOKIE-34: openapi names the orders, their receipts and the claims."""
    paths = leader.get("/api/openapi.json").json["paths"]
    assert {"get", "post"} <= paths["/api/troops/{tid}/cupboard-orders"].keys()
    assert "201" in paths["/api/troops/{tid}/cupboard-orders/{order_id}/receipts"]["post"]["responses"]
    assert "/api/troops/{tid}/claims" in paths
