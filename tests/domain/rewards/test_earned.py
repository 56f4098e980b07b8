"""What girls earn: steps, choices, sizes, opting out, holding until paid, the radar, levels told once."""

import apsw
import pytest

from gsctracker.db.rows import run
from gsctracker.domain import journal
from gsctracker.domain.booths import booths
from gsctracker.domain.inventory import cupboard_orders, transfers
from gsctracker.domain.money import proceeds_plans, turn_ins
from gsctracker.domain.people import scouts
from gsctracker.domain.rewards import choices, earned, emails, handing, ladders, levels
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.domain.rewards.girls import credited, with_ladder
from tests.factories import lines, make_person, make_scout, product

SIGNED = "M10 10L40 60L80 20L120 70L160 30L200 50"


@pytest.fixture
def items(tx, admin):
    return with_ladder(tx, admin)


def states(tx, admin, scout_id):
    return {due.item.name: due.state for due in earned.girls(tx, 1, admin, scout_id)[0].due}


@pytest.mark.parametrize(
    ("boxes", "expected"),
    [
        (9, {}),
        (10, {"Patch": "ready"}),
        (20, {"Patch": "ready", "Cat": "to_choose", "Dog": "to_choose"}),
        (30, {"Patch": "ready", "Cat": "to_choose", "Dog": "to_choose", "Shirt": "to_choose"}),
    ],
)
def test_every_step_up_to_hers_is_hers(tx, admin, items, boxes, expected):
    """COOKIE-22: a cumulative ladder; the step begins at its number of packages."""
    ana = make_scout(tx)
    credited(tx, admin, ana, boxes)
    assert states(tx, admin, ana) == expected


def test_where_only_the_highest_step_counts_the_lower_ones_are_not_hers(tx, admin, items):
    """COOKIE-22."""
    ladders.mean(tx, 1, admin, "highest", None)
    ana = make_scout(tx)
    credited(tx, admin, ana, 30)
    assert states(tx, admin, ana) == {"Shirt": "to_choose"}


def test_credit_after_the_last_day_for_rewards_is_not_counted(tx, admin, items):
    seasons.change(tx, 1, admin, rewards_on="2026-03-01")
    ana = make_scout(tx)
    credited(tx, admin, ana, 9, "2026-03-01")
    credited(tx, admin, ana, 9, "2026-03-02")
    assert states(tx, admin, ana) == {}
    credited(tx, admin, ana, 1, "2026-02-28")
    assert states(tx, admin, ana) == {"Patch": "ready"}


def test_the_initial_order_and_online_sales_have_steps_of_their_own(tx, admin, items):
    """COOKIE-22: the initial order counts once it is placed."""
    ana = make_scout(tx)
    order = cupboard_orders.draft(tx, admin, "initial", lines(tx, TM=5))
    run(
        tx,
        "INSERT INTO cupboard_wishes (order_id, scout_id, product_id, boxes) VALUES (:order, :ana, :tm, 5)",
        order=order,
        ana=ana,
        tm=product(tx, "TM"),
    )
    assert states(tx, admin, ana) == {}
    run(tx, "UPDATE cupboard_orders SET placed_on = '2026-01-01' WHERE id = :order", order=order)
    run(
        tx,
        """INSERT INTO orders (season_id, source, external_number, scout_id, order_type, status, payment_method, ordered_at,
                               ordered_on, recorded_at)
           VALUES (1, 'digital-cookie', '1', :ana, 'shipped', 'delivered', 'card', '2026-01-01T00:00:00Z', '2026-01-01',
                   '2026-01-01T00:00:00Z')""",
        ana=ana,
    )
    run(
        tx,
        "INSERT INTO order_lines (order_id, product_id, boxes, price_cents) SELECT max(id), :tm, 5, 600 FROM orders",
        tm=product(tx, "TM"),
    )
    assert states(tx, admin, ana) == {"Bandana": "ready", "Web patch": "ready"}


