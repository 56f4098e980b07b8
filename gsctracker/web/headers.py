"""What every answer says about itself: what a browser may do with it, who may keep it, and in which compression."""

from flask import Flask, Response, g, request

from gsctracker.web.compression import accepts_gzip, gzipped, is_text, worth_it
from gsctracker.web.etags import already_there, etag_of

NOT_SNIFFED = [
    ("X-Content-Type-Options", "nosniff"),
    ("Referrer-Policy", "same-origin"),
    ("Cross-Origin-Resource-Policy", "same-origin"),
    ("X-Robots-Tag", "noindex, nofollow"),
]
REPORTS = "/policy-reports"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; "
    f"report-uri {REPORTS}"
)
FOR_PAGES = [
    *NOT_SNIFFED,
    ("Content-Security-Policy", POLICY),
    ("Cross-Origin-Opener-Policy", "same-origin"),
    ("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()"),
    ("X-Frame-Options", "DENY"),
]
FOR_CALLS = [
    *NOT_SNIFFED,
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("Cache-Control", "private, no-cache"),
    ("Vary", "Cookie, Accept-Encoding, Accept-Language"),
]
API_PAGE = "/api/docs"


def set_up(app: Flask) -> None:
    """Finish every page of the app."""
    app.after_request(finish)


def constant(path: str, headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The headers of an answer with those that are always the same, as the lane puts them on."""
    if path.startswith("/api/") and path != API_PAGE:
        return [*headers, *FOR_CALLS]
    if any(value.startswith("text/html") for name, value in headers if name == "Content-Type"):
        return [*headers, *FOR_PAGES]
    return [*headers, *NOT_SNIFFED]


def finish(response: Response) -> Response:
    """Say who may keep it, tag a public page, compress a text that is worth it and not compressed yet."""
    asked = request._get_current_object()
    if not asked.path.startswith("/api/") or asked.path == API_PAGE:
        headers = response.headers
        if response.mimetype == "text/html" and response.status_code == 200 and g.get("by") is None:
            _tag(response)
        elif "Cache-Control" not in headers:
            headers["Cache-Control"] = "no-store"
        if asked.endpoint != "static":
            headers["Vary"] = "Cookie, Accept-Encoding, Accept-Language"
    if "gzip" in asked.environ.get("HTTP_ACCEPT_ENCODING", ""):
        _compress(response)
    return response


def _tag(response: Response) -> None:
    """A page that is the same for every stranger carries an ETag."""
    if request.method not in ("GET", "HEAD") or response.is_streamed:
        return
    response.headers.setdefault("Cache-Control", "private, no-cache")
    etag = etag_of(response.get_data())
    response.headers["ETag"] = etag
    if already_there(request.headers.get("If-None-Match", ""), etag):
        response.status_code = 304
        response.set_data(b"")


def _compress(response: Response) -> None:
    headers = response.headers
    if response.direct_passthrough or response.is_streamed or "Content-Encoding" in headers:
        return
    if not is_text(response.content_type or "") or not accepts_gzip(request.headers.get("Accept-Encoding", "")):
        return
    plain = response.get_data()
    if worth_it(plain):
        response.set_data(gzipped(plain))
        headers["Content-Encoding"] = "gzip"
