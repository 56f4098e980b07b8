"""A copy of the troop with nobody in it: figures, days and cookies stay, every name, address, note and secret is replaced.

For trying a new version, a large import or a change of the machine on what is real in size and shape, and nobody's.
What is not known to be the program's own word is taken out: a column that somebody adds is, until it is named in KEPT.
"""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import apsw

from gsctracker.config import Config
from gsctracker.db import Busy, Database, snapshot
from gsctracker.db.connections import open_reader, open_writer
from gsctracker.db.rows import Row, many, value
from gsctracker.domain import audit
from gsctracker.domain.people import passwords
from gsctracker.domain.sales import search
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict
from gsctracker.ops import demo_people
from gsctracker.ops.copies import finding, staging
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.practice")

EMPTIED = frozenset((
    "alerts", "api_tokens", "audit_log", "calendar_links", "consent_letters", "contacts", "copy_runs",
    "deletion_requests", "drill_runs", "duty_weeks", "family_exports", "feedback", "forgotten_names",
    "import_answers", "incident_lines", "incidents", "invitations", "job_runs", "known_devices", "mishaps",
    "once_answers", "outside_identities", "passkeys", "password_resets", "pulses", "push_reminders",
    "push_subscriptions", "recovery_codes", "recovery_holders", "restore_runs", "scout_aliases", "season_reviews",
    "second_factors", "sessions", "trial_results", "trials", "typed_ticks",
))  # fmt: skip
"""Tables of which no row stays: who was let in and by what, what was said, what the box wrote down of itself."""

KEPT = frozenset((
    "alert_limits.rule", "booth_closings.cash", "booth_entries.sha256", "booth_entries.uid", "booth_entries.undoes",
    "booth_shares.carry_before", "booth_shares.ideal", "booth_sheets.sha256", "consents.notice_hash",
    "entry_checks.findings", "import_batches.file_made", "import_batches.file_totals", "import_batches.kind",
    "import_batches.newest", "import_batches.sha256", "kpi_targets.code", "launch_items.item",
    "money_accounts.kind", "money_sums.kind", "notice_acceptances.hash", "notice_versions.hash", "office_lines.kind",
    "orders.order_type", "orders.payment_method", "places.kind", "point_entries.key", "point_prizes.name",
    "proceeds_bonuses.name", "product_names.key", "products.allergens", "products.code", "products.colour",
    "products.family", "products.name", "reward_choices.size", "reward_items.name", "reward_items.sizes",
    "reward_receipt_lines.size", "roll_ups.asked", "roll_ups.took", "schema_migrations.checksum", "schema_migrations.down_sql",
    "schema_migrations.name", "schema_migrations.program", "seasons.name", "troop.time_zone", "versions.version",
))  # fmt: skip
"""Words of the program and of the bakers, numbers that are written as text, and what says nothing without what it was made of."""

_STROKE = "M12 30L14 33"
REPLACED = {
    "accounts.first_name": "CASE role WHEN 'scout' THEN 'Girl' ELSE 'Adult' END || ' ' || id",
    "accounts.password_hash": ":password_hash",
    "accounts.sign_in_name": "CASE role WHEN 'scout' THEN 'girl-' || id ELSE replace(role, '_', '-') || '-' || id || '@example.org' END",
    "booth_sites.name": "'Place ' || id",
    "booths.name": "'Booth ' || id",
    "deposits.bank_line": "CASE WHEN bank_line IS NOT NULL THEN 'Deposit ' || id END",
    "guardians.email": "CASE WHEN email IS NOT NULL THEN 'guardian-' || id || '@example.org' END",
    "guardians.name": "'Guardian ' || id",
    "households.name": "'Household ' || id",
    "instance.generation": "lower(hex(randomblob(8)))",
    "instance.name_salt": "lower(hex(randomblob(16)))",
    "instance.uid": "lower(hex(randomblob(8)))",
    "orders.customer_name": "CASE WHEN customer_name <> '' THEN 'Customer ' || id ELSE '' END",
    "orders.external_number": "CASE WHEN external_number IS NOT NULL THEN 'X' || id END",
    "receipts.adult": "CASE WHEN adult <> '' THEN 'Guardian' ELSE '' END",
    "receipts.signature": f"CASE WHEN signature IS NOT NULL THEN '{_STROKE}' END",
    "reward_receipts.received_by": "'Guardian'",
    "reward_receipts.void_reason": "CASE WHEN void_reason <> '' THEN 'Taken back' ELSE '' END",
    "scouts.first_name": "'Girl'",
    "scouts.last_initial": "id",
    "troop.name": "'Practice troop'",
    "troop.number": "'1234'",
}
"""table.column to what stands there instead, in SQL."""

_SURELY_SOMEBODYS = (
    "SELECT sign_in_name AS said FROM accounts WHERE sign_in_name LIKE '%@%' UNION SELECT phone FROM accounts"
    " UNION SELECT email FROM guardians UNION SELECT email FROM invitations UNION SELECT customer_email FROM orders"
    " UNION SELECT customer_phone FROM orders UNION SELECT customer_address FROM orders UNION SELECT name FROM guardians"
)
_LEAST_LETTERS = 7
_CLOSED = r"\b{} (?:IS (?:strftime|date)\(|IN\s*(?:--[^\n]*)?\s*\(')"


