"""A season's reward ladder: steps in packages, what each brings; taken in from rows of a file and given out as such rows."""

from collections.abc import Sequence
from dataclasses import dataclass

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid
from gsctracker.words import N_

COUNTS = ("boxes", "initial_order", "digital", "emails", "sisters")
"""What a step counts: packages credited, of the initial order, sold online; e-mails sent; packages of sisters together."""
WAYS = ("cumulative", "highest")
MOST_ROWS = 300
MOST_PACKAGES = 100_000
YES = ("yes", "x", "1", "true", "y")

EXAMPLE: tuple[tuple[str, ...], ...] = (
    ("boxes", "1", "49", "Example: season patch", "", "", "yes", "", ""),
    ("boxes", "50", "99", "Example: sticker sheet", "", "", "", "", ""),
    ("boxes", "100", "199", "Example: plush cat", "yes", "", "", "", ""),
    ("boxes", "100", "199", "Example: $5 program credit", "yes", "", "", "", "5.00"),
    ("boxes", "200", "299", "Example: T-shirt", "", "S|M|L|XL", "", "", ""),
    ("boxes", "300", "", "Example: day at the camp", "", "", "", "yes", ""),
    ("initial_order", "220", "", "Example: early bird bandana", "", "", "", "", ""),
    ("digital", "75", "", "Example: web patch", "", "", "yes", "", ""),
    ("emails", "18", "", "Example: e-mail patch", "", "", "yes", "", ""),
    ("sisters", "200", "", "Example: sisters' patch", "", "", "yes", "", ""),
)
"""A made-up ladder to look at: counts, from, to, reward, choose one, sizes, patch, held until paid, credit in dollars."""


@dataclass(frozen=True)
class Item:
    """What a step brings. Of a step's choice items she takes one, every other one comes by itself."""

    name: str
    is_choice: bool = False
    is_patch: bool = False
    sizes: tuple[str, ...] = ()
    credit_cents: int = 0
    id: int = 0


@dataclass(frozen=True)
class Step:
    """From so many packages (or e-mails) on, of the kind that it `counts`, a girl has these items.

    `holds`: nothing of it is handed out while her family owes the troop.
    """

    counts: str
    from_boxes: int
    items: tuple[Item, ...] = ()
    holds: bool = False
    id: int = 0


def ladder(tx: apsw.Connection, season_id: int) -> Row:
    """How a season's ladder is meant: way, is_example, ordered_on, credits_until, forfeited_on (days or None), credits_least_cents."""
    found = one(
        tx,
        """SELECT way, is_example, ordered_on, credits_until, credits_least_cents, forfeited_on
             FROM reward_ladders WHERE season_id = :season""",
        season=season_id,
    )
    return found or Row(
        way="cumulative", is_example=0, ordered_on=None, credits_until=None, credits_least_cents=0, forfeited_on=None
    )


def steps(tx: apsw.Connection, season_id: int) -> list[Step]:
    """The ladder's steps, lowest first, those of each kind together in the order of COUNTS."""
    items = many(
        tx,
        """SELECT reward_items.id, step_id, name, is_choice, is_patch, sizes, credit_cents
             FROM reward_steps JOIN reward_items ON step_id = reward_steps.id
            WHERE season_id = :season ORDER BY reward_items.id""",
        season=season_id,
    )
    found = [
        Step(
            step.counts,
            step.from_boxes,
            tuple(
                Item(
                    row.name,
                    bool(row.is_choice),
                    bool(row.is_patch),
                    tuple(row.sizes.split("|")) if row.sizes else (),
                    row.credit_cents,
                    row.id,
                )
                for row in items
                if row.step_id == step.id
            ),
            bool(step.holds),
            step.id,
        )
        for step in many(
            tx,
            "SELECT id, counts, from_boxes, holds FROM reward_steps WHERE season_id = :season ORDER BY from_boxes",
            season=season_id,
        )
    ]
    return sorted(found, key=lambda step: (COUNTS.index(step.counts), step.from_boxes))


