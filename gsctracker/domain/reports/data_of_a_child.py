"""All that is kept of one girl, table by table: found by what refers to her, so that no table can be left out."""

from typing import NamedTuple

import apsw

from gsctracker.db.rows import many
from gsctracker.domain.people import consents
from gsctracker.domain.people.roles import Person
from gsctracker.words import N_

TITLES = {
    "scouts": N_("On the roster"),
    "households": N_("Household"),
    "guardians": N_("Adults who answer for her"),
    "accounts": N_("Her account"),
    "consents": N_("Consent, and what was taken back"),
    "consent_letters": N_("Letters that asked for consent"),
    "deletion_requests": N_("Wishes to be forgotten"),
    "family_exports": N_("Files like this one"),
    "scout_aliases": N_("How files name her, as hashes"),
    "forgotten_names": N_("How files named her, as hashes"),
    "shift_sign_ups": N_("Shifts"),
    "presences": N_("When she was at a booth"),
    "booth_shares": N_("Her share of booths"),
    "orders": N_("Sales"),
    "order_lines": N_("Cookies of her sales"),
    "goals": N_("Goals"),
    "import_batches": N_("Files of hers that were brought in"),
    "import_rows": N_("Rows of files that speak of her"),
    "office_lines": N_("What the council's system says"),
    "places": N_("Her place in the books"),
    "money_accounts": N_("Her account in the books"),
    "journal": N_("Everything that happened"),
    "box_moves": N_("Boxes"),
    "money_entries": N_("Money"),
    "credits": N_("Credit"),
    "credit_sums": N_("Credit, added up"),
    "girl_credit_sums": N_("Credit, added up over all cookies"),
    "cupboard_wishes": N_("Wishes for the initial order"),
    "reward_choices": N_("Rewards she chose"),
    "reward_receipts": N_("Rewards she received"),
    "point_entries": N_("Points"),
    "reward_opt_outs": N_("Rewards she does without"),
    "season_days": N_("Packages credited to her by day"),
    "emails_sent": N_("E-mails sent from her Digital Cookie page"),
    "reward_levels_told": N_("Reward levels she was told of"),
    "birth_months": N_("Month of birth"),
    "agreements": N_("Whether the family agreed with its figures"),
    "reminders": N_("Reminders"),
    "unpaid_files": N_("Unpaid files"),
    "audit_log": N_("Who looked at, took away or changed her data"),
}
"""How each table is called for people; one that is not here goes by its own name."""

THROUGH = {
    "households": "id = (SELECT household_id FROM scouts WHERE id = :scout)",
    "guardians": "id IN (SELECT guardian_id FROM guardian_scouts WHERE scout_id = :scout)",
    "order_lines": "order_id IN (SELECT id FROM orders WHERE scout_id = :scout)",
    "box_moves": "entry_id IN (SELECT id FROM journal WHERE scout_id = :scout)",
    "money_entries": "entry_id IN (SELECT id FROM journal WHERE scout_id = :scout)",
    "audit_log": "subject = 'scout' AND subject_id = :scout",
}
"""What is hers through something else."""

LEFT_OUT = {"password_hash", "link_hash"}


class Section(NamedTuple):
    """One table: its name, its title (marked for translation), its columns and its rows."""

    name: str
    title: str
    columns: list[str]
    rows: list[tuple]


def of(tx: apsw.Connection, scout_id: int, by: Person) -> list[Section]:
    """The sections that hold anything, for an adult who may decide for her. Raises NotFound."""
    consents.find_girl(tx, scout_id, by)
    return collected(tx, scout_id)


def collected(tx: apsw.Connection, scout_id: int) -> list[Section]:
    """The same for the box itself."""
    tests = {"scouts": "id = :scout"} | THROUGH
    for table in referring(tx):
        tests.setdefault(table, "scout_id = :scout")
    order = {name: at for at, name in enumerate(TITLES)}
    columns = _columns(tx)
    found = []
    for table in sorted(tests, key=lambda name: (order.get(name, len(order)), name)):
        if table == "guardian_scouts":  # the guardians themselves say it
            continue
        names = ", ".join(f'"{name}"' for name in columns[table])
        where = tests[table]
        rows = list(tx.execute(f'SELECT {names} FROM "{table}" WHERE {where}', {"scout": scout_id}))
        if rows:
            found.append(Section(table, TITLES.get(table, table), columns[table], rows))
    return found


def _columns(tx: apsw.Connection) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in many(
        tx,
        """SELECT tables.name AS in_table, columns.name FROM pragma_table_list AS tables, pragma_table_info(tables.name) AS columns
            WHERE tables.schema = 'main' AND tables.type = 'table' ORDER BY columns.cid""",
    ):
        if row.name not in LEFT_OUT:
            found.setdefault(row.in_table, []).append(row.name)
    return found


def referring(tx: apsw.Connection) -> list[str]:
    """The tables with a column that refers to a girl."""
    return [
        row.name
        for row in many(
            tx,
            """SELECT DISTINCT tables.name FROM pragma_table_list AS tables, pragma_foreign_key_list(tables.name) AS keys
                WHERE tables.schema = 'main' AND tables.type = 'table' AND keys."table" = 'scouts' AND keys."from" = 'scout_id'
                ORDER BY tables.name""",
        )
    ]
