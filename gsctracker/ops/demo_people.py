"""The pretend troop's people: girls with families, leaders, and an account for each of them. All names are invented."""

from random import Random
from typing import NamedTuple

import apsw

from gsctracker import clock
from gsctracker.domain.people import accounts, consents, families, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop

PASSWORD = "thin mints for all"  # noqa: S105 - of a pretend troop, printed for everybody who starts it
_GIRLS = (
    "Ava", "Bea", "Cleo", "Dalia", "Esme", "Fern", "Gia", "Hana", "Inés", "Juno", "Kira", "Luz", "Mina", "Noor", "Opal",
    "Pia", "Quinn", "Rhea", "Suki", "Tess", "Uma", "Vera", "Willa", "Xenia", "Yara", "Zoe", "Anouk", "Birdie", "Carmen",
    "Dot", "Elsie", "Frida", "Greta", "Hazel", "Isla", "Joy", "Kaya", "Lotte", "Marlo", "Nell",
)  # fmt: skip
_ADULTS = ("Robin", "Sam", "Dana", "Jo", "Kim", "Lee", "Max", "Pat", "Ray", "Alex", "Chris", "Toni", "Jamie", "Casey")
_LETTERS = "BCDFGHJKLMNPRSTVW"
_LEVELS = {2: "brownie", 3: "brownie", 4: "junior", 5: "junior", 6: "cadette", 7: "cadette"}


class Troop(NamedTuple):
    """Who there is: the admin and the cookie leader, who do things; the girls' ids; everybody's sign-in."""

    admin: Person
    cookie_leader: Person
    scout_ids: list[int]
    sign_ins: list[dict[str, str]]


def gather(tx: apsw.Connection, dice: Random, count: int, password_hash: str) -> Troop:
    """Set up the troop with so many girls; the second and the first are sisters."""
    admin_id = troop.set_up(
        tx,
        number="1234",
        name="Troop 1234",
        council="Council of the Example Hills",
        baker="abc",
        year=2026,
        time_zone="America/Chicago",
        email="admin@example.org",
        first_name="Olga",
        last_name="",
        password_hash=password_hash,
    )
    sign_ins: list[dict[str, str]] = []

    def open_account(role: str, name: str, sign_in_name: str, scout_id: int | None = None) -> int:
        first, _, last = name.partition(" ")
        account_id = admin_id
        if role != "admin":
            account_id = accounts.open_account(
                tx,
                sign_in_name=sign_in_name,
                first_name=first,
                last_name=last,
                role=role,
                scout_id=scout_id,
                password_hash=password_hash,
            )
        sign_ins.append({"role": role, "email": sign_in_name, "password": PASSWORD, "name": name})
        return account_id

    open_account("leader", "Lea W.", "leader@example.org")
    cookie_leader = Person(open_account("cookie_leader", "Coco M.", "cookies@example.org"), "cookie_leader", "Coco")
    open_account("admin", "Olga", "admin@example.org")
    girls: list[tuple[str, str, int, int]] = []
    for at in range(count):
        girls.append(_girl(tx, dice, at, girls))
    for at, (_, letter, _, household) in enumerate(girls):
        if all(household != before[3] for before in girls[:at]):
            name = f"{_ADULTS[at % len(_ADULTS)]} {letter}."
            mine = [scout_id for _, _, scout_id, home in girls if home == household]
            email = f"{name.split()[0].lower()}.{letter.lower()}{at + 1}@example.org"
            guardian_id = families.add_guardian(tx, household, name, email, mine, by=None)
            families.attach_account(tx, guardian_id, open_account("caregiver", name, email))
    for first, letter, scout_id, _ in girls:
        consents.record(
            tx,
            scout_id,
            guardian_id=families.of_scouts(tx, [scout_id])[scout_id][0].id,
            signed_on=clock.now()[:10],
            shows_name=True,
            ranks=True,
            evidence="Demo binder",
            by=None,
        )
        open_account("scout", f"{first} {letter}.", _nickname(first, letter), scout_id)
    return Troop(Person(admin_id, "admin", "Olga"), cookie_leader, [scout_id for _, _, scout_id, _ in girls], sign_ins)


def _girl(
    tx: apsw.Connection, dice: Random, at: int, before: list[tuple[str, str, int, int]]
) -> tuple[str, str, int, int]:
    first, letter = _GIRLS[at % len(_GIRLS)], _LETTERS[(at * 5 + at // len(_GIRLS)) % len(_LETTERS)]
    household = None
    if at == 1:
        letter, household = before[0][1], before[0][3]
    grade = dice.choice(list(_LEVELS))
    if household is None:
        household = scouts.open_household(tx, f"{first} {letter}.")
    scout_id = scouts.add_scout(
        tx, first, f"{letter}.", level=_LEVELS[grade], grade=grade, household_id=household, by=None
    )
    return first, letter, scout_id, household


def _nickname(first: str, letter: str) -> str:
    return f"{first}-{letter}".lower().replace("é", "e")
