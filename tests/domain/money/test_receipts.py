"""Receipts: numbered, signed or confirmed, never deleted, voided with a reason; seen by both sides and by nobody else."""

import pytest

from gsctracker.domain.inventory import stock, transfers
from gsctracker.domain.money import balances, receipts, turn_ins
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import lines, make_person, make_scout

SIGNED = "M10 100L40 60L70 140L100 60L130 140L160 100"


@pytest.fixture
def ana(tx):
    return make_scout(tx, "Ana")


@pytest.fixture
def mia(tx, ana):
    """Ana's mother."""
    return make_person(tx, "caregiver", "Mia", scout_ids=(ana,))


def handed(tx, by, girl, **more):
    return receipts.hand_over(tx, by, "T2G", girl, lines(tx, TM=10), **more)


def owes(tx, girl, by):
    return balances.family(tx, seasons.current(tx).id, girl, by).balance_cents


def test_boxes_and_money_get_receipts_of_one_series(tx, admin, ana):
    """Hand-out, payment and return: 1, 2, 3, each with its lines or its cents."""
    made = [
        handed(tx, admin, ana, adult="Mia", signature=SIGNED),
        receipts.take_money(tx, admin, ana, 1200, "cash"),
        receipts.hand_over(tx, admin, "G2T", ana, lines(tx, TM=2)),
    ]
    out, paid, back = [receipts.find(tx, one, admin) for one in made]
    assert [out.number, paid.number, back.number] == [1, 2, 3]
    assert [(line.name, line.boxes, line.price_cents) for line in out.lines] == [("Thin Mints", 10, 600)]
    assert (out.cents, paid.cents, back.cents) == (6000, 1200, 1200)
    assert (out.adult, out.signature) == ("Mia", SIGNED)
    assert out.signed_at
    assert paid.signature is None
    assert owes(tx, ana, admin) == 6000 - 1200 - 1200


def test_a_carry_for_the_troop_has_boxes_and_no_price(tx, admin, ana):
    found = receipts.find(tx, handed(tx, admin, ana, on_liability=False), admin)
    assert (found.boxes, found.cents, found.lines[0].price_cents) == (10, 0, None)


def test_a_move_or_payment_written_down_elsewhere_gets_its_receipt_once(tx, admin, ana):
    entry = transfers.move(tx, admin, "T2G", lines(tx, TM=1), scout_id=ana)
    assert receipts.of_entry(tx, entry) is None
    receipt = receipts.issue(tx, admin, entry)
    assert receipts.of_entry(tx, entry) == receipt
    with pytest.raises(Conflict, match="has a receipt"):
        receipts.issue(tx, admin, entry)
    with pytest.raises(NotFound):
        receipts.issue(tx, admin, transfers.move(tx, admin, "C2T", lines(tx, TM=1)))
    gone = turn_ins.turn_in(tx, admin, ana, 100, "cash")
    turn_ins.take_back(tx, gone, admin)
    with pytest.raises(Conflict, match="taken back"):
        receipts.issue(tx, admin, gone)


def test_a_void_receipt_stays_in_the_book_and_its_entry_is_taken_back(tx, admin, ana):
    receipt = handed(tx, admin, ana)
    with pytest.raises(Invalid):
        receipts.void(tx, receipt, admin, "")
    receipts.void(tx, receipt, admin, "counted wrongly")
    found = receipts.find(tx, receipt, admin)
    assert found.void_reason == "counted wrongly"
    assert owes(tx, ana, admin) == 0
    assert not [row for row in stock.on_hand(tx, seasons.current(tx).id, admin) if row.scout_id == ana and row.boxes]
    with pytest.raises(Conflict, match="void already"):
        receipts.void(tx, receipt, admin, "again")
    assert receipts.find(tx, handed(tx, admin, ana), admin).number == 2  # the number of a void one is not used again


def test_a_void_receipt_is_signed_by_nobody(tx, admin, ana, mia):
    receipt = handed(tx, admin, ana)
    receipts.void(tx, receipt, admin, "mistake")
    for refused in (
        lambda: receipts.sign(tx, receipt, admin, "Mia", SIGNED),
        lambda: receipts.confirm(tx, receipt, mia),
    ):
        with pytest.raises(Conflict, match="void"):
            refused()


def test_the_family_confirms_with_its_own_account_once(tx, admin, ana, mia):
    receipt = handed(tx, admin, ana)
    receipts.confirm(tx, receipt, mia)
    found = receipts.find(tx, receipt, mia)
    assert (found.confirmer, found.confirmed_by) == ("Mia", mia.id)
    with pytest.raises(Conflict, match="already"):
        receipts.confirm(tx, receipt, mia)


