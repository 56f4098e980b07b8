"""examples/prometheus/alertmanager.yml, read by Alertmanager's own tool: who gets what, and that every alert of ours gets somewhere."""

import subprocess
from pathlib import Path

import pytest

from gsctracker.ops.alerts.rules import OURS, parse

FILE = Path(__file__).parents[3] / "examples" / "prometheus" / "alertmanager.yml"
RULES = parse(OURS.read_text(encoding="utf-8"))
OF_EACH = {"critical": ["pager", "mail"], "warning": ["mail"], "info": ["mail"]}


def asked(*words: str) -> str:
    """What amtool says; it has to agree."""
    done = subprocess.run(["amtool", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def receivers(name: str, severity: str) -> list[str]:
    """Who is told of an alert."""
    said = asked("config", "routes", "test", f"--config.file={FILE}", f"alertname={name}", f"severity={severity}")
    return said.strip().split(",")


def test_alertmanager_reads_the_file():
    """ALERT-05: it finds nothing wrong, and three who are told."""
    assert "3 receivers" in asked("check-config", str(FILE))


@pytest.mark.parametrize("severity", sorted({rule.severity for rule in RULES}))
def test_each_kind_of_fault_goes_to_who_is_meant(severity):
    """ALERT-07 ALERT-08: what is critical goes to the pager and by mail, everything else by mail."""
    name = next(rule.name for rule in RULES if rule.severity == severity and rule.name != "Watchdog")
    assert receivers(name, severity) == OF_EACH[severity]


def test_the_sign_of_life_goes_to_the_dead_man_alone():
    (watchdog,) = (rule for rule in RULES if rule.name == "Watchdog")
    assert receivers("Watchdog", watchdog.severity) == ["dead-man"]
