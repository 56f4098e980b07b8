"""A second factor: six digits that a phone counts (TOTP), and ten recovery codes for the day on which it is gone.

The phone's secret is sealed with the box's key (`keys`, the present one first); recovery codes are too long to be guessed
and kept as hashes. No code counts twice.
"""

import re
from collections.abc import Sequence

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people import sealing, secrets, sessions
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.words import N_

STEP_SECONDS = 30
CODES = 10
LONGEST = 60
_WRONG = N_("That code does not fit. Wait for the next one, and see that the phone's clock is right.")


def is_asked_for(tx: apsw.Connection, account_id: int) -> bool:
    """Whether signing in to this account takes a code."""
    return bool(
        value(
            tx,
            "SELECT 1 FROM second_factors WHERE account_id = :id AND confirmed_at IS NOT NULL",
            id=account_id,
        )
    )


def state(tx: apsw.Connection, account_id: int) -> Row | None:
    """The second factor (made_at, confirmed_at, codes_left) of an account, or None."""
    return one(
        tx,
        """SELECT made_at, confirmed_at, (SELECT count(*) FROM recovery_codes WHERE account_id = :id AND used_at IS NULL) AS codes_left
             FROM second_factors WHERE account_id = :id""",
        id=account_id,
    )


def begin(tx: apsw.Connection, account_id: int, keys: Sequence[str]) -> None:
    """Make a secret for her phone; nothing is asked for before she has typed a first code. Raises Conflict where one counts."""
    if is_asked_for(tx, account_id):
        raise Conflict(N_("A second factor is on already. Turn it off first."), "second_factor_on")
    import pyotp

    run(
        tx,
        "INSERT OR REPLACE INTO second_factors (account_id, sealed, made_at) VALUES (:id, :sealed, :now)",
        id=account_id,
        sealed=sealing.seal(keys, pyotp.random_base32(), _about(account_id)),
        now=clock.now(),
    )


def secret(tx: apsw.Connection, account_id: int, keys: Sequence[str]) -> str:
    """The secret to type or photograph into the phone. Raises NotFound once it is confirmed: it is shown no more."""
    row = one(tx, "SELECT sealed FROM second_factors WHERE account_id = :id AND confirmed_at IS NULL", id=account_id)
    if row is None:
        raise NotFound(N_("There is no second factor to set up here."), "no_second_factor")
    return sealing.opened(keys, row.sealed, _about(account_id))


def address(tx: apsw.Connection, account_id: int, keys: Sequence[str], box: str) -> str:
    """What the phone's picture says: the secret, her sign-in name, and the name of the box."""
    import pyotp

    name = value(tx, "SELECT sign_in_name FROM accounts WHERE id = :id", id=account_id)
    return pyotp.TOTP(secret(tx, account_id, keys)).provisioning_uri(name=name, issuer_name=box)


def confirm(tx: apsw.Connection, account_id: int, code: str, keys: Sequence[str]) -> list[str]:
    """Her phone counts right, so it is asked for from now on; gives the recovery codes, shown this once. Raises Invalid."""
    secret(tx, account_id, keys)
    _count(tx, account_id, code, keys)
    run(tx, "UPDATE second_factors SET confirmed_at = :now WHERE account_id = :id", now=clock.now(), id=account_id)
    audit.note(tx, account_id, "second_factor.on", "account", account_id)
    return _new_codes(tx, account_id)


def renew_codes(tx: apsw.Connection, account_id: int) -> list[str]:
    """Ten new recovery codes; those before work no longer. Raises NotFound where no second factor is on."""
    if not is_asked_for(tx, account_id):
        raise NotFound(N_("There is no second factor to turn off."), "no_second_factor")
    return _new_codes(tx, account_id)


def _new_codes(tx: apsw.Connection, account_id: int) -> list[str]:
    run(tx, "DELETE FROM recovery_codes WHERE account_id = :id", id=account_id)
    codes = [f"{secrets.new_code()}-{secrets.new_code()}" for _ in range(CODES)]
    tx.executemany(
        "INSERT INTO recovery_codes (account_id, code_hash) VALUES (?, ?)",
        [(account_id, _hashed(code)) for code in codes],
    )
    audit.note(tx, account_id, "second_factor.codes", "account", account_id)
    return codes


def require(tx: apsw.Connection, account_id: int, code: str, keys: Sequence[str]) -> None:
    """Take a code of the phone, or a recovery code; neither counts again. Raises Invalid (second_factor_wrong)."""
    code = code.strip()[:LONGEST]
    if len(re.sub(r"\W", "", code)) <= 8:
        _count(tx, account_id, code, keys)
        return
    used = run(
        tx,
        "UPDATE recovery_codes SET used_at = :now WHERE account_id = :id AND code_hash = :hash AND used_at IS NULL",
        now=clock.now(),
        id=account_id,
        hash=_hashed(code),
    )
    if not used:
        raise Invalid(
            N_("That recovery code does not fit, or was used before."),
            "second_factor_wrong",
            {"code": N_("That recovery code does not fit, or was used before.")},
        )
    audit.note(tx, account_id, "second_factor.recovered", "account", account_id)


def turn_off(tx: apsw.Connection, account_id: int, by_account: int | None) -> None:
    """Ask for no code any longer; `by_account` None: the operator. Every session of hers ends where somebody else did it."""
    gone = run(tx, "DELETE FROM recovery_codes WHERE account_id = :id", id=account_id)
    gone += run(tx, "DELETE FROM second_factors WHERE account_id = :id", id=account_id)
    if not gone:
        raise NotFound(N_("There is no second factor to turn off."), "no_second_factor")
    if by_account != account_id:
        sessions.end_all(tx, account_id)
    audit.note(tx, by_account, "second_factor.off", "account", account_id)


def _count(tx: apsw.Connection, account_id: int, code: str, keys: Sequence[str]) -> None:
    import pyotp

    row = one(tx, "SELECT sealed, last_step FROM second_factors WHERE account_id = :id", id=account_id)
    digits = re.sub(r"\s", "", code)
    if row is not None and re.fullmatch(r"[0-9]{6}", digits):
        phone = pyotp.TOTP(sealing.opened(keys, row.sealed, _about(account_id)))
        now = int(clock.moment().timestamp()) // STEP_SECONDS
        for step in (now, now - 1, now + 1):  # a phone's clock is a little off
            fits = pyotp.utils.strings_equal(digits, phone.at(step * STEP_SECONDS))
            if fits and step > row.last_step:
                run(tx, "UPDATE second_factors SET last_step = :step WHERE account_id = :id", step=step, id=account_id)
                return
    raise Invalid(_WRONG, "second_factor_wrong", {"code": _WRONG})


def _hashed(code: str) -> str:
    return secrets.digest(re.sub(r"[\W_]", "", code.lower()))


def _about(account_id: int) -> str:
    return f"second factor of {account_id}"
