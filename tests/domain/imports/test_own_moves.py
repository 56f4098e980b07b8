"""A move recorded here by hand and then typed into Smart Cookies comes back in its export: it is not posted twice."""

import pytest
from bring_in import apply, counts, hand_out, home, ledgers, owes, pick_up, reasons, shelf, stage, transfers
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gsctracker.db import Database
from gsctracker.db.rows import value
from gsctracker.domain.imports import answers, applying, batches, reviewing, undo
from gsctracker.domain.inventory import transfers as moves
from gsctracker.domain.reports import differences
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, Invalid
from tests import factories
from tests.factories import lines, make_scout

DAY = "2026-02-01"  # the day of every row that bring_in.transfers makes


def record(tx, by, kind="T2G", day=DAY, scout_id=None, more=None, **boxes):
    return moves.move(tx, by, kind, lines(tx, **(boxes or {"TM": 12})), scout_id=scout_id, day=day, **(more or {}))


def posted(tx):
    """The three ledgers alone, without what the office says."""
    return {
        name: rows for name, rows in ledgers(tx).items() if name in ("journal", "box_moves", "money_entries", "credits")
    }


def question(tx, batch):
    (asked,) = batches.preview(tx, batch).asks
    return asked


def answer(tx, by, batch, meaning):
    asked = question(tx, batch)
    return answers.resolve(tx, by, "smart-cookies", asked.kind, asked.said, str(meaning))


def gaps(tx, by):
    page = differences.page(tx, seasons.current(tx).id, by)
    moved = [line for line in page.lines for part in line.parts if part.code.startswith("hand_out")]
    return moved, [shelf.gap for shelf in page.shelf if shelf.gap]


@pytest.mark.parametrize("day", ["2026-01-28", DAY, "2026-02-05"])
def test_a_hand_out_that_was_recorded_here_is_recognised_and_moves_nothing(tx, admin, ana, day):
    entry = record(tx, admin, day=day, scout_id=ana)
    before = posted(tx)
    batch = apply(tx, admin, transfers(hand_out()))

    assert counts(tx, batch) == {"ours": 1}
    assert batches.lines(tx, batch)[0].entries == [entry]
    assert posted(tx) == before and home(tx, ana) == {"TM": 12} and owes(tx, ana) == 72_00
    assert gaps(tx, admin) == ([], [])


def test_the_same_file_again_changes_nothing_and_the_next_export_knows_it_by_its_number(tx, admin, ana):
    record(tx, admin, scout_id=ana)
    batch = apply(tx, admin, transfers(hand_out()))
    before = ledgers(tx)

    assert stage(tx, admin, transfers(hand_out())) == batch
    later = apply(tx, admin, transfers(hand_out(), hand_out("0016492", cookies={"CD": 3})))
    assert counts(tx, later) == {"same": 1, "new": 1}
    assert len(posted(tx)["journal"]) == len(before["journal"]) + 1


def test_every_kind_of_move_is_recognised(tx, admin, ana):
    bea = make_scout(tx, "Bea", "B.")
    record(tx, admin, "C2T", TM=48)
    record(tx, admin, "T2T_IN", CD=12)
    record(tx, admin, "T2T_OUT", TM=6)
    record(tx, admin, scout_id=ana)
    record(tx, admin, "G2T", scout_id=ana, TM=2)
    record(tx, admin, "G2G", scout_id=ana, more={"to_scout_id": bea}, TM=3)
    before = posted(tx)
    batch = apply(tx, admin, transfers(
        pick_up(TM=48),
        {"type": "T2T", "number": "2", "from": "777", "to": "1234", "cookies": {"CD": 12}},
        {"type": "T2T", "number": "3", "from": "1234", "to": "777", "cookies": {"TM": 6}},
        hand_out(),
        {"type": "G2T", "number": "5", "from": "Ana Rivera", "to": "1234", "cookies": {"TM": 2}},
        {"type": "G2G", "number": "6", "from": "Ana Rivera", "to": "Bea Bell", "cookies": {"TM": 3}},
    ))  # fmt: skip

    assert counts(tx, batch) == {"ours": 6} and posted(tx) == before


def test_one_entry_stands_for_one_row_and_the_nearest_day_goes_first(tx, admin, ana):
    early, same_day = record(tx, admin, day="2026-01-30", scout_id=ana), record(tx, admin, scout_id=ana)
    batch = stage(tx, admin, transfers(hand_out(date="2026/02/03"), hand_out("2"), hand_out("3")))

    found = [row.entries for row in batches.lines(tx, batch, "ours")]
    assert sorted(found) == [[early], [same_day]]
    assert counts(tx, batch) == {"ours": 2, "new": 1}


