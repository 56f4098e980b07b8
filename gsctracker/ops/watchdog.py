"""Ends a server that hangs, so that whoever started it (systemd, Docker) starts it again: exit status 70."""

import faulthandler
import logging
import os
import sys
import threading
import urllib.error
import urllib.request

logger = logging.getLogger("gsctracker.watchdog")

HUNG = 70
EVERYWHERE = {"0.0.0.0": "127.0.0.1", "": "127.0.0.1", "::": "[::1]", "[::]": "[::1]"}  # noqa: S104 - compared, not bound


class Watchdog:
    """Asks the own server for a sign of life; after `tries` silent ones in a row the process ends."""

    def __init__(self, host: str, port: int, every: float = 20.0, patience: float = 15.0, tries: int = 3) -> None:
        host = EVERYWHERE.get(host, f"[{host}]" if ":" in host and "[" not in host else host)
        self._address = f"http://{host}:{port}/livez"
        self._every, self._patience, self._tries = every, patience, tries
        self._over = threading.Event()

    def start(self) -> None:
        """Begin, in a thread of its own."""
        threading.Thread(target=self._watch, name="watchdog", daemon=True).start()

    def stop(self) -> None:
        """Ask no more: the server ends by itself."""
        self._over.set()

    def _watch(self) -> None:
        silent = 0
        while not self._over.wait(self._every):
            silent = 0 if self._lives() else silent + 1
            if silent and not self._over.is_set():
                logger.warning("no sign of life from the own server (%d of %d)", silent, self._tries)
            if silent >= self._tries and not self._over.is_set():
                logger.critical("the server hangs and is ended", extra={"event": "hung"})
                faulthandler.dump_traceback(file=sys.__stderr__ or sys.stderr)  # where each thread hangs
                logging.shutdown()
                os._exit(HUNG)

    def _lives(self) -> bool:
        try:
            with urllib.request.urlopen(self._address, timeout=self._patience):  # noqa: S310 - our own
                return True
        except urllib.error.HTTPError:
            return True  # it answers, that is all that is asked
        except OSError:
            return False
