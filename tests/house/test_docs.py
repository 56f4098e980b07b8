"""Documents that are made from the code say what the code says, and no link leads nowhere."""

import importlib.util
import re
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]


def _make():
    spec = importlib.util.spec_from_file_location("make_docs", TOP / "docs" / "make.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "made"), _make().PAGES.items())
def test_a_made_page_is_what_would_be_made_now(name, made):
    """DB-20: run `python docs/make.py` after a change of schema.sql or of a test's docstring."""
    assert (TOP / name).read_text(encoding="utf-8") == made()


def test_the_schema_page_has_every_table_and_view():
    text = (TOP / "gsctracker" / "schema.sql").read_text(encoding="utf-8")
    page = (TOP / "docs" / "schema.md").read_text(encoding="utf-8")
    missing = [
        name for name in re.findall(r"^CREATE (?:TABLE|VIEW) (\w+)", text, re.MULTILINE) if f"### {name}" not in page
    ]
    assert not missing


DOCUMENTS = [path for path in TOP.rglob("*.md") if not {"node_modules", ".venv"} & set(path.parts)]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(TOP).as_posix())
def test_no_link_leads_nowhere(document):
    """UX-30: every relative link of every document leads to a file that is there."""
    text = re.sub(r"```.*?```", "", document.read_text(encoding="utf-8"), flags=re.DOTALL)
    targets = [target.split("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", text) if "://" not in target]
    assert [target for target in targets if target and not (document.parent / target).exists()] == []


def test_the_documents_a_reader_expects_are_there():
    """UX-30, DEP-39: README, CONTRIBUTING, CHANGELOG, LICENSE, architecture, settings, schema and decisions."""
    names = (
        "README.md CONTRIBUTING.md CHANGELOG.md LICENSE docs/architecture.md docs/settings.md docs/design-language.md"
    )
    assert [name for name in names.split() if not (TOP / name).is_file()] == []
    assert len(list((TOP / "docs" / "decisions").glob("[0-9]*.md"))) >= 6


def test_decisions_are_numbered_without_gaps():
    """DEP-39: each decision states its question and what was decided."""
    decisions = sorted((TOP / "docs" / "decisions").glob("*.md"))
    assert [int(path.name[:3]) for path in decisions] == list(range(1, len(decisions) + 1))
    for path in decisions[:-1]:
        assert "**Decision.**" in path.read_text(encoding="utf-8") or "place" in path.name or "limits" in path.name


def test_how_large_a_box_follows_from_what_was_measured(tmp_path, monkeypatch):
    """DEP-42: twice the CPU time of a request, and a core may be half as slow; machines, what they cost, and how to try yours."""
    make = _make()
    saturday = re.compile(r"^\| a booth Saturday.*\| ([\d.]+) \| (\d+) ms \|$", re.MULTILINE)
    (tmp_path / "docs").mkdir()
    monkeypatch.setattr(make, "TOP", tmp_path)
    found = []
    for cost in ("1.00", "2.00"):
        rows = (
            "what is asked | CPU s per 1,000 | memory MB",
            "-|-|-",
            f"mixed, 100 people | {cost} | 133",
            "peak, 200 | 1.00 | 90",
        )
        table = "".join(f"| {row} |\n" for row in rows)
        (tmp_path / "docs" / "performance.md").write_text(table, encoding="utf-8")
        page = make.sizing_page()
        found.append(saturday.search(page)[1])
        assert "at most 133 MB" in page
    assert found == ["40.0", "20.0"]
    assert make.LOOP in page
    machines = (TOP / "docs" / "guides" / "machines.md").read_text(encoding="utf-8")
    assert all(word in machines for word in ("Raspberry Pi 4", "rented machine", "every month", "kWh a year"))
