"""A file of rules is read whole, or the line of its mistake is named."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from prometheus_client import CollectorRegistry

from gsctracker import config
from gsctracker.errors import Invalid
from gsctracker.ops import doctor, runs
from gsctracker.ops.alerts import rules, series
from gsctracker.web.app import create_app

PROGRAM = Path(rules.__file__).parents[2]
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


FREE = 'metric = "gsctracker_disk_free_bytes", with = \'mount="data"\''
DRILLS = 'metric = "gsctracker_drill_last_success_timestamp_seconds"'
NEVER = [
    ('metric = "gsctracker_unusual"', 'metric = "gsctracker_unusal"', "nothing measures gsctracker_unusal"),
    ('over = "gsctracker_disk_size_bytes"', 'over = "gsctracker_disk_bytes"', "nothing measures gsctracker_disk_bytes"),
    (FREE, FREE.replace("mount", "mont"), "gsctracker_disk_free_bytes has no label mont, only mount"),
    (FREE, FREE.replace("data", "dato"), "mount of gsctracker_disk_free_bytes is never dato, only data, backups"),
    (FREE, FREE.replace('="data"', '=~"dat|backups"'), "mount of gsctracker_disk_free_bytes is never dat, only"),
    (DRILLS, f"{DRILLS}, with = 'mount=\"data\"'", "timestamp_seconds has no label mount, and no other label"),
    ('status=~"5.."', 'status=~"5XX"', "status of gsctracker_http_request_total is never 5XX"),
    ('result=~"wrong|too_many"', 'result=~"wrong|to_many"', "result of gsctracker_login_total is never to_many, only"),
    (
        'measure = "now", metric = "gsctracker_unusual"',
        'measure = "now", metric = "gsctracker_client_inp_seconds"',
        "gsctracker_client_inp_seconds is a distribution",
    ),
    (
        'metric = "gsctracker_http_request_duration_seconds"',
        'metric = "gsctracker_unusual"',
        "gsctracker_unusual is no distribution",
    ),
    (
        'metric = "gsctracker_jobs_failing"',
        'metric = "gsctracker_job_runs_total", with = \'job="daly-copy"\'',
        "job of gsctracker_job_runs_total is never daly-copy",
    ),
]


@pytest.mark.parametrize(("right", "wrong", "said"), NEVER, ids=[said for _, _, said in NEVER])
def test_a_rule_that_could_never_hold_is_refused_with_its_line(right, wrong, said):
    """ALERT-05: a letter left out of a metric's name, a label's or its value's would keep the rule silent for ever."""
    broken = TEXT.replace(right, wrong, 1)
    assert broken != TEXT
    with pytest.raises(Invalid) as no:
        rules.parse(broken)
    assert said in str(no.value)
    assert wrong in broken.splitlines()[int(str(no.value).split()[1]) - 1]


@pytest.mark.parametrize(
    "asked",
    [
        'metric = "gsctracker_job_runs_total", with = \'job="daily-copy",result=~"fail.*"\'',
        'metric = "gsctracker_http_request_duration_seconds_count", with = \'url_rule="/sales",status="503"\'',
        'metric = "gsctracker_notifications_total", with = \'channel="ntfys",result=~"(failed|capped)"\'',
        'metric = "gsctracker_client_page_load_seconds_sum"',
    ],
)
def test_a_rule_about_anything_that_is_measured_is_taken(asked):
    text = TEXT.replace('metric = "gsctracker_jobs_failing"', asked, 1)
    assert text != TEXT
    assert len(rules.parse(text)) == len(rules.parse(TEXT))


def test_the_box_and_its_doctor_refuse_the_same_line(box, tmp_path):
    """ALERT-05: the start ends with it, and the doctor says it before."""
    (tmp_path / rules.FILE).write_text(TEXT.replace("mount=", "mont=", 1), encoding="utf-8")
    own = config.load({}, tmp_path)
    with pytest.raises(Invalid, match="has no label mont") as no:
        create_app(own, box, "a secret for tests, forty characters long")
    (found,) = doctor._alerts(own, False)
    assert (found.status, f"{found.message}.") == (doctor.FAIL, str(no.value))


def test_what_a_box_shows_is_what_rules_may_ask_for(box, tmp_path):
    """ALERT-05: each series with its labels, and nothing that a label says is unknown to the list of series."""
    registry = CollectorRegistry()
    app = create_app(config.load({}, tmp_path), box, "a secret for tests, forty characters long", registry)
    app.test_client().get("/livez")
    runs.count(box, "daily-copy", "done")
    shown = [sample for family in registry.collect() for sample in family.samples]
    assert len({sample.name for sample in shown}) > 60
    for sample in shown:
        assert sample.name in series.SERIES, sample.name
        known = series.SERIES[sample.name]
        assert set(sample.labels) == set(known), sample
        for name, text in sample.labels.items():
            assert known[name] is None or text in known[name], sample


def test_every_number_that_the_program_names_may_be_asked_for():
    """ALERT-05: those too that this machine does not have, such as the heat of a Raspberry Pi."""
    named, end = set(), re.compile(r"_(total|bucket|count|sum)$")
    for path in sorted(PROGRAM.rglob("*.py")):
        if path.name != "series.py":
            named |= set(re.findall(r'"(gsctracker_[a-z_]+[a-z])"', path.read_text(encoding="utf-8")))
    assert len(named) > 50
    known = {end.sub("", name) for name in series.SERIES}
    assert {end.sub("", name) for name in named} <= known


def test_rules_with_a_mistake_stop_the_start(tmp_path):
    """One line that names the file and the line, and no server."""
    (tmp_path / rules.FILE).write_text('[[rule]]\nname = "Odd"\nseverity = "grave"\n', encoding="utf-8")
    command = [sys.executable, "-m", "gsctracker", "serve", "--data-dir", str(tmp_path), "--port", "18931"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    assert "alert_rules.toml" in done.stderr
    assert "Line 1" in done.stderr or "Line 3" in done.stderr
