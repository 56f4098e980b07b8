"""Settings: where they come from, and what stops the start."""

import re
from pathlib import Path

import pytest

from gsctracker import config
from gsctracker.errors import Invalid
from gsctracker.ops import settings_page

TOP = Path(__file__).parents[1]
CONTRACT = re.findall(
    r"\w+",
    """
    PORT HOST APP_URL DATA_DIR DATABASE_PATH SESSION_SECRET ENCRYPTION_KEY TRUSTED_PROXIES THREADS LOG_LEVEL LOG_FORMAT
    CACHE_TYPE CACHE_DEFAULT_TIMEOUT REDIS_URL BACKUP_DIR BACKUP_KEEP_DAYS BACKUP_RECIPIENT S3_BACKUP_BUCKET
    S3_BACKUP_PREFIX S3_ENDPOINT_URL AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_REGION SMTP_HOST SMTP_PORT SMTP_USER
    SMTP_PASS SMTP_FROM GOOGLE_CLIENT_ID GOOGLE_CLIENT_SECRET GOOGLE_CALLBACK_URL VAPID_PUBLIC_KEY VAPID_PRIVATE_KEY
    TWILIO_ACCOUNT_SID TWILIO_AUTH_TOKEN TWILIO_FROM STRIPE_SECRET_KEY STRIPE_WEBHOOK_SECRET SQUARE_ACCESS_TOKEN
    SQUARE_LOCATION_ID SENTRY_DSN METRICS_TOKEN ALERT_URLS""",
)


def test_every_setting_of_the_contract_is_known_and_described():
    known = {setting.name.upper(): setting for setting in config.SETTINGS}
    assert set(CONTRACT) <= set(known)
    assert all(setting.metadata["help"].endswith(".") for setting in known.values())


def test_nothing_need_be_set(tmp_path):
    found = config.load({}, tmp_path)
    assert (found.port, found.host, found.threads, found.log_level, found.log_format) == (
        3000,
        "0.0.0.0",
        4,
        "info",
        "text",
    )
    assert (found.cache_default_timeout, found.backup_keep_days) == (300, 30)
    assert found.database == tmp_path / "gsctracker.db"
    assert found.backups == tmp_path / "backups"


def test_the_environment_sets_with_and_without_the_prefix(tmp_path):
    assert config.load({"PORT": "8080"}, tmp_path).port == 8080
    assert config.load({"PORT": "8080", "GSCTRACKER_PORT": "9090"}, tmp_path).port == 9090


def test_the_data_folder_comes_from_the_option_else_from_the_environment(tmp_path):
    assert config.load({"DATA_DIR": str(tmp_path / "a")}).data_dir == tmp_path / "a"
    assert config.load({"DATA_DIR": str(tmp_path / "a")}, tmp_path / "b").data_dir == tmp_path / "b"
    assert config.load({}).data_dir == Path("data")


def test_a_value_may_lie_in_a_file_of_its_own(tmp_path):
    secret = tmp_path / "token"
    secret.write_text("from-a-container-secret\n")
    assert config.load({"METRICS_TOKEN_FILE": str(secret)}, tmp_path).metrics_token == "from-a-container-secret"
    assert config.load({"GSCTRACKER_METRICS_TOKEN_FILE": str(secret)}, tmp_path).metrics_token


def test_settings_may_stand_in_the_data_folder_and_the_environment_goes_first(tmp_path):
    (tmp_path / "gsctracker.env").write_text('# ours\nPORT=4000\nexport SMTP_FROM="Troop 7 <a@example.org>"\n\nHOST=\n')
    found = config.load({"PORT": "5000"}, tmp_path)
    assert (found.port, found.smtp_from, found.host) == (5000, "Troop 7 <a@example.org>", "0.0.0.0")


def test_an_empty_value_is_an_unset_one(tmp_path):
    assert config.load({"PORT": "", "APP_URL": "  "}, tmp_path) == config.load({}, tmp_path)


@pytest.mark.parametrize("name", ["GSCTRACKER_PROT", "GSCTRACKER_", "GSCTRACKER_PORTS_FILE", "GSCTRACKER_port"])
def test_an_unknown_name_is_refused_and_named(tmp_path, name):
    with pytest.raises(Invalid, match=name):
        config.load({name: "1"}, tmp_path)


