"""Her password once more, before something that a borrowed phone must not do."""

from flask import request

from gsctracker.web import limits
from gsctracker.words import N_

FIELD = "password"


def require_password() -> None:
    """Raise Invalid unless the form holds the password of who is signed in. Slow: never inside a write."""
    limits.must_be_hers(request.form.get(FIELD, ""), FIELD, N_("This is not your password."))
