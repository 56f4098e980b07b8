"""Trials of the program as pages: a session, what was seen, what follows, the report."""

from gsctracker.domain import trial_scenarios
from gsctracker.domain.trial_scenarios import SCENARIOS
from gsctracker.ops import trial_runs
from tests.web.pages.browsing import words


def test_a_session_on_the_pages_and_its_report(signed_in, monkeypatch):
    """TEST-10 TEST-13 TEST-14: begun, run, guided step by step with notes, ended, and taken away as a file."""
    monkeypatch.setattr(trial_runs, "SALES", 20)
    monkeypatch.setattr(trial_runs, "SALE_MILLISECONDS", 60_000)
    monkeypatch.setattr(trial_runs, "SUMS_MILLISECONDS", 60_000)
    admin = signed_in("admin")
    page = admin.post("/trials").location
    assert page == "/trials/1"
    assert admin.post(f"{page}/run").status_code == 303
    sent = {"scenario": "phone", "step": "2", "result": "fail", "note": "She looked under Sales."}
    assert admin.post(f"{page}/steps", data=sent).location == "/trials/1#phone"
    for wrong in ({"result": "maybe"}, {"step": "x"}, {"note": "x" * 501}):
        assert admin.post(f"{page}/steps", data=sent | wrong).status_code == 422
    assert admin.post(f"{page}/steps", data=sent | {"scenario": "party"}).status_code == 404
    shown = words(admin.get(page))
    assert "She looked under Sales." in shown
    assert trial_scenarios.named("phone").advice in shown
    steps = sum(len(one.steps) for one in SCENARIOS if one.by_itself)
    assert f"Passed {steps} Failed 1" in shown
    assert "going on" in words(admin.get("/trials"))
    admin.post(f"{page}/end")
    assert admin.post(f"{page}/steps", data=sent).status_code == 409
    assert admin.post(f"{page}/run").status_code == 409
    table = admin.get("/reports/trials.csv").text
    assert "She looked under Sales." in table
    assert table.count("Passed") == steps
    assert admin.get("/reports/trials.pdf").data.startswith(b"%PDF")
    assert signed_in("cookie_leader").get("/trials").status_code == 403
    assert signed_in("cookie_leader").get("/reports/trials").status_code == 403