def read(rows: Sequence[Sequence[str]]) -> list[Step]:
    """The steps in the rows of a file (see EXAMPLE for the columns). Raises Invalid naming the line that is wrong.

    A heading line is passed over. Steps of one kind follow each other: where a step says its end, the next begins there.
    """
    filled = [
        (line, [str(cell).strip().lstrip("'") for cell in row] + [""] * 9)
        for line, row in enumerate(rows, 1)
        if any(str(cell).strip() for cell in row)
    ]
    if filled and not filled[0][1][1].isdigit():
        filled = filled[1:]
    if not filled:
        raise Invalid(N_("There is no step in this file."), "empty_ladder")
    if len(filled) > MOST_ROWS:
        raise Invalid(N_("A ladder has at most %(n)s lines."), "ladder_too_long", n=MOST_ROWS)
    found: dict[tuple[str, int], tuple[int, int | None, list[Item], bool]] = {}
    for line, cells in filled:
        try:
            _row(found, line, cells)
        except Invalid as no:
            if "line" in no.params:
                raise
            raise Invalid(
                N_(
                    "Line %(line)s of the ladder cannot be read. Its cells are: counts, from, to, reward, choose one, sizes, ..."
                ),
                "ladder_line",
                line=line,
            ) from no
    for counts in COUNTS:
        _without_gaps([(begins, *rest) for (kind, begins), rest in sorted(found.items()) if kind == counts])
    return [
        Step(counts, begins, tuple(items), holds)
        for (counts, begins), (_line, _end, items, holds) in sorted(
            found.items(), key=lambda one: (COUNTS.index(one[0][0]), one[0][1])
        )
    ]


def rows_of(found: list[Step]) -> list[tuple[str, ...]]:
    """The steps as the rows of a file that `read` takes in again."""
    rows: list[tuple[str, ...]] = []
    for step, above in zip(found, [*found[1:], None], strict=True):
        ends = str(above.from_boxes - 1) if above and above.counts == step.counts else ""
        for item in step.items:
            rows.append(
                (
                    step.counts,
                    str(step.from_boxes),
                    ends,
                    item.name,
                    "yes" if item.is_choice else "",
                    "|".join(item.sizes),
                    "yes" if item.is_patch else "",
                    "yes" if step.holds else "",
                    f"{item.credit_cents // 100}.{item.credit_cents % 100:02}" if item.credit_cents else "",
                )
            )
    return rows


def _row(
    found: dict[tuple[str, int], tuple[int, int | None, list[Item], bool]], line: int, cells: Sequence[str]
) -> None:
    counts = values.choice("counts", cells[0].lower().replace(" ", "_"), COUNTS)
    begins = values.whole("from", cells[1], 1, MOST_PACKAGES)
    ends = values.whole("to", cells[2], 1, MOST_PACKAGES) if cells[2] else None
    if ends is not None and ends < begins:
        raise Invalid(N_("Line %(line)s of the ladder ends before it begins."), "ladder_line", line=line)
    item = Item(
        values.line("reward", cells[3], 80, 1),
        cells[4].lower() in YES,
        cells[6].lower() in YES,
        tuple(values.line("size", size, 12, 1) for size in cells[5].split("|")) if cells[5] else (),
        values.dollars("credit", cells[8]) if cells[8] else 0,
    )
    if len("|".join(item.sizes)) > 120:
        raise Invalid(N_("Line %(line)s of the ladder has too many sizes."), "ladder_line", line=line)
    first = found.setdefault((counts, begins), (line, ends, [], False))
    if first[1] != ends:
        raise Invalid(
            N_("Lines %(first)s and %(line)s of the ladder begin at the same step and end at different ones."),
            "ladder_line",
            first=first[0],
            line=line,
        )
    if any(one.name.casefold() == item.name.casefold() for one in first[2]):
        raise Invalid(N_("Line %(line)s of the ladder says a reward again."), "ladder_line", line=line)
    found[counts, begins] = (first[0], ends, [*first[2], item], first[3] or cells[7].lower() in YES)


def _without_gaps(kind: list[tuple[int, int, int | None, list[Item], bool]]) -> None:
    """Raise Invalid where a step ends before the next begins, or after."""
    starts: list[int | None] = [one[0] for one in kind[1:]]
    for (_, line, ends, items, _holds), begins in zip(kind, [*starts, None], strict=False):
        if sum(item.is_choice for item in items) == 1:
            raise Invalid(
                N_("Line %(line)s of the ladder offers a choice of one thing alone."), "ladder_line", line=line
            )
        if ends is None or begins is None:
            continue
        if begins > ends + 1:
            raise Invalid(
                N_("The ladder has a gap: nothing is said of %(first)s to %(last)s packages."),
                "ladder_gap",
                first=ends + 1,
                last=begins - 1,
            )
        if begins <= ends:
            raise Invalid(
                N_("The ladder says two things of %(first)s packages: line %(line)s goes on to %(last)s."),
                "ladder_overlap",
                first=begins,
                last=ends,
                line=line,
            )


