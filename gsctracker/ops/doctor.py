"""Everything that can be wrong with this box, each with its fix."""

import fcntl
import json
import os
import socket
import stat
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

import apsw

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import lock
from gsctracker.db.connections import open_reader, require_safe_sqlite
from gsctracker.db.migrate import APPLICATION_ID, COPY_BEFORE, newest, number_of
from gsctracker.db.rows import many, value
from gsctracker.domain import audit
from gsctracker.errors import Conflict, Invalid
from gsctracker.integrations import openid, sentry
from gsctracker.ops import machine, recovery, secrets, served, standby, start_checks, volumes
from gsctracker.ops.alerts import rules
from gsctracker.ops.copies import places, witnesses
from gsctracker.ops.trusted_clock import RELEASED
from gsctracker.words import in_english

OK, WARN, FAIL = "ok", "warn", "fail"
CHAPTERS = ("security", "database", "application", "infrastructure", "DNS and TLS", "tests")
LEAST_DISK_BYTES = 200_000_000
AUDIT_FIX = "Compare it with a copy: restore one in a scratch place, and ask who can write to the file."
OLDEST_KEY_SECONDS = 370 * 24 * 3600  # a season and a little
GOOD_DISK_BYTES = 2_000_000_000
LEAST_MEMORY_BYTES = 150_000_000


@dataclass(frozen=True)
class Finding:
    """One check: `status` is ok, warn or fail; `fix` says what to do about the latter two; `chapter` is one of CHAPTERS."""

    name: str
    status: str
    message: str
    fix: str = ""
    chapter: str = ""


Check = Callable[[Config, bool], Iterator[Finding]]


def examine(config: Config, production: bool = False) -> list[Finding]:
    """Look at everything. In production a few warnings are failures, and the list for the evening before the season is gone
    through as well; findings come chapter by chapter.
    """
    config = served.as_running(config)
    checks: list[tuple[str, Check]] = [
        ("security", _keys),
        ("security", _recovery),
        ("database", _database),
        ("database", _only_read),
        ("database", _copies),
        ("database", _rehearsals),
        ("application", _alerts),
        ("application", _reports),
        ("application", _program),
        ("application", _server),
        ("application", _settings),
        ("infrastructure", _folder),
        ("infrastructure", _room),
        ("infrastructure", _time),
    ]
    if production:
        from gsctracker.ops import readiness  # which asks the network: only where it is asked for

        more = (
            ("security", readiness.security),
            ("database", readiness.database),
            ("application", readiness.application),
            ("infrastructure", readiness.infrastructure),
            ("DNS and TLS", readiness.name_and_certificate),
            ("tests", readiness.tests),
        )
        checks += [(chapter, _alike(check)) for chapter, check in more]
    found: list[Finding] = []
    for chapter, check in checks:
        try:
            found.extend(replace(each, chapter=chapter) for each in check(config, production))
        except OSError as error:
            name = error.filename or chapter
            found.append(Finding(chapter, FAIL, f"{name}: {error.strerror}.", "Check the folder's owner.", chapter))
    found.sort(key=lambda each: CHAPTERS.index(each.chapter))
    return found


def _alike(check: Callable[[Config], Iterator[Finding]]) -> Check:
    return lambda config, _: check(config)


def _program(config: Config, production: bool) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield only_if("python", sys.version_info >= (3, 11), f"Python {version}", "Install Python 3.11 or newer.")
    try:
        require_safe_sqlite()
        yield Finding("sqlite", OK, f"SQLite {apsw.sqlite_lib_version()}")
    except Conflict as unsafe:
        yield Finding("sqlite", FAIL, str(unsafe).rstrip("."), "pip install --upgrade apsw")
    if os.geteuid() == 0:
        fix = "Run it as a user of its own; the image and the service file do."
        yield Finding("user", FAIL if production else WARN, "It runs as root", fix)


