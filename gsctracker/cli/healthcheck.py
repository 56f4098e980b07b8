"""gsctracker healthcheck: asks the running server, for containers."""

import json
import urllib.error
import urllib.request

import click

from gsctracker.cli.options import with_own_config
from gsctracker.config import Config
from gsctracker.ops import served


@click.command(epilog="Example: gsctracker healthcheck && echo well")
@with_own_config
@click.option("--timeout", type=click.FloatRange(0.1, 60), default=4.0, show_default=True, help="Seconds to wait.")
def healthcheck(config: Config, timeout: float) -> None:
    """Ask the running server whether it is well: exit 0, or 1."""
    address = f"{served.address(served.as_running(config))}/health"
    try:
        with urllib.request.urlopen(address, timeout=timeout) as answer:  # noqa: S310 - our own
            body = answer.read(100_000)
    except urllib.error.HTTPError as error:
        body = error.read(100_000)
    except OSError as error:
        reason = getattr(error, "reason", error)
        raise click.ClickException(f"No answer from {address}: {reason}.") from error
    said = _report(body)
    if said.get("status") != "healthy":
        checks = said.get("checks") or {}
        ill = [name for name, check in checks.items() if check.get("status") == "unhealthy"]
        raise click.ClickException(f"The server is not well: {', '.join(ill) or 'it does not say why'}.")
    click.echo("healthy")


def _report(body: bytes) -> dict:
    try:
        said = json.loads(body)
    except ValueError:
        return {}
    return said if isinstance(said, dict) else {}
