"""Files under static/: named by their content, kept by browsers for a year, compressed once.

A folder is named by the content of all of it: its modules call one another by plain names, so those of two versions never meet.
"""

import mimetypes
import re
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

from flask import Response, abort, request

from gsctracker import clock
from gsctracker.web.compression import SMALLEST, accepts_gzip, gzipped, is_text, worth_it
from gsctracker.web.etags import already_there

YEAR = "public, max-age=31536000, immutable"
SHORT = "public, max-age=300"
LONGEST_NAME = 100
ADDRESS_SECONDS = 2
_HASHED = re.compile(r"(.+)\.([0-9a-f]{12})(\.[a-z0-9]+)")
_FOLDER = re.compile(r"([^/]+)\.([0-9a-f]{12})/(.+)")
_TYPES = {".js": "text/javascript", ".svg": "image/svg+xml", ".webmanifest": "application/manifest+json"}


class StaticFile(NamedTuple):
    """A file as it is sent, and when it was last touched."""

    touched: int
    hash: str
    content_type: str
    plain: bytes
    gzip: bytes | None


class StaticFiles:
    """The files of one folder, read and compressed at first use and again when they change."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.resolve()
        self._read: dict[str, StaticFile] = {}
        self._addresses: dict[str, tuple[float, str]] = {}

    def address(self, name: str) -> str:
        """The address of a file with its content's hash in its name, `static('app.css')`, or in its folder's.

        A page names a few dozen: each is looked at once in ADDRESS_SECONDS, not for every icon of every page.
        """
        until, address = self._addresses.get(name, (0.0, ""))
        if until < clock.ticks():
            address = self._address(name)
            self._addresses[name] = clock.ticks() + ADDRESS_SECONDS, address
        return address

    def _address(self, name: str) -> str:
        file = self.find(name)
        if file is None:
            raise LookupError(f"there is no static file {name}")
        folder, slash, own = name.partition("/")
        if slash:
            return f"/static/{folder}.{self._hash_of(folder)}/{own}"
        stem, dot, ending = name.rpartition(".")
        return f"/static/{stem}.{file.hash}{dot}{ending}"

    def find(self, name: str) -> StaticFile | None:
        """The file of that name, or None."""
        if not name.isprintable() or len(name) > LONGEST_NAME:
            return None
        path = (self._folder / name).resolve()
        if not path.is_relative_to(self._folder) or not path.is_file():
            return None
        touched = path.stat().st_mtime_ns
        known = self._read.get(name)
        if known is None or known.touched != touched:
            known = self._read[name] = _file(path, touched)
        return known

    def answer(self, name: str) -> Response:
        """The file, for a year under its hashed name and for minutes under its plain one; of another folder than ours, none."""
        if foldered := _FOLDER.fullmatch(name):
            if self._hash_of(foldered[1]) != foldered[2]:
                abort(404)
            return _sent(self.find(f"{foldered[1]}/{foldered[3]}"), lasting=True)
        hashed = _HASHED.fullmatch(name)
        file = self.find(hashed[1] + hashed[3]) if hashed else None
        lasting = hashed is not None and file is not None and file.hash == hashed[2]
        if file is None:
            file = self.find(name)
        return _sent(file, lasting=lasting)

    def _hash_of(self, folder: str) -> str:
        """The hash of all that a folder holds; of one that is not there, that of nothing."""
        path = self._folder / folder if folder.isidentifier() else None
        inside = sorted(path.iterdir()) if path and path.is_dir() else []
        found = [(one.name, self.find(f"{folder}/{one.name}")) for one in inside]
        said = "".join(f"{name} {file.hash}\n" for name, file in found if file)
        return blake2b(said.encode(), digest_size=6).hexdigest()


def _sent(file: StaticFile | None, *, lasting: bool) -> Response:
    if file is None:
        abort(404)
    headers = [("Cache-Control", YEAR if lasting else SHORT), ("ETag", f'W/"{file.hash}"')]
    if file.gzip is not None:
        headers.append(("Vary", "Accept-Encoding"))
    if already_there(request.headers.get("If-None-Match", ""), f'W/"{file.hash}"'):
        return Response(status=304, headers=headers)
    content = file.plain
    if file.gzip is not None and accepts_gzip(request.headers.get("Accept-Encoding", "")):
        content = file.gzip
        headers.append(("Content-Encoding", "gzip"))
    return Response(content, 200, headers, content_type=file.content_type)


def _file(path: Path, touched: int) -> StaticFile:
    plain = path.read_bytes()
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    smaller = gzipped(plain, SMALLEST) if is_text(kind) and worth_it(plain) else None
    return StaticFile(touched, blake2b(plain, digest_size=6).hexdigest(), kind, plain, smaller)