def test_a_girl_takes_one_of_the_choices_and_may_change_her_mind(tx, admin, items):
    """COOKIE-22: choice and size."""
    ana = make_scout(tx)
    mother = make_person(tx, "caregiver", scout_ids=(ana,))
    credited(tx, admin, ana, 30)
    choices.choose(tx, 1, ana, items["Cat"], "", mother)
    choices.choose(tx, 1, ana, items["Dog"], "", mother)
    choices.choose(tx, 1, ana, items["Shirt"], "M", mother)
    assert states(tx, admin, ana) == {"Patch": "ready", "Dog": "ready", "Shirt": "ready"}
    with pytest.raises(Invalid, match="Choose one of the sizes: S, M"):
        choices.choose(tx, 1, ana, items["Shirt"], "XXL", mother)
    ladders.mean(tx, 1, admin, "cumulative", "2026-03-20")
    with pytest.raises(Conflict, match="ordered already"):
        choices.choose(tx, 1, ana, items["Cat"], "", mother)
    choices.choose(tx, 1, ana, items["Cat"], "", admin)
    assert handing.sheet(tx, 1, admin)[0] == [("Patch", "", 1), ("Cat", "", 1), ("Shirt", "M", 1)]


def test_what_she_did_not_reach_cannot_be_chosen_nor_another_familys(tx, admin, items):
    ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
    mother = make_person(tx, "caregiver", scout_ids=(ana,))
    credited(tx, admin, bea, 30)
    with pytest.raises(NotFound):
        choices.choose(tx, 1, ana, items["Cat"], "", mother)
    with pytest.raises(NotFound, match="no such scout"):
        choices.choose(tx, 1, bea, items["Cat"], "", mother)
    assert [girl.scout_id for girl in earned.girls(tx, 1, mother)] == [ana]


def test_who_opts_out_keeps_the_patches(tx, admin, items):
    """COOKIE-22: opting out of rewards, by a family or the whole troop."""
    ana = make_scout(tx)
    mother = make_person(tx, "caregiver", scout_ids=(ana,))
    credited(tx, admin, ana, 30)
    choices.opt_out(tx, 1, ana, True, mother)
    assert states(tx, admin, ana) == {"Patch": "ready"}
    choices.opt_out(tx, 1, ana, False, mother)
    assert "Shirt" in states(tx, admin, ana)
    proceeds_plans.set_rules(tx, 1, admin, opted_out=True)
    assert states(tx, admin, ana) == {"Patch": "ready"}


def test_a_girl_does_not_opt_out_by_herself(tx, admin, items):
    ana = make_scout(tx)
    with pytest.raises(NotAllowed):
        choices.opt_out(tx, 1, ana, True, make_person(tx, "scout", scout_ids=(ana,)))


def test_a_reward_is_held_until_her_family_has_paid(tx, admin, items):
    """COOKIE-22: the shirt waits for $60, the patch does not."""
    ana = make_scout(tx)
    credited(tx, admin, ana, 30)
    choices.choose(tx, 1, ana, items["Shirt"], "S", admin)
    transfers.move(tx, admin, "C2T", lines(tx, TM=12))
    transfers.move(tx, admin, "T2G", lines(tx, TM=10), scout_id=ana)
    assert states(tx, admin, ana)["Shirt"] == "held"
    with pytest.raises(Conflict, match="Shirt is held until her family has paid"):
        handing.hand_out(tx, 1, ana, [items["Patch"], items["Shirt"]], "Gia", admin)
    turn_ins.turn_in(tx, admin, ana, 60_00, "cash")
    assert states(tx, admin, ana)["Shirt"] == "ready"


