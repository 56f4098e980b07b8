"""How SQLite answers what the program really asks in a season: nothing large is read whole, and every index is used."""

import re

import pytest

from gsctracker.db.rows import many
from gsctracker.errors import Refusal
from tests.db.filled import season_of
from tests.db.journeys import everything_else
from tests.db.spoken import plan_of, query_plan

LARGE = {
    "orders", "order_lines", "journal", "box_moves", "money_entries", "credits", "import_rows", "audit_log", "sessions",
    "office_lines",
}  # fmt: skip
"""Tables that grow with the season: thousands of rows."""


@pytest.fixture(scope="module")
def season(tmp_path_factory):
    """Twelve girls, and everybody has looked at every page and done everything once."""
    for season in season_of(tmp_path_factory.mktemp("plans"), 12, 300, 6):
        for role in ("admin", "cookie_leader", "leader", "caregiver", "scout"):
            browser = season.browser(role)
            for page in season.pages().values():
                assert browser.get(page).status_code < 500, page
        try:
            everything_else(season.db)
        except Refusal as no:  # pragma: no cover - says which step of the journey went wrong
            pytest.fail(str(no))
        yield season


SUMS = "a sum over the whole season, asked once a page and kept until something is written"
ARE_MEANT_TO_READ_ALL = {
    "money/closing_identity._repriced": SUMS,
    "reports/summary.products": SUMS,
    "season_review.figures": SUMS + " (once a season, when it is over)",
    "booths/packing.popularity": SUMS + " (what sells: kept for hours)",
    "ops/copies/protection.unprotected_seconds": "looks for the first entry after an instant, once a scrape and once a job",
    "sales/goals.goals": SUMS + " (the troop's own goal)",
    "ops/metrics._read": "counts the sales by status from an index alone, once a scrape",
    "people/accounts.open_account": "as people/scouts.add_scout, because a trigger looks at a girl's consent; a few dozen times a year",
    "reports/data_of_a_child.collected": "all that is kept of one girl, for her family: once or twice a season, no index pays for it",
    "audit.note": "the greatest id and its one row: the end of the table, however long it is",
    "audit.page": "the admin's page: newest first and by the id, it ends after 51 lines that fit; an index would cost every sale",
    "audit.subjects": "the same page's list of what lines are about",
    "audit.forget": "a job of the night: an index on the time would cost every entry, this one DELETE reads it once",
    "people/scouts.add_scout": "SQLite would look there only for a foreign key that was put off to the commit; none is",
}
"""Functions whose statements read a large table whole, each with its reason: sums over the season have to see its rows."""


@pytest.fixture(scope="module")
def planned(season):
    """Statements that read or write rows -> who asked for them, and what SQLite does about them."""
    heard = {
        sql: origins
        for sql, origins in season.said.origins.items()
        if re.match(r"\s*(SELECT|INSERT|UPDATE|DELETE|WITH)\b", sql) and origins != {"a test"}
    }
    with season.db.read() as tx:
        return {sql: (origins, plan_of(tx, sql, season.said.with_values[sql])) for sql, origins in heard.items()}


def test_no_large_table_is_read_whole_without_a_reason(season, planned):
    """DB-10: a new statement without an index fails here; what has to read everything says why."""
    found = []
    with season.db.read() as tx:
        for sql, (origins, plan) in planned.items():
            whole, unexplained = plan.whole & LARGE, origins - set(ARE_MEANT_TO_READ_ALL)
            if whole and unexplained:
                lines = "\n    ".join(query_plan(tx, sql, season.said.with_values[sql]))
                found.append(
                    f"{', '.join(sorted(unexplained))} reads all of {', '.join(sorted(whole))}:\n  {sql}\n    {lines}"
                )
    assert not found, "\n\n".join(found)


def test_every_exception_is_still_one(planned):
    """A reason that is not needed any more is taken off the list."""
    needed = {name for origins, plan in planned.values() if plan.whole & LARGE for name in origins}
    assert not sorted(set(ARE_MEANT_TO_READ_ALL) - needed)


