"""Numbered receipts of what passed between the troop and a family: boxes handed out, boxes brought back, money handed in.

A receipt belongs to one entry of the journal; it is never deleted, and void once its entry is taken back. Both sides see it
at once. An adult of the family signs it with a finger where she stands, or confirms it with her own account; a girl never signs.
"""

import re
from collections.abc import Sequence

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, ids, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.inventory import transfers
from gsctracker.domain.inventory.transfers import Line
from gsctracker.domain.money import turn_ins
from gsctracker.domain.people import families, roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

KINDS = ("T2G", "G2T", "payment")
WIDTH, HEIGHT = 600, 200  # the field of a signature
LONGEST_SIGNATURE = 16_000
LEAST_POINTS = 6
_STROKES = re.compile(r"(?:M\d{1,3} \d{1,3}(?:L\d{1,3} \d{1,3})*)+", re.ASCII)

_RECEIPTS = """SELECT receipts.id, receipts.season_id, receipts.number, receipts.entry_id, adult, issued_at, issued_by, signature,
                      signed_at, confirmed_by, confirmed_at, journal.kind, journal.day, journal.method, journal.reference,
                      journal.note, journal.scout_id, scouts.first_name, scouts.last_initial,
                      issuer.first_name AS issuer, confirmer.first_name AS confirmer,
                      ifnull((SELECT sum(cents) FROM money_entries WHERE money_entries.entry_id = journal.id), 0) AS cents,
                      ifnull((SELECT sum(boxes) FROM box_moves WHERE box_moves.entry_id = journal.id), 0) AS boxes,
                      back.id AS void_entry_id, back.note AS void_reason, back.recorded_at AS voided_at
                 FROM receipts JOIN journal ON journal.id = receipts.entry_id JOIN scouts ON scouts.id = journal.scout_id
                 JOIN accounts AS issuer ON issuer.id = issued_by LEFT JOIN accounts AS confirmer ON confirmer.id = confirmed_by
                 LEFT JOIN journal AS back ON back.reverses = journal.id"""


def recent(
    tx: apsw.Connection,
    season_id: int,
    by: Person,
    scout_id: int | None = None,
    before: int = 0,
    limit: int = 50,
    *,
    open_only: bool = False,
) -> list[Row]:
    """The season's receipts she may see, newest first, of one girl or of all; `before` is the number where the page before ended.

    `open_only`: those that count and that nobody of the family signed or confirmed yet.
    """
    roles.require(by, "family.money")
    if scout_id is not None:
        roles.must_see_scout(by, scout_id)
    return many(
        tx,
        f"""{_RECEIPTS}
             WHERE receipts.season_id = :season AND (:scout IS NULL OR journal.scout_id = :scout)
               AND (:everybody OR journal.scout_id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
               AND (:before = 0 OR receipts.number < :before)
               AND (NOT :open_only OR (signature IS NULL AND confirmed_by IS NULL AND back.id IS NULL))
             ORDER BY receipts.number DESC LIMIT :limit""",
        season=season_id,
        scout=scout_id,
        everybody=roles.allows(by, "money.see"),
        account=by.id,
        before=before,
        open_only=open_only,
        limit=limit,
    )


def find(tx: apsw.Connection, receipt_id: int, by: Person) -> Row:
    """One receipt with `.lines` (name, boxes, price_cents). Raises NotFound where it is not there or not hers to see."""
    roles.require(by, "family.money")
    found = one(tx, f"{_RECEIPTS} WHERE receipts.id = :id", id=receipt_id)
    if found is None or not roles.may_see_scout(by, found.scout_id):
        raise NotFound(N_("There is no such receipt."), "no_such_receipt")
    with_lines(tx, [found])
    return found


def with_lines(tx: apsw.Connection, receipts: Sequence[Row]) -> None:
    """Give each of these receipts its `.lines`: name, boxes, price_cents (none where the family owes nothing for them)."""
    if not receipts:
        return
    lines: dict[int, list[Row]] = {receipt.entry_id: [] for receipt in receipts}
    for line in many(
        tx,
        """SELECT box_moves.entry_id, name, box_moves.boxes,
                   (SELECT price_cents FROM money_entries
                     WHERE money_entries.entry_id = box_moves.entry_id AND money_entries.product_id = box_moves.product_id) AS price_cents
              FROM box_moves JOIN products ON products.id = product_id
             WHERE box_moves.entry_id IN (SELECT value FROM json_each(:entries)) ORDER BY box_moves.id""",
        entries=ids(lines),
    ):
        lines[line.entry_id].append(line)
    for receipt in receipts:
        receipt.lines = lines[receipt.entry_id]


