"""Which version of the program ran since when; and the day after an upgrade: stricter limits, then a letter with before and after."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import apsw

from gsctracker import __version__, clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import Row, add, one, run, value
from gsctracker.domain import audit
from gsctracker.ops import letters, roll_ups
from gsctracker.ops.letters import Sentence
from gsctracker.words import N_

HOURS = 24
STRICTER = {("ErrorRatioHigh", 1): 0.5, ("SlowPages", 1): 0.5}
"""By what the limits of these conditions are multiplied in the first HOURS of a new version."""


def look(config: Config, db: Database) -> str | None:
    """Note a version that runs for the first time; HOURS later send a letter about it. None where there was nothing to do.

    The first version of a box is noted and told to nobody: there is nothing to compare it with.
    """
    with db.read() as tx:
        newest = _newest(tx)
        to = letters.readers(tx)
    if newest is None or newest.version != __version__:
        with db.write() as tx:
            run(tx, "UPDATE versions SET told_at = :now WHERE told_at IS NULL", now=clock.now())
            add(
                tx,
                "INSERT INTO versions (version, since, told_at) VALUES (:version, :now, :told)",
                version=__version__,
                now=clock.now(),
                told=clock.now() if newest is None else None,
            )
            if newest is not None:
                audit.note(tx, None, "box.upgraded", "box", None, before=newest.version, version=__version__)
        if newest is not None:
            letters.send(config, to, *_began(newest.version), "gsctracker-upgrade")
        return f"{__version__} runs from now on"
    if newest.told_at or newest.since > clock.after(hours=-HOURS):
        return None
    with db.read() as tx:
        title, body = _after(tx, newest)
    sent = letters.send(config, to, title, body, "gsctracker-upgrade")
    with db.write() as tx:
        run(tx, "UPDATE versions SET told_at = :now WHERE id = :id", now=clock.now(), id=newest.id)
    return f"the day after {newest.version} was told to {sent} of {len(to)}"


def stricter(tx: apsw.Connection) -> Mapping[tuple[str, int], float]:
    """What limits are multiplied by now, by (rule, condition): nothing but in the first day of a version that took over."""
    newest = _newest(tx)
    is_new = newest is not None and newest.told_at is None and newest.since > clock.after(hours=-HOURS)
    return STRICTER if is_new else {}


def _newest(tx: apsw.Connection) -> Row | None:
    return one(tx, "SELECT id, version, since, told_at FROM versions ORDER BY id DESC LIMIT 1")


def _began(before: str) -> tuple[Sentence, list[Sentence]]:
    versions: dict[str, object] = {"version": __version__, "before": before, "hours": HOURS}
    return (N_("The box runs version %(version)s now"), versions), [
        (N_("It took over from %(before)s, and the checks at its start went well."), versions),
        (
            N_(
                "For %(hours)s hours it is watched more closely: half as many failed or slow pages as usual are told to you. Then comes a"
                " letter that compares."
            ),
            versions,
        ),
        (N_("If something is worse than before, docs/operating.md says how to go back."), versions),
    ]


def _after(tx: apsw.Connection, newest: Row) -> tuple[Sentence, list[Sentence]]:
    since = datetime.fromisoformat(newest.since)
    versions: dict[str, object] = {"version": newest.version}
    spans = [
        (clock.instant(since - timedelta(hours=HOURS)), newest.since),
        (newest.since, clock.instant(since + timedelta(hours=HOURS))),
    ]
    before, after = (_figures(tx, *span) for span in spans)
    facts: dict[str, object] = {**{f"{name}_before": n for name, n in before.items()}, **after}
    return (N_("A day with version %(version)s"), versions), [
        (N_("Before and after, in %(hours)s hours each:"), {"hours": HOURS}),
        (N_("Pages answered: %(requests_before)s, then %(requests)s."), facts),
        (N_("Of a thousand failed: %(failed_before)s, then %(failed)s."), facts),
        (N_("19 of 20 took at most: %(p95_before)s ms, then %(p95)s ms."), facts),
        (N_("Faults of the box: %(faults_before)s, then %(faults)s."), facts),
        (N_("It is worse than before: read Problems, and think of going back."), {})
        if _is_worse(before, after)
        else (N_("It is no worse than before."), {}),
    ]


def _figures(tx: apsw.Connection, since: str, until: str) -> dict[str, int]:
    hours = roll_ups.readings(tx, "hour", since, until)
    whole = roll_ups.together(since, hours) if hours else None
    requests = whole.requests if whole else 0
    return {
        "requests": requests,
        "failed": whole.failures * 1000 // requests if whole and requests else 0,
        "p95": whole.milliseconds(0.95) if whole else 0,
        "faults": value(
            tx,
            "SELECT count(*) FROM alerts WHERE severity <> 'info' AND began_at >= :since AND began_at < :until",
            since=since,
            until=until,
        ),
    }


def _is_worse(before: Mapping[str, int], after: Mapping[str, int]) -> bool:
    return (
        after["faults"] > before["faults"]
        or after["failed"] > before["failed"] + 1
        or (before["p95"] > 0 and after["p95"] > 2 * before["p95"])
    )
