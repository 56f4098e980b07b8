"""The record of who did what: sealed line by line, so that what was changed, put in or taken out by something else is found."""

import json

import apsw
import pytest

from gsctracker import clock
from gsctracker.db.rows import run, value
from gsctracker.domain import audit
from gsctracker.domain.people import accounts, scouts
from gsctracker.domain.season import catalogue, seasons, troop
from tests.factories import make_person, make_scout, product


@pytest.fixture
def record(tx):
    """Ten lines beside those of the set-up, without the triggers that would forbid the attacks below."""
    for number in range(10):
        audit.note(tx, 1, "sale.taken", "orders", number, boxes=number)
    tx.execute("DROP TRIGGER audit_log_is_kept; DROP TRIGGER audit_log_lasts")
    return value(tx, "SELECT max(id) FROM audit_log")


def test_a_record_that_nothing_else_touched_fits(tx, record):
    """LOG-10: the chain check passes."""
    assert audit.broken(tx) is None


@pytest.mark.parametrize(
    ("attack", "words"),
    [
        ("UPDATE audit_log SET account_id = NULL WHERE id = :last - 3", "Line {3} .* changed or put in"),
        ("UPDATE audit_log SET detail = '{{}}' WHERE id = :last - 3", "Line {3} .* changed or put in"),
        ("UPDATE audit_log SET at = '2020-01-01T00:00:00Z' WHERE id = :last", "Line {0} .* changed or put in"),
        ("UPDATE audit_log SET seal = '' WHERE id = :last", "Line {0} .* changed or put in"),
        ("DELETE FROM audit_log WHERE id = :last - 3", "1 lines .* taken out"),
        ("DELETE FROM audit_log WHERE id < :last - 3", "lines .* taken out"),
        ("INSERT INTO audit_log (at, action, subject) VALUES ('2026-02-14T18:05:00Z', 'x', 'y')", "changed or put in"),
    ],
)
def test_a_line_that_was_tampered_with_is_found(tx, record, attack, words):
    """LOG-10: tampering is detected, whichever column it is in."""
    run(tx, attack.replace("{{}}", "{}"), **({"last": record} if ":last" in attack else {}))
    pattern = words.replace("{3}", str(record - 3)).replace("{0}", str(record))
    with pytest.raises(AssertionError, match=pattern):
        found = audit.broken(tx)
        assert found is None, found


def test_a_forged_line_with_its_own_seal_does_not_follow_the_one_before(tx, record):
    row = tx.execute("SELECT * FROM audit_log WHERE id = ?", (record - 3,)).fetchone()
    line = (*row[:3], "sale.given", *row[4:8])
    run(
        tx,
        "UPDATE audit_log SET action = 'sale.given', seal = :s WHERE id = :id",
        s=audit._seal(row[8], line),
        id=row[0],
    )
    assert "does not follow" in audit.broken(tx)


def test_what_is_over_after_two_years_may_be_missing_and_nothing_else(tx, monkeypatch):
    """AUTH-12: the record is shortened by its own job, says so, and still fits; another line that is gone is found."""
    old = clock.after(days=-800)
    with monkeypatch.context() as then:
        then.setattr(clock, "now", lambda: old)
        for number in range(5):
            audit.note(tx, 1, "sale.taken", "orders", number)
        audit.note(tx, 1, "consent.given", "scout", 1)
        audit.note(tx, 1, "sale.taken", "orders", 6)
    audit.note(tx, 1, "sale.taken", "orders", 7)
    assert audit.forget(tx) == 6
    assert audit.forget(tx) == 0
    assert audit.broken(tx) is None
    assert value(tx, "SELECT count(*) FROM audit_log WHERE action = 'consent.given'") == 1
    tx.execute("DROP TRIGGER audit_log_lasts")
    run(tx, "DELETE FROM audit_log WHERE action = 'consent.given'")
    assert "1 lines" in audit.broken(tx)


def test_what_is_sealed_is_every_column(tx):
    columns = [row[1] for row in tx.execute("PRAGMA table_info(audit_log)")]
    assert columns == [
        "id",
        "at",
        "account_id",
        "action",
        "subject",
        "subject_id",
        "detail",
        "request_id",
        "before",
        "seal",
    ]


def test_before_and_after_are_told_without_a_name(tx, admin):
    """LOG-10: who, what, before and after; a child's name is in neither."""
    girl = make_scout(tx, "Araminta", "Q.", grade=4)
    scouts.change(tx, girl, admin, first_name="Araminte", grade=5)
    said = value(tx, "SELECT detail FROM audit_log WHERE action = 'scout.changed'")
    assert said == '{"fields":["first_name","grade"],"before":{"grade":4},"after":{"grade":5}}'


def test_a_price_a_plan_and_a_role_are_told_as_they_were_and_as_they_are(tx, admin):
    """LOG-10: before and after, where somebody asks months later who changed it and from what."""
    season, mint = seasons.current(tx).id, product(tx, "TM")
    catalogue.change(tx, mint, admin, price_cents=700, name=catalogue.find(tx, mint).name)
    seasons.change(tx, season, admin, base_proceeds=95, returns_until="2026-03-02")
    troop.change(tx, admin, time_zone="America/Denver")
    mona = make_person(tx, "leader")
    accounts.change_role(tx, mona.id, "cookie_leader", admin)
    said = {
        action: json.loads(value(tx, "SELECT detail FROM audit_log WHERE action = :action", action=action))
        for action in ("product.changed", "season.changed", "troop.changed", "account.role")
    }
    assert (said["product.changed"]["before"], said["product.changed"]["after"]) == (
        {"price_cents": 600},
        {"price_cents": 700},
    )
    assert said["season.changed"]["after"] == {"base_proceeds": 95, "returns_until": "2026-03-02"}
    assert said["season.changed"]["before"].keys() == {"base_proceeds", "returns_until"}
    assert said["troop.changed"]["after"] == {"time_zone": "America/Denver"}
    assert said["account.role"] == {"role": "cookie_leader", "before": "leader"}


def test_a_line_costs_little(tx):
    """A sale writes one line: the seal asks for the last line alone, however many there are."""
    plan = " ".join(
        row[3]
        for row in tx.execute(
            "EXPLAIN QUERY PLAN SELECT id, seal FROM audit_log WHERE id = (SELECT max(id) FROM audit_log)"
        )
    )
    assert "SCAN" not in plan
    began = clock.ticks()
    for number in range(1000):
        audit.note(tx, 1, "sale.taken", "orders", number)
    assert clock.ticks() - began < 1.0
    with pytest.raises(apsw.ConstraintError, match="never edited"):
        run(tx, "UPDATE audit_log SET detail = '{}'")
