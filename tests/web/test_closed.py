"""The polite page: who sees it, what still answers, and that a crash closes nothing for good."""

import os
import signal
import subprocess
import sys
import threading

import pytest

from gsctracker.db import Closed, Database
from gsctracker.db.closing import Closing
from gsctracker.errors import Conflict
from gsctracker.ops import maintenance
from tests import factories


@pytest.fixture
def web(site):
    return site.test_client()


def test_everybody_gets_a_polite_page_in_her_language(web, config):
    """BAK-14: closed by hand, a page for people and JSON for programs, each saying when to come back."""
    maintenance.on(config)
    page = web.get("/sign-in", headers={"Accept-Language": "es"})
    assert page.status_code == 503
    assert page.headers["Retry-After"] == "60"
    assert page.headers["Content-Type"].startswith("text/html")
    assert 'lang="es' in page.text
    assert "Content-Security-Policy" in page.headers and page.headers["Cache-Control"] == "no-store"
    call = web.get("/api/sales")
    assert (call.status_code, call.get_json()["error"]["code"]) == (503, "maintenance")
    assert web.post("/api/auth/login", json={"email": "a@example.org", "password": "x"}).status_code == 503
    maintenance.off(config)
    assert web.get("/sign-in").status_code == 200


def test_who_is_signed_in_gets_the_page_too(leader, config):
    """BAK-14: the page looks nobody up: the file may be in the hands of somebody else."""
    maintenance.on(config)
    page = leader.get("/sales")
    assert page.status_code == 503 and "care" in page.text


def test_the_box_still_says_how_it_is(web, config):
    maintenance.on(config)
    assert web.get("/health").status_code == 200
    assert web.get("/static/app.css").status_code == 200


def test_another_process_closes_it(web, box, config):
    """BAK-14: `gsctracker maintenance on` beside the running server; it stays so after a restart of the server."""
    command = [sys.executable, "-m", "gsctracker", "maintenance"]
    at = ["--data-dir", str(config.data_dir)]
    subprocess.run([*command, "on", *at], check=True, capture_output=True)
    assert web.get("/sign-in").status_code == 503
    again = Database(box.path)
    assert again.is_closed_by_hand()
    again.close()
    assert subprocess.run([*command, "status", *at], check=True, capture_output=True, text=True).stdout == "closed\n"
    subprocess.run([*command, "off", *at], check=True, capture_output=True)
    assert web.get("/sign-in").status_code == 200


def test_where_there_is_no_troop_there_is_nothing_to_close(tmp_path):
    done = subprocess.run(
        [sys.executable, "-m", "gsctracker", "maintenance", "on", "--data-dir", str(tmp_path / "none")],
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1 and "There is no troop" in done.stderr


def test_while_a_copy_is_put_back_people_read_and_nobody_writes(web, box):
    """BAK-14: readers go on, writers get 503 with Retry-After, in this process and in others."""
    other = Database(box.path)
    with other.replacing():
        assert web.get("/sign-in").status_code == 200
        answer = web.post("/api/auth/login", json={"email": "olga@example.org", "password": "x"})
        assert answer.status_code == 503
        assert answer.headers["Retry-After"] == "5"
        assert answer.get_json()["error"]["code"] == "maintenance"
        with pytest.raises(Closed), box.write():
            pass
        with other.write() as tx:  # who replaces may write
            factories.make_scout(tx, "Ava")
    with box.write() as tx:
        factories.make_scout(tx, "Bea")
    other.close()


def test_who_was_writing_finishes_before_the_content_is_replaced(box):
    """BAK-14: an answered write is in the file when the replacing begins."""
    other, order, inside = Database(box.path), [], threading.Event()

    def slow():
        with box.write() as tx:
            inside.set()
            factories.make_scout(tx, "Ava")
            threading.Event().wait(0.3)
            order.append("written")

    writer = threading.Thread(target=slow)
    writer.start()
    inside.wait()
    with other.replacing():
        order.append("replacing")
    writer.join()
    other.close()
    assert order == ["written", "replacing"]


def test_a_killed_restore_leaves_the_box_open(box):
    """Fault 4: whoever replaced the content and was killed closes nothing for those who come after."""
    program = (
        "import sys, time; from pathlib import Path; from gsctracker.db import Database\n"
        "db = Database(Path(sys.argv[1]))\n"
        "with db.replacing():\n print('closed', flush=True); time.sleep(60)"
    )
    child = subprocess.Popen([sys.executable, "-c", program, str(box.path)], stdout=subprocess.PIPE, text=True)
    assert child.stdout.readline() == "closed\n"
    assert box.is_being_replaced() and not box.is_open()
    os.kill(child.pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    assert not box.is_being_replaced()
    assert box.is_open()
    with box.write() as tx:
        factories.make_scout(tx, "Ava")


def test_only_one_replaces_at_a_time(box):
    other = Closing(box.path)
    with box.replacing(), pytest.raises(Conflict, match="Another copy is being put back"), other.replacing():
        pass
    other.close()
