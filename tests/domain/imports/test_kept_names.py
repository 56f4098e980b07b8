"""AUTH-05: what is kept of the girls in a file: no number of theirs, and their names only while somebody has to be asked."""

import pytest
from bring_in import apply, counts, credit, orders, reasons, report, stage, transfers

from gsctracker import clock, config
from gsctracker.db.rows import many, value
from gsctracker.domain.imports import answers, batches, reviewing
from gsctracker.errors import Conflict
from gsctracker.ops import upkeep
from tests.factories import make_scout

NUMBER, OFFICE_NUMBER = "900000417", "77001"


def report_of(name, **more):
    row = {"OrderID": "1", "GirlName": name, "GirlID": OFFICE_NUMBER, "GSUSAID": NUMBER, "C6": "0/5", "Total": "0/5"}
    return report(row | more)


def roster(*lines, name="roster.csv"):
    return ("First Name,Last Name,GSUSA ID\n" + "\n".join(lines)).encode(), name


def everything(tx):
    """Every text that the file holds."""
    tables = [
        row.name
        for row in many(tx, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'order_search%'")
    ]
    return str([tx.execute(f"SELECT * FROM {table}").fetchall() for table in tables])


def office_girl(tx, batch):
    return value(tx, "SELECT scout_id FROM import_rows WHERE batch_id = :id", id=batch)


def test_a_girl_met_by_name_is_known_by_her_number_when_her_name_has_changed(tx, admin):
    ana = make_scout(tx, "Ana", "R.")
    apply(tx, admin, report_of("Ana Rivera"))

    married = apply(tx, admin, report_of("Anita Lopez", OrderID="2", GirlID="5"))
    other_year = apply(tx, admin, report_of("Anna Lopes", OrderID="3", GSUSAID=None))
    assert office_girl(tx, married) == ana == office_girl(tx, other_year)
    stranger = apply(tx, admin, report_of("Zoe Quill", OrderID="4", GirlID="6", GSUSAID="900000999"))
    assert counts(tx, stranger)["refused"] == 1


def test_the_number_of_the_roster_finds_her_in_the_office_report(tx, admin):
    content, name = roster(f"Ana,Rivera,{NUMBER}")
    apply(tx, admin, content, name=name)
    (ana,) = [row.id for row in many(tx, "SELECT id FROM scouts")]

    batch = apply(tx, admin, report_of("Annie R"))
    assert office_girl(tx, batch) == ana


def test_two_girls_of_one_name_are_told_apart_by_their_numbers(tx, admin):
    content, name = roster("Ana,Rivera,900000001", "Ana,Rivera,900000002")
    apply(tx, admin, content, name=name)
    first, second = [row.id for row in many(tx, "SELECT id FROM scouts ORDER BY id")]

    batch = apply(tx, admin, content + b"\n", name=name)
    assert counts(tx, batch) == {"same": 2}
    reports = [apply(tx, admin, report_of("Ana Rivera", OrderID=n, GirlID=n, GSUSAID=f"90000000{n}")) for n in "12"]
    assert [office_girl(tx, each) for each in reports] == [first, second]


def test_another_number_under_a_known_name_is_remarked_on_and_not_taken_for_hers(tx, admin):
    content, name = roster("Ana,Rivera,900000001")
    apply(tx, admin, content, name=name)
    content, name = roster("Ana,Rivera,900000002")
    batch = apply(tx, admin, content, name=name)

    assert "known by another GSUSA number" in reasons(tx, batch)[0]
    assert value(tx, "SELECT count(*) FROM scouts") == 1
    stranger = apply(tx, admin, report_of("Zoe Quill", GSUSAID="900000002"))
    assert counts(tx, stranger)["refused"] == 1, "the number was not remembered as Ana's"


def test_no_number_is_kept_neither_before_nor_after_she_is_known(tx, admin):
    batch = apply(tx, admin, report_of("Zoe Quill"))
    content, name = roster(f"Ana,Rivera,{NUMBER}1", f",,{NUMBER}2")
    stage(tx, admin, content, name=name)
    assert NUMBER not in everything(tx) and OFFICE_NUMBER not in everything(tx)

    zoe = make_scout(tx, "Zoe", "Q.")
    (ask,) = batches.asks(tx, batch)
    answers.resolve(tx, admin, "smart-cookies", ask.kind, ask.said, str(zoe))
    apply(tx, admin, report_of("Zoe Quill"))
    apply(tx, admin, content, name=name)
    assert NUMBER not in everything(tx)
    again = apply(tx, admin, report_of("Zoe Quince", OrderID="2"))
    assert office_girl(tx, again) == zoe


def test_a_roster_that_was_applied_leaves_no_surname_behind(tx, admin):
    content, name = roster(f"Ana,Quillfeather,{NUMBER}", "Bea,Quillfeather,")
    apply(tx, admin, content, name=name)
    assert "uillfeather" not in everything(tx)


def test_throwing_a_staged_file_away_throws_the_names_away(tx, admin):
    batch = stage(tx, admin, orders({"Girl First Name": "Zoe", "Girl Last Name": "Quillfeather"}))
    assert "Quillfeather" in everything(tx), "until somebody says who she is"

    reviewing.discard(tx, admin, batch)
    assert "Quillfeather" not in everything(tx)
    assert value(tx, "SELECT count(*) FROM import_rows") == 0


def test_what_was_applied_cannot_be_thrown_away(tx, admin):
    make_scout(tx, "Ana", "R.")
    batch = apply(tx, admin, orders({}))
    with pytest.raises(Conflict):
        reviewing.discard(tx, admin, batch)


def test_after_thirty_days_the_job_throws_away_what_nobody_applied(box, admin):
    with box.write() as tx:
        ana = make_scout(tx, "Ana", "R.")
        old = stage(tx, admin, orders({"Girl First Name": "Zoe", "Girl Last Name": "Quillfeather"}))
        young = stage(tx, admin, transfers({"type": "C2T", "number": "1", "cookies": {"TM": 12}}))
        applied = apply(tx, admin, orders({"Order Number": "2"}))
        for batch, days in ((old, 31), (young, 29), (applied, 60)):
            tx.execute("UPDATE import_batches SET staged_at = ? WHERE id = ?", (clock.after(days=-days), batch))

    assert upkeep.discard_unfinished_imports(config.load({}, box.path.parent), box).startswith("1 ")

    with box.read() as tx:
        assert [row.id for row in many(tx, "SELECT id FROM import_batches ORDER BY id")] == [young, applied]
        assert "Quillfeather" not in everything(tx)
        assert credit(tx, ana) == {"own": 5}
