"""The command as a whole: help, exit statuses, one line for a no."""

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from gsctracker.cli import COMMANDS, main, one_line
from gsctracker.errors import Invalid
from tests.running import clean_environment


def leaves(group=main, words=()):
    """Every command that does something, by the words that call it."""
    context = click.Context(group)
    for name in group.list_commands(context):
        found = group.get_command(context, name)
        if isinstance(found, click.Group):
            yield from leaves(found, (*words, name))
        else:
            yield (*words, name), found


@pytest.mark.parametrize("words", [words for words, _ in leaves()], ids=" ".join)
def test_every_command_helps_with_an_example_and_takes_the_data_folder(words):
    shown = CliRunner().invoke(main, [*words, "--help"])
    assert shown.exit_code == 0
    assert f"Example: gsctracker {' '.join(words)}" in " ".join(shown.output.split())
    assert "--data-dir" in shown.output


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_of_the_table_has_the_name_it_is_listed_under(name):
    assert main.get_command(click.Context(main), name).name == name


def test_wrong_usage_exits_with_two():
    assert CliRunner().invoke(main, ["serv"]).exit_code == 2
    assert CliRunner().invoke(main, ["serve", "--prot", "80"]).exit_code == 2


def test_a_no_is_one_line_on_standard_error_and_exit_one(tmp_path):
    asked = [sys.executable, "-m", "gsctracker", "doctor", "--data-dir", str(tmp_path)]
    ended = subprocess.run(asked, env=clean_environment(THREADS="many"), capture_output=True, text=True, timeout=60)
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr == "Error: THREADS has a value that does not fit: it takes a whole number from 1 to 64.\n"


def test_what_is_wrong_with_single_fields_stands_in_the_same_line():
    refusal = Invalid(
        "That does not fit:\n  %(count)d fields.", count=2, fields={"a": "Too long.", "b": ("Over %(m)d.", {"m": 3})}
    )
    assert one_line(refusal) == "That does not fit: 2 fields. a: Too long. b: Over 3."


def test_the_version_is_told():
    assert CliRunner().invoke(main, ["--version"]).output == "gsctracker, version 2.0.0\n"