def test_another_girl_kind_or_cookie_is_never_taken_for_it(tx, admin, ana):
    bea = make_scout(tx, "Bea", "B.")
    record(tx, admin, scout_id=bea)
    record(tx, admin, "T2T_OUT")
    record(tx, admin, day="2026-01-20", scout_id=ana, CD=12)
    batch = apply(tx, admin, transfers(hand_out()))

    assert counts(tx, batch) == {"new": 1} and home(tx, ana) == {"TM": 12, "CD": 12}


def test_no_this_is_another_one(tx, admin, ana):
    record(tx, admin, scout_id=ana)
    batch = stage(tx, admin, transfers(hand_out()))
    reviewing.another_one(tx, admin, batch, batches.lines(tx, batch)[0].id)
    assert counts(tx, batch) == {"new": 1}
    applying.apply(tx, admin, batch)

    assert home(tx, ana) == {"TM": 24}
    later = stage(tx, admin, transfers(hand_out(), hand_out("2", date="2026/03/01", cookies={"CD": 1})))
    assert counts(tx, later) == {"same": 1, "new": 1}
    with pytest.raises(Conflict, match="not waiting"):
        reviewing.another_one(tx, admin, later, batches.lines(tx, later)[0].id)


def test_other_packages_on_the_same_day_or_the_next_are_asked_about_and_ours_can_stand(tx, admin, ana):
    entry = record(tx, admin, scout_id=ana, TM=10)
    before = posted(tx)
    batch = stage(tx, admin, transfers(hand_out()))
    assert counts(tx, batch) == {"refused": 1} and question(tx, batch).row.entries == [entry]

    assert answer(tx, admin, batch, entry) == 1
    applying.apply(tx, admin, batch)
    assert counts(tx, batch) == {"ours": 1} and posted(tx) == before
    assert gaps(tx, admin)[1] == [-2]  # the office says two more: shown, not hidden
    again = stage(tx, admin, transfers(hand_out(), hand_out("2", cookies={"CD": 1})))
    assert counts(tx, again) == {"same": 1, "new": 1}


def test_or_it_is_another_one(tx, admin, ana):
    record(tx, admin, scout_id=ana, TM=10)
    batch = stage(tx, admin, transfers(hand_out()))
    assert answer(tx, admin, batch, "other") == 1
    applying.apply(tx, admin, batch)

    assert home(tx, ana) == {"TM": 22}


def test_the_same_cookies_a_week_apart_are_asked_about(tx, admin, ana):
    record(tx, admin, day="2026-01-25", scout_id=ana)
    assert counts(tx, stage(tx, admin, transfers(hand_out()))) == {"refused": 1}


def test_the_offices_number_in_our_reference_makes_it_the_same_whatever_the_day(tx, admin, ana):
    record(tx, admin, day="2026-01-05", scout_id=ana, more={"reference": "16491"})
    assert counts(tx, stage(tx, admin, transfers(hand_out()))) == {"ours": 1}


def test_an_answer_that_fits_no_move_leaves_the_question_open(tx, admin, ana):
    record(tx, admin, scout_id=ana, TM=10)
    other = record(tx, admin, "T2T_OUT", TM=10)
    batch = stage(tx, admin, transfers(hand_out()))

    assert answer(tx, admin, batch, other) == 0 and answer(tx, admin, batch, 999) == 0
    with pytest.raises(Invalid):
        answer(tx, admin, batch, "perhaps")


def test_taking_the_import_back_forgets_the_match_and_leaves_the_move(tx, admin, ana):
    entry = record(tx, admin, scout_id=ana)
    before = posted(tx)
    undo.undo(tx, admin, apply(tx, admin, transfers(hand_out())))

    assert posted(tx) == before and home(tx, ana) == {"TM": 12}
    assert value(tx, "SELECT count(*) FROM external_entries") == value(tx, "SELECT count(*) FROM office_lines") == 0
    batch = stage(tx, admin, transfers(hand_out()))
    assert batches.lines(tx, batch, "ours")[0].entries == [entry]


def test_a_move_that_was_taken_back_and_recorded_rightly_is_recognised_anew(tx, admin, ana):
    entry = record(tx, admin, scout_id=ana)
    apply(tx, admin, transfers(hand_out()))
    moves.take_back(tx, entry, admin)
    right = record(tx, admin, scout_id=ana)
    before = posted(tx)
    batch = apply(tx, admin, transfers(hand_out(), hand_out("2", to="Zoe Quill")))

    assert [row.entries for row in batches.lines(tx, batch, "ours")] == [[right]] and posted(tx) == before


