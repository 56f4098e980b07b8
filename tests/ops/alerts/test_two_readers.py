"""One file of rules, two readers: the box itself and Prometheus say the same of the same series."""

import json
import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from gsctracker.ops.alerts import exported, rules
from gsctracker.ops.alerts.faults import Faults
from gsctracker.ops.alerts.measuring import Measuring

TOP = Path(__file__).parents[3]
OURS = rules.parse(rules.OURS.read_text(encoding="utf-8"))
SERIES = tomllib.loads((Path(__file__).parent / "series.toml").read_text(encoding="utf-8"))
MINUTES = 61
EPOCH = 900_000  # promtool's clock begins at 0: before it is a believable time for a copy, there are no samples


def expand(text):
    """`1-2x3` as promtool reads it: 1, -1, -3, -5."""
    start, step, times = re.fullmatch(r"(-?[\d.]+)([+-][\d.]+)x(\d+)", text).groups()
    return [float(start) + float(step) * n for n in range(int(times) + 1)]


def labelled(name):
    bare, _, labels = name.partition("{")
    return bare, tuple(sorted(re.findall(r'(\w+)="([^"]*)"', labels)))


def moved(name, text):
    """A timestamp is written as so many seconds before the beginning; 0 stays never."""
    return re.sub(r"^-(\d+)", lambda ago: str(EPOCH - int(ago[1])), text) if "timestamp" in name else text


def ours_say(rule, series):
    """Whether the box calls it a fault at the end of the hour."""
    measuring, faults = Measuring((rule,)), Faults((rule,))
    lines = {labelled(name): expand(moved(name, text)) for name, text in series.items()}
    for minute in range(MINUTES):
        numbers = {}
        for (name, labels), line in lines.items():
            numbers.setdefault(name, {})[labels] = line[minute]
        at = EPOCH + minute * 60.0 * step_of(rule)
        faults.look(at, measuring.truths(at, numbers), quiet=False)
    return faults.find(rule.name) is not None


@pytest.mark.parametrize("rule", [rule for rule in OURS if rule.when], ids=lambda rule: rule.name)
def test_the_box_itself_finds_a_fault_and_finds_none(rule):
    """ALERT-01, ALERT-02, ALERT-04, ALERT-15, ALERT-16, TEST-20: each rule fires in one fixture and is quiet in the other."""
    assert ours_say(rule, SERIES[rule.name]["firing"])
    assert not ours_say(rule, SERIES[rule.name]["quiet"])


@pytest.mark.parametrize("step", [1, 10])
def test_prometheus_says_the_same_of_the_same_series(tmp_path, step):
    """ALERT-05: both readers fire the same alert on the same fixture; promtool reads the exported file."""
    lead = EPOCH // 60 // step if step > 1 else 0
    cases = []
    these = tuple(rule for rule in OURS if step_of(rule) == step)
    for rule in these:
        for what, series in SERIES.get(rule.name, {"firing": {"up": "1+0x60"}}).items():
            cases.append(
                {
                    "interval": f"{step}m",
                    "input_series": [
                        {"series": at_box(name), "values": f"_x{lead - 1} " * bool(lead) + moved(name, text)}
                        for name, text in series.items()
                    ],
                    "alert_rule_test": [
                        {
                            "eval_time": f"{(lead + 60) * step}m",
                            "alertname": rule.name,
                            "exp_alerts": [told_of(rule)] if what == "firing" else [],
                        },
                    ],
                }
            )
    (tmp_path / "alerts.yml").write_text(exported.alerts(these), encoding="utf-8")
    told = tmp_path / "tests.yml"  # JSON is YAML
    told.write_text(json.dumps({"rule_files": ["alerts.yml"], "evaluation_interval": f"{step}m", "tests": cases}))
    done = subprocess.run(["promtool", "test", "rules", told], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr


def told_of(rule):
    labels = {"severity": rule.severity}
    if rule.name != "Watchdog":
        labels["instance"] = "box:3000"
    if rule.name == "SiteDown":
        labels["job"] = "gsctracker"
    said = {
        name: text.replace("{{ $labels.instance }}", "box:3000") for name, text in exported.annotations(rule).items()
    }
    return {"exp_labels": labels, "exp_annotations": said}


def at_box(name):
    bare, labels = labelled(name)
    written = ",".join(f'{key}="{text}"' for key, text in (*labels, ("instance", "box:3000")))
    return f"{bare}{{{written}}}"


def step_of(rule):
    """Minutes between two samples: ages are told from the clock's beginning, so theirs stand farther apart."""
    return 10 if any(one.measure == "age" for one in rule.when) else 1


@pytest.mark.parametrize("name", exported.PAGES)
def test_what_is_made_of_the_rules_is_what_would_be_made_now(name):
    """ALERT-05, BAK-26: run `python -m gsctracker.ops.alerts.exported` after a change of the rules."""
    assert (TOP / name).read_text(encoding="utf-8") == exported.PAGES[name](OURS)


def test_promtool_takes_the_files_for_prometheus():
    """The scrape configuration and the rules are what Prometheus reads."""
    for check, name in (("rules", "alerts.yml"), ("config", "prometheus.yml")):
        file = TOP / "examples" / "prometheus" / name
        done = subprocess.run(["promtool", "check", check, file], capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, done.stdout + done.stderr


def test_every_alert_leads_to_its_runbook():
    """BAK-26: each annotation names an anchor that is there, on paper or on the page of problems of the box that it is about."""
    text = (TOP / "docs" / "runbooks.md").read_text(encoding="utf-8")
    anchors = {heading.lower() for heading in re.findall(r"^## (\w+)$", text, re.MULTILINE)}
    linked = re.findall(
        r"(?:runbooks\.md|instance }}/problems)#(\w+)",
        (TOP / "examples/prometheus/alerts.yml").read_text(encoding="utf-8"),
    )
    assert len(linked) == len(OURS)
    assert set(linked) <= anchors
    assert text.count("**Who can help.**") == text.count("\n3. ") == len(OURS)


def test_no_alert_speaks_of_anybody():
    """ALERT-18: no address, no amount, no place to put a name in, in any text of any rule."""
    for rule in OURS:
        for text in (rule.says, *rule.steps, rule.call):
            assert not re.search(r"[@$%{}]", text), text
