"""Log lines on standard output: readable for people, JSON for programs; never a name, an e-mail or a query string."""

import logging
import re
import sys
import threading
import time
from collections import deque
from contextlib import nullcontext, suppress
from contextvars import ContextVar
from datetime import UTC, datetime
from logging.handlers import RotatingFileHandler, SysLogHandler
from pathlib import Path
from typing import NamedTuple, TextIO

from pythonjsonlogger.json import JsonFormatter

from gsctracker import __version__, clock

SERVICE = "gsctracker"
ACCESS = "gsctracker.access"
SECONDS_TOGETHER = 0.2
MOST_RECENT = 5000
LONGEST_RECENT = 8000
ALL, ERRORS = "all.log", "errors.log"
LARGEST_FILE, MOST_FILES = 5_000_000, 10

# the request being answered, or the job being run; "" outside of both
request_id: ContextVar[str] = ContextVar("request_id", default="")
# what is being done: the rule of a route, or `job copy`; "" where nobody said
doing: ContextVar[str] = ContextVar("doing", default="")
# for whom: the number of her account and her role; None where nobody is signed in
who: ContextVar[tuple[int, str] | None] = ContextVar("who", default=None)

_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"',;)]+")
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160))}


def start(
    level: str = "info",
    shape: str = "text",
    env: str = "production",
    folder: Path | None = None,
    forward: tuple[str, int] | None = None,
) -> None:
    """Send every logger of this process to standard output, in that shape (`text` or `json`).

    `folder` keeps the lines in two files as well, all and errors, each begun anew at LARGEST_FILE; `forward` is a syslog
    to send them to, its host and its port. Raises OSError where the folder cannot be written to.
    """
    shaped = _Json(env) if shape == "json" else _Text()
    handlers: list[logging.Handler] = [_Together(sys.stdout)]
    if folder:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handlers += [_Rotated(folder / ALL, logging.DEBUG), _Rotated(folder / ERRORS, logging.ERROR)]
    if forward:
        handlers.append(_Forwarded(forward))
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    for each in handlers:
        each.setFormatter(shaped)
        each.addFilter(closer)
        root.addHandler(each)
    recent.clear()
    root.setLevel(level.upper())
    closer.begin(level)
    logging.captureWarnings(True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue of one is daily business, not a warning
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


class Line(NamedTuple):
    """A line that was written lately: seconds since 1970, how grave, who wrote it, the line itself."""

    at: float
    level: int
    logger: str
    text: str


recent: deque[Line] = deque(maxlen=MOST_RECENT)
"""The newest lines, to search in."""


class _Closer(logging.Filter):
    """Lets more lines through for a while; the end comes by itself with the first line after it."""

    def __init__(self) -> None:
        super().__init__()
        self.usual = "info"
        self._until = 0.0

    def begin(self, level: str) -> None:
        """The level that is usual here."""
        self.usual, self._until = level, 0.0

    def listen(self, level: str, seconds: float) -> None:
        """Write lines from that level on for so many seconds; 0 ends it."""
        self._until = clock.ticks() + seconds if seconds else 0.0
        logging.getLogger().setLevel((level if seconds else self.usual).upper())

    def now(self) -> tuple[str, int]:
        """The level from which on lines are written, and for how many seconds that is otherwise than usual."""
        left = self._until - clock.ticks() if self._until else 0.0
        if left <= 0 and self._until:
            self.listen(self.usual, 0)
        return logging.getLevelName(logging.getLogger().level).lower(), max(0, round(left))

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is to be written."""
        if self._until and clock.ticks() >= self._until:
            self.listen(self.usual, 0)
            return record.levelno >= logging.getLogger().level
        return True


closer = _Closer()


class _Rotated(RotatingFileHandler):
    """A file of lines that is begun anew when it is full; access lines reach the disk together. A line that finds no room
    is left out: it is on standard output.
    """

    def __init__(self, path: Path, level: int) -> None:
        super().__init__(path, maxBytes=LARGEST_FILE, backupCount=MOST_FILES, encoding="utf-8")
        self.setLevel(level)
        self._waits = False

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        self._waits = record.name == ACCESS
        super().emit(record)

    def flush(self) -> None:
        """Bring what was written to the disk, unless it was an access line."""
        if not self._waits:
            super().flush()

    def handleError(self, record: logging.LogRecord) -> None:
        """Say what went wrong, except for a full disk: sixty lines for each line would fill the next one."""
        if self.stream is not None and self.stream.closed:
            self.stream = None  # it is opened again for the next line
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)

    def close(self) -> None:
        """Write what waits, and close the file."""
        self._waits = False
        super().close()


class _Forwarded(SysLogHandler):
    """A syslog elsewhere; a line that does not get there is on standard output all the same."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Say what went wrong, except that the network did."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class _Together(logging.StreamHandler):
    """Writes every line at once, but access lines five times a second together. Where standard output takes nothing (a file
    on a full disk), lines are left out, and nobody's request fails because of it.

    A write of its own for each request makes every other thread wait: it halved what the server answers.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream)
        self._waiting: list[str] = []
        self._writes: threading.Thread | None = None

    def emit(self, record: logging.LogRecord) -> None:
        """Keep an access line for the next turn; write any other now, after those that wait."""
        try:
            line = self.format(record)
        except Exception:  # a line that cannot be put together is said on standard error, and nothing else ends
            self.handleError(record)
            return
        recent.append(Line(record.created, record.levelno, record.name, line[:LONGEST_RECENT]))
        if record.name != ACCESS:
            self.flush()
            with suppress(OSError):
                self.stream.write(line + self.terminator)
            self.flush()
            return
        self._waiting.append(line)
        if self._writes is None:
            self._writes = threading.Thread(target=self._write_again_and_again, name="access lines", daemon=True)
            self._writes.start()

    def flush(self) -> None:
        """Write what waits; the interpreter calls this at its end too."""
        with self.lock or nullcontext():
            lines, self._waiting = self._waiting, []
            with suppress(OSError):
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
            lines = without_mail(self.formatException(record.exc_info)).split("\n")
            line += "".join(f"\n    {each.translate(_CONTROL)}" for each in lines)
        return line
