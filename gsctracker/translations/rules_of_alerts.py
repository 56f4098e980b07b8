"""Finds the sentences of the alert rules for the translators; babel.cfg names it."""

import tomllib
from collections.abc import Iterator
from typing import IO, Any

SAID = ("says", "call")


def extract(
    file: IO[bytes], keywords: object, comment_tags: object, options: dict[str, Any]
) -> Iterator[tuple[int, str, str, list[str]]]:
    """Each sentence of `says`, `steps` and `call`, with its line, as Babel wants it."""
    text = file.read().decode("utf-8")
    lines = text.splitlines()
    for rule in tomllib.loads(text)["rule"]:
        for sentence in (*(rule[name] for name in SAID), *rule["steps"]):
            line = next((number for number, one in enumerate(lines, 1) if sentence in one), 1)
            yield line, "gettext", sentence, []
