"""What lies around the copies for an operator: policies, rules, a service and its timer."""

import configparser
import json
import re
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "backup"


def actions(name):
    """Every action a policy allows, with what it is allowed on."""
    policy = json.loads((FOLDER / name).read_text())
    for statement in policy["Statement"]:
        assert statement["Effect"] == "Allow"
        given = statement["Action"]
        for action in [given] if isinstance(given, str) else given:
            yield action, statement["Resource"]


def test_the_key_of_the_box_may_do_no_more_than_it_must():
    """BAK-11: put, get and list under one prefix; no wildcard, and no removing."""
    allowed = dict(actions("s3-policy.json"))
    assert set(allowed) == {"s3:ListBucket", "s3:PutObject", "s3:GetObject", "s3:AbortMultipartUpload"}
    assert all(resource.endswith("/PREFIX/*") for action, resource in allowed.items() if action != "s3:ListBucket")
    more = dict(actions("s3-policy-delete.json"))
    assert set(more) - set(allowed) == {"s3:DeleteObject"}


def test_unfinished_uploads_do_not_pile_up():
    """Fault 40."""
    rules = json.loads((FOLDER / "s3-lifecycle.json").read_text())["Rules"]
    assert all(rule["Status"] == "Enabled" for rule in rules)
    assert [rule["AbortIncompleteMultipartUpload"] for rule in rules if "AbortIncompleteMultipartUpload" in rule] == [
        {"DaysAfterInitiation": 1}
    ]
    assert not [rule for rule in rules if "Days" in rule.get("Expiration", {})]  # copies are let go by the box alone


def test_the_service_makes_no_copy_into_an_empty_mount_point():
    """Fault 18, for the second disk."""
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.optionxform = str
    unit.read(FOLDER / "gsctracker-backup.service")
    target = unit["Unit"]["ConditionPathIsMountPoint"]
    assert f"--to {target}" in unit["Service"]["ExecStart"]
    assert target in unit["Service"]["ReadWritePaths"].split()
    assert unit["Service"]["SuccessExitStatus"] == "75"
    timer = configparser.ConfigParser(strict=False)
    timer.optionxform = str
    timer.read(FOLDER / "gsctracker-backup.timer")
    assert timer["Timer"]["Persistent"] == "true"


def test_every_file_is_told_of():
    told = set(re.findall(r"\]\(([\w.-]+)\)", (FOLDER / "README.md").read_text()))
    assert {file.name for file in FOLDER.iterdir()} - {"README.md"} == told
