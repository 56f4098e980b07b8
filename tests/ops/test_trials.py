"""The program is tried before a season: five scenarios by itself, three by a person; kept, reported, and nothing of it stays."""

import pytest

from gsctracker.config import Config
from gsctracker.db.rows import value
from gsctracker.domain import trial_scenarios, trials
from gsctracker.domain.inventory import transfers
from gsctracker.domain.trial_scenarios import SCENARIOS
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.ops import trial_runs

BY_ITSELF = [one.code for one in SCENARIOS if one.by_itself]
GUIDED = [one.code for one in SCENARIOS if not one.by_itself]


@pytest.fixture(autouse=True)
def short_saturday(monkeypatch):
    """A Saturday of few sales on any machine: how fast it is shows elsewhere."""
    monkeypatch.setattr(trial_runs, "SALES", 20)
    monkeypatch.setattr(trial_runs, "SALE_MILLISECONDS", 60_000)
    monkeypatch.setattr(trial_runs, "SUMS_MILLISECONDS", 60_000)


def test_there_are_eight_of_five_kinds():
    """TEST-11: five that the box walks through, three that are guided; functional, performance, usability, security, integration."""
    assert (len(BY_ITSELF), len(GUIDED)) == (5, 3)
    assert {one.kind for one in SCENARIOS} == set(trial_scenarios.KINDS)
    assert list(trial_runs.SCENARIOS) == BY_ITSELF
    for one in SCENARIOS:
        assert 3 <= len(one.steps) <= 20


def test_all_five_pass_and_nothing_of_them_stays(box, tmp_path):
    """TEST-12: through the verbs of pages and commands, in a troop of its own; the box itself is as it was."""
    config = Config(data_dir=tmp_path)
    with box.write() as tx:
        trial_id = trials.begin(tx, "2.0.0", None)
        before = value(tx, "SELECT count(*) FROM journal") + value(tx, "SELECT count(*) FROM accounts")
    found = trial_runs.run(config, box, trial_id, None)
    assert [one for one in found if one.result != "pass"] == []
    assert {(one.scenario, one.step) for one in found} == {
        (code, step) for code in BY_ITSELF for step in range(1, len(trial_scenarios.named(code).steps) + 1)
    }
    assert not list((tmp_path / "tmp").glob("trial-*"))
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM journal") + value(tx, "SELECT count(*) FROM accounts") == before
        assert trials.together(trials.results(tx, trial_id)).percent == 100


def test_a_program_that_is_wrong_fails_its_trial(tmp_path, monkeypatch):
    """TEST-12: the trial can fail; what comes after a failed step is left out, and the sandbox goes all the same."""
    monkeypatch.setattr(transfers, "move", lambda *_, **__: 1)
    found = trial_runs.walk(Config(data_dir=tmp_path), ["sale"])
    assert [one.result for one in found] == ["pass", "fail", "skipped", "skipped", "skipped"]
    assert "where" in found[1].said
    assert not list((tmp_path / "tmp").glob("trial-*"))


def test_a_slow_box_fails_its_saturday(tmp_path, monkeypatch):
    """TEST-12: too slow is said in milliseconds."""
    monkeypatch.setattr(trial_runs, "SALE_MILLISECONDS", -1)
    assert "19 of 20 sales took up to" in trial_runs.walk(Config(data_dir=tmp_path), ["saturday"])[0].said


def test_results_are_of_steps_that_are_there_and_of_sessions_that_go_on(tx, admin):
    """TEST-10: bad input."""
    trial = trials.begin(tx, "2.0.0", admin)
    for code, step in (("party", 1), ("phone", 9), ("phone", 0)):
        with pytest.raises(NotFound):
            trials.note(tx, trial, code, step, "pass", by=admin)
    for result, said in (("good", ""), ("pass", "x" * 501)):
        with pytest.raises(Invalid):
            trials.note(tx, trial, "phone", 1, result, said, by=admin)
    trials.end(tx, trial, admin)
    with pytest.raises(Conflict):
        trials.note(tx, trial, "phone", 1, "pass", by=admin)
    for _ in range(trials.KEPT):
        trials.begin(tx, "2.0.0", None)
    with pytest.raises(NotFound):
        trials.find(tx, trial)


def test_the_rate_is_that_of_what_was_tried(tx, admin):
    """TEST-14: two of three passed; what was left out does not count, and is said."""
    trial = trials.begin(tx, "2.0.0", admin)
    for step, result in ((1, "pass"), (2, "pass"), (3, "fail"), (4, "skipped")):
        trials.note(tx, trial, "phone", step, result, by=admin)
    found = trials.results(tx, trial)
    assert trials.together(found) == trials.Sum(2, 1, 1)
    assert trials.together(found).percent == 66
    advice = trials.advice(found)
    assert trial_scenarios.named("phone").advice in advice
    assert "Not everything was tried: do the rest before the first day." in advice