def girls(tx: apsw.Connection, season_id: int, by: Person) -> list[int]:
    """The girls whose families have receipts this season, void ones too, by id."""
    roles.require(by, "money.see")
    rows = many(
        tx,
        """SELECT DISTINCT scout_id FROM receipts JOIN journal ON journal.id = entry_id
            WHERE receipts.season_id = :season AND scout_id IS NOT NULL ORDER BY scout_id""",
        season=season_id,
    )
    return [row.scout_id for row in rows]


def taken_away(tx: apsw.Connection, scout_id: int, by: Person) -> None:
    """Write down that a family's receipts left the box in one file."""
    audit.note(tx, by.id, "receipts.taken_away", "scout", scout_id)


def of_entry(tx: apsw.Connection, entry_id: int) -> int | None:
    """The receipt of an entry, or None."""
    found: int | None = value(tx, "SELECT id FROM receipts WHERE entry_id = :entry", entry=entry_id)
    return found


def adults(tx: apsw.Connection, scout_id: int) -> list[str]:
    """The names of the adults who answer for a girl: whoever of them stands there signs."""
    return [row.name for row in families.of_scouts(tx, [scout_id])[scout_id]]


def hand_over(
    tx: apsw.Connection,
    by: Person,
    kind: str,
    scout_id: int | None,
    lines: Sequence[Line],
    *,
    adult: str = "",
    signature: str = "",
    on_liability: bool = True,
    note: str = "",
) -> int:
    """Boxes go to a girl's home (T2G) or come back from it (G2T), with a receipt; gives the receipt's id."""
    values.choice("kind", kind, ("T2G", "G2T"))
    entry_id = transfers.move(tx, by, kind, lines, scout_id=scout_id, on_liability=on_liability, note=note)
    return issue(tx, by, entry_id, adult=adult, signature=signature)


def take_money(
    tx: apsw.Connection,
    by: Person,
    scout_id: int,
    cents: int,
    method: str,
    *,
    adult: str = "",
    signature: str = "",
    reference: str = "",
    day: str | None = None,
    ahead: bool = False,
) -> int:
    """Money a family hands in, in cents, with a receipt; gives the receipt's id.

    Raises Conflict where it is more than the family owes, unless it is meant as paid `ahead`.
    """
    roles.require(by, "money.record")
    scouts.must_be_on_roster(tx, scout_id)
    if not ahead:
        must_owe(tx, scout_id, cents)
    entry_id = turn_ins.turn_in(tx, by, scout_id, cents, method, reference=reference, day=day)
    return issue(tx, by, entry_id, adult=adult, signature=signature)


def must_owe(tx: apsw.Connection, scout_id: int, cents: int) -> None:
    """Raise Conflict where a family hands in more than it owes."""
    owed = value(
        tx,
        "SELECT max(ifnull(sum(cents), 0), 0) FROM family_ledger WHERE season_id = :season AND scout_id = :scout",
        season=seasons.current(tx).id,
        scout=scout_id,
    )
    if values.cents("amountCents", cents, 1) > owed:
        sentence = N_("The family owes $%(owed)s. Take no more than that, or say that it pays ahead.")
        owes = f"{owed / 100:,.2f}"
        raise Conflict(sentence, "more_than_owed", {"amountCents": (sentence, {"owed": owes})}, owed=owes)


def issue(tx: apsw.Connection, by: Person, entry_id: int, *, adult: str = "", signature: str = "") -> int:
    """The receipt of a hand-out, a return or a payment, numbered after the last one of its season; gives its id.

    Raises NotFound where there is no such entry, Conflict where it was taken back or has a receipt.
    """
    roles.require(by, "money.record")
    adult = values.line("adult", adult, 80)
    signature = signed(signature, adult)
    entry = one(
        tx,
        """SELECT season_id, kind, scout_id, reverses, (SELECT later.id FROM journal AS later WHERE later.reverses = journal.id)
                  AS reversed_by FROM journal WHERE id = :id""",
        id=entry_id,
    )
    if entry is None or entry.kind not in KINDS or entry.scout_id is None:
        raise NotFound(N_("There is no such hand-out, return or payment."), "no_such_entry")
    if entry.reverses or entry.reversed_by:
        raise Conflict(N_("That was taken back, so there is nothing to give a receipt for."), "already_reversed")
    if of_entry(tx, entry_id):
        raise Conflict(N_("That has a receipt already."), "has_receipt")
    now = clock.now()
    receipt_id = add(
        tx,
        """INSERT INTO receipts (season_id, number, entry_id, adult, issued_at, issued_by, signature, signed_at)
           SELECT :season, 1 + ifnull(max(number), 0), :entry, :adult, :now, :by, :signature, iif(:signature IS NULL, NULL, :now)
             FROM receipts WHERE season_id = :season""",
        season=entry.season_id,
        entry=entry_id,
        adult=adult,
        now=now,
        by=by.id,
        signature=signature or None,
    )
    audit.note(tx, by.id, "receipt.issued", "receipt", receipt_id)
    return receipt_id


