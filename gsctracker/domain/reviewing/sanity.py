"""How unlike the others an entry is: points from 0 to 100, and what a leader decided about it. It never stops an entry.

Entries are looked at after they were made (sales, payments, booth closings), so nothing here can refuse, slow or lose one. From
REVIEW_FROM on a leader is asked to look, from FLAG_FROM on it stands first. Where the looking itself fails the entry passes:
it is written down as such and logged.
"""

import json
import logging
from collections.abc import Callable
from datetime import datetime, timedelta

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.sanity")

REVIEW_FROM, FLAG_FROM = 30, 70
DECISIONS = ("fine", "corrected")

POINTS = {"burst": 25, "unusual": 30, "new_person": 30, "many_edits": 20, "cash_mismatch": 35, "double": 40}
"""What each finding counts; together at most 100."""

SENTENCES = {
    "burst": N_("Ten entries or more by one person within five minutes."),
    "unusual": N_("More than four times what such an entry usually comes to."),
    "new_person": N_("A large entry by somebody whose account is less than a week old."),
    "many_edits": N_("The sale was changed three times or more."),
    "cash_mismatch": N_("The cash of the booth is ten dollars or more off."),
    "double": N_("The same was entered within a day for the same girl."),
    "failed": N_("It could not be looked at, so it passed."),
}

BURST, BURST_MINUTES = 10, 5
USUAL_TIMES, USUAL_FROM = 4, 10
NEW_DAYS, LARGE_CENTS = 7, 100_00
EDITS = 3
MISMATCH_CENTS = 10_00
LOOK_BACK_DAYS = 7
MOST_AT_ONCE = 500


_CHECKS = """SELECT entry_checks.*, journal.kind, day, recorded_at, order_id, booth_id, journal.scout_id,
                    scouts.first_name AS scout_first_name, scouts.last_initial AS scout_last_initial,
                    recorder.first_name AS recorder, decider.first_name AS decider
               FROM entry_checks JOIN journal ON journal.id = entry_id
               LEFT JOIN scouts ON scouts.id = journal.scout_id LEFT JOIN accounts AS recorder ON recorder.id = recorded_by
               LEFT JOIN accounts AS decider ON decider.id = decided_by"""


_ENTRIES = """SELECT id, kind, recorded_at, recorded_by, scout_id, order_id, booth_id, season_id FROM journal
               WHERE kind IN ('sale', 'payment', 'booth_sale') AND reverses IS NULL AND batch_id IS NULL
                 AND recorded_by IS NOT NULL"""


def catch_up(tx: apsw.Connection) -> int:
    """Look at the entries by people since the last that was looked at, some hundred at a time; gives how many."""
    waiting = many(
        tx,
        f"""{_ENTRIES} AND id > (SELECT ifnull(max(entry_id), 0) FROM entry_checks) AND recorded_at >= :since
             ORDER BY id LIMIT :most""",
        since=clock.instant(datetime.fromisoformat(clock.now()) - timedelta(days=LOOK_BACK_DAYS)),
        most=MOST_AT_ONCE,
    )
    for entry in waiting:
        _look(tx, entry)
    return len(waiting)


def look_from(tx: apsw.Connection, entry_id: int) -> None:
    """Look at this entry and those after it; those before are passed over for good."""
    for entry in many(tx, f"{_ENTRIES} AND id >= :id ORDER BY id LIMIT :most", id=entry_id, most=MOST_AT_ONCE):
        _look(tx, entry)


def score(tx: apsw.Connection, entry: Row) -> list[str]:
    """What is unlike the others in an entry, by code."""
    cents = value(
        tx, "SELECT ifnull(sum(cents), 0) FROM money_entries WHERE entry_id = :id AND credit <> 6", id=entry.id
    )
    if entry.order_id:
        cents = value(tx, "SELECT amount_cents FROM orders WHERE id = :id", id=entry.order_id)
    return [code for code, holds in _FINDINGS.items() if holds(tx, entry, cents)]


def points(findings: list[str]) -> int:
    """Together from 0 to 100."""
    return min(100, sum(POINTS[code] for code in findings if code in POINTS))


def verdict(score: int) -> str:
    """`allow`, `review` or `flag`."""
    return "flag" if score >= FLAG_FROM else "review" if score >= REVIEW_FROM else "allow"


def to_review(tx: apsw.Connection, by: Person, *, history: bool = False, before: int = 0, limit: int = 50) -> list[Row]:
    """Entries from REVIEW_FROM points on that nobody decided about, the most points first; or every check, newest first."""
    roles.require(by, "money.see")
    if history:
        rows = many(
            tx,
            f"{_CHECKS} WHERE :before = 0 OR entry_id < :before ORDER BY entry_id DESC LIMIT :limit",
            before=before,
            limit=limit,
        )
    else:
        rows = many(
            tx,
            f"{_CHECKS} WHERE score >= {REVIEW_FROM} AND decision IS NULL ORDER BY score DESC, entry_id DESC LIMIT :limit",
            limit=limit,
        )
    for row in rows:
        row.findings, row.verdict = json.loads(row.findings), verdict(row.score)
    return rows


