"""The API: the same subjects as the pages, as JSON under /api."""

from importlib import import_module

from flask import Blueprint

SUBJECTS = (
    "auth",
    "booth_days",
    "booth_entries",
    "booths",
    "cupboard",
    "docs",
    "goals",
    "imports",
    "money",
    "products",
    "rewards",
    "receipts",
    "sales",
    "scouts",
    "stock",
    "summary",
)


def blueprints() -> list[Blueprint]:
    """The blueprints of all calls. A new subject is a line in SUBJECTS."""
    return [import_module(f"{__name__}.{subject}").bp for subject in SUBJECTS]
