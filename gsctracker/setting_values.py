"""What the value of a setting may look like: each takes the text and gives the value, or raises ValueError saying what is wanted."""

import ipaddress
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

Parse = Callable[[str], Any]
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


def whole(lowest: int, highest: int) -> Parse:
    """A whole number between two bounds, both included."""

    def parse(text: str) -> int:
        if not re.fullmatch(r"-?[0-9]{1,12}", text) or not lowest <= int(text) <= highest:
            raise ValueError(f"a whole number from {lowest} to {highest}")
        return int(text)

    return parse


def choice(*names: str, **also: str) -> Parse:
    """One of a few words, in any case; `also` maps other spellings to them."""
    known = {name.lower(): name for name in names} | {spelling.lower(): name for spelling, name in also.items()}

    def parse(text: str) -> str:
        if text.lower() not in known:
            raise ValueError(f"one of {', '.join(names)}")
        return known[text.lower()]

    return parse


def plain(text: str) -> str:
    """A line of text."""
    if not text.isprintable():
        raise ValueError("one line of readable characters")
    return text


def place(text: str) -> Path:
    """A path on this machine."""
    return Path(plain(text)).expanduser()


def site(text: str) -> str:
    """The address people open: a scheme and a host, perhaps a port, nothing behind it."""
    url = _address(text, "http", "https")
    if url.path not in ("", "/") or url.query or url.fragment:
        raise ValueError("an address without a path, like https://cookies.example.org")
    return text.rstrip("/")


def endpoint(*schemes: str) -> Parse:
    """An address with one of these schemes."""

    def parse(text: str) -> str:
        _address(text, *schemes)
        return text

    return parse


def way_back(path: str) -> Parse:
    """An address of this box with that path."""

    def parse(text: str) -> str:
        url = _address(text, "https", "http")
        if url.path != path or url.query or url.fragment:
            raise ValueError(f"an address of this box that ends in {path}")
        return text

    return parse


def networks(text: str) -> tuple[Network, ...]:
    """Addresses or networks, separated by commas."""
    try:
        return tuple(ipaddress.ip_network(part, strict=False) for part in _parts(text))
    except ValueError:
        raise ValueError("addresses or networks separated by commas, like 127.0.0.1, 10.0.0.0/8") from None


def host_and_port(text: str) -> tuple[str, int]:
    """A machine and a port on it."""
    found = re.fullmatch(r"([A-Za-z0-9._-]{1,253}):([0-9]{1,5})", text)
    if not found or not 0 < int(found[2]) < 65536:
        raise ValueError("a machine and a port, like logs.example.org:514")
    return found[1], int(found[2])


def several(text: str) -> tuple[str, ...]:
    """Texts separated by commas."""
    return tuple(_parts(plain(text)))


def time_of_day(text: str) -> str:
    """A time of the troop's day."""
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", text):
        raise ValueError("a time of day, like 02:00")
    return text


def span_of_day(text: str) -> str:
    """From one time of day to another, perhaps over midnight."""
    times = text.replace(" ", "").split("-")
    try:
        begin, end = map(time_of_day, times)
    except ValueError:
        raise ValueError("two times of day, like 21:30-07:00") from None
    return f"{begin}-{end}"


def yes(text: str) -> bool:
    """Yes or no."""
    if text.lower() not in ("yes", "no"):
        raise ValueError("yes or no")
    return text.lower() == "yes"


def uid_of_box(text: str) -> str:
    """What names a box."""
    if not re.fullmatch(r"[0-9a-f]{16}", text):
        raise ValueError("the 16 letters and digits that name a box, as on its recovery sheet")
    return text


def age_recipient(text: str) -> str:
    """A public key of age."""
    if not re.fullmatch(r"age1[0-9a-z]{58}", text):
        raise ValueError("an age public key, which begins with age1")
    return text


def _address(text: str, *schemes: str) -> Any:
    try:
        url = urlsplit(plain(text))
        known = url.scheme in schemes and bool(url.hostname) and (url.port is None or url.port > 0)
    except ValueError:
        known = False
    if not known or re.search(r"\s", text):
        raise ValueError(f"an address that begins with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return url


def _parts(text: str) -> Iterator[str]:
    return (part.strip() for part in text.split(",") if part.strip())
