"""Deposits: counted by one, verified by another, banked as counted, found on the statement; never more than the box."""

import pytest

from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances, deposits, turn_ins
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed
from tests.factories import lines, make_person, make_scout


@pytest.fixture
def paid(tx, admin):
    """Ana's family handed in $20 in cash and a check of $15; gives the two entries."""
    ana = make_scout(tx, "Ana")
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    return [turn_ins.turn_in(tx, admin, ana, cents, how) for cents, how in ((2000, "cash"), (1500, "check"))]


@pytest.fixture
def lea(tx):
    """The second adult."""
    return make_person(tx, "leader")


def accounts(tx):
    found = balances.troop_accounts(tx, seasons.current(tx).id)
    return found["cash_box"], found["bank"]


def test_a_deposit_is_counted_verified_banked_and_matched(tx, admin, lea, paid):
    """Two people, the same figures, one entry in the ledger, and the bank's own line."""
    one = deposits.count(tx, admin, 2000, 1500, paid)
    assert accounts(tx) == (3500, 0)
    deposits.verify(tx, one, lea, 2000, 1500)
    deposits.bank(tx, one, admin, slip="17")
    assert accounts(tx) == (0, 3500)
    deposits.match(tx, one, admin, "DEPOSIT 0214")
    found = deposits.find(tx, one, lea)
    assert (found.state, found.slip, found.counter, found.verifier) == ("matched", "17", "Olga", "Lea")
    assert [row.cents for row in found.payments] == [2000, 1500]
    assert deposits.to_bank(tx, seasons.current(tx).id, lea) == []


def test_counter_and_verifier_are_two_people(tx, admin, lea, paid):
    one = deposits.count(tx, admin, 2000, 1500)
    with pytest.raises(Conflict, match="Somebody else"):
        deposits.verify(tx, one, admin, 2000, 1500)
    with pytest.raises(Conflict, match="first count was another"):
        deposits.verify(tx, one, lea, 1900, 1500)
    with pytest.raises(Conflict, match="not time"):
        deposits.bank(tx, one, admin)


def test_a_deposit_is_no_larger_than_the_box(tx, admin, lea, paid):
    """What is counted and not at the bank yet is not there twice."""
    with pytest.raises(Conflict, match="cannot be larger"):
        deposits.count(tx, admin, 3501, 0)
    one = deposits.count(tx, admin, 2000, 1000)
    with pytest.raises(Conflict, match="cannot be larger"):
        deposits.count(tx, admin, 501, 0)
    deposits.verify(tx, one, lea, 2000, 1000)
    turn_ins.take_back(tx, paid[0], admin)
    with pytest.raises(Conflict, match="less than that by now"):
        deposits.bank(tx, one, admin)


def test_the_list_is_of_this_box_and_not_more_than_was_counted(tx, admin, paid):
    with pytest.raises(Conflict, match=r"cash on the list comes to \$20.00, and you counted \$19.00"):
        deposits.count(tx, admin, 1900, 1500, paid)
    deposits.count(tx, admin, 2000, 0, paid[:1])
    with pytest.raises(Conflict, match="another slip"):
        deposits.count(tx, admin, 1, 0, paid[:1])
    with pytest.raises(Invalid):
        deposits.count(tx, admin, 0, 0)


def test_a_dropped_deposit_leaves_everything_in_the_box(tx, admin, lea, paid):
    one = deposits.count(tx, admin, 2000, 1500, paid)
    deposits.drop(tx, one, admin)
    assert deposits.find(tx, one, admin).state == "dropped"
    two = deposits.count(tx, admin, 2000, 1500, paid)
    deposits.verify(tx, two, lea, 2000, 1500)
    entry = deposits.bank(tx, two, admin)
    with pytest.raises(Conflict):
        deposits.drop(tx, two, admin)
    turn_ins.take_back(tx, entry, admin, "wrong slip")
    assert deposits.find(tx, two, admin).state == "taken_back"


def test_families_see_no_deposits_and_leaders_only_verify(tx, admin, lea, paid):
    mia = make_person(tx, "caregiver", "Mia")
    one = deposits.count(tx, admin, 2000, 1500)
    for refused in (
        lambda: deposits.recent(tx, seasons.current(tx).id, mia),
        lambda: deposits.verify(tx, one, mia, 2000, 1500),
        lambda: deposits.count(tx, lea, 1, 0),
        lambda: deposits.bank(tx, one, lea),
        lambda: deposits.drop(tx, one, lea),
    ):
        with pytest.raises(NotAllowed):
            refused()
