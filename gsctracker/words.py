"""Sentences for people: marked here, translated at the doors."""

from collections.abc import Mapping

_FOR_ONE: dict[str, str] = {}


def N_(sentence: str) -> str:
    """Mark a sentence for the translators and give it back unchanged."""
    return sentence


def counted(one: str, many: str) -> str:
    """Mark a sentence that reads otherwise for one than for many of %(n)s, and give back the one for many.

    So it is kept and handed on like any other sentence; whoever says it asks `for_one` and chooses by its n.
    """
    _FOR_ONE[many] = one
    return many


def for_one(sentence: str, params: Mapping[str, object] | None) -> tuple[str, int] | None:
    """How a sentence marked with `counted` reads for one, and its n; None where no number changes it."""
    count = (params or {}).get("n")
    one = _FOR_ONE.get(sentence)
    return (one, abs(count)) if one and isinstance(count, int) else None


def in_english(sentence: str, params: Mapping[str, object] | None) -> str:
    """A marked sentence as it was written, its places filled."""
    counts = for_one(sentence, params)
    words = counts[0] if counts and counts[1] == 1 else sentence
    return words % params if params else words
