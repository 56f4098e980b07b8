"""What phones tap in at a booth: each entry is kept once, in any order and however often it is sent, with its effect.

An entry that cannot stand beside what is known is kept and flagged; a person decides (`settle`). Sales are a running
tally: the count at the end posts what was sold. A count at a change of shift, a closing and a signature act at once.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.booths import booths, closing, entry_effects, hours, presences, states
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotAllowed, NotFound, Refusal
from gsctracker.words import N_

MOST_AT_ONCE = 500
KINDS = ("sale", "undo", "midcount", "close", "sign")
PAYS = ("cash", "card", "other")
DECISIONS = ("accepted", "left_out")


class Entry(NamedTuple):
    """One entry as its phone wrote it: `uid` 32 hexadecimal digits, its time by the phone's clock, seconds to ours.

    `said` by kind: sale {pay, items: [{product, quantity}]}, undo {undoes}, midcount {items}, sign {}, close {counts:
    [{product, remaining, damaged, donated, brought}], share: [{product, quantity}], money, cash, reason, note}.
    """

    uid: str
    device: str
    counter: int
    captured_at: str
    offset_seconds: int
    kind: str
    said: Mapping[str, Any]


class Taken(NamedTuple):
    """What became of an entry: taken, flagged, accepted or left_out; `again` where it was kept before."""

    state: str
    flag: str
    again: bool


def must_tap(tx: apsw.Connection, by: Person, booth_id: int) -> Row:
    """The booth, if she may tap in there: a leader for cookies, or an adult who signed up. Raises NotFound, NotAllowed."""
    booth = booths.look_at(tx, by, booth_id)
    if not closing.may_count(tx, by, booth_id):
        raise NotAllowed(
            N_("Only a cookie leader or an adult who signed up for this booth writes down what it sells."),
            "not_allowed",
        )
    return booth


def take(tx: apsw.Connection, by: Person, booth: Row, entry: Entry) -> Taken:
    """Keep an entry and do what it says, both or neither. The caller has asked `must_tap`.

    The same entry again changes nothing; its uid with other contents is kept and flagged. Raises Invalid only for a time
    that cannot be.
    """
    happened_at = _by_our_clock(entry)
    said = json.dumps(entry.said, sort_keys=True, separators=(",", ":"))
    facts = [booth.id, entry.device, entry.counter, entry.captured_at, entry.kind, said]
    digest = hashlib.sha256(json.dumps(facts).encode()).hexdigest()
    twins = many(tx, "SELECT sha256, state, flag FROM booth_entries WHERE uid = :uid", uid=entry.uid)
    for twin in twins:
        if twin.sha256 == digest:
            return Taken(twin.state, twin.flag or "", True)
    known = {
        "booth": booth.id,
        "uid": entry.uid,
        "sha256": digest,
        "device": entry.device,
        "counter": entry.counter,
        "captured": entry.captured_at,
        "happened": happened_at,
        "now": clock.now(),
        "by": by.id,
        "kind": entry.kind,
        "pay": entry.said.get("pay"),
        "undoes": entry.said.get("undoes"),
        "said": said,
    }
    flag, trouble = (
        ("other_content", {}) if twins else _effect(tx, by, booth, entry.kind, entry.said, happened_at, entry.device)
    )
    entry_id = _keep(tx, known, flag, trouble)
    if entry.kind == "sale":
        _keep_lines(tx, booth, entry_id, entry.said)
        if not flag:
            _open(tx, booth, happened_at)
    if entry.kind == "close" and not flag:
        _sign_those_who_waited(tx, booth)
    return Taken("flagged" if flag else "taken", flag, False)


def settle(tx: apsw.Connection, by: Person, booth_id: int, entry_id: int, decision: str) -> None:
    """A person decides about a flagged entry: it counts after all, or it is left out; it stays in the list either way.

    An accepted entry acts as if it came now; what refuses it then is raised and nothing changes.
    """
    roles.require(by, "stock.move")
    values.choice("decision", decision, DECISIONS)
    booth = booths.find(tx, booth_id)
    row = one(tx, "SELECT * FROM booth_entries WHERE id = :id AND booth_id = :booth", id=entry_id, booth=booth_id)
    if row is None:
        raise NotFound(N_("There is no such entry."), "no_such_entry")
    if row.state != "flagged":
        raise Conflict(N_("Somebody decided about this entry before."), "settled_before")
    if decision == "accepted":
        run(
            tx,
            """UPDATE booth_entries SET state = 'left_out', settled_by = :by, settled_at = :now
                WHERE uid = :uid AND state IN ('taken', 'accepted')""",
            by=by.id,
            now=clock.now(),
            uid=row.uid,
        )
        entry_effects.again(tx, by, booth, row.kind, json.loads(row.said))
    run(
        tx,
        "UPDATE booth_entries SET state = :decision, settled_by = :by, settled_at = :now WHERE id = :id",
        decision=decision,
        by=by.id,
        now=clock.now(),
        id=entry_id,
    )
    audit.note(tx, by.id, "booth.entry_settled", "booth", booth_id, entry=entry_id, decision=decision)


def told(tx: apsw.Connection, by: Person, booth_id: int, new: int, flagged: int) -> None:
    """Write into the audit log that so many new entries came."""
    if new:
        audit.note(tx, by.id, "booth.entries_taken", "booth", booth_id, entries=new, flagged=flagged)


def of_booth(
    tx: apsw.Connection, booth_id: int, *, flagged: bool = False, before: int = 0, limit: int = 50
) -> list[Row]:
    """Entries of a booth, newest first by arrival, from the one before id `before`; `said` and `trouble` are read out.

    `undone` says whether a sale was undone, `sender` who sent it.
    """
    rows = many(
        tx,
        """SELECT booth_entries.*, first_name AS sender,
                  kind = 'sale' AND EXISTS (SELECT 1 FROM booth_entries AS undo WHERE undo.undoes = booth_entries.uid
                      AND undo.booth_id = booth_entries.booth_id AND undo.state IN ('taken', 'accepted')) AS undone
             FROM booth_entries LEFT JOIN accounts ON accounts.id = sent_by
            WHERE booth_id = :booth AND (:flagged = 0 OR booth_entries.state = 'flagged')
              AND (:before = 0 OR booth_entries.id < :before)
            ORDER BY booth_entries.id DESC LIMIT :limit""",
        booth=booth_id,
        flagged=int(flagged),
        before=before,
        limit=limit,
    )
    for row in rows:
        row.said, row.trouble = json.loads(row.said), json.loads(row.trouble)
    return rows


def waiting(tx: apsw.Connection, booth_id: int) -> int:
    """How many entries of a booth wait for a person's decision."""
    return value(tx, "SELECT count(*) FROM booth_entries WHERE booth_id = :booth AND state = 'flagged'", booth=booth_id)


