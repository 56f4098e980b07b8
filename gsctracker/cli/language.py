"""A no at the console, in the language of whoever stands there: LANGUAGE, LC_ALL, LC_MESSAGES or LANG, in that order."""

import gettext

from gsctracker import translations
from gsctracker.words import for_one


def say(sentence: object, params: dict | None = None) -> str:
    """A marked sentence, or (sentence, params), with its places filled; in English where there is no catalogue."""
    if isinstance(sentence, tuple):
        sentence, params = sentence
    if counts := for_one(str(sentence), params):
        words = _catalogue().ngettext(counts[0], str(sentence), counts[1])
    else:
        words = _catalogue().gettext(str(sentence)) if sentence else ""
    return words % params if params else words


def _catalogue() -> gettext.NullTranslations:
    return gettext.translation("messages", translations.FOLDER, fallback=True)  # looks into the environment itself
