"""OpenID Connect: who an outside sign-in says somebody is. Code flow with PKCE, a nonce, and a signed answer that is verified."""

import base64
import hashlib
import json
import secrets
import threading
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import quote, urlencode, urlsplit

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.integrations.guarded import Unreachable, fetch, is_near

GOOGLE = "https://accounts.google.com"
KEPT_SECONDS = 3600
SILENT_SECONDS = 20
LEEWAY_SECONDS = 120
SIGNED_BY = ("RS256", "PS256", "ES256", "EdDSA", "Ed25519")
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


class Unproven(Exception):
    """What came back proves nothing; the words are for the log and hold no secret."""


class Claims(NamedTuple):
    """Who somebody is, in the words of the provider; `email` is empty unless the provider says that it verified it."""

    issuer: str
    subject: str
    email: str
    first_name: str
    last_name: str


@dataclass(frozen=True)
class Provider:
    """One outside sign-in: what people call it, who it is, who we are there, and where it sends people back to."""

    label: str
    issuer: str
    client_id: str
    callback: str
    client_secret: str = field(repr=False)


class Asked(NamedTuple):
    """One journey to the provider: where to send her, and what has to fit when she comes back."""

    address: str
    nonce: str
    verifier: str


def providers(config: Config) -> dict[str, Provider]:
    """The outside sign-ins that are set up, by the word that stands in their addresses. None without HTTPS."""
    found = {}
    ours = config.app_url or ""
    google = config.google_callback_url or f"{ours}/auth/google/callback"
    if config.google_client_id and config.google_client_secret and _is_safe(google):
        found["google"] = Provider(
            "Google", GOOGLE, config.google_client_id, google, client_secret=config.google_client_secret
        )
    back = f"{ours}/auth/oidc/callback"
    if config.oidc_issuer and config.oidc_client_id and config.oidc_client_secret and _is_safe(back):
        label = config.oidc_name or urlsplit(config.oidc_issuer).hostname or ""
        found["oidc"] = Provider(
            label, config.oidc_issuer, config.oidc_client_id, back, client_secret=config.oidc_client_secret
        )
    return found


class Directory:
    """Where each provider is asked what, as it says itself; remembered for an hour."""

    def __init__(self) -> None:
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._turn = threading.Lock()

    def of(self, provider: Provider) -> dict[str, Any]:
        """Its addresses. Raises Unreachable, and Unproven where it says it is somebody else.

        One that did not answer is left in peace for a while, and one is asked at a time: a provider that hangs hangs no box.
        """
        kept = self._kept.get(provider.issuer)
        if kept is None or kept[0] < clock.ticks():
            if not self._turn.acquire(blocking=False):
                raise Unreachable("it is being asked already")
            try:
                self._kept[provider.issuer] = (clock.ticks() + SILENT_SECONDS, {})
                found = self._asked(provider)
                kept = self._kept[provider.issuer] = (clock.ticks() + KEPT_SECONDS, found)
            finally:
                self._turn.release()
        if not kept[1]:
            raise Unreachable("it did not answer a short while ago")
        return kept[1]

    @staticmethod
    def _asked(provider: Provider) -> dict[str, Any]:
        address = provider.issuer.rstrip("/") + "/.well-known/openid-configuration"
        found = _object(fetch(address, near=is_near(provider.issuer)))
        if found.get("issuer") != provider.issuer:
            raise Unproven("it goes by another name than it was set up with")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not isinstance(found.get(name), str) or not _is_safe(found[name], near=is_near(provider.issuer)):
                raise Unproven(f"it has no {name} that can be used")
        return found


