"""The pretend troop's deposits: what a manager finds when she looks at the bank, the box and the next slip."""

from gsctracker.domain.money import balances, deposits
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.ops import demo

BY = Person(1, "admin", "Olga")


def test_all_the_money_was_counted_by_two_and_nothing_banked_waits_for_a_slip(db):
    demo.fill(db, 3, 40, 3)
    with db.read() as tx:
        season = seasons.current(tx).id
        made = deposits.recent(tx, season, BY)
        assert [one.state for one in made] == ["banked"] + ["matched"] * (len(made) - 1)
        assert len(made) > 1 and all(one.verifier and one.verifier != one.counter for one in made)
        in_box = balances.troop_accounts(tx, season)["cash_box"]
        assert sum(payment.cents for payment in deposits.to_bank(tx, season, BY)) <= in_box
        assert any(deposits.find(tx, one.id, BY).payments for one in made)
