"""Brings tellings to people: each channel by itself, none waits for another, and what each of them did is counted."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, wait
from functools import cache, partial
from threading import Lock, Thread

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import Busy, Database
from gsctracker.db.rows import Row
from gsctracker.domain import pushes
from gsctracker.integrations import notify
from gsctracker.ops import push, start_checks
from gsctracker.ops.alerts import record, texts
from gsctracker.ops.alerts.faults import Telling

logger = logging.getLogger("gsctracker.alerts")

MOST_TEXTS_A_DAY = 5  # each costs money
MOST_SECONDS = 25.0  # that anybody waits for all channels together

Way = tuple[str, str, Callable[[], None]]  # the kind of channel, which one it is, and how to tell it


class Channels:
    """All ways to the operator. `sent` counts messages by (kind of channel, delivered, failed or capped)."""

    def __init__(self, config: Config, db: Database) -> None:
        self._config, self._db = config, db
        self.sent: Counter[tuple[str, str]] = Counter()
        self._texts: Counter[str] = Counter()  # by day
        self._readers: list[Row] = []  # those, the language and the mark as last known, where the database cannot say
        self._language = "en"
        self._box = start_checks.marked_uid(config.data_dir) or ""
        self._under_way: set[str] = set()
        self._turn = Lock()

    def are_there(self) -> bool:
        """Whether anybody could be told."""
        set_up = self._config.alert_urls or self._config.alert_escalation_urls or self._config.smtp_host
        return bool(set_up or self._browsers(everybody=True))

    def tell(self, telling: Telling) -> bool:
        """Bring it to everybody it is for; gives whether at least one took it within MOST_SECONDS. A channel that takes
        longer (one that answers byte by byte, say) is asked nothing else until it came to an end.
        """
        ways = list(self._ways(telling))
        if not ways:
            return False
        told = [self._set_out(*way) for way in ways]
        wait(told, MOST_SECONDS)
        return any(one.result() for one in told if one.done())

    def _set_out(self, kind: str, which: str, send: Callable[[], None]) -> Future[bool]:
        """Try one way in a thread of its own, which no end of the program waits for."""
        told: Future[bool] = Future()
        with self._turn:
            if which in self._under_way:
                self.sent[kind, "failed"] += 1
                logger.warning(
                    "it is still at the message before", extra={"event": "alert_undelivered", "channel": kind}
                )
                told.set_result(False)
                return told
            self._under_way.add(which)

        def go() -> None:
            arrived = False
            try:
                arrived = self._try(kind, send)
            except Exception:
                logger.exception("a channel failed", extra={"event": "alert_undelivered", "channel": kind})
            finally:
                with self._turn:
                    self._under_way.discard(which)
                told.set_result(arrived)

        Thread(target=go, name="alert", daemon=True).start()
        return told

    def _message(self, telling: Telling, language: str) -> notify.Message:
        return notify.Message(
            texts.title(telling, language),
            texts.body(telling, self._config.app_url, language),
            telling.fault.rule.severity,
            f"gsctracker-{self._box}-{telling.fault.rule.anchor}",
            telling.kind == "over",
            telling.kind == "acknowledged",
        )

    def _ways(self, telling: Telling) -> Iterator[Way]:
        fault = telling.fault
        is_critical = fault.rule.severity == "critical"
        wider = telling.kind == "escalated" or fault.escalated
        self._look_up(wider)
        message = cache(partial(self._message, telling))  # by language
        addresses = self._config.alert_urls + (self._config.alert_escalation_urls if wider else ())
        for address in dict.fromkeys(addresses):
            kind = notify.kind_of(address)
            if telling.kind == "acknowledged" and not notify.takes_acknowledgements(address):
                continue
            if notify.is_text_message(address):
                if not is_critical or telling.kind == "over":
                    continue
                if self._texts[clock.today()] >= MOST_TEXTS_A_DAY:
                    self.sent[kind, "capped"] += 1
                    continue
                self._texts[clock.today()] += 1
            yield kind, address, partial(notify.send, address, message(self._language))
        if telling.kind == "acknowledged":
            return
        if self._config.smtp_host:
            server = notify.MailServer(
                self._config.smtp_host,
                self._config.smtp_port,
                self._config.smtp_user,
                self._config.smtp_pass,
                self._config.smtp_from or "gsctracker@localhost",
            )
            for reader in self._readers:
                yield "mail", reader.email, partial(notify.mail, server, reader.email, message(reader.language))
        languages = {reader.id: reader.language for reader in self._readers}
        for browser in self._browsers(wider):
            path = f"/problems#{fault.rule.anchor}"
            said = message(languages.get(browser.account_id, self._language))
            yield "push", f"push {browser.id}", partial(self._push, browser, said, path, is_critical)

    def _browsers(self, everybody: bool) -> list[Row]:
        """The browsers of who is on duty, or of all who run the box; none where the database cannot say."""
        try:
            with self._db.read() as tx:
                return pushes.of(tx, [row.id for row in record.readers(tx, everybody)])
        except (apsw.Error, Busy, OSError):
            return []

    def _push(self, browser: Row, message: notify.Message, path: str, is_critical: bool) -> None:
        said = message.body.partition("\n")[0]
        if not push.tell(self._config, self._db, [browser], message.title, said, path, is_urgent=is_critical):
            raise notify.Undelivered("push: it was not taken")

    def _look_up(self, everybody: bool) -> None:
        """Who is told and in which languages; whose mark the box bears stays for as long as the program runs."""
        try:
            with self._db.read() as tx:
                self._readers, self._language = record.readers(tx, everybody), record.language(tx)
                self._box = self._box or record.box(tx)
        except (apsw.Error, Busy, OSError):
            logger.warning("who is on duty cannot be read; those known before are told")

    def _try(self, kind: str, send: Callable[[], None]) -> bool:
        try:
            send()
        except notify.Undelivered as why:
            self.sent[kind, "failed"] += 1
            logger.warning("nobody was told: %s", why, extra={"event": "alert_undelivered", "channel": kind})
            return False
        self.sent[kind, "delivered"] += 1
        return True
