"""A family wishes that its girl is forgotten: figures stay, her name goes, no file puts her back, and a fresh copy proves it."""

import json

import apsw
import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db import connections, snapshot
from gsctracker.db.rows import one, run, value
from gsctracker.domain import audit, once
from gsctracker.domain.imports import applying, batches, roster, staging
from gsctracker.domain.people import accounts, consents, families, forgetting, sessions
from gsctracker.domain.sales import orders
from gsctracker.domain.season import seasons
from gsctracker.errors import Conflict, NotAllowed, NotFound
from gsctracker.ops import forgetting as ops_forgetting
from gsctracker.ops.copies import last_named, making
from tests import factories
from tests.web.pages.browsing import OLGA


class RosterFile:
    """A roster as a spreadsheet says it."""

    name = ""
    text = None
    rows = (
        ("First Name", "Last Name", "Grade", "GSUSA ID", "Guardian Name", "Guardian Email"),
        ("Araminta", "Quillfeather", 4, "88112233", "Sunniva Quillfeather", "sunniva@example.org"),
        ("Bea", "Brown", 5, "88112244", "Gia Brown", "gia@example.org"),
    )


@pytest.fixture
def config(tmp_path):
    return Config(data_dir=tmp_path)


def bring_in(box, sha="a"):
    with box.write() as tx:
        batch = staging.stage(tx, None, "roster", roster.parse(RosterFile()), "roster.csv", sha * 64)
        applying.apply(tx, None, batch)
        return batch


@pytest.fixture
def girl(box):
    """Araminta from the council's roster, with an account, a sale, an answer kept for a phone, and her mother's account."""
    bring_in(box)
    with box.write() as tx:
        girl = value(tx, "SELECT id FROM scouts WHERE first_name = 'Araminta'")
        mother = accounts.open_account(
            tx, sign_in_name="sunniva@example.org", first_name="Sunniva", role="caregiver", password_hash=factories.HASH
        )
        families.attach_account(tx, families.by_email(tx, "sunniva@example.org").id, mother)
        factories.make_person(tx, "scout", "Araminta", scout_ids=(girl,))
        orders.take(
            tx,
            OLGA,
            [orders.Item("TM", 7)],
            scout_id=girl,
            customer_name="Grandma Quillfeather",
            notes="Araminta brings them",
        )
        once.keep(tx, "k" * 20, OLGA.id, "a" * 64, 201, b'{"firstName":"Araminta"}')
        return girl


def mother_of(tx, girl):
    account = accounts.named(tx, "sunniva@example.org")
    return sessions.resume(tx, sessions.start(tx, account.id))


def forget(box, config, girl):
    with box.write() as tx:
        forgetting.ask(tx, girl, mother_of(tx, girl))
    return ops_forgetting.carry_out(config, box, girl, OLGA)


def test_her_name_is_nowhere_in_a_fresh_copy_and_her_boxes_are(box, config, girl, tmp_path):
    """AUTH-06, AUTH-08: deletion is proven on a fresh copy: no table, no index and no byte of it holds her name."""
    proof = forget(box, config, girl)
    assert proof.found == ()
    assert proof.words >= 3
    snapshot.copy_out(apsw.Connection(str(box.path)), tmp_path / "fresh.db")
    with box.read() as tx:
        row = one(tx, "SELECT first_name, last_initial, status FROM scouts WHERE id = :id", id=girl)
        assert (row.first_name, row.last_initial, row.status) == ("Scout", str(girl), "inactive")
        assert value(tx, "SELECT boxes FROM orders WHERE scout_id = :id", id=girl) == 7
        assert value(tx, "SELECT action FROM audit_log WHERE action = 'child.deleted'") == "child.deleted"
    raw = (tmp_path / "fresh.db").read_bytes().lower()
    for word in (b"araminta", b"quillfeather", b"sunniva", b"88112233"):
        assert word not in raw


def test_the_search_that_proves_it_finds_what_is_left(box, config, girl):
    """The proof can fail: a leader's note in the journal is never edited, so the page names the place."""
    with box.write() as tx:
        run(
            tx,
            """INSERT INTO journal (season_id, kind, day, recorded_at, note)
               VALUES (1, 'T2G', '2026-02-14', :now, 'for araminta')""",
            now=clock.now(),
        )
    assert forget(box, config, girl).found == ("journal.note",)


