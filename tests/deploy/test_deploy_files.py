"""What an operator deploys with, read as its reader would: one process over the data, no rights too many, no stray words."""

import configparser
import json
import re
import shutil
import subprocess
from pathlib import Path

import cfnlint.api
import pytest
import yaml

FOLDER = Path(__file__).parents[2] / "examples" / "deploy"
CLOUDS = ("aws-ecs.yaml", "google-cloud-run.yaml", "azure-container-app.yaml")


class Loader(yaml.SafeLoader):
    """YAML with the tags that Compose and CloudFormation have."""


def _plain(loader, _, node):
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)


Loader.add_multi_constructor("!", _plain)


def read(name):
    with (FOLDER / name).open(encoding="utf-8") as file:
        return yaml.load(file, Loader)


def test_the_box_alone_has_a_named_volume_and_no_rights_it_does_not_need():
    """DEP-05."""
    box = read("compose.yaml")["services"]["gsctracker"]
    assert box["volumes"] == ["gsctracker:/data"]
    assert box["read_only"] and box["cap_drop"] == ["ALL"] and box["security_opt"] == ["no-new-privileges:true"]
    assert box["restart"] == "unless-stopped"
    assert int(box["stop_grace_period"].removesuffix("m")) >= 1
    assert "deploy" not in box and "scale" not in box


def test_behind_caddy_only_caddy_is_published():
    """DEP-05, DEP-09: the box has no port, and the proxy that it trusts is Caddy alone."""
    added = read("compose.https.yaml")
    box, caddy = added["services"]["gsctracker"], added["services"]["caddy"]
    assert box["ports"] == []
    assert {str(port).split(":")[0] for port in caddy["ports"]} == {"80", "443"}
    assert caddy["networks"]["inside"]["ipv4_address"] == box["environment"]["TRUSTED_PROXIES"]
    assert added["networks"]["inside"]["internal"] is True
    assert box["environment"]["APP_URL"].startswith("https://")


def test_for_work_on_the_program_a_change_starts_it_anew_and_nobody_else_reaches_it():
    """DEP-06, DEP-28."""
    box = read("compose.dev.yaml")["services"]["gsctracker"]
    assert all(port.startswith("127.0.0.1:") for port in box["ports"])
    assert "watchfiles" in box["command"][-1] and "--demo" in box["command"][-1]
    assert "../..:/src" in box["volumes"]


def test_traefik_knows_the_box_by_its_labels():
    """DEP-07."""
    box = read("compose.traefik.yaml")["services"]["gsctracker"]
    assert box["labels"]["traefik.http.services.gsctracker.loadbalancer.server.port"] == "3000"
    assert box["labels"]["traefik.http.routers.gsctracker.rule"] == "Host(`${SITE}`)"
    assert box["ports"] == [] and "TRUSTED_PROXIES" in box["environment"]


def unit():
    found = configparser.ConfigParser(strict=False, interpolation=None, delimiters=("=",))
    found.optionxform = str
    found.read(FOLDER / "gsctracker.service")
    return found


def test_the_service_is_bound_to_its_folder_and_ends_well():
    """DEP-13: a user of its own, one folder to write, time for the last copy, started again but not for ever."""
    service = unit()["Service"]
    assert service["ExecStart"] == "/opt/gsctracker/current/bin/gsctracker serve"
    assert (service["User"], service["ProtectSystem"], service["NoNewPrivileges"]) == ("gsctracker", "strict", "yes")
    assert f"DATA_DIR=/var/lib/{service['StateDirectory']}" in service["Environment"].split()
    assert (service["Restart"], service["KillSignal"], service["CapabilityBoundingSet"]) == ("always", "SIGTERM", "")
    assert int(service["TimeoutStopSec"]) >= 60
    assert int(unit()["Unit"]["StartLimitBurst"]) > 1
    assert unit()["Unit"]["RequiresMountsFor"] == "/var/lib/gsctracker"
    assert "AF_NETLINK" in service["RestrictAddressFamilies"].split(), (
        "it could not say at which address it can be opened"
    )


def test_the_service_and_the_script_mean_the_same_places():
    """DEP-13, DEP-21."""
    script = (FOLDER / "deploy.sh").read_text()
    for word in ("${DEPLOY_HOME:-/opt/gsctracker}", "${DATA_DIR:-/var/lib/gsctracker}", "systemctl start gsctracker"):
        assert word in script
    nightly = (FOLDER.parents[1] / "backup" / "gsctracker-backup.service").read_text()
    assert "ExecStart=/opt/gsctracker/bin/gsctracker" in nightly and '"$home/bin/gsctracker"' in script


