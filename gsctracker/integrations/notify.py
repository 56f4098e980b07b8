"""Messages to an operator's own channels: whatever apprise speaks, and plain mail. Both are loaded when one is sent."""

import ipaddress
import json
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import make_msgid
from typing import Any
from urllib.parse import urlsplit

from gsctracker.log import request_id

SECONDS_AT_MOST = 8
TEXTS = frozenset({"twilio", "sns", "vonage", "nexmo", "messagebird", "plivo", "clickatell", "bulksms", "clicksend"})
PAGERS = frozenset({"pagerduty"})


class Undelivered(Exception):
    """It did not arrive; the words name the channel's kind and never its address, which holds a secret."""


@dataclass(frozen=True)
class Message:
    """One message: `severity` info, warning or critical; `is_over` says that what `key` stands for is over, and
    `is_acknowledged` that somebody looks after it.
    """

    title: str
    body: str
    severity: str
    key: str
    is_over: bool = False
    is_acknowledged: bool = False


@dataclass(frozen=True)
class MailServer:
    """A mail server and how to sign in to it; port 465 speaks TLS from the first byte, others begin it."""

    host: str
    port: int
    user: str | None
    password: str | None
    sender: str


def kind_of(address: str) -> str:
    """What may be said aloud of an address: its scheme."""
    return address.partition("://")[0].lower()[:20]


def is_text_message(address: str) -> bool:
    """Whether each message there costs money."""
    return kind_of(address) in TEXTS


def takes_acknowledgements(address: str) -> bool:
    """Whether something there goes on calling people until it hears that somebody looks after it."""
    return kind_of(address) in PAGERS


def send(address: str, message: Message) -> None:
    """Bring one message to an apprise address. Raises Undelivered."""
    import logging

    import apprise

    kind = kind_of(address)
    logging.getLogger("apprise").setLevel(logging.CRITICAL)  # its lines hold addresses
    if kind in PAGERS:  # trigger and resolve have to name the same incident
        address += f"{'&' if '?' in address else '?'}dedup={message.key}&action=map"
    try:
        channel = apprise.Apprise.instantiate(address, suppress_exceptions=True)
    except Exception:
        channel = None
    if not channel:
        raise Undelivered(f"{kind}: nobody knows such an address")
    if not getattr(channel, "secure", True) and not _is_near(getattr(channel, "host", "") or "") and _is_plain(kind):
        raise Undelivered(f"{kind}: it would travel in the open; use the form that ends in s")
    if message.is_acknowledged:
        _acknowledge(channel, message.key)
        return
    types = {"info": "info", "warning": "warning", "critical": "failure"}
    try:
        arrived = channel.notify(
            title=message.title,
            body=message.body,
            notify_type=apprise.NotifyType("success" if message.is_over else types[message.severity]),
        )
    except Exception as problem:
        raise Undelivered(f"{kind}: {type(problem).__name__}") from None
    if not arrived:
        raise Undelivered(f"{kind}: it was not taken")


def _acknowledge(channel: Any, key: str) -> None:
    """Tell PagerDuty that somebody looks after the incident: the one thing that apprise does not say to it."""
    import urllib.request

    from apprise.plugins import pagerduty

    said = {"routing_key": channel.integration_key, "event_action": "acknowledge", "dedup_key": key}
    request = urllib.request.Request(  # noqa: S310 - an address of the library's own
        pagerduty.PAGERDUTY_API_LOOKUP[channel.region_name],
        json.dumps(said).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=SECONDS_AT_MOST) as answer:  # noqa: S310 - the same
            answer.read(1000)
    except (OSError, ValueError) as problem:
        raise Undelivered(f"pagerduty: {type(problem).__name__}") from None


def mail(server: MailServer, to: str, message: Message) -> None:
    """Send one message as plain text. Raises Undelivered."""
    letter = EmailMessage()
    letter["From"], letter["To"], letter["Subject"] = server.sender, to, message.title
    letter["Message-ID"] = make_msgid(domain="gsctracker.invalid")
    letter["Auto-Submitted"] = "auto-generated"
    if asked := request_id.get():
        letter["X-Request-ID"] = asked  # the request or the job that it was sent for
    letter.set_content(message.body)
    try:
        with _signed_in(server) as talk:
            talk.send_message(letter)
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        raise Undelivered(f"mail: {type(problem).__name__}") from None


def try_mail(server: MailServer) -> None:
    """Sign in to a mail server and send nothing. Raises Undelivered with what it said: for the operator alone."""
    try:
        with _signed_in(server) as talk:
            talk.noop()
    except smtplib.SMTPResponseException as no:
        said = no.smtp_error.decode(errors="replace") if isinstance(no.smtp_error, bytes) else str(no.smtp_error)
        raise Undelivered(f"it says {no.smtp_code} {' '.join(said.split())[:200]}") from None
    except (OSError, smtplib.SMTPException, ValueError) as problem:
        raise Undelivered(f"{getattr(problem, 'strerror', None) or problem or type(problem).__name__}"[:200]) from None


@contextmanager
def _signed_in(server: MailServer) -> Iterator[smtplib.SMTP]:
    """A line to a mail server on which letters can be given to it."""
    safely = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS_AT_MOST, context=safely)
        if server.port == 465
        else smtplib.SMTP(server.host, server.port, timeout=SECONDS_AT_MOST)
    ) as talk:
        if server.port != 465 and not _is_near(server.host):
            talk.starttls(context=safely)
        if server.user and server.password:
            talk.login(server.user, server.password)
        yield talk


def ping(address: str) -> None:
    """Tell whoever waits for it that this box lives. Raises Undelivered."""
    import urllib.request

    try:
        with urllib.request.urlopen(address, timeout=SECONDS_AT_MOST) as answer:  # noqa: S310 - its setting takes http only
            answer.read(1000)
    except (OSError, ValueError) as problem:
        raise Undelivered(f"ping: {type(problem).__name__}") from None


def _is_plain(kind: str) -> bool:
    return kind in {"json", "xml", "form", "ntfy", "gotify", "matrix", "mailto", "mqtt", "apprise", "mmost", "rocket"}


def _is_near(host: str) -> bool:
    """Whether a host is this machine or on the troop's own network."""
    host = (urlsplit(f"//{host}").hostname or host).lower()
    if host == "localhost" or host.endswith((".local", ".lan", ".home")):
        return True
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return False
