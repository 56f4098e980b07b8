"""Log lines on standard output: readable for people, JSON for programs; never a name, an e-mail or a query string."""

import logging
import re
import sys
from contextvars import ContextVar
from datetime import UTC, datetime

from pythonjsonlogger.json import JsonFormatter

from gsctracker import __version__

SERVICE = "gsctracker"

# the request being answered, or the job being run; "" outside of both
request_id: ContextVar[str] = ContextVar("request_id", default="")

_MAIL = re.compile(r"[^\s@<>\"']+@[^\s@<>\"']+\.[^\s@<>\"',;)]+")
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(32), 127, *range(128, 160))}


def start(level: str = "info", shape: str = "text", env: str = "production") -> None:
    """Send every logger of this process to standard output, in that shape (`text` or `json`)."""
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(_Json(env) if shape == "json" else _Text())
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level.upper())
    logging.captureWarnings(True)
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue of one is daily business, not a warning
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


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
