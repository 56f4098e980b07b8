"""The week of the box in a letter: copies and their proof, what was wrong, what people said, how much was sold.

It names nobody and nothing of a family: who wants more opens the page.
"""

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import many, one
from gsctracker.domain import feedback
from gsctracker.domain.booths import hours
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict, Invalid
from gsctracker.integrations import notify
from gsctracker.ops import letters
from gsctracker.ops.alerts import record, rules, texts
from gsctracker.ops.letters import Sentence
from gsctracker.words import N_, counted

DAYS = 7
MEGABYTE = 1_000_000
MOST_RULES = 5


def send(config: Config, db: Database) -> str | None:
    """Send the letter of the last DAYS to who runs the box, and to the operator's own channels; None where nobody can be told.

    Raises Conflict where nobody took it.
    """
    channels = [address for address in config.alert_urls if not notify.is_text_message(address)]
    with db.read() as tx:
        if not troop.is_set_up(tx) or not (config.smtp_host or channels):
            return None
        to, title, body = letters.readers(tx), heading(tx), written(tx, config)
        language, key = record.language(tx), f"gsctracker-{record.box(tx)}-week"
    sent = letters.send(config, to, title, body, key)
    text = "\n".join(letters.said(sentence, language) for sentence in body)
    for address in channels:
        try:
            notify.send(address, notify.Message(letters.said(title, language), text, "info", key))
        except notify.Undelivered:
            continue
        sent += 1
    wanted = len(channels) + (len(to) if config.smtp_host else 0)
    if not wanted:
        return None
    if not sent:
        raise Conflict(N_("Nobody took the letter of the week."), "digest_undelivered")
    return f"the letter of the week went to {sent} of {wanted}"


def heading(tx: apsw.Connection) -> Sentence:
    """What stands over the letter."""
    own = troop.own(tx)
    return N_("Troop %(number)s: the week of the box"), {"number": own.number if own else ""}


def written(tx: apsw.Connection, config: Config) -> list[Sentence]:
    """The letter, sentence by sentence."""
    since = clock.after(days=-DAYS)
    return [
        *_copies(tx, config, since),
        _proof(tx),
        *_faults(tx, config, since),
        _people(tx),
        _sold(tx, since),
    ]


def _copies(tx: apsw.Connection, config: Config, since: str) -> list[Sentence]:
    found = one(
        tx,
        """SELECT count(*) FILTER (WHERE result <> 'failed') AS made, count(*) FILTER (WHERE result = 'failed') AS failed,
                  count(*) FILTER (WHERE uploaded_at NOT NULL) AS away, sum(size) AS bytes
             FROM copy_runs WHERE started_at >= :since""",
        since=since,
    )
    newest = one(tx, "SELECT ended_at, size FROM copy_runs WHERE result <> 'failed' ORDER BY seq DESC LIMIT 1")
    assert found is not None
    if newest is None:
        return [(N_("There is no copy of your data yet: open Copies and make one."), {})]
    size = {"size": f"{newest.size / MEGABYTE:.1f}", "when": hours.said(tx, newest.ended_at)}
    said: list[Sentence] = [
        (
            counted(
                "One copy of your data was made this week. The newest is of %(when)s, %(size)s MB.",
                "%(n)s copies of your data were made this week. The newest is of %(when)s, %(size)s MB.",
            ),
            {"n": found.made, **size},
        )
    ]
    if config.s3_backup_bucket:
        away = {"n": found.away, "made": found.made}
        said.append((N_("Of %(made)s copies %(n)s lie off the box, too."), away))
    else:
        said.append((N_("All copies lie on this box alone: if it is stolen or burns, they are gone with it."), {}))
    if found.failed:
        failures = counted("One copy could not be made.", "%(n)s copies could not be made.")
        said.append((failures, {"n": found.failed}))
    return said


def _proof(tx: apsw.Connection) -> Sentence:
    last = one(tx, "SELECT ended_at, result, milliseconds FROM drill_runs ORDER BY id DESC LIMIT 1")
    if last is None:
        return N_("No copy was proven by a rehearsal yet."), {}
    facts = {"when": hours.said(tx, last.ended_at), "seconds": max(1, round(last.milliseconds / 1000))}
    if last.result == "done":
        return N_("The last rehearsal, %(when)s, brought everything back in %(seconds)s seconds."), facts
    return N_("The last rehearsal, %(when)s, FAILED: open Problems today."), facts


def _faults(tx: apsw.Connection, config: Config, since: str) -> list[Sentence]:
    found = many(
        tx,
        """SELECT rule, count(*) AS times, max(ended_at IS NULL) AS is_open FROM alerts
            WHERE severity <> 'info' AND (began_at >= :since OR ended_at IS NULL)
            GROUP BY rule ORDER BY is_open DESC, rule LIMIT :most""",
        since=since,
        most=MOST_RULES,
    )
    if not found:
        return [(N_("Nothing was wrong with the box."), {})]
    says = _says(config)
    said: list[Sentence] = [
        (counted("One thing was wrong with the box:", "%(n)s things were wrong with the box:"), {"n": len(found)})
    ]
    for row in found:
        what: Sentence = says.get(row.rule, row.rule), {}
        said.append((texts.STILL if row.is_open else texts.OVER, {"what": what}))
    return said


def _says(config: Config) -> dict[str, str]:
    """What each rule says, by its name; nothing where the file of rules was spoilt since the start."""
    try:
        return {rule.name: rule.says for rule in rules.load(config)}
    except Invalid:
        return {}


def _people(tx: apsw.Connection) -> Sentence:
    waiting = feedback.waiting(tx)
    if not waiting:
        return N_("No note of anybody waits for you."), {}
    return (
        counted("One note of a reader waits for you.", "%(n)s notes of readers wait for you."),
        {"n": waiting},
    )


def _sold(tx: apsw.Connection, since: str) -> Sentence:
    found = one(tx, "SELECT count(*) AS sales FROM orders WHERE recorded_at >= :since", since=since)
    return (
        counted("One sale was entered this week.", "%(n)s sales were entered this week."),
        {"n": found.sales if found else 0},
    )
