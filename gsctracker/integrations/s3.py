"""Objects in an S3 bucket, Amazon's or any other: put, look at, fetch, list and delete, each failure in a sentence of its own.

boto3 costs 26 MB of memory, so it is loaded when a bucket is really talked to.
"""

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from gsctracker import clock
from gsctracker.errors import Conflict
from gsctracker.integrations.s3_refusals import Address, refused, unreached
from gsctracker.words import N_

CHUNK = 64 * 1024
MULTIPART_FROM = 64 * 1024 * 1024
DEFAULT_REGION = "us-east-1"
T = TypeVar("T")


@dataclass(frozen=True)
class Patience:
    """How long and how often is tried: `attempts` in all, the other two in seconds."""

    attempts: int = 5
    connect: float = 10
    read: float = 60


@dataclass(frozen=True)
class Stored:
    """An object as the store tells of it: bytes, when it was stored by the store's clock, what was said with it."""

    key: str
    size: int
    modified: datetime
    etag: str
    said: dict[str, str] = field(default_factory=dict, hash=False)


class Store:
    """A bucket that is talked to. Every call raises Conflict with a code of its own for each way it can fail."""

    def __init__(self, address: Address, patience: Patience | None = None) -> None:
        self.address = address
        self._client = _client(address, patience or Patience())

    def put(self, key: str, file: Path, said: dict[str, str]) -> None:
        """Store the file; in parts of 64 MiB where it is larger than that."""
        if file.stat().st_size >= MULTIPART_FROM:
            self._asked(lambda: self._put_in_parts(key, file, said))
            return
        extra = self._extra(said)
        if self.address.is_amazons:
            with file.open("rb") as source:
                digest = hashlib.file_digest(source, "sha256").digest()
            extra["ChecksumSHA256"] = base64.b64encode(digest).decode()
        with file.open("rb") as body:
            self._asked(lambda: self._client.put_object(Bucket=self.address.bucket, Key=key, Body=body, **extra))

    def put_text(self, key: str, text: bytes) -> None:
        """Store a few bytes."""
        self._asked(lambda: self._client.put_object(Bucket=self.address.bucket, Key=key, Body=text, **self._extra({})))

    def put_first(self, key: str, text: bytes) -> bool:
        """Store a few bytes where nothing is stored yet; False where somebody was faster."""
        given = {"Bucket": self.address.bucket, "Key": key, "Body": text, **self._extra({})}
        try:
            self._asked(lambda: self._client.put_object(IfNoneMatch="*", **given))
        except Conflict as no:
            if no.code == "s3_taken":
                return False
            if no.code != "s3_unknown_there":
                raise
            self._asked(lambda: self._client.put_object(**given))  # a store that knows no conditions
        return True

    def look(self, key: str) -> Stored:
        """What the store says of an object. Raises NotFound."""
        answer = self._asked(lambda: self._client.head_object(Bucket=self.address.bucket, Key=key))
        return Stored(key, answer["ContentLength"], answer["LastModified"], answer["ETag"], answer.get("Metadata", {}))

    def text(self, key: str, at_most: int) -> bytes:
        """The object's bytes, `at_most` so many and one more where it is larger. Raises NotFound."""

        def get() -> bytes:
            found = b""
            with self._body(key) as body:  # to the very end: only there is it known whether all of it came
                while len(found) <= at_most and (part := body.read(at_most + 1 - len(found))):
                    found += part
            return found

        return self._asked(get)

    def digest(self, key: str) -> tuple[int, str]:
        """How many bytes really come back, and their SHA-256. Raises NotFound."""
        return self._asked(lambda: self._read(key, lambda part: None))

    def fetch(self, key: str, into: Path, at_most: int) -> None:
        """Write the object into the new file `into`. Raises NotFound; Conflict where it is larger than `at_most` bytes."""
        left = at_most
        try:
            with into.open("xb") as out:

                def take(part: bytes) -> None:
                    nonlocal left
                    left -= len(part)
                    if left < 0:
                        raise Conflict(
                            N_("What %(bucket)s holds is larger than it should be."),
                            "s3_too_large",
                            bucket=self.address.bucket,
                        )
                    out.write(part)

                self._asked(lambda: self._read(key, take))
        except FileExistsError:
            raise
        except BaseException:
            into.unlink(missing_ok=True)
            raise

    def listed(self, prefix: str) -> list[Stored]:
        """Every object whose key begins so."""
        return self._asked(lambda: list(self._pages(prefix)))

    def delete(self, key: str) -> None:
        """Delete an object; nothing happens where it is not there."""
        self._asked(lambda: self._client.delete_object(Bucket=self.address.bucket, Key=key))

    def unfinished(self, prefix: str) -> list[tuple[str, str, datetime]]:
        """Uploads in parts that were begun and not ended: key, number, begun when."""
        answer = self._asked(lambda: self._client.list_multipart_uploads(Bucket=self.address.bucket, Prefix=prefix))
        return [(part["Key"], part["UploadId"], part["Initiated"]) for part in answer.get("Uploads", [])]

    def abandon(self, key: str, number: str) -> None:
        """Throw the parts of an unfinished upload away."""
        self._asked(lambda: self._client.abort_multipart_upload(Bucket=self.address.bucket, Key=key, UploadId=number))

    def now(self) -> datetime:
        """What time the store has: ages of its objects are told by its clock, not by ours."""
        answer = self._asked(lambda: self._client.list_objects_v2(Bucket=self.address.bucket, MaxKeys=1))
        told = answer["ResponseMetadata"]["HTTPHeaders"].get("date")
        return parsedate_to_datetime(told) if told else clock.moment()

    def _put_in_parts(self, key: str, file: Path, said: dict[str, str]) -> None:
        from boto3.s3.transfer import TransferConfig

        plan = TransferConfig(
            multipart_threshold=MULTIPART_FROM,
            multipart_chunksize=MULTIPART_FROM // 4,
            max_concurrency=1,
            use_threads=False,
        )
        extra = self._extra(said)
        if self.address.is_amazons:
            extra["ChecksumAlgorithm"] = "SHA256"
        self._client.upload_file(str(file), self.address.bucket, key, ExtraArgs=extra, Config=plan)

    def _extra(self, said: dict[str, str]) -> dict[str, Any]:
        # no Content-Encoding: a client that unpacks by itself would hand out other bytes than were stored
        extra: dict[str, Any] = {"ContentType": "application/octet-stream", "Metadata": said}
        if self.address.is_amazons:
            extra["ServerSideEncryption"] = "AES256"
        return extra

    def _read(self, key: str, take: Callable[[bytes], object]) -> tuple[int, str]:
        size, digest = 0, hashlib.sha256()
        with self._body(key) as body:
            while part := body.read(CHUNK):
                size += len(part)
                digest.update(part)
                take(part)
        return size, digest.hexdigest()

    def _body(self, key: str) -> closing[Any]:
        # not the body's own `with`: that hands out the bare line, which takes half an object for a whole one
        return closing(self._client.get_object(Bucket=self.address.bucket, Key=key)["Body"])

    def _pages(self, prefix: str) -> Iterator[Stored]:
        pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=self.address.bucket, Prefix=prefix)
        for page in pages:
            for each in page.get("Contents", []):
                yield Stored(each["Key"], each["Size"], each["LastModified"], each["ETag"])

    def _asked(self, ask: Callable[[], T]) -> T:
        from boto3.exceptions import Boto3Error
        from botocore.exceptions import BotoCoreError, ClientError, HTTPClientError

        try:
            return ask()
        except ClientError as error:
            raise refused(error.response, self.address) from error
        except (BotoCoreError, HTTPClientError) as error:
            raise unreached(error, self.address) from error
        except Boto3Error as error:  # its own upload in parts wraps what the store said
            cause = error.__context__
            if isinstance(cause, ClientError):
                raise refused(cause.response, self.address) from error
            raise unreached(error, self.address) from error


@lru_cache(maxsize=4)
def _client(address: Address, patience: Patience) -> Any:
    import boto3
    from botocore.config import Config as Options

    checked = (
        "when_supported" if address.is_amazons else "when_required"
    )  # elsewhere the checksum ends up in the object
    options = Options(
        retries={"mode": "standard", "total_max_attempts": patience.attempts},
        connect_timeout=patience.connect,
        read_timeout=patience.read,
        request_checksum_calculation=checked,
        response_checksum_validation=checked,
        s3={"addressing_style": "auto" if address.is_amazons else "path"},
        max_pool_connections=2,
    )
    return boto3.session.Session().client(
        "s3",
        endpoint_url=address.endpoint,
        region_name=address.region or DEFAULT_REGION,
        aws_access_key_id=address.key_id,
        aws_secret_access_key=address.secret,
        config=options,
    )
