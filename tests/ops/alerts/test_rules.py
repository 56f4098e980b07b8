"""A file of rules is read whole, or the line of its mistake is named."""

import subprocess
import sys
from functools import partial

import pytest

from gsctracker import config
from gsctracker.errors import Invalid
from gsctracker.ops.alerts import rules
from gsctracker.web.app import create_app

TEXT = rules.OURS.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ('severity = "critical"', 'severity = "grave"', "severity is one of"),
        ('severity = "critical"', 'severity = "critical', "Illegal character"),
        ('for = "5m"', 'for = "soon"', "for is a length of time"),
        ('measure = "share"', 'measure = "shares"', "measure is one of"),
        ('metric = "gsctracker_only_read"', 'metrik = "gsctracker_only_read"', "there is nothing called metrik"),
        ("above = 0.02", 'above = "much"', "above takes a number"),
        ("above = 0.02", "above = 0.02, below = 1", "either above or below"),
        ('status=~"5.."', "status 5", "with takes labels"),
        ('status=~"5.."', 'status=~"5("', "is no pattern"),
        ('name = "SlowPages"', 'name = "DiskLow"', "DiskLow is there twice"),
        ('light = "disk"', 'light = "red"', "light is one of"),
        ('call = "Nobody yet."', "call = 7", "call is a text"),
    ],
)
def test_a_mistake_is_refused_with_its_line(right, wrong, said):
    """ALERT-05: whoever changes the file is led to what is wrong."""
    broken = TEXT.replace(right, wrong, 1)
    assert broken != TEXT
    with pytest.raises(Invalid) as no:
        rules.parse(broken)
    assert said in str(no.value)
    line = int(str(no.value).split()[1])
    if "twice" not in said:
        assert wrong in broken.splitlines()[line - 1]
    else:
        assert 'name = "DiskLow"' in broken.splitlines()[line - 1]


def test_a_box_may_have_rules_of_its_own(tmp_path):
    (tmp_path / rules.FILE).write_text(TEXT.replace("above = 0.02", "above = 0.5", 1), encoding="utf-8")
    found = rules.load(config.load({}, tmp_path))
    assert next(rule for rule in found if rule.name == "ErrorRatioHigh").when[0].limit == 0.5


def test_a_rule_about_what_nobody_measures_is_refused(box, tmp_path):
    """ALERT-05: a letter left out of a metric's name would keep the rule silent for ever."""
    for number, metric in enumerate(("gsctracker_unusual", "gsctracker_client_page_load_seconds", "gsctracker_unusal")):
        text = TEXT.replace('metric = "gsctracker_unusual"', f'metric = "{metric}"')
        (tmp_path / rules.FILE).write_text(text, encoding="utf-8")
        made = partial(create_app, config.load({}, tmp_path), box, "a secret for tests, forty characters long")
        if number < 2:
            made()
            continue
        with pytest.raises(Invalid, match="nothing measures gsctracker_unusal") as no:
            made()
        assert metric in text.splitlines()[int(str(no.value).split()[1]) - 1]


def test_rules_with_a_mistake_stop_the_start(tmp_path):
    """One line that names the file and the line, and no server."""
    (tmp_path / rules.FILE).write_text('[[rule]]\nname = "Odd"\nseverity = "grave"\n', encoding="utf-8")
    command = [sys.executable, "-m", "gsctracker", "serve", "--data-dir", str(tmp_path), "--port", "18931"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "alert_rules.toml" in done.stderr
    assert "Line 1" in done.stderr or "Line 3" in done.stderr