def _folder(config: Config, production: bool) -> Iterator[Finding]:
    folder = config.data_dir
    if not folder.is_dir():
        yield Finding("data folder", FAIL, f"{folder} is not there", "Start the server once, or give --data-dir.")
        return
    writable = os.access(folder, os.W_OK | os.X_OK) and not machine.is_read_only(folder)
    yield only_if(
        "data folder", writable, f"{folder} can be written", f"Give it to this user: chown -R {os.geteuid()} {folder}"
    )
    volume = volumes.of(config.database.parent if config.database.parent.is_dir() else folder)
    kind = volume.kind if volume else ""
    if volume and volume.is_network:
        fix = "Move DATA_DIR to a disk of this machine: SQLite's locks do not hold over a network."
        yield Finding("disk", FAIL, f"The data lies on a network disk ({kind})", fix)
    elif volume and volume.is_anonymous:
        fix = f"Give the volume a name: -v gsctracker:{folder}"
        yield Finding("disk", FAIL, "The data lies in a Docker volume without a name, lost with the container", fix)
    elif volume and volume.is_forgetful:
        fix = "Move DATA_DIR to a real disk, in Docker to a volume."
        yield Finding("disk", FAIL if production else WARN, f"The data is lost when the machine stops ({kind})", fix)
    else:
        yield Finding("disk", OK, f"On a local disk ({kind or 'of unknown kind'})")
    marked = start_checks.marked_uid(folder)
    try:
        start_checks.box_is_here(config)
        if marked:
            yield Finding("volume", OK, f"The volume of box {marked}")
    except Conflict as missing:
        yield Finding("volume", FAIL, str(missing).rstrip("."), "Mount the right volume, or put back a copy.")


def _keys(config: Config, production: bool) -> Iterator[Finding]:
    folder = secrets.folder_of(config.data_dir)
    if not folder.is_dir():
        if not (config.session_secret and config.encryption_key):
            yield Finding("keys", WARN, "There are no keys yet", "Start the server once: it makes them.")
        return
    open_to_others = [path.name for path in (folder, *folder.iterdir()) if stat.S_IMODE(path.stat().st_mode) & 0o077]
    yield only_if(
        "keys",
        not open_to_others,
        "Only their owner can read the keys" if not open_to_others else f"Others can read: {', '.join(open_to_others)}",
        f"chmod 700 {folder}; chmod 600 {folder}/*",
    )


def _database(config: Config, production: bool) -> Iterator[Finding]:
    path = config.database
    if not path.exists():
        yield Finding("database", WARN, "There is no database yet", "Start the server once: it makes one.")
        return
    try:
        with closing(open_reader(path)) as reader:
            ours = reader.pragma("application_id") == APPLICATION_ID
            number, known = number_of(reader), newest()
            damage = [row.quick_check for row in many(reader, "PRAGMA quick_check(5)")]
            loose = value(reader, "SELECT count(*) FROM pragma_foreign_key_check")
            tampered = _tampered(config, reader) if ours and number == known else None
    except apsw.Error as error:
        fix = "Stop the server and put back the newest copy."
        yield Finding("database", FAIL, f"{path} cannot be read ({type(error).__name__})", fix)
        return
    if not ours:
        yield Finding("database", FAIL, f"{path} is not a GSCTracker database", "Set DATABASE_PATH to the right file.")
        return
    well = damage == ["ok"] and not loose
    if ours and number == known:
        yield only_if(
            "record", not tampered, "Who did what: every line fits" if not tampered else tampered.rstrip("."), AUDIT_FIX
        )
    yield only_if("database", well, "Whole, every row belongs" if well else "Damaged", "Put back the newest copy.")
    yield _schema(number, known)
    others = stat.S_IMODE(path.stat().st_mode) & 0o077
    yield only_if(
        "database file",
        not others,
        "Only its owner can read it" if not others else "Others can read it",
        f"chmod 600 {path}",
        WARN,
    )


def _schema(number: int, known: int) -> Finding:
    if number > known:
        return Finding("schema", FAIL, f"Schema {number}, this program knows {known}", "Install the newer program.")
    if number < known:
        return Finding("schema", WARN, f"Schema {number}, {known} is the newest", "It is brought up at the next start.")
    return Finding("schema", OK, f"Schema {number}")


def _tampered(config: Config, reader: apsw.Connection) -> str | None:
    """What is wrong with the record of who did what: by its own seals, or by those that the copies on this box keep of it."""
    return audit.broken(reader) or witnesses.contradicted(reader, places.local(config).backwards())


