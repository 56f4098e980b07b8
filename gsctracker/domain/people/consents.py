"""What a guardian agrees to for her girl: given, renewed, taken back, run out. Rows are never edited; the newest counts.

A girl takes part without any of it. Consent is what an account of her own needs, and what shows her name or her figures to
other families. It is signed on paper and recorded by a leader, or given by mail (consent_letters); it ends with its season, after a
year, or at once when it is taken back. Three years after that its record goes too.
"""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotAllowed
from gsctracker.words import N_

_COLUMNS = """id, scout_id, kind, guardian_id, shows_name, ranks, method, evidence, notice_hash, signed_on, expires_on, recorded_at,
              recorded_by"""
KEPT_YEARS = 3
NOT_HER_GUARDIAN = N_("Choose an adult who answers for her.")


def record(
    tx: apsw.Connection,
    scout_id: int,
    *,
    guardian_id: int,
    signed_on: str,
    shows_name: bool = False,
    ranks: bool = False,
    evidence: str = "",
    notice_hash: str = "",
    address: str = "",
    by: Person | None,
) -> int:
    """A guardian's signed paper was seen by a leader; gives the record's id. `signed_on` is a day; it holds for the
    season under way, a year at most.

    It replaces what was agreed before; an account of the girl that slept for want of it wakes. `by` None: the operator. Raises
    Invalid for an adult who does not answer for her, for a day to come, and for a paper older than a year.
    """
    if by is not None:
        roles.require(by, "consents.record")
    scouts.must_be_on_roster(tx, scout_id)
    if not one(
        tx,
        "SELECT 1 AS yes FROM guardian_scouts WHERE guardian_id = :guardian AND scout_id = :scout",
        guardian=guardian_id,
        scout=scout_id,
    ):
        raise Invalid(NOT_HER_GUARDIAN, "not_her_guardian", {"guardian": NOT_HER_GUARDIAN})
    signed_on = values.day("signedOn", signed_on)
    if signed_on > clock.after(days=1)[:10]:
        sentence = N_("This day has not come yet.")
        raise Invalid(sentence, "signed_in_future", {"signedOn": sentence})
    until = _a_year_after(signed_on)
    if until < clock.now()[:10]:
        sentence = N_("This paper is older than a year: have it signed anew.")
        raise Invalid(sentence, "signed_too_long_ago", {"signedOn": sentence})
    consent_id = add(
        tx,
        """INSERT INTO consents (scout_id, season_id, kind, guardian_id, shows_name, ranks, method, evidence, notice_hash, signed_on,
                                 expires_on, recorded_at, recorded_by, address)
           VALUES (:scout, (SELECT id FROM seasons WHERE is_current = 1), 'given', :guardian, :shows, :ranks, 'paper', :evidence,
                   :notice, :signed, :until, :now, :by, :address)""",
        scout=scout_id,
        guardian=guardian_id,
        shows=int(shows_name),
        ranks=int(ranks),
        evidence=values.line("evidence", evidence, 120),
        notice=notice_hash,
        signed=signed_on,
        until=until,
        now=clock.now(),
        by=by.id if by else None,
        address=address[:45],
    )
    _wake(tx, scout_id, consent_id)
    scopes = [name for name, is_given in (("shows_name", shows_name), ("ranks", ranks)) if is_given]
    audit.note(
        tx, by.id if by else None, "consent.given", "scout", scout_id, consent=consent_id, scopes=scopes, until=until
    )
    return consent_id


def record_by_mail(tx: apsw.Connection, letter: Row) -> int:
    """A guardian said yes to a letter and the second one has gone out: from now on it counts; gives the record's id.

    It shows nothing of her to others. Where a paper that stands shows more, the paper stays: nothing is taken back by saying yes.
    """
    present = standing(tx, letter.scout_id)
    if present is not None and present.method == "paper":
        return present.id
    signed_on = letter.answered_at[:10]
    consent_id = add(
        tx,
        """INSERT INTO consents (scout_id, season_id, kind, guardian_id, method, notice_hash, signed_on, expires_on, recorded_at,
                                 recorded_by, address)
           VALUES (:scout, (SELECT id FROM seasons WHERE is_current = 1), 'given', :guardian, 'email_plus', :notice, :signed, :until,
                   :now, :by, :address)""",
        scout=letter.scout_id,
        guardian=letter.guardian_id,
        notice=letter.notice_hash,
        signed=signed_on,
        until=_a_year_after(signed_on),
        now=clock.now(),
        by=letter.asked_by,
        address=letter.address,
    )
    _wake(tx, letter.scout_id, consent_id)
    audit.note(
        tx,
        None,
        "consent.given",
        "scout",
        letter.scout_id,
        consent=consent_id,
        scopes=[],
        until=_a_year_after(signed_on),
    )
    return consent_id


