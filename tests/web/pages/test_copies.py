"""The copies on their pages: made, looked at, taken away, put back and taken back again, by admins alone."""

import io
import re
import tarfile

import pytest

from gsctracker.db.rows import one, run, value
from gsctracker.domain import incidents
from gsctracker.integrations import age
from gsctracker.ops.copies import history, keys, manifest, places
from gsctracker.web.pages.restore import errands_here
from tests import factories
from tests.web.conftest import PASSWORD


@pytest.fixture
def admin(signed_in, password_hash):
    """An admin who knows her password."""
    return signed_in("admin", password_hash=password_hash)


def made(admin, label="before the cupboard trip"):
    """Make a copy; gives the address of its page."""
    answer = admin.post("/copies", data={"label": label})
    assert answer.status_code == 303, answer.text
    return answer.location


def looked_at(admin, site, address):
    """Look at a copy until the look is over; gives the address that follows it."""
    answer = admin.post(f"{address}/look" if address != "/copies/undo" else address)
    assert answer.status_code == 303, answer.text
    errands_here(site).wait(60)
    return answer.location


def put_back(admin, site, address, password=PASSWORD):
    """Say yes to what was shown, and wait for the end; gives the page that follows it."""
    answer = admin.post(address, data={"password": password})
    errands_here(site).wait(60)
    return answer if answer.status_code != 303 else site.test_client().get(address)


def scouts_in(box):
    with box.read() as tx:
        return value(tx, "SELECT count(*) FROM scouts")


def add_scout(box, name):
    with box.write() as tx:
        factories.make_scout(tx, name)


def test_a_copy_with_a_label_is_listed_as_asked_for(admin, config):
    """BAK-23: the button makes a verified copy; the list says when, why, how large, and that it was checked."""
    assert "There is no copy here yet" in admin.get("/copies").text
    page = made(admin)
    listed = admin.get("/copies").text
    assert "before the cupboard trip" in listed and "Asked for" in listed and "checked" in listed
    assert "All copies lie on this box alone" in listed
    assert admin.person.first_name in admin.get(page).text
    assert admin.post("/copies", data={"label": "x" * 81}).status_code == 422
    assert [copy.label for copy in places.local(config).listed()] == ["before the cupboard trip"]


def test_what_would_be_lost_is_shown_then_the_password_then_it_is_done_and_taken_back(admin, site, box):
    """BAK-15, BAK-17, BAK-22: the numbers are those of the difference; all sessions end; undo gives back exactly what was."""
    add_scout(box, "Ana")
    page = made(admin)
    add_scout(box, "Bea")
    add_scout(box, "Cleo")
    now = scouts_in(box)
    follow = looked_at(admin, site, page)
    shown = admin.get(follow).text
    girls = re.search(r"Girls</th>.*?<span>(\d+)</span>.*?<span>(\d+)</span>", shown, re.S)
    assert girls and girls.groups() == ("2", "0")
    wrong = put_back(admin, site, follow, "not hers")
    assert wrong.status_code == 422 and "This is not your password" in wrong.text
    assert scouts_in(box) == now
    done = put_back(admin, site, follow)
    assert "The copy is put back" in done.text and "Refresh" not in done.headers
    assert scouts_in(box) == now - 2
    assert admin.get("/copies").status_code == 302, "everybody signs in again"
    with box.read() as tx:
        assert one(tx, "SELECT asked_by FROM restore_runs").asked_by == admin.person.first_name
        assert value(tx, "SELECT count(*) FROM audit_log WHERE action = 'box.restored'") == 1
        name = value(tx, "SELECT sign_in_name FROM accounts WHERE id = :id", id=admin.person.id)
    admin.post("/sign-in", data={"email": name, "password": PASSWORD})
    assert "Look what taking it back would change" in admin.get("/copies").text
    back = looked_at(admin, site, "/copies/undo")
    put_back(admin, site, back)
    assert scouts_in(box) == now


def test_the_state_of_a_minute_is_looked_at_like_a_copy(admin, site, box):
    """BAK-18: the newest copy not after it; what is no minute, or lies before all copies, is said in a sentence."""
    made(admin)
    add_scout(box, "Bea")
    follow = admin.post("/copies/minute", data={"day": "2099-01-01", "time": "12:00"}).location
    errands_here(site).wait(60)
    assert "What would be lost" in admin.get(follow).text
    follow = admin.post("/copies/minute", data={"day": "2001-01-01", "time": "12:00"}).location
    errands_here(site).wait(60)
    assert "There is no copy to restore" in admin.get(follow).text
    for sent in ({}, {"day": "soon", "time": "12:00"}, {"day": "2026-02-14", "time": "25:61"}):
        assert admin.post("/copies/minute", data=sent).status_code == 422, sent


def test_what_was_written_down_of_an_incident_outlives_the_restore(admin, site, box):
    """BAK-29: what happened is true whatever state the data is taken back to, and is not counted as lost."""
    page = made(admin)
    note = admin.post("/incidents", data={"kind": "incident", "title": "Wrong file imported"}).location
    admin.post(f"{note}/lines", data={"kind": "to_do", "said": "Ask twice."})
    follow = looked_at(admin, site, page)
    assert "Wrong" not in admin.get(follow).text and "Everything else" not in admin.get(follow).text.split("<table")[0]
    put_back(admin, site, follow)
    with box.read() as tx:
        assert [one.title for one in incidents.newest(tx)] == ["Wrong file imported"]
        assert [one.said for one in incidents.lines(tx, 1)] == ["Ask twice."]


