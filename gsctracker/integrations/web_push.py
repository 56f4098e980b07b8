"""One message to one browser, through the service of the browser's maker: sealed for that browser, signed with the box's key.

pywebpush seals and signs (the extra `push`; loaded when one is sent); the call goes out like every call to an address that
somebody else named, to public machines alone.
"""

import base64
import importlib.util
from dataclasses import dataclass
from urllib.parse import urlsplit

from gsctracker import clock
from gsctracker.integrations import guarded
from gsctracker.integrations.notify import Undelivered

GONE = (404, 410)
LIVES_SECONDS = 12 * 3600
LARGEST = 3000  # bytes of a message: what every service takes


class Gone(Exception):
    """That browser is not there any more."""


@dataclass(frozen=True)
class Browser:
    """Where a browser takes messages, and its keys, as it gave them."""

    endpoint: str
    p256dh: str
    auth: str


def is_there() -> bool:
    """Whether the library is installed."""
    return importlib.util.find_spec("pywebpush") is not None


def new_key() -> str:
    """A new private key for this box."""
    from cryptography.hazmat.primitives.asymmetric import ec

    number = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
    return _written(number.to_bytes(32, "big"))


def public_key(private: str) -> str:
    """The public key that belongs to a private one, as browsers ask for it. Raises ValueError for what is no key."""
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    raw = base64.urlsafe_b64decode(private + "=" * (-len(private) % 4))
    key = ec.derive_private_key(int.from_bytes(raw, "big"), ec.SECP256R1())
    return _written(key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint))


def send(
    to: Browser, message: bytes, private: str, sender: str, *, is_urgent: bool = False, near: bool = False
) -> None:
    """Bring a message to a browser; `sender` is a mailto: or https: address whom the service may write to.

    Raises Gone, Undelivered.
    """
    try:
        from py_vapid import Vapid02
        from pywebpush import WebPusher
    except ImportError:
        raise Undelivered("push: pywebpush is not installed") from None
    try:
        keys = {"p256dh": to.p256dh, "auth": to.auth}
        sealed = WebPusher({"endpoint": to.endpoint, "keys": keys}).encode(message[:LARGEST], "aes128gcm")["body"]
        parts = urlsplit(to.endpoint)
        claims = {
            "sub": sender,
            "aud": f"{parts.scheme}://{parts.netloc}",
            "exp": int(clock.moment().timestamp()) + LIVES_SECONDS,
        }
        signed = Vapid02.from_string(private).sign(claims)
    except Exception as problem:
        raise Undelivered(f"push: {type(problem).__name__}") from None
    headers = {
        **signed,
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(LIVES_SECONDS),
        "Urgency": "high" if is_urgent else "normal",
    }
    try:
        status = guarded.post(to.endpoint, sealed, headers, near=near)
    except guarded.Unreachable as why:
        raise Undelivered(f"push: {why}") from None
    if status in GONE:
        raise Gone
    if not 200 <= status < 300:
        raise Undelivered(f"push: the service answered {status}")


def _written(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
