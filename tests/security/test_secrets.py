"""Secrets from files and from a secrets manager, and everywhere they must not be seen."""

import json
import logging

import boto3
import pytest
from click.testing import CliRunner

from gsctracker import config as settings
from gsctracker.cli import main
from gsctracker.config import SETTINGS
from gsctracker.errors import Invalid
from gsctracker.ops import secret_source
from gsctracker.web.app import create_app
from tests.security.test_matrix import STREAM
from tests.security.world import SECRET

SESSION = "q7RtZ2mVx9LpKd4WsYb8NfHc3GjTu6Ae"
KEYS = {"AWS_ACCESS_KEY_ID": "AKIAEXAMPLEOFATROOP0", "AWS_SECRET_ACCESS_KEY": "not-a-real-secret-of-anybody"}


@pytest.fixture
def manager(store_port):
    """moto's secrets manager: call it with a name and what the secret holds; gives the settings that lead to it."""
    address = f"http://127.0.0.1:{store_port}"
    client = boto3.client(
        "secretsmanager",
        endpoint_url=address,
        region_name="us-east-1",
        aws_access_key_id=KEYS["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=KEYS["AWS_SECRET_ACCESS_KEY"],
    )

    def keep(name: str, held: str) -> dict[str, str]:
        client.create_secret(Name=name, SecretString=held)
        return KEYS | {"AWS_SECRETS_ID": name, "AWS_SECRETS_ENDPOINT_URL": address}

    return keep


def loaded(tmp_path, environment):
    return secret_source.filled(settings.load(environment, tmp_path))


def test_secrets_come_from_the_manager_and_what_is_set_here_goes_first(tmp_path, manager):
    """SEC-04: one secret, a JSON object; a file and the environment go before it."""
    (tmp_path / "pass").write_text("from the file\n")
    environment = manager(
        "troop/one", json.dumps({"SESSION_SECRET": SESSION, "SMTP_PASS": "there", "METRICS_TOKEN": "there"})
    )
    config = loaded(tmp_path, environment | {"SMTP_PASS_FILE": str(tmp_path / "pass"), "METRICS_TOKEN": "here"})
    assert (config.session_secret, config.smtp_pass, config.metrics_token) == (SESSION, "from the file", "here")
    assert SESSION not in repr(config)
    assert not list((tmp_path).rglob("session_secret")), "it is not written down"


@pytest.mark.parametrize(
    ("held", "said"),
    [
        ("not JSON but hush-hush", "is not a JSON object"),
        ('["hush-hush"]', "is not a JSON object"),
        ('{"SMTP_PASS": 5}', "is not a JSON object"),
        ('{"PORT": "hush-hush"}', "PORT is not a secret setting"),
        ('{"SENTRY_DSN": "hush-hush"}', "SENTRY_DSN has a value that does not fit"),
    ],
)
def test_a_secret_that_does_not_fit_stops_the_start_and_is_not_repeated(tmp_path, manager, held, said):
    """SEC-04: one line that names the setting; nothing of the value."""
    environment = manager(f"troop/{abs(hash(held))}", held)
    done = CliRunner(env=environment).invoke(main, ["doctor", "--data-dir", str(tmp_path)])
    assert done.exit_code == 1
    assert said in done.output
    assert "hush" not in done.output
    assert len(done.output.splitlines()) == 1


def test_a_manager_that_does_not_answer_or_has_none_stops_the_start(tmp_path, manager):
    """SEC-04: errors are shown; nothing starts with half its secrets."""
    environment = manager("troop/there", "{}")
    with pytest.raises(Invalid, match=r"did not give out troop/absent: ResourceNotFoundException"):
        loaded(tmp_path, environment | {"AWS_SECRETS_ID": "troop/absent"})
    with pytest.raises(Invalid, match="did not give out troop/there"):
        loaded(tmp_path, environment | {"AWS_SECRETS_ENDPOINT_URL": "http://127.0.0.1:9"})


SPECIAL = {
    "alert_urls": ("json://hush-alert_urls.example",),
    "sentry_dsn": "https://hush-sentry_dsn@sentry.example/1",
    "redis_url": "redis://:hush-redis_url@127.0.0.1:9/0",
    "encryption_key": "5ec2e7" * 10 + "abcd",
}


def test_no_secret_is_in_a_page_a_line_of_the_log_a_repr_or_a_backtrace(world, caplog, monkeypatch, tmp_path):
    """SEC-03 SEC-07 LOG-10: with every secret set, all pages, calls, lines and backtraces of an admin are searched for each."""
    secret = {
        one.name: SPECIAL.get(
            one.name, f"https://hush-{one.name}.example" if one.name.endswith("_url") else f"hush-{one.name}"
        )
        for one in SETTINGS
        if one.metadata["secret"]
    }
    marks = ["hush-", SPECIAL["encryption_key"]]
    config = settings.Config(data_dir=tmp_path, **secret)
    assert len(secret) > 10
    assert not [mark for mark in marks if mark in repr(config) or mark in f"{config}"]
    site = create_app(config, world.db, SECRET)
    client = site.test_client()
    client.set_cookie("gsct_session", world.tokens["admin"])
    caplog.set_level(logging.DEBUG)
    told = []
    for method, rule, _ in world.routes():
        if method == "GET" and rule.rule != STREAM and not rule.rule.startswith("/static"):
            answer = client.get(world.address(rule))
            told += [f"{rule.rule} shows {mark}" for mark in marks if mark.encode() in answer.data]
    site.view_functions["catalogue.index"] = broken(site.view_functions["catalogue.index"], config)
    answer = client.get("/catalogue")
    assert answer.status_code == 500
    lines = caplog.text + "".join(str(record.__dict__) for record in caplog.records)
    told += [f"the log holds {mark}" for mark in marks if mark in lines or mark in answer.text]
    assert "fell over" in lines, "the backtrace is really there"
    assert "fell over" not in answer.text
    assert not told


def broken(view, config):
    """A view that falls over with a secret in its hands."""

    def fall(*_, **__):
        held = config.smtp_pass  # a local variable of the frame that is told about
        raise RuntimeError(f"fell over, {len(held)}")

    fall.allowed = view.allowed
    return fall
