"""The troop's own points: given once, never fewer than none, prizes, birthdays by consent."""

import apsw
import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain.booths import booths, closing
from gsctracker.domain.inventory import transfers
from gsctracker.domain.rewards import points
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, NotAllowed, NotFound
from tests.domain.rewards.girls import credited
from tests.factories import lines, make_person, make_scout, product

RULES = {"shift": 5, "boxes": 2, "training": 10, "referral": 20, "birthday": 7}


@pytest.fixture
def ana(tx, admin):
    points.set_rules(tx, 1, RULES, admin)
    return make_scout(tx, "Ana")


def test_nothing_brings_points_until_somebody_says_so(tx, admin):
    """COOKIE-23: the points are optional."""
    ana = make_scout(tx)
    credited(tx, admin, ana, 100)
    assert points.award(tx, 1, admin) == 0
    with pytest.raises(Conflict, match="brings no points"):
        points.give(tx, 1, ana, "training", "Booth safety", admin)


def test_boxes_bring_points_for_every_ten_and_only_once(tx, admin, ana):
    """COOKIE-23: the ledger adds up to the balance."""
    credited(tx, admin, ana, 29)
    points.award(tx, 1, admin)
    points.award(tx, 1, admin)
    assert points.total(tx, ana) == 4
    credited(tx, admin, ana, 1)
    points.award(tx, 1, admin)
    assert points.total(tx, ana) == 6
    assert value(tx, "SELECT sum(points) FROM point_entries") == 6


def test_boxes_that_are_taken_back_take_their_points_as_far_as_she_has_them(tx, admin, ana):
    """COOKIE-23: never below zero."""
    credited(tx, admin, ana, 100)
    points.award(tx, 1, admin)
    points.offer(tx, "Game", 15, admin)
    points.redeem(tx, 1, ana, points.prizes(tx)[0].id, admin)
    credited(tx, admin, ana, -100)
    points.award(tx, 1, admin)
    assert points.total(tx, ana) == 0


def test_a_shift_that_was_stood_brings_points_once(tx, admin, ana):
    """COOKIE-23: after its booth was counted, not before."""
    booth = booths.plan(tx, admin, "Grocery", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    run(
        tx,
        """INSERT INTO booth_shifts (id, booth_id, starts_at, ends_at, min_girls, max_girls, min_adults, max_adults)
           VALUES (70, :booth, '2026-02-14T16:00:00Z', '2026-02-14T20:00:00Z', 1, 2, 1, 2)""",
        booth=booth,
    )
    run(
        tx,
        """INSERT INTO shift_sign_ups (shift_id, scout_id, state, made_at)
           VALUES (70, :ana, 'going', '2026-02-01T00:00:00Z'), (70, :bea, 'left', '2026-02-01T00:00:00Z')""",
        ana=ana,
        bea=make_scout(tx, "Bea"),
    )
    assert points.award(tx, 1, admin) == 0
    tm = product(tx, "TM")
    transfers.move(tx, admin, "C2T", lines(tx, TM=12))
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=12), booth_id=booth)
    closing.close(tx, admin, booth, sold={tm: 12}, cash_cents=72_00)
    assert points.award(tx, 1, admin) == 1
    assert points.award(tx, 1, admin) == 0
    assert points.total(tx, ana) == 5


def test_a_training_counts_once(tx, admin, ana):
    """COOKIE-23: however its name is written."""
    points.give(tx, 1, ana, "training", "Booth safety", admin)
    with pytest.raises(Conflict, match="given points for that before"):
        points.give(tx, 1, ana, "training", "BOOTH  safety", admin)


def test_a_volunteer_is_credited_once_a_pair(tx, admin, ana):
    """COOKIE-26: another girl's family may have brought her too; her own mother is nobody she brought."""
    bea, mother = make_scout(tx, "Bea"), make_person(tx, "caregiver", scout_ids=(ana,))
    lea = make_person(tx, "leader")
    points.give(tx, 1, ana, "referral", str(lea.id), admin)
    with pytest.raises(Conflict, match="before"):
        points.give(tx, 1, ana, "referral", str(lea.id), admin)
    points.give(tx, 1, bea, "referral", str(lea.id), admin)
    with pytest.raises(Conflict, match="own family"):
        points.give(tx, 1, ana, "referral", str(mother.id), admin)
    with pytest.raises(NotFound):
        points.give(tx, 1, ana, "referral", "99999", admin)
    assert (points.total(tx, ana), points.total(tx, bea)) == (20, 20)


