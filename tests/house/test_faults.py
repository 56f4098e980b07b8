"""docs/faults.md names all sixty-eight faults, and the tests it names are there and mean them."""

import ast
import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
ROWS = re.findall(r"^\| (\d+) \|(.*)\|$", (TOP / "docs" / "faults.md").read_text(encoding="utf-8"), re.MULTILINE)
NAMED = [
    (int(number), name, path) for number, row in ROWS for name, path in re.findall(r"\[`(\w+)`\]\(\.\./([^)]+)\)", row)
]
NUMBERS = re.compile(r"\bFaults? (\d+(?:(?:, | and )(?:Fault )?\d+)*)")


def test_each_fault_stands_there_once():
    """TEST-18: sixty-eight, in their order."""
    assert [int(number) for number, _ in ROWS] == list(range(1, 69))


def test_each_fault_has_a_test_or_the_reason_why_not():
    """TEST-18: a fault that cannot be made here says so."""
    shown = {number for number, _, _ in NAMED}
    assert [int(number) for number, row in ROWS if int(number) not in shown and "| Not " not in row] == []


@pytest.mark.parametrize(("number", "name", "path"), NAMED)
def test_a_test_that_is_named_says_that_number(number, name, path):
    """TEST-18: it is there, and the first line of its docstring means this fault."""
    tests = {
        each.name: each for each in ast.parse((TOP / path).read_text(encoding="utf-8")).body if hasattr(each, "name")
    }
    assert name in tests
    first = (ast.get_docstring(tests[name]) or "").split("\n")[0]
    assert number in {int(each) for said in NUMBERS.findall(first) for each in re.findall(r"\d+", said)}
