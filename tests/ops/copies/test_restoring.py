"""A copy in the place of the present data: exactly what was in it, nothing of before, and the way back."""

import json
import shutil
import threading

import apsw
import pytest

from gsctracker import clock
from gsctracker.db import Closed, Database, carrying
from gsctracker.db.rows import many, one, value
from gsctracker.domain import once
from gsctracker.domain.people import invitations, scouts, sessions
from gsctracker.errors import Conflict, Refusal
from gsctracker.ops.copies import finding, making, places, restoring, staging
from gsctracker.web.visitors import SignedIn
from tests import factories
from tests.db.one_of_each import good, insert
from tests.ops.copies.troops import OLGA, add_scouts, changed, copied, put_back, scouts_in


def test_the_state_of_the_copy_is_back_and_the_one_before_is_kept(made):
    """BAK-15: a verified copy of the present is made first, pinned, and named in the record."""
    config, db = made
    copied(config, db)
    add_scouts(db, 4)
    done = put_back(config, db)
    assert scouts_in(db) == 3
    with db.read() as tx:
        record = one(tx, "SELECT * FROM restore_runs")
        kept = one(tx, "SELECT * FROM copy_runs WHERE name = :name", name=done.before.name)
        assert value(tx, "PRAGMA journal_mode") == "wal"
        assert value(tx, "PRAGMA integrity_check") == "ok"
    assert (record.result, record.asked_by, record.before_name) == ("done", "Olga", done.before.name)
    assert kept.kind == "pre-restore" and kept.pinned_until > clock.after(days=7)
    assert json.loads(record.loss)["scouts"] == [4, 0, 0]


def test_taking_it_back_gives_exactly_the_earlier_figures(made):
    """BAK-15: undo within seven days; and the undoing can be undone."""
    config, db = made
    copied(config, db)
    add_scouts(db, 4)
    with db.read() as tx:
        before = many(tx, "SELECT * FROM scouts")
    put_back(config, db)
    for wanted in (before, before[:3]):
        with db.read() as tx:
            last = restoring.last_undoable(tx)
        with staging.stage(config, finding.find(config, last.before_name)) as staged:
            restoring.restore(config, db, staged, undoes=last.id)
        with db.read() as tx:
            assert many(tx, "SELECT * FROM scouts") == wanted
            assert value(tx, "SELECT result FROM restore_runs WHERE id = :id", id=last.id) == "undone"


def test_after_seven_days_there_is_nothing_to_take_back(made):
    config, db = made
    copied(config, db)
    put_back(config, db)
    with db.write() as tx:
        tx.execute("UPDATE restore_runs SET undo_until = '2026-01-01T00:00:00Z'")
    with db.read() as tx, pytest.raises(Refusal, match="no restore of the last 7 days"):
        restoring.last_undoable(tx)


def test_what_would_be_lost_is_counted_as_by_hand(made):
    """BAK-22: rows that only the present has, only the copy has, and that differ."""
    config, db = made
    with db.write() as tx:
        leaving = scouts.open_household(tx, "Leaving")
    copied(config, db)
    add_scouts(db, 5)
    with db.write() as tx:
        tx.execute("UPDATE scouts SET first_name = 'Bea' WHERE id IN (1, 2)")
        tx.execute("DELETE FROM households WHERE id = :id", {"id": leaving})
    with staging.stage(config, finding.find(config)) as staged:
        lost = restoring.loss(config, staged)
        present, copy = apsw.Connection(str(config.database)), apsw.Connection(str(staged.path))
        for table, each in lost.items():
            if table in ("scouts", "households"):
                here, there = (
                    {row[0]: row for row in connection.execute(f"SELECT * FROM {table}")}
                    for connection in (present, copy)
                )
                assert each.only_here == len(here.keys() - there.keys())
                assert each.only_there == len(there.keys() - here.keys())
                assert each.changed == sum(here[key] != there[key] for key in here.keys() & there.keys())
        present.close()
        copy.close()
    assert vars(lost["scouts"]) == {"only_here": 5, "only_there": 0, "changed": 2}
    assert lost["households"].only_there == 1


def test_nobody_is_signed_in_and_no_link_of_then_works(made):
    """Fault 5, BAK-17: sessions that ended since, invitations that were used since, do not come back to life."""
    config, db = made
    with db.write() as tx:
        token = sessions.start(tx, 1, "phone")
        secret = invitations.invite(tx, "bea@example.org", "leader", by=OLGA)
    signed_in = SignedIn(db)
    copied(config, db)
    with db.write() as tx:
        again = sessions.start(tx, 1, "laptop")
    assert signed_in.person(again).first_name == "Olga"
    put_back(config, db)
    assert signed_in.person(token) is None
    assert signed_in.person(again) is None
    with db.read() as tx, pytest.raises(Refusal):
        invitations.open_invitation(tx, secret)


