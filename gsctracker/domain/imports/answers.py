"""What a person says once about a text of a file: which cookie, which girl, which type. Remembered for every later file."""

import re
from collections.abc import Sequence

import apsw

from gsctracker.db.rows import Row, many, run, value
from gsctracker.domain import audit
from gsctracker.domain.imports import judging
from gsctracker.domain.imports.known import NOTHING, OTHER, SITE, key_of
from gsctracker.domain.imports.office_rows import MEANINGS as TRANSFERS
from gsctracker.domain.imports.order_rows import METHODS, STATUSES, TYPES
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import catalogue, seasons
from gsctracker.errors import Invalid, NotFound
from gsctracker.words import N_

KINDS = ("cookie", "scout", "order_type", "status", "payment", "transfer_type", "refund", "move")
NO_MEANING = N_("That cannot be meant here.")


def choices(tx: apsw.Connection, kind: str) -> list[tuple[str, str]]:
    """What can be answered to a question of this kind: (meaning, name). Names of girls and cookies are not translated.

    For `move` it may also be the number of a move recorded here by hand. For `refund` there are none: the meaning is code
    and number, "TM 2, CD 1", as `refunds.meaning` writes it.
    """
    if kind == "cookie":
        found = catalogue.products(tx, seasons.current(tx).id)
        return [*((row.code, row.name) for row in found), (NOTHING, N_("Not a cookie"))]
    if kind == "scout":
        girls = many(tx, "SELECT id, first_name, last_initial FROM scouts ORDER BY first_name, last_initial, id")
        named = [(str(row.id), f"{row.first_name} {row.last_initial}".strip()) for row in girls]
        return [*named, (SITE, N_("The troop's own site")), (OTHER, N_("Not one of our girls"))]
    if kind == "move":
        return [(OTHER, N_("Another one: it is written as well"))]
    return [(meaning, WORDS[meaning]) for meaning in _MEANINGS.get(kind, ())]


def resolve(tx: apsw.Connection, by: Person | None, source: str, kind: str, said: str, meaning: str) -> int:
    """Answer a question of a staged or applied batch; gives how many rows are out of the way by it.

    `source`, `kind` and `said` as `batches.preview` asks them. A scout's meaning is her id, `site` or `other`; a cookie's its
    code or `none`. Rows of a batch that was applied before wait for its being applied once more. Raises Invalid.
    """
    return resolve_all(tx, by, source, [(kind, said, meaning)])


def resolve_all(tx: apsw.Connection, by: Person | None, source: str, answered: Sequence[tuple[str, str, str]]) -> int:
    """The same for several answers (kind, said, meaning) at once: each batch is looked at again only once."""
    if by is not None:
        roles.require(by, "imports")
    for kind, said, meaning in answered:
        _remember(tx, source, kind, said, meaning)
        audit.note(tx, by.id if by else None, "import.answered", "import_answers", None, source=source, kind=kind)
    waiting = {batch.id: batch for kind, said, _ in answered for batch in _waiting(tx, source, kind, said)}
    done = 0
    for batch in waiting.values():
        before = _refused(tx, batch.id)
        judging.judge_again(tx, batch)
        done += before - _refused(tx, batch.id)
    return done


def check(tx: apsw.Connection, kind: str, said: str, meaning: str) -> None:
    """Raise Invalid unless that can be meant."""
    if kind not in KINDS:
        raise Invalid(NO_MEANING, "no_such_meaning", {"kind": NO_MEANING})
    allowed = [choice for choice, _ in choices(tx, kind)]
    well_said = (
        re.fullmatch(r"\S{1,12} \d{1,5}(, ?\S{1,12} \d{1,5})*", meaning) if kind == "refund" else meaning in allowed
    )
    if kind == "move":
        well_said = meaning == OTHER or re.fullmatch(r"[1-9]\d{0,9}", meaning, re.ASCII) is not None
    is_kept_whole = kind in ("scout", "refund", "move")
    if not well_said or (is_kept_whole and not 0 < len(said) <= 200):
        raise Invalid(NO_MEANING, "no_such_meaning", {"meaning": NO_MEANING})


