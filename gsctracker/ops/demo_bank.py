"""The pretend troop's way to the bank: two adults count the cash box, a slip lists the families' payments."""

from datetime import date

import apsw

from gsctracker import values
from gsctracker.domain.money import balances, deposits
from gsctracker.domain.people.roles import Person


def bring(tx: apsw.Connection, counter: Person, verifier: Person, season_id: int, day: date, last: date) -> None:
    """All that is in the box goes to the bank on that day. Slips of days before the `last` are on the bank's statement."""
    for cents in slips(balances.troop_accounts(tx, season_id)["cash_box"]):
        listed, checks, left = [], 0, cents
        for payment in reversed(deposits.to_bank(tx, season_id, counter)):
            if payment.cents <= left:
                listed.append(payment.id)
                left -= payment.cents
                checks += payment.cents if payment.method == "check" else 0
        deposit_id = deposits.count(tx, counter, cents - checks, checks, listed)
        deposits.verify(tx, deposit_id, verifier, cents - checks, checks)
        deposits.bank(tx, deposit_id, counter, f"slip {day:%m%d}", day.isoformat())
        if day < last:
            deposits.match(tx, deposit_id, counter, f"COUNTER CREDIT {day:%m/%d}")


def slips(cents: int) -> list[int]:
    """So many cents in parts that one deposit may hold; none of nothing, or of less."""
    whole, rest = divmod(max(0, cents), values.MOST_CENTS)
    return [values.MOST_CENTS] * whole + [rest] * bool(rest)
