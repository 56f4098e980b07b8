"""What browsers refuse on our pages is told to us: by directive and rule, never by what stood there."""

import json

from gsctracker.ops import metrics


def sent(**report):
    return {"data": json.dumps({"csp-report": report}), "content_type": "application/csp-report"}


def test_what_a_page_does_not_allow_is_counted_without_what_stood_there(signed_in, site, caplog):
    """SEC-13: the policy names where it is told; the line holds the rule of the page and the directive."""
    mother = signed_in("caregiver")
    page = mother.get("/sales")
    assert "report-uri /policy-reports" in page.headers["Content-Security-Policy"]
    told = {
        "document-uri": "https://box/sales/17?q=Ana",
        "effective-directive": "script-src-elem",
        "blocked-uri": "inline",
    }
    assert mother.post("/policy-reports", **sent(**told)).status_code == 204
    (line,) = [line for line in caplog.records if getattr(line, "event", "") == "policy_refused"]
    assert (line.directive, line.page) == ("script-src-elem", "/sales/<id:sale_id>")
    assert mother.post("/policy-reports", **sent(**{"source-file": "moz-extension://x/y.js"})).status_code == 204
    odd = {"document-uri": "data:<b>", "violated-directive": "<script>"}
    assert mother.post("/policy-reports", **sent(**odd)).status_code == 204
    assert "gsctracker_policy_refused_total 2.0" in metrics.exposition(metrics.of(site), None)[0]
    assert "Ana" not in caplog.text and "<script>" not in caplog.text


def test_what_is_no_report_is_refused_and_a_stranger_tells_nothing(signed_in, browser):
    mother = signed_in("caregiver")
    for wrong in (b"", b"[]", b'{"csp-report": 1}', b"\xff", b'{"csp-report": {"document-uri": 7}}'):
        assert mother.post("/policy-reports", data=wrong, content_type="application/csp-report").status_code in (
            400,
            422,
        )
    assert mother.post("/policy-reports", **sent(**{"document-uri": "x" * 9000})).status_code in (413, 422)
    assert browser.post("/policy-reports", **sent()).status_code == 302
    assert {mother.post("/policy-reports", **sent()).status_code for _ in range(40)} == {204, 429}
