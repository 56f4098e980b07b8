"""AWS Secrets Manager: one secret that is a JSON object of names and texts. boto3 is loaded when it is really asked."""

import json
from dataclasses import dataclass, field

from gsctracker.errors import Invalid
from gsctracker.words import N_

DEFAULT_REGION = "us-east-1"
LONGEST = 65_536
"""More than Amazon keeps in one secret."""


@dataclass(frozen=True)
class Place:
    """Which secret, where, and who asks; without a key what the machine itself may do at Amazon."""

    name: str
    endpoint: str | None = None
    region: str | None = None
    key_id: str | None = field(default=None, repr=False)
    secret: str | None = field(default=None, repr=False)


def fetch(place: Place) -> dict[str, str]:
    """What the secret holds, by name. Raises Invalid, in a sentence without any value, where it cannot be had."""
    import boto3
    from botocore.config import Config as Options
    from botocore.exceptions import BotoCoreError, ClientError

    options = Options(retries={"mode": "standard", "total_max_attempts": 3}, connect_timeout=3, read_timeout=5)
    try:
        client = boto3.session.Session().client(
            "secretsmanager",
            endpoint_url=place.endpoint,
            region_name=place.region or DEFAULT_REGION,
            aws_access_key_id=place.key_id,
            aws_secret_access_key=place.secret,
            config=options,
        )
        said = client.get_secret_value(SecretId=place.name).get("SecretString", "")
    except (BotoCoreError, ClientError) as error:
        raise Invalid(
            N_("AWS Secrets Manager did not give out %(name)s: %(why)s."),
            "no_secrets",
            name=place.name,
            why=_why(error),
        ) from None
    return _object(said, place.name)


def _why(error: Exception) -> str:
    code = getattr(error, "response", {}).get("Error", {}).get("Code")
    return str(code or type(error).__name__)


def _object(said: str, name: str) -> dict[str, str]:
    try:
        held = json.loads(said) if len(said) <= LONGEST else None
    except ValueError:
        held = None
    if not isinstance(held, dict) or not all(isinstance(text, str) for text in held.values()):
        raise Invalid(
            N_("The secret %(name)s is not a JSON object of names and texts."), "no_secrets", name=name
        ) from None
    return {key: text.strip() for key, text in held.items() if text.strip()}