def keyring(db, *names):
    """A passkey of the first account for each name, an outside account and a calendar link."""
    with db.write() as tx:
        for name in names:
            insert(tx, "passkeys", good("passkeys", account_id=1, credential_id=f"credential-of-{name}", name=name))
        insert(tx, "outside_identities", good("outside_identities", account_id=1))
        insert(tx, "calendar_links", good("calendar_links", account_id=1))


def opens(db):
    """How many there are of what opens the box without a password."""
    with db.read() as tx:
        return [
            value(tx, f"SELECT count(*) FROM {table}") for table in ("passkeys", "outside_identities", "calendar_links")
        ]


def test_what_was_taken_back_since_stays_taken_back(made):
    """BAK-17: the passkey of a lost phone opens nothing again; taking the restore back gives exactly what was."""
    config, db = made
    keyring(db, "her laptop", "a lost phone")
    copied(config, db)
    with db.write() as tx:
        tx.execute("DELETE FROM passkeys WHERE name = 'a lost phone'")
        tx.execute("DELETE FROM outside_identities")
        tx.execute("DELETE FROM calendar_links")
        insert(
            tx, "passkeys", good("passkeys", account_id=1, credential_id="credential-of-a-new-one", name="a new phone")
        )
    put_back(config, db, places.local(config).listed()[0].name)
    assert opens(db) == [1, 0, 0]
    with db.read() as tx:
        assert value(tx, "SELECT name FROM passkeys") == "her laptop"
        last = restoring.last_undoable(tx)
    with staging.stage(config, finding.find(config, last.before_name)) as staged:
        restoring.restore(config, db, staged, undoes=last.id)
    assert opens(db) == [2, 0, 0]


def test_another_generation_and_what_the_box_knows_of_itself_goes_along(made):
    """BAK-17: the marks that caches carry differ; the lists of copies, jobs and restores are not taken back in time."""
    config, db = made
    copied(config, db)
    copied(config, db)
    with db.write() as tx:
        tx.execute("INSERT INTO job_runs (job, started_at) VALUES ('optimize', '2026-02-14T09:20:00Z')")
    with db.read() as tx:
        generation = value(tx, "SELECT generation FROM instance")
    mark, era = db.generation(), db.era()
    put_back(config, db, places.local(config).listed()[0].name)
    with db.read() as tx:
        assert value(tx, "SELECT generation FROM instance") != generation
        assert value(tx, "SELECT count(*) FROM copy_runs") == 3
        assert value(tx, "SELECT count(*) FROM job_runs") == 1
    assert db.generation() != mark and db.era() != era
    made_next = making.make(config, db, force=True)
    assert made_next.sequence == 4 and not made_next.suspicious


def test_an_operation_that_is_offered_again_is_neither_lost_nor_doubled(made):
    """Faults 56 and 68: an answer is kept exactly where its effect is: what came after the copy is done anew, once."""
    config, db = made

    def offered(key):
        with db.write() as tx:
            if once.recall(tx, key, 1, "a" * 64):
                return
            factories.make_scout(tx, key)
            once.keep(tx, key, 1, "a" * 64, 201, b"{}")

    offered("Ada")
    copied(config, db)
    offered("Bea")
    put_back(config, db)
    assert scouts_in(db) == 4
    for key in ("Ada", "Bea", "Ada", "Bea"):
        offered(key)
    assert scouts_in(db) == 5


def test_a_raw_file_is_put_back_too(made, tmp_path):
    """BAK-13: compressed and plain, with --unverified where no manifest lies beside it."""
    config, db = made
    file, _ = copied(config, db)
    with staging.stage(config, file) as staged:
        shutil.copy(staged.path, tmp_path / "raw.db")
    add_scouts(db, 1)
    put_back(config, db, str(tmp_path / "raw.db"), unverified=True)
    assert scouts_in(db) == 3


def test_pages_of_another_size_are_made_to_fit(made, tmp_path):
    """R9a: SQLite refuses to swap between page sizes, so the staged file gets the live one's."""
    config, db = made
    file, _ = copied(config, db)
    raw = tmp_path / "raw.db"
    with staging.stage(config, file) as staged:
        shutil.copy(staged.path, raw)
    changed(raw, "PRAGMA page_size = 8192", "VACUUM")
    add_scouts(db, 1)
    put_back(config, db, str(raw), unverified=True)
    assert carrying.page_size_of(config.database) == 4096
    assert scouts_in(db) == 3


