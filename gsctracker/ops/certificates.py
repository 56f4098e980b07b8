"""When the certificate of the box's own address ends: looked up by the timetable, told to the rules."""

import ssl
from collections.abc import Iterator
from urllib.parse import urlsplit

from prometheus_client.core import GaugeMetricFamily, Metric

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database

_ends: dict[str, float] = {}  # by address: seconds since 1970; 0 where phones will not trust it


def look(config: Config, db: Database) -> str | None:
    """Ask the address in APP_URL for its certificate; gives nothing to write down. One that cannot be asked stays as it was known:
    whether the box can be reached is another question.
    """
    from gsctracker.ops import readiness

    parts = urlsplit(config.app_url or "")
    if parts.scheme != "https" or not parts.hostname:
        return None
    try:
        _ends[str(config.app_url)] = readiness.end_of_certificate(parts.hostname, parts.port or 443).timestamp()
    except ssl.SSLError:
        _ends[str(config.app_url)] = 0.0
    except OSError:
        return None
    return None


def collect(config: Config) -> Iterator[Metric]:
    """For how long it lasts still, where that is known."""
    ends = _ends.get(str(config.app_url))
    if ends is not None:
        left = GaugeMetricFamily(
            "gsctracker_certificate_left_seconds",
            "How long the certificate of the box's address lasts; 0 where phones refuse it.",
        )
        left.add_metric([], max(0.0, ends - clock.moment().timestamp()))
        yield left