def _room(config: Config, production: bool) -> Iterator[Finding]:
    if config.data_dir.is_dir():
        _, free = machine.disk_of(config.data_dir)
        fix = "Make room, or move DATA_DIR to a larger disk."
        yield _grade("disk space", free, LEAST_DISK_BYTES, GOOD_DISK_BYTES, f"{free // 1_000_000} MB are free", fix)
    has, left = machine.memory_of_machine()
    if has:
        fix = "End other programs: the server wants 100 MB."
        yield _grade(
            "memory", left, 0, LEAST_MEMORY_BYTES, f"{left // 1_000_000} of {has // 1_000_000} MB are free", fix
        )


def _server(config: Config, production: bool) -> Iterator[Finding]:
    try:
        with urllib.request.urlopen(f"{served.address(config)}/health", timeout=3) as answer:  # noqa: S310 - our own
            said = json.loads(answer.read(100_000))
        if not _is_served(config.data_dir):
            message = f"Port {config.port} is answered by another GSCTracker: no server of {config.data_dir} runs"
            yield Finding("server", FAIL, message, "Stop that one, or choose another PORT.")
            return
        yield only_if(
            "server", said.get("status") == "healthy", f"It answers on port {config.port}", "Look at its log."
        )
    except urllib.error.HTTPError as error:
        yield Finding("server", FAIL, f"Port {config.port} answers {error.code}", "Look at the server's log.")
    except (OSError, ValueError, AttributeError):
        taken = _is_taken(config)
        message = f"Port {config.port} is {'taken by another program' if taken else 'free; the server does not run'}"
        fix = "Choose another PORT." if taken else "Start it with: gsctracker serve"
        yield Finding("server", FAIL if taken or production else OK, message, fix if taken or production else "")


def _is_served(folder: Path) -> bool:
    """Whether a server of this very folder runs, which holds its lock for as long; True where that cannot be seen."""
    try:
        with (folder / lock.NAME).open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return False
    except OSError:  # held, or not ours to look at
        return True
    return False


def _is_taken(config: Config) -> bool:
    here = urlsplit(served.address(config))
    try:
        socket.create_connection((here.hostname, here.port), timeout=1).close()
    except OSError:
        return False
    return True


def _time(config: Config, production: bool) -> Iterator[Finding]:
    now = clock.moment()
    fix = "Let the machine set its clock from the network: timedatectl set-ntp true"
    yield only_if("clock", RELEASED <= now < RELEASED.replace(year=2100), f"It is {clock.instant(now)}", fix)
    if config.database.exists():
        ahead = config.database.stat().st_mtime - now.timestamp()
        if ahead > 300:
            yield Finding("clock", FAIL, "The database was changed in the future: the clock was set back", fix)


def _settings(config: Config, production: bool) -> Iterator[Finding]:
    level = FAIL if production else WARN
    if not config.app_url:
        yield Finding(
            "address", level, "APP_URL is not set", "Set it to the address people open: links in mails need it."
        )
    elif config.app_url.startswith("http://"):
        fix = "Put a proxy with a certificate in front; without it there is no offline page and no push."
        yield Finding("address", WARN, "APP_URL is plain HTTP", fix)
    else:
        yield Finding("address", OK, f"People open {config.app_url}")
    if config.app_url and config.app_url.startswith("https://") and not config.trusted_proxies:
        fix = "Set TRUSTED_PROXIES to the proxy's address, else everybody looks like the proxy."
        yield Finding("proxy", WARN, "HTTPS means a proxy, but none is trusted", fix)
    wanted = {"google": config.google_client_id, "oidc": config.oidc_issuer}
    for word in sorted({word for word, one in wanted.items() if one} - set(openid.providers(config))):
        fix = f"It needs the {word.upper()} client id and secret, and APP_URL over HTTPS: see docs/settings.md."
        yield Finding("outside sign-in", WARN, f"The sign-in {word} is set, and not offered", fix)
    if config.cache_type == "RedisCache" and not config.redis_url:
        yield Finding(
            "cache", FAIL, "CACHE_TYPE is RedisCache without REDIS_URL", "Set REDIS_URL, or unset CACHE_TYPE."
        )


def _only_read(config: Config, production: bool) -> Iterator[Finding]:
    why = standby.of(config.database)
    if why:
        fix = "Put right what it says. Then, if it does not end by itself: gsctracker maintenance off"
        said = in_english(why.sentence, why.params)
        yield Finding("only read", WARN if why.reason == "by_hand" else FAIL, said.rstrip("."), fix)