def sign(tx: apsw.Connection, receipt_id: int, by: Person, adult: str, signature: str) -> None:
    """The adult who stands there signs with a finger on the phone of who issued it. Raises Conflict where it is void or signed."""
    roles.require(by, "money.record")
    receipt = find(tx, receipt_id, by)
    _must_be_open(receipt)
    if receipt.signature:
        raise Conflict(N_("This receipt is signed already."), "already_signed")
    adult = values.line("adult", adult, 80, 1)
    strokes = signed(signature, adult)
    if not strokes:
        values.refuse("signature", N_("Sign with a finger in the field."))
    run(
        tx,
        "UPDATE receipts SET adult = :adult, signature = :signature, signed_at = :now WHERE id = :id",
        adult=adult,
        signature=strokes,
        now=clock.now(),
        id=receipt_id,
    )
    audit.note(tx, by.id, "receipt.signed", "receipt", receipt_id)


def confirm(tx: apsw.Connection, receipt_id: int, by: Person) -> None:
    """An adult of the family confirms with her own account what she received, or that she handed it in.

    Raises NotFound where it is not her girl's, Conflict where she issued it herself, or where it is void or confirmed before.
    """
    receipt = find(tx, receipt_id, by)
    if receipt.scout_id not in by.scout_ids:
        raise Conflict(N_("Only an adult of the girl's own family confirms her receipts."), "not_her_family")
    if receipt.issued_by == by.id:
        raise Conflict(
            N_("You issued this receipt yourself. Let another adult of the family confirm it, or sign it."),
            "own_receipt",
        )
    _must_be_open(receipt)
    if receipt.confirmed_by:
        raise Conflict(N_("This receipt is confirmed already."), "already_confirmed")
    run(
        tx,
        "UPDATE receipts SET confirmed_by = :by, confirmed_at = :now WHERE id = :id",
        by=by.id,
        now=clock.now(),
        id=receipt_id,
    )
    audit.note(tx, by.id, "receipt.confirmed", "receipt", receipt_id)


def void(tx: apsw.Connection, receipt_id: int, by: Person, reason: str) -> int:
    """Void a receipt and take back what it is for; it stays in the book. Gives the mirroring entry's id."""
    roles.require(by, "money.record")
    receipt = find(tx, receipt_id, by)
    if receipt.void_entry_id:
        raise Conflict(N_("This receipt is void already."), "already_void")
    reason = values.text("reason", reason, 500, 1)
    undo = turn_ins.take_back if receipt.kind == "payment" else transfers.take_back
    mirror = undo(tx, receipt.entry_id, by, reason)
    audit.note(tx, by.id, "receipt.voided", "receipt", receipt_id)
    return mirror


def _must_be_open(receipt: Row) -> None:
    if receipt.void_entry_id:
        raise Conflict(N_("This receipt is void, so nobody signs it."), "already_void")


def signed(signature: str, adult: str) -> str:
    """The strokes of that adult's signature as they are kept, or nothing where the field is empty. Raises Invalid."""
    strokes = values.line("signature", signature, LONGEST_SIGNATURE)
    if not strokes:
        return ""
    if not _STROKES.fullmatch(strokes) or strokes.count("L") + strokes.count("M") < LEAST_POINTS:
        values.refuse("signature", N_("This is no signature. Clear the field and sign again."))
    if any(x > WIDTH or y > HEIGHT for x, y in points(strokes)):
        values.refuse("signature", N_("This is no signature. Clear the field and sign again."))
    if not adult:
        sentence = N_("Write down who signs.")
        raise Invalid(sentence, "adult_needed", {"adult": sentence})
    return strokes


def points(signature: str) -> list[tuple[int, int]]:
    """Every point of a signature, in its field of WIDTH by HEIGHT."""
    return [(int(x), int(y)) for x, y in re.findall(r"[ML](\d+) (\d+)", signature)]


def strokes(signature: str | None) -> list[list[tuple[int, int]]]:
    """A signature stroke by stroke, each a list of points, as it is drawn."""
    return [points(f"M{stroke}") for stroke in (signature or "").split("M")[1:]]