def test_somebody_who_writes_while_the_first_copy_is_made_is_in_the_copy_before(made, monkeypatch):
    """BAK-14: the copy of the state before holds every answered write, however late it came."""
    config, db = made
    copied(config, db)
    real = making.make

    def slow(*given, **named):
        found = real(*given, **named)
        if scouts_in(db) == 3:
            writer = threading.Thread(target=add_scouts, args=(db, 1))
            writer.start()
            writer.join()
        return found

    monkeypatch.setattr(making, "make", slow)
    done = put_back(config, db)
    monkeypatch.undo()
    assert scouts_in(db) == 3
    put_back(config, db, done.before.name)
    assert scouts_in(db) == 4


def test_a_restore_that_fails_leaves_everything_as_it_was(made, monkeypatch):
    """Fault 14: no room for the copy before; nobody is kept from writing afterwards."""
    config, db = made
    copied(config, db)
    add_scouts(db, 1)

    def full(*_, **__):
        raise Conflict("no room", "no_space")

    monkeypatch.setattr(making, "make", full)
    with pytest.raises(Conflict):
        put_back(config, db)
    assert db.is_open()
    add_scouts(db, 1)
    assert scouts_in(db) == 5


def test_a_full_disk_at_the_swap_leaves_the_old_content(made):
    """Fault 14: SQLite itself finds no room for the copy's pages; the message names the bytes."""
    config, db = made
    with db.write() as tx:
        for number in range(50):
            once.keep(tx, f"key {number}", 1, "a" * 64, 201, bytes(4000))
    copied(config, db)
    with db.write() as tx:
        tx.execute("DELETE FROM once_answers")
    db._writer.execute("VACUUM")
    add_scouts(db, 1)
    pages = value(db._writer, "PRAGMA page_count")
    db._writer.execute(f"PRAGMA max_page_count = {pages}")
    with pytest.raises(Conflict, match=r"the copy needs [0-9]+ bytes") as no:
        put_back(config, db)
    assert no.value.code == "no_space"
    assert scouts_in(db) == 4 and db.is_open()
    assert not list(config.backups.glob("*.db"))
    db._writer.execute("PRAGMA max_page_count = 1000000")
    put_back(config, db, places.local(config).listed()[0].name)
    assert scouts_in(db) == 3


def test_a_state_that_could_not_be_packed_is_adopted_by_the_next_copy(made, monkeypatch):
    """Fault 4: killed, or out of room, between the swap and the packing: the last state before is not lost."""
    config, db = made
    copied(config, db)
    real = making.make

    def late(*given, **named):
        found = real(*given, **named)
        add_scouts(db, 1)
        monkeypatch.setattr(making, "pack", full)
        return found

    def full(*_):
        raise Conflict("no room", "no_space")

    monkeypatch.setattr(making, "make", late)
    put_back(config, db)
    monkeypatch.undo()
    assert len(list(config.backups.glob("*.db"))) == 1
    making.make(config, db, force=True)
    assert not list(config.backups.glob("*.db"))
    adopted = next(each for each in places.local(config).listed() if each.kind == "pre-migrate")
    put_back(config, db, adopted.name)
    assert scouts_in(db) == 4


def test_a_restore_from_a_thread_of_the_server(made):
    """BAK-17: inside the server the same: other threads read on, and write when it is over."""
    config, db = made
    copied(config, db)
    add_scouts(db, 2)
    failures = []

    def restore():
        try:
            put_back(config, db)
        except BaseException as error:
            failures.append(error)

    thread = threading.Thread(target=restore)
    thread.start()
    seen = {scouts_in(db)}
    while thread.is_alive():
        seen.add(scouts_in(db))
    thread.join()
    assert not failures
    assert scouts_in(db) == 3 and seen <= {5, 3}
    add_scouts(db, 1)
    assert scouts_in(db) == 4


def test_a_copy_that_is_being_made_is_waited_for(made):
    """Fault 49: the copy of every five minutes and a restore meet: one after the other."""
    config, db = made
    copied(config, db)
    begun = threading.Event()

    def copy():
        with making.one_at_a_time(config):
            begun.set()
            threading.Event().wait(0.5)

    other = threading.Thread(target=copy)
    other.start()
    begun.wait()
    put_back(config, db)
    other.join()
    assert scouts_in(db) == 3


def test_a_second_restore_waits_for_nobody(made):
    config, db = made
    copied(config, db)
    other = Database(config.database)
    with other.replacing(), pytest.raises((Conflict, Closed)):
        put_back(config, db)
    other.close()
