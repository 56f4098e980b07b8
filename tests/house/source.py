"""The program's own source, read for the house rules: modules as syntax trees, and the SQL that stands in them."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "gsctracker"
ROW_WORDS = ("many", "one", "value", "run", "add")
"""The functions of db.rows: the connection first, then the statement."""


@dataclass(frozen=True)
class Module:
    """A module of the program: `name` is its path below the package, domain/people/roles.py."""

    name: str
    text: str
    tree: ast.Module

    def within(self, *folders: str) -> bool:
        """Whether it stands in one of these folders, or is one of these modules."""
        return self.name.startswith(tuple(f"{folder}/" for folder in folders)) or self.name in folders


@dataclass(frozen=True)
class Statement:
    """A statement of SQL in a module: its text with `{}` for what is filled in, and those expressions."""

    module: str
    line: int
    text: str
    filled: tuple[ast.expr, ...]

    def __str__(self) -> str:
        return f"{self.module}:{self.line}"


@cache
def modules() -> tuple[Module, ...]:
    """Every Python module of the package."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        found.append(Module(file.relative_to(PACKAGE).as_posix(), text, ast.parse(text)))
    return tuple(found)


def named(name: str) -> Module:
    """The module of that name."""
    return next(module for module in modules() if module.name == name)


def dotted(node: ast.AST) -> str:
    """`os.environ.get` for the expression of that form, "" for any other."""
    match node:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=before, attr=name):
            return f"{dotted(before)}.{name}" if dotted(before) else ""
    return ""


def calls(module: Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call in a module with the last word of what is called."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call):
            match node.func:
                case ast.Name(id=name) | ast.Attribute(attr=name):
                    yield name, node


def is_sql(text: str) -> bool:
    """Whether a text is (the beginning of) a statement."""
    return bool(
        re.match(
            r"\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s|PRAGMA\s\w+|WITH\s+\w+\s+AS\s)",
            text,
        )
    )


def statements(module: Module) -> list[Statement]:
    """Every statement handed to SQLite in a module, wherever its text is written."""
    found = []
    for node in ast.walk(module.tree):
        match node:
            case ast.Constant(value=str(text)) if is_sql(text):
                found.append(Statement(module.name, node.lineno, text, ()))
            case ast.JoinedStr(values=parts):
                text = "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
                if is_sql(text):
                    filled = tuple(part.value for part in parts if isinstance(part, ast.FormattedValue))
                    found.append(Statement(module.name, node.lineno, text, filled))
    return found


def functions(module: Module) -> Iterator[ast.FunctionDef]:
    """Every function of a module, inner ones too."""
    return (node for node in ast.walk(module.tree) if isinstance(node, ast.FunctionDef))