def test_a_prize_costs_its_points_and_no_more_than_she_has(tx, admin, ana):
    """COOKIE-24: the history keeps the redemption and its return."""
    points.give(tx, 1, ana, "training", "One", admin)
    points.offer(tx, "Game", 15, admin)
    game = points.prizes(tx)[0]
    with pytest.raises(Conflict, match="Game costs 15 points and she has 10"):
        points.redeem(tx, 1, ana, game.id, admin)
    points.give(tx, 1, ana, "training", "Two", admin)
    entry = points.redeem(tx, 1, ana, game.id, admin)
    assert points.total(tx, ana) == 5
    points.give_back(tx, entry, admin)
    with pytest.raises(Conflict, match="before"):
        points.give_back(tx, entry, admin)
    assert points.total(tx, ana) == 20
    assert [(one.reason, one.points) for one in points.ledger(tx, ana, admin)] == [
        ("returned", 15),
        ("prize", -15),
        ("training", 10),
        ("training", 10),
    ]
    points.withdraw(tx, game.id, admin)
    with pytest.raises(NotFound):
        points.redeem(tx, 1, ana, game.id, admin)


@pytest.mark.parametrize(
    "statement",
    [
        """INSERT INTO point_entries (season_id, scout_id, reason, points, at)
           VALUES (1, :ana, 'boxes', -11, '2026-01-01T00:00:00Z')""",
        """INSERT INTO point_entries (season_id, scout_id, reason, points, key, at)
           VALUES (1, :ana, 'training', -1, 'x', '2026-01-01T00:00:00Z')""",
        """INSERT INTO point_entries (season_id, scout_id, reason, points, key, at)
           VALUES (1, :ana, 'training', 5, 'one', '2026-01-01T00:00:00Z')""",
        """INSERT INTO point_entries (season_id, scout_id, reason, points, returns, at)
           SELECT 1, :ana, 'returned', 10, id, '2026-01-01T00:00:00Z' FROM point_entries""",
        "UPDATE point_entries SET points = points + 1 WHERE scout_id = :ana",
        "DELETE FROM point_entries WHERE scout_id = :ana",
        "INSERT INTO birth_months (scout_id, month, agreed_at) VALUES (:ana, 3, '2026-01-01T00:00:00Z')",
    ],
)
def test_the_database_lets_no_balance_fall_below_zero(tx, admin, ana, statement):
    """COOKIE-24: whoever writes, and however."""
    points.give(tx, 1, ana, "training", "One", admin)
    with pytest.raises(apsw.ConstraintError):
        run(tx, statement, ana=ana)
    assert points.total(tx, ana) == 10


def test_a_birthday_month_is_kept_where_her_family_told_it(tx, admin, ana):
    """COOKIE-25: the month alone, by an adult of her own family, gone when she says so; points once a season."""
    mother = make_person(tx, "caregiver", scout_ids=(ana,))
    month = int(clock.today("America/Chicago")[5:7])
    assert points.award(tx, 1, admin) == 0
    with pytest.raises(NotFound):
        points.tell_birth_month(tx, ana, month, admin)
    with pytest.raises(NotAllowed):
        points.tell_birth_month(tx, ana, month, make_person(tx, "scout", "Ana", scout_ids=(ana,)))
    points.tell_birth_month(tx, ana, month, mother)
    assert points.award(tx, 1, admin) == 1
    assert points.award(tx, 1, admin) == 0
    points.tell_birth_month(tx, ana, month % 12 + 1, mother)
    points.tell_birth_month(tx, ana, None, mother)
    assert points.birth_month(tx, ana, mother) is None
    assert points.total(tx, ana) == 7


def test_points_go_on_over_seasons_with_their_history(tx, admin, ana):
    """COOKIE-27: history and lifetime totals."""
    points.give(tx, 1, ana, "training", "One", admin)
    later = seasons.begin(tx, 2027, "abc", by=admin)
    points.set_rules(tx, later, {"training": 3}, admin)
    points.give(tx, later, ana, "training", "Two", admin)
    assert [(one.season, one.points) for one in points.ledger(tx, ana, admin)] == [("2026-27", 3), ("2025-26", 10)]
    assert [(one.points, one.ever) for one in points.balances(tx, admin)] == [(13, 13)]


def test_a_family_sees_its_own_points(tx, admin, ana):
    bea = make_scout(tx, "Bea")
    mother = make_person(tx, "caregiver", scout_ids=(ana,))
    assert [one.scout_id for one in points.balances(tx, mother)] == [ana]
    with pytest.raises(NotFound):
        points.ledger(tx, bea, mother)
    with pytest.raises(NotAllowed):
        points.give(tx, 1, ana, "training", "X", mother)
