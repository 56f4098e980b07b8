"""gsctracker serve: the whole appliance in one process."""

import contextlib
import dataclasses
import logging
import signal
import socket
import sys
from collections.abc import Iterator

import click

from gsctracker import log
from gsctracker.cli import on_a_terminal
from gsctracker.cli.options import opened, with_config
from gsctracker.config import Config
from gsctracker.db import Database, lock
from gsctracker.db.closing import DAMAGED
from gsctracker.domain.people import accounts, roles
from gsctracker.domain.season import troop
from gsctracker.errors import NotFound
from gsctracker.ops import addresses, box_record, heaps, secrets, served, standby, start_checks, upgrade
from gsctracker.ops.copies import keys, moving
from gsctracker.words import in_english

logger = logging.getLogger("gsctracker.serve")


@click.command(epilog="Example: gsctracker serve --data-dir /srv/cookies --port 8080")
@with_config
@click.option("--host", help="The address to listen on; otherwise HOST, otherwise all.")
@click.option("--port", type=click.IntRange(1, 65535), help="The port to listen on; otherwise PORT, otherwise 3000.")
@click.option("--demo", is_flag=True, help="Fill an empty box with the example troop and print its sign-ins.")
@click.option(
    "--restore-if-empty", is_flag=True, help="Restore the newest copy, from S3 if set, when there is no database."
)
@click.option(
    "--read-only",
    "archive",
    metavar="COPY",
    help="Open a copy to look at, beside the box: nothing in it can be changed.",
)
def serve(
    config: Config, host: str | None, port: int | None, demo: bool, restore_if_empty: bool, archive: str | None
) -> None:
    """Start the appliance and serve until it is told to stop.

    With --read-only a file, or a name from `gsctracker backups list`, such as the end of a season: choose another --port.
    """
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # as PID 1 there is no default; the server sets its own later
    heaps.keep_few()
    config = dataclasses.replace(config, host=host or config.host, port=port or config.port)
    log.start(config.log_level, config.log_format, "demo" if demo else "production", config.log_dir, config.log_forward)
    if archive:
        _serve_archive(config, archive)
        return
    moving.finish_if_pending(config)  # a restore that was killed between two renames
    start_checks.before_opening(config, demo, restoring=restore_if_empty)
    if restore_if_empty and not config.database.exists():
        _restore_newest(config)
    with lock.hold(config.data_dir), _address_taken_away(config):
        config = secrets.ready(config)
        keys.ready(config)
        bound = None
        with contextlib.ExitStack() as until_done:
            if upgrade.is_due(config):
                bound, db = _brought_up(config, until_done)
            else:
                db = until_done.enter_context(opened(config, make=True))
            start_checks.after_opening(config, db)
            for doubt in start_checks.doubts(config, db, demo):
                logger.warning(doubt, extra={"event": "doubt"})
            _serve(config, db, demo, bound)


@contextlib.contextmanager
def _address_taken_away(config: Config) -> Iterator[None]:
    """Whoever asks where this server listens is not sent to where the one before it did, nor to this one when it has ended."""
    served.take_away(config.data_dir)
    try:
        yield
    finally:
        served.take_away(config.data_dir)


def _listen(config: Config) -> socket.socket:
    from gsctracker.web import server

    bound = server.listen(config.host, config.port)
    served.leave(config, bound.getsockname()[1])
    return bound


def _brought_up(config: Config, until_done: contextlib.ExitStack) -> tuple[socket.socket, Database]:
    """The database at this program's schema, and the socket on which a page said meanwhile that this goes on."""
    from gsctracker.web import waiting_room

    bound = _listen(config)
    try:
        with waiting_room.open_at(bound):
            return bound, until_done.enter_context(opened(config, make=True))
    except BaseException:
        bound.close()
        raise


