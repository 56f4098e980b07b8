"""COOKIE-29: Cookie Share that a booth's divider shares out credits the girls once, and is nobody's typing mistake."""

from bring_in import SITE, apply, counts, credit, home, orders, owes, totals, transfers

from gsctracker.domain.booths import booths, closing
from gsctracker.domain.imports import undo
from gsctracker.domain.reports import differences, typing_list
from gsctracker.domain.season import seasons
from tests.factories import product


def share(number="0016554", to="Ana Rivera", boxes=2, divider="77"):
    return {
        "type": "COOKIE_SHARE", "number": number, "from": "1234", "to": to, "cookies": {"CShare": boxes},
        "smart_divider_id": divider,
    }  # fmt: skip


def parts(tx, admin):
    found = differences.page(tx, seasons.current(tx).id, admin).lines
    assert all(line.gap == sum(part.boxes for part in line.parts) for line in found)
    return {(line.scout_id, line.code): [(part.code, part.boxes) for part in line.parts] for line in found}


def test_a_dividers_cookie_share_credits_the_girl_and_moves_nothing(tx, admin, ana):
    batch = apply(tx, admin, transfers(share()))

    assert credit(tx, ana) == {"booth": 2} and totals(tx).donated_boxes == 2
    assert home(tx, ana) == {} and owes(tx, ana) == 0
    assert parts(tx, admin) == {(ana, "CShare"): []}
    assert typing_list.page(tx, seasons.current(tx).id, admin) == []
    undo.undo(tx, admin, batch)
    assert credit(tx, ana) == {} and totals(tx).boxes == 0


def test_it_is_never_credited_on_top_of_our_own_booth(tx, admin, ana, bea):
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    donated = product(tx, "CShare")
    closing.close(tx, admin, booth, sold={donated: 4}, cash_cents=24_00)
    closing.credit(tx, admin, booth, [(ana, donated, 3), (bea, donated, 1)])

    apply(tx, admin, transfers(share(boxes=2), share("0016555", "Bea Bell", 2)))

    assert (credit(tx, ana), credit(tx, bea)) == ({"booth": 3}, {"booth": 1})
    assert totals(tx).donated_boxes == 4
    assert parts(tx, admin) == {
        (ana, "CShare"): [("booth_not_divided", -1)],
        (bea, "CShare"): [("booth_not_here", 1)],
    }


def test_what_the_office_divided_beyond_our_booth_goes_to_the_girl_who_lacks_it(tx, admin, ana, bea):
    booth = booths.plan(tx, admin, "Booth 1", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    donated = product(tx, "CShare")
    closing.close(tx, admin, booth, sold={donated: 3}, cash_cents=18_00)
    closing.credit(tx, admin, booth, [(ana, donated, 3)])

    apply(tx, admin, transfers(share(boxes=3), share("0016555", "Bea Bell", 2)))

    assert (credit(tx, ana), credit(tx, bea)) == ({"booth": 3}, {"booth": 2})


def test_a_divider_that_was_run_again_replaces_its_cookie_share(tx, admin, ana, bea):
    apply(tx, admin, transfers(share(), share("0016555", "Bea Bell", 1)))
    apply(tx, admin, transfers(share("0016700", boxes=3)))

    assert (credit(tx, ana), credit(tx, bea)) == ({"booth": 3}, {})


def test_what_the_site_was_given_is_shared_out_and_counted_once(tx, admin, ana):
    donated = SITE | {"Order Type": "Donation", "Donation": 5, "Thin Mints": None}
    apply(tx, admin, orders(donated))
    apply(tx, admin, transfers(share(boxes=5)))

    assert totals(tx).boxes == 5 and totals(tx).revenue_cents == 30_00
    assert credit(tx, ana) == {"booth": 5}
    remarks = differences.page(tx, seasons.current(tx).id, admin).remarks
    assert not [note for note in remarks if "not credited to any girl" in note.message]


def test_the_same_file_again_credits_nothing_again(tx, admin, ana):
    apply(tx, admin, transfers(share()))
    batch = apply(tx, admin, transfers(share(), {"type": "C2T", "number": "1", "cookies": {"TM": 12}}))

    assert counts(tx, batch) == {"same": 1, "new": 1} and credit(tx, ana) == {"booth": 2}


def test_what_was_typed_by_hand_is_no_booths_and_still_proves_a_donation(tx, admin, ana):
    cash = {"Order Type": "Donation", "Donation": 5, "Thin Mints": None, "Payment Status": "CASH"}
    apply(tx, admin, orders(cash))
    apply(tx, admin, transfers(share(), share("0016600", boxes=5, divider=None)))

    assert credit(tx, ana) == {"booth": 2, "donation": 5}
    assert parts(tx, admin) == {(ana, "CShare"): []}


def test_a_donation_whose_card_is_not_charged_waits_and_is_not_typed(tx, admin, ana):
    """e.3: authorised is not synced yet; once captured it follows by itself, so typing it would enter it twice."""
    donated = {"Order Type": "Donation", "Donation": 5, "Thin Mints": None, "Payment Status": "AUTHORIZED"}
    apply(tx, admin, orders(donated))
    apply(tx, admin, transfers({"type": "C2T", "number": "1", "cookies": {"TM": 12}}))

    assert typing_list.page(tx, seasons.current(tx).id, admin) == []
    assert parts(tx, admin) == {(ana, "CShare"): [("share_waits", -5)]}
    (remark,) = [
        note for note in differences.page(tx, seasons.current(tx).id, admin).remarks if "charged" in note.message
    ]
    assert str(remark).startswith("5 donated packages wait until their cards are charged (Ana R.).")

    apply(tx, admin, orders(donated | {"Payment Status": "CAPTURED"}))
    assert parts(tx, admin) == {(ana, "CShare"): [("share_follows", -5)]}
    echo = {"type": "COOKIE_SHARE_D", "number": "D301234567", "to": "Ana Rivera", "cookies": {"CShare": 5}}
    apply(tx, admin, transfers({"type": "C2T", "number": "1", "cookies": {"TM": 12}}, echo))
    assert parts(tx, admin) == {(ana, "CShare"): []}


def test_a_donation_beside_boxes_is_typed_whether_its_card_is_charged_or_not(tx, admin, ana):
    """e.3: in person with a donation never arrives by itself."""
    row = {"Order Type": "In Person Delivery with Donation", "Donation": 2, "Thin Mints": 3}
    apply(tx, admin, orders(row | {"Payment Status": "AUTHORIZED"}, row | {"Order Number": "2"}))

    (item,) = typing_list.page(tx, seasons.current(tx).id, admin)
    assert item.boxes == 4