def test_a_move_that_was_only_taken_back_is_asked_about(tx, admin, ana):
    moves_before = record(tx, admin, scout_id=ana)
    apply(tx, admin, transfers(hand_out()))
    moves.take_back(tx, moves_before, admin)
    batch = stage(tx, admin, transfers(hand_out(), hand_out("2", to="Zoe Quill")))
    asked = next(ask for ask in batches.preview(tx, batch).asks if ask.kind == "move")

    assert any("taken back" in reason for reason in reasons(tx, batch, "refused"))
    answers.resolve(tx, admin, "smart-cookies", "move", asked.said, "other")
    applying.apply(tx, admin, batch)
    assert home(tx, ana) == {"TM": 12}


def test_what_the_office_changes_later_is_shown_and_moves_nothing(tx, admin, ana):
    record(tx, admin, scout_id=ana)
    apply(tx, admin, transfers(hand_out()))
    before = posted(tx)
    batch = apply(tx, admin, transfers(hand_out(cookies={"TM": 9})))

    assert counts(tx, batch) == {"conflict": 1} and posted(tx) == before
    assert any("says something else now" in reason for reason in reasons(tx, batch))
    undo.undo(tx, admin, batch)
    assert counts(tx, stage(tx, admin, transfers(hand_out(), hand_out("2", cookies={"CD": 1})))) == {
        "same": 1,
        "new": 1,
    }


def test_a_planned_pick_up_that_was_received_here_is_recognised_when_it_is_confirmed(tx, admin):
    planned = pick_up(TM=48) | {"status": "SAVED"}
    apply(tx, admin, transfers(planned))
    record(tx, admin, "C2T", TM=48)
    batch = apply(tx, admin, transfers(pick_up(TM=48)))

    assert counts(tx, batch) == {"ours": 1} and shelf(tx) == {"TM": 48}


def test_what_was_recorded_between_preview_and_applying_is_recognised_too(tx, admin, ana):
    batch = stage(tx, admin, transfers(hand_out()))
    record(tx, admin, scout_id=ana)
    applying.apply(tx, admin, batch)

    assert counts(tx, batch) == {"ours": 1} and home(tx, ana) == {"TM": 12}


_move = st.tuples(
    st.sampled_from(["C2T", "T2T_IN", "T2T_OUT", "T2G", "G2T", "G2G"]),
    st.sampled_from(["Ana Rivera", "Bea Bell"]),
    st.dictionaries(st.sampled_from(["TM", "CD", "TRE"]), st.integers(1, 30), min_size=1),
    st.integers(1, 28),
    st.integers(0, 3),
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(_move, max_size=12, unique_by=lambda one: (one[0], one[1], one[3] // 7)))
def test_whatever_was_recorded_by_hand_its_export_leaves_the_ledgers_as_they_are(tmp_path_factory, made):
    """DB-17: recorded here, typed there up to three days later, exported and brought in: nothing moves twice."""
    db = Database(tmp_path_factory.mktemp("own") / "troop.db")
    try:
        with db.write() as tx:
            admin = factories.set_up(tx)
            girls = {"Ana Rivera": make_scout(tx, "Ana", "R."), "Bea Bell": make_scout(tx, "Bea", "B.")}
            rows = []
            for number, (kind, girl, boxes, day, later) in enumerate(made, 16000):
                other = next(name for name in girls if name != girl)
                who = {"scout_id": girls[girl]} if kind in ("T2G", "G2T", "G2G") else {}
                to = {"to_scout_id": girls[other]} if kind == "G2G" else {}
                moves.move(tx, admin, kind, lines(tx, **boxes), day=f"2026-01-{day:02}", **who, **to)
                ends = {
                    "C2T": ("Cupboard", "1234"), "T2T_IN": ("777", "1234"), "T2T_OUT": ("1234", "777"),
                    "T2G": ("1234", girl), "G2T": (girl, "1234"), "G2G": (girl, other),
                }[kind]  # fmt: skip
                rows.append({
                    "type": kind[:3], "number": f"00{number}", "from": ends[0], "to": ends[1], "cookies": boxes,
                    "date": f"2026/01/{min(day + later, 31):02}",
                })  # fmt: skip
            before = posted(tx)
            batch = apply(tx, admin, transfers(*rows[::-1]))
            found = counts(tx, batch)
            assert set(found) <= {"ours", "refused"} and posted(tx) == before
            undo.undo(tx, admin, batch)
            assert posted(tx) == before
    finally:
        db.close()
