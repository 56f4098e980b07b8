"""Ten thousand requests made from a grammar of addresses, fields, bodies and headers: each is answered, and none with a 500."""

import json
from collections import Counter
from random import Random

from tests.security.test_matrix import STREAM
from tests.security.world import PEOPLE, World

REQUESTS = 10_000
AT_ONCE = 400
"""After so many the box is made what it was, so that there is always something there to hit."""

NUMBERS = ("0", "1", "-1", "2.5", "1e9", "9" * 19, "9223372036854775807", "NaN", "٣", "0x10", " 7 ", "")
WORDS = (
    "Thin Mints", "TM", "Ava", "cash", "yes", "2026-03-01", "2026-13-41", "2026-03-01T10:00:00Z", "10:00", "25:61", "C2T", "delivered",
    "order_card", "a\x00b", "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"), "\u202e\u0000", "x" * 3000, "%s%n{0}", "\r\nX: y",
    "../../etc/passwd", "<b>", "';--", "\ufeff", "🍪" * 20, "null", "true", "[]",
)  # fmt: skip
NAMES = (
    "scout", "scoutId", "girl", "quantity", "boxes", "boxes-1", "cases-1", "n-1", "items", "product", "cookieType", "customerName", "kind",
    "amount", "amountCents", "method", "reference", "note", "notes", "version", "form_key", "day", "date", "from", "to", "starts", "ends",
    "status", "source", "q", "limit", "cursor", "after", "before", "name", "email", "password", "role", "reason", "who", "key", "done",
    "entries", "device", "counter", "way", "paid", "unitType", "orderType", "paymentMethod", "countedBy", "type",
)  # fmt: skip
HEADERS = (
    ("Accept", "application/json"), ("Accept", "text/html;q=nonsense"), ("Accept-Language", "es-MX,;q=9"), ("Accept-Encoding", "gzip;q=x"),
    ("Accept-Encoding", "gzip"), ("If-None-Match", '"x", W/"y'), ("If-Modified-Since", "yesterday"), ("Range", "bytes=9-1"),

    ("Idempotency-Key", "k"), ("Idempotency-Key", "x" * 300), ("X-Request-ID", "a b"), ("Authorization", "Bearer gsct_" + "x" * 40),
    ("Authorization", "Basic ???"), ("X-Forwarded-For", "1.2.3.4, nobody"), ("Forwarded", "for=;;"),
    ("Cookie", "gsct_session=\u00e9; a==;;"),
    ("Cookie", "gsct_notices=.eJx.bad"), ("Content-Type", "application/json; charset=klingon"), ("Content-Type", "multipart/form-data"),
    ("Content-Type", "multipart/form-data; boundary=x"), ("Content-Type", "text/csv"), ("Origin", "null"),
    ("Sec-Fetch-Site", "same-origin"),
    ("Host", "localhost:99999"), ("Host", "a..b"), ("Transfer-Encoding", "chunked"), ("Expect", "100-continue"),
)  # fmt: skip
SIGNS_OUT = (
    "/sign-out",
    "/api/auth/logout",
    "/jobs/<name>/run",
    "/copies",
    "/restore/<token>",
    "/account/password",
    "/metrics",
)
"""What ends the session of who asks, or takes long each time: tried by name in tests of their own."""


class Grammar:
    """Says the next request: always the same ones, for the dice are."""

    def __init__(self, world: World, seed: int) -> None:
        self.dice, self.world = Random(seed), world
        self.rules = [rule for _, rule, _ in world.routes() if rule.rule not in (STREAM, *SIGNS_OUT)]

    def word(self) -> str:
        """Something that fits, nearly fits, or does not."""
        return self.dice.choice(self.dice.choice((NUMBERS, WORDS, tuple(self.world.numbers.values()))))

    def value(self, depth: int = 0) -> object:
        """Anything JSON can hold."""
        kind = self.dice.randrange(9 if depth < 3 else 6)
        if kind < 3:
            return self.word()
        if kind < 6:
            return self.dice.choice((None, True, 0, 1, -1, 2**63, 10**400, 1.5, "TM", 12))
        if kind == 6:
            return [self.value(depth + 1) for _ in range(self.dice.randrange(4))]
        return {self.dice.choice(NAMES): self.value(depth + 1) for _ in range(self.dice.randrange(5))}

    def fields(self) -> dict[str, str]:
        """A form, or what stands behind the question mark."""
        return {self.dice.choice(NAMES): self.word() for _ in range(self.dice.randrange(6))}

    def request(self) -> dict:
        """Path, method, query, body and headers of one request."""
        rule, dice = self.dice.choice(self.rules), self.dice
        path = self.world.address(rule)
        if dice.random() < 0.1:
            steps = path.split("/")
            steps[dice.randrange(len(steps))] = self.word()
            path = "/" + "/".join(steps).lstrip("/")
        method = dice.choice(sorted((rule.methods or {"GET"}) - {"OPTIONS"}))
        asked: dict = {
            "path": path,
            "method": method if dice.random() < 0.9 else dice.choice(("PUT", "DELETE", "OPTIONS", "BREW")),
        }
        if dice.random() < 0.5:
            asked["query_string"] = self.fields()
        if asked["method"] not in ("GET", "HEAD"):
            body = dice.randrange(4 if path.startswith("/api/") else 3)
            if body == 0:
                asked["data"] = dice.choice((b"{", b"\xff\xfe", b"--x\r\n\r\n", b"[" * 5000, b"", b'{"a":1}' * 99))
            elif body == 1 and not path.startswith("/api/"):
                asked["data"] = self.fields()
            else:
                asked["data"] = json.dumps(self.value(), ensure_ascii=dice.random() < 0.5).encode("utf-8", "replace")
                asked["content_type"] = "application/json"
        asked["headers"] = [
            (name, text.encode("latin-1", "replace").decode("latin-1"))
            for name, text in dice.sample(HEADERS, dice.randrange(3))
        ]
        return asked


def test_no_request_of_ten_thousand_breaks_the_box(world):
    """SEC-19: whoever sends whatever gets an answer below 500, in JSON under /api, with a request's number in it."""
    grammar, met, broken = Grammar(world, seed=20260221), Counter(), []
    browsers = {who: world.browser(who) for who in PEOPLE}
    for number in range(REQUESTS):
        if number % AT_ONCE == 0:
            world.put_back()
        who, asked = grammar.dice.choice(PEOPLE), grammar.request()
        answer = browsers[who].open(**asked)
        met[answer.status_code] += 1
        is_call = asked["path"].startswith("/api/") and asked["path"] != "/api/docs"
        if answer.status_code >= 500 or (is_call and answer.status_code >= 400 and answer.mimetype == "text/html"):
            broken.append((answer.status, who, {**asked, "data": asked.get("data", b"")[:200]}))
    assert not broken, "\n".join(map(str, broken[:8]))
    assert {200, 303, 400, 401, 403, 404, 405, 422} <= set(met), met
    assert tuple(world.file.execute("PRAGMA integrity_check")) == (("ok",),)
