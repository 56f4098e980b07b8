"""Sealing a file for its readers alone, in the age format: any `age` opens what is sealed here, and the other way round."""

import os
from pathlib import Path
from typing import Any, BinaryIO

from gsctracker.errors import Conflict, Invalid
from gsctracker.words import N_

try:
    import pyrage
except ImportError:  # there is none for 32-bit boards
    pyrage = None

MAGIC = b"age-encryption.org/v1\n"


def is_available() -> bool:
    """Whether this machine can seal at all."""
    return pyrage is not None


def new_identity() -> str:
    """A new secret key, `AGE-SECRET-KEY-1...`."""
    return str(_library().x25519.Identity.generate())


def recipient_of(identity: str) -> str:
    """The public key, `age1...`, of a secret key. Raises Invalid where it is none."""
    return str(_identity(identity).to_public())


def is_sealed(path: Path) -> bool:
    """Whether the file begins as a sealed file does."""
    with path.open("rb") as file:
        return file.read(len(MAGIC)) == MAGIC


def seal(source: Path, target: Path, recipients: list[str]) -> None:
    """Write `source` into the new file `target` so that only `recipients` can read it. Raises Invalid for a key that is none."""
    library = _library()
    try:
        keys = [library.x25519.Recipient.from_str(recipient) for recipient in recipients]
    except library.RecipientError as wrong:
        raise Invalid(N_("That is not an age public key: it begins with age1."), "bad_recipient") from wrong
    if not keys:
        raise Invalid(N_("There is nobody to seal for."), "no_recipient")
    with source.open("rb") as plain, _for_its_owner(target) as sealed:
        library.encrypt_io(plain, sealed, keys)


def unseal(source: Path, target: Path, identities: list[str], at_most: int) -> None:
    """Write what `source` holds, at most `at_most` bytes, into the new file `target`.

    Raises Conflict with a sentence of its own where it is not sealed (not_sealed), was sealed for others (other_key), was
    damaged or cut (seal_broken), or holds more (too_large); no target is left behind then.
    """
    library = _library()
    keys = [_identity(identity) for identity in identities]
    if not is_sealed(source):
        raise Conflict(N_("%(name)s is not sealed with age."), "not_sealed", name=source.name)
    if not keys:
        raise _other_key(source)
    with source.open("rb") as sealed, _for_its_owner(target) as plain:
        bounded = _Bounded(plain, at_most)
        try:
            library.decrypt_io(sealed, bounded, keys)
        except BaseException as no:
            target.unlink()
            if bounded.is_over:
                raise Conflict(N_("%(name)s holds more than it should."), "too_large", name=source.name) from no
            if isinstance(no, library.DecryptError):
                raise _other_key(source) from no
            if isinstance(no, OSError) and no.errno is None:  # the library's own, not the disk's
                raise Conflict(N_("%(name)s is damaged: its seal is broken."), "seal_broken", name=source.name) from no
            raise


class _TooMuch(Exception):
    """More came out than was allowed."""


class _Bounded:
    """A file that takes so many bytes and no more."""

    def __init__(self, file: BinaryIO, at_most: int) -> None:
        self._file = file
        self._left = at_most
        self.is_over = False

    def write(self, part: bytes) -> int:
        """Take a part."""
        self._left -= len(part)
        if self._left < 0:
            self.is_over = True
            raise _TooMuch
        return self._file.write(part)

    def flush(self) -> None:
        """Nothing is held back here."""
        self._file.flush()


def _for_its_owner(target: Path) -> BinaryIO:
    return os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _library() -> Any:
    if pyrage is None:
        raise Conflict(
            N_("This machine cannot seal copies: there is no pyrage for it. Use a 64-bit system."), "no_sealing"
        )
    return pyrage


def _identity(text: str) -> Any:
    library = _library()
    try:
        return library.x25519.Identity.from_str(text.strip())
    except library.IdentityError as wrong:
        sentence = N_("That is not an age secret key: a letter of it is wrong, or its beginning, AGE-SECRET-KEY-1.")
        raise Invalid(sentence, "bad_identity") from wrong


def _other_key(source: Path) -> Conflict:
    return Conflict(N_("%(name)s was sealed for another key than the ones given."), "other_key", name=source.name)
