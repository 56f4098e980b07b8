"""Makes docs/schema.md from schema.sql, docs/checklist.md from the tests, docs/security/matrix.md from the routes,
docs/observability.md from docs/observed.toml and docs/sizing.md from what docs/performance.md says was measured.

.venv/bin/python docs/make.py writes them; a test compares.
"""

import ast
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
ROW = re.compile(r"\b[A-Z]+-\d{2}\b")


def schema_page() -> str:
    """Every table and view with its columns, its owner and what its heading and comments say."""
    text = (TOP / "gsctracker" / "schema.sql").read_text(encoding="utf-8")
    number = re.search(r"user_version = (\d+)", text)
    assert number is not None
    lines = [
        "# The database",
        "",
        f"Schema {number[1]}. Made from `gsctracker/schema.sql` by `python docs/make.py`; a test compares the two. The file itself is",
        "meant to be read: it holds the constraints and triggers too.",
        "",
        "| migration | what it changed |",
        "|---|---|",
        "| 1 | the first release |",
        *(f"| {step.name[:4].lstrip('0')} | {_said_first(step)} |" for step in _migrations()),
    ]
    for part in re.split(r"^-{100,}\n", text, flags=re.MULTILINE):
        heading = re.match(r"-- (\S.*?)(?:\s{2,}(\S.*))?$", part, re.MULTILINE)
        if heading and "CREATE" not in part and "read from top to bottom" not in heading[1]:
            owner = f" (written by `{heading[2].strip()}`)" if heading[2] else ""
            lines += ["", f"## {heading[1].strip()}{owner}"]
            continue
        for kind, name, said, body in re.findall(
            r"^CREATE (TABLE|VIEW) (\w+) (?:\(|AS)\s*(?:-- ([^\n]*))?\n(.*?)(?:^\)|;$)", part, re.MULTILINE | re.DOTALL
        ):
            lines += ["", f"### {name}" + (" (view)" if kind == "VIEW" else "")]
            if said:
                lines += ["", re.sub(r" {2,}(\S+)$", r" (written by `\1`)", said.strip())]
            if kind == "TABLE":
                columns = re.findall(r"^ {4}([a-z]\w*) +(INTEGER|TEXT|BLOB|REAL)\b", body, re.MULTILINE)
                lines += ["", ", ".join(f"`{column}`" for column, _ in columns)]
    return "\n".join(lines) + "\n"


def checklist_page() -> str:
    """Each row of the checklist with the tests whose docstring begins with its id, and the decisions that name it."""
    shown: dict[str, list[str]] = {}
    for place, name, said in _tests():
        for row in ROW.findall(said.split(": ", 1)[0]):
            shown.setdefault(row, []).append(f"`{place}::{name}`")
    for decision in sorted((TOP / "docs" / "decisions").glob("*.md")):
        for row in ROW.findall(decision.read_text(encoding="utf-8")):
            shown.setdefault(row, []).append(f"[{decision.stem}](decisions/{decision.name})")
    lines = [
        "# The checklist and what shows it",
        "",
        "Made by `python docs/make.py` from the tests' docstrings and the decisions; a test compares. A row that is not here is not",
        "shown yet.",
        "",
        "| row | shown by |",
        "|---|---|",
        *(f"| {row} | {', '.join(dict.fromkeys(found))} |" for row, found in sorted(shown.items())),
    ]
    return "\n".join(lines) + "\n"


def matrix_page() -> str:
    """Every route with its permission, the roles that have it, and whose the thing in its address has to be."""
    sys.path.insert(0, str(TOP))
    from gsctracker.config import Config
    from gsctracker.db import Database
    from gsctracker.domain.people.roles import PERMISSIONS, ROLES
    from gsctracker.web.app import create_app
    from tests.security import objects

    with tempfile.TemporaryDirectory() as folder:
        db = Database(Path(folder) / "gsctracker.db")
        site = create_app(Config(data_dir=Path(folder)), db, "only asked for its routes")
        db.close()
    lines = [
        "# Who may enter where",
        "",
        "Made by `docs/make.py` from the `@allow` of every route and the table in `tests/security/objects.py`; a test compares.",
        "`tests/security/test_matrix.py` calls every line as a stranger, a girl, her mother, another girl, another mother, a leader,",
        "a cookie leader and an admin. Who is not named gets 403; a stranger is asked to sign in.",
        "",
        *(line for line in (objects.__doc__ or "").splitlines()[2:] if line),
        "",
        f"| call | address | permission | {' | '.join(ROLES)} | whose |",
        f"|---|---|---|{'---|' * len(ROLES)}---|",
    ]
    for rule in sorted(site.url_map.iter_rules(), key=lambda one: one.rule):
        allowed = site.view_functions[rule.endpoint].allowed
        who = PERMISSIONS.get(allowed, frozenset(ROLES))
        marks = " | ".join("yes" if role in who else "" for role in ROLES)
        for method in sorted((rule.methods or set()) - {"HEAD", "OPTIONS"}):
            lines.append(f"| {method} | `{rule.rule}` | {allowed} | {marks} | {objects.rule_of(rule.rule)} |")
    return "\n".join(lines) + "\n"


