"""What answers say about keeping, sniffing, framing and compressing them."""

import gzip

import pytest


def test_a_static_file_is_kept_for_a_year_under_the_name_of_its_content(site, browser):
    """PERF-14: content-hashed names, a year, immutable; 304 for who has it already."""
    with site.test_request_context():
        address = site.jinja_env.globals["static"]("app.css")
    answer = browser.get(address)

    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert "Set-Cookie" not in answer.headers
    assert browser.get(address, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304


def test_a_static_file_under_its_plain_or_an_old_name_is_kept_for_minutes(browser):
    """PERF-14: what may change is not kept for a year."""
    assert browser.get("/static/app.css").headers["Cache-Control"] == "public, max-age=300"
    assert browser.get("/static/app.0123456789ab.css").headers["Cache-Control"] == "public, max-age=300"


def test_modules_of_two_versions_never_meet(site, browser):
    """PERF-17: a folder of modules has one name for what is in it; under another version's name there is nothing."""
    with site.test_request_context():
        address = site.jinja_env.globals["static"]("booth/mode.js")
    folder = address.rsplit("/", 1)[0]
    for module in ("mode.js", "store.js", "send.js"):
        answer = browser.get(f"{folder}/{module}")
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert browser.get("/static/booth.0123456789ab/mode.js").status_code == 404
    assert browser.get(f"{folder}/nothing.js").status_code == 404
    assert browser.get("/static/nothing.0123456789ab/mode.js").status_code == 404
    assert browser.get("/static/a%00b.0123456789ab/mode.js").status_code == 404
    worker = browser.get("/sw.js").text
    assert all(f"{folder}/{module}" in worker for module in ("mode.js", "store.js", "send.js", "till.js", "count.js"))


@pytest.mark.parametrize("name", ["../app.py", "..%2fapp.py", "%2e%2e/app.py", "a%00b", "", "nothing.css", "."])
def test_only_the_files_of_the_folder_are_static(browser, name):
    assert browser.get(f"/static/{name}").status_code == 404


def test_a_public_page_has_an_etag_and_a_personal_one_is_not_kept(browser, leader):
    """PERF-14: HTML is no-store when personal, else it has an ETag."""
    public = browser.get("/api/docs")
    assert public.headers["Cache-Control"] == "private, no-cache"
    assert browser.get("/api/docs", headers={"If-None-Match": public.headers["ETag"]}).status_code == 304
    assert leader.get("/api/docs").headers["Cache-Control"] == "no-store"


def test_text_over_a_kilobyte_is_compressed_once(site, leader, browser):
    """PERF-13: small answers stay plain, large text is gzip, what is compressed stays as it is; Vary is set."""
    asked = {"Accept-Encoding": "gzip"}
    small, large = leader.get("/api/auth/me", headers=asked), leader.get("/api/openapi.json", headers=asked)
    page, file = browser.get("/api/docs", headers=asked), browser.get("/static/app.css", headers=asked)

    assert "Content-Encoding" not in small.headers
    for answer in (large, page, file):
        assert answer.headers["Content-Encoding"] == "gzip"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert len(gzip.decompress(answer.data)) > 1024
    assert b"</html>" in gzip.decompress(page.data)


@pytest.mark.parametrize("accept", ["", "br", "gzip;q=0", "identity"])
def test_who_does_not_take_gzip_gets_plain_text(browser, accept):
    answer = browser.get("/api/openapi.json", headers={"Accept-Encoding": accept})

    assert "Content-Encoding" not in answer.headers
    assert answer.json["openapi"] == "3.1.0"


@pytest.mark.parametrize("path", ["/api/docs", "/nothing", "/api/auth/me", "/static/app.css", "/health"])
def test_no_answer_may_be_sniffed_or_framed(leader, path):
    answer = leader.get(path)

    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    if answer.mimetype != "text/css":
        assert "frame-ancestors 'none'" in answer.headers.get("Content-Security-Policy", "frame-ancestors 'none'")
    if answer.mimetype == "text/html":
        assert answer.headers["Content-Security-Policy"].startswith(
            "default-src 'none'; script-src 'self'; style-src 'self';"
        )


@pytest.mark.parametrize("path", ["/sign-in", "/nothing", "/"])
def test_a_page_carries_every_protection_and_allows_nothing_inline(leader, path):
    """SEC-13: the headers of every page, in one place."""
    headers = leader.get(path).headers

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["Cross-Origin-Opener-Policy"] == headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Robots-Tag"] == "noindex, nofollow"
    assert "camera=()" in headers["Permissions-Policy"]
    assert "Access-Control-Allow-Origin" not in headers
