"""The letter of the week: over a real mail server, in a volunteer's words, naming nobody."""

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.rows import run
from gsctracker.domain import feedback
from gsctracker.domain.people import accounts
from gsctracker.domain.sales import orders
from gsctracker.domain.season import troop
from gsctracker.errors import Conflict
from gsctracker.ops import digest
from gsctracker.ops.alerts import record
from tests import factories
from tests.ops.alerts.test_delivery import address, endpoint

__all__ = ["endpoint"]
COPY = """INSERT INTO copy_runs (name, place, kind, started_at, ended_at, result, size, content, uploaded_at)
          VALUES ('c', 'p', 'auto', :at, :at, :result, :size, :content, :away)"""


@pytest.fixture
def lived(box, admin):
    """A box with a week behind it: three copies, one of them failed, a rehearsal, a fault, a note, a sale of Ava's."""
    now = clock.now()
    with box.write() as tx:
        girl = factories.make_scout(tx, "Quillfeather", "Q.")
        for result, size, away in (("done", 1_400_000, now), ("done", 1_500_000, None), ("failed", None, None)):
            run(tx, COPY, at=now, result=result, size=size, content="a" * 64 if size else None, away=away)
        run(
            tx,
            """INSERT INTO drill_runs (started_at, ended_at, result, milliseconds) VALUES (:now, :now, 'done', 4200)""",
            now=now,
        )
        record.begin(tx, "DiskLow", "warning", now)
        feedback.say(tx, admin, "idea", "Larger letters, says Zenobia")
        orders.take(tx, admin, [orders.Item("TM", 3)], scout_id=girl, customer_name="Zenobia")
    return box


def config_of(tmp_path, post_office, **more):
    return Config(
        data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_from="box@example.org", **more
    )


def test_the_letter_says_copies_sizes_proof_and_faults_and_names_nobody(lived, tmp_path, post_office):
    """ALERT-17, ALERT-18: a success each week, with copies, sizes and the last rehearsal; no name, no address, no figure of a family."""
    said = digest.send(config_of(tmp_path, post_office, s3_backup_bucket="b"), lived)
    assert said == "the letter of the week went to 1 of 1"
    ((to, letter),) = post_office.letters
    assert to == ["olga@example.org"]
    assert letter["Subject"] == "Troop 1234: the week of the box"
    text = letter.get_payload(decode=True).decode()
    for sentence in (
        "2 copies of your data were made this week.",
        "1.5 MB",
        "Of 2 copies 1 lie off the box, too.",
        "One copy could not be made.",
        "brought everything back in 4 seconds.",
        "One thing was wrong with the box:",
        "Still: The disk of the box is getting full. Entries still work.",
        "One note of a reader waits for you.",
        "One sale was entered this week.",
    ):
        assert sentence in text
    for name in ("Quillfeather", "Zenobia", "Olga", "$", "example.org", "DiskLow"):
        assert name not in text


def test_each_reads_it_in_her_language_and_channels_get_it_too(lived, tmp_path, post_office, endpoint):
    """ALERT-17: mail to each who runs the box; one message to each channel that costs nothing, none as text messages."""
    with lived.write() as tx:
        factories.make_person(tx, "admin", "Lupe")
        run(tx, "UPDATE accounts SET language = 'es' WHERE first_name = 'Lupe'")
        factories.make_person(tx, "leader")
    urls = (address(endpoint), "twilio://sid:token@15550100/15550101")
    assert (
        digest.send(config_of(tmp_path, post_office, alert_urls=urls), lived) == "the letter of the week went to 3 of 3"
    )
    assert len(post_office.letters) == 2
    spanish = next(letter.get_content() for (to,), letter in post_office.letters if to != "olga@example.org")
    assert "El disco del sistema se está llenando. Todavía se puede anotar." in spanish
    ((_, body),) = endpoint.taken
    assert "copies of your data were made" in body
    with lived.read() as tx:
        assert len(accounts.page(tx, limit=10)) == 3


def test_where_nobody_can_be_told_nothing_is_sent_and_where_nobody_takes_it_the_job_fails(lived, tmp_path, post_office):
    """ALERT-17: no mail server is no fault; one that is down is; the example troop writes to nobody."""
    assert digest.send(Config(data_dir=tmp_path), lived) is None
    gone = Config(data_dir=tmp_path, smtp_host="127.0.0.1", smtp_port=1, smtp_from="box@example.org")
    with pytest.raises(Conflict, match="Nobody took"):
        digest.send(gone, lived)
    with lived.write() as tx:
        troop.mark_demo(tx)
    assert digest.send(config_of(tmp_path, post_office), lived) is None
    assert post_office.letters == []


def test_a_new_box_is_told_what_it_lacks(box, tmp_path, post_office):
    """ALERT-17: no copy, no proof."""
    digest.send(config_of(tmp_path, post_office), box)
    text = post_office.letters[0][1].get_payload(decode=True).decode()
    assert "There is no copy of your data yet: open Copies and make one." in text
    assert "No copy was proven by a rehearsal yet." in text
    assert "Nothing was wrong with the box." in text
