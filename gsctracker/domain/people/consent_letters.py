"""Consent by e-mail, in two letters: the guardian says yes to the first, a day later a second one tells her how to take it back, and
only when that has gone out it is a consent. COPPA calls it e-mail plus (16 CFR 312.5(b)(2)); it gives the girl an account and no more:
what other families see of her is signed on paper.

A letter is a row that goes from asked to sent, agreed and stands, or ends as refused or over. Who sends it is ops/consent_mail.
"""

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import consents, notices_accepted, scouts, secrets
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

SECOND_AFTER_HOURS = 24
OPEN_DAYS = 7
KEPT_DAYS = 30
MOST_IN_A_DAY = 3


def ask(tx: apsw.Connection, scout_id: int, guardian_id: int, by: Person) -> int:
    """A guardian is to be asked by mail; gives the letter's id. What she was sent before works no longer.

    Raises NotFound, Invalid (no address, not her guardian) and Conflict: she has said yes already, or was asked too often today.
    """
    consents.may_decide(by, scout_id)
    scouts.must_be_on_roster(tx, scout_id)
    adult = one(
        tx,
        """SELECT email FROM guardians JOIN guardian_scouts ON guardian_id = guardians.id
            WHERE guardians.id = :guardian AND scout_id = :scout""",
        guardian=guardian_id,
        scout=scout_id,
    )
    if adult is None:
        raise Invalid(consents.NOT_HER_GUARDIAN, "not_her_guardian", {"asked": consents.NOT_HER_GUARDIAN})
    if not adult.email:
        sentence = N_("There is no e-mail address of this adult. Add it on the girl's page, or use paper.")
        raise Invalid(sentence, "no_address", {"asked": sentence})
    before = of(tx, scout_id, by)
    if before is not None and before.state == "agreed":
        raise Conflict(N_("She has said yes. It counts as soon as the second letter has gone out."), "agreed_already")
    asked_today = value(
        tx,
        "SELECT count(*) FROM consent_letters WHERE scout_id = :scout AND asked_at > :since",
        scout=scout_id,
        since=clock.after(days=-1),
    )
    if asked_today >= MOST_IN_A_DAY:
        raise Conflict(N_("She was asked %(n)d times today. Try again tomorrow."), "asked_often", n=MOST_IN_A_DAY)
    run(
        tx,
        "UPDATE consent_letters SET state = 'over', link_hash = NULL WHERE scout_id = :scout AND state IN ('asked', 'sent')",
        scout=scout_id,
    )
    letter_id = add(
        tx,
        "INSERT INTO consent_letters (scout_id, guardian_id, asked_by, asked_at) VALUES (:scout, :guardian, :by, :now)",
        scout=scout_id,
        guardian=guardian_id,
        by=by.id,
        now=clock.now(),
    )
    audit.note(tx, by.id, "consent.asked_by_mail", "scout", scout_id, letter=letter_id)
    return letter_id


def of(tx: apsw.Connection, scout_id: int, by: Person) -> Row | None:
    """The newest letter about her (id, state, name, asked_at, sent_at, answered_at, second_sent_at, trouble), or None."""
    consents.may_decide(by, scout_id)
    return one(
        tx,
        """SELECT consent_letters.id, state, guardians.name, asked_at, sent_at, answered_at, second_sent_at, trouble
             FROM consent_letters JOIN guardians ON guardians.id = guardian_id
            WHERE scout_id = :scout ORDER BY consent_letters.id DESC LIMIT 1""",
        scout=scout_id,
    )


def due(tx: apsw.Connection) -> list[Row]:
    """The letters that are to go out now: (id, state, email, first_name, last_initial, language), first ones and second ones."""
    return many(
        tx,
        """SELECT consent_letters.id, consent_letters.state, guardians.email, scouts.first_name, last_initial, accounts.language
             FROM consent_letters JOIN scouts ON scouts.id = consent_letters.scout_id JOIN guardians ON guardians.id = guardian_id
             LEFT JOIN accounts ON accounts.id = account_id
            WHERE (consent_letters.state = 'asked' OR (consent_letters.state = 'agreed' AND answered_at <= :day_ago))
              AND email IS NOT NULL AND scouts.status = 'active'
              AND EXISTS (SELECT 1 FROM seasons WHERE is_current = 1 AND seasons.status <> 'archived')
              AND EXISTS (SELECT 1 FROM guardian_scouts AS hers
                           WHERE hers.guardian_id = guardians.id AND hers.scout_id = consent_letters.scout_id)
            ORDER BY consent_letters.id LIMIT 50""",
        day_ago=clock.after(hours=-SECOND_AFTER_HOURS),
    )


def ready(tx: apsw.Connection, letter_id: int, state: str) -> str:
    """A new link for a letter that is about to go out; gives its secret. The one before works no longer. Raises NotFound where the
    letter is not in that state any more.
    """
    secret = secrets.new()
    if not run(
        tx,
        "UPDATE consent_letters SET link_hash = :hash WHERE id = :id AND state = :state",
        hash=secrets.digest(secret),
        id=letter_id,
        state=state,
    ):
        raise _gone()
    return secret


