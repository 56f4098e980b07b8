"""A season's proceeds plan as it is kept, the figures it is reckoned over, and changing it."""

import apsw

from gsctracker import values
from gsctracker.db.rows import Row, add, many, one, run
from gsctracker.domain import audit
from gsctracker.domain.money.proceeds import (
    DENOMINATORS,
    KINDS,
    LEVELS,
    NUMERATORS,
    ROUNDINGS,
    Bonus,
    Condition,
    Figures,
    Plan,
    Reckoning,
    reckon,
)
from gsctracker.domain.people import roles
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

MOST_BONUSES = 12
MOST_CONDITIONS = 6
_PLAIN = Row(
    denominator="selling",
    fixed_girls=0,
    rounding="exact",
    numerator="charged",
    most_cents=None,
    fall_cents=0,
    opted_out=0,
)


def now(tx: apsw.Connection, season_id: int) -> Reckoning:
    """What the troop keeps as the ledgers have it now."""
    return reckon(plan(tx, season_id), figures(tx, season_id))


def rules(tx: apsw.Connection, season_id: int) -> Row:
    """How the season counts: denominator, fixed_girls, rounding, numerator, most_cents; fall_cents and opted_out as typed."""
    found = one(
        tx,
        """SELECT denominator, fixed_girls, rounding, numerator, most_cents, fall_cents, opted_out
             FROM proceeds_rules WHERE season_id = :season""",
        season=season_id,
    )
    return found or _PLAIN


def plan(tx: apsw.Connection, season_id: int) -> Plan:
    """The council's plan of a season. Raises NotFound."""
    season = one(
        tx,
        """SELECT base_proceeds, exempt_per_girl, denominator, fixed_girls, rounding, numerator, most_cents
             FROM seasons LEFT JOIN proceeds_rules ON season_id = seasons.id WHERE seasons.id = :season""",
        season=season_id,
    )
    if season is None:
        raise NotFound(N_("There is no such season."), "no_such_season")
    kept = season if season.denominator else _PLAIN
    return Plan(
        base_cents=season.base_proceeds,
        tiers={tier.min_pga: tier.cents for tier in seasons.tiers(tx, season_id)},
        bonuses=_bonuses(tx, season_id),
        exempt_per_girl=season.exempt_per_girl,
        denominator=kept.denominator,
        fixed_girls=kept.fixed_girls,
        rounding=kept.rounding,
        numerator=kept.numerator,
        most_cents=kept.most_cents,
    )


def _bonuses(tx: apsw.Connection, season_id: int) -> tuple[Bonus, ...]:
    found: dict[int, tuple[Row, list[Condition]]] = {}
    for row in many(
        tx,
        """SELECT bonus.id, name, cents, asked.id AS condition_id, kind, least, asked.boxes, is_met
             FROM proceeds_bonuses AS bonus LEFT JOIN proceeds_conditions AS asked ON bonus_id = bonus.id
            WHERE season_id = :season ORDER BY bonus.id, asked.id""",
        season=season_id,
    ):
        _, conditions = found.setdefault(row.id, (row, []))
        if row.condition_id is not None:
            conditions.append(Condition(row.kind, row.least, row.boxes, bool(row.is_met), row.condition_id))
    return tuple(Bonus(row.name, row.cents, tuple(asked), row.id) for row, asked in found.values())


def figures(tx: apsw.Connection, season_id: int) -> Figures:
    """The season's figures that a plan can ask for."""
    found = one(
        tx,
        """SELECT (SELECT ifnull(sum(boxes), 0) FROM council_packages WHERE season_id = :season) AS charged,
                  (SELECT ifnull(sum(cupboard_order_lines.boxes), 0)
                     FROM cupboard_orders JOIN cupboard_order_lines ON order_id = cupboard_orders.id
                    WHERE season_id = :season AND kind = 'initial' AND placed_on IS NOT NULL AND cancelled_on IS NULL) AS initial_order,
                  (SELECT ifnull(sum(CASE WHEN reverses IS NULL THEN boxes ELSE -boxes END), 0)
                     FROM journal JOIN box_moves ON entry_id = journal.id
                    WHERE season_id = :season AND kind = 'T2C') AS returned,
                  (SELECT ifnull(sum(boxes), 0) FROM counted_orders
                    WHERE season_id = :season AND source = 'digital-cookie') AS online,
                  (SELECT ifnull(sum(boxes), 0) FROM credited JOIN products ON products.id = product_id
                    WHERE credited.season_id = :season AND is_virtual = 1) AS donated,
                  ifnull((SELECT fall_cents FROM proceeds_rules WHERE season_id = :season), 0) AS fall_cents,
                  ifnull((SELECT opted_out FROM proceeds_rules WHERE season_id = :season), 0) AS opted_out""",
        season=season_id,
    )
    assert found is not None
    girls = many(
        tx,
        """SELECT level, status, ifnull(credited.boxes, 0) AS boxes FROM scouts
             LEFT JOIN girls_credited AS credited ON scout_id = scouts.id AND season_id = :season
            WHERE status = 'active' OR credited.boxes > 0""",
        season=season_id,
    )
    here = [girl for girl in girls if girl.status == "active"]
    levels = [LEVELS.index(girl.level) for girl in here if girl.level]
    return Figures(
        charged=found.charged,
        credited=sum(girl.boxes for girl in girls),
        selling=sum(girl.boxes > 0 for girl in girls),
        registered=len(here),
        by_girl=tuple(girl.boxes for girl in here),
        initial_order=found.initial_order,
        returned=found.returned,
        donated=found.donated,
        online=found.online,
        fall_cents=found.fall_cents,
        opted_out=bool(found.opted_out),
        lowest_level=LEVELS[min(levels)] if here and len(levels) == len(here) else None,
    )


