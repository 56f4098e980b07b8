"""The keys of copies: whom they are sealed for, who can open them here, and what signs their manifests.

The box's own identity is an age secret key in DATA_DIR/secrets. An operator may take it off the box (copies are still sealed
for it: its public half stays), and put it back for a restore. Keys that were replaced stay beside it and open old copies.
"""

import hashlib
import hmac
import os
import re
from pathlib import Path

from gsctracker.config import Config
from gsctracker.integrations import age
from gsctracker.ops import secrets

IDENTITY, RECIPIENT, SIGNING = "backup_identity", "backup_recipient", "backup_signing"
_OLD = re.compile(r"backup_identity-\d+|backup_signing-\d+")
_PURPOSE = b"gsctracker manifest"


def ready(config: Config) -> None:
    """Make the box's identity on the first start; later see that its public half and its signing key lie beside it.

    Does nothing where this machine cannot seal, or where the identity was taken off the box.
    """
    folder = secrets.folder_of(config.data_dir)
    if not age.is_available():
        return
    identity = _kept(folder / IDENTITY)
    if not identity:
        if _kept(folder / RECIPIENT):
            return
        identity = age.new_identity()
        secrets.write(folder / IDENTITY, identity)
    for name, text in ((RECIPIENT, age.recipient_of(identity)), (SIGNING, manifest_key(identity).hex())):
        if _kept(folder / name) != text:
            secrets.write(folder / name, text)


def recipients(config: Config) -> list[str]:
    """Whom a copy that leaves the box is sealed for: BACKUP_RECIPIENT and the box itself; none where there is no key."""
    own = _kept(secrets.folder_of(config.data_dir) / RECIPIENT)
    return list(dict.fromkeys(each for each in (config.backup_recipient or "", own) if each))


def identities(config: Config) -> list[str]:
    """The secret keys that lie on the box, the present one first; none where they were taken off it."""
    return _all(config, IDENTITY)


def signing_key(config: Config) -> bytes | None:
    """What signs the manifests made now, or None where the box never had an identity."""
    text = _kept(secrets.folder_of(config.data_dir) / SIGNING)
    return bytes.fromhex(text) if re.fullmatch(r"[0-9a-f]{64}", text) else None


def manifest_keys(config: Config, more_identities: list[str] | None = None) -> list[bytes]:
    """Every key that may have signed a manifest of this box: those kept, and those of the identities given beside them."""
    kept = [bytes.fromhex(text) for text in _all(config, SIGNING) if re.fullmatch(r"[0-9a-f]{64}", text)]
    derived = [manifest_key(identity) for identity in [*identities(config), *(more_identities or [])]]
    return list(dict.fromkeys([*kept, *derived]))


def manifest_key(identity: str) -> bytes:
    """The signing key that belongs to an age secret key: HKDF-SHA-256 of its text (RFC 5869, no salt, 32 bytes)."""
    extracted = hmac.new(bytes(32), identity.strip().upper().encode(), hashlib.sha256).digest()
    return hmac.new(extracted, _PURPOSE + b"\x01", hashlib.sha256).digest()


def _all(config: Config, name: str) -> list[str]:
    folder = secrets.folder_of(config.data_dir)
    try:
        old = sorted(
            (each for each in os.listdir(folder) if _OLD.fullmatch(each) and each.startswith(f"{name}-")), reverse=True
        )
    except OSError:
        return []
    return [text for text in (_kept(folder / each) for each in [name, *old]) if text]


def _kept(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii", errors="replace").strip()
    except OSError:
        return ""
