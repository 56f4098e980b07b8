"""Who may see what is asked of the database in the list's own question: longer lists ask no more."""

import logging

import pytest

from gsctracker.domain.booths import booths
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import turn_ins
from gsctracker.domain.sales import orders
from gsctracker.domain.sales.orders import Item
from tests import factories

LISTS = {
    "caregiver": ("/sales", "/booths", "/api/sales", "/api/troops/1/scouts", "/api/troops/1/summary", "/api/troops/1/booths"),
    "cookie_leader": (
        "/", "/sales", "/scouts", "/people", "/money", "/money/entries", "/stock", "/stock/moves", "/booths", "/consents", "/goals",
        "/api/sales", "/api/troops/1/scouts", "/api/troops/1/summary", "/api/troops/1/inventory", "/api/troops/1/balances",
    ),
}  # fmt: skip

KEPT = 2
"""Statements whose answers are kept for some requests: they fall to one of the two looks. Nine girls more would be nine at least."""


def made(box, admin, girls):
    """So many girls, each with boxes, four sales and a payment, and a booth for each."""
    with box.write() as tx:
        return tuple(season(tx, admin, girls))


def season(tx, admin, girls):
    transfers.move(tx, admin, "C2T", factories.lines(tx, TM=1200))
    for number in range(girls):
        scout = factories.make_scout(tx, f"Ada{chr(97 + number)}")
        transfers.move(tx, admin, "T2G", factories.lines(tx, TM=20), scout_id=scout)
        for _ in range(4):
            orders.take(tx, admin, [Item("TM", 2)], scout_id=scout)
        turn_ins.turn_in(tx, admin, scout, 600, "cash")
        booths.plan(
            tx, admin, f"Market {number}", f"2030-02-{number + 1:02}T16:00:00Z", f"2030-02-{number + 1:02}T20:00:00Z"
        )
        yield scout


@pytest.mark.parametrize("role", LISTS)
def test_a_longer_list_costs_no_question_more(role, box, admin, signed_in, caplog):
    """PERF-03: authorization adds no statement for a row: three girls' lists and twelve girls' lists ask as often."""
    caplog.set_level(logging.INFO, "gsctracker.access")

    def asked(client):
        found = {}
        for path in LISTS[role]:
            client.get(
                f"{path}?limit=99"
            )  # what a process asks once is asked now, and no answer is at hand for what comes
            caplog.clear()
            assert client.get(f"{path}?limit=100").status_code == 200, path
            found[path] = next(line.queries for line in caplog.records if line.name == "gsctracker.access")
        return found

    few = made(box, admin, 3)
    before = asked(signed_in(role, scout_ids=few if role == "caregiver" else ()))
    more = made(box, admin, 9)
    after = asked(signed_in(role, scout_ids=(*few, *more) if role == "caregiver" else ()))
    more_asked = {path: (before[path], count) for path, count in after.items() if count > before[path] + KEPT}
    assert not more_asked
    assert min(before.values()) > 0
