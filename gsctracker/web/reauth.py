"""Her password once more, before something that a borrowed phone must not do."""

from flask import g, request

from gsctracker.domain.people import accounts, passwords
from gsctracker.errors import Invalid
from gsctracker.words import N_

FIELD = "password"


def require_password() -> None:
    """Raise Invalid unless the form holds the password of who is signed in. Slow: never inside a write."""
    with g.db.read() as tx:
        known = accounts.candidate(tx, accounts.find(tx, g.by.id).sign_in_name)
    if not passwords.verify(known and known.password_hash, request.form.get(FIELD, "")):
        sentence = N_("This is not your password.")
        raise Invalid(sentence, "wrong_password", {FIELD: sentence})
