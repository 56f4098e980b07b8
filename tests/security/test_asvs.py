"""docs/security/asvs.md names every row of level 1 once, and only tests that are there."""

import re
from pathlib import Path

TOP = Path(__file__).parents[2]
PAGE = TOP / "docs" / "security" / "asvs.md"
LEVEL_ONE = """
    1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1 3.4.2 3.5.1 3.5.2 3.5.3
    4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2
    7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5
    11.3.1 11.3.2 11.4.1 12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
"""The numbers of level 1 in ASVS 5.0.0."""

BY_READING = {"6.4.2", "15.1.1"}
"""What is shown by there being none of it, or by a promise that stands in SECURITY.md."""


def rows() -> list[list[str]]:
    lines = PAGE.read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d", line)][:70]


def test_every_row_of_level_one_has_its_test_or_its_reason():
    """SEC-32: 70 rows, each met or not ours, none in part, and none without something to look at."""
    wanted = LEVEL_ONE.split()
    assert len(wanted) == 70
    assert [row[0] for row in rows()] == wanted
    for number, _, state, shown in rows():
        assert state in ("met", "does not apply"), number
        assert shown, number
        assert "`tests/" in shown or state == "does not apply" or number in BY_READING, f"{number} shows no test"


def test_every_test_that_is_named_is_there():
    """SEC-32: the evidence exists."""
    for file, name in re.findall(r"`(tests/[\w/.]+)::(test_\w+)`", PAGE.read_text(encoding="utf-8")):
        assert f"def {name}(" in (TOP / file).read_text(encoding="utf-8"), f"{file}::{name}"


def test_the_trust_model_says_what_it_has_to():
    """SEC-32: who is trusted with what, how soon repairs come, and how a hole is told."""
    text = (TOP / "SECURITY.md").read_text(encoding="utf-8")
    for heading in ("## Tell us", "## Whom this box trusts", "## Guessing", "## Secrets", "## How soon"):
        assert heading in text
