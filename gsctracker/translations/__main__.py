"""Brings the catalogues up to what the program says now: python -m gsctracker.translations

Reads every marked sentence out of the code and the templates (babel.cfg says where), adds the new ones to each
language's messages.po, drops those nobody says any more, and compiles messages.mo. What has no translation yet is
listed and makes it exit 1. A file is only written when it would change.
"""

import io
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

import click
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from gsctracker.translations import FOLDER

TOP = FOLDER.parents[1]
MARKS = {
    "_": None,
    "N_": None,
    "counted": (1, 2),
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
    "lazy_ngettext": (1, 2),
    "pgettext": ((1, "c"), 2),
    "_setting": (3,),  # config.py: the third says what the setting does
}
_HEADING = """\
# What GSCTracker says, in the language of this folder. docs/glossary.md has the field's words; after a change run
#   python -m gsctracker.translations
msgid ""
msgstr ""
"Project-Id-Version: GSCTracker\\n"
"Language: {language}\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: {plural_forms}\\n"

"""
_NO_DATE = datetime(2026, 1, 1, tzinfo=UTC)  # in place of today's, so that files change with their sentences only


def said() -> Catalog:
    """Every sentence that is marked now, with the files that say it."""
    found = Catalog()
    with (TOP / "babel.cfg").open(encoding="utf-8") as settings:
        methods, options = parse_mapping_cfg(settings)
    for name, line, sentence, remarks, context in extract_from_dir(
        str(TOP),
        methods,
        options,
        MARKS,
        comment_tags=("Translators:",),
        strip_comment_tags=True,
        directory_filter=_is_ours,
    ):
        found.add(sentence, None, [(name, line)], auto_comments=remarks, context=context)
    return found


def _is_ours(folder: str) -> bool:
    return Path(folder).relative_to(TOP).parts[:1] in ((), ("gsctracker",))


def languages() -> list[str]:
    """The languages that have a catalogue."""
    return sorted(path.parent.parent.name for path in FOLDER.glob("*/LC_MESSAGES/messages.po"))


def file_of(language: str, ending: str) -> Path:
    """The catalogue of a language: `po` to write in, `mo` to read from."""
    return FOLDER / language / "LC_MESSAGES" / f"messages.{ending}"


def read(language: str) -> Catalog:
    """The catalogue as it stands in messages.po."""
    with file_of(language, "po").open("rb") as file:
        return read_po(file, locale=language)


def updated(language: str, now: Catalog) -> Catalog:
    """The catalogue with the sentences that are said `now`, no others, and no guesses."""
    catalog = read(language)
    catalog.update(now, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    return catalog


def written(catalog: Catalog) -> bytes:
    """The catalogue as messages.po."""
    out = io.BytesIO()
    heading = _HEADING.format(language=catalog.locale_identifier, plural_forms=catalog.plural_forms)
    write_po(out, catalog, width=110, omit_header=True, sort_by_file=True, include_lineno=False)
    return heading.encode() + out.getvalue()


def compiled(catalog: Catalog) -> bytes:
    """The catalogue as messages.mo."""
    catalog.creation_date = catalog.revision_date = _NO_DATE
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def sentences(catalog: Iterable[Message]) -> list[Message]:
    """The entries without the heading."""
    return [message for message in catalog if message.id]


def untranslated(catalog: Iterable[Message]) -> list[Message]:
    """The entries that lack their translation, or one of its plural forms."""
    return [
        message
        for message in sentences(catalog)
        if not all(message.string if isinstance(message.string, tuple) else (message.string,))
    ]


def _put(path: Path, content: bytes) -> None:
    if not path.exists() or path.read_bytes() != content:
        path.write_bytes(content)


@click.command()
@click.pass_context
def main(ctx: click.Context) -> None:
    """Bring the catalogues up to what the program says now, and compile them.

    Example: python -m gsctracker.translations
    """
    now = said()
    lacking = 0
    for language in languages():
        catalog = updated(language, now)
        _put(file_of(language, "po"), written(catalog))
        _put(file_of(language, "mo"), compiled(read(language)))
        empty = untranslated(catalog)
        lacking += len(empty)
        for message in empty:
            place, line = message.locations[0]
            click.echo(f"{place}:{line}: {message.id!r}", err=True)
        click.echo(f"{language}: {len(sentences(catalog))} sentences, {len(empty)} without a translation.")
    ctx.exit(1 if lacking else 0)


if __name__ == "__main__":
    main()
