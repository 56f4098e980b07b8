"""Services that the box leans on: asked seldom, told where they fail, and no reason to call the box unwell."""

import socket
import threading
from dataclasses import replace

import pytest

from gsctracker.config import Config
from gsctracker.domain.people import sessions
from gsctracker.ops.outside import Outside
from gsctracker.web.app import create_app
from tests import factories
from tests.running import free_port
from tests.web.conftest import as_person


@pytest.fixture
def mail():
    """Something that takes connections and greets as it is told to."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()
        said = {"greeting": b"220 mail.example.org\r\n", "asked": 0, "port": door.getsockname()[1]}

        def serve():
            while True:
                try:
                    line, _ = door.accept()
                except OSError:
                    return
                said["asked"] += 1
                line.sendall(said["greeting"])
                line.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield said
        door.shutdown(socket.SHUT_RDWR)
    thread.join()


def test_each_is_asked_once_in_five_minutes(tmp_path, mail):
    """MON-10: all at once; what does not greet as it should fails."""

    now = [1000.0]
    config = Config(
        data_dir=tmp_path,
        smtp_host="127.0.0.1",
        smtp_port=mail["port"],
        alert_ping_url=f"http://127.0.0.1:{free_port()}/ping/hush-hush",
    )
    asking = Outside(config, lambda: now[0])
    found = asking.states()
    assert found["mail"].ok and not found["sign of life"].ok
    assert "hush-hush" not in str(found)
    mail["greeting"] = b"554 go away\r\n"
    assert asking.states()["mail"].ok and mail["asked"] == 1
    now[0] += 301
    assert not asking.states()["mail"].ok
    assert Outside(Config(data_dir=tmp_path)).states() == {}


def test_a_broken_mail_server_is_shown_and_the_box_stays_ready(box, tmp_path):
    """MON-10: failing in the details; /readyz and /health say what they said."""

    config = replace(Config(data_dir=tmp_path), smtp_host="127.0.0.1", smtp_port=free_port())
    app = create_app(config, box, "a secret for tests, forty characters long")
    with box.write() as tx:
        person = factories.make_person(tx, "admin")
        token = sessions.start(tx, person.id, "test")
    admin = as_person(app, person, token)
    services = admin.get("/health/detailed").json["services"]
    assert services["mail"]["ok"] is False and services["mail"]["said"]
    assert admin.get("/readyz").status_code == 200
    assert "services" not in app.test_client().get("/health").json
