"""What the file itself holds about receipts, deposits, reminders, files of unpaid balances and agreements, attacked with plain SQL."""

import pytest

from gsctracker.db.rows import run, value
from tests.db.one_of_each import good, insert, put_in, refused, says_no
from tests.db.room import BANKED, COUNTED, DAY, NOW


def entry(tx, kind="payment", **more):
    return insert(tx, "journal", {"season_id": 1, "kind": kind, "day": DAY, "recorded_at": NOW, "scout_id": 1, **more})


@pytest.fixture
def receipt(world):
    """Receipt 1: the family of girl 1 handed money in; nobody signed yet."""
    row = good("receipts", entry_id=entry(world), adult="", signature=None, signed_at=None)
    return insert(world, "receipts", row)


def test_receipts_are_numbered_without_a_gap(world, receipt):
    """Trigger receipts_have_no_gap; each season begins with 1."""
    for number in (1, 3, 7):
        refused(world, "receipts", good("receipts", entry_id=entry(world), number=number), "without a gap|UNIQUE")
    insert(world, "receipts", good("receipts", entry_id=entry(world), number=2))
    season = insert(world, "seasons", good("seasons"))
    insert(world, "receipts", good("receipts", season_id=season, entry_id=entry(world, season_id=season)))


def test_an_entry_has_one_receipt(world, receipt):
    again = value(world, "SELECT entry_id FROM receipts")
    refused(world, "receipts", good("receipts", entry_id=again, number=2), "UNIQUE")


def test_a_receipt_is_of_a_hand_out_a_return_or_a_payment(world):
    """Trigger a_receipt_is_of_a_family."""
    other = insert(world, "seasons", good("seasons"))
    paid = entry(world)
    for wrong in (
        entry(world, "deposit"),
        entry(world, "C2T", scout_id=None),
        entry(world, scout_id=None),
        entry(world, season_id=other),
        entry(world, reverses=paid),
    ):
        refused(world, "receipts", good("receipts", entry_id=wrong), "another season or needs no receipt")


def test_a_receipt_is_never_edited_nor_deleted(world, receipt):
    """Triggers family_receipts_are_kept and family_receipts_stay."""
    for change in (
        "number = 2",
        "issued_at = '2026-02-15T00:00:00Z'",
        "entry_id = entry_id",
        "issued_by = 1",
        "season_id = 1",
    ):
        says_no(world, f"UPDATE receipts SET {change}", "never edited")
    says_no(world, "DELETE FROM receipts", "never deleted")


def test_a_signature_stays(world, receipt):
    """Triggers a_signed_receipt_stays_so and a_confirmed_receipt_stays_so."""
    run(world, "UPDATE receipts SET adult = 'Gia', signature = 'M1 1L2 2', signed_at = :now", now=NOW)
    for change in ("signature = 'M9 9L8 8'", "adult = 'Hal'", "signature = NULL, signed_at = NULL"):
        says_no(world, f"UPDATE receipts SET {change}", "a signature stays")
    mother = a_mother(world)
    run(world, "UPDATE receipts SET confirmed_by = :her, confirmed_at = :now", her=mother, now=NOW)
    says_no(world, "UPDATE receipts SET confirmed_by = NULL, confirmed_at = NULL", "a signature stays")


def a_mother(tx, girl=1):
    her = insert(tx, "accounts", good("accounts", role="caregiver", sign_in_name=f"mother{girl}@example.org"))
    guardian = insert(tx, "guardians", good("guardians", account_id=her, email=None))
    insert(tx, "guardian_scouts", {"guardian_id": guardian, "scout_id": girl})
    return her


def test_only_an_adult_of_her_family_confirms(world, receipt):
    """Trigger a_receipt_is_confirmed_by_her_family: not another family's mother, not a leader."""
    other = insert(world, "scouts", good("scouts"))
    leader = insert(world, "accounts", good("accounts"))
    for who in (a_mother(world, other), leader):
        sql = "UPDATE receipts SET confirmed_by = :who, confirmed_at = :now"
        says_no(world, sql, "an adult of her family", who=who, now=NOW)


