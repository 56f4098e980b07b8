"""A season that is over leaves a copy for ever, which can be opened and not be changed."""

import http.client
import urllib.parse

from gsctracker.config import Config
from gsctracker.db.rows import many, run, value
from gsctracker.domain.people import passwords
from gsctracker.domain.season import seasons
from gsctracker.ops.copies import archive, places, retention, season_end
from gsctracker.ops.timetable import copying
from tests import factories
from tests.running import started

PASSWORD = "thin mints at noon"


def close_books(box, admin, status):
    with box.write() as tx:
        seasons.change(tx, seasons.current(tx).id, admin, status=status)


def labels(config):
    return [(copy.kind, copy.label) for copy in places.local(config).listed()]


def test_the_season_that_is_settled_and_then_archived_leaves_one_copy_of_each(box, tmp_path, admin):
    """DB-21: made by itself with the next copy, once, whichever door closed the books; no plan ever removes it."""
    config = Config(data_dir=tmp_path)
    assert copying.copy(config, box) and labels(config) == [("auto", "")]
    close_books(box, admin, "settled")
    said = copying.copy(config, box)
    assert said and "end of the season: 2025-26, settled" in said
    copying.copy(config, box)
    close_books(box, admin, "archived")
    copying.copy(config, box)
    copying.copy(config, box)
    kept = [label for kind, label in labels(config) if kind == "season-end"]
    assert kept == ["2025-26, settled", "2025-26, archived"]
    listed = places.local(config).listed()
    gone = retention.to_remove(listed, "2040-01-01T00:00:00Z", 30, floor=1, looked_at=())
    assert not [copy for copy in gone if copy.kind == "season-end"]
    with box.read() as tx:
        assert season_end.due(tx) == []


def test_a_copy_is_opened_beside_the_box_and_changes_nothing(box, tmp_path, admin):
    """DB-21: people sign in as then and read everything; every change is refused; the box and the copy are as before."""
    config = Config(data_dir=tmp_path)
    with box.write() as tx:
        factories.make_scout(tx, "Ana")
        run(tx, "UPDATE accounts SET password_hash = :hash", hash=passwords.hashed(PASSWORD))
        name = value(tx, "SELECT sign_in_name FROM accounts WHERE role = 'admin'")
    close_books(box, admin, "archived")
    copying.copy(config, box)
    copy = next(copy for copy in places.local(config).listed() if copy.kind == "season-end")
    with box.write() as tx:
        factories.make_scout(tx, "Bea")
    with started(tmp_path, "--read-only", copy.name) as server:
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        line.request("POST", "/sign-in", urllib.parse.urlencode({"email": name, "password": PASSWORD}), form)
        answer = line.getresponse()
        answer.read()
        assert answer.status == 303
        cookie = answer.headers["Set-Cookie"].partition(";")[0]
        shown = server.get("/scouts", Cookie=cookie)[2].decode()
        assert "Ana" in shown and "Bea" not in shown
        line.request("POST", "/scouts/new", urllib.parse.urlencode({"firstName": "Cleo"}), form | {"Cookie": cookie})
        assert line.getresponse().status == 503
        line.close()
        assert server.stop() == 0
    with box.read() as tx:
        assert [row.first_name for row in many(tx, "SELECT first_name FROM scouts ORDER BY id")] == ["Ana", "Bea"]
        assert value(tx, "SELECT count(*) FROM sessions") == 0
    assert not list((tmp_path / "tmp").glob("staged-*"))


def test_what_is_opened_is_gone_at_the_end(box, tmp_path):
    """DB-21: no second truth stays behind."""
    config = Config(data_dir=tmp_path)
    copying.copy(config, box)
    with archive.opened(config, "latest") as (own, db):
        assert own.database != config.database and own.database.exists()
        assert db.why_only_read()
    assert not own.data_dir.exists()