def _serve(config: Config, db: Database, demo: bool, bound: socket.socket | None = None) -> None:
    from gsctracker.jobs import scheduler
    from gsctracker.ops import watchdog
    from gsctracker.ops.alerts import watch
    from gsctracker.ops.timetable import copying
    from gsctracker.web import server
    from gsctracker.web.app import create_app
    from gsctracker.web.large_bodies import Door
    from gsctracker.web.pages.restore import errands_here

    bound = bound or _listen(config)
    sign_ins = _filled(db) if demo else []
    box_record.started(config, db)
    app = create_app(config, db, config.session_secret or "")
    is_damaged = db.why_only_read() == DAMAGED
    timetable = None if is_damaged else scheduler.start(config, db)  # nothing can be written down, it reads all day
    watching = app.extensions[watch.PART]
    watching.start()
    dog = watchdog.Watchdog(config.host, bound.getsockname()[1])

    def ready() -> None:
        dog.start()
        _announce(config, db, sign_ins)

    try:
        server.run(app.wsgi_app, bound, config.threads, ready=ready, door=Door(config, db))
    finally:
        dog.stop()
        watching.stop()
        if timetable:
            timetable.shutdown()  # waits for the job that runs
        errands_here(app).wait()  # and for a restore that was asked for on a page
        box_record.stopped(db)
        if not is_damaged:
            copying.at_the_stop(config, db)
    logger.info("stopped: everything in flight was answered", extra={"event": "stopped"})


def _serve_archive(config: Config, source: str) -> None:
    from gsctracker.ops.copies import archive
    from gsctracker.web import server
    from gsctracker.web.app import create_app

    bound = server.listen(config.host, config.port)
    with archive.opened(config, source) as (own, db):
        app = create_app(own, db, secrets.ready(own).session_secret or "")
        server.run(app.wsgi_app, bound, config.threads, ready=lambda: _announce(own, db, []))


def _restore_newest(config: Config) -> None:
    """Put the newest copy, from S3 or from the folder of copies, where no database is. Where there is none a new box begins."""
    from gsctracker.ops.copies import finding, restoring, staging

    try:
        found = finding.find(config)
    except NotFound as none:
        logger.warning("nothing to restore: %s A new box begins.", none, extra={"event": "nothing_to_restore"})
        return
    with staging.stage(config, found) as staged:
        restoring.restore(config, None, staged)
    logger.info("restored the copy %s", staged.name, extra={"event": "restored", "copy": staged.name})


def _filled(db: Database) -> list[dict[str, str]]:
    """The sign-ins of the example troop, which is made now in an empty box. Raises Conflict where a real troop is."""
    from gsctracker.ops import demo, demo_people

    with db.read() as tx:
        if troop.is_demo(tx):
            found = accounts.page(tx, limit=1000)
            return [
                {
                    "role": each.role,
                    "email": each.sign_in_name,
                    "password": demo_people.PASSWORD,
                    "name": each.first_name,
                }
                for each in found
            ]
    return demo.fill(db, **demo.SMALL)


def _announce(config: Config, db: Database, sign_ins: list[dict[str, str]]) -> None:
    """Say where to go: in words for a person, or as one line for a program."""
    places = addresses.to_open(config)
    setup = _setup_link(db, places[0])
    if config.log_format == "json":
        logger.info(
            "ready", extra={"event": "ready", "addresses": places, "setup_link": setup, "sign_ins": sign_ins or None}
        )
        return
    click.echo(f"GSCTracker is ready. Open it at {places[0]}")
    for other in places[1:]:
        click.echo(f"                          or {other}")
    if db.is_closed_by_hand():
        click.echo("\nThe box is closed: everybody sees a polite page. Open it with: gsctracker maintenance off")
    if why := standby.now(db):
        click.echo(f"\n{in_english(why.sentence, why.params)}")
    if setup:
        click.echo(f"\nThis box is new. Set up your troop here (works once):\n  {setup}")
    if sign_ins:
        click.echo("\nThis is a made-up troop to try things with. Sign in as one of:")
    shown: set[str] = set()
    for one in sorted(sign_ins, key=lambda each: -roles.ROLES.index(each["role"])):
        if one["role"] not in shown:  # one of each kind is enough here; `gsctracker demo` names them all
            shown.add(one["role"])
            click.echo(f"  {one['role'].replace('_', ' '):<14} {one['email']:<30} {one['password']}")
    if on_a_terminal():
        import segno

        click.echo("\nOr point a phone on the same network at this:")
        segno.make(setup or places[0], error="l").terminal(compact=True)
    sys.stdout.flush()


def _setup_link(db: Database, place: str) -> str | None:
    """The link to the first-run page with its one-time code, while the box has no troop."""
    with db.read() as tx:
        if troop.is_set_up(tx):
            return None
    if standby.now(db):
        return None
    with db.write() as tx:
        return f"{place}/setup?code={troop.issue_setup_code(tx)}"
