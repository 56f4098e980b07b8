"""How long, how often, not at night, and to whom next."""

import pytest

from gsctracker.ops.alerts import rules
from gsctracker.ops.alerts.faults import Faults

OURS = {rule.name: rule for rule in rules.parse(rules.OURS.read_text(encoding="utf-8"))}


def told(faults, name, seconds, holds, quiet=lambda at: False):
    """(second, kind) of all that is told while time goes by in looks of half a minute."""
    found = []
    for at in range(0, seconds, 30):
        found += [(at, one.kind) for one in faults.look(float(at), {name: holds(at)}, quiet(at))]
    return found


def test_a_fault_must_hold_before_it_is_told():
    faults = Faults((OURS["DiskLow"],))
    assert told(faults, "DiskLow", 600, lambda at: True) == []
    assert [one.kind for one in faults.look(600.0, {"DiskLow": True}, False)] == ["began"]


def test_what_comes_and_goes_is_told_twice_at_most():
    """ALERT-13: flapping for hours is one beginning and one end."""
    faults = Faults((OURS["JobDead"],))
    kinds = told(faults, "JobDead", 5 * 3600, lambda at: at < 4 * 3600 and at // 60 % 7 < 3)
    assert [kind for _, kind in kinds] == ["began", "over"]


def test_a_fault_nobody_answers_is_told_wider_and_then_every_six_hours():
    """ALERT-10: unacknowledged, critical: after 15 minutes the next channel."""
    faults = Faults((OURS["BackupSuspicious"],))
    kinds = told(faults, "BackupSuspicious", 13 * 3600, lambda at: True)
    assert kinds == [(0, "began"), (900, "escalated"), (900 + 6 * 3600, "again"), (900 + 12 * 3600, "again")]


def test_nobody_is_woken_for_what_was_mended():
    """ALERT-10: mended after five minutes and not yet over: nobody else is asked to answer."""
    faults = Faults((OURS["BackupSuspicious"],))
    kinds = told(faults, "BackupSuspicious", 3600, lambda at: at < 300)
    assert [kind for _, kind in kinds] == ["began", "over"]


def test_who_looks_after_it_is_left_in_peace():
    faults = Faults((OURS["BackupSuspicious"],))
    faults.look(0.0, {"BackupSuspicious": True}, False)
    faults.find("BackupSuspicious").acknowledged_by = "Olga"
    assert told(faults, "BackupSuspicious", 13 * 3600, lambda at: True) == []


def test_a_warning_waits_for_the_morning_and_what_is_critical_does_not():
    """Quiet hours: until the second hour here."""
    for name, first in (("JobDead", 7200), ("BackupSuspicious", 0)):
        faults = Faults((OURS[name],))
        assert told(faults, name, 7300, lambda at: True, quiet=lambda at: at < 7200)[0] == (first, "began")


def test_a_warning_that_is_over_by_the_morning_is_not_told():
    faults = Faults((OURS["JobDead"],))
    assert told(faults, "JobDead", 9000, lambda at: at < 3600, quiet=lambda at: at < 7200) == []


def test_what_is_good_to_know_is_told_to_nobody():
    faults = Faults((OURS["NoCopyOffTheBox"],))
    assert told(faults, "NoCopyOffTheBox", 9000, lambda at: True) == []
    assert [fault.rule.name for fault in faults.firing()] == ["NoCopyOffTheBox"]


def test_a_fault_that_could_not_be_told_is_tried_again_at_the_next_look():
    faults = Faults((OURS["BackupSuspicious"],))
    (first,) = faults.look(0.0, {"BackupSuspicious": True}, False)
    faults.untold(first.fault)
    assert [one.kind for one in faults.look(30.0, {"BackupSuspicious": True}, False)] == ["began"]


@pytest.mark.parametrize("told_before", [None, 100.0])
def test_a_fault_of_before_the_restart_is_told_once(told_before):
    faults = Faults((OURS["BackupSuspicious"],))
    faults.put_back(OURS["BackupSuspicious"], 50.0, told_before, "Olga" if told_before else "")
    kinds = [one.kind for one in faults.look(130.0, {"BackupSuspicious": True}, False)]
    assert kinds == ([] if told_before else ["began"])
