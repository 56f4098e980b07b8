"""The commands in the guides do what they say."""

import re
import shlex
from pathlib import Path

import pytest
from click.testing import CliRunner

from gsctracker import clock, config
from gsctracker.cli import main
from gsctracker.config import Config
from gsctracker.ops import addresses
from gsctracker.ops.copies import places
from gsctracker.web.hosts import Hosts
from tests import factories

GUIDES = Path(__file__).parents[2] / "docs" / "guides"
PASSWORD = "quiet-harbor-lantern-9\n"
MAY_WARN = (
    "doctor",
)  # it ends with 1 where something is to be put right, such as a mail server that nobody can reach here


def commands_of(guide):
    """Each command after a `$ gsctracker `, as words; times are put in as a reader would."""
    text = (GUIDES / f"{guide}.md").read_text(encoding="utf-8").replace("2026-02-14T14:05", clock.after(minutes=1))
    return [shlex.split(command) for command in re.findall(r"^\$ gsctracker (.+)$", text, re.MULTILINE)]


def ran(folder, words, **given):
    """The answer of a command on the box in that folder."""
    if words[0] == "serve":  # tests/ops/copies/test_season_end.py opens one
        words = ["serve", "--help"]
    if words[0] == "setup":  # there is no terminal that could be asked
        words = [*words, "--password-stdin"]
    return CliRunner().invoke(main, words, env={"DATA_DIR": str(folder), "LANGUAGE": "en"}, **given)


def test_the_guides_that_an_admin_needs_are_there():
    """UX-11: installation, configuration, copies and restore, troubleshooting, security; and being told."""
    names = {guide.stem for guide in GUIDES.glob("*.md")}
    assert names >= {"installation", "configuration", "copies", "troubleshooting", "security", "alerts"}


def test_the_guide_to_installing_makes_a_troop(tmp_path):
    """UX-11 TEST-21: in an empty folder, in the order in which the commands stand there."""
    commands = commands_of("installation")
    assert [words[0] for words in commands] == ["setup", "doctor", "secrets", "backup"]
    for words in commands:
        ended = ran(tmp_path / "cookies", words, input=PASSWORD)
        assert ended.exit_code == 0 or words[0] in MAY_WARN, (words, ended.output)
    assert len(places.local(Config(data_dir=tmp_path / "cookies")).listed()) == 1


@pytest.mark.parametrize("guide", ["configuration", "copies", "troubleshooting", "security", "emergencies"])
def test_every_command_of_a_guide_runs(box, tmp_path, guide):
    """UX-11 TEST-21: in the order in which they stand, on a box with a troop and a copy: a guide that is wrong fails."""
    with box.write() as tx:
        lea = factories.make_person(tx, "cookie_leader").id
        tx.execute("UPDATE accounts SET sign_in_name = 'lea@example.org' WHERE id = ?", (lea,))
    commands = commands_of(guide)
    assert len(commands) >= 2
    if guide == "troubleshooting":
        ran(tmp_path, ["backup"])
    for words in commands:
        ended = ran(tmp_path, words)
        assert ended.exit_code == 0 or words[0] in MAY_WARN, (words, ended.output)
        assert ended.exit_code in (0, 1) and "Traceback" not in ended.output
        if words[0] == "serve":
            assert "--read-only" in ended.output
    if guide == "copies":
        labels = [copy.label for copy in places.local(Config(data_dir=tmp_path)).listed()]
        assert labels == ["before the cupboard trip"]


def test_the_settings_of_the_guide_are_understood(tmp_path):
    """UX-11 TEST-21: every line of its example is a setting with a value that fits."""
    text = (GUIDES / "configuration.md").read_text(encoding="utf-8")
    example = re.search(r"```ini\n(.+?)```", text, re.DOTALL)[1]
    (tmp_path / "gsctracker.env").write_text(example, encoding="utf-8")
    found = config.load({}, tmp_path)
    assert (found.smtp_port, found.s3_backup_bucket) == (587, "our-troops-copies")
    assert str(found.app_url) == "https://cookies.example.org"


def test_the_first_five_minutes_are_written_for_three_kinds_of_trouble():
    """DEP-37: critical, slow, broken into: six steps each, minute by minute; every critical alert's runbook leads there."""
    text = (GUIDES / "emergencies.md").read_text(encoding="utf-8")
    parts = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert list(parts) == ["Something critical", "It is slow", "Somebody got in"]
    for said in parts.values():
        assert re.findall(r"^\| (\d) \|", said, re.MULTILINE) == ["0", "1", "2", "3", "4", "5"]
    runbooks = (GUIDES.parent / "runbooks.md").read_text(encoding="utf-8")
    alerts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", runbooks, re.MULTILINE | re.DOTALL))
    anchors = {name.lower().replace(" ", "-") for name in parts}
    led = {name: re.findall(r"guides/emergencies\.md#([\w-]+)", said) for name, said in alerts.items()}
    assert all(set(found) <= anchors for found in led.values())
    assert [name for name, said in alerts.items() if "*(critical)*" in said and not led[name]] == []
    assert led["SlowPages"] == ["it-is-slow"] and led["LoginAttack"] == ["somebody-got-in"]


def test_a_box_is_found_again_tomorrow(monkeypatch):
    """DEP-33: in the place of a bought address and a balancer: the guide says reservation and name, and the start prints that name."""
    text = (GUIDES / "installation.md").read_text(encoding="utf-8")
    (part,) = re.findall(r"^## The same address every day\n(.*?)(?=^## )", text, re.MULTILINE | re.DOTALL)
    for word in ("DHCP reservation", "avahi-daemon", "http://cookies.local:3000", "A record", "doctor --production"):
        assert word in part
    monkeypatch.setattr(addresses.socket, "gethostname", lambda: "cookies")
    monkeypatch.setattr(addresses, "on_the_network", lambda: ["192.168.1.20"])
    shown = addresses.to_open(Config(data_dir=Path("nowhere")))
    assert shown[:2] == ["http://192.168.1.20:3000", "http://cookies.local:3000"]
    assert all(Hosts(Config(data_dir=Path("nowhere"))).are_ours(each.removeprefix("http://")) for each in shown)
