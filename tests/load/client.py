"""A small HTTP/1.1 load client: one thread, epoll, keep-alive, prepared request bytes.

It measures every request from the moment it was due (open loop), not from the moment a connection
came free, so a server that stalls is charged for the requests that piled up behind the stall.
"""

import gzip
import json
import re
import socket

_FIELD = re.compile(r"\$\{(\w+)\}")
_LENGTH = re.compile(rb"\r\ncontent-length:\s*(\d+)", re.I)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:[^\r]*chunked", re.I)
_CLOSE = re.compile(rb"\r\nconnection:\s*close", re.I)
_COOKIE = re.compile(rb"\r\nset-cookie:\s*([^=;\s]+)=([^;\r]*)", re.I)
_PACKED = re.compile(rb"\r\ncontent-encoding:\s*gzip", re.I)
ETAG = re.compile(rb"\r\netag:\s*([^\r]+)", re.I)


class Template:
    """Text with ${name} fields; a list value means one of its items at random."""

    def __init__(self, text):
        self.parts = _FIELD.split(text)
        self.fixed = len(self.parts) == 1

    def names(self):
        return set(self.parts[1::2])

    def render(self, values, rng):
        if self.fixed:
            return self.parts[0]
        out = list(self.parts)
        for i in range(1, len(out), 2):
            v = values[out[i]]
            if isinstance(v, list):
                v = rng.choice(v)
            elif callable(v):
                v = v()
            out[i] = str(v)
        return "".join(out)


class Op:
    def __init__(self, name, spec, target):
        self.name = name
        self.method = spec.get("method", "GET")
        self.path = Template(spec["path"])
        body = spec.get("body")
        self.form = bool(spec.get("form"))
        self.body = None if body is None else Template(body if isinstance(body, str) else json.dumps(body))
        self.headers = {k: Template(v) for k, v in {**target.headers, **spec.get("headers", {})}.items()}
        self.group = spec.get("as", target.default_group)
        expect = spec.get("expect", 200)
        self.expect = frozenset(expect if isinstance(expect, list) else [expect])
        self.min_bytes = spec.get("min_bytes", 0)
        self.contains = spec.get("contains")
        self.allowed_ms = spec.get("p95_ms")
        self.capture = spec.get("capture", {})
        names = self.path.names() | (self.body.names() if self.body else set())
        for h in self.headers.values():
            names |= h.names()
        self.varies = any(n in target.varying for n in names)


class Target:
    """What the target file says: where the server is, who can log in, and how each operation looks."""

    def __init__(self, spec, overrides=None):
        spec = {**spec, **(overrides or {})}
        self.name = spec["name"]
        m = re.fullmatch(r"http://([^:/]+)(?::(\d+))?/?", spec["base_url"])
        if not m:
            raise SystemExit("base_url must look like http://127.0.0.1:8000")
        self.host, self.port = m[1], int(m[2] or 80)
        self.headers = spec.get("headers", {})
        self.users = spec["users"]
        self.default_group = spec.get("default_group", next(iter(self.users)))
        self.vars = dict(spec.get("vars", {}))
        self.counter = 0
        self.vars["n"] = self._next
        self.varying = {k for k, v in self.vars.items() if isinstance(v, list) or callable(v)}
        self.ops = {k: Op(k, v, self) for k, v in spec["ops"].items()}
        self.login = [Op(f"login{i}", s, self) for i, s in enumerate(spec["login"])]

    def _next(self):
        self.counter += 1
        return self.counter