def test_the_two_sides_are_two_people(tx, ana):
    """A cookie leader who is a mother too does not confirm what she issued herself."""
    both = make_person(tx, "caregiver", "Kim", scout_ids=(ana,))
    tx.execute("UPDATE accounts SET role = 'cookie_leader' WHERE id = ?", (both.id,))
    both = type(both)(id=both.id, role="cookie_leader", first_name="Kim", scout_ids=both.scout_ids)
    receipt = handed(tx, both, ana)
    with pytest.raises(Conflict, match="yourself"):
        receipts.confirm(tx, receipt, both)


def test_a_leader_confirms_for_no_family(tx, admin, ana):
    receipt = handed(tx, admin, ana)
    with pytest.raises(Conflict, match="own family"):
        receipts.confirm(tx, receipt, make_person(tx, "leader"))


def test_a_family_sees_its_own_receipts_and_nobody_elses(tx, admin, ana, mia):
    """AUTH-05: another girl's receipt is not there; a girl sees none at all."""
    bea = make_scout(tx, "Bea")
    hers, other = handed(tx, admin, ana), handed(tx, admin, bea)
    season = seasons.current(tx).id
    assert [row.id for row in receipts.recent(tx, season, mia)] == [hers]
    assert [row.id for row in receipts.recent(tx, season, admin)] == [other, hers]
    for refused in (
        lambda: receipts.find(tx, other, mia),
        lambda: receipts.confirm(tx, other, mia),
        lambda: receipts.recent(tx, season, mia, bea),
    ):
        with pytest.raises(NotFound):
            refused()
    girl = type(mia)(id=mia.id, role="scout", first_name="Ana", scout_ids=frozenset({ana}))
    with pytest.raises(NotAllowed):
        receipts.find(tx, hers, girl)


@pytest.mark.parametrize("role", ["leader", "caregiver"])
def test_only_cookie_leaders_issue_sign_and_void(tx, admin, ana, role):
    receipt, by = handed(tx, admin, ana), make_person(tx, role, scout_ids=(ana,))
    for refused in (
        lambda: handed(tx, by, ana),
        lambda: receipts.take_money(tx, by, ana, 100, "cash"),
        lambda: receipts.sign(tx, receipt, by, "Mia", SIGNED),
        lambda: receipts.void(tx, receipt, by, "no"),
    ):
        with pytest.raises(NotAllowed):
            refused()


@pytest.mark.parametrize(
    "bad",
    [
        "x",
        "M1 1",
        "M1 1L2 2",
        "<svg>",
        "M10 10L20 20C1 1 1 1 1 1L3 3L4 4L5 5L6 6",
        "M1 1" + "L999 9" * 9,
        "M1 1" + "L2 2" * 5000,
    ],
)
def test_what_is_no_signature_is_refused(tx, admin, ana, bad):
    with pytest.raises(Invalid):
        handed(tx, admin, ana, adult="Mia", signature=bad)


def test_somebody_signs_and_her_name_stands_there(tx, admin, ana):
    with pytest.raises(Invalid, match="who signs"):
        handed(tx, admin, ana, signature=SIGNED)
    receipt = handed(tx, admin, ana)
    with pytest.raises(Invalid, match="finger"):
        receipts.sign(tx, receipt, admin, "Mia", "")
    receipts.sign(tx, receipt, admin, "Mia", SIGNED)
    with pytest.raises(Conflict, match="signed already"):
        receipts.sign(tx, receipt, admin, "Hal", SIGNED)


def test_more_than_is_owed_is_only_taken_ahead(tx, admin, ana):
    handed(tx, admin, ana)
    with pytest.raises(Conflict, match="pays ahead") as no:
        receipts.take_money(tx, admin, ana, 6001, "cash")
    assert no.value.params == {"owed": "60.00"}
    receipts.take_money(tx, admin, ana, 6001, "cash", ahead=True)
    assert owes(tx, ana, admin) == -1


def test_pay_my_cookie_bill_is_with_the_council_already(tx, admin, ana):
    handed(tx, admin, ana)
    receipts.take_money(tx, admin, ana, 6000, "pay_bill")
    accounts = balances.troop_accounts(tx, seasons.current(tx).id)
    assert (accounts["card_clearing"], accounts["cash_box"], accounts["bank"]) == (6000, 0, 0)
