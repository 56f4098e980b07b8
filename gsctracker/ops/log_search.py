"""Looking through the newest lines of the log. They hold no child's name, but they say who used the box when."""

from datetime import UTC, datetime

from gsctracker import clock, log
from gsctracker.log import Line

LEVELS = ("debug", "info", "warning", "error")
_NUMBERS = {"debug": 10, "info": 20, "warning": 30, "error": 40}
MOST_SHOWN = 200
LONGEST_QUESTION = 100


def find(words: str = "", level: str = "debug", most: int = MOST_SHOWN) -> list[tuple[str, Line]]:
    """The newest lines from that level on that hold these words in any case, the newest first, each with its instant."""
    wanted, least = words[:LONGEST_QUESTION].strip().lower(), _NUMBERS.get(level, 0)
    found: list[tuple[str, Line]] = []
    for line in reversed(list(log.recent)):
        if line.level >= least and wanted in line.text.lower():
            found.append((clock.instant(datetime.fromtimestamp(line.at, UTC)), line))
            if len(found) >= most:
                break
    return found
