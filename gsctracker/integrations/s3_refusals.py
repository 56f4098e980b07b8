"""What went wrong with a bucket, in a sentence for the person who can put it right."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from gsctracker.errors import Conflict, NotFound
from gsctracker.words import N_

_ABSENT = {"NoSuchKey", "404", "NotFound"}
_CLOCK = {"RequestTimeTooSkewed", "RequestExpired"}
_KEYS = {"InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "TokenRefreshRequired"}
_FORBIDDEN = {"AccessDenied", "403", "Forbidden", "AllAccessDisabled", "401", "Unauthorized"}
_SLOW = {"SlowDown", "503", "ServiceUnavailable", "Throttling", "RequestLimitExceeded", "TooManyRequests", "429"}
_TAKEN = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}
_UNKNOWN_THERE = {"NotImplemented", "501", "InvalidArgument", "InvalidRequest"}


@dataclass(frozen=True)
class Address:
    """Where the bucket is and who asks; without an endpoint it is Amazon's, without a key what the machine itself may do."""

    bucket: str
    endpoint: str | None = None
    region: str | None = None
    key_id: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)

    @property
    def is_amazons(self) -> bool:
        """Whether the store is Amazon's own."""
        host = urlsplit(self.endpoint or "https://s3.amazonaws.com").hostname or ""
        return host == "amazonaws.com" or host.endswith((".amazonaws.com", ".amazonaws.com.cn"))


def refused(answer: dict[str, Any], address: Address) -> Conflict | NotFound:
    """What the store said, as a sentence."""
    error = answer.get("Error", {})
    code, bucket = str(error.get("Code", "")), address.bucket
    if code == "NoSuchBucket":
        return Conflict(N_("There is no bucket %(bucket)s."), "s3_no_bucket", bucket=bucket)
    if code in _ABSENT:
        return NotFound(N_("The bucket %(bucket)s does not hold that."), "s3_absent", bucket=bucket)
    if code in _CLOCK:
        return Conflict(
            N_("The bucket %(bucket)s refused: the clock of this machine is wrong."), "s3_clock", bucket=bucket
        )
    if code in _KEYS:
        return Conflict(
            N_("The bucket %(bucket)s does not know the key: check AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
            "s3_keys",
            bucket=bucket,
        )
    if code in _FORBIDDEN:
        return Conflict(
            N_("The key is not allowed to do that in the bucket %(bucket)s."), "s3_forbidden", bucket=bucket
        )
    if code in _SLOW:
        return Conflict(N_("The store of the bucket %(bucket)s is too busy."), "s3_busy", bucket=bucket)
    if code in _TAKEN:
        return Conflict(N_("In the bucket %(bucket)s that is there already."), "s3_taken", bucket=bucket)
    if code in _UNKNOWN_THERE:
        return Conflict(N_("The store of the bucket %(bucket)s cannot do that."), "s3_unknown_there", bucket=bucket)
    status = answer.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    return Conflict(
        N_("The store of the bucket %(bucket)s failed: %(reason)s."),
        "s3_failed",
        bucket=bucket,
        reason=f"{code} {status}"[:80].strip(),
    )


def unreached(error: Exception, address: Address) -> Conflict:
    """Why the store was not heard, as a sentence."""
    from botocore import exceptions

    host = urlsplit(address.endpoint or "https://s3.amazonaws.com").hostname or ""
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return Conflict(
            N_("There is no key for the bucket %(bucket)s: set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."),
            "s3_no_keys",
            bucket=address.bucket,
        )
    if isinstance(error, exceptions.ParamValidationError):
        return Conflict(N_("%(bucket)s cannot be the name of a bucket."), "s3_bad_name", bucket=address.bucket)
    if isinstance(error, exceptions.ConnectTimeoutError | exceptions.ReadTimeoutError):
        return Conflict(N_("%(host)s did not answer in time."), "s3_timeout", host=host)
    if "NameResolution" in type(getattr(error, "kwargs", {}).get("error")).__name__:
        return Conflict(
            N_("%(host)s was not found: is the internet there, and S3_ENDPOINT_URL right?"), "s3_no_name", host=host
        )
    if isinstance(error, exceptions.SSLError):
        return Conflict(N_("%(host)s has no certificate that can be believed."), "s3_certificate", host=host)
    if isinstance(error, exceptions.EndpointConnectionError):
        return Conflict(N_("%(host)s cannot be reached."), "s3_unreached", host=host)
    return Conflict(N_("The line to %(host)s was cut."), "s3_cut", host=host)