def withdraw(tx: apsw.Connection, scout_id: int, by: Person, address: str = "") -> None:
    """Take it all back at once: the girl's account ends everywhere and her name is shown to nobody else.

    A guardian does so for her own girl; a leader notes that a guardian told her. Raises Conflict where nothing stands.
    """
    may_decide(by, scout_id)
    if standing(tx, scout_id) is None:
        raise Conflict(N_("Nothing is agreed for her, so there is nothing to take back."), "no_consent")
    guardian = one(
        tx,
        """SELECT guardians.id FROM guardians JOIN guardian_scouts ON guardian_id = guardians.id
            WHERE account_id = :account AND scout_id = :scout""",
        account=by.id,
        scout=scout_id,
    )
    _withdraw(tx, scout_id, guardian.id if guardian else None, by.id, address)


def withdraw_by_mail(tx: apsw.Connection, scout_id: int, guardian_id: int, address: str) -> None:
    """A guardian takes it all back by the link that only she was sent."""
    _withdraw(tx, scout_id, guardian_id, None, address)


def withdraw_again(tx: apsw.Connection, scout_id: int) -> None:
    """A copy of before was put back in which consent stands that was taken back since: it stays taken back."""
    added = run(
        tx,
        """INSERT INTO consents (scout_id, season_id, kind, method, signed_on, recorded_at)
           SELECT scout_id, season_id, 'withdrawn', method, :today, :now FROM standing_consents WHERE scout_id = :scout""",
        scout=scout_id,
        today=clock.now()[:10],
        now=clock.now(),
    )
    if added:
        audit.note(tx, None, "consent.withdrawn_again", "scout", scout_id)


def may_decide(by: Person, scout_id: int) -> None:
    """Raise unless she is an adult of the girl's family, or a leader: NotFound where the girl is not hers to see."""
    roles.must_see_scout(by, scout_id)
    if by.role == "scout":
        raise NotAllowed(N_("That is for the adults who answer for you."), "not_allowed")


def standing(tx: apsw.Connection, scout_id: int) -> Row | None:
    """What is agreed for her today, or None: never asked, taken back, or run out."""
    return one(
        tx,
        f"SELECT {_COLUMNS} FROM standing_consents WHERE scout_id = :scout AND expires_on >= :today",
        scout=scout_id,
        today=clock.now()[:10],
    )


def must_stand(tx: apsw.Connection, scout_id: int) -> int:
    """The id of what is agreed for her. Raises Conflict where nothing is."""
    consent = standing(tx, scout_id)
    if consent is None:
        sentence = N_("No guardian's consent is recorded for her, so she cannot have an account yet.")
        raise Conflict(sentence, "consent_needed")
    return consent.id


def history(tx: apsw.Connection, scout_id: int, by: Person) -> list[Row]:
    """Every word given and taken back for her, newest first, with the guardian's name. Raises NotFound."""
    may_decide(by, scout_id)
    return many(
        tx,
        """SELECT consents.id, kind, shows_name, ranks, method, evidence, signed_on, expires_on, recorded_at, guardians.name
             FROM consents LEFT JOIN guardians ON guardians.id = guardian_id
            WHERE scout_id = :scout ORDER BY consents.id DESC""",
        scout=scout_id,
    )


def may_be_named(tx: apsw.Connection) -> frozenset[int]:
    """The girls whose first name and initial other families may read today."""
    return _with(tx, "shows_name")


def may_be_ranked(tx: apsw.Connection) -> frozenset[int]:
    """The girls whose figures may stand beside those of others today."""
    return _with(tx, "ranks")