def test_the_page_that_follows_looks_again_while_it_runs_and_shows_counts_to_her_alone(admin, signed_in, site):
    """SEC-36: what a copy holds is the admin's business; a stranger with the address sees none of it."""
    follow = looked_at(admin, site, made(admin))
    assert site.test_client().get(follow).status_code == 404
    assert signed_in("admin").get(follow).status_code == 404
    assert admin.get(follow).headers["Cache-Control"] == "no-store"
    assert admin.get("/restore/nothing-like-it").status_code == 404
    errand = errands_here(site).find(follow.rsplit("/", 1)[1])
    errand.phase = "looking"
    assert admin.get(follow).headers["Refresh"] == "2"
    other = admin.post(f"{made(admin)}/look")
    assert other.status_code == 409, "one at a time"
    errand.phase = "looked"


@pytest.mark.parametrize("role", ["cookie_leader", "leader", "caregiver"])
def test_nobody_else_may(signed_in, admin, role, site):
    """SEC-36: only an admin sees copies, makes one, takes one away or puts one back."""
    page = made(admin)
    follow = looked_at(admin, site, page)
    other = signed_in(role)
    assert other.get("/copies").status_code == 403
    assert other.get(page).status_code == 403
    for address in ("/copies", f"{page}/look", f"{page}/download", f"{page}/accept", "/copies/undo", follow):
        assert other.post(address, data={"password": PASSWORD}).status_code == 403, address


def test_a_copy_is_taken_away_sealed_with_its_manifest_after_the_password(admin, config, tmp_path, box):
    """SEC-36, BAK-10: one .tar; the printed key opens it, its manifest is signed, and that it was taken is written down."""
    page = made(admin)
    no = admin.post(f"{page}/download", data={"password": "not hers"})
    assert no.status_code == 422 and "This is not your password" in no.text
    answer = admin.post(f"{page}/download", data={"password": PASSWORD})
    assert answer.headers["Cache-Control"] == "no-store"
    assert "attachment" in answer.headers["Content-Disposition"]
    with tarfile.open(fileobj=io.BytesIO(answer.data)) as tar:
        tar.extractall(tmp_path / "out", filter="data")
    answer.close()
    found = sorted((tmp_path / "out").iterdir())
    assert [file.suffix for file in found] == [".age", ".json"]
    told = manifest.read(found[1].read_bytes(), keys.manifest_keys(config))
    assert told.proven and told.file == found[0].name and told.size == found[0].stat().st_size
    age.unseal(found[0], tmp_path / "plain.gz", keys.identities(config), 1 << 30)
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM audit_log WHERE action = 'copy.downloaded'") == 1
    assert not list((config.data_dir / "tmp").glob("offered-*"))


def test_a_copy_that_is_gone_or_never_was_is_not_there(admin, config):
    """BAK-02: a name is a name of ours or nothing; a damaged file is not handed out."""
    for name in (
        "../../etc/passwd",
        "gsctracker-20260214T020000Z-00000042",
        "x",
        "gsctracker-20260214T020000Z-00000001.json",
    ):
        assert admin.get(f"/copies/{name}").status_code == 404, name
    page = made(admin)
    file = next(config.backups.glob("*.db.gz"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    no = admin.post(f"{page}/download", data={"password": PASSWORD})
    assert no.status_code == 409 and "damaged since it was made" in no.text


def test_a_damaged_copy_is_refused_in_a_sentence_and_nothing_changes(admin, site, box, config):
    """BAK-16: the page that follows says why; the data is as it was."""
    page = made(admin)
    file = next(config.backups.glob("*.db.gz"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    before = scouts_in(box)
    shown = admin.get(looked_at(admin, site, page)).text
    assert "Nothing was changed" in shown and "changed or damaged after it was made" in shown
    assert scouts_in(box) == before


def test_a_suspicious_copy_says_why_until_somebody_looked(admin, box):
    """BAK-09: its sentence stands there, with a button that says it is right; who pressed it is written down."""
    made(admin)
    with box.write() as tx:
        run(tx, "DELETE FROM product_names")
    page = made(admin, "after the mishap")
    shown = admin.get(page).text
    assert "suspicious" in shown and "I looked at it, it is right" in shown
    assert "suspicious" in admin.get("/copies").text
    assert admin.post(f"{page}/accept").status_code == 303
    assert "I looked at it" not in admin.get(page).text
    with box.read() as tx:
        assert value(tx, "SELECT account_id FROM audit_log WHERE action = 'copy.accept'") == admin.person.id
        assert history.looked_at(tx)


def test_what_does_not_count_is_listed_with_its_reason(admin, config):
    """BAK-02: half a copy is no copy, and the page says so."""
    made(admin)
    next(config.backups.glob("*.json")).unlink()
    shown = admin.get("/copies").text
    assert "What lies there and does not count" in shown and "has no manifest" in shown


def test_settings_lead_to_the_corner_of_data_safety(admin, leader):
    """UX-11: copies, the sheet and the timetable stand together, for admins."""
    shown = admin.get("/settings").text
    for address in ("/copies", "/recovery-sheet", "/jobs"):
        assert f'href="{address}"' in shown
    assert "/copies" not in leader.get("/settings").text