@pytest.mark.parametrize("line", ["PROT=3000", "GSCTRACKER_NO=1", "nonsense", "=1", "DATA_DIR=/elsewhere"])
def test_a_wrong_line_in_the_settings_file_is_refused(tmp_path, line):
    (tmp_path / "gsctracker.env").write_text(line + "\n")
    with pytest.raises(Invalid):
        config.load({}, tmp_path)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "3000.0"),
        ("PORT", "\u0663\u0660\u0660\u0660"),
        ("PORT", "9" * 5000),
        ("THREADS", "65"),
        ("THREADS", "-1"),
        ("LOG_LEVEL", "loud"),
        ("LOG_FORMAT", "xml"),
        ("CACHE_TYPE", "FileSystemCache"),
        ("APP_URL", "cookies.example.org"),
        ("APP_URL", "https://example.org/cookies"),
        ("APP_URL", "javascript:alert(1)"),
        ("APP_URL", "https://example.org:99999"),
        ("TRUSTED_PROXIES", "the proxy"),
        ("TRUSTED_PROXIES", "10.0.0.0/99"),
        ("REDIS_URL", "http://localhost"),
        ("BACKUP_RECIPIENT", "AGE-SECRET-KEY-1"),
        ("SMTP_HOST", "a\x00b"),
    ],
)
def test_a_value_that_does_not_fit_is_refused_in_one_line_that_names_it(tmp_path, name, text):
    with pytest.raises(Invalid) as refused:
        config.load({name: text}, tmp_path)
    assert name in str(refused.value)
    assert "\n" not in str(refused.value)
    assert len(str(refused.value)) < 250


def test_a_setting_given_twice_is_refused(tmp_path):
    with pytest.raises(Invalid, match="METRICS_TOKEN_FILE"):
        config.load({"METRICS_TOKEN": "a", "METRICS_TOKEN_FILE": "/b"}, tmp_path)


def test_a_file_that_is_not_there_is_refused_and_named(tmp_path):
    with pytest.raises(Invalid, match="SMTP_PASS_FILE"):
        config.load({"SMTP_PASS_FILE": str(tmp_path / "no")}, tmp_path)


def test_a_refused_secret_is_not_repeated(tmp_path):
    with pytest.raises(Invalid) as refused:
        config.load({"SENTRY_DSN": "hunter2-is-no-address"}, tmp_path)
    assert "hunter2" not in str(refused.value)


def test_secrets_are_covered_when_the_settings_are_shown(tmp_path):
    secrets = {s.name.upper(): "hunter2" for s in config.SETTINGS if s.metadata["secret"]}
    secrets |= {"SENTRY_DSN": "https://hunter2@example.org/1", "REDIS_URL": "redis://:hunter2@localhost/0"}
    secrets |= {"ALERT_PING_URL": "https://example.org/hunter2"}
    found = config.load(secrets, tmp_path)
    assert found.stripe_secret_key == "hunter2"
    for shown in (repr(found), str(found), f"{found}"):
        assert "hunter2" not in shown
        assert "port=3000" in shown


def test_the_settings_cannot_be_changed_later(tmp_path):
    with pytest.raises(AttributeError):
        config.load({}, tmp_path).port = 1


def test_lists_are_parsed(tmp_path):
    found = config.load({"TRUSTED_PROXIES": "127.0.0.1, 10.0.0.0/8", "ALERT_URLS": "ntfy://a, mailto://b"}, tmp_path)
    assert [str(network) for network in found.trusted_proxies] == ["127.0.0.1/32", "10.0.0.0/8"]
    assert found.alert_urls == ("ntfy://a", "mailto://b")


def test_quiet_hours_go_from_one_time_to_another(tmp_path):
    assert config.load({"ALERT_QUIET_HOURS": "22:00 - 06:30"}, tmp_path).alert_quiet_hours == "22:00-06:30"
    for wrong in ("22:00", "late-early", "22:00-06:30-07:00", "25:00-06:00"):
        with pytest.raises(Invalid, match="two times of day"):
            config.load({"ALERT_QUIET_HOURS": wrong}, tmp_path)


@pytest.mark.parametrize(
    ("path", "made"), [("docs/settings.md", settings_page.page), (".env.example", settings_page.example)]
)
def test_the_reference_is_what_the_code_says(path, made):
    """DEP-29: the reference and the template are made from the settings themselves."""
    assert (TOP / path).read_text() == made(), "run: python -m gsctracker.ops.settings_page"


def test_the_example_file_with_every_remark_taken_away_is_understood(tmp_path):
    lines = re.sub(r"(?m)^#(?=[A-Z0-9_]+=)", "", settings_page.example()).splitlines()
    (tmp_path / "gsctracker.env").write_text("\n".join(line for line in lines if not line.startswith("DATA_DIR")))
    assert config.load({}, tmp_path).port == 3000


def test_the_example_of_a_troop_behind_a_proxy_is_understood(tmp_path):
    (tmp_path / "gsctracker.env").write_text((TOP / "examples" / "gsctracker.env").read_text())
    found = config.load({}, tmp_path)
    assert found.app_url == "https://cookies.example.org"
    assert len(found.trusted_proxies) == 2


def test_a_setting_that_nothing_uses_yet_says_so_and_no_other_does():
    """Nobody fills in a mail server and waits for mail."""
    own = Path(config.__file__)
    code = "\n".join(file.read_text(encoding="utf-8") for file in own.parent.rglob("*.py") if file != own)
    code += "\n".join(re.findall(r"self\.\w+", own.read_text(encoding="utf-8")))
    names = {setting.name for setting in config.SETTINGS}
    assert {name for name in names if not re.search(rf"\b{name}\b", code)} == config.LATER
    assert settings_page.page().count("Nothing uses it yet.") == len(config.LATER)
