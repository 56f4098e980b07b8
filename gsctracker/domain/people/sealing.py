"""Short secrets sealed with the box's key before they go into the file: whoever has a copy alone reads none of them."""

import base64
import hashlib
import secrets
from collections.abc import Sequence

from gsctracker.errors import Conflict
from gsctracker.words import N_

_NONCE = 12


def seal(keys: Sequence[str], text: str, about: str) -> str:
    """The text, sealed with the first of the keys (64 hex digits each). `about` says what it is and whose: it opens for that alone."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # five milliseconds that no other start should pay

    nonce = secrets.token_bytes(_NONCE)
    return base64.b64encode(nonce + AESGCM(_derived(keys[0])).encrypt(nonce, text.encode(), about.encode())).decode()


def opened(keys: Sequence[str], sealed: str, about: str) -> str:
    """What was sealed, with whichever of the keys opens it. Raises Conflict where none does: the file came from another box."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    raw = base64.b64decode(sealed)
    for key in keys:
        try:
            return AESGCM(_derived(key)).decrypt(raw[:_NONCE], raw[_NONCE:], about.encode()).decode()
        except InvalidTag:
            continue
    raise Conflict(N_("This was sealed with the key of another box and cannot be opened here."), "sealed_elsewhere")


def _derived(key: str) -> bytes:
    """A key for this use alone, from the box's."""
    return hashlib.sha256(b"gsctracker sealed field 1\n" + bytes.fromhex(key)).digest()