def test_no_file_puts_her_back(box, config, girl):
    """AUTH-06: the tombstone survives the next import of the same roster, and keeps no name of it either."""
    forget(box, config, girl)
    with box.read() as tx:
        before = value(tx, "SELECT count(*) FROM scouts")
    batch = bring_in(box, "b")
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM scouts") == before
        assert value(tx, "SELECT first_name FROM scouts WHERE id = :id", id=girl) == "Scout"
        rows = batches.lines(tx, batch, "refused")
        assert [str(row.reasons[0]) for row in rows] == [
            "She was forgotten at her family's wish, so this row is left out. Add her by hand if they came back."
        ]
        assert "araminta" not in json.dumps([vars(row) for row in rows], default=str).lower()
        assert families.by_email(tx, "sunniva@example.org") is None
    assert ops_forgetting.look_for(config, box, ["araminta", "quillfeather"]) == ()


def test_a_girl_typed_in_by_hand_is_not_put_back_by_her_whole_name(box, config):
    """AUTH-06: the leader who confirms gives her whole name; only its hash is kept."""
    with box.write() as tx:
        girl = factories.make_scout(tx, "Araminta", "Q.")
        mother = factories.make_person(tx, "caregiver", "Sunniva", scout_ids=(girl,))
        forgetting.ask(tx, girl, mother)
    ops_forgetting.carry_out(config, box, girl, OLGA, "Araminta Quillfeather")
    bring_in(box)
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM scouts WHERE first_name = 'Araminta'") == 0


def test_everybody_of_hers_is_signed_out_and_a_sister_keeps_her_mother(box, config, girl):
    with box.write() as tx:
        household = value(tx, "SELECT household_id FROM scouts WHERE id = :id", id=girl)
        sister = factories.make_scout(tx, "Tilda", "Q.", household_id=household)
        families.link(tx, families.by_email(tx, "sunniva@example.org").id, sister, None)
        token = sessions.start(tx, value(tx, "SELECT id FROM accounts WHERE scout_id = :id", id=girl))
    forget(box, config, girl)
    with box.read() as tx:
        assert sessions.resume(tx, token) is None
        assert accounts.named(tx, "sunniva@example.org").state == "active"
        assert mother_of_reads(tx) == {sister}


def mother_of_reads(tx):
    account = accounts.named(tx, "sunniva@example.org").id
    return {row.id for row in families.of_accounts(tx, [account])[account]}


def test_it_needs_a_wish_and_a_leader(box, config, girl):
    with pytest.raises(NotFound, match="Nobody has asked"):
        ops_forgetting.carry_out(config, box, girl, OLGA)
    with box.write() as tx:
        mother = mother_of(tx, girl)
        other = factories.make_person(tx, "caregiver", "Dora", scout_ids=(factories.make_scout(tx, "Cleo", "C."),))
        with pytest.raises(NotFound):
            forgetting.ask(tx, girl, other)
        forgetting.ask(tx, girl, mother)
        with pytest.raises(Conflict, match="asked for already"):
            forgetting.ask(tx, girl, mother)
    with pytest.raises(NotAllowed):
        ops_forgetting.carry_out(config, box, girl, mother)
    with box.write() as tx:
        forgetting.take_back(tx, girl, mother)
    with pytest.raises(NotFound):
        ops_forgetting.carry_out(config, box, girl, OLGA)


@pytest.mark.parametrize(
    "attack",
    [
        "UPDATE scouts SET first_name = 'Ana'",
        "UPDATE scouts SET grade = 4",
        "UPDATE scouts SET forgotten_at = NULL",
        "DELETE FROM forgotten_names",
        "UPDATE forgotten_names SET scout_id = 2",
        "INSERT INTO scout_aliases (source, hash, scout_id) SELECT 'name', hash, scout_id FROM forgotten_names",
    ],
)
def test_the_file_itself_does_not_bring_her_back(box, config, girl, attack):
    """AUTH-06: a_forgotten_girl_stays_so, forgotten_names_are_kept, forgotten_names_stay, a_forgotten_girl_gets_no_name."""
    forget(box, config, girl)
    with box.write() as tx, pytest.raises(apsw.ConstraintError, match="stays forgotten"):
        run(tx, attack if "scouts SET" not in attack else f"{attack} WHERE forgotten_at IS NOT NULL")


def test_the_last_copy_with_her_name_has_a_day(box, config):
    """AUTH-06: the page says when the last copy ends: months are kept for a year, a season's end for ever."""
    at = "2026-02-14T02:00:00Z"
    copies = [
        last_named._ToCome("a", 1, "2026-01-10T02:00:00Z"),
        last_named._ToCome("b", 2, "2026-02-13T02:00:00Z", kind="season-end"),
    ]
    ends = last_named.foreseen(copies, at, 30)
    assert ends.for_ever == ("b",)
    assert "2026-12-01" < ends.on < "2027-04-01"