def test_handing_out_makes_a_receipt_once_and_voiding_takes_it_back(tx, admin, items):
    """COOKIE-16: what a girl got is listed with its receipt."""
    ana = make_scout(tx)
    credited(tx, admin, ana, 20)
    choices.choose(tx, 1, ana, items["Cat"], "", admin)
    receipt = handing.hand_out(tx, 1, ana, [items["Patch"], items["Cat"]], "Gia", admin)
    assert set(states(tx, admin, ana).values()) == {"handed_out"}
    for again in ([items["Cat"]], [items["Patch"]]):
        with pytest.raises(Conflict, match="handed out before"):
            handing.hand_out(tx, 1, ana, again, "Gia", admin)
    with pytest.raises(Conflict, match="already"):
        choices.choose(tx, 1, ana, items["Dog"], "", admin)
    found = handing.receipts(tx, 1, ana, admin)
    assert [(one.number, one.received_by, [line.name for line in one.lines]) for one in found] == [
        (1, "Gia", ["Patch", "Cat"])
    ]
    handing.void(tx, receipt, "the wrong girl", admin)
    with pytest.raises(Conflict, match="voided before"):
        handing.void(tx, receipt, "again", admin)
    assert states(tx, admin, ana) == {"Patch": "ready", "Cat": "ready"}
    assert handing.hand_out(tx, 1, ana, [items["Cat"]], "Gia", admin) > receipt
    for nothing, error in (([], Invalid), ([items["Shirt"]], NotFound)):
        with pytest.raises(error):
            handing.hand_out(tx, 1, ana, nothing, "Gia", admin)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE reward_receipts SET received_by = 'Hal'",
        "DELETE FROM reward_receipts",
        "UPDATE reward_receipt_lines SET size = 'S'",
        "DELETE FROM reward_receipt_lines",
        "INSERT INTO reward_receipt_lines (receipt_id, item_id) SELECT max(id), (SELECT min(id) FROM reward_items) FROM reward_receipts",
        """INSERT INTO reward_choices (scout_id, item_id, chosen_at)
           SELECT 1, id, '2026-01-01T00:00:00Z' FROM reward_items WHERE name = 'Dog'""",
    ],
)
def test_the_database_keeps_receipts_and_single_choices(tx, admin, items, statement):
    """COOKIE-16: a receipt is never edited, a reward never handed out twice, one choice of a step."""
    ana = make_scout(tx)
    credited(tx, admin, ana, 20)
    choices.choose(tx, 1, ana, items["Cat"], "", admin)
    handing.hand_out(tx, 1, ana, [items["Patch"]], "Gia", admin)
    run(
        tx,
        """INSERT INTO reward_receipts (season_id, number, scout_id, received_by, handed_at)
           VALUES (1, 2, :ana, 'Gia', '2026-01-01T00:00:00Z')""",
        ana=ana,
    )
    with pytest.raises(apsw.ConstraintError):
        run(tx, statement)


