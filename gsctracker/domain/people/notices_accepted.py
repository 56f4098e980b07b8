"""The privacy notice and the terms: the text in force, its versions, and which version each person accepted."""

import hashlib

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.words import N_

KINDS = ("privacy", "terms")
LONGEST = 20_000

TEMPLATES: dict[str, tuple[str, ...]] = {
    "privacy": (
        N_(
            "This box belongs to our troop and stands with one of its leaders. It keeps what a cookie season needs: who has which "
            "boxes, who owes what, who gets the credit."
        ),
        N_(
            "Of a girl it keeps her first name, as many letters of her last name as tell her apart, her level and grade, and her "
            "boxes, sales, booths and goals. It keeps no birth date, no address, no telephone number, no e-mail address, no photo, "
            "no voice and no place of hers."
        ),
        N_(
            "Of the adults who answer for her it keeps the name, the e-mail address, a telephone number where they give one, and what they "
            "signed for and handed in."
        ),
        N_(
            "Names from the council's files are kept only until a girl is recognised, and then as a salted hash. Buyers' names are "
            "kept only where a family types them in, and go 30 days after the cookies were handed over."
        ),
        N_(
            "Nobody else is given any of it: there is no advertising, no analysis, no tracking, and nothing is loaded from other "
            "sites. Four cookies are set and each is necessary: one knows that you are signed in, one that this device is yours, one "
            "which language you read, one carries a message to the next page."
        ),
        N_(
            "A girl takes part without an account of her own. She gets one only when an adult who answers for her has agreed, on paper or "
            "by mail; that ends with the season, after a year, or at once when it is taken back."
        ),
        N_(
            "You may see, take away and have deleted all that is kept of your girl, on her page. After a deletion only figures "
            "without her name stay, because the troop must account for its boxes and money."
        ),
        N_("How long each kind of record is kept stands below. Ask your cookie leader about anything here."),
    ),
    "terms": (
        N_("This box is for the families and leaders of our troop, for its cookie season."),
        N_(
            "Your account is yours alone: keep its password to yourself, and tell a leader when somebody else may know it."
        ),
        N_(
            "What you record is relied on by others. Record what happened, and say so when you were wrong; nothing is lost."
        ),
        N_("What you see of other people stays in the troop."),
        N_(
            "The box helps with counting. For rules about cookies, money and girls the council's are the ones that count."
        ),
    ),
}
"""What is in force until a leader publishes a text of her own."""


def in_force(tx: apsw.Connection, kind: str) -> Row:
    """The text in force (kind, said, hash, made_at), `made_at` None and `paragraphs` translatable for the template's own."""
    row = one(
        tx,
        "SELECT kind, said, hash, made_at FROM notice_versions WHERE kind = :kind ORDER BY id DESC LIMIT 1",
        kind=kind,
    )
    if row is None:
        said = "\n\n".join(TEMPLATES[kind])
        row = Row(kind=kind, said=said, hash=_hash(said), made_at=None)
    row.is_template = row.made_at is None
    row.paragraphs = [part.strip() for part in row.said.split("\n\n") if part.strip()]
    return row


def publish(tx: apsw.Connection, kind: str, said: object, by: Person) -> None:
    """Put another text in force from now on; the earlier ones stay as they were. Raises Invalid."""
    roles.require(by, "notices.publish")
    values.choice("kind", kind, KINDS)
    said = "\n".join(line.rstrip() for line in values.text("said", said, LONGEST, 1).splitlines())
    if said == in_force(tx, kind).said:
        return
    version = add(
        tx,
        "INSERT INTO notice_versions (kind, said, hash, made_at, made_by) VALUES (:kind, :said, :hash, :now, :by)",
        kind=kind,
        said=said,
        hash=_hash(said),
        now=clock.now(),
        by=by.id,
    )
    audit.note(tx, by.id, "notice.published", "notice", version, kind=kind)


def accept(tx: apsw.Connection, account_id: int) -> None:
    """She accepts both texts as they are in force now."""
    for kind in KINDS:
        run(
            tx,
            """INSERT INTO notice_acceptances (account_id, kind, hash, at) VALUES (:account, :kind, :hash, :now)
               ON CONFLICT DO NOTHING""",
            account=account_id,
            kind=kind,
            hash=in_force(tx, kind).hash,
            now=clock.now(),
        )


def has_accepted(tx: apsw.Connection, account_id: int) -> bool:
    """Whether she accepted both texts as they are in force now."""
    known = {(row.kind, row.hash) for row in accepted(tx, account_id)}
    return all((kind, in_force(tx, kind).hash) in known for kind in KINDS)


def accepted(tx: apsw.Connection, account_id: int) -> list[Row]:
    """What she accepted (kind, hash, at), newest first."""
    return many(
        tx,
        "SELECT kind, hash, at FROM notice_acceptances WHERE account_id = :account ORDER BY at DESC, kind",
        account=account_id,
    )


def _hash(said: str) -> str:
    return hashlib.sha256(said.encode()).hexdigest()
