"""Passkeys: a phone, a computer or a key that proves by itself, with a fingerprint or its own code, who signs in.

Only the public half is kept, for one name of the box: a browser gives it to no other site. It counts as both factors.
Girls have none: their passphrase is their guardians' to set.
"""

import base64
import hashlib
import ipaddress
import json
from collections.abc import Collection
from typing import NamedTuple

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import Row, add, many, one, run, value
from gsctracker.domain import audit
from gsctracker.domain.people.roles import Person
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from gsctracker.words import N_

MOST_PER_ACCOUNT = 10
LONGEST_SAID = 20_000
_WRONG = N_("That passkey does not fit here. Sign in with your password.")


class Site(NamedTuple):
    """For which name a passkey is made, and the origin that the browser has to name."""

    host: str
    origin: str


class Made(NamedTuple):
    """What is kept of a new one."""

    credential_id: str
    public_key: str
    sign_count: int


def site(scheme: str, host: str) -> Site | None:
    """The site under which a browser asked (Host header), or None where browsers make no passkeys: without HTTPS, or without a name."""
    name = host.lower().rpartition(":")[0] if host.rpartition(":")[2].isdigit() else host.lower()
    name = name.removesuffix(".")
    if name == "localhost":
        return Site(name, f"{scheme}://{host.lower()}")
    if scheme != "https" or "." not in name or _is_address(name.strip("[]")):
        return None
    return Site(name, f"https://{host.lower().removesuffix(':443')}")


def of_account(tx: apsw.Connection, account_id: int) -> list[Row]:
    """Her passkeys (id, name, host, made_at, used_at), newest first."""
    return many(
        tx,
        "SELECT id, name, host, made_at, used_at FROM passkeys WHERE account_id = :id ORDER BY id DESC",
        id=account_id,
    )


def asked_to_make(tx: apsw.Connection, by: Person, where: Site, challenge: bytes, box: str) -> str:
    """What her browser is asked (JSON) so that it makes one. Raises NotAllowed for a girl, Conflict where she has too many."""
    _may_have_one_more(tx, by)
    from webauthn import generate_registration_options, options_to_json
    from webauthn.helpers import base64url_to_bytes
    from webauthn.helpers.structs import (
        AuthenticatorSelectionCriteria,
        PublicKeyCredentialDescriptor,
        ResidentKeyRequirement,
        UserVerificationRequirement,
    )

    known = many(
        tx, "SELECT credential_id FROM passkeys WHERE account_id = :id AND host = :host", id=by.id, host=where.host
    )
    return options_to_json(
        generate_registration_options(
            rp_id=where.host,
            rp_name=box,
            user_name=value(tx, "SELECT sign_in_name FROM accounts WHERE id = :id", id=by.id),
            user_id=base64url_to_bytes(_handle(tx, by.id, challenge)),
            challenge=challenge,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED,  # or she would have to type her name first
                user_verification=UserVerificationRequirement.REQUIRED,
            ),
            exclude_credentials=[
                PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.credential_id)) for row in known
            ],
        )
    )


def checked(said: str, challenge: bytes, where: Site) -> Made:
    """What the browser made, looked at: for this name, this challenge, and with her verified. Raises Invalid. Slow."""
    from webauthn import verify_registration_response
    from webauthn.helpers import bytes_to_base64url

    try:
        found = verify_registration_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=where.host,
            expected_origin=where.origin,
            require_user_verification=True,
        )
    except Exception as problem:  # whatever is sent here, it is no passkey
        raise Invalid(N_("That is no passkey that this box can use."), "passkey_unfit") from problem
    return Made(
        bytes_to_base64url(found.credential_id), bytes_to_base64url(found.credential_public_key), found.sign_count
    )


def keep(tx: apsw.Connection, by: Person, made: Made, name: object, where: Site, challenge: bytes) -> int:
    """Let her sign in with it; gives its id. Raises Invalid, NotAllowed for a girl, and Conflict where it is known or one too many."""
    _may_have_one_more(tx, by)
    if one(tx, "SELECT 1 AS yes FROM passkeys WHERE credential_id = :id", id=made.credential_id):
        raise Conflict(N_("That passkey is known here already."), "passkey_known")
    passkey_id = add(
        tx,
        """INSERT INTO passkeys (account_id, credential_id, public_key, handle, host, name, sign_count, made_at)
           VALUES (:account, :credential, :key, :handle, :host, :name, :count, :now)""",
        account=by.id,
        credential=made.credential_id,
        key=made.public_key,
        handle=_handle(tx, by.id, challenge),
        host=where.host,
        name=values.line("name", name, 60, 1),
        count=made.sign_count,
        now=clock.now(),
    )
    audit.note(tx, by.id, "passkey.made", "account", by.id)
    return passkey_id


def asked_to_sign_in(where: Site, challenge: bytes) -> str:
    """What a browser is asked (JSON) so that it offers the passkeys it has for this box, whoever sits there."""
    from webauthn import generate_authentication_options, options_to_json
    from webauthn.helpers.structs import UserVerificationRequirement

    return options_to_json(
        generate_authentication_options(
            rp_id=where.host, challenge=challenge, user_verification=UserVerificationRequirement.REQUIRED
        )
    )


