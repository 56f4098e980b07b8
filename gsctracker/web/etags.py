"""ETags: one for the same bytes, and whether the caller already has them."""

from hashlib import blake2b


def etag_of(plain: bytes) -> str:
    """A weak ETag of an answer: the same for its plain and its compressed form."""
    return f'W/"{blake2b(plain, digest_size=12).hexdigest()}"'


def already_there(if_none_match: str, etag: str) -> bool:
    """Whether an If-None-Match header names this ETag (weak comparison, as for every GET)."""
    if not if_none_match:
        return False
    if if_none_match in (etag, "*"):
        return True
    wanted = etag.removeprefix("W/")
    return any(one.strip().removeprefix("W/") == wanted for one in if_none_match.split(","))
