"""How a command gets a password: typed twice on a terminal, or one line on standard input; never as an argument."""

import sys

import click

from gsctracker.domain.people import passwords
from gsctracker.errors import Invalid
from gsctracker.words import N_

from_stdin = click.option("--password-stdin", is_flag=True, help="Read the password from standard input, one line.")


def ask_and_hash(password_stdin: bool, *about: str) -> str:
    """The hash of the password that was given; `about` are words that a guesser who knows her tries.

    Raises Invalid for a bad one, UsageError where nobody can be asked.
    """
    return passwords.hashed(_given(password_stdin), about)


def _given(password_stdin: bool) -> str:
    if password_stdin:
        password = sys.stdin.readline().rstrip("\r\n")
        if not password:
            raise Invalid(N_("There was no password on standard input."), "no_password")
        return password
    if not sys.stdin.isatty():
        raise click.UsageError("There is no terminal to ask for the password on: use --password-stdin.")
    return click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