def test_the_radar_shows_who_is_near_and_what_is_not_credited(tx, admin, items):
    """COOKIE-22: three packages more, and five of hers are uncredited in a booth."""
    ana, bea, cleo = (make_scout(tx, name) for name in ("Ana", "Bea", "Cleo"))
    credited(tx, admin, ana, 17)
    credited(tx, admin, bea, 30)
    booth = booths.plan(tx, admin, "Grocery", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    tm, table = product(tx, "TM"), journal.place_of_booth(tx, booth)
    for girl in (ana, bea):
        run(
            tx,
            """INSERT INTO presences (booth_id, scout_id, came_at, left_at, noted_at)
               VALUES (:booth, :girl, '2026-02-14T16:00:00Z', '2026-02-14T20:00:00Z', '2026-02-14T20:00:00Z')""",
            booth=booth,
            girl=girl,
        )
    journal.post(
        tx,
        1,
        "booth_sale",
        "2026-02-14",
        by=1,
        booth_id=booth,
        custody=[journal.Boxes(tm, 11, table, journal.CUSTOMER)],
    )
    found = earned.radar(tx, 1, earned.girls(tx, 1, admin))
    assert [(girl.first_name, girl.missing, [(one.name, one.boxes) for one in late]) for girl, late in found] == [
        ("Ana", 3, [("Grocery", 5)])
    ]
    assert cleo not in [girl.scout_id for girl, _ in found]


def test_sisters_have_a_patch_together_and_e_mails_count_as_typed(tx, admin):
    """COOKIE-22: a patch of 40 packages of sisters, who have the same home; one of 18 e-mails sent."""
    rows = [("sisters", "40", "", "Sisters", "", "", "yes"), ("emails", "18", "", "Mail", "", "", "yes")]
    ladders.replace(tx, 1, admin, ladders.read(rows), "cumulative")
    home = scouts.open_household(tx, "Ana and Bea")
    ana, bea = (scouts.add_scout(tx, name, "A.", household_id=home, by=None) for name in ("Ana", "Bea"))
    cleo = make_scout(tx, "Cleo")
    for girl, boxes in ((ana, 39), (cleo, 100)):
        credited(tx, admin, girl, boxes)
    assert [states(tx, admin, one) for one in (ana, bea, cleo)] == [{}, {}, {}], "one sister alone is no sisters"
    credited(tx, admin, bea, 1)
    assert [states(tx, admin, one) for one in (ana, bea, cleo)] == [{"Sisters": "ready"}, {"Sisters": "ready"}, {}]
    emails.note(tx, 1, cleo, 17, admin)
    assert states(tx, admin, cleo) == {}
    emails.note(tx, 1, cleo, 18, admin)
    assert states(tx, admin, cleo) == {"Mail": "ready"}
    emails.note(tx, 1, cleo, 0, admin)
    assert states(tx, admin, cleo) == {}
    for sent, no in ((-1, Invalid), (100_001, Invalid), ("x", Invalid)):
        with pytest.raises(no):
            emails.note(tx, 1, cleo, sent, admin)
    with pytest.raises(NotAllowed):
        emails.note(tx, 1, ana, 18, make_person(tx, "caregiver", scout_ids=(ana,)))


def test_program_credits_add_up_once_they_are_chosen(tx, admin):
    """COOKIE-22: $5 of a step and $10 of a choice; the last day to use them is the ladder's."""
    rows = [
        ("boxes", "10", "", "Credit", "", "", "", "", "5.00"),
        ("boxes", "10", "", "More credit", "yes", "", "", "", "10.00"),
        ("boxes", "10", "", "Cat", "yes"),
    ]
    ladders.replace(tx, 1, admin, ladders.read(rows), "cumulative")
    ladders.mean(tx, 1, admin, "cumulative", None, "2027-09-15")
    ana = make_scout(tx)
    credited(tx, admin, ana, 10)
    assert earned.girls(tx, 1, admin)[0].credit_cents == 5_00
    more = next(item.id for step in ladders.steps(tx, 1) for item in step.items if item.name == "More credit")
    choices.choose(tx, 1, ana, more, "", admin)
    assert earned.girls(tx, 1, admin)[0].credit_cents == 15_00
    assert ladders.ladder(tx, 1).credits_until == "2027-09-15"
    with pytest.raises(Invalid):
        ladders.mean(tx, 1, admin, "cumulative", None, "soon")


def test_an_adult_signs_for_a_reward_with_a_finger(tx, admin, items):
    """COOKIE-16: what she took is on the receipt with her signature, which nobody changes."""
    ana = make_scout(tx)
    credited(tx, admin, ana, 10)
    with pytest.raises(Invalid, match="no signature"):
        handing.hand_out(tx, 1, ana, [items["Patch"]], "Mia", admin, signature="M1 1")
    made = handing.hand_out(tx, 1, ana, [items["Patch"]], "Mia", admin, signature=SIGNED)
    receipt = handing.receipt(tx, made, admin)
    assert (receipt.received_by, receipt.signature) == ("Mia", SIGNED)
    with pytest.raises(apsw.ConstraintError, match="never edited"):
        run(tx, "UPDATE reward_receipts SET signature = NULL")
    with pytest.raises(NotFound):
        handing.receipt(tx, made, make_person(tx, "caregiver", scout_ids=(make_scout(tx, "Bea"),)))


def test_a_level_is_told_once(tx, admin, items):
    """COOKIE-22, COOKIE-27: also where credit is taken back and comes again, and where the ladder is replaced."""
    ana = make_scout(tx)
    credited(tx, admin, ana, 20)
    assert [(one.scout_id, one.from_boxes) for one in levels.tell(tx, 1, admin)] == [(ana, 10), (ana, 20)]
    assert levels.tell(tx, 1, admin) == []
    credited(tx, admin, ana, -5)
    credited(tx, admin, ana, 5)
    with_ladder(tx, admin)
    assert levels.tell(tx, 1, admin) == []
    credited(tx, admin, ana, 10)
    assert [one.from_boxes for one in levels.tell(tx, 1, admin)] == [30]
    assert [one.from_boxes for one in levels.told(tx, ana, admin)] == [30, 20, 10]
    assert [(one.season, one.boxes) for one in levels.lifetime(tx, ana, admin)] == [("2025-26", 30)]