def undecided(tx: apsw.Connection, season_id: int) -> list[Row]:
    """Booths (id, name, waiting) with entries that wait for a person's decision, by their time."""
    return many(
        tx,
        """SELECT booths.id, booths.name, count(*) AS waiting FROM booth_entries JOIN booths ON booths.id = booth_id
            WHERE booth_entries.state = 'flagged' AND season_id = :season
            GROUP BY booths.id ORDER BY booths.starts_at, booths.id LIMIT 200""",
        season=season_id,
    )


def _by_our_clock(entry: Entry) -> str:
    """When it really happened: never later than now, whatever the phone's clock says."""
    if not clock.is_instant(entry.captured_at):
        values.refuse("capturedAt", N_("This must be an instant such as 2026-02-14T18:05:00Z."))
    try:
        corrected = hours.shifted(entry.captured_at, seconds=entry.offset_seconds)
    except OverflowError:
        corrected = ""
    return min(values.instant("capturedAt", corrected), clock.now())


def _effect(
    tx: apsw.Connection, by: Person, booth: Row, kind: str, said: Mapping[str, Any], happened_at: str, device: str
) -> tuple[str, Mapping[str, Any]]:
    """Do what an entry says; gives the flag it gets and the sentence that refused it. A refused one has no effect."""
    try:
        with tx:
            flag = entry_effects.first(tx, by, booth, kind, said, happened_at, device)
    except Refusal as no:
        flag = {"not_closed": "early"}.get(no.code, "refused")
        params = {name: given if isinstance(given, int) else str(given) for name, given in no.params.items()}
        return flag, {"code": no.code, "message": str(no.message), "params": params}
    return flag, {}


def _keep(tx: apsw.Connection, known: Mapping[str, Any], flag: str, trouble: Mapping[str, Any]) -> int:
    return add(
        tx,
        """INSERT INTO booth_entries (booth_id, uid, sha256, device, counter, captured_at, happened_at, received_at, sent_by,
                                      kind, pay, undoes, said, state, flag, trouble)
           VALUES (:booth, :uid, :sha256, :device, :counter, :captured, :happened, :now, :by,
                   :kind, :pay, :undoes, :said, :state, :flag, :trouble)""",
        state="flagged" if flag else "taken",
        flag=flag or None,
        trouble=json.dumps(trouble),
        **known,
    )


def _keep_lines(tx: apsw.Connection, booth: Row, entry_id: int, said: Mapping[str, Any]) -> None:
    for product, boxes in entry_effects.packages(tx, booth, said.get("items", ())):
        run(
            tx,
            """INSERT INTO booth_entry_lines (entry_id, product_id, boxes, price_cents)
               VALUES (:entry, :product, :boxes, :price)""",
            entry=entry_id,
            product=product.id,
            boxes=boxes,
            price=product.price_cents,
        )


def _open(tx: apsw.Connection, booth: Row, happened_at: str) -> None:
    """With its first sale a booth is open; a tap made to try it out, days before, opens nothing."""
    begins = hours.shifted(booth.starts_at, hours=-presences.EARLY_HOURS)
    if booth.status in ("scheduled", "packed") and begins <= happened_at < booth.ends_at:
        booth.status = booths.find(tx, booth.id).status  # a closing of the same batch may have come before
        if booth.status in ("scheduled", "packed"):
            states.follow(tx, booth.id, "open")
            booth.status = "open"


def _sign_those_who_waited(tx: apsw.Connection, booth: Row) -> None:
    """A signature that came before the closing it belongs to is given now; one that does not fit goes on waiting."""
    rows = many(
        tx,
        """SELECT booth_entries.id, accounts.id AS account_id, role, first_name FROM booth_entries
             JOIN accounts ON accounts.id = sent_by WHERE booth_id = :booth AND flag = 'early' AND booth_entries.state = 'flagged'""",
        booth=booth.id,
    )
    for row in rows:
        signer = Person(id=row.account_id, role=row.role, first_name=row.first_name)
        if _effect(tx, signer, booth, "sign", {}, clock.now(), "")[0]:
            continue
        run(
            tx,
            "UPDATE booth_entries SET state = 'accepted', settled_by = :by, settled_at = :now WHERE id = :id",
            by=row.account_id,
            now=clock.now(),
            id=row.id,
        )