def test_a_receipt_is_voided_with_a_reason(world, receipt):
    """Trigger a_receipt_is_voided_with_a_reason."""
    paid = value(world, "SELECT entry_id FROM receipts")
    back = {"season_id": 1, "kind": "payment", "day": DAY, "recorded_at": NOW, "scout_id": 1, "reverses": paid}
    refused(world, "journal", back, "voided with a reason")
    insert(world, "journal", {**back, "note": "counted wrongly"})


@pytest.fixture
def counted(world):
    """Deposit 1 was counted by account 1 and waits for another."""
    world.execute(COUNTED)
    return world


def test_a_deposit_goes_from_counted_to_verified_to_banked_and_never_back(counted):
    """Triggers a_counted_deposit_keeps_its_figures, a_verified_deposit_stays_so, a_banked_deposit_stays_so, deposits_stay."""
    says_no(counted, "UPDATE deposits SET cash_cents = 1", "keeps its figures")
    says_no(counted, f"UPDATE deposits SET verified_by = 1, verified_at = '{NOW}'", "CHECK")
    run(counted, f"UPDATE deposits SET verified_by = 5, verified_at = '{NOW}'")
    says_no(counted, "UPDATE deposits SET verified_by = NULL, verified_at = NULL", "stays so")
    banked(counted)
    says_no(counted, "UPDATE deposits SET entry_id = NULL", "closed")
    says_no(counted, "DELETE FROM deposits", "never deleted")


def banked(tx, cents=1800):
    at = entry(tx, "deposit", scout_id=None)
    insert(tx, "money_entries", {"entry_id": at, "debit": 3, "credit": 2, "cents": cents})
    run(tx, "UPDATE deposits SET entry_id = :at", at=at)


def test_a_deposit_is_banked_as_it_was_counted(counted):
    """Trigger a_deposit_is_banked_as_counted."""
    run(counted, f"UPDATE deposits SET verified_by = 5, verified_at = '{NOW}'")
    at = entry(counted, "deposit", scout_id=None)
    insert(counted, "money_entries", {"entry_id": at, "debit": 3, "credit": 2, "cents": 1799})
    says_no(counted, f"UPDATE deposits SET entry_id = {at}", "as it was counted")


def test_a_payment_goes_to_the_bank_once(counted):
    insert(counted, "deposit_payments", {"entry_id": 73, "deposit_id": 1})
    refused(counted, "deposit_payments", {"entry_id": 73, "deposit_id": 1}, "UNIQUE")


@pytest.mark.parametrize("table", ["reminders", "agreements"])
def test_what_was_said_stays_said(world, table):
    """Triggers reminders_are_kept, reminders_stay, agreements_are_kept and agreements_stay."""
    insert(world, table, good(table))
    says_no(world, f"UPDATE {table} SET note = 'never'", "stays said")
    says_no(world, f"DELETE FROM {table}", "stays said")


def test_a_file_is_one_and_is_settled_once(world):
    """Triggers a_file_keeps_its_figures, a_settled_file_stays_so and files_stay."""
    put_in(world, "unpaid_files", good("unpaid_files"))
    refused(world, "unpaid_files", good("unpaid_files", outcome=None, settled_on=None, entry_id=None), "UNIQUE")
    says_no(world, "UPDATE unpaid_files SET cents = 1", "keeps its figures")
    says_no(world, "UPDATE unpaid_files SET outcome = 'paid'", "is settled")
    says_no(world, "DELETE FROM unpaid_files", "never deleted")


def test_a_filed_family_pays_the_council_and_not_the_troop(world):
    """Trigger a_filed_family_pays_the_council; a withdrawn file lets payments in again."""
    world.execute(BANKED)
    row = good("unpaid_files", outcome=None, settled_on=None, entry_id=None)
    insert(world, "unpaid_files", row)
    pays = {"season_id": 1, "kind": "payment", "day": DAY, "recorded_at": NOW, "scout_id": 1}
    refused(world, "journal", pays, "paid to the council")
    run(world, "UPDATE unpaid_files SET outcome = 'withdrawn', settled_on = :day", day=DAY)
    insert(world, "journal", pays)
    insert(world, "unpaid_files", row)  # and a new one may follow
