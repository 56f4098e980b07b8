"""What a report is made of: its columns, its rows, and who may have it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import apsw

from gsctracker.db.rows import Row as Found
from gsctracker.domain.people.roles import Person

Row = tuple[Any, ...]
"""In the order of the columns: money in cents, boxes whole packages, days `2026-02-14`, text as it is."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its key in JSON, its heading (to be translated), and its kind.

    Kinds: text, day, boxes, money (its key ends in `Cents`), id (a number that is not added up), word (a marked sentence or
    several (sentence, params), to be translated). `is_name` says that the heading is a name and not to be translated.
    """

    key: str
    title: str
    kind: str = "text"
    is_name: bool = False


Content = tuple[tuple[Column, ...], Sequence[Row]]
"""The columns and rows of a report."""


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be asked for: its name in commands and addresses, its title, who may, how it is made."""

    name: str
    title: str
    permission: str
    make: Callable[[apsw.Connection, int, Person], Content]


@dataclass(frozen=True, slots=True)
class Table:
    """A report as it is now."""

    name: str
    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]


def girl(first: str | None, initial: str | None) -> str:
    """A girl as she is called; nothing for nobody."""
    return f"{first or ''} {initial or ''}".strip()


def cookie_columns(products: Sequence[Found]) -> tuple[Column, ...]:
    """A column of packages for each cookie, under its code."""
    return tuple(Column(product.code, product.name, "boxes", is_name=True) for product in products)
