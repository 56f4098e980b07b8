"""Receipts over the API: the book, one of them, confirming and voiding."""

import pytest

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import receipts
from gsctracker.domain.people.roles import Person
from tests import factories

OLGA = Person(id=1, role="admin", first_name="Olga")
BOOK = "/api/troops/1/receipts"


@pytest.fixture
def handed(box):
    """Receipt 1 is Ana's, receipt 2 Bea's; gives (girl, receipt) of each."""
    with box.write() as tx:
        girls = [factories.make_scout(tx, name) for name in ("Ana", "Bea")]
        transfers.move(tx, OLGA, "C2T", factories.lines(tx, TM=24))
        return [(girl, receipts.hand_over(tx, OLGA, "T2G", girl, factories.lines(tx, TM=2))) for girl in girls]


def test_the_book_is_everybodys_for_leaders_and_her_own_for_a_family(handed, leader, signed_in):
    """AUTH-05: another family's receipt is not there."""
    (ana, hers), (_, other) = handed
    assert [item["number"] for item in leader.get(BOOK).json["items"]] == [1, 2]
    mia = signed_in("caregiver", first_name="Mia", scout_ids=(ana,))
    [only] = mia.get(BOOK).json["items"]
    assert only == {
        "id": hers, "number": 1, "kind": "T2G", "scoutId": ana, "date": only["date"], "boxes": 2, "amountCents": 1200,
        "isSigned": False, "isConfirmed": False, "isVoid": False,
    }  # fmt: skip
    assert mia.get(f"{BOOK}/{other}").status_code == 404
    assert signed_in("scout", first_name="Ana", scout_ids=(ana,)).get(BOOK).status_code == 403


def test_a_family_confirms_and_a_leader_voids_with_a_reason(handed, leader, signed_in):
    (ana, hers), _ = handed
    mia = signed_in("caregiver", first_name="Mia", scout_ids=(ana,))
    assert mia.post(f"{BOOK}/{hers}/confirm").json["isConfirmed"] is True
    assert mia.post(f"{BOOK}/{hers}/confirm").status_code == 409
    assert leader.post(f"{BOOK}/{hers}/confirm").status_code == 409
    assert mia.post(f"{BOOK}/{hers}/void", json={"reason": "no"}).status_code == 403
    assert leader.post(f"{BOOK}/{hers}/void", json={"reason": ""}).status_code in (400, 422)
    answer = leader.post(f"{BOOK}/{hers}/void", json={"reason": "counted wrongly"}).json
    assert (answer["isVoid"], answer["voidReason"]) == (True, "counted wrongly")
    assert leader.post(f"{BOOK}/{hers}/void", json={"reason": "again"}).status_code == 409
