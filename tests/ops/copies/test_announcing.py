"""All who run the box are told of a restore, over an SMTP server of the test's own."""

from dataclasses import replace

from gsctracker.ops.copies import announcing, errands, places
from gsctracker.ops.copies.staging import Found
from tests import factories
from tests.ops.copies.troops import OLGA, add_scouts, copied, put_back
from tests.running import free_port


def test_every_admin_hears_who_put_which_copy_back_and_how_it_is_taken_back(made, post_office):
    """BAK-17, BAK-22: a restore that one of them asked for on a page; leaders are not written to."""
    config, db = made
    with db.write() as tx:
        factories.make_person(tx, "admin", "Rosa")
        factories.make_person(tx, "leader", "Lea")
        admins = {row[0] for row in tx.execute("SELECT sign_in_name FROM accounts WHERE role = 'admin'")}
    _, copy = copied(config, db)
    add_scouts(db, 2)
    with_mail = replace(config, smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_from="box@example.org")
    here = errands.Errands(with_mail, db)
    errand = here.restore_at_once(errands.Order(lambda: Found(places.local(config), copy), by=OLGA))
    here.wait(60)
    assert errand.phase == errands.DONE, errand.refusal
    assert {to for tos, _ in post_office.letters for to in tos} == admins and len(admins) == 2
    for _, letter in post_office.letters:
        text = " ".join(letter.get_content().split())
        assert f"Olga put back the copy {copy.name}" in text
        assert "for 7 days it can be taken back" in text
        assert "gone with it: 0 rows" not in text


def test_a_mail_server_that_is_away_harms_no_restore(made):
    config, db = made
    copied(config, db)
    done = put_back(config, db)
    away = replace(config, smtp_host="127.0.0.1", smtp_port=free_port(), smtp_from="box@example.org")
    assert announcing.tell(away, done) == 0
    assert announcing.tell(config, done) == 0