def test_the_script_is_plain_sh():
    """DEP-21: as Debian's own shell reads it."""
    done = subprocess.run([shutil.which("dash") or "sh", "-n", FOLDER / "deploy.sh"], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
    assert (FOLDER / "deploy.sh").stat().st_mode & 0o111


def box_of(name):
    """The container in a cloud's template: its arguments and the names of its environment."""
    found = read(f"cloud/{name}")
    if name.startswith("aws"):
        (box,) = found["Resources"]["Task"]["Properties"]["ContainerDefinitions"]
        return box["Command"], {each["Name"] for each in box["Environment"] + box["Secrets"]}
    if name.startswith("google"):
        (box,) = found["spec"]["template"]["spec"]["containers"]
    else:
        (box,) = found["properties"]["template"]["containers"]
    return box["args"], {each["name"] for each in box["env"]}


@pytest.mark.parametrize("name", CLOUDS)
def test_where_the_disk_goes_the_newest_copy_is_fetched_with_its_key(name):
    """DEP-10 to DEP-12: the start that tests/ops/copies/test_restore_from_a_bucket.py makes for real."""
    (command,), names = box_of(name)
    assert command.endswith("exec gsctracker serve --restore-if-empty")
    assert ">/data/secrets/backup_identity" in command and "unset BACKUP_IDENTITY" in command
    assert {"APP_URL", "TRUSTED_PROXIES", "S3_BACKUP_BUCKET", "BACKUP_IDENTITY"} <= names


def test_amazon_runs_exactly_one_task():
    """DEP-10: cfn-lint has nothing to say, and never are there two."""
    text = (FOLDER / "cloud" / "aws-ecs.yaml").read_text()
    assert [each for each in cfnlint.api.lint_all(text) if not each.rule.id.startswith("I")] == []
    service = read("cloud/aws-ecs.yaml")["Resources"]["Service"]["Properties"]
    assert service["DesiredCount"] == 1
    assert service["DeploymentConfiguration"] == {"MaximumPercent": 100, "MinimumHealthyPercent": 0}
    role = read("cloud/aws-ecs.yaml")["Resources"]["TaskRole"]["Properties"]
    allowed = json.dumps(role["Policies"])
    assert "s3:DeleteObject" not in allowed and "s3:*" not in allowed


def test_google_and_azure_run_exactly_one():
    """DEP-11, DEP-12: at most and at least one."""
    marks = read("cloud/google-cloud-run.yaml")["spec"]["template"]["metadata"]["annotations"]
    assert (marks["autoscaling.knative.dev/minScale"], marks["autoscaling.knative.dev/maxScale"]) == ("1", "1")
    scale = read("cloud/azure-container-app.yaml")["properties"]["template"]["scale"]
    assert scale == {"minReplicas": 1, "maxReplicas": 1}


def test_a_small_machine_keeps_its_data_on_a_disk_of_its_own():
    """DEP-13."""
    found = read("cloud/vm-cloud-init.yaml")
    assert found["mounts"][0][1] == "/var/lib/gsctracker"
    assert found["fs_setup"][0]["overwrite"] is False
    assert any(step.endswith("deploy.sh --yes WHEEL") for step in found["runcmd"])


def test_every_file_is_told_of():
    """UX-30."""
    told = set(re.findall(r"\]\(([\w./-]+)\)", (FOLDER / "README.md").read_text()))
    there = {str(file.relative_to(FOLDER)) for file in FOLDER.rglob("*") if file.is_file()} - {"README.md"}
    assert there <= told


@pytest.mark.parametrize("name", ["compose.yaml", "compose.https.yaml", "compose.traefik.yaml"])
def test_a_container_says_json_on_its_output_and_cannot_fill_the_disk_with_it(name):
    """LOG-13: the image writes JSON to standard output and to no file; what Docker keeps of it has a bound."""
    image = (FOLDER.parents[1] / "Dockerfile").read_text(encoding="utf-8")
    assert re.search(r"\bLOG_FORMAT=json\b", image) and "LOG_DIR" not in image
    alone = read("compose.yaml")["services"]["gsctracker"]
    box = alone | read(name)["services"].get("gsctracker", {})
    assert box["logging"]["options"].keys() >= {"max-size", "max-file"}
    assert "LOG_DIR" not in json.dumps(box)


def test_the_proxies_speak_tls_of_today_with_certificates_that_everybody_trusts():
    """SEC-08 SEC-09 ASVS 12.1.1 12.2.2: Caddy and Traefik fetch and renew them by themselves; nginx names 1.2 and 1.3 and sends HTTP on."""
    caddy = (FOLDER / "Caddyfile").read_text(encoding="utf-8")
    assert "{$SITE:cookies.example.org} {" in caddy, "a name without http:// is one that Caddy gets a certificate for"
    assert not re.search(r"auto_https|tls\s+internal|protocols|http://(?!127)|ciphers|insecure", caddy)
    nginx = (FOLDER / "nginx.conf").read_text(encoding="utf-8")
    assert re.findall(r"ssl_protocols ([^;]+);", nginx) == ["TLSv1.2 TLSv1.3"]
    assert "ssl_ciphers" not in nginx, "the ones of nginx are better than a list that grows old"
    assert "return 301 https://$host$request_uri;" in nginx
    assert "proxy_ssl_verify off" not in nginx
    labels = read("compose.traefik.yaml")["services"]["gsctracker"]["labels"]
    assert labels["traefik.http.routers.gsctracker.tls.certresolver"] == "letsencrypt"
    assert labels["traefik.http.routers.gsctracker.entrypoints"] == "websecure"
