"""gzip for text that is worth it, never twice."""

import gzip

LEAST_BYTES = 1024
QUICK = 3  # a page of 36 kB: 7.0 kB in 74 us; the usual 6 makes 6.3 kB of it in 258 us
SMALLEST = 9  # for what is compressed once and sent for ever
_TEXTS = ("application/json", "application/javascript", "application/manifest+json", "image/svg+xml")


def gzipped(plain: bytes, level: int = QUICK) -> bytes:
    """The same bytes compressed, always the same for the same bytes."""
    return gzip.compress(plain, level, mtime=0)


def worth_it(plain: bytes) -> bool:
    """Whether so many bytes gain from being compressed."""
    return len(plain) > LEAST_BYTES


def is_text(content_type: str) -> bool:
    """Whether answers of that type shrink."""
    return content_type.startswith(("text/", *_TEXTS))


def accepts_gzip(accept_encoding: str) -> bool:
    """Whether an Accept-Encoding header takes gzip."""
    for offer in accept_encoding.lower().split(","):
        coding, _, weight = offer.partition(";")
        if coding.strip() in ("gzip", "*"):
            return weight.replace(" ", "").strip() not in ("q=0", "q=0.0", "q=0.00", "q=0.000")
    return False