def make(config: Config, folder: Path, source: str = finding.LATEST) -> dict[str, int]:
    """Put the copy that `source` names (as `finding.find` has it), with nobody in it, into `folder`, which holds no box yet.

    Gives how many {girls, adults, sales} it has; everybody signs in with the example troop's password. Of the box and its copies
    nothing changes but a line in the record of who did what. Raises Conflict where the folder holds a box, or where somebody's
    address would still stand in the file.
    """
    target = folder / "gsctracker.db"
    if target.exists():
        raise Conflict(
            N_("There is a troop in %(folder)s already: choose an empty folder."), "not_empty", folder=str(folder)
        )
    with staging.stage(config, finding.find(config, source), adopt=True) as staged:
        writer = open_writer(staged.path)
        try:
            people = _people(writer)
            with writer:
                _take_out(writer)
            found = {
                "girls": value(writer, "SELECT count(*) FROM scouts"),
                "adults": value(writer, "SELECT count(*) FROM guardians"),
                "sales": value(writer, "SELECT count(*) FROM orders"),
            }
            snapshot.copy_out(writer, target)
        finally:
            writer.close()
    try:
        snapshot.check(target)
        _prove(target, people)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    logger.info("a copy to practise with was made of %s", staged.name, extra={"event": "practice", "copy": staged.name})
    if config.database.exists():
        _write_down(config, staged.name)
    return found


def _write_down(config: Config, of: str) -> None:
    """In the living box, as it is: whoever makes a copy of the troop is in its record, though nobody is in the copy."""
    db = Database(config.database, as_it_is=True)
    try:
        with db.write() as tx:
            audit.note(tx, None, "practice.made", "instance", None, copy=of)
    except (Busy, apsw.Error) as error:  # it is busy, or can only be read: the copy is made all the same
        logger.warning("that is not in the record of the box: %s", error)
    finally:
        db.close()


def _take_out(writer: apsw.Connection) -> None:
    """Empty, replace and blank; what guards the rows of a living box stands aside for it, and is put back as it was."""
    guards = many(writer, "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'")
    writer.execute("PRAGMA defer_foreign_keys = ON")
    for guard in guards:
        writer.execute(f'DROP TRIGGER "{guard.name}"')
    password_hash = passwords.hashed(demo_people.PASSWORD)
    for table, said in tables(writer):
        take_out_of(writer, table, said, password_hash)
    for guard in guards:
        writer.execute(guard.sql)
    search.index_all(writer)
    search.settle(writer)
    troop.mark_demo(writer)
    audit.note(writer, None, "practice.made", "instance")


def take_out_of(writer: apsw.Connection, table: str, said: str, password_hash: str) -> None:
    """Leave nobody in one table, whose definition is `said`; accounts get the password of that hash."""
    if table in EMPTIED:
        writer.execute(f'DELETE FROM "{table}"')
        return
    changes = dict(_changes(writer, table, said))
    if changes:
        sets = ", ".join(f'"{column}" = {word}' for column, word in changes.items())
        bound = {"password_hash": password_hash} if ":password_hash" in sets else None
        writer.execute(f'UPDATE "{table}" SET {sets}', bound)


def tables(tx: apsw.Connection) -> list[tuple[str, str]]:
    """Every table of ours with its definition; what the search index keeps for itself is made anew."""
    found = many(
        tx,
        """SELECT tables.name, sqlite_schema.sql FROM pragma_table_list AS tables JOIN sqlite_schema USING (name)
            WHERE tables.schema = 'main' AND tables.type = 'table' AND tables.name NOT LIKE 'sqlite_%' ORDER BY tables.name""",
    )
    return [(row.name, row.sql) for row in found]


def _changes(tx: apsw.Connection, table: str, said: str) -> Iterator[tuple[str, str]]:
    """Each column of a table that is written anew, and what it becomes: what REPLACED says, else nothing at all."""
    columns = many(
        tx,
        """SELECT name, type, "notnull" AS is_needed, dflt_value AS usual FROM pragma_table_info(:table)
            WHERE type IN ('TEXT', 'BLOB')""",
        table=table,
    )
    for column in columns:
        named = f"{table}.{column.name}"
        if named in REPLACED:
            yield column.name, REPLACED[named]
        elif named not in KEPT and not re.search(_CLOSED.format(column.name), said):
            yield column.name, _nobodys(column, f"json_valid({column.name})" in said)


def _nobodys(column: Row, is_json: bool) -> str:
    """What is empty stays so, since tables ask what goes with what; everything else becomes a word that says nothing."""
    name = f'"{column.name}"'
    if is_json:
        return f"CASE json_type({name}) WHEN 'array' THEN '[]' WHEN 'object' THEN '{{}}' END"
    word = "'taken out'" if column.usual else "hex(randomblob(8))"  # which differs from row to row, where each has to
    return f"CASE WHEN {name} = '' THEN '' WHEN {name} IS NOT NULL THEN {word} END"


def _people(tx: apsw.Connection) -> list[str]:
    """What can only be somebody's: addresses, numbers and whole names of adults and customers."""
    return [row.said for row in many(tx, _SURELY_SOMEBODYS) if row.said and len(row.said) >= _LEAST_LETTERS]


def _prove(target: Path, people: list[str]) -> None:
    """Nothing of them stands in the file, whatever table it would be in. Raises Conflict."""
    reader = open_reader(target)
    try:
        addresses = {one.casefold() for one in people}
        for table, _ in tables(reader):
            for row in reader.execute(f'SELECT * FROM "{table}"'):
                if any(isinstance(cell, str) and cell.casefold() in addresses for cell in row):
                    raise Conflict(
                        N_("Something of a person would still stand in %(table)s: no copy was made."),
                        "still_named",
                        table=table,
                    )
    finally:
        reader.close()