def ask(provider: Provider, known: dict[str, Any], state: str) -> Asked:
    """Begin: the address to send her to, with a nonce and a verifier of her own."""
    nonce, verifier = secrets.token_urlsafe(24), secrets.token_urlsafe(48)
    proof = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
    asked = urlencode(
        {
            "response_type": "code",
            "client_id": provider.client_id,
            "redirect_uri": provider.callback,
            "scope": "openid email profile",
            "state": state,
            "nonce": nonce,
            "code_challenge": proof,
            "code_challenge_method": "S256",
        }
    )
    where = known["authorization_endpoint"]
    return Asked(f"{where}{'&' if '?' in where else '?'}{asked}", nonce, verifier)


def who(provider: Provider, known: dict[str, Any], code: str, nonce: str, verifier: str) -> Claims:
    """Exchange the code she came back with for who she is. Raises Unreachable and Unproven. Slow: never inside a write."""
    near = is_near(provider.issuer)
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": provider.callback,
        "code_verifier": verifier,
    }
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
    methods = known.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
    if "client_secret_basic" in methods:
        pair = f"{quote(provider.client_id, safe='')}:{quote(provider.client_secret, safe='')}"
        headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
    else:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    given = _object(fetch(known["token_endpoint"], near=near, form=urlencode(form).encode(), headers=headers))
    keys = _object(fetch(known["jwks_uri"], near=near))
    return verified(provider, given.get("id_token"), keys, nonce)


def verified(provider: Provider, token: object, keys: dict[str, Any], nonce: str) -> Claims:
    """What a signed answer says, once all of it fits: by its keys, for us, in its time, to this very question. Raises Unproven."""
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet

    try:
        if not isinstance(token, str):
            raise ValueError("there is none")
        known = KeySet.import_key_set(keys)  # type: ignore[arg-type]  # what is no set of keys it refuses itself
        said = jwt.decode(token, known, algorithms=list(SIGNED_BY)).claims
    except (JoseError, ValueError, TypeError, KeyError, AttributeError) as problem:
        raise Unproven(f"its answer is not signed by it: {type(problem).__name__}") from None
    now = clock.moment().timestamp()
    audience = said.get("aud")
    several = isinstance(audience, list) and len(audience) > 1
    wrong = {
        "issuer": said.get("iss") != provider.issuer,
        "audience": provider.client_id not in (audience if isinstance(audience, list) else [audience])
        or ((several or "azp" in said) and said.get("azp") != provider.client_id),
        "end": not _is_number(said.get("exp")) or said["exp"] < now - LEEWAY_SECONDS,
        "begin": not _is_number(said.get("iat")) or said["iat"] > now + LEEWAY_SECONDS,
        "nonce": not secrets.compare_digest(str(said.get("nonce", "")).encode(), nonce.encode()),
        "subject": not isinstance(said.get("sub"), str) or not 1 <= len(said["sub"]) <= 255,
    }
    if any(wrong.values()):
        raise Unproven("its answer is not for us: " + ", ".join(name for name in wrong if wrong[name]))
    is_verified = said.get("email_verified") in (True, "true")
    return Claims(
        provider.issuer,
        said["sub"],
        _line(said.get("email"), 254) if is_verified else "",
        _line(said.get("given_name") or said.get("name"), 40),
        _line(said.get("family_name"), 40),
    )


def _object(said: bytes) -> dict[str, Any]:
    try:
        found = json.loads(said)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise Unproven("its answer is no JSON object")
    return found


def _line(said: object, longest: int) -> str:
    text = said.strip() if isinstance(said, str) else ""
    return text if text.isprintable() and len(text) <= longest else ""


def _is_number(said: object) -> bool:
    return isinstance(said, int | float) and not isinstance(said, bool)


def _is_safe(address: str, *, near: bool = False) -> bool:
    """Whether a browser may be sent there with something to prove: over HTTPS, or on this very machine."""
    parts = urlsplit(address)
    return bool(parts.hostname) and (
        parts.scheme == "https" or (parts.scheme == "http" and (near or parts.hostname in _LOOPBACK))
    )


__all__ = ["Asked", "Claims", "Directory", "Provider", "Unproven", "Unreachable", "ask", "providers", "verified", "who"]
