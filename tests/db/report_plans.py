"""How SQLite answers the reports, as text: `python -m tests.db.report_plans` writes report_plans.txt anew."""

import tempfile
from pathlib import Path

from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import summary, tables, today
from gsctracker.domain.season import seasons
from tests.db.filled import season_of
from tests.db.spoken import query_plan

KEPT = Path(__file__).with_name("report_plans.txt")
ADMIN = Person(id=1, role="admin", first_name="Olga")


def made(folder: Path) -> str:
    """The plan of each statement of each report, under the name of the function that asks."""
    found = set()
    for season in season_of(folder, 5, 60, 4):
        season.said.origins.clear()
        with season.db.read() as tx:
            current = seasons.current(tx).id
            for report in tables.reports(ADMIN):
                tables.make(tx, report.name, ADMIN)
            summary.totals(tx, current)
            summary.scouts(tx, current, ADMIN)
            summary.per_day(tx, current, ADMIN)
            summary.credit_of(tx, current, 1, ADMIN)
            today.for_person(tx, current, ADMIN)
            for sql, origins in list(season.said.origins.items()):
                if sql.lstrip().startswith(("SELECT", "WITH")):
                    plan = "\n".join(f"    {line}" for line in query_plan(tx, sql, season.said.with_values[sql]))
                    found |= {f"{origin}\n{plan}\n" for origin in origins if origin != "a test"}
    return "\n".join(sorted(found))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        KEPT.write_text(made(Path(name)), encoding="utf-8")