def _copies(config: Config, production: bool) -> Iterator[Finding]:
    raw = sorted(
        file.name
        for file in (config.backups.glob("*.db*") if config.backups.is_dir() else ())
        if not file.with_name(f"{file.name.split('.')[0]}.json").exists()
        and not file.name.endswith(".part")
        and not file.name.startswith(COPY_BEFORE)
    )
    if raw:
        fix = "Make a verified one and remove it: gsctracker backup. A file copied from a running box may lack rows."
        yield Finding("copies", WARN, f"Not made by the box, and no copy to count on: {', '.join(raw[:3])}", fix)


def _alerts(config: Config, production: bool) -> Iterator[Finding]:
    try:
        rules.load(config)
    except Invalid as no:
        yield Finding(
            "alert rules",
            FAIL,
            str(no).rstrip("."),
            "Mend that line, or remove the file to use the program's own rules.",
        )
        return
    if config.alert_urls or config.smtp_host:
        yield Finding("alerts", OK, "Somebody is told of faults")
    else:
        fix = "Set ALERT_URLS, or a mail server: docs/guides/alerts.md"
        yield Finding("alerts", WARN, "Nobody is told of faults: they stand on the page of problems only", fix)


def _reports(config: Config, production: bool) -> Iterator[Finding]:
    if config.sentry_dsn and not sentry.is_there():
        fix = "pip install 'gsctracker[sentry]', or unset SENTRY_DSN; what broke stands on the page of problems in any case."
        yield Finding("error reports", WARN, "SENTRY_DSN is set, but what speaks to Sentry is not installed", fix)


def _rehearsals(config: Config, production: bool) -> Iterator[Finding]:
    if not config.database.exists():
        return
    from gsctracker.ops.copies import drill  # what copies need is loaded only where there can be one

    try:
        with closing(open_reader(config.database)) as reader:
            known = drill.state(reader)
    except apsw.Error:  # the database has its own finding
        return
    if known.last and known.has_failed:
        fix = "Mend that, then try again: gsctracker drill"
        yield Finding("rehearsal", FAIL, f"The last rehearsal of a restore failed: {known.last.said.rstrip('.')}", fix)
    elif known.is_stale:
        message = f"No copy was proven by restoring it for {drill.STALE_DAYS} days"
        yield Finding("rehearsal", WARN, message, "gsctracker drill")
    elif known.proven:
        took = drill.in_words(known.proven.milliseconds)
        yield Finding("rehearsal", OK, f"A copy was proven by restoring it on {known.proven.ended_at}, in {took}")
    if known.wants_a_person:
        fix = "Take the printed sheet, type its key into a file, and: gsctracker drill --key-file FILE"
        yield Finding(
            "printed key",
            WARN,
            "Nobody has tried the printed key for a year" if known.by_hand else "Nobody has tried the printed key yet",
            fix,
        )


def _recovery(config: Config, production: bool) -> Iterator[Finding]:
    kept = secrets.folder_of(config.data_dir) / "session_secret"
    if kept.exists() and clock.moment().timestamp() - kept.stat().st_mtime > OLDEST_KEY_SECONDS:
        yield Finding("key age", WARN, "The session key is more than a year old", "gsctracker secrets rotate session")
    if not config.database.exists():
        return
    try:
        with closing(open_reader(config.database)) as reader:
            named = recovery.are_named(reader)
    except apsw.Error:  # the database has its own finding
        return
    fix = "Print it twice (gsctracker secrets recovery-sheet), then: gsctracker secrets holders NAME NAME"
    yield only_if("recovery sheet", named, "Two people hold it" if named else "Nobody is known to hold it", fix, WARN)


def only_if(name: str, well: bool, message: str, fix: str, otherwise: str = FAIL) -> Finding:
    """A finding that is ok where it is `well`, otherwise `otherwise` with its `fix`."""
    return Finding(name, OK, message) if well else Finding(name, otherwise, message, fix)


def _grade(name: str, number: int, least: int, good: int, message: str, fix: str) -> Finding:
    status = OK if number >= good else WARN if number >= least else FAIL
    return Finding(name, status, message, "" if status == OK else fix)
