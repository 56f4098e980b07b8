"""The letters of consent by e-mail: what stands in them, and sending those that are due."""

import gettext
import logging
from email.utils import formataddr

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.db.rows import Row
from gsctracker.domain.people import consent_letters
from gsctracker.domain.season import troop
from gsctracker.errors import NotFound
from gsctracker.integrations import notify
from gsctracker.translations import FOLDER
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.privacy")

LANGUAGES = ("en", "es")
MOST_AT_ONCE = 20

FIRST_TITLE = N_("Troop %(number)s asks for your consent")
FIRST = (
    N_(
        "Hello, you answer for %(name)s in Troop %(number)s. Her troop would like to give her an account of her own for the cookie season."
    ),
    N_(
        "With it she sees her own numbers, shifts and goal. The troop keeps her first name, as many letters of her last name as tell her "
        "apart, her level and grade, and her boxes, sales, booths and goals. Nobody outside the troop is given any of it, and nothing of "
        "her is shown to other families."
    ),
    N_(
        "She takes part just the same without it. If you do nothing, nothing happens, and this letter is over after %(days)d days."
    ),
    N_("Read the whole notice: %(privacy)s"),
    N_("Say yes or no here: %(link)s"),
    N_(
        "After a yes you get a second letter a day later. Only then your consent counts. It ends with the season, after a year at the "
        "latest, or at once when you take it back."
    ),
)
SECOND_TITLE = N_("You agreed: an account for a girl of Troop %(number)s")
SECOND = (
    N_(
        "Hello, a day ago somebody who reads your mail agreed that Troop %(number)s gives %(name)s an account of her own."
    ),
    N_("If that was you, there is nothing to do. It counts from now on, until the season ends, for a year at most."),
    N_("If it was not you, or you think otherwise now, take it back here; that is felt at once: %(link)s"),
    N_("The same link works for as long as the consent stands. The whole notice: %(privacy)s"),
)


def is_possible(config: Config) -> bool:
    """Whether this box can ask by mail: it has a mail server, a sender, and an address of its own that a link may name."""
    return bool(config.smtp_host and config.smtp_from and config.app_url)


def send_due(config: Config, db: Database) -> str | None:
    """Send the letters that are due, each outside of any write; None where there was none. What no server took is tried again."""
    if not is_possible(config):
        return None
    with db.read() as tx:
        own = troop.own(tx)
        if own is None:  # not set up
            return None
        number, waiting = own.number, consent_letters.due(tx)[:MOST_AT_ONCE]
    sent = sum(_send(config, db, letter, number) for letter in waiting)
    return f"{sent} of {len(waiting)} letters about consent went out" if waiting else None


def _send(config: Config, db: Database, letter: Row, number: str) -> bool:
    try:
        with db.write() as tx:  # before it is sent: whoever reads fast finds her link working
            secret = consent_letters.ready(tx, letter.id, letter.state)
    except NotFound:
        return False  # she was asked anew meanwhile
    message = written(letter, secret, number, config.app_url or "")
    try:
        notify.mail(_server(config, number), letter.email, message)
    except notify.Undelivered as why:
        logger.warning("a letter about consent was not taken: %s", why, extra={"event": "consent_letter"})
        with db.write() as tx:
            consent_letters.did_not_go_out(tx, letter.id, str(why))
        return False
    with db.write() as tx:
        consent_letters.went_out(tx, letter.id)
    return True


def written(letter: Row, secret: str, number: str, app_url: str) -> notify.Message:
    """The letter, in the guardian's language where it is known, else in each."""
    is_first = letter.state == "asked"
    params = {
        "name": f"{letter.first_name} {letter.last_initial}".strip(),
        "number": number,
        "days": consent_letters.OPEN_DAYS,
        "link": f"{app_url}/consent/{secret}",
        "privacy": f"{app_url}/privacy",
    }
    title, parts = (FIRST_TITLE, FIRST) if is_first else (SECOND_TITLE, SECOND)
    languages = (letter.language,) if letter.language else LANGUAGES
    said = ["\n\n".join(_in(language, part) % params for part in parts) for language in languages]
    return notify.Message(_in(languages[0], title) % params, "\n\n----\n\n".join(said), "info", "consent")


def _in(language: str, sentence: str) -> str:
    return gettext.translation("messages", FOLDER, [language], fallback=True).gettext(sentence)


def _server(config: Config, number: str) -> notify.MailServer:
    sender = config.smtp_from or ""
    return notify.MailServer(
        config.smtp_host or "",
        config.smtp_port,
        config.smtp_user,
        config.smtp_pass,
        sender if "<" in sender else formataddr((f"Troop {number}", sender)),
    )
