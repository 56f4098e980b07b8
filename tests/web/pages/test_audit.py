"""Who did what, on its page: for admins, with filters."""

from gsctracker.db.rows import value
from gsctracker.domain import audit
from gsctracker.ops import box_record
from tests.web.pages.browsing import words


def test_the_page_is_the_admins_and_filters(signed_in, leader, mother, girls, box):
    """LOG-10: who, what and when, by person, kind, row and day."""
    admin = signed_in("admin")
    mother.get(f"/scouts/{girls.ava}/data")
    assert leader.get("/audit").status_code == 403
    assert mother.get("/audit").status_code == 403
    assert "child.viewed" in words(admin.get("/audit"))
    assert "child.viewed" in words(admin.get(f"/audit?action=child.&subject=scout&row={girls.ava}"))
    assert "child.viewed" in words(admin.get(f"/audit?person={mother.person.id}"))
    for nothing in ("/audit?until=2001-01-01", "/audit?since=2099-01-01", "/audit?person=99999", "/audit?action=zzz"):
        assert "No line fits" in words(admin.get(nothing))
    assert admin.get("/audit?since=yesterday").status_code == 422


def test_what_the_box_says_of_itself_is_on_the_page(signed_in, box, config):
    """LOG-11: a start, the settings that were changed and a copy somebody asked for, in the same record and with its filters."""
    admin = signed_in("admin")
    box_record.started(config, box)
    admin.post("/copies", data={"label": "before the trip"})
    for kind, said in (("box.", "box.started"), ("config.", "DATA_DIR"), ("copy.", "copy.made")):
        assert said in words(admin.get(f"/audit?action={kind}"))
    with box.read() as tx:
        assert value(tx, "SELECT account_id FROM audit_log WHERE action = 'copy.made'") == admin.person.id


def test_many_lines_come_page_by_page(signed_in, box):
    admin = signed_in("admin")
    with box.write() as tx:
        for number in range(1, 70):
            audit.note(tx, None, "thing.done", "thing", number)
        newest = value(tx, "SELECT max(id) FROM audit_log")
    first = admin.get("/audit?subject=thing")
    address = first.text.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert f"row={69}" in first.text
    assert 'row=1"' in admin.get(address).text
    assert newest >= 69
