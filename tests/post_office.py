"""A mail server that is really there and keeps what it is given."""

from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from tests.running import free_port


class PostOffice:
    """`letters` are what was taken, each with whom it is for; `answer` is what the server says to the next one."""

    def __init__(self) -> None:
        self.port = free_port()
        self.letters: list[tuple[list[str], EmailMessage]] = []
        self.answer = "250 kept"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """A letter arrives."""
        if self.answer.startswith("250"):
            self.letters.append((envelope.rcpt_tos, message_from_bytes(envelope.content, policy=policy.default)))
        return self.answer


@contextmanager
def opened() -> Iterator[PostOffice]:
    """A post office on a port of its own, closed at the end."""
    found = PostOffice()
    controller = Controller(found, hostname="127.0.0.1", port=found.port)
    controller.start()
    try:
        yield found
    finally:
        controller.stop()
