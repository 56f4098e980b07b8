"""Where the server of a data folder answers: it leaves that beside its lock, since nobody else knows what `serve --port` said."""

import contextlib
import logging
import os
from dataclasses import replace
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import durable, lock

logger = logging.getLogger("gsctracker.serve")

NAME = "gsctracker.address"
EVERYWHERE = ("", "0.0.0.0", "::", "[::]")  # noqa: S104 - compared, not bound


def leave(config: Config, port: int) -> None:
    """The server of this process listens there from now on. A disk that takes nothing is no reason not to serve."""
    try:
        durable.write_whole(config.data_dir / NAME, f"{os.getpid()} {port} {config.host}\n".encode())
    except OSError as error:
        logger.warning("the address could not be left: %s", error.strerror, extra={"event": "no_address"})


def take_away(folder: Path) -> None:
    """Nobody answers there: before the server listens, and when it has ended."""
    with contextlib.suppress(OSError):
        (folder / NAME).unlink(missing_ok=True)


def as_running(config: Config) -> Config:
    """The settings with the host and the port at which the server of this folder really listens; as they are where none runs.

    An address that a killed server left is not believed: who left it has to live, and to be who wrote into the lock last. The lock
    itself is left alone, since a server that starts in this moment would be refused.
    """
    try:
        left = (config.data_dir / NAME).read_text(encoding="ascii").split()
        holder = (config.data_dir / lock.NAME).read_text(encoding="ascii").split()
        process, port, host = left
        if holder[:1] == [process] and 0 < int(port) < 65536 and _lives(int(process)):
            return replace(config, host=host, port=int(port))
    except (OSError, ValueError):
        pass
    return config


def address(config: Config) -> str:
    """`http://...` as it is asked from this machine."""
    host = "127.0.0.1" if config.host in EVERYWHERE else config.host
    return f"http://[{host}]:{config.port}" if ":" in host and "[" not in host else f"http://{host}:{config.port}"


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # somebody else's
        return True
    return True
