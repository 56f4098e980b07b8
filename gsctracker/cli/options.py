"""What every command takes: the data folder, the settings made from it, the database in it."""

import functools
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from gsctracker import config as settings
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.errors import NotFound
from gsctracker.ops import secret_source, upgrade
from gsctracker.ops.copies import moving
from gsctracker.words import N_


def with_config(command: Callable[..., object]) -> Callable[..., object]:
    """Give the command `--data-dir`, and the settings as its first argument, `config`."""

    @click.option(
        "--data-dir",
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder that holds everything; otherwise DATA_DIR, otherwise ./data.",
    )
    @functools.wraps(command)
    def run(*args: object, data_dir: Path | None, **named: object) -> object:
        os.umask(0o077)  # what we make in the data folder is for its owner alone
        return command(secret_source.filled(settings.load(os.environ, data_dir)), *args, **named)

    return run


def with_own_config(command: Callable[..., object]) -> Callable[..., object]:
    """The same for a command that is called every few seconds and needs no secret: it asks no secrets manager."""

    @click.option(
        "--data-dir", type=click.Path(file_okay=False, path_type=Path), help="The folder that holds everything."
    )
    @functools.wraps(command)
    def run(*args: object, data_dir: Path | None, **named: object) -> object:
        return command(settings.load(os.environ, data_dir), *args, **named)

    return run


as_json = click.option("--json", "as_json", is_flag=True, help="Answer as JSON, for programs.")


@contextmanager
def opened(config: Config, make: bool = False) -> Iterator[Database]:
    """The box's database, closed again at the end; `make` makes it where there is none, otherwise that is refused."""
    moving.finish_if_pending(config)
    if not make and not config.database.exists():
        raise NotFound(
            N_("There is no troop in %(folder)s yet. Start it with: gsctracker serve"),
            "no_database",
            folder=str(config.data_dir),
        )
    config.database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    db = upgrade.opened(config)
    try:
        yield db
    finally:
        db.close()