class Session:
    """One signed-in person: cookies, captured values, last ETag per operation, prepared bytes."""

    def __init__(self, target, group, user):
        self.target, self.group, self.user = target, group, user
        self.clear()

    def clear(self):
        self.cookies, self.values, self.etags, self.ready = {}, {**self.target.vars, **self.user}, {}, {}

    def request(self, op, rng, conditional=False):
        if not conditional and not op.varies and op.name in self.ready:
            return self.ready[op.name]
        t = self.target
        lines = [f"{op.method} {op.path.render(self.values, rng)} HTTP/1.1", f"Host: {t.host}:{t.port}"]
        for k, v in op.headers.items():
            lines.append(f"{k}: {v.render(self.values, rng)}")
        if self.cookies:
            lines.append("Cookie: " + "; ".join(f"{k}={v}" for k, v in self.cookies.items()))
        if conditional and op.method == "GET" and op.name in self.etags:
            lines.append("If-None-Match: " + self.etags[op.name])
        data = b""
        if op.body is not None:
            data = op.body.render(self.values, rng).encode()
            kind = "application/x-www-form-urlencoded" if op.form else "application/json"
            lines += [f"Content-Type: {kind}", f"Content-Length: {len(data)}"]
        raw = ("\r\n".join(lines) + "\r\n\r\n").encode() + data
        if not conditional and not op.varies:
            self.ready[op.name] = raw
        return raw

    def learn(self, head, body, op):
        for k, v in _COOKIE.findall(head):
            k, v = k.decode(), v.decode()
            if self.cookies.get(k) != v:
                self.cookies[k] = v
                self.ready.clear()
        for name, how in op.capture.items():
            where, _, what = how.partition(":")
            if where == "json":
                v = json.loads(body)
                for part in what.split("."):
                    v = v[int(part)] if part.isdigit() else v[part]
            elif where == "regex":
                m = re.search(what.encode(), body)
                v = m[1].decode() if m else ""
            elif where == "cookie":
                v = self.cookies.get(what, "")
            else:
                raise SystemExit(f"capture {how!r}: want json:, regex: or cookie:")
            if self.values.get(name) != v:
                self.values[name] = v
                self.ready.clear()


def _dechunk(buf, at):
    """The body of a chunked message and where it ends, or None while it is incomplete."""
    out = []
    while True:
        nl = buf.find(b"\r\n", at)
        if nl < 0:
            return None
        size = int(buf[at:nl].split(b";")[0], 16)
        at = nl + 2
        if len(buf) < at + size + 2:
            return None
        if size == 0:
            return b"".join(out), at + 2
        out.append(buf[at : at + size])
        at += size + 2


def parse(buf, method="GET"):
    """(status, head, body, close?) once a whole response is in buf, else None."""
    end = buf.find(b"\r\n\r\n")
    if end < 0:
        return None
    head = bytes(buf[:end])
    status = int(head[9:12])
    at = end + 4
    if status in (204, 304) or method == "HEAD":
        body = b""
    else:
        m = _LENGTH.search(head)
        if m:
            n = int(m[1])
            if len(buf) < at + n:
                return None
            body = bytes(buf[at : at + n])
        elif _CHUNKED.search(head):
            got = _dechunk(bytes(buf), at)
            if got is None:
                return None
            body = got[0]
        else:
            raise ValueError("a response without Content-Length or chunks")
    return status, head, body, bool(_CLOSE.search(head))


def plain(head, body):
    """The body as the server meant it: unpacked when it was sent packed."""
    return gzip.decompress(body) if _PACKED.search(head) else body


def fetch(target, raw, method="GET", timeout=30):
    """One request on a connection of its own, blocking: for logins and smoke checks."""
    with socket.create_connection((target.host, target.port), timeout=timeout) as s:
        s.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        s.sendall(raw)
        buf = bytearray()
        while True:
            got = parse(buf, method)
            if got:
                return got
            chunk = s.recv(262144)
            if not chunk:
                raise ConnectionError("the server closed the connection early")
            buf += chunk


def log_in(target, session, rng):
    session.clear()
    for op in target.login:
        status, head, body, _ = fetch(target, session.request(op, rng), op.method)
        if status not in op.expect:
            raise SystemExit(f"login step {op.name} for {session.user} answered {status}: {body[:200]!r}")
        session.learn(head, body, op)
