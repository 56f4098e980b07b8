"""How SQLite answers the reports, compared with the plans that somebody has looked at."""

import difflib

import apsw

from tests.db import report_plans


def test_the_plans_of_the_reports_are_those_that_were_looked_at(tmp_path):
    """DB-24: a report that is joined in another way fails here, with the difference."""
    now, kept = report_plans.made(tmp_path), report_plans.KEPT.read_text(encoding="utf-8")
    change = "\n".join(difflib.unified_diff(kept.splitlines(), now.splitlines(), "looked at", "now", lineterm="", n=8))
    assert now == kept, (
        f"SQLite {apsw.sqlite_lib_version()} answers a report in another way:\n{change}\n"
        "If that is meant, run `python -m tests.db.report_plans` and look at what changed in report_plans.txt."
    )


def test_the_large_tables_of_the_reports_are_reached_by_indexes():
    """DB-24: where a report goes through a ledger, an index covers what it reads or leads to its rows."""
    plans = report_plans.KEPT.read_text(encoding="utf-8").splitlines()
    scans = [line.strip() for line in plans if line.strip().startswith("SCAN")]
    ledgers = ("orders", "order_lines", "journal", "box_moves", "credits")
    # money_entries is read as it lies for the balances: an index with both accounts and the cents would be the table again
    bare = [line for line in scans if line.split()[1] in ledgers and "INDEX" not in line]
    assert len(plans) > 50
    assert bare == []