def decide(tx: apsw.Connection, by: Person, entry_id: int, decision: str, note: str = "") -> None:
    """Say that an entry is fine as it is, or that it was corrected. Raises NotFound, Conflict the second time."""
    roles.require(by, "money.record")
    decision = values.choice("decision", decision, DECISIONS)
    note = values.text("note", note, 500)
    found = one(tx, "SELECT decision FROM entry_checks WHERE entry_id = :id", id=entry_id)
    if found is None:
        raise NotFound(N_("There is no such entry."), "no_such_entry")
    if found.decision:
        raise Conflict(N_("Somebody decided about this entry before."), "already_decided")
    run(
        tx,
        """UPDATE entry_checks SET decision = :decision, decided_by = :by, decided_at = :now, note = :note WHERE entry_id = :id""",
        decision=decision,
        by=by.id,
        now=clock.now(),
        note=note,
        id=entry_id,
    )
    audit.note(tx, by.id, "entry.reviewed", "journal", entry_id, decision=decision)


def _look(tx: apsw.Connection, entry: Row) -> None:
    try:
        findings = score(tx, entry)
    except Exception:  # sanity, not suspicion: whatever is wrong with the looking, the entry stands
        logger.exception("entry %d could not be looked at", entry.id, extra={"event": "sanity_failed"})
        findings = ["failed"]
    run(
        tx,
        "INSERT INTO entry_checks (entry_id, checked_at, score, findings) VALUES (:id, :now, :score, :findings)",
        id=entry.id,
        now=clock.now(),
        score=points(findings),
        findings=json.dumps(findings),
    )


def _burst(tx: apsw.Connection, entry: Row, cents: int) -> bool:
    since = clock.instant(datetime.fromisoformat(entry.recorded_at) - timedelta(minutes=BURST_MINUTES))
    return (
        value(
            tx,
            """SELECT count(*) FROM (SELECT recorded_at, recorded_by FROM journal
                                  WHERE id <= :id AND kind IN ('sale', 'payment', 'booth_sale') AND reverses IS NULL
                                  ORDER BY id DESC LIMIT 60)
            WHERE recorded_by = :by AND recorded_at >= :since""",
            id=entry.id,
            by=entry.recorded_by,
            since=since,
        )
        >= BURST
    )


def _unusual(tx: apsw.Connection, entry: Row, cents: int) -> bool:
    usual = one(
        tx,
        """SELECT count(*) AS n, ifnull(sum(cents), 0) AS cents
             FROM (SELECT CASE WHEN order_id IS NULL
                               THEN (SELECT sum(cents) FROM money_entries WHERE entry_id = journal.id AND credit <> 6)
                               ELSE (SELECT amount_cents FROM orders WHERE id = order_id) END AS cents
                     FROM journal WHERE id < :id AND season_id = :season AND kind = :kind AND reverses IS NULL
                    ORDER BY id DESC LIMIT 200)""",
        id=entry.id,
        season=entry.season_id,
        kind=entry.kind,
    )
    assert usual is not None
    return usual.n >= USUAL_FROM and cents * usual.n > USUAL_TIMES * usual.cents


def _new_person(tx: apsw.Connection, entry: Row, cents: int) -> bool:
    opened = value(tx, "SELECT created_at FROM accounts WHERE id = :id", id=entry.recorded_by)
    young = datetime.fromisoformat(entry.recorded_at) - datetime.fromisoformat(opened) < timedelta(days=NEW_DAYS)
    return cents >= LARGE_CENTS and young


def _many_edits(tx: apsw.Connection, entry: Row, cents: int) -> bool:
    return (
        entry.order_id is not None
        and value(
            tx,
            "SELECT count(*) FROM journal WHERE order_id = :id AND kind = 'sale' AND reverses IS NOT NULL",
            id=entry.order_id,
        )
        >= EDITS
    )


def _cash_mismatch(tx: apsw.Connection, entry: Row, cents: int) -> bool:
    off = value(tx, "SELECT sum(cents) FROM money_entries WHERE entry_id = :id AND 6 IN (debit, credit)", id=entry.id)
    return (off or 0) >= MISMATCH_CENTS


def _double(tx: apsw.Connection, entry: Row, cents: int) -> bool:
    """The same girl, kind, day's reach and sum; for a sale the same customer as well."""
    if entry.booth_id is not None or entry.scout_id is None:
        return False
    since = clock.instant(datetime.fromisoformat(entry.recorded_at) - timedelta(days=1))
    return bool(
        one(
            tx,
            """SELECT 1 AS yes FROM standing_entries AS other
                WHERE other.id < :id AND scout_id = :scout AND kind = :kind AND recorded_at >= :since
                  AND CASE WHEN :order IS NULL
                           THEN (SELECT sum(cents) FROM money_entries WHERE entry_id = other.id) = :cents
                           ELSE other.order_id <> :order AND EXISTS (
                                SELECT 1 FROM orders AS theirs JOIN orders AS mine ON mine.id = :order
                                 WHERE theirs.id = other.order_id AND theirs.amount_cents = mine.amount_cents
                                   AND theirs.customer_name = mine.customer_name) END""",
            id=entry.id,
            scout=entry.scout_id,
            kind=entry.kind,
            since=since,
            order=entry.order_id,
            cents=cents,
        )
    )


_FINDINGS: dict[str, Callable[[apsw.Connection, Row, int], bool]] = {
    "burst": _burst,
    "unusual": _unusual,
    "new_person": _new_person,
    "many_edits": _many_edits,
    "cash_mismatch": _cash_mismatch,
    "double": _double,
}
