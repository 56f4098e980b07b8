"""The pages: one blueprint a subject, each in the module of its name."""

from importlib import import_module

from flask import Blueprint

SUBJECTS = (
    "health",
    "home",
    "sign_in",
    "set_up",
    "join",
    "account",
    "devices",
    "scouts",
    "why",
    "why_family",
    "why_troop",
    "people",
    "consents",
    "settings",
    "jobs",
    "problems",
    "recovery",
    "restore",
    "copies",
    "incidents",
    "catalogue",
    "goals",
    "styleguide",
    "sales",
    "stock",
    "moves",
    "booths",
    "booth_page",
    "booth_rules",
    "booth_feed",
    "booth_packing",
    "booth_close",
    "booth_credit",
    "booth_mode",
    "booth_sheets",
    "live_board",
    "pwa",
    "shifts",
    "counts",
    "cupboard",
    "wishes",
    "receiving",
    "claims",
    "money",
    "treasury",
    "sweeps",
    "season_end",
    "receipts",
    "proceeds",
    "imports",
    "differences",
    "reports",
)


def blueprints() -> list[Blueprint]:
    """The blueprints of all pages. A new subject is a line in SUBJECTS."""
    return [import_module(f"{__name__}.{subject}").bp for subject in SUBJECTS]
