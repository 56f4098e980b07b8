"""Who moved up from a waiting list gets a mail, through a mail server of the test's own; once, and without a girl's name."""

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.domain.booths import booths, hours, shifts, sign_ups
from gsctracker.ops import waiting_list_mails
from tests import factories


@pytest.fixture
def moved(db):
    """A booth in three days whose one place went from Mia's girl to Nia's, who waited."""
    with db.write() as tx:
        admin = factories.set_up(tx)
        starts = clock.after(days=3)[:14] + "00:00Z"
        booth = booths.plan(tx, admin, "Market", starts, hours.shifted(starts, hours=2))
        shift = shifts.add_shift(tx, admin, booth, starts, hours.shifted(starts, hours=2), min_girls=1, max_girls=1)
        ana, bea = factories.make_scout(tx, "Ana"), factories.make_scout(tx, "Bea")
        mia = factories.make_person(tx, "caregiver", "Mia", scout_ids=(ana,))
        nia = factories.make_person(tx, "caregiver", "Nia", scout_ids=(bea,))
        place, _ = sign_ups.sign_up(tx, mia, shift, ana)
        sign_ups.sign_up(tx, nia, shift, bea, wait=True)
        sign_ups.leave(tx, mia, place)
        tx.execute("UPDATE accounts SET language = 'es' WHERE id = ?", (nia.id,))
        return booth


def test_a_family_that_moved_up_is_told_by_mail_once(db, moved, tmp_path, post_office):
    """COOKIE-42: where no mail goes out nobody is told; one that was not taken is tried again; no girl's name is in it."""
    assert waiting_list_mails.tell(Config(data_dir=tmp_path), db) is None
    config = Config(
        data_dir=tmp_path,
        smtp_host="127.0.0.1",
        smtp_port=post_office.port,
        smtp_from="box@example.org",
        app_url="https://cookies.example.org",
    )
    post_office.answer = "451 later"
    assert waiting_list_mails.tell(config, db) is None
    post_office.answer = "250 kept"
    assert waiting_list_mails.tell(config, db)
    assert waiting_list_mails.tell(config, db) is None
    ((_, letter),) = post_office.letters
    assert "Market" in letter["Subject"]
    text = letter.get_content()
    assert f"https://cookies.example.org/booths/{moved}" in text
    assert "Bea" not in text and "Ana" not in text
