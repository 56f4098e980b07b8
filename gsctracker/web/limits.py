"""The door of every password: whether it may be tried now, whether it was right, and what is counted of it."""

import logging
from collections.abc import Callable
from secrets import token_hex
from typing import Any, NamedTuple, TypeVar

from flask import Flask, Response, after_this_request, current_app, g, request
from prometheus_client import CollectorRegistry, Counter

from gsctracker import clock
from gsctracker.domain.people import accounts, attempts, devices, passwords, second_factor
from gsctracker.domain.people.attempts import Attempts
from gsctracker.domain.people.challenges import Challenges
from gsctracker.domain.people.verified import Verified
from gsctracker.domain.season import troop
from gsctracker.errors import Invalid, NotAllowed, NotFound
from gsctracker.ops import metrics, secrets
from gsctracker.web.visitors import device_of
from gsctracker.words import N_

PART = "gsctracker.limits"
RESULTS = ("right", "wrong", "too_many", "second_factor")
SCOPES = ("account", "address", "all")
SIGNED_IN = "signed in"  # whoever guesses from outside does not keep her from what she is doing

Found = TypeVar("Found")

logger = logging.getLogger("gsctracker.sign_in")


class Checked(NamedTuple):
    """An account whose password was right, the hash to keep in place of an outdated one, and whether a code is asked for too."""

    account: Any
    renewed: str | None
    needs_code: bool


class Limits:
    """What is remembered of tries and of passwords that were right, and the numbers about both; lives as long as the app."""

    def __init__(self, registry: CollectorRegistry, ticks: Callable[[], float] = clock.ticks) -> None:
        self.attempts = Attempts(ticks)
        self.verified = Verified(ticks)
        self.ticket_key = token_hex(32)
        self.challenges = Challenges(ticks)
        self._results = Counter(
            "gsctracker_login", "Tries to sign in, by how they ended.", ["result"], registry=registry
        )
        self._limited = Counter(
            "gsctracker_ratelimited", "Tries that had to wait, by the count that said so.", ["scope"], registry=registry
        )
        for each in RESULTS:
            self._results.labels(each)
        for each in SCOPES:
            self._limited.labels(each)

    def may_try(self, name: str, device: str = "") -> None:
        """Raise Conflict (too_many, answered with 429 and Retry-After) where this name or address has to wait."""
        wait = self.attempts.wait(name, _address(), device)
        if wait is None:
            return
        self._limited.labels(wait.scope).inc()
        self.note("too_many")

        @after_this_request
        def _(response: Response) -> Response:
            response.headers["Retry-After"] = str(wait.seconds)
            return response

        raise attempts.refusal(wait)

    def wrong(self, name: str, device: str = "") -> None:
        """Count a wrong try."""
        self.attempts.wrong(name, _address(), device)
        self.note("wrong")

    def note(self, result: str) -> None:
        """Count how a try ended, and say it in the log without who it was."""
        self._results.labels(result).inc()
        logger.info("sign-in: %s", result, extra={"event": "sign_in", "result": result})

    def fits(self, password_hash: str | None, password: str) -> bool:
        """Whether the password is the account's; takes as long where there is no account, and no time where it was right before."""
        if password_hash and self.verified.knows(password_hash, password):
            return True
        if not passwords.verify(password_hash, password):
            return False
        self.verified.keep(str(password_hash), password)
        return True


def set_up(app: Flask, registry: CollectorRegistry) -> None:
    """Give the app its limits."""
    app.extensions[PART] = Limits(registry)


def of(app: Flask | None = None) -> Limits:
    """The limits of the app that is answering."""
    return (app or current_app).extensions[PART]


def checked(name: str, password: str) -> Checked:
    """The account that name and password belong to. Slow: never inside a write.

    Raises Invalid (invalid_credentials) after the same time whether the name is known or not, and Conflict (too_many).
    """
    limits = of()
    device = device_of(request.environ)
    with g.db.read() as tx:
        found = accounts.candidate(tx, name)
        needs_code = bool(found) and second_factor.is_asked_for(tx, found.id)
        if not (found and device and devices.knows(tx, found.id, device)):
            device = ""
    limits.may_try(name, device)
    if not limits.fits(found and found.password_hash, password):
        limits.wrong(name, device)
        raise Invalid(N_("That name and that password do not belong together."), "invalid_credentials")
    if not needs_code:  # or guessing codes would be free for whoever has the password
        limits.attempts.right(name, device)
    return Checked(found, passwords.renewed(found.password_hash, password), needs_code)


def take_code(name: str, account_id: int, code: str) -> None:
    """Take the second factor's code; it counts once. Raises Invalid (second_factor_wrong) and Conflict (too_many)."""
    limits, device = of(), device_of(request.environ)
    keys = secrets.keyring(metrics.of().config)
    with g.db.read() as tx:
        if not (device and devices.knows(tx, account_id, device)):
            device = ""
    limits.may_try(name, device)
    try:
        with g.db.write() as tx:
            second_factor.require(tx, account_id, code, keys)
    except Invalid:
        limits.attempts.wrong(name, _address(), device)
        limits.note("second_factor")
        raise
    limits.attempts.right(name, device)


def look_up(secret: str, find: Callable[[], Found]) -> Found:
    """What a link's secret opens. One that opens nothing counts against the address alone: a troop behind it has good ones.

    Raises NotFound as `find` does, and Conflict (too_many).
    """
    doors, name = of(), f"link {secret}"
    doors.may_try(name)
    try:
        return find()
    except NotFound:
        doors.wrong(name)
        raise


def must_be_setup_code(code: str) -> None:
    """Raise NotAllowed unless this is the box's set-up code, and Conflict (too_many): wrong ones wait like wrong passwords."""
    doors, name = of(), f"set-up code from {_address()}"
    doors.may_try(name)
    try:
        with g.db.read() as tx:
            troop.require_setup_code(tx, code)
    except NotAllowed:
        doors.wrong(name)
        raise


def must_be_hers(password: str, field: str, sentence: str) -> None:
    """Raise Invalid with that sentence at that field unless this is the password of who is signed in. Slow as `checked`."""
    limits = of()
    with g.db.read() as tx:
        name = accounts.find(tx, g.by.id).sign_in_name
        known = accounts.candidate(tx, name)
    limits.may_try(name, SIGNED_IN)
    if not limits.fits(known and known.password_hash, password):
        limits.wrong(name, SIGNED_IN)
        raise Invalid(sentence, "wrong_password", {field: sentence})
    limits.attempts.right(name, SIGNED_IN)


def _address() -> str:
    return request.environ.get("REMOTE_ADDR", "")