def challenge_in(said: str) -> bytes:
    """The challenge that a browser's answer says it signed, yet to be checked. Raises Invalid."""
    from webauthn.helpers import base64url_to_bytes

    try:
        client = json.loads(base64url_to_bytes(json.loads(said[:LONGEST_SAID])["response"]["clientDataJSON"]))
        return base64url_to_bytes(client["challenge"])
    except (ValueError, TypeError, KeyError, RecursionError):
        raise Invalid(_WRONG, "passkey_unfit") from None


def named_in(said: str) -> str:
    """Which passkey an answer is of, as it says itself."""
    try:
        return str(json.loads(said[:LONGEST_SAID])["id"])[:1400]
    except (ValueError, TypeError, KeyError, RecursionError):
        return ""


def find(tx: apsw.Connection, credential_id: str, where: Site) -> Row | None:
    """The passkey of that name that works here (id, account_id, public_key, handle, sign_count), or None."""
    return one(
        tx,
        """SELECT id, account_id, public_key, handle, sign_count FROM passkeys
            WHERE credential_id = :id AND host = :host""",
        id=credential_id,
        host=where.host,
    )


def proven(passkey: Row | None, said: str, challenge: bytes, where: Site) -> int:
    """How often it says it signed, once its signature fits and it verified her. Raises Invalid, also for a copy that counts back. Slow."""
    from webauthn import verify_authentication_response
    from webauthn.helpers import base64url_to_bytes

    if passkey is None:
        raise Invalid(_WRONG, "passkey_wrong")
    try:
        shown = verify_authentication_response(
            credential=said,
            expected_challenge=challenge,
            expected_rp_id=where.host,
            expected_origin=where.origin,
            credential_public_key=base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
        whose = json.loads(said)["response"].get("userHandle") or passkey.handle
    except Exception as problem:  # whatever is sent here, it proves nothing
        raise Invalid(_WRONG, "passkey_wrong") from problem
    if whose != passkey.handle:
        raise Invalid(_WRONG, "passkey_wrong")
    return shown.new_sign_count


def used(tx: apsw.Connection, passkey_id: int, sign_count: int) -> None:
    """Write down that it was used. Raises Invalid where another sign of it, or its end, came first."""
    changed = run(
        tx,
        """UPDATE passkeys SET used_at = :now, sign_count = :count
            WHERE id = :id AND (sign_count < :count OR sign_count = 0 AND :count = 0)""",
        now=clock.now(),
        count=sign_count,
        id=passkey_id,
    )
    if not changed:
        raise Invalid(_WRONG, "passkey_wrong")


def rename(tx: apsw.Connection, passkey_id: int, name: object, by: Person) -> None:
    """Call one of her own otherwise. Raises Invalid and NotFound."""
    name = values.line("name", name, 60, 1)
    if not run(
        tx, "UPDATE passkeys SET name = :name WHERE id = :id AND account_id = :by", name=name, id=passkey_id, by=by.id
    ):
        raise NotFound(N_("There is no such passkey."), "no_such_passkey")


def remove(tx: apsw.Connection, passkey_id: int, by: Person) -> None:
    """One of her own opens nothing any longer. Raises NotFound."""
    if not run(tx, "DELETE FROM passkeys WHERE id = :id AND account_id = :by", id=passkey_id, by=by.id):
        raise NotFound(N_("There is no such passkey."), "no_such_passkey")
    audit.note(tx, by.id, "passkey.removed", "account", by.id)


def remove_hers(tx: apsw.Connection, account_id: int) -> int:
    """No passkey opens that account any longer; gives how many did."""
    return run(tx, "DELETE FROM passkeys WHERE account_id = :id", id=account_id)


def remove_all(tx: apsw.Connection) -> int:
    """No passkey opens anything any longer; gives how many did."""
    return run(tx, "DELETE FROM passkeys")


def keep_only(tx: apsw.Connection, credential_ids: Collection[str]) -> int:
    """In a copy that takes the present's place: passkeys that were taken back since open nothing again; gives how many that were."""
    kept = json.dumps(sorted(credential_ids))
    return run(tx, "DELETE FROM passkeys WHERE credential_id NOT IN (SELECT value FROM json_each(:kept))", kept=kept)


def _may_have_one_more(tx: apsw.Connection, by: Person) -> None:
    if by.role == "scout":
        raise NotAllowed(N_("A girl signs in with her nickname and her passphrase."), "not_for_girls")
    if value(tx, "SELECT count(*) FROM passkeys WHERE account_id = :id", id=by.id) >= MOST_PER_ACCOUNT:
        raise Conflict(
            N_("You have %(n)d passkeys. Remove one that you do not use."), "too_many_passkeys", n=MOST_PER_ACCOUNT
        )


def _handle(tx: apsw.Connection, account_id: int, challenge: bytes) -> str:
    """By what her devices know her account: of chance, so that it tells nothing; the same for all that she has."""
    known = value(tx, "SELECT handle FROM passkeys WHERE account_id = :id ORDER BY id LIMIT 1", id=account_id)
    return known or base64.urlsafe_b64encode(hashlib.sha256(challenge).digest()).decode().rstrip("=")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
