"""Whether a file is built as this program builds one: its tables, columns, triggers, views and indexes."""

import apsw

from gsctracker.db import migrate
from gsctracker.db.rows import many


def strange(connection: apsw.Connection) -> list[str]:
    """The names of what differs from a fresh file of this program: missing, added or made otherwise; none where all is as it is.

    A trigger that somebody put into a file would act when the file is used, so a copy that is to be used has none of them.
    """
    fresh = apsw.Connection(":memory:")
    try:
        migrate.bring_up(fresh)
        ours, theirs = _built(fresh), _built(connection)
    finally:
        fresh.close()
    return sorted(name for name in ours.keys() | theirs.keys() if ours.get(name) != theirs.get(name))


def _built(connection: apsw.Connection) -> dict[str, object]:
    found: dict[str, object] = {}
    for row in many(connection, "SELECT type, name, sql FROM sqlite_schema WHERE name NOT LIKE 'sqlite_%'"):
        if row.type == "table":  # a column that came later stands elsewhere in the text
            columns = many(
                connection, 'SELECT name, type, "notnull", pk, hidden FROM pragma_table_xinfo(:t)', t=row.name
            )
            found[row.name] = {tuple(vars(column).values()) for column in columns}
        else:
            found[row.name] = (row.type, " ".join((row.sql or "").split()))
    return found
