"""Passwords: hashed with argon2id, at most two at once so that a Pi goes on answering others."""

import threading
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from gsctracker.domain.people import guessed
from gsctracker.errors import Invalid
from gsctracker.words import N_

SHORTEST, LONGEST = 8, 128
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)  # OWASP's minimum for argon2id
_turns = threading.BoundedSemaphore(2)
_nobody = _hasher.hash("an account that is not there takes as long as one that is")


def hashed(password: str, about: Iterable[str] = ()) -> str:
    """The hash to keep. Raises Invalid for a password too short, too long, or among the first that a guesser tries.

    `about`: words that belong to her or the troop (its number, its name, hers). Slow on purpose: never inside a write.
    """
    if not isinstance(password, str) or len(password) < SHORTEST:
        sentence = N_("A password needs at least %(n)d characters; a short sentence is good.")
        raise Invalid(sentence, "password_too_short", {"password": (sentence, {"n": SHORTEST})}, n=SHORTEST)
    if len(password) > LONGEST:
        sentence = N_("A password has at most %(n)d characters.")
        raise Invalid(sentence, "password_too_long", {"password": (sentence, {"n": LONGEST})}, n=LONGEST)
    if guessed.is_guessed(password, list(about)):
        sentence = N_(
            "That password is among the first that somebody would try. Three or four words of yours are better."
        )
        raise Invalid(sentence, "password_guessed", {"password": sentence})
    return _kept(password)


def verify(password_hash: str | None, password: str) -> bool:
    """Whether the password fits; with no hash (nobody of that name) it takes as long and says no."""
    if not isinstance(password, str) or len(password) > LONGEST:
        return False
    with _turns:
        try:
            return _hasher.verify(password_hash or _nobody, password) and bool(password_hash)
        except (VerificationError, InvalidHashError):
            return False


def renewed(password_hash: str, password: str) -> str | None:
    """The hash to keep instead where this one was made with other parameters than today's; None where it is as it should be.

    `password` is the one that fits it. Slow where it hashes: never inside a write.
    """
    return _kept(password) if _hasher.check_needs_rehash(password_hash) else None


def _kept(password: str) -> str:
    with _turns:
        return _hasher.hash(password)
