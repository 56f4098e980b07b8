"""The money of a booth's table: what was counted, what was taken with it, and why it may not match."""

from collections.abc import Mapping
from typing import NamedTuple

from gsctracker import values
from gsctracker.words import N_

DENOMINATIONS = (10000, 5000, 2000, 1000, 500, 200, 100, 50, 25, 10, 5, 1)
"""Notes and coins, in cents."""

MOST_PIECES = 10_000

REASONS = {
    "wrong_change": N_("Wrong change was given"),
    "promotion": N_("A promotion or a gift"),
    "unpaid_box": N_("A box was not paid for"),
    "tip": N_("A tip or a loose donation"),
    "miscount": N_("Counted wrong"),
    "counterfeit": N_("A false note"),
    "price_error": N_("A wrong price was asked"),
    "other": N_("Something else"),
}


class Money(NamedTuple):
    """What a booth's adults counted, in cents.

    `start` is the float, `drops` what was carried away for safety before the end, `end` the cash box at the end with the float
    in it. `cards` is money the council holds, `apps` what came to the troop's bank (its own reader and apps).
    """

    start: int = 0
    end: int = 0
    drops: int = 0
    checks: int = 0
    cards: int = 0
    apps: int = 0

    @property
    def cash(self) -> int:
        """Cash taken from customers, cents; below zero where the box holds less than its float."""
        return self.end + self.drops - self.start

    @property
    def collected(self) -> int:
        """All that was taken, cents."""
        return self.cash + self.checks + self.cards + self.apps


def checked(money: Money) -> Money:
    """The same money, every amount from nothing to a season's worth. Raises Invalid at its field."""
    return Money(*(values.cents(f"{name}Cents", cents) for name, cents in zip(Money._fields, money, strict=True)))


def counted(pieces: Mapping[int, int]) -> int:
    """Cents in so many pieces of each denomination. Raises Invalid for a note that does not exist."""
    total = 0
    for denomination, number in pieces.items():
        values.choice("cash", str(denomination), tuple(map(str, DENOMINATIONS)))
        total += denomination * values.whole(f"cash-{denomination}", number, 0, MOST_PIECES)
    return values.cents("endCents", total)
