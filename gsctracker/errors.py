"""A no, in words for people and a code for machines."""

from collections.abc import Mapping

from gsctracker.words import in_english


class Refusal(Exception):
    """Something the program will not do.

    `message` is a sentence marked with `words.N_`, with %(name)s places filled from `params` after translation.
    `fields` maps a field's name to its own sentence, or to (sentence, params) when it has places to fill.
    """

    def __init__(
        self,
        message: str,
        code: str = "",
        fields: Mapping[str, object] | None = None,
        **params: object,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).__name__.lower()
        self.fields = dict(fields or {})
        self.params = params

    def __str__(self) -> str:
        return in_english(self.message, self.params)


class Invalid(Refusal):
    """What was given cannot be right."""


class NotAllowed(Refusal):
    """She is known, but this is not hers to do."""


class NotFound(Refusal):
    """Not there, or not hers to see."""


class Conflict(Refusal):
    """Right by itself, but not with what is already there."""