def observability_page() -> str:
    """Each part of the box with its numbers, its lines of the log, its rules and their runbooks."""
    parts = tomllib.loads((TOP / "docs" / "observed.toml").read_text(encoding="utf-8"))["part"]
    lines = [
        "# What is seen of which part",
        "",
        "Made from `docs/observed.toml` by `python docs/make.py`; tests compare the two, and look whether all of it exists. Numbers",
        "stand on `/metrics`, lines of the log on *Problems, Log* (search for the event), what is wrong on *Problems*.",
        "",
        "| part | numbers | events in the log | rules and runbooks |",
        "|---|---|---|---|",
    ]
    for part in parts:
        numbers, events = (", ".join(f"`{name}`" for name in part[kind]) for kind in ("metrics", "events"))
        rules = ", ".join(f"[{name}](runbooks.md#{name.lower()})" for name in part["rules"])
        lines.append(f"| {part['name']} | {numbers} | {events} | {rules} |")
    return "\n".join(lines) + "\n"


OCCASIONS = (
    ("a weekday: ten people look, one enters something", "mixed", 2),
    ("a booth Saturday: 100 people, each once in five seconds", "mixed", 20),
    ("the evening the shifts open: 200 people, each once in five seconds", "peak", 40),
)
"""What a troop of 25 girls asks of its box: what it is called, the row of the measurements that is like it, requests a second."""
LOOP_MILLISECONDS = 33
"""What LOOP took on the machine of the measurements."""
LOOP = 'python3 -m timeit -n 5 "sum(i*i for i in range(10**6))"'
SPARE = 0.8


def sizing_page() -> str:
    """How large a machine: from the CPU time that was measured, how many times slower another may be."""
    measured = _measured()
    memory = max(row["memory MB"] for row in measured)
    lines = [
        "# How large a box",
        "",
        "Made by `python docs/make.py` from the table in [performance](performance.md); a test compares. One process serves on one core:",
        f"more cores than two help nobody. It took at most {memory:.0f} MB of memory.",
        "",
        "| on | requests a second | of one core of the machine measured on | a core may be slower, times | the loop may take |",
        "|---|---|---|---|---|",
    ]
    for name, like, rate in OCCASIONS:
        cost = max(row["CPU s per 1,000"] for row in measured if str(row["what is asked"]).startswith(f"{like},"))
        share = rate * cost / 1000
        slower = SPARE / share
        loop = LOOP_MILLISECONDS * slower
        lines.append(f"| {name} | {rate} | {share:.1%} | {slower:.1f} | {loop:.0f} ms |")
    lines += [
        "",
        f"**Try yours.** `{LOOP}` took {LOOP_MILLISECONDS} ms there. What it takes on the machine that you think of",
        "must be below the last column; a slower one answers all the same, later. Which machines there are:",
        "[machines](guides/machines.md).",
        "",
    ]
    return "\n".join(lines)


def _measured() -> list[dict[str, str | float]]:
    """The rows of the table in docs/performance.md that has CPU seconds per 1,000 requests beside what was asked."""
    found: list[dict[str, str | float]] = []
    names: list[str] = []
    for line in (TOP / "docs" / "performance.md").read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")] if line.startswith("|") else []
        if {"what is asked", "CPU s per 1,000", "memory MB"} <= set(cells):
            names = cells
        elif not cells:
            names = []
        elif names and not set(line) <= set("|- "):
            row: dict[str, str | float] = dict(zip(names, cells, strict=True))
            for name in ("CPU s per 1,000", "memory MB"):
                row[name] = float(re.sub(r"[^0-9.]", "", str(row[name])) or 0)
            found.append(row)
    assert found, "docs/performance.md has no table of what was measured"
    return found


def _tests() -> Iterator[tuple[str, str, str]]:
    for file in sorted((TOP / "tests").rglob("test_*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield file.relative_to(TOP).as_posix(), node.name, ast.get_docstring(node) or ""


def _migrations() -> list[Path]:
    return sorted((TOP / "gsctracker" / "migrations").glob("[0-9]*.sql"))


def _said_first(step: Path) -> str:
    first = step.read_text(encoding="utf-8").splitlines()[0]
    return first.removeprefix("-- ").strip()


PAGES = {
    "docs/schema.md": schema_page,
    "docs/checklist.md": checklist_page,
    "docs/security/matrix.md": matrix_page,
    "docs/observability.md": observability_page,
    "docs/sizing.md": sizing_page,
}

if __name__ == "__main__":
    for name, made in PAGES.items():
        (TOP / name).write_text(made(), encoding="utf-8")