def set_rules(tx: apsw.Connection, season_id: int, by: Person, **changes: object) -> None:
    """Change how the season counts (see `rules`); most_cents none: no upper end. Averages over a fixed number need it."""
    roles.require(by, "season.manage")
    kept = vars(rules(tx, season_id)) | changes
    denominator = values.choice("denominator", kept["denominator"], DENOMINATORS)
    fixed = values.whole("fixedGirls", kept["fixed_girls"], 0, 500)
    if denominator == "fixed" and fixed == 0:
        sentence = N_("Say how many girls the council counts: an average over no girl is none.")
        raise Invalid(sentence, "no_girls", {"fixedGirls": sentence})
    most = kept["most_cents"]
    run(
        tx,
        """INSERT INTO proceeds_rules (season_id, denominator, fixed_girls, rounding, numerator, most_cents, fall_cents, opted_out)
           VALUES (:season, :denominator, :fixed, :rounding, :numerator, :most, :fall, :out)
           ON CONFLICT (season_id) DO UPDATE SET denominator = excluded.denominator, fixed_girls = excluded.fixed_girls,
                  rounding = excluded.rounding, numerator = excluded.numerator, most_cents = excluded.most_cents,
                  fall_cents = excluded.fall_cents, opted_out = excluded.opted_out""",
        season=season_id,
        denominator=denominator,
        fixed=fixed,
        rounding=values.choice("rounding", kept["rounding"], ROUNDINGS),
        numerator=values.choice("numerator", kept["numerator"], NUMERATORS),
        most=None if most is None else values.whole("mostCents", most, 1, 500),
        fall=values.whole("fallCents", kept["fall_cents"], 0, 1_000_000),
        out=int(bool(kept["opted_out"])),
    )
    audit.note(tx, by.id, "season.proceeds_rules", "season", season_id, fields=sorted(changes))


def add_bonus(
    tx: apsw.Connection, season_id: int, by: Person, name: str, cents: int, conditions: list[Condition]
) -> int:
    """So many cents more where all conditions hold; gives its id. Raises Invalid where it asks for nothing."""
    roles.require(by, "season.manage")
    if not conditions:
        sentence = N_("Say what the council asks for: a bonus without a condition is part of the base.")
        raise Invalid(sentence, "no_conditions", {"kind1": sentence})
    if len(plan(tx, season_id).bonuses) >= MOST_BONUSES or len(conditions) > MOST_CONDITIONS:
        raise Conflict(N_("That is more than a plan can hold."), "too_many_bonuses")
    bonus_id = add(
        tx,
        "INSERT INTO proceeds_bonuses (season_id, name, cents) VALUES (:season, :name, :cents)",
        season=season_id,
        name=values.line("name", name, 80, 1),
        cents=values.whole("cents", cents, 0, 500),
    )
    for asked in conditions:
        at = asked.kind == "girls_at"
        run(
            tx,
            "INSERT INTO proceeds_conditions (bonus_id, kind, least, boxes, is_met) VALUES (:bonus, :kind, :least, :boxes, 0)",
            bonus=bonus_id,
            kind=values.choice("kind", asked.kind, KINDS),
            least=values.whole("least", asked.least, 0, 100 if at or asked.kind == "participation" else 10_000),
            boxes=values.whole("boxes", asked.boxes, 1, 10_000) if at else None,
        )
    audit.note(tx, by.id, "season.bonus_added", "season", season_id, bonus=bonus_id)
    return bonus_id


def remove_bonus(tx: apsw.Connection, season_id: int, bonus_id: int, by: Person) -> None:
    """The plan no longer has this bonus. Raises NotFound."""
    roles.require(by, "season.manage")
    if not run(
        tx, "DELETE FROM proceeds_bonuses WHERE id = :id AND season_id = :season", id=bonus_id, season=season_id
    ):
        raise NotFound(N_("There is no such bonus."), "no_such_bonus")
    audit.note(tx, by.id, "season.bonus_removed", "season", season_id, bonus=bonus_id)


def tick(tx: apsw.Connection, season_id: int, condition_id: int, is_met: bool, by: Person) -> None:
    """What the box cannot see for itself holds, or does not. Raises NotFound for a condition that it counts itself."""
    roles.require(by, "season.manage")
    if not run(
        tx,
        """UPDATE proceeds_conditions SET is_met = :met WHERE id = :id AND kind = 'by_hand'
              AND bonus_id IN (SELECT id FROM proceeds_bonuses WHERE season_id = :season)""",
        met=int(is_met),
        id=condition_id,
        season=season_id,
    ):
        raise NotFound(N_("There is nothing to tick there."), "no_such_condition")
    audit.note(tx, by.id, "season.bonus_ticked", "season", season_id, condition=condition_id, met=is_met)
