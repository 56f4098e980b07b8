"""The season's packet: every report in one ZIP, made in a thread."""

import io
import threading
import zipfile

import pytest

from gsctracker.config import load
from gsctracker.db.rows import many
from gsctracker.domain.money import receipts, turn_ins
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import tables
from gsctracker.errors import Conflict, NotAllowed, NotFound
from gsctracker.integrations import spreadsheets
from gsctracker.ops import packet
from gsctracker.words import in_english
from tests.factories import make_scout

OLGA = Person(id=1, role="admin", first_name="Olga")


def papers(tx, season_id, scout_id, by):
    """What stands for the PDF of a family."""
    return f"receipts of {scout_id}".encode()


@pytest.fixture
def packets(box, tmp_path):
    found = packet.Packets(load({"DATA_DIR": str(tmp_path)}), box)
    yield found
    found.close()


def test_every_report_is_in_it_to_print_and_to_reckon_with(box, packets):
    made = packets.begin(OLGA, in_english, {}, papers)
    packets.wait()
    assert made.is_ready and made.done == made.total == len(tables.reports(OLGA))
    made.file.seek(0)
    archive = zipfile.ZipFile(io.BytesIO(made.file.read()))
    assert archive.testzip() is None
    inside = archive.namelist()
    assert len(inside) == 2 * made.total + 1
    assert inside[:2] == ["01-last-check.pdf", "01-last-check.xlsx"]
    for report in tables.reports(OLGA):
        (sheet,) = (name for name in inside if name.endswith(f"-{report.name}.xlsx"))
        assert spreadsheets.read(archive.read(sheet), sheet)[0].rows
    assert "The last check" in archive.read("00-contents.txt").decode("utf-8-sig")
    with box.read() as tx:
        noted = many(tx, "SELECT account_id FROM audit_log WHERE action = 'report.taken_away'")
    assert {row.account_id for row in noted} == {OLGA.id} and len(noted) == made.total


def test_the_receipts_of_each_family_are_in_it(box, packets):
    """COOKIE-12: and that they left the box is written down girl by girl."""
    with box.write() as tx:
        ana, bea = make_scout(tx, "Ana"), make_scout(tx, "Bea")
        for _ in range(2):
            receipts.take_money(tx, OLGA, bea, 500, "cash", ahead=True)
        turn_ins.turn_in(tx, OLGA, ana, 500, "cash")
    made = packets.begin(OLGA, in_english, {}, papers)
    packets.wait()
    assert (made.families, made.done) == (1, made.total)
    made.file.seek(0)
    archive = zipfile.ZipFile(io.BytesIO(made.file.read()))
    assert archive.read(f"receipts/family-{bea}.pdf") == f"receipts of {bea}".encode()
    assert "Receipts of each family  (1)" in archive.read("00-contents.txt").decode("utf-8-sig")
    with box.read() as tx:
        noted = many(tx, "SELECT subject_id FROM audit_log WHERE action = 'receipts.taken_away'")
    assert [row.subject_id for row in noted] == [bea]


def test_one_is_made_at_a_time_and_only_who_asked_fetches_it(packets):
    may_go_on = threading.Event()

    def slowly(sentence, params):
        may_go_on.wait(20)
        return in_english(sentence, params)

    first = packets.begin(OLGA, slowly, {}, papers)
    with pytest.raises(Conflict):
        packets.begin(OLGA, in_english, {}, papers)
    may_go_on.set()
    packets.wait()
    assert packets.find(first.token, OLGA).is_ready
    for token, by in ((first.token, Person(2, "admin", "Mia")), ("x", OLGA)):
        with pytest.raises(NotFound):
            packets.find(token, by)
    packets.begin(OLGA, in_english, {}, papers)
    packets.wait()
    with pytest.raises(NotFound):
        packets.find(first.token, OLGA)
    with pytest.raises(NotAllowed):
        packets.begin(Person(3, "leader", "Lea"), in_english, {}, papers)


def test_what_breaks_is_said_and_leaves_nothing(packets, tmp_path):
    def broken(sentence, params):
        raise RuntimeError

    made = packets.begin(OLGA, broken, {}, papers)
    packets.wait()
    assert made.failed and not made.is_made and not made.is_ready
    assert not list((tmp_path / "tmp").iterdir())
