"""The one request that may be larger than all others: a copy that an empty box is given. It lies on the disk from its first byte.

What is sent elsewhere, or without the set-up code in its address, keeps the limit of every other request.
"""

import contextlib
import copy
import logging
import tempfile
from pathlib import Path
from typing import IO
from urllib.parse import parse_qs

import flask
from waitress.adjustments import Adjustments
from waitress.buffers import FileBasedBuffer
from waitress.parser import HTTPRequestParser
from waitress.receiver import FixedStreamReceiver

from gsctracker.config import Config
from gsctracker.db import Database
from gsctracker.ops.copies import offered, workroom

PATH = "/set-up/restore"
LONGEST_QUERY = 200

logger = logging.getLogger("gsctracker.copies")


class Door:
    """Who may send a copy to this box, how large it may be, and the folder it is kept in meanwhile."""

    def __init__(self, config: Config, db: Database) -> None:
        self._config = config
        self._db = db

    @property
    def folder(self) -> Path:
        """On the disk of the data: /tmp may be memory."""
        return workroom.folder_of(self._config)

    def most(self, method: str, path: str, query: str) -> int:
        """How many bytes may be sent there; 0 where it is no more than anywhere."""
        if method != "POST" or path != PATH or len(query) > LONGEST_QUERY:
            return 0
        return offered.most_bytes(self._config, self._db, parse_qs(query).get("code", [""])[0])


class Parser(HTTPRequestParser):
    """A request as it comes in. `adj.door`, where there is one, is asked about a body that is too large for every other."""

    def __init__(self, adj: Adjustments) -> None:
        super().__init__(adj)
        self.door: Door | None = getattr(adj, "door", None)

    def parse_header(self, header_plus: bytes) -> None:
        """Read the head; a large body that is let in goes to a file from its first byte."""
        super().parse_header(header_plus)
        if self.door is None or self.chunked or self.content_length < self.adj.max_request_body_size:
            return
        most = self.door.most(self.command, self.path, self.query)
        if self.content_length > most:
            return
        self.adj = copy.copy(self.adj)
        self.adj.max_request_body_size = most + 1
        body = tempfile.TemporaryFile(dir=self.door.folder)  # noqa: SIM115 # closed with the request
        self.body_rcv = FixedStreamReceiver(self.content_length, _OnDisk(body))
        logger.info("a copy of %d bytes is being sent", self.content_length, extra={"event": "large_body"})

    def close(self) -> None:
        """Let go of the body, whichever way the request ended."""
        with contextlib.suppress(OSError):
            super().close()


class _OnDisk(FileBasedBuffer):
    """A body in a file, read where it is."""

    def prune(self) -> None:
        """Nothing: the file goes with the request."""


class Request(flask.Request):
    """A request as pages see it. Files of one that was let in large lie in `files_in`, those of others in memory or /tmp."""

    files_in: Path | None = None

    def let_in(self, door: Door) -> None:
        """Allow what the door allows; to be called before anything of the form is looked at."""
        most = door.most(self.method, self.path, self.query_string.decode("latin-1"))
        if most > (self.max_content_length or 0):
            self.max_content_length = most
            self.files_in = door.folder

    def _get_file_stream(
        self,
        total_content_length: int | None,
        content_type: str | None,
        filename: str | None = None,
        content_length: int | None = None,
    ) -> IO[bytes]:
        if self.files_in:
            return tempfile.TemporaryFile(dir=self.files_in)
        return super()._get_file_stream(total_content_length, content_type, filename, content_length)
