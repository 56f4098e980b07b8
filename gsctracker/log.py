"""Log lines on standard output: readable for people, JSON for programs; never a name, an e-mail or a query string."""

import logging
import re
import sys
import threading
import time
from contextlib import nullcontext
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import TextIO

from pythonjsonlogger.json import JsonFormatter

from gsctracker import __version__

SERVICE = "gsctracker"
ACCESS = "gsctracker.access"
SECONDS_TOGETHER = 0.2

# the request being answered, or the job being run; "" outside of both
request_id: ContextVar[str] = ContextVar("request_id", default="")

_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"',;)]+")
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160))}


def start(level: str = "info", shape: str = "text", env: str = "production") -> None:
    """Send every logger of this process to standard output, in that shape (`text` or `json`)."""
    handler = _Together(sys.stdout)
    handler.setFormatter(_Json(env) if shape == "json" else _Text())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue of one is daily business, not a warning
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


class _Together(logging.StreamHandler):
    """Writes every line at once, but access lines five times a second together.

    A write of its own for each request makes every other thread wait: it halved what the server answers.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: list[str] = []
        self._writes: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an access line for the next turn; write any other now, after those that wait."""
        if record.name != ACCESS:
            self.flush()
            super().emit(record)
            return
        self._waiting.append(self.format(record))
        if self._writes is None:
            self._writes = threading.Thread(target=self._write_again_and_again, name="access lines", daemon=True)
            self._writes.start()

    def flush(self) -> None:
        """Write what waits; the interpreter calls this at its end too."""
        with self.lock or nullcontext():
            lines, self._waiting = self._waiting, []
            if lines:
                self.stream.write(self.terminator.join([*lines, ""]))
        super().flush()

    def _write_again_and_again(self) -> None:
        while True:
            time.sleep(SECONDS_TOGETHER)
            if self._waiting:
                self.flush()


def without_mail(text: str) -> str:
    """The text with every e-mail address covered."""
    return _MAIL.sub("[e-mail]", text) if "@" in text else text


def _time_of(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class _Json(JsonFormatter):
    """One object a line."""

    def __init__(self, env: str) -> None:
        super().__init__("%(message)s", json_ensure_ascii=False, rename_fields={"exc_info": "exception"})
        self._always = {"service": SERVICE, "version": __version__, "env": env}

    def add_fields(self, log_data: dict, record: logging.LogRecord, message_dict: dict) -> None:
        log_data["timestamp"] = _time_of(record)
        log_data["level"] = record.levelname.lower()
        log_data["logger"] = record.name
        super().add_fields(log_data, record, message_dict)
        log_data["message"] = without_mail(str(log_data.get("message", "")))
        if "exception" in log_data:
            log_data["exception"] = without_mail(str(log_data["exception"]))
        log_data.update(self._always)
        asked = request_id.get()
        if asked:
            log_data.setdefault("request_id", asked)


class _Text(logging.Formatter):
    """One line a record; a stack trace follows it, indented."""

    def format(self, record: logging.LogRecord) -> str:
        said = without_mail(record.getMessage()).translate(_CONTROL)
        asked = request_id.get() or getattr(record, "request_id", "")
        line = f"{_time_of(record)} {record.levelname:<7} {said}{f' [{asked}]' if asked else ''}"
        if record.exc_info:
            line += "\n    " + without_mail(self.formatException(record.exc_info)).replace("\n", "\n    ")
        return line
