"""The two keys of the box: made on the first start, kept in DATA_DIR/secrets, readable by their owner alone."""

import dataclasses
import re
import secrets
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import durable
from gsctracker.errors import Invalid
from gsctracker.words import N_

FOLDER = "secrets"
SHORTEST = 32
_FROM_EXAMPLES = re.compile(r"change|secret|example|default|password|replace|your", re.IGNORECASE)


def ready(config: Config) -> Config:
    """The settings with SESSION_SECRET and ENCRYPTION_KEY filled in: as set, else as kept, else made now.

    Raises Invalid for a value that is short, or was copied from an example.
    """
    return dataclasses.replace(
        config,
        session_secret=_good_secret(config.session_secret or _kept(config.data_dir, "session_secret")),
        encryption_key=_good_key(config.encryption_key or _kept(config.data_dir, "encryption_key")),
    )


def folder_of(data_dir: Path) -> Path:
    """Where the keys lie."""
    return data_dir / FOLDER


def keyring(config: Config) -> list[str]:
    """The keys that open what was sealed for the database: the present ENCRYPTION_KEY, then those it had before, newest first."""
    present = _good_key(config.encryption_key or _kept(config.data_dir, "encryption_key"))
    before = sorted(folder_of(config.data_dir).glob("encryption_key-[0-9]*"), reverse=True)
    found = [file.read_text(encoding="ascii", errors="replace").strip() for file in before]
    return [present, *(key for key in found if re.fullmatch(r"[0-9a-fA-F]{64}", key))]


def _kept(data_dir: Path, name: str) -> str:
    folder = folder_of(data_dir)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = folder / name
    if not file.exists():
        write(file, secrets.token_hex(32))
    return file.read_text(encoding="ascii", errors="replace").strip()


def write(file: Path, text: str) -> None:
    """Write whole or not at all, so that a pulled plug leaves no half a key."""
    file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    durable.write_whole(file, f"{text}\n".encode("ascii"))


def _good_secret(text: str) -> str:
    if len(text) < SHORTEST:
        raise Invalid(
            N_("SESSION_SECRET is too short: it takes %(shortest)d characters or more. Unset it and one is made."),
            "weak_secret",
            shortest=SHORTEST,
        )
    if len(set(text)) < 8 or _FROM_EXAMPLES.search(text):
        raise Invalid(
            N_("SESSION_SECRET can be guessed: it looks like an example. Unset it and one is made."), "weak_secret"
        )
    return text


def _good_key(text: str) -> str:
    if not re.fullmatch(r"[0-9a-fA-F]{64}", text) or len(set(text)) < 6:
        raise Invalid(
            N_("ENCRYPTION_KEY is not 64 random hexadecimal digits. Unset it and one is made."), "weak_secret"
        )
    return text.lower()
