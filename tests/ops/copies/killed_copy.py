"""A process that makes a copy and is killed: `python -m tests.ops.copies.killed_copy FOLDER FUNCTION call|return`.

With a number in the place of FUNCTION: so many copies, each in a process of its own that is killed after a random time.
"""

import os
import random
import signal
import sys
import time
from pathlib import Path

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.integrations import age
from gsctracker.ops.copies import making


def copy(folder: Path, recipient: str | None) -> None:
    """One copy, whether something changed or not."""
    config = Config(data_dir=folder, backup_recipient=recipient)
    db = Database(config.database)
    making.make(config, db, force=True)
    db.close()


def kill_at(function: str, moment: str) -> None:
    """Be killed as if the plug was pulled, when that function is called or returns."""

    def watch(frame, event, argument):
        if event == moment and frame.f_code.co_name == function:
            os.kill(os.getpid(), signal.SIGKILL)

    sys.setprofile(watch)


def kill_many(folder: Path, times: int, longest: float) -> None:
    """Copies that are killed after 0 to `longest` seconds; prints how many were."""
    killed = 0
    recipient = age.recipient_of(age.new_identity())
    for number in range(times):
        child = os.fork()  # nothing of SQLite is open here
        if child == 0:
            copy(folder, recipient if number % 2 else None)
            os._exit(0)
        time.sleep(random.uniform(0, longest))
        os.kill(child, signal.SIGKILL)
        killed += os.WIFSIGNALED(os.waitpid(child, 0)[1])
    print(killed)


if __name__ == "__main__":
    os.umask(0o077)
    home, what, when = Path(sys.argv[1]), sys.argv[2], sys.argv[3]
    if what.isdigit():
        kill_many(home, int(what), float(when))
    else:
        sealed_for = age.recipient_of(age.new_identity())
        kill_at(what, when)
        copy(home, sealed_for)
