"""The lane in front of Flask: gives kept answers without waking it, and every answer its constant headers.

A kept answer leaves here only for a living session, in its scope and language, and while nothing that it was read from
has changed; everything else goes through.
"""

from collections.abc import Callable, Iterable

from gsctracker import clock
from gsctracker.ops.metrics import ROUTE_KEY
from gsctracker.web.cache import KeptAnswers
from gsctracker.web.compression import accepts_gzip
from gsctracker.web.etags import already_there
from gsctracker.web.headers import FOR_CALLS, constant
from gsctracker.web.locale import choose
from gsctracker.web.visitors import SignedIn, token_of

Count = Callable[[str, str, int, float], None]
OK, NOT_MODIFIED = "200 OK", "304 NOT MODIFIED"
JSON = ("Content-Type", "application/json")


class Lane:
    """WSGI in front of Flask. `count` hears of each answer given here: method, rule, status, seconds."""

    def __init__(self, flask: Callable, kept: KeptAnswers, signed_in: SignedIn, count: Count) -> None:
        self._flask = flask
        self._kept = kept
        self._signed_in = signed_in
        self._count = count

    def __call__(self, environ: dict, start_response: Callable) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        if environ["REQUEST_METHOD"] == "GET" and self._kept.is_known(path):
            content = self._from_kept(environ, start_response)
            if content is not None:
                return content

        def start(status: str, headers: list[tuple[str, str]], exc_info: object = None) -> object:
            return start_response(status, constant(path, headers), exc_info)

        return self._flask(environ, start)

    def _from_kept(self, environ: dict, start_response: Callable) -> list[bytes] | None:
        began = clock.ticks()
        cookies = environ.get("HTTP_COOKIE", "")
        token = token_of(environ)
        if not token:
            return None
        person = self._signed_in.person(token)
        if person is None:
            return None
        path = environ["PATH_INFO"]
        language = choose(person, cookies, environ.get("HTTP_ACCEPT_LANGUAGE", ""))
        key = self._kept.key(path, environ["QUERY_STRING"], person, language)
        answer = self._kept.find(key)
        if answer is None:
            return None
        self._kept.hits.inc()
        headers = [*FOR_CALLS, ("ETag", answer.etag)]
        if already_there(environ.get("HTTP_IF_NONE_MATCH", ""), answer.etag):
            status, content = NOT_MODIFIED, b""
        else:
            status, content = OK, answer.plain
            if accepts_gzip(environ.get("HTTP_ACCEPT_ENCODING", "")):
                zipped = self._kept.zip(key, path, answer).gzip
                if zipped is not None:
                    content = zipped
                    headers.append(("Content-Encoding", "gzip"))
            headers += (JSON, ("Content-Length", str(len(content))))
        environ[ROUTE_KEY] = answer.rule
        start_response(status, headers)
        self._count("GET", answer.rule, int(status[:3]), clock.ticks() - began)
        return [content]
