"""By which names the box answers. A page elsewhere can point its own name at this box (DNS rebinding); that name is none of ours."""

import re
from urllib.parse import urlsplit

from gsctracker.config import Config

_IN_THE_HOUSE = (".local", ".lan", ".home", ".home.arpa", ".internal", ".localdomain", ".localhost")
_ADDRESS = re.compile(r"[0-9]{1,3}(\.[0-9]{1,3}){3}|\[[0-9A-Fa-f:.]+\]")
_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?\.?")
_SECURE_SECONDS = 31_536_000


class Hosts:
    """The names of this box: addresses, names that only a home network can give out, APP_URL's and TRUSTED_HOSTS."""

    def __init__(self, config: Config) -> None:
        own = urlsplit(config.app_url or "")
        self._named = {name.lower() for name in config.trusted_hosts} | {(own.hostname or "").lower()} - {""}
        self.transport = _transport(own.scheme, own.hostname or "")
        self.safe = (config.app_url or "") if self.transport else ""

    def are_ours(self, host: str) -> bool:
        """Whether the Host header names this box; its port does not matter. Without one no browser asks."""
        name = _without_port(host)
        if not name or _ADDRESS.fullmatch(name):
            return True
        if not _NAME.fullmatch(name):
            return False
        name = name.removesuffix(".")
        return "." not in name or name.endswith(_IN_THE_HOUSE) or name in self._named

    def is_public(self, host: str) -> bool:
        """Whether the Host header is a name by which everybody may open the box, and no address or name of the house."""
        name = _without_port(host).removesuffix(".")
        return name in self._named and _is_public(name)


def _without_port(host: str) -> str:
    return re.sub(r":[0-9]{1,5}$", "", host.strip().lower())


def _transport(scheme: str, name: str) -> list[tuple[str, str]]:
    """The header that keeps browsers on HTTPS: only where everybody's browser trusts the name, so nobody is locked out."""
    safe = scheme == "https" and _is_public(name)
    return [("Strict-Transport-Security", f"max-age={_SECURE_SECONDS}")] if safe else []


def _is_public(name: str) -> bool:
    return "." in name and not _ADDRESS.fullmatch(name) and not name.endswith(_IN_THE_HOUSE)
