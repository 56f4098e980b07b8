"""All that is kept of a girl, on pages: read, taken away as a file that ends, and forgotten."""

import io
import json
import zipfile

import pytest

from gsctracker import clock
from gsctracker.db.rows import one, run, value
from gsctracker.domain.people import families, passwords
from gsctracker.domain.reports import data_of_a_child
from gsctracker.ops import family_exports
from gsctracker.ops.timetable import timetable
from gsctracker.ops.timetable.running import run_job
from tests.web.conftest import PASSWORD
from tests.web.pages.browsing import words


def made_file(mother, box, config, scout_id):
    assert mother.post(f"/scouts/{scout_id}/data/files").status_code == 303
    job = next(job for job in timetable(config) if job.name == "family-files")
    assert run_job(config, box, job) == "done"
    with box.read() as tx:
        return f"/scouts/{scout_id}/data/files/{value(tx, 'SELECT max(id) FROM family_exports')}"


def test_a_guardian_reads_everything_about_her_girl_alone(mother, girls):
    """AUTH-08: the guardian sees all that is kept, and another family's girl is not found."""
    said = words(mother.get(f"/scouts/{girls.ava}/data"))
    for title in ("On the roster", "Adults who answer for her", "Boxes", "Everything that happened"):
        assert title in said
    assert mother.get(f"/scouts/{girls.bea}/data").status_code == 404
    assert mother.post(f"/scouts/{girls.bea}/data/files").status_code == 404
    assert mother.post(f"/scouts/{girls.bea}/data/deletion").status_code == 404


def test_every_table_that_refers_to_a_girl_is_in_it(box, girls):
    """AUTH-08: nothing can be left out: the tables are found by what refers to her, and each has a title."""
    with box.read() as tx:
        tables = set(data_of_a_child.referring(tx))
        assert {"orders", "consents", "credits", "shift_sign_ups", "import_rows"} <= tables
        assert tables - {"guardian_scouts"} <= set(data_of_a_child.TITLES), "give each a title"


def test_the_file_is_made_by_a_job_and_its_link_ends(mother, leader, box, config, girls):
    """AUTH-09: the link works for 24 hours, for who asked alone; after that it is dead and the file gone."""
    link = made_file(mother, box, config, girls.ava)
    answer = mother.get(link)
    assert answer.status_code == 200
    archive = zipfile.ZipFile(io.BytesIO(answer.data))
    found = json.loads(archive.read("data.json"))
    assert found["scouts"][0]["first_name"] == "Ava"
    assert sum(move["boxes"] for move in found["box_moves"]) == 25
    assert "password_hash" not in archive.read("data.json").decode()
    assert "<h2>On the roster (1)</h2>" in archive.read("data.html").decode()
    assert leader.get(link).status_code == 404
    with box.write() as tx:
        run(tx, "UPDATE family_exports SET expires_at = :past", past=clock.after(seconds=-1))
    assert mother.get(link).status_code == 404
    assert list((config.data_dir / "exports").iterdir())
    assert family_exports.forget_old(config, box) == "1 files for families were removed"
    assert not list((config.data_dir / "exports").iterdir())
    assert family_exports.make_waiting(config, box) is None


def test_text_of_people_stays_text_in_the_file(mother, box, config, girls):
    with box.write() as tx:
        run(tx, "UPDATE scouts SET first_name = '<script>' WHERE id = :id", id=girls.ava)
    raw = mother.get(made_file(mother, box, config, girls.ava)).data
    assert "<script>" not in zipfile.ZipFile(io.BytesIO(raw)).read("data.html").decode()


def test_who_looked_and_who_took_it_away_is_written_down(mother, leader, box, config, girls):
    """LOG-10: who viewed and exported a child's data, once a day each, by ids."""
    mother.get(f"/scouts/{girls.ava}/data")
    mother.get(f"/scouts/{girls.ava}/data")
    leader.get(f"/scouts/{girls.ava}/data")
    mother.get(made_file(mother, box, config, girls.ava))
    with box.read() as tx:
        kept = [
            (row[0], row[1])
            for row in tx.execute("SELECT action, account_id FROM audit_log WHERE action GLOB 'child.*' ORDER BY id")
        ]
    me, lea = mother.person.id, leader.person.id
    assert kept == [
        ("child.viewed", me),
        ("child.viewed", lea),
        ("child.export_asked", me),
        ("child.exported", me),
    ]


def test_a_family_asks_and_a_leader_confirms(mother, leader, box, girls):
    """AUTH-06: deletion on pages: asked, confirmed with a password, proven, and told when the last copy ends."""
    page = f"/scouts/{girls.ava}/data"
    assert mother.post(f"{page}/deletion").status_code == 303
    assert mother.post(f"{page}/deletion").status_code == 409
    assert mother.post(f"{page}/deletion/confirm").status_code == 403
    assert "gone by" in words(leader.get(f"{page}/deletion"))
    assert leader.post(f"{page}/deletion/confirm", data={"password": "wrong"}).status_code == 422
    with box.write() as tx:
        run(
            tx,
            "UPDATE accounts SET password_hash = :hash WHERE id = :id",
            hash=passwords.hashed(PASSWORD),
            id=leader.person.id,
        )
    done = leader.post(f"{page}/deletion/confirm", data={"password": PASSWORD, "wholeName": "Ava Abernathy"})
    assert done.status_code == 200
    assert "nothing of them is in it" in words(done)
    with box.read() as tx:
        assert one(tx, "SELECT first_name FROM scouts WHERE id = :id", id=girls.ava).first_name == "Scout"
        assert not families.of_scouts(tx, [girls.ava])[girls.ava]
    assert mother.get("/").status_code == 302


def test_the_wish_is_taken_back(mother, leader, girls):
    page = f"/scouts/{girls.ava}/data"
    mother.post(f"{page}/deletion")
    assert mother.post(f"{page}/deletion/take-back").status_code == 303
    assert "Nobody has asked for this" in words(leader.get(f"{page}/deletion"))


@pytest.mark.parametrize(("days", "stays"), [(29, True), (31, False)])
def test_buyers_go_thirty_days_after_the_boxes(leader, box, config, girls, days, stays):
    """AUTH-12: buyers' names: 30 days after the sale was handed over; the figures stay."""
    leader.post(
        "/api/sales", json={"cookieType": "TM", "quantity": 2, "customerName": "Gus Grandpa", "scoutId": girls.ava}
    )
    with box.write() as tx:
        run(tx, "UPDATE orders SET status = 'delivered', delivered_on = :day", day=clock.after(days=-days)[:10])
    job = next(job for job in timetable(config) if job.name == "forget-buyers")
    assert run_job(config, box, job) == ("idle" if stays else "done")
    with box.read() as tx:
        order = one(tx, "SELECT customer_name, boxes FROM orders")
        assert (order.customer_name == "Gus Grandpa", order.boxes) == (stays, 2)
        assert bool(tx.execute("SELECT 1 FROM order_search WHERE order_search MATCH 'grandpa'").fetchall()) is stays
