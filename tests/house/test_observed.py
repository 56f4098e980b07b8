"""Nothing of the box is out of sight: each part has its numbers, its lines of the log, its rules and their runbooks."""

import re
import tomllib
from pathlib import Path

import pytest

from gsctracker.ops.alerts import rules

TOP = Path(__file__).parents[2]
PARTS = tomllib.loads((TOP / "docs" / "observed.toml").read_text(encoding="utf-8"))["part"]
SOURCE = "\n".join(path.read_text(encoding="utf-8") for path in sorted((TOP / "gsctracker").rglob("*.py")))
RUNBOOKS = (TOP / "docs" / "runbooks.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part["name"])
def test_a_part_is_seen_from_all_four_sides(part):
    """MON-22: no empty cell, and each name in it is one of the program."""
    assert set(part) == {"name", "metrics", "events", "rules"}
    assert all(part.values())
    known = {rule.name for rule in rules.parse(rules.OURS.read_text(encoding="utf-8"))}
    for name in part["metrics"]:
        bare = name.removesuffix("_total")
        made_by_others = name.startswith(("process_", "gsctracker_http_request_"))
        beginning = bare.removeprefix("gsctracker_client_").removesuffix(
            "_seconds"
        )  # put together in web/pages/beacons.py
        assert made_by_others or f'"{bare}"' in SOURCE or f'seconds("{beginning}"' in SOURCE, name
    for event in part["events"]:
        assert f'"event": "{event}"' in SOURCE, event
    for rule in part["rules"]:
        assert rule in known and f"\n## {rule}\n" in RUNBOOKS, rule


def test_no_rule_belongs_to_no_part():
    """MON-22: whoever adds a rule says what it looks at."""
    known = {rule.name for rule in rules.parse(rules.OURS.read_text(encoding="utf-8"))}
    assert known == {rule for part in PARTS for rule in part["rules"]}


def test_every_number_a_rule_looks_at_is_of_a_part_or_beside_one():
    """MON-22: a rule of a part looks at numbers that the program has."""
    ours = rules.parse(rules.OURS.read_text(encoding="utf-8"))
    names = {one.metric for rule in ours for one in rule.when}
    for name in names:
        bare = re.sub(r"(_total|_bucket)$", "", name)
        assert name.startswith(("process_", "gsctracker_http_request_")) or f'"{bare}"' in SOURCE, name
