"""The page of what the box does by itself, and how long what is kept."""

from gsctracker.ops import runs
from gsctracker.ops.timetable import named, running, timetable


def test_an_admin_sees_each_job_its_last_run_and_its_next(signed_in, box, config):
    """JOB-19: the table shows next, last and result."""
    running.run_job(config, box, named(config, "check"))
    page = signed_in("admin").get("/jobs").text
    for job in timetable(config):
        assert job.name in page
        assert job.about in page
    assert "every page, index and reference is sound" in page
    assert "every day at 02:00" in page
    assert "every 5 minutes" in page
    assert "Sunday at 03:00" in page


def test_a_group_is_folded_until_one_of_its_jobs_failed(signed_in, box):
    admin = signed_in("admin")
    folded = admin.get("/jobs").text
    assert folded.count('<details class="card group">') == 5
    with box.write() as tx:
        runs.record(tx, "ship", "2026-02-01T08:30:00Z", "failed", "the bucket did not answer", "")
    page = admin.get("/jobs").text
    opened = page.split('<details class="card group" open>')[1].split("</details>")[0]
    assert page.count('<details class="card group">') == 4
    assert "1 failed" in opened and "the bucket did not answer" in opened and "/jobs/ship/run" in opened


def test_every_class_of_what_is_kept_has_its_period_on_the_page(signed_in, box, config):
    """DB-25: and when some of it was last removed."""
    with box.write() as tx:
        runs.record(tx, "forget-audit", "2026-02-01T08:30:00Z", "done", "3 lines removed", "")
    page = signed_in("admin").get("/jobs").text
    for job in timetable(config):
        if job.keeps:
            assert job.keeps in page
    assert page.count("nothing yet") == len([job for job in timetable(config) if job.keeps]) - 1


def test_a_job_is_run_by_its_button(signed_in, box):
    admin = signed_in("admin")
    answer = admin.post("/jobs/check/run")
    assert (answer.status_code, answer.location) == (303, "/jobs")
    with box.read() as tx:
        assert runs.last(tx, "check").result == "done"
    assert "check is done" in admin.get("/jobs").text
    admin.post("/jobs/shrink/run")
    assert "found nothing to do" in admin.get("/jobs").text
    assert admin.post("/jobs/nothing/run").status_code == 404


def test_nobody_else_sees_or_runs_jobs(signed_in, box):
    for role in ("cookie_leader", "leader", "caregiver"):
        assert signed_in(role).get("/jobs").status_code in (403, 404)
        assert signed_in(role).post("/jobs/check/run").status_code in (403, 404)
    with box.read() as tx:
        assert runs.last(tx, "check") is None
