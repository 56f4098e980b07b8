"""One file for whoever is asked for help: what is wrong, what runs, what broke lately. No secret and nobody's name is in it.

Everything that goes in is searched for every secret and for the name of everybody the box knows, and covered.
"""

import dataclasses
import io
import json
import re
import zipfile
from collections.abc import Iterable

import apsw

from gsctracker import clock, log
from gsctracker.config import SETTINGS, Config
from gsctracker.db import Database
from gsctracker.db.rows import many
from gsctracker.ops import doctor, health, log_search, mishaps, slow_queries
from gsctracker.ops.timetable import overview

# what a line may carry though it is no setting: the link that sets up a new box, an example troop's sign-ins, a token in an address
_CARRIED = re.compile(
    r'("(?:password|setup_link|token|code)": )"[^"]*"|([?&](?:code|token|key)=)[^\s"&]+|\bgsct_[A-Za-z0-9_-]+'
)

COVERED, NAMED = "[covered]", "[name]"
SHORTEST_SECRET, SHORTEST_NAME = 6, 2
MOST_NAMES = 20_000
SPEAK_OF_PEOPLE = re.compile(r"\w+_(user|from)|app_url|trusted_hosts")
"""No secrets, but they name somebody, or lead to the box."""


def make(
    config: Config, db: Database, numbers: str = "", uptime_seconds: float = 0.0, kept: mishaps.Kept | None = None
) -> bytes:
    """The bundle as a zip. `numbers` is what /metrics says, `kept` what broke and is not in the file yet.

    Takes a second or two: never inside a write."""
    with db.read() as tx:
        broken = [dataclasses.asdict(one) for one in mishaps.newest(tx, kept)]
        slow = [dataclasses.asdict(one) for one in slow_queries.slowest(tx)]
        names = _names(tx)
    parts = {
        "README.txt": _README.format(at=clock.now()),
        "doctor.json": _json([dataclasses.asdict(one) for one in doctor.examine(config)]),
        "health.json": _json(health.detailed(config, db, uptime_seconds)),
        "settings.txt": "".join(_settings(config)),
        "errors.json": _json(broken),
        "slow_statements.json": _json(slow),
        "timetable.json": _json(_timetable(config, db)),
        "metrics.txt": numbers,
        "log.txt": "".join(f"{line.text}\n" for _, line in reversed(log_search.find(most=log.MOST_RECENT))),
    }
    cover = _coverer(config, names)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as bundle:
        for name, text in parts.items():
            bundle.writestr(name, cover(text))
    return packed.getvalue()


_README = """Made by GSCTracker at {at}, to be given to whoever helps.

doctor.json           what is wrong with the box, each with its fix
health.json           versions and sizes
settings.txt          how it is set up; what is secret is covered
errors.json           what broke, by kind and line of the program
slow_statements.json  statements that took over 50 ms, without any value
timetable.json        what it does by itself, and what came of it
metrics.txt           its numbers, as Prometheus is given them
log.txt               its newest lines

Secrets and the names of people the box knows are covered. Read it before you send it.
"""


def _json(found: object) -> str:
    return json.dumps(found, indent=1, ensure_ascii=False, default=str)


def _settings(config: Config) -> Iterable[str]:
    for setting in SETTINGS:
        value = getattr(config, setting.name)
        covered = value and (setting.metadata["secret"] or SPEAK_OF_PEOPLE.fullmatch(setting.name))
        if covered:
            shown: object = COVERED
        elif isinstance(value, tuple):
            shown = ", ".join(map(str, value))
        else:
            shown = "" if value is None else value
        changed = "" if value == setting.default else "   (changed)"
        yield f"{setting.name.upper()}={shown}{changed}\n"


def _timetable(config: Config, db: Database) -> list[dict[str, object]]:
    return [
        {
            "job": line.job.name,
            "next": line.next_run,
            "last": {"at": line.last.started_at, "result": line.last.result, "said": line.last.said}
            if line.last
            else None,
            "lastDone": line.last_done,
            "looked": line.look.at if line.look else None,
        }
        for line in overview.lines(config, db)
    ]


def _names(tx: apsw.Connection) -> list[str]:
    """Everybody's names, addresses and numbers, as far as the file knows them."""
    found = many(
        tx,
        """SELECT first_name AS said FROM accounts UNION SELECT last_name FROM accounts UNION SELECT sign_in_name FROM accounts
           UNION SELECT first_name FROM scouts UNION SELECT name FROM guardians UNION SELECT email FROM guardians
           UNION SELECT name FROM households UNION SELECT name FROM recovery_holders UNION SELECT email FROM invitations
           UNION SELECT made_by FROM incidents UNION SELECT acknowledged_by FROM alerts UNION SELECT name FROM troop
           UNION SELECT asked_by FROM copy_runs UNION SELECT asked_by FROM restore_runs UNION SELECT received_by FROM reward_receipts
           UNION SELECT counted_by FROM cupboard_receipts UNION SELECT checked_by FROM cupboard_receipts
           UNION SELECT adult FROM receipts UNION SELECT name FROM booths UNION SELECT name FROM booth_sites
           UNION SELECT customer_name FROM orders UNION SELECT customer_email FROM orders
           UNION SELECT customer_phone FROM orders UNION SELECT customer_address FROM orders
           LIMIT :most""",
        most=MOST_NAMES,
    )
    return [row.said for row in found if row.said and len(row.said) >= SHORTEST_NAME]


def _coverer(config: Config, names: list[str]):
    """What covers every secret and every name in a text."""
    secrets: set[str] = set()
    for setting in SETTINGS:
        value = getattr(config, setting.name)
        if setting.metadata["secret"] or SPEAK_OF_PEOPLE.fullmatch(setting.name):
            secrets |= {text for text in (value if isinstance(value, tuple) else (value,)) if text}
    kept = sorted((text for text in secrets if len(text) >= SHORTEST_SECRET), key=len, reverse=True)
    known = {name.lower() for name in names}

    def covered(text: str) -> str:
        for secret in kept:
            text = text.replace(secret, COVERED)
        text = _CARRIED.sub(lambda found: f'{found[1]}"{COVERED}"' if found[1] else f"{found[2] or ''}{COVERED}", text)
        text = log.without_mail(text)
        # whole texts first, longest first, as names of several words do not stand as one word below
        for name in sorted((one for one in names if not one.isalpha()), key=len, reverse=True):
            if name in text:
                text = text.replace(name, NAMED)
        return re.sub(
            r"[^\W\d_]+", lambda word: NAMED if word[0][0].isupper() and word[0].lower() in known else word[0], text
        )

    return covered
