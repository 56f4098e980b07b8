"""The troop's own points: what brings them, a ledger of every one, and prizes they are given for. Never fewer than none."""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

REASONS = ("shift", "boxes", "training", "referral", "birthday")
BOXES_EACH = 10
"""Boxes credited for which points are given."""


def rules(tx: apsw.Connection, season_id: int) -> dict[str, int]:
    """Points by what brings them; what is not here brings none."""
    rows = many(tx, "SELECT reason, points FROM point_rules WHERE season_id = :season", season=season_id)
    return {row.reason: row.points for row in rows}


def set_rules(tx: apsw.Connection, season_id: int, given: dict[str, int], by: Person) -> None:
    """From now on these bring so many points (0: none). Points that were given stay as they are."""
    roles.require(by, "season.manage")
    run(tx, "DELETE FROM point_rules WHERE season_id = :season", season=season_id)
    for reason, points in given.items():
        if points:
            run(
                tx,
                "INSERT INTO point_rules (season_id, reason, points) VALUES (:season, :reason, :points)",
                season=season_id,
                reason=values.choice("reason", reason, REASONS),
                points=values.whole("points", points, 1, 1000),
            )
    audit.note(tx, by.id, "points.rules", "season", season_id)


def balances(tx: apsw.Connection, by: Person) -> list[Row]:
    """The girls she may see, by name, with points and how many ever, over all seasons."""
    return many(
        tx,
        """SELECT scouts.id AS scout_id, first_name, last_initial, status, ifnull(points, 0) AS points, ifnull(ever, 0) AS ever
             FROM scouts LEFT JOIN point_balances ON scout_id = scouts.id
            WHERE (status = 'active' OR points > 0)
              AND (:everybody OR scouts.id IN (SELECT scout_id FROM cared_for WHERE account_id = :account))
            ORDER BY first_name, last_initial, scouts.id""",
        everybody=roles.allows(by, "sales.all"),
        account=by.id,
    )


def ledger(tx: apsw.Connection, scout_id: int, by: Person, before: int = 0, limit: int = 50) -> list[Row]:
    """A girl's points, newest first, over all seasons, from before that id (0: the newest); a redemption says what took it back."""
    scouts.find(tx, scout_id, by)
    return many(
        tx,
        """SELECT point_entries.id, seasons.name AS season, reason, point_entries.points, note, at, point_prizes.name AS prize,
                  (SELECT back.id FROM point_entries AS back WHERE back.returns = point_entries.id) AS returned_by
             FROM point_entries JOIN seasons ON seasons.id = season_id LEFT JOIN point_prizes ON point_prizes.id = prize_id
            WHERE scout_id = :scout AND (:before = 0 OR point_entries.id < :before)
            ORDER BY point_entries.id DESC LIMIT :limit""",
        scout=scout_id,
        before=before,
        limit=limit,
    )


def total(tx: apsw.Connection, scout_id: int) -> int:
    """A girl's points."""
    return int(value(tx, "SELECT points FROM point_balances WHERE scout_id = :scout", scout=scout_id) or 0)


def award(tx: apsw.Connection, season_id: int, by: Person | None = None) -> int:
    """Give what shifts and boxes have brought since the last time; gives how many entries. Each shift counts once.

    Where boxes were taken back, their points go too, as far as she still has them. `by` None: the timetable gives them.
    """
    if by is not None:
        roles.require(by, "scouts.manage")
    brings, given = rules(tx, season_id), 0
    if "shift" in brings:
        given += _shifts(tx, season_id, brings["shift"], by)
    if "boxes" in brings:
        given += _boxes(tx, season_id, brings["boxes"], by)
    if "birthday" in brings:
        given += _birthdays(tx, season_id, brings["birthday"], by)
    return given


