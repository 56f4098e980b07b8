"""Every flow that the troop cannot do without is walked by a test or in a guided trial."""

from gsctracker.domain.trial_scenarios import SCENARIOS
from tests import critical_flows


def test_every_critical_flow_is_walked_and_most_by_a_program(capsys):
    """TEST-25 TEST-26: families' and leaders' flows end to end; the script prints 100 % and the share, 62.5 % at least."""
    assert critical_flows.main() == 0
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("100 % covered, ")
    assert float(said.split(", ")[1].split()[0]) >= 62.5


def test_each_guided_trial_stands_for_a_flow():
    """TEST-15: what is checked by hand has its place among the guided scenarios, and none of those is for nothing."""
    by_hand = {where.partition(": ")[2] for where in critical_flows.FLOWS.values() if where.startswith("trial: ")}
    assert by_hand == {one.code for one in SCENARIOS if not one.by_itself}


def test_a_flow_whose_test_went_away_is_found(monkeypatch):
    """TEST-26: the script can fail."""
    monkeypatch.setitem(critical_flows.FLOWS, "A parade", "web/test_parade.py::test_it")
    assert critical_flows.main() == 1
    assert not critical_flows.is_there("web/pages/test_join.py::test_of_that_name")