def replace(
    tx: apsw.Connection, season_id: int, by: Person, found: list[Step], way: str, *, is_example: bool = False
) -> None:
    """This is the season's ladder from now on. Raises Conflict where something was chosen or handed out by the one before."""
    roles.require(by, "season.manage")
    values.choice("way", way, WAYS)
    if value(
        tx,
        """SELECT 1 FROM reward_steps JOIN reward_items ON step_id = reward_steps.id
            WHERE season_id = :season AND (reward_items.id IN (SELECT item_id FROM reward_choices)
                                           OR reward_items.id IN (SELECT item_id FROM reward_receipt_lines))""",
        season=season_id,
    ):
        raise Conflict(
            N_("Girls have chosen from this ladder already. It stays; only how it is meant can still be changed."),
            "ladder_in_use",
        )
    run(tx, "DELETE FROM reward_steps WHERE season_id = :season", season=season_id)
    for step in found:
        step_id = add(
            tx,
            "INSERT INTO reward_steps (season_id, counts, from_boxes, holds) VALUES (:season, :counts, :begins, :holds)",
            season=season_id,
            counts=step.counts,
            begins=step.from_boxes,
            holds=int(step.holds),
        )
        for item in step.items:
            run(
                tx,
                """INSERT INTO reward_items (step_id, name, is_choice, is_patch, sizes, credit_cents)
                   VALUES (:step, :name, :choice, :patch, :sizes, :credit)""",
                step=step_id,
                name=item.name,
                choice=int(item.is_choice),
                patch=int(item.is_patch),
                sizes="|".join(item.sizes),
                credit=item.credit_cents,
            )
    _mean(tx, season_id, Row(**(vars(ladder(tx, season_id)) | {"way": way, "is_example": int(is_example)})))
    audit.note(tx, by.id, "rewards.ladder", "season", season_id, steps=len(found))


def mean(
    tx: apsw.Connection,
    season_id: int,
    by: Person,
    way: str,
    ordered_on: str | None,
    credits_until: str | None = None,
    *,
    credits_least_cents: int = 0,
    forfeited_on: str | None = None,
) -> None:
    """Whether a girl has every step up to hers or her highest alone, and what the council says of days and credits.

    Days or None: on which the rewards were ordered; the last one for program credits, and the cents below which a girl cannot
    use hers; from which on rewards that nobody came for are forfeited. Raises Invalid where that is not after the order.
    """
    roles.require(by, "season.manage")
    ordered = values.day("orderedOn", ordered_on) if ordered_on else None
    forfeited = values.day("forfeitedOn", forfeited_on) if forfeited_on else None
    if ordered and forfeited and forfeited <= ordered:
        values.refuse("forfeitedOn", N_("Rewards are forfeited after the day on which they were ordered, not before."))
    meaning = Row(
        way=values.choice("way", way, WAYS),
        is_example=ladder(tx, season_id).is_example,
        ordered_on=ordered,
        credits_until=values.day("creditsUntil", credits_until) if credits_until else None,
        credits_least_cents=credits_least_cents,
        forfeited_on=forfeited,
    )
    _mean(tx, season_id, meaning)
    audit.note(tx, by.id, "rewards.meant", "season", season_id, way=meaning.way)


def _mean(tx: apsw.Connection, season_id: int, meaning: Row) -> None:
    run(
        tx,
        """INSERT INTO reward_ladders (season_id, way, is_example, ordered_on, credits_until, credits_least_cents, forfeited_on)
           VALUES (:season, :way, :is_example, :ordered_on, :credits_until, :credits_least_cents, :forfeited_on)
           ON CONFLICT (season_id) DO UPDATE SET way = excluded.way, is_example = excluded.is_example,
                  ordered_on = excluded.ordered_on, credits_until = excluded.credits_until,
                  credits_least_cents = excluded.credits_least_cents, forfeited_on = excluded.forfeited_on""",
        season=season_id,
        **vars(meaning),
    )
