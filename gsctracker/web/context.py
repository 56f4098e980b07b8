"""What a request works with: the database, who asks, in which words. Set once per request, read everywhere."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import current_app

if TYPE_CHECKING:
    from gsctracker.db import Database
    from gsctracker.web.cache import KeptAnswers
    from gsctracker.web.visitors import SignedIn
    from gsctracker.web.static_files import StaticFiles

PARTS = "gsctracker"


@dataclass(frozen=True)
class Parts:
    """The parts that live as long as the app."""

    db: "Database"
    kept: "KeptAnswers"
    signed_in: "SignedIn"
    static_files: "StaticFiles"
    secure_cookies: bool
    demo: bool


def parts() -> Parts:
    """The parts of the app that is answering."""
    return current_app.extensions[PARTS]
