"""Letters to who runs the box, in the language of each: sentences are kept marked until it is known who reads them."""

import gettext
from collections.abc import Sequence

import apsw

from gsctracker import translations
from gsctracker.config import Config
from gsctracker.db.rows import Row, many
from gsctracker.domain.season import troop
from gsctracker.integrations import notify
from gsctracker.words import for_one

Sentence = tuple[str, dict[str, object]]
"""A marked sentence and what fills its places, which may be sentences again."""


def mail_server(config: Config) -> notify.MailServer | None:
    """The mail server of this box; None where none is set."""
    if not config.smtp_host:
        return None
    sender = config.smtp_from or "gsctracker@localhost"
    return notify.MailServer(config.smtp_host, config.smtp_port, config.smtp_user, config.smtp_pass, sender)


def readers(tx: apsw.Connection) -> list[Row]:
    """Who runs the box: to (an address), language. Nobody in the example troop, whose addresses are nobody's."""
    if troop.is_demo(tx):
        return []
    return many(
        tx,
        """SELECT sign_in_name AS "to", language FROM accounts
            WHERE role = 'admin' AND state = 'active' ORDER BY id LIMIT 20""",
    )


def said(sentence: Sentence, language: str) -> str:
    """A sentence in that language, its places filled."""
    words, params = sentence
    catalogue = gettext.translation("messages", translations.FOLDER, [language], fallback=True)
    counts = for_one(words, params)
    text = catalogue.ngettext(counts[0], words, counts[1]) if counts else catalogue.gettext(words)
    filled = {name: said(each, language) if isinstance(each, tuple) else each for name, each in params.items()}
    return text % filled if filled else text


def send(
    config: Config, to: Sequence[Row], title: Sentence, body: Sequence[Sentence], key: str, page: str = "/problems"
) -> int:
    """Bring the letter to each of them, with the address of the page where more stands; gives how many servers took it.
    Slow: never inside a write. Raises nothing.
    """
    server, sent = mail_server(config), 0
    if server is None:
        return 0
    for reader in to:
        text = "\n\n".join(said(one, reader.language) for one in body)
        if config.app_url:
            text += f"\n\n{config.app_url.rstrip('/')}{page}"
        try:
            notify.mail(server, reader.to, notify.Message(said(title, reader.language), text, "info", key))
        except notify.Undelivered:
            continue
        sent += 1
    return sent