def test_putting_back_a_copy_of_before_does_not_bring_her_back(box, config, girl, tmp_path):
    """AUTH-06: the deletion and a withdrawal outlast a restore of a copy in which neither had happened."""
    with box.write() as tx:
        other = factories.make_scout(tx, "Cleo", "C.")
        factories.make_person(tx, "scout", "Cleo", scout_ids=(other,))
    copy = tmp_path / "before.db"
    making.take(box, copy)
    forget(box, config, girl)
    with box.write() as tx:
        consents.withdraw(tx, other, OLGA)
    writer = connections.open_writer(copy)
    writer.execute("BEGIN IMMEDIATE")
    ops_forgetting.carry_over(writer, box.path)
    writer.execute("COMMIT")
    assert one(writer, "SELECT first_name FROM scouts WHERE id = :id", id=girl).first_name == "Scout"
    assert consents.standing(writer, other) is None
    assert value(writer, "SELECT state FROM accounts WHERE scout_id = :id", id=other) == "disabled"
    assert value(writer, "SELECT count(*) FROM forgotten_names WHERE scout_id = :id", id=girl) >= 3
    assert audit.broken(writer) is None
    writer.execute("BEGIN IMMEDIATE")
    ops_forgetting.carry_over(writer, box.path)  # a second time changes nothing
    writer.execute("COMMIT")
    assert value(writer, "SELECT count(*) FROM audit_log WHERE action = 'child.deleted_again'") == 1
    writer.close()


def a_season_later(box, days_ago):
    """The season ended, was put away, and the next one began so many days ago."""
    with box.write() as tx:
        run(tx, "UPDATE scouts SET created_at = :long_ago", long_ago=clock.after(days=-400))
        seasons.begin(tx, 2027, "lbb", by=OLGA)
        run(tx, "UPDATE seasons SET created_at = :at WHERE is_current = 1", at=clock.after(days=-days_ago))
        run(tx, "UPDATE seasons SET status = 'archived' WHERE is_current = 0")


def test_girls_who_left_lose_their_names_sixty_days_into_the_next_season(box, config, girl, tmp_path):
    """AUTH-12: past seasons are pseudonymised: who is on the roster keeps her name, and figures stay."""
    with box.write() as tx:
        run(tx, "UPDATE scouts SET status = 'inactive' WHERE id = :id", id=girl)
    a_season_later(box, 59)
    assert ops_forgetting.forget_who_left(config, box) is None
    with box.write() as tx:
        run(tx, "UPDATE seasons SET created_at = :at WHERE is_current = 1", at=clock.after(days=-61))
    assert ops_forgetting.forget_who_left(config, box) == "1 girls of past seasons have no name here any more"
    assert ops_forgetting.look_for(config, box, ["araminta", "quillfeather", "sunniva"]) == ()
    with box.read() as tx:
        assert value(tx, "SELECT group_concat(first_name ORDER BY id) FROM scouts") == "Scout,Bea"
        assert value(tx, "SELECT boxes FROM orders WHERE scout_id = :id", id=girl) == 7
        assert value(tx, "SELECT count(*) FROM forgotten_names") == 0
    assert ops_forgetting.forget_who_left(config, box) is None
    bring_in(box, "b")  # she comes back, and is a new girl
    with box.read() as tx:
        assert value(tx, "SELECT group_concat(first_name ORDER BY id) FROM scouts") == "Scout,Bea,Araminta"


@pytest.mark.parametrize(
    "reason",
    [
        "UPDATE scouts SET status = 'active'",
        "UPDATE seasons SET status = 'settled' WHERE is_current = 0",
        """INSERT INTO journal (season_id, kind, day, recorded_at, scout_id)
           SELECT seasons.id, 'T2G', '2027-01-10', seasons.created_at, scouts.id FROM seasons, scouts
            WHERE is_current = 1 AND first_name = 'Araminta'""",
        "UPDATE scouts SET created_at = strftime('%Y-%m-%dT%H:%M:%SZ', 'now')",
    ],
)
def test_a_girl_with_something_still_open_keeps_her_name(box, config, girl, reason):
    with box.write() as tx:
        run(tx, "UPDATE scouts SET status = 'inactive' WHERE id = :id", id=girl)
    a_season_later(box, 90)
    with box.write() as tx:
        run(tx, reason)
    assert ops_forgetting.forget_who_left(config, box) is None
