"""The command `gsctracker`: parses, calls one verb, prints; a Refusal becomes one line and exit 1.

Each command lives in its own module and is imported only when it is asked for: add it to COMMANDS.
"""

import sys
from importlib import import_module

import click

from gsctracker import __version__
from gsctracker.cli.language import say
from gsctracker.db import Busy
from gsctracker.errors import Refusal

# the command's name -> the module under gsctracker.cli and the click command in it
COMMANDS = {
    "serve": "serve:serve",
    "setup": "setup:setup",
    "demo": "demo:demo",
    "practice": "practice:practice",
    "user": "user:user",
    "import": "imports:imports",
    "export": "export:export",
    "backup": "backup:backup",
    "backups": "backup:backups",
    "restore": "restore:restore",
    "drill": "drill:drill",
    "maintenance": "maintenance:maintenance",
    "migrate": "migrate:migrate",
    "jobs": "jobs:jobs",
    "secrets": "secrets:secrets",
    "doctor": "doctor:doctor",
    "healthcheck": "healthcheck:healthcheck",
    "smoke": "smoke:smoke",
    "support-bundle": "support_bundle:support_bundle",
    "uat": "uat:uat",
}

EXITS = {
    "already_running": 75,
    "copy_under_way": 75,
    "restore_under_way": 75,
    "drill_under_way": 75,
    "booth_under_way": 75,
}  # a no that ends otherwise than with 1: try again later


class Said(click.ClickException):
    """A no in one line, and the status the command ends with."""

    def __init__(self, line: str, status: int) -> None:
        super().__init__(line)
        self.exit_code = status  # type: ignore[misc]  # a constant of the class for click; here each has its own


class Commands(click.Group):
    """The commands, found when they are named."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        """The command of that name, or None."""
        if name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[name].partition(":")
        return getattr(import_module(f"gsctracker.cli.{module}"), attribute)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command; what it will not do is said in one line."""
        try:
            return super().invoke(ctx)
        except Refusal as refusal:
            raise Said(one_line(refusal), EXITS.get(refusal.code, 1)) from refusal
        except Busy as busy:
            raise click.ClickException(say(busy.sentence)) from busy
        except OSError as error:
            if error.filename is None:
                raise
            raise click.ClickException(f"{error.filename}: {error.strerror}.") from error


def one_line(refusal: Refusal) -> str:
    """The refusal and what it says about single fields, as one line, in the language of the console."""
    said = [say(refusal.message, refusal.params)]
    for name, sentence in refusal.fields.items():
        words = say(sentence, refusal.params)
        if words != said[0]:
            said.append(f"{name}: {words}")
    return " ".join(" ".join(said).split())


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="gsctracker")
def main() -> None:
    """A Girl Scout troop's cookie season on one small box.

    Example: gsctracker serve --demo
    """


def on_a_terminal() -> bool:
    """Whether a person is watching standard output."""
    return sys.stdout.isatty()
