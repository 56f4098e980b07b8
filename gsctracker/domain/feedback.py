"""What people say of the program, at the foot of any page, and the one question that is asked after a season."""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

KINDS = ("problem", "idea", "praise")
LONGEST, LONGEST_PAGE, LONGEST_REMARK = 1000, 200, 300
MOST_AN_HOUR = 10  # of one person
MOST_A_DAY = 200  # of the whole troop
SHOWN = 200
KEPT_DAYS = 400
WORST, BEST = 1, 5


def say(
    tx: apsw.Connection,
    by: Person,
    kind: object,
    said: object,
    page: str = "",
    version: str = "",
    request_id: str = "",
) -> int:
    """Write down what she says of a page; gives its number. Raises Invalid, Conflict (too_many) for the eleventh within an hour."""
    roles.require(by, "feedback")
    hers, everybodys = (
        value(
            tx,
            "SELECT count(*) FROM feedback WHERE at >= :since AND (:who IS NULL OR made_by = :who)",
            since=clock.after(hours=-hours),
            who=who,
        )
        for hours, who in ((1, by.id), (24, None))
    )
    if hers >= MOST_AN_HOUR or everybodys >= MOST_A_DAY:
        raise Conflict(N_("That is a lot at once: please tell us more in an hour."), "too_many")
    return add(
        tx,
        """INSERT INTO feedback (at, made_by, kind, said, page, version, request_id)
           VALUES (:now, :by, :kind, :said, :page, :version, :request)""",
        now=clock.now(),
        by=by.id,
        kind=values.choice("kind", kind, KINDS),
        said=values.text("said", said, LONGEST, 1),
        page=page_of(page),
        version=version[:40],
        request=request_id if request_id.replace("-", "").isalnum() and len(request_id) <= 64 else "",
    )


def page_of(said: str) -> str:
    """The address of a page of ours without what was asked of it; nothing for anything else."""
    path = said.partition("?")[0].partition("#")[0]
    fits = path.startswith("/") and not path.startswith("//") and path.isprintable() and len(path) <= LONGEST_PAGE
    return path if fits else ""


def newest(tx: apsw.Connection, by: Person) -> list[Row]:
    """The newest SHOWN, what is open first: id, at, first_name of who said it, kind, said, page, version, request_id, done_at."""
    roles.require(by, "operate")
    return many(
        tx,
        """SELECT feedback.id, at, first_name, kind, said, page, version, request_id, done_at
             FROM feedback JOIN accounts ON accounts.id = made_by
            ORDER BY done_at IS NOT NULL, feedback.id DESC LIMIT :most""",
        most=SHOWN,
    )


def waiting(tx: apsw.Connection) -> int:
    """How many nobody has looked after yet."""
    found: int = value(tx, "SELECT count(*) FROM feedback WHERE done_at IS NULL")
    return found


def tick(tx: apsw.Connection, feedback_id: int, by: Person, done: bool) -> None:
    """Somebody looked after it, or not after all. Raises NotFound."""
    roles.require(by, "operate")
    touched = run(
        tx, "UPDATE feedback SET done_at = :at WHERE id = :id", at=clock.now() if done else None, id=feedback_id
    )
    if not touched:
        raise NotFound(N_("There is no such note."), "no_such_feedback")
    audit.note(tx, by.id, "feedback.done" if done else "feedback.reopened", "feedback", feedback_id)


def forget(tx: apsw.Connection, before: str) -> int:
    """Remove what was said before that instant; gives how many."""
    return run(tx, "DELETE FROM feedback WHERE at < :before", before=before)


def is_asked(tx: apsw.Connection) -> bool:
    """Whether the question after the season is open: its books are being closed, or are."""
    return seasons.current(tx).status in ("closing", "settled", "archived")


def answer(tx: apsw.Connection, by: Person, score: object, said: object = "") -> None:
    """How the season was, from WORST to BEST; her newest answer counts. Raises Invalid, Conflict while the season goes on."""
    roles.require(by, "feedback")
    if not is_asked(tx):
        raise Conflict(N_("This is asked when the season is over."), "season_goes_on")
    run(
        tx,
        """INSERT INTO pulses (season_id, account_id, score, said, at) VALUES (:season, :by, :score, :said, :now)
           ON CONFLICT (season_id, account_id) DO UPDATE SET score = excluded.score, said = excluded.said, at = excluded.at""",
        season=seasons.current(tx).id,
        by=by.id,
        score=values.whole("score", score, WORST, BEST),
        said=values.line("remark", said, LONGEST_REMARK),
        now=clock.now(),
    )


def her_answer(tx: apsw.Connection, by: Person) -> Row | None:
    """What she answered of this season: score, said."""
    return one(
        tx,
        "SELECT score, said FROM pulses WHERE season_id = :season AND account_id = :by",
        season=seasons.current(tx).id,
        by=by.id,
    )


def score(tx: apsw.Connection, season_id: int) -> tuple[int, int]:
    """Answers of a season, and their mean in tenths: (12, 43) is twelve answers of 4.3 on average."""
    found = one(
        tx,
        """SELECT count(*) AS answers, coalesce((sum(score) * 10 + count(*) / 2) / max(count(*), 1), 0) AS tenths
             FROM pulses WHERE season_id = :season""",
        season=season_id,
    )
    assert found is not None
    return found.answers, found.tenths


def remarks(tx: apsw.Connection, season_id: int) -> list[Row]:
    """What was written beside the scores, without who wrote it: score, said."""
    return many(
        tx,
        "SELECT score, said FROM pulses WHERE season_id = :season AND said <> '' ORDER BY score, said LIMIT :most",
        season=season_id,
        most=SHOWN,
    )