def give(tx: apsw.Connection, season_id: int, scout_id: int, reason: str, about: str, by: Person) -> int:
    """Points for a training, by its name, or for a volunteer her family brought, by the account's id; once for each.

    Gives the entry's id. Raises Conflict where it was given before or brings nothing.
    """
    roles.require(by, "scouts.manage")
    scouts.must_be_on_roster(tx, scout_id)
    points = rules(tx, season_id).get(values.choice("reason", reason, ("training", "referral")), 0)
    if not points:
        raise Conflict(N_("That brings no points this season."), "no_points")
    key = values.line("about", about, 40, 1).casefold()
    if reason == "referral":
        account = values.whole("about", about, 1, 10**12)
        if not one(tx, "SELECT 1 AS yes FROM accounts WHERE id = :id AND role <> 'scout'", id=account):
            raise NotFound(N_("There is no such volunteer."), "no_such_account")
        if one(
            tx,
            "SELECT 1 AS yes FROM cared_for WHERE scout_id = :scout AND account_id = :id",
            scout=scout_id,
            id=account,
        ):
            raise Conflict(N_("Her own family does not count as a volunteer she brought."), "own_family")
        key = str(account)
    if one(
        tx,
        "SELECT 1 AS yes FROM point_entries WHERE scout_id = :scout AND reason = :reason AND key = :key",
        scout=scout_id,
        reason=reason,
        key=key,
    ):
        raise Conflict(N_("She was given points for that before."), "given_before")
    note = "" if reason == "referral" else values.line("about", about, 40, 1)
    return _enter(tx, season_id, scout_id, reason, points, by, key=key, note=note)


def prizes(tx: apsw.Connection) -> list[Row]:
    """The prizes that can be had: (id, name, points), the smallest first."""
    return many(tx, "SELECT id, name, points FROM point_prizes WHERE is_active = 1 ORDER BY points, id LIMIT 200")


def offer(tx: apsw.Connection, name: str, points: int, by: Person) -> None:
    """A prize for so many points; one of that name that was there costs so many from now on."""
    roles.require(by, "season.manage")
    run(
        tx,
        """INSERT INTO point_prizes (name, points) VALUES (:name, :points)
           ON CONFLICT (name) DO UPDATE SET points = excluded.points, is_active = 1""",
        name=values.line("name", name, 80, 1),
        points=values.whole("points", points, 1, 100_000),
    )
    audit.note(tx, by.id, "points.prize_offered", "season", None)


def withdraw(tx: apsw.Connection, prize_id: int, by: Person) -> None:
    """A prize is not to be had any longer. Raises NotFound."""
    roles.require(by, "season.manage")
    if not run(tx, "UPDATE point_prizes SET is_active = 0 WHERE id = :id AND is_active = 1", id=prize_id):
        raise NotFound(N_("There is no such prize."), "no_such_prize")
    audit.note(tx, by.id, "points.prize_withdrawn", "prize", prize_id)


def redeem(tx: apsw.Connection, season_id: int, scout_id: int, prize_id: int, by: Person) -> int:
    """She gives points for a prize; gives the entry's id. Raises NotFound, Conflict where she has too few."""
    roles.require(by, "scouts.manage")
    scouts.must_be_on_roster(tx, scout_id)
    prize = one(tx, "SELECT name, points FROM point_prizes WHERE id = :id AND is_active = 1", id=prize_id)
    if prize is None:
        raise NotFound(N_("There is no such prize."), "no_such_prize")
    has = total(tx, scout_id)
    if has < prize.points:
        raise Conflict(
            N_("%(prize)s costs %(points)s points and she has %(has)s."),
            "too_few_points",
            prize=prize.name,
            points=prize.points,
            has=has,
        )
    return _enter(tx, season_id, scout_id, "prize", -prize.points, by, prize_id=prize_id)


def give_back(tx: apsw.Connection, entry_id: int, by: Person) -> int:
    """A redemption was a mistake: its points come back. Gives the girl's id. Raises NotFound, Conflict."""
    roles.require(by, "scouts.manage")
    found = one(
        tx,
        """SELECT season_id, scout_id, points, (SELECT back.id FROM point_entries AS back WHERE back.returns = point_entries.id) AS back
             FROM point_entries WHERE id = :id AND reason = 'prize'""",
        id=entry_id,
    )
    if found is None:
        raise NotFound(N_("There is no such entry."), "no_such_entry")
    if found.back:
        raise Conflict(N_("That entry was taken back before."), "already_reversed")
    _enter(tx, found.season_id, found.scout_id, "returned", -found.points, by, returns=entry_id)
    return int(found.scout_id)


def birth_month(tx: apsw.Connection, scout_id: int, by: Person) -> int | None:
    """The month that an adult of her family told us, if she did."""
    roles.must_see_scout(by, scout_id)
    found: int | None = value(tx, "SELECT month FROM birth_months WHERE scout_id = :scout", scout=scout_id)
    return found