def page(tx: apsw.Connection, by: Person, after: int = 0, limit: int = 50) -> list[Row]:
    """The active girls by roster order, each with what stands (consent_id, shows_name, ranks, expires_on or None) and her account."""
    roles.require(by, "consents.record")
    return many(
        tx,
        """SELECT scouts.id, first_name, last_initial, word.id AS consent_id, word.shows_name, word.ranks, word.expires_on,
                  (SELECT state FROM accounts WHERE accounts.scout_id = scouts.id) AS account
             FROM scouts LEFT JOIN standing_consents AS word ON word.scout_id = scouts.id AND word.expires_on >= :today
            WHERE scouts.id > :after AND status = 'active' ORDER BY scouts.id LIMIT :limit""",
        today=clock.now()[:10],
        after=after,
        limit=limit,
    )


def forget(tx: apsw.Connection) -> int:
    """Remove records that ended more than KEPT_YEARS ago; gives how many. What was given goes before the word that took it back, and a
    girl's account that has slept ever since keeps nothing of it.
    """
    last_day = f"{int(clock.now()[:4]) - KEPT_YEARS}{clock.now()[4:10]}"
    run(
        tx,
        """UPDATE accounts SET consent_id = NULL
            WHERE state = 'disabled' AND consent_id IN (SELECT id FROM consents WHERE expires_on < :last)""",
        last=last_day,
    )
    gone = run(
        tx,
        """DELETE FROM consents WHERE expires_on < :last
              AND NOT EXISTS (SELECT 1 FROM accounts WHERE consent_id = consents.id)""",
        last=last_day,
    )
    gone += run(
        tx,
        """DELETE FROM consents WHERE kind = 'withdrawn' AND date(recorded_at) < :last
              AND NOT EXISTS (SELECT 1 FROM consents AS earlier WHERE earlier.scout_id = consents.scout_id AND earlier.id < consents.id)""",
        last=last_day,
    )
    if gone:
        audit.note(tx, None, "consent.records_over", "consents", None, records=gone, years=KEPT_YEARS)
    return gone


def put_to_rest(tx: apsw.Connection) -> int:
    """Disable the accounts of girls whose consent has run out; gives how many. They could not sign in since that day."""
    over = many(
        tx,
        """SELECT id FROM accounts WHERE role = 'scout' AND state = 'active'
              AND NOT EXISTS (SELECT 1 FROM standing_consents AS word WHERE word.id = consent_id AND expires_on >= :today)""",
        today=clock.now()[:10],
    )
    for row in over:
        run(tx, "DELETE FROM sessions WHERE account_id = :id", id=row.id)
        run(tx, "UPDATE accounts SET state = 'disabled' WHERE id = :id", id=row.id)
        audit.note(tx, None, "consent.ended", "account", row.id)
    return len(over)


def _wake(tx: apsw.Connection, scout_id: int, consent_id: int) -> None:
    run(
        tx,
        "UPDATE accounts SET consent_id = :consent, state = 'active' WHERE scout_id = :scout",
        consent=consent_id,
        scout=scout_id,
    )


def _withdraw(
    tx: apsw.Connection, scout_id: int, guardian_id: int | None, account_id: int | None, address: str
) -> None:
    consent_id = add(
        tx,
        """INSERT INTO consents (scout_id, season_id, kind, guardian_id, method, signed_on, recorded_at, recorded_by, address)
           SELECT :scout, season_id, 'withdrawn', :guardian, method, :today, :now, :by, :address
             FROM standing_consents WHERE scout_id = :scout""",
        scout=scout_id,
        guardian=guardian_id,
        today=clock.now()[:10],
        now=clock.now(),
        by=account_id,
        address=address[:45],
    )
    audit.note(tx, account_id, "consent.withdrawn", "scout", scout_id, consent=consent_id)


def _a_year_after(day: str) -> str:
    year, rest = int(day[:4]) + 1, day[4:]
    return f"{year}{'-02-28' if rest == '-02-29' else rest}"


def _with(tx: apsw.Connection, scope: str) -> frozenset[int]:
    return frozenset(
        row.scout_id
        for row in many(
            tx,
            f"SELECT scout_id FROM standing_consents WHERE {scope} = 1 AND expires_on >= :today",
            today=clock.now()[:10],
        )
    )


def find_girl(tx: apsw.Connection, scout_id: int, by: Person) -> Row:
    """The girl (as `scouts.find`), for an adult who may decide for her. Raises NotFound."""
    may_decide(by, scout_id)
    return scouts.find(tx, scout_id, by)
