"""Booth sheets: recomputed, never trusted."""

import json

import pytest

from gsctracker.domain.booths import booths, sheets
from gsctracker.domain.booths.sheets import Sheet
from gsctracker.domain.season import catalogue
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import make_person, product


@pytest.fixture
def booth(tx, admin):
    return booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")


def file(**more):
    given = {
        "boothSession": {"location": "Market", "date": "2026-02-14", "time": "10:00"},
        "volunteers": [{"name": "Zoe Quillfeather", "in": "10:00"}],
        "inventory": {
            "thinMints": {"start": 36, "end": 9, "sold": 27},
            "caramelDeLites": {"start": 24, "end": 11, "sold": 12},
        },
        "payments": {
            "cash": {"start": 100, "end": 276.00},
            "creditCard": {"card1": "60.00", "card2": 4.5},
            "venmo": {"app1": 5},
        },
        "donations": {"boxes": 5, "cash": 12, "credit": 18},
        "reconciliation": {"totalSold": 40, "expected": 270, "collected": 275.5, "perfect": True},
    }
    return json.dumps(given | more).encode()


def test_every_sum_is_made_again(tx):
    """27 + 13 boxes and 5 Cookie Share at $6 are $270; the file calls 275.50 perfect."""
    found = sheets.read(tx, 1, file())
    sums = sheets.recompute(found, {one.id: one for one in catalogue.products(tx, 1)})
    assert (sums.expected_cents, sums.collected_cents, sums.verdict) == (270_00, 275_50, "over")
    assert [(one.what, one.said, one.ours) for one in sums.differences] == [
        ("Caramel deLites", 12, 13),
        ("verdict_perfect", 0, 5_50),
    ]


def test_each_cookie_has_its_own_price(tx):
    sheet = Sheet(cookies={product(tx, "CCC"): (3, 1, None)}, money={"end": 12_00}, said_expected=12_00)
    dear = {one.id: one for one in catalogue.products(tx, 1)}
    price = dear[product(tx, "CCC")].price_cents
    sums = sheets.recompute(sheet, dear)
    assert sums.expected_cents == 2 * price
    assert sums.verdict == ("perfect" if price == 600 else "under")


@pytest.mark.parametrize(
    "content",
    [
        b"", b"[]", b"{}", b"\xff\xfe", b"[" * 100_000, b'{"inventory": []}', b'{"inventory": {}}', b"x" * 300_000,
        file(inventory={"zebras": {"start": 1}}),
        file(inventory={"thinMints": {"start": 1, "end": 2}}),
        file(inventory={"thinMints": {"start": -1, "end": 0}}),
        file(inventory={"thinMints": {"start": 1.5, "end": 0}}),
        file(inventory={"thinMints": {"start": "many"}}),
        file(inventory={"thinMints": {"start": 10**9}}),
        file(payments={"cash": {"start": 100, "end": -5}}),
        file(payments={"cash": {"start": 100, "end": "lots"}}),
        file(payments={"cash": {"start": 100, "end": 1.005}}),
        file(donations={"boxes": -1}),
    ],
)  # fmt: skip
def test_what_is_no_sheet_is_refused(tx, content):
    with pytest.raises(Invalid):
        given = sheets.read(tx, 1, content)
        pytest.fail(str(given))


def test_a_sheet_is_kept_once_beside_its_booth_without_names(tx, admin, booth):
    found = sheets.read(tx, 1, file())
    with pytest.raises(NotAllowed):
        sheets.keep(tx, make_person(tx, "leader"), booth, found)
    kept = sheets.keep(tx, admin, booth, found, "sheet.json")
    with pytest.raises(Conflict, match="before, for Market"):
        sheets.keep(tx, admin, booth, found)
    row = sheets.find(tx, booth, kept)
    assert row.sheet == found
    assert "Zoe" not in row.said
    assert [one.id for one in sheets.of_booth(tx, booth)] == [kept]
    with pytest.raises(NotFound):
        sheets.find(tx, booth, 99)