def _remember(tx: apsw.Connection, source: str, kind: str, said: str, meaning: str) -> None:
    check(tx, kind, said, meaning)
    if kind == "scout" and meaning.isdigit():
        scouts.remember_hash(tx, int(meaning), "name", said)
        return
    run(
        tx,
        """INSERT INTO import_answers (source, kind, said, meaning) VALUES (:source, :kind, :said, :meaning)
           ON CONFLICT (source, kind, said) DO UPDATE SET meaning = excluded.meaning""",
        source=source,
        kind=kind,
        said=key_of(kind, said),
        meaning=meaning,
    )


def remember_headings(tx: apsw.Connection, by: Person | None, meanings: dict[str, str]) -> None:
    """What the columns of a grid mean, by the letters of their headings: `ebudde.Mapping.to_remember()`."""
    if by is not None:
        roles.require(by, "imports")
    for said, meaning in list(meanings.items())[:200]:
        run(
            tx,
            """INSERT INTO import_answers (source, kind, said, meaning) VALUES ('ebudde', 'header', :said, :meaning)
               ON CONFLICT (source, kind, said) DO UPDATE SET meaning = excluded.meaning""",
            said=said[:200],
            meaning=meaning,
        )


def remembered(tx: apsw.Connection) -> list[Row]:
    """All that was answered: (source, kind, said, meaning). What a girl's name means is with `scouts.known_names`.

    A name that is nobody of ours is kept as its hash alone, so `said` cannot be read where the kind is scout.
    """
    return many(tx, "SELECT source, kind, said, meaning FROM import_answers ORDER BY kind, source, said")


def forget(tx: apsw.Connection, by: Person | None, source: str, kind: str, said: str) -> None:
    """Take an answer back for the files to come. Raises NotFound where it was taken back before."""
    if by is not None:
        roles.require(by, "imports")
    gone = run(
        tx,
        "DELETE FROM import_answers WHERE source = :source AND kind = :kind AND said = :said",
        source=source,
        kind=kind,
        said=said,
    )
    if not gone:
        raise NotFound(N_("This answer was taken back before."), "no_such_answer")
    audit.note(tx, by.id if by else None, "import.forgotten", "import_answers", None, source=source, kind=kind)


def _waiting(tx: apsw.Connection, source: str, kind: str, said: str) -> list[Row]:
    """The batches in which the question is open; a girl may be asked for in any source's files."""
    return many(
        tx,
        """SELECT * FROM import_batches
            WHERE state <> 'undone' AND (source = :source OR :kind = 'scout')
              AND EXISTS (SELECT 1 FROM import_rows, json_each(asks) AS ask
                           WHERE batch_id = import_batches.id AND outcome = 'refused'
                             AND json_extract(ask.value, '$[0]') = :kind AND json_extract(ask.value, '$[1]') = :said)
            ORDER BY id""",
        source=source,
        kind=kind,
        said=said,
    )


def _refused(tx: apsw.Connection, batch_id: int) -> int:
    return value(tx, "SELECT count(*) FROM import_rows WHERE batch_id = :id AND outcome = 'refused'", id=batch_id)


_MEANINGS = {
    "order_type": TYPES,
    "status": tuple(STATUSES),
    "payment": tuple(METHODS),
    "transfer_type": TRANSFERS,
}

WORDS = {
    "delivery": N_("Delivered by the girl"),
    "in_hand": N_("Cookies in hand"),
    "shipped": N_("Shipped by the baker"),
    "pickup": N_("Picked up by the customer"),
    "donation": N_("Donation"),
    "booth": N_("Sold at a booth"),
    "needs_approval": N_("Waits for approval, not a sale yet"),
    "pending": N_("Sold, not delivered yet"),
    "completed": N_("Sold and delivered"),
    "void": N_("Cancelled"),
    "cash": N_("Cash, held by the family"),
    "venmo": N_("Venmo through Digital Cookie"),
    "card_captured": N_("Card, charged"),
    "card_authorised": N_("Card, not charged yet"),
    "c2t": N_("Picked up from the cupboard"),
    "t2c": N_("Returned to the council"),
    "t2t_in": N_("Received from another troop"),
    "t2t_out": N_("Given to another troop"),
    "t2g": N_("Handed out to a girl"),
    "g2t": N_("Given back by a girl"),
    "g2g": N_("From girl to girl"),
    "t2g_booth": N_("Credit from a booth"),
    "share_booth": N_("Cookie Share from a booth"),
    "t2g_site": N_("Credit from the troop's site"),
    "t2g_ship": N_("Credit for shipped orders of the troop's site"),
    "share_manual": N_("Cookie Share typed in by hand"),
    "check": N_("Moves nothing, only to compare"),
}
