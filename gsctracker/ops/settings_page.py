"""The reference page of the settings and the example file, made from the settings themselves."""

from dataclasses import Field
from itertools import groupby
from pathlib import Path
from typing import Any

from gsctracker.config import LATER, SETTINGS

_HEAD = """\
# Settings

Made from `gsctracker/config.py` by `python -m gsctracker.ops.settings_page`; a test compares the two.

Each setting is read once, when the program starts: from the environment as `NAME` or `GSCTRACKER_NAME`, from the file
that `NAME_FILE` points to (as container secrets do), or from a line `NAME=value` in `DATA_DIR/gsctracker.env`. The
environment goes before the file, an option of the command before both. An empty value counts as unset. A
`GSCTRACKER_` name that is not in this list, or a value that does not fit, stops the start with one line that names it.

Settings marked *secret* are never written to a log.
"""

_EXAMPLE_HEAD = """\
# Settings of GSCTracker. Every one has a default that works: take the # away only where you want another value.
# docs/settings.md says where settings may stand. Made by: python -m gsctracker.ops.settings_page
"""


def page() -> str:
    """docs/settings.md."""
    parts = [_HEAD]
    for chapter, settings in _chapters():
        parts.append(f"\n## {chapter}\n\n| setting | default | what it is |\n| --- | --- | --- |\n")
        for setting in settings:
            words = _help(setting) + (" *Secret.*" if setting.metadata["secret"] else "")
            shown = f"`{_default(setting)}`" if _default(setting) else "unset"
            parts.append(f"| `{setting.name.upper()}` | {shown} | {words} |\n")
    return "".join(parts)


def example() -> str:
    """.env.example: every setting, each behind a #."""
    parts = [_EXAMPLE_HEAD]
    for chapter, settings in _chapters():
        parts.append(f"\n# -- {chapter}\n")
        for setting in settings:
            parts.append(f"# {_help(setting)}\n#{setting.name.upper()}={_default(setting)}\n")
    return "".join(parts)


def _chapters() -> list[tuple[str, list[Field[Any]]]]:
    return [(name, list(settings)) for name, settings in groupby(SETTINGS, key=lambda each: each.metadata["chapter"])]


def _help(setting: Field[Any]) -> str:
    return setting.metadata["help"] + (" Nothing uses it yet." if setting.name in LATER else "")


def _default(setting: Field[Any]) -> str:
    if isinstance(setting.default, bool):
        return "yes" if setting.default else "no"
    return "" if setting.default in (None, ()) else str(setting.default)


if __name__ == "__main__":
    top = Path(__file__).parents[2]
    (top / "docs" / "settings.md").write_text(page(), encoding="utf-8")
    (top / ".env.example").write_text(example(), encoding="utf-8")
