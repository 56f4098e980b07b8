"""Secrets that are kept elsewhere: asked for once at the start, held in memory, never written down."""

from gsctracker import config as settings
from gsctracker.config import Config


def filled(config: Config) -> Config:
    """The settings with what AWS_SECRETS_ID holds, where it is set; what the box itself was told goes before it.

    Raises Invalid where the secret cannot be had or does not fit: then nothing starts.
    """
    if not config.aws_secrets_id:
        return config
    from gsctracker.integrations import secrets_manager

    given = secrets_manager.fetch(
        secrets_manager.Place(
            name=config.aws_secrets_id,
            endpoint=config.aws_secrets_endpoint_url,
            region=config.aws_region,
            key_id=config.aws_access_key_id,
            secret=config.aws_secret_access_key,
        )
    )
    return settings.with_secrets(config, given)
