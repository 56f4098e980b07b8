"""What a box that people depend on needs beyond being well: the list for the evening before the season."""

import ipaddress
import os
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.connections import open_reader
from gsctracker.domain.season import seasons, troop
from gsctracker.errors import NotFound, Refusal
from gsctracker.integrations import notify
from gsctracker.ops import letters, served, smoke
from gsctracker.ops.doctor import FAIL, OK, WARN, Finding, only_if

SECONDS_FOR_A_CERTIFICATE = 5
SAME_START_SECONDS = 2
LEAST_DAYS_OF_A_CERTIFICATE = 14
OLDEST_COPY_SECONDS = 26 * 3600
SET_BY_NETWORK = Path("/run/systemd/timesync/synchronized")
TIME_PROGRAMS = (
    "/usr/sbin/chronyd",
    "/usr/sbin/ntpd",
    "/lib/systemd/systemd-timesyncd",
    "/usr/lib/systemd/systemd-timesyncd",
)


def security(config: Config) -> Iterator[Finding]:
    """Nobody is trusted who need not be, and nothing secret lies where the program does."""
    everybody = [str(net) for net in config.trusted_proxies if getattr(net, "num_addresses", 1) > 65_536]
    yield only_if(
        "trusted proxies",
        not everybody,
        "Only proxies of ours are believed" if not everybody else f"Too many are believed: {', '.join(everybody)}",
        "Set TRUSTED_PROXIES to the proxy's own address: whoever is in it can claim any address.",
    )
    yield only_if(
        "log level", config.log_level != "debug", f"It logs from {config.log_level}", "Unset LOG_LEVEL.", WARN
    )
    if config.s3_backup_bucket:
        yield only_if(
            "off-box copies",
            bool(config.backup_recipient) or (config.data_dir / "secrets").is_dir(),
            "Copies that leave the box are sealed",
            "Start the server once: it makes the key. Print it: gsctracker secrets recovery-sheet",
        )


def database(config: Config) -> Iterator[Finding]:
    """A copy of today, and one that a fire does not reach."""
    if not config.database.exists():
        return
    from gsctracker.integrations.s3 import Patience
    from gsctracker.ops.copies import bucket, places

    newest = max((copy.made_at for copy in places.local(config).backwards()), default=None)
    age = clock.moment() - _moment(newest) if newest else None
    yield only_if(
        "newest copy",
        age is not None and age.total_seconds() < OLDEST_COPY_SECONDS,
        f"The newest copy is of {newest}" if newest else "There is no copy",
        "gsctracker backup; and look at: gsctracker jobs list",
    )
    elsewhere = bool(config.s3_backup_bucket) or (bool(config.backup_dir) and _other_disk(config))
    yield only_if(
        "second place",
        elsewhere,
        "Copies go to another place too" if elsewhere else "Copies lie only where the data does: a fire takes both",
        "Set S3_BACKUP_BUCKET, or let backup/gsctracker-backup.timer copy to a second disk each night.",
        WARN,
    )
    away = bucket.remote(config, Patience(attempts=1, connect=3, read=5))
    if away:
        try:
            copies = len(away.stems())
        except Refusal as no:
            yield Finding("bucket", FAIL, str(no).rstrip("."), "Mend S3_* and AWS_*, then: gsctracker backup")
        else:
            yield Finding("bucket", OK, f"{away.name} answers; copies there: {copies}")


def application(config: Config) -> Iterator[Finding]:
    """There is a troop with a season, and it is no example."""
    if not config.database.exists():
        return
    try:
        reader = open_reader(config.database)
        try:
            is_set_up, is_demo = troop.is_set_up(reader), troop.is_demo(reader)
            try:
                season = seasons.current(reader) if is_set_up else None
            except NotFound:
                season = None
        finally:
            reader.close()
    except apsw.Error:  # the database has its own finding
        return
    yield only_if("troop", is_set_up, "The troop is set up", "Open the link that the server prints at its start.")
    yield only_if(
        "real data",
        not is_demo,
        "No example troop" if not is_demo else "This is the example troop",
        "Begin with an empty DATA_DIR.",
    )
    yield only_if("season", season is not None, "There is a season", "Open the season on the page Season.", WARN)
    server = letters.mail_server(config)
    if server is None or not config.smtp_from:
        yield Finding("mail", WARN, "No mail goes out", "Set SMTP_HOST and SMTP_FROM.")
        return
    try:
        notify.try_mail(server)
    except notify.Undelivered as no:
        fix = "Mend SMTP_HOST, SMTP_PORT, SMTP_USER and SMTP_PASS: many providers want a password made for programs."
        yield Finding("mail", FAIL, f"The mail server {server.host} takes nothing: {no}", fix)
    else:
        yield Finding("mail", OK, f"The mail server {server.host} takes letters")


