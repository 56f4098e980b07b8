"""Idempotency-Key: the same key with the same body gets the first answer again, in the transaction of the verb."""

import hashlib
import re

from flask import g, request

from gsctracker.domain import once as verbs
from gsctracker.errors import Invalid
from gsctracker.words import N_

HEADER = "Idempotency-Key"
_SANE = re.compile(r"[\x21-\x7e]{1,200}")


def key_of_request() -> str | None:
    """The key a POST carries, or None. Refuses one that is too long or not plain text."""
    key = request.headers.get(HEADER)
    if key is None or request.method != "POST":
        return None
    if not _SANE.fullmatch(key):
        sentence = N_("Give a key of 1 to 200 letters, digits or signs without spaces.")
        raise Invalid(N_("The Idempotency-Key cannot be used."), "bad_key", fields={HEADER: sentence})
    return key


def first_answer(tx, key: str, given: bytes) -> tuple[int, bytes] | None:
    """Status and body of the first answer to this key; Conflict when it was asked with something else."""
    kept = verbs.recall(tx, key, g.by.id, _hash(given))
    return (kept.status, kept.answer) if kept else None


def keep(tx, key: str, given: bytes, status: int, content: bytes) -> None:
    """Remember the answer for repetitions of this key."""
    verbs.keep(tx, key, g.by.id, _hash(given), status, content)


def _hash(given: bytes) -> str:
    address = f"{request.method} {request.full_path}\n".encode()
    return hashlib.sha256(address + given).hexdigest()
