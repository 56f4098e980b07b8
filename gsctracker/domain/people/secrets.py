"""Secrets handed to people (session cookies, invitation links, the set-up code): shown once, kept as a hash."""

import hashlib
import secrets


def new() -> str:
    """A secret with 256 bits, safe in a URL and in a cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """A one-time code that can be read aloud: three groups of four letters and digits without look-alikes."""
    signs = "abcdefghjkmnpqrstuvwxyz23456789"
    return "-".join("".join(secrets.choice(signs) for _ in range(4)) for _ in range(3))


def digest(secret: str) -> str:
    """What is kept in place of the secret."""
    return hashlib.sha256(secret.encode()).hexdigest()