def went_out(tx: apsw.Connection, letter_id: int) -> None:
    """The mail server took it: the first letter waits for an answer, the second makes it a consent."""
    run(
        tx,
        "UPDATE consent_letters SET state = 'sent', sent_at = :now, trouble = '' WHERE id = :id AND state = 'asked'",
        now=clock.now(),
        id=letter_id,
    )
    if run(
        tx,
        "UPDATE consent_letters SET state = 'stands', second_sent_at = :now, trouble = '' WHERE id = :id AND state = 'agreed'",
        now=clock.now(),
        id=letter_id,
    ):
        letter = one(tx, "SELECT * FROM consent_letters WHERE id = :id", id=letter_id)
        assert letter
        consents.record_by_mail(tx, letter)


def did_not_go_out(tx: apsw.Connection, letter_id: int, why: str) -> None:
    """The mail server did not take it; it is tried again."""
    run(tx, "UPDATE consent_letters SET trouble = :why WHERE id = :id", why=why[:80], id=letter_id)


def open_letter(tx: apsw.Connection, secret: str) -> Row:
    """The letter of a link: (id, state, scout_id, guardian_id, first_name, last_initial, name). Raises NotFound once it is over,
    replaced, or not answered for OPEN_DAYS; the second letter's link works for as long as the consent stands.
    """
    letter = one(
        tx,
        """SELECT consent_letters.id, consent_letters.state, scout_id, guardian_id, first_name, last_initial, guardians.name
             FROM consent_letters JOIN scouts ON scouts.id = scout_id JOIN guardians ON guardians.id = guardian_id
            WHERE link_hash = :hash AND consent_letters.state IN ('sent', 'agreed', 'stands')
              AND (consent_letters.state <> 'sent' OR sent_at > :oldest)""",
        hash=secrets.digest(secret),
        oldest=clock.after(days=-OPEN_DAYS),
    )
    if letter is None or (letter.state == "stands" and not _stands(tx, letter)):
        raise _gone()
    return letter


def answer(tx: apsw.Connection, secret: str, agrees: bool, address: str) -> Row:
    """What the guardian says to the first letter; gives it as it is then. A no, also after a yes, ends it. Raises NotFound."""
    letter = open_letter(tx, secret)
    if letter.state == "stands":
        raise _gone()
    if letter.state == "sent" or not agrees:
        letter.state = "agreed" if agrees else "refused"
        run(
            tx,
            """UPDATE consent_letters SET state = :state, answered_at = :now, address = :address, notice_hash = :notice
                WHERE id = :id""",
            state=letter.state,
            now=clock.now(),
            address=address[:45],
            notice=notices_accepted.in_force(tx, "privacy").hash,
            id=letter.id,
        )
        audit.note(tx, None, f"consent.{letter.state}_by_mail", "scout", letter.scout_id, letter=letter.id)
    return letter


def take_back(tx: apsw.Connection, secret: str, address: str) -> None:
    """The guardian takes the consent back by the link of the second letter, signed in or not. Raises NotFound."""
    letter = open_letter(tx, secret)
    if letter.state != "stands":
        raise _gone()
    consents.withdraw_by_mail(tx, letter.scout_id, letter.guardian_id, address)


def withdraw_all(tx: apsw.Connection) -> int:
    """No letter that waits goes on; gives how many did. One that was answered with no since a copy was made must not become a consent."""
    return run(
        tx, "UPDATE consent_letters SET state = 'over', link_hash = NULL WHERE state IN ('asked', 'sent', 'agreed')"
    )


def forget(tx: apsw.Connection) -> int:
    """Remove letters that came to nothing or whose consent stands no longer, KEPT_DAYS after they were asked for; gives how many.

    A letter that nobody answers, or that no mail server takes, is over after OPEN_DAYS.
    """
    run(
        tx,
        """UPDATE consent_letters SET state = 'over', link_hash = NULL
            WHERE (state = 'asked' AND asked_at < :oldest) OR (state = 'sent' AND sent_at < :oldest)""",
        oldest=clock.after(days=-OPEN_DAYS),
    )
    return run(
        tx,
        """DELETE FROM consent_letters WHERE asked_at < :before AND state IN ('refused', 'over', 'stands')
              AND NOT (state = 'stands' AND EXISTS (SELECT 1 FROM standing_consents AS word
                        WHERE word.scout_id = consent_letters.scout_id AND method = 'email_plus' AND expires_on >= :today))""",
        before=clock.after(days=-KEPT_DAYS),
        today=clock.now()[:10],
    )


def _stands(tx: apsw.Connection, letter: Row) -> bool:
    consent = consents.standing(tx, letter.scout_id)
    return consent is not None and (consent.method, consent.guardian_id) == ("email_plus", letter.guardian_id)


def _gone() -> NotFound:
    return NotFound(N_("This link was used or has run out. Ask a leader for a new letter."), "letter_gone")