def infrastructure(config: Config) -> Iterator[Finding]:
    """The machine starts the server again, knows the time, and lets nobody past the proxy."""
    kept = bool(os.getppid() == 1 or os.path.exists("/.dockerenv") or _unit_is_there())
    message = "The server is started again by itself" if kept else "Nothing starts the server after a power cut"
    yield only_if(
        "restart", kept, message, "Install examples/deploy/gsctracker.service, or restart: unless-stopped.", WARN
    )
    timed = SET_BY_NETWORK.exists() or any(os.path.exists(each) for each in TIME_PROGRAMS)
    message = "Something sets the clock from the network" if timed else "Nothing sets the clock from the network"
    yield only_if("time from the network", timed, message, "timedatectl set-ntp true, or install chrony.", WARN)
    if (
        config.trusted_proxies
        and config.host not in ("127.0.0.1", "::1", "localhost")
        and not os.path.exists("/.dockerenv")
    ):
        fix = "Set HOST=127.0.0.1, or let the firewall keep the port: behind it is the proxy's business."
        yield Finding("way around the proxy", WARN, f"Port {config.port} is open beside the proxy", fix)


def name_and_certificate(config: Config) -> Iterator[Finding]:
    """The name in APP_URL leads to this box, with a certificate that lasts."""
    parts = urlsplit(config.app_url or "")
    if not parts.hostname:
        return
    try:
        found = sorted({str(each[4][0]) for each in socket.getaddrinfo(parts.hostname, None, type=socket.SOCK_STREAM)})
    except OSError as error:
        fix = f"Make a DNS record for {parts.hostname}; on a network at home its name ends in .local."
        yield Finding("name", FAIL, f"{parts.hostname} leads nowhere ({error.strerror or error})", fix)
        return
    yield Finding("name", OK, f"{parts.hostname} leads to {', '.join(found[:3])}")
    if parts.scheme != "https":
        return
    try:
        ends = end_of_certificate(parts.hostname, parts.port or 443)
    except ssl.SSLError as error:
        fix = "Renew it, or install the root of your own authority on every phone."
        yield Finding("certificate", FAIL, f"Phones will not trust it: {error.reason or error}", fix)
        return
    except OSError as error:
        fix = "Start the proxy, and open the port in the firewall."
        yield Finding("certificate", FAIL, f"Nothing answers at {config.app_url}: {error.strerror or error}", fix)
        return
    days = (ends - clock.moment()).days
    yield only_if(
        "certificate",
        days >= LEAST_DAYS_OF_A_CERTIFICATE,
        f"It ends in {days} days",
        "Look why the proxy does not renew it.",
    )


def tests(config: Config) -> Iterator[Finding]:
    """The calls that must work do, at the box and through the proxy. (Rehearsed restores have their own finding.)"""
    here = served.address(config)
    places = [(here, True)] + ([(config.app_url.rstrip("/"), False)] if config.app_url else [])
    for address, own in places:
        try:
            failed = [call for call in smoke.try_all(config, address, own=own) if not call.ok]
        except Refusal as no:
            yield Finding("smoke test", FAIL, str(no).rstrip("."), "Set APP_URL to the address people open.")
            continue
        said = f"{failed[0].name}: {failed[0].said}" if failed else f"All calls work at {address}"
        yield only_if("smoke test", not failed, said, f"gsctracker smoke {address if not own else ''}".rstrip())
        apart = None if own else smoke.began_apart(here, address)
        if apart is not None and apart > SAME_START_SECONDS:
            fix = "Have the name's DNS record, the router or the proxy lead here, and stop the box that answers there."
            yield Finding("address", FAIL, f"{address} leads to another box, started {apart} seconds apart", fix)


def end_of_certificate(host: str, port: int) -> datetime:
    """When the certificate ends that is shown there. Raises ssl.SSLError where phones will not trust it, OSError."""
    context = ssl.create_default_context()
    with socket.create_connection((host, port), timeout=SECONDS_FOR_A_CERTIFICATE) as line:
        name = None if _is_address(host) else host
        with context.wrap_socket(line, server_hostname=name or host) as secure:
            shown = secure.getpeercert() or {}
    return datetime.fromtimestamp(ssl.cert_time_to_seconds(str(shown["notAfter"])), UTC)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _moment(instant: str) -> datetime:
    return datetime.strptime(instant, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def _other_disk(config: Config) -> bool:
    return config.backups.is_dir() and config.backups.stat().st_dev != config.data_dir.stat().st_dev


def _unit_is_there() -> bool:
    return any(Path(folder, "gsctracker.service").exists() for folder in ("/etc/systemd/system", "/lib/systemd/system"))
