"""A no at the console is said in the language of the console."""

import pytest
from click.testing import CliRunner

from gsctracker.cli import main

ENGLISH = "Error: There is no troop in"
SPANISH = "Error: Todavía no hay una tropa en"


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"LANG": "es_US.UTF-8"}, SPANISH),
        ({"LC_ALL": "es_MX.UTF-8", "LANG": "en_US.UTF-8"}, SPANISH),
        ({"LANGUAGE": "es:en", "LANG": "en_US.UTF-8"}, SPANISH),
        ({"LANG": "en_US.UTF-8"}, ENGLISH),
        ({"LC_ALL": "C.UTF-8", "LANG": "es_US.UTF-8"}, ENGLISH),
        ({"LANG": "fr_FR.UTF-8"}, ENGLISH),
        ({}, ENGLISH),
    ],
    ids=lambda value: " ".join(f"{name}={said}" for name, said in value.items()) if isinstance(value, dict) else "",
)
def test_a_no_is_said_in_the_language_of_the_console(tmp_path, monkeypatch, settings, says):
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    done = CliRunner().invoke(main, ["export", "sales", "--data-dir", str(tmp_path / "data")])

    assert done.exit_code == 1
    assert done.stderr.startswith(says)


def test_what_is_said_of_a_field_is_translated_too(tmp_path, monkeypatch):
    monkeypatch.setenv("LANGUAGE", "es")
    done = CliRunner().invoke(
        main,
        ["setup", "--troop", "1234", "--name", "x" * 500, "--season", "2026", "--council", "Hills", "--baker", "abc",
         "--email", "olga@example.org", "--password-stdin", "--data-dir", str(tmp_path / "data")],
        input="a short sentence\n",
    )  # fmt: skip
    assert done.exit_code == 1
    assert "Esto tiene más de" in done.stderr
