"""What is tried before a season: five scenarios that the box walks through by itself, three that a person does, step by step."""

from dataclasses import dataclass

from gsctracker.errors import NotFound
from gsctracker.words import N_

KINDS = {
    "functional": N_("what it does"),
    "integration": N_("with what is around it"),
    "security": N_("who sees what"),
    "performance": N_("how fast"),
    "usability": N_("how it is to use"),
}


@dataclass(frozen=True)
class Scenario:
    """A scenario: its code, kind and title, its steps in order, whether the box walks through them by itself, and what to do
    where one fails.
    """

    code: str
    kind: str
    title: str
    steps: tuple[str, ...]
    by_itself: bool
    advice: str


SCENARIOS = (
    Scenario(
        "sale",
        "functional",
        N_("A sale, from the customer to the cash box"),
        (
            N_("A troop is set up, with two girls and a first pick-up of cookies"),
            N_("A girl is handed two cases, and owes for them"),
            N_("A customer's order is taken, handed over and paid in cash"),
            N_("The family hands in the money and returns what is left: it owes nothing"),
            N_("Every account together adds up to zero"),
        ),
        True,
        N_("Do not enter real sales: send the report to who looks after the program."),
    ),
    Scenario(
        "booth",
        "functional",
        N_("A booth, from packing to the credit of each girl"),
        (
            N_("A booth is planned and packed from the shelf"),
            N_("It is closed with what was sold and what is in the cash box"),
            N_("The same adult cannot sign it off; another one can"),
            N_("The packages are divided among the girls, none too many"),
            N_("What was not sold is back on the shelf"),
        ),
        True,
        N_("Count booths on paper until it is mended."),
    ),
    Scenario(
        "file",
        "integration",
        N_("A file is brought in, again, and taken back"),
        (
            N_("A roster is read and every girl in it is new"),
            N_("The same file again changes nothing"),
            N_("It is taken back, and the girls are gone from the list of those who sell"),
        ),
        True,
        N_("Do not import the council's files until it is mended."),
    ),
    Scenario(
        "families",
        "security",
        N_("A family sees its own girl and nobody else's"),
        (
            N_("A mother sees her girl's sale"),
            N_("To another mother that sale is not there"),
            N_("A girl does not see what families owe"),
            N_("A leader without the cookies cannot move boxes"),
        ),
        True,
        N_("Do not invite families until it is mended."),
    ),
    Scenario(
        "saturday",
        "performance",
        N_("A busy Saturday"),
        (
            N_("Three hundred sales, one after the other: 19 of 20 within a tenth of a second"),
            N_("The troop's sums are there within a fifth of a second"),
            N_("Every sale is in the sums"),
        ),
        True,
        N_("Put the data on a faster card or disk; see docs/performance.md for what to expect."),
    ),
    Scenario(
        "phone",
        "usability",
        N_("A mother with her phone"),
        (
            N_("Give somebody who has never seen it an invitation: she signs in within five minutes"),
            N_("She finds, without help, what her family owes and why"),
            N_("She takes a sale for her girl and finds it again"),
            N_("She signs up for a booth, and leaves it again"),
            N_("Ask her what was hard, and write it down here"),
        ),
        False,
        N_("Read what was hard together with the first families, and write help for it."),
    ),
    Scenario(
        "paper",
        "usability",
        N_("What is printed"),
        (
            N_("Print a receipt of a hand-out: it fits on its page, and both sides could sign it"),
            N_("Print the sheet of a booth: the volunteer at the table understands it"),
            N_("Print the recovery sheet: the code can be read by a phone's camera"),
        ),
        False,
        N_("Try another browser or printer; a receipt can also be kept as a PDF."),
    ),
    Scenario(
        "disaster",
        "integration",
        N_("The box falls into the water"),
        (
            N_("Somebody who did not set up the box finds a printed recovery sheet"),
            N_("On another machine she starts an empty box and restores the newest copy with the printed key"),
            N_("The last sale, the cash box and the shelf are as they were"),
            N_("It took less than an hour"),
        ),
        False,
        N_("Print a new sheet, name two holders, and do the drill again with the guide beside you."),
    ),
)
"""All eight, in the order in which they are shown. A code is kept with its results: it never changes its meaning."""

_KNOWN = {scenario.code: scenario for scenario in SCENARIOS}


def named(code: str) -> Scenario:
    """The scenario of that code. Raises NotFound."""
    if code not in _KNOWN:
        raise NotFound(
            N_("There is no scenario called %(name)s. There are: %(all)s."),
            "no_such_scenario",
            name=code[:40],
            all=", ".join(_KNOWN),
        )
    return _KNOWN[code]


def must_have_step(code: str, step: int) -> None:
    """Raise NotFound for a step that a scenario does not have."""
    if not 1 <= step <= len(named(code).steps):
        raise NotFound(N_("That scenario has no such step."), "no_such_step")
