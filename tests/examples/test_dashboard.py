"""The dashboard and the scrape configuration, against a real Prometheus that reads a real box."""

import json
import subprocess
import threading
import time
import urllib.parse
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from gsctracker import config
from gsctracker.domain.sales import orders
from gsctracker.web.app import create_app
from tests.running import free_port

EXAMPLES = Path(__file__).parents[2] / "examples"
DASHBOARD = json.loads((EXAMPLES / "grafana" / "gsctracker.json").read_text(encoding="utf-8"))
HARDWARE = ("gsctracker_host_", "gsctracker_emmc_")  # what only a Pi can say
PANELS = [panel for panel in DASHBOARD["panels"] if panel["type"] != "row"]
PATIENCE_SECONDS = 30


def asked(expression):
    return expression.replace("$instance", ".*").replace("$__rate_interval", "1m")


@pytest.fixture
def prometheus(box, admin, tmp_path):
    """Gives the address of a Prometheus that asks this box every second."""
    app = create_app(config.load({}, tmp_path), box, "a secret for tests, forty characters long")
    browser = app.test_client()
    with box.write() as tx:
        orders.take(tx, admin, [orders.Item("Thin Mints", 2)], customer_name="Test", order_type="in_hand")

    class Numbers(BaseHTTPRequestHandler):
        def do_GET(self):
            browser.get("/sign-in")
            answer = browser.get("/metrics", environ_base={"REMOTE_ADDR": "127.0.0.1"})
            self.send_response(answer.status_code)
            self.send_header("Content-Type", answer.content_type)
            self.end_headers()
            self.wfile.write(answer.data)

        def log_message(self, *said):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Numbers)
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    text = (EXAMPLES / "prometheus" / "prometheus.yml").read_text(encoding="utf-8")
    text = text.replace("127.0.0.1:3000", f"127.0.0.1:{server.server_port}").replace("30s", "1s")
    (tmp_path / "prometheus.yml").write_text(text, encoding="utf-8")
    (tmp_path / "alerts.yml").write_bytes((EXAMPLES / "prometheus" / "alerts.yml").read_bytes())
    port = free_port()
    running = subprocess.Popen(
        [
            "prometheus",
            f"--config.file={tmp_path}/prometheus.yml",
            f"--storage.tsdb.path={tmp_path}/series",
            f"--web.listen-address=127.0.0.1:{port}",
        ],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    yield f"http://127.0.0.1:{port}"
    running.terminate()
    running.wait(20)
    server.shutdown()
    server.server_close()


def query(address, expression):
    with urllib.request.urlopen(
        f"{address}/api/v1/query?query={urllib.parse.quote(asked(expression))}", timeout=10
    ) as no:
        return json.loads(no.read())["data"]["result"]


def test_every_panel_has_data(prometheus):
    """MON-06: asked of a real Prometheus, every expression of the dashboard gives at least one series."""
    expressions = [
        target["expr"]
        for panel in PANELS
        for target in panel["targets"]
        if not any(name in target["expr"] for name in HARDWARE)
    ]
    empty, end = expressions, time.monotonic() + PATIENCE_SECONDS
    while empty and time.monotonic() < end:
        time.sleep(0.5)
        try:
            empty = [each for each in empty if not query(prometheus, each)]
        except OSError:
            continue  # it is still starting
    assert empty == []
    assert len(expressions) > 25


def test_the_dashboard_is_one_that_grafana_takes():
    """MON-06: numbers of panels are unique, panels do not overlap, all ask the data source that is chosen above."""
    every = DASHBOARD["panels"]
    assert len({panel["id"] for panel in every}) == len(every)
    taken = set()
    for panel in every:
        at = panel["gridPos"]
        cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
        assert at["x"] + at["w"] <= 24
        assert not cells & taken
        taken |= cells
    assert {target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]} == {"${source}"}
    assert next(panel["title"] for panel in every if panel["type"] == "row") == "Four lights"
