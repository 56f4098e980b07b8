"""Every report's spreadsheet opens in LibreOffice, and what LibreOffice reads there comes to the same sums as the report.

One start of LibreOffice converts them all. Where it is not installed (it is large, and no part of the program needs it) there is
nothing to open them with: the test says so and is passed over.
"""

import csv
import shutil
import subprocess

import pytest

from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import tables
from gsctracker.integrations import tables_out
from gsctracker.ops import demo

SOFFICE = shutil.which("soffice")
OLGA = Person(id=1, role="admin", first_name="Olga")
CENTS = {"money": 100, "boxes": 1}


def sums_of_ours(table):
    """By column that is added up: cents or packages."""
    return {
        at: sum(row[at] or 0 for row in table.rows) for at, column in enumerate(table.columns) if column.kind in CENTS
    }


def sums_of_theirs(file, table):
    """The same from the lines that LibreOffice read, without the headings."""
    lines = list(csv.reader(file.read_text("utf-8").splitlines()))[1:]
    assert len(lines) == len(table.rows), table.name
    return {
        at: round(sum(float(line[at].replace(",", "") or 0) * CENTS[column.kind] for line in lines))
        for at, column in enumerate(table.columns)
        if column.kind in CENTS
    }


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed here (apt-get install libreoffice-calc)")
def test_what_libreoffice_reads_comes_to_our_sums(db, tmp_path):
    """COOKIE-12: each report of a pretend season, money and packages column by column."""
    demo.fill(db, 4, 80, 4)
    with db.read() as tx:
        made = [tables.make(tx, report.name, OLGA) for report in tables.reports(OLGA)]
    books = [tmp_path / f"{table.name}.xlsx" for table in made]
    for table, book in zip(made, books, strict=True):
        book.write_bytes(tables_out.made(table, "xlsx"))
    profile, comma_quotes_utf8 = (
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "csv:Text - txt - csv (StarCalc):44,34,76",
    )
    command = [SOFFICE, profile, "--headless", "--convert-to", comma_quotes_utf8, "--outdir", tmp_path / "read", *books]
    subprocess.run(command, check=True, timeout=120, capture_output=True)
    for table in made:
        assert sums_of_theirs(tmp_path / "read" / f"{table.name}.csv", table) == sums_of_ours(table), table.name
    assert sum(len(sums_of_ours(table)) for table in made) > 40
