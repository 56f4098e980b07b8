"""The flow for n8n and the board for Home Assistant ask the box for what is there, with the token that the guide tells of."""

import json
import re

import pytest
import yaml
from jinja2.sandbox import SandboxedEnvironment

from gsctracker.domain.people import tokens
from gsctracker.web.app import create_app
from tests import factories
from tests.examples.conftest import EXAMPLES

PROGRAMS = EXAMPLES / "programs"
BOX = "http://cookies.local:3000"
GUIDE = (EXAMPLES.parent / "docs" / "guides" / "programs.md").read_text(encoding="utf-8")


class Loader(yaml.SafeLoader):
    """Reads what Home Assistant reads: a secret by its name."""


Loader.add_constructor("!secret", lambda loader, node: f"secret {loader.construct_scalar(node)}")


@pytest.fixture
def program(empty_box, tmp_path):
    """A client that carries a leader's token of these scopes."""
    from gsctracker.config import Config

    site = create_app(Config(data_dir=tmp_path), empty_box, "a secret for tests, forty characters long")

    def carrying(*scopes):
        with empty_box.write() as tx:
            lea = factories.make_person(tx, "leader", "Lea")
            token = tokens.make(tx, "example", scopes, 30, lea)
        client = site.test_client(use_cookies=False)
        client.environ_base["HTTP_AUTHORIZATION"] = f"Bearer {token}"
        return client

    return carrying


def scopes_in(heading):
    """The scopes that a chapter of the guide names."""
    return re.findall(r"`([a-z]+:[a-z]+)`", GUIDE.split(f"\n## {heading}\n", 1)[1].split("\n## ", 1)[0])


def test_the_flow_records_one_sale_however_often_it_asks(program):
    """COOKIE-36: what n8n would send, sent: recorded once, and read back."""
    flow = json.loads((PROGRAMS / "n8n-order-form.json").read_text(encoding="utf-8"))
    nodes = {node["name"]: node["parameters"] for node in flow["nodes"]}
    order = [flow["connections"][name]["main"][0][0]["node"] for name in ("Order form", "Record the sale")]
    assert order == ["Record the sale", "Read it back"]
    record, read = (nodes[name] for name in order)
    fields = dict(re.findall(r"(\w+): \$json\.(\w+)", record["jsonBody"]))
    asked = {field["fieldLabel"]: field for field in nodes["Order form"]["formFields"]["values"]}
    assert set(fields.values()) == asked.keys()
    client = program(*scopes_in("n8n"))
    (header,) = record["headerParameters"]["parameters"]
    for cookie in asked["Cookie"]["fieldOptions"]["values"]:
        typed = {"Name": "Gus", "Cookie": cookie["option"], "Boxes": 2}
        body = {name: typed[field] for name, field in fields.items()}
        headers = {header["name"]: header["value"].replace("=n8n-{{ $execution.id }}", f"n8n-{cookie['option'][:4]}")}
        assert record["url"].startswith(BOX)
        answers = [client.post(record["url"].removeprefix(BOX), json=body, headers=headers) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json == answers[1].json
        again = client.get(read["url"].removeprefix(f"={BOX}").replace("{{ $json.id }}", str(answers[0].json["id"])))
        assert (again.status_code, again.json["boxes"]) == (200, 2)
    assert client.get("/api/sales").json["total"] == 2
    assert client.get("/api/troops/1/summary").status_code == 403


def test_the_board_reads_figures_that_are_there(program):
    """COOKIE-36: each sensor's template finds a figure in the answer; the token reads nothing else."""
    client = program(*scopes_in("Home Assistant"))
    board = yaml.load((PROGRAMS / "home-assistant.yaml").read_text(encoding="utf-8"), Loader)
    (rest,) = board["rest"]
    assert rest["headers"] == {"Authorization": "secret gsctracker_token"}
    templates = {rest["resource"]: [one["value_template"] for one in rest["sensor"]]}
    templates |= {one["resource"]: [one["value_template"]] for one in board["binary_sensor"]}
    said = {}
    for address, found in templates.items():
        answer = client.get(address.removeprefix(BOX))
        assert answer.status_code == 200, address
        for template in found:
            said[template] = SandboxedEnvironment().from_string(template).render(value_json=answer.json)
    assert sorted(said.values()) == ["0", "0.0", "True"]
    assert client.get("/api/sales").status_code == 403