def test_every_index_is_used(season, planned):
    """DB-01: each index of schema.sql is in the plan of a statement that the program really says."""
    with season.db.read() as tx:
        rows = many(tx, "SELECT name, sql FROM sqlite_schema WHERE type = 'index' AND sql NOT NULL")
    indexes = {row.name for row in rows if not row.sql.startswith("CREATE UNIQUE")}
    used = {name for _, plan in planned.values() for name in plan.used}
    unused = sorted(indexes - used - set(NOT_ASKED_IN_THIS_SEASON))
    assert not unused, "nobody uses these: remove them"
    assert not set(NOT_ASKED_IN_THIS_SEASON) - indexes


NOT_ASKED_IN_THIS_SEASON = {
    "import_batches_by_content": "imports: has this file been here before",
    "import_batches_by_season": "imports: the list of files",
    "import_rows_by_batch": "imports: the preview of a file",
    "import_rows_by_key": "imports: what was known under this key",
    "import_rows_waiting": "imports: rows that wait for an answer",
    "journal_by_batch": "imports: the entries of a file that is undone",
    "office_lines_by_batch": "imports: the lines of a file that is undone",
    "office_lines_by_key": "imports: the line of a key",
}
"""Indexes of what this season does not do, with what asks for them; the tests of imports look at those plans."""


def test_the_plan_reader_sees_a_scan(season):
    """Otherwise the tests above would pass whatever is asked."""
    with season.db.read() as tx:
        assert plan_of(tx, "SELECT * FROM orders WHERE notes = 'x'").whole == {"orders"}
        assert plan_of(tx, "SELECT count(*) FROM journal AS j WHERE note = 'x'").whole == {"journal"}
        assert plan_of(tx, "SELECT * FROM orders WHERE id = 1").whole == set()
        assert "orders_by_scout" in plan_of(tx, "SELECT * FROM orders WHERE scout_id = 1").used
    with season.db.write() as tx:
        tx.execute("CREATE TRIGGER slow AFTER INSERT ON goals BEGIN DELETE FROM orders WHERE notes = 'x'; END")
        assert plan_of(tx, "INSERT INTO goals (season_id, boxes) VALUES (1, 1)").whole == {"orders"}
        tx.execute("DROP TRIGGER slow")


# The number of statements does not grow with the rows -----------------------------------------------------------------

MOST_STATEMENTS = 40
ONCE_A_TABLE = {"/scouts/<id:scout_id>/data"}
"""All that is kept of a girl: every table that refers to her is asked once."""
WITH_A_FORECAST = {"/"}
"""In the example season a withdrawal of the council is near, and Today reckons what must be at the bank for it."""


@pytest.fixture(scope="module")
def counted(tmp_path_factory):
    """For 5 and for 50 scouts: page -> how many statements a leader's first look at it takes."""
    found = []
    for scouts in (5, 50):
        for season in season_of(tmp_path_factory.mktemp(f"scouts{scouts}"), scouts, scouts * 8, 4):
            browser = season.browser("cookie_leader")
            counts = {}
            for rule, page in season.pages().items():
                browser.get("/api/auth/me")  # who asks is known again, should a minute have passed
                del season.said.spoken[:]
                browser.get(page)
                counts[rule] = len(season.said.spoken)
            found.append(counts)
    return found


def test_a_page_asks_as_often_for_50_scouts_as_for_5(counted):
    """DB-02: no page asks once a row."""
    few, many_ = counted
    assert few.keys() == many_.keys()
    assert not {page: (few[page], many_[page]) for page in few if many_[page] > few[page] + 1}


def test_no_page_asks_too_often(counted):
    assert not {
        page: count
        for page, count in counted[1].items()
        if count > (70 if page in ONCE_A_TABLE else 52 if page in WITH_A_FORECAST else MOST_STATEMENTS)
    }