def tell_birth_month(tx: apsw.Connection, scout_id: int, month: int | None, by: Person) -> None:
    """An adult of her own family says the month (never the day or year), or that we forget it. Raises NotFound, NotAllowed."""
    roles.require(by, "family.money")
    if scout_id not in by.scout_ids:
        raise NotFound(N_("There is no such scout."), "no_such_scout")
    run(tx, "DELETE FROM birth_months WHERE scout_id = :scout", scout=scout_id)
    if month is not None:
        run(
            tx,
            "INSERT INTO birth_months (scout_id, month, agreed_by, agreed_at) VALUES (:scout, :month, :by, :now)",
            scout=scout_id,
            month=values.whole("month", month, 1, 12),
            by=by.id,
            now=clock.now(),
        )
    audit.note(tx, by.id, "consent.birth_month" if month else "consent.birth_month_withdrawn", "scout", scout_id)


def _shifts(tx: apsw.Connection, season_id: int, points: int, by: Person | None) -> int:
    found = many(
        tx,
        """SELECT DISTINCT shift_sign_ups.scout_id, booth_shifts.id FROM booths
             JOIN booth_shifts ON booth_id = booths.id JOIN shift_sign_ups ON shift_id = booth_shifts.id
            WHERE season_id = :season AND status IN ('counted', 'reconciled', 'credited', 'closed')
              AND shift_sign_ups.state = 'going' AND scout_id IS NOT NULL
              AND NOT EXISTS (SELECT 1 FROM point_entries WHERE point_entries.scout_id = shift_sign_ups.scout_id
                                 AND reason = 'shift' AND key = CAST(booth_shifts.id AS TEXT))""",
        season=season_id,
    )
    for row in found:
        _enter(tx, season_id, row.scout_id, "shift", points, by, key=str(row.id))
    return len(found)


def _boxes(tx: apsw.Connection, season_id: int, points: int, by: Person | None) -> int:
    found = many(
        tx,
        """SELECT scout_id, boxes,
                  ifnull((SELECT sum(points) FROM point_entries WHERE point_entries.scout_id = girls_credited.scout_id
                             AND season_id = :season AND reason = 'boxes'), 0) AS given
             FROM girls_credited WHERE season_id = :season""",
        season=season_id,
    )
    entries = 0
    for row in found:
        due = max(row.boxes, 0) // BOXES_EACH * points - row.given
        if due < 0:
            due = -min(-due, total(tx, row.scout_id))
        if due:
            _enter(tx, season_id, row.scout_id, "boxes", due, by)
            entries += 1
    return entries


def _birthdays(tx: apsw.Connection, season_id: int, points: int, by: Person | None) -> int:
    found = many(
        tx,
        """SELECT scout_id FROM birth_months JOIN scouts ON scouts.id = scout_id
            WHERE status = 'active' AND month = :month
              AND NOT EXISTS (SELECT 1 FROM point_entries WHERE point_entries.scout_id = birth_months.scout_id
                                 AND reason = 'birthday' AND key = :season)""",
        month=int(troop.today(tx)[5:7]),
        season=str(season_id),
    )
    for row in found:
        _enter(tx, season_id, row.scout_id, "birthday", points, by, key=str(season_id))
    return len(found)


def _enter(
    tx: apsw.Connection,
    season_id: int,
    scout_id: int,
    reason: str,
    points: int,
    by: Person | None,
    *,
    key: str | None = None,
    prize_id: int | None = None,
    returns: int | None = None,
    note: str = "",
) -> int:
    entry_id = add(
        tx,
        """INSERT INTO point_entries (season_id, scout_id, reason, points, key, prize_id, returns, note, at, given_by)
           VALUES (:season, :scout, :reason, :points, :key, :prize, :returns, :note, :now, :by)""",
        season=season_id,
        scout=scout_id,
        reason=reason,
        points=points,
        key=key,
        prize=prize_id,
        returns=returns,
        note=note,
        now=clock.now(),
        by=by.id if by else None,
    )
    audit.note(tx, by.id if by else None, f"points.{reason}", "scout", scout_id, entry=entry_id)
    return entry_id
