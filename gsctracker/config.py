"""Every setting of the appliance: its name, its type, its default, and one sentence about it.

Settings come from the environment, from NAME_FILE (a file that holds the value), or from DATA_DIR/gsctracker.env,
and are read once, at the front door (`load`). Nothing else in the program reads the environment.
"""

import dataclasses
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gsctracker.errors import Invalid
from gsctracker.setting_values import (
    Network,
    Parse,
    age_recipient,
    choice,
    endpoint,
    host_and_port,
    networks,
    place,
    plain,
    several,
    site,
    span_of_day,
    time_of_day,
    uid_of_box,
    way_back,
    whole,
    yes,
)
from gsctracker.words import N_

PREFIX = "GSCTRACKER_"
SETTINGS_FILE = "gsctracker.env"
LONGEST_VALUE = 4096


def _setting(chapter: str, default: object, words: str, parse: Parse = plain, secret: bool = False) -> Any:
    return dataclasses.field(
        default=default, metadata={"chapter": chapter, "help": words, "parse": parse, "secret": secret}
    )


_HERE, _STORE, _LOG = N_("The server"), N_("The data"), N_("Logs and numbers")
_CACHE, _COPIES, _MAIL = N_("The cache"), N_("Copies"), N_("Mail")
_IN, _PUSH = N_("Signing in with an outside account"), N_("Push notices")
_SMS, _CARDS = N_("Text messages"), N_("Card payments")


@dataclass(frozen=True, repr=False)
class Config:
    """All settings of this start, parsed. Unset ones that have no default are None, or () where a list is meant."""

    port: int = _setting(_HERE, 3000, "The port the server listens on.", whole(1, 65535))
    host: str = _setting(
        _HERE,
        "0.0.0.0",  # noqa: S104 - phones on the troop's network are the point of it
        "The address the server listens on; 127.0.0.1 keeps it to this machine.",
    )
    app_url: str | None = _setting(_HERE, None, "The address people open, used in links that are sent out.", site)
    trusted_proxies: tuple[Network, ...] = _setting(
        _HERE,
        (),
        "Proxies whose word about the visitor's address and scheme is believed, by address or network.",
        networks,
    )
    trusted_hosts: tuple[str, ...] = _setting(
        _HERE,
        (),
        "Further public names the box answers to, with commas between; addresses, home network names and APP_URL's need not be named.",
        several,
    )
    offline_pages: bool = _setting(
        _HERE,
        True,
        "Lets phones open booth mode without a connection (HTTPS only); off, what they keep for that is taken away again.",
        yes,
    )
    threads: int = _setting(_HERE, 4, "How many requests are worked on at once; 2 to 4 serve best.", whole(1, 64))
    data_dir: Path = _setting(_STORE, Path("data"), "The folder that holds everything: /data in the image.", place)
    database_path: Path | None = _setting(
        _STORE, None, "The database file; on a local disk. Unset: gsctracker.db in DATA_DIR.", place
    )
    expected_box: str | None = _setting(
        _STORE,
        None,
        "The box whose volume must be mounted here, by the uid on its recovery sheet: without it the start is refused.",
        uid_of_box,
    )
    allow_unsafe_volume: bool | None = _setting(
        _STORE,
        None,
        "Starts on a network disk or a Docker volume without a name as well, where data can be lost: nobody supports that.",
        yes,
    )
    session_secret: str | None = _setting(
        _STORE,
        None,
        "Signs the cookie that carries notices, 32 characters or more; made on the first start if unset.",
        secret=True,
    )
    encryption_key: str | None = _setting(
        _STORE,
        None,
        "Will seal fields in the database, which nothing does yet; 64 hexadecimal digits, made on the first start if unset.",
        secret=True,
    )
    aws_secrets_id: str | None = _setting(
        _STORE,
        None,
        "A secret in AWS Secrets Manager, by name or ARN: a JSON object of settings that are secret. What is set elsewhere goes before it.",
    )
    aws_secrets_endpoint_url: str | None = _setting(
        _STORE, None, "The address of a secrets manager that is not Amazon's.", endpoint("https", "http")
    )
    log_level: str = _setting(
        _LOG,
        "info",
        "The least important line that is written.",
        choice("debug", "info", "warning", "error", warn="warning"),
    )
    log_format: str = _setting(
        _LOG, "text", "How lines are written: for people or for programs.", choice("text", "json")
    )
    log_dir: Path | None = _setting(
        _LOG,
        None,
        "Where lines are kept in files as well, all.log and errors.log; unset, on standard output alone.",
        place,
    )
    log_keep_days: int = _setting(_LOG, 30, "For how many days full files of lines are kept there.", whole(1, 3650))
    log_forward: tuple[str, int] | None = _setting(
        _LOG, None, "A syslog that every line is sent to as well, like logs.example.org:514 (UDP).", host_and_port
    )
    metrics_token: str | None = _setting(
        _LOG, None, "Lets a caller from outside read /metrics, sent as a bearer token.", secret=True
    )
    sentry_dsn: str | None = _setting(
        _LOG,
        None,
        "Where errors are reported to a Sentry, without what a message says; nothing is sent without it.",
        endpoint("https", "http"),
        secret=True,
    )
    alert_urls: tuple[str, ...] = _setting(
        _LOG,
        (),
        "Where the operator is told of trouble, as apprise addresses separated by commas.",
        several,
        secret=True,
    )
    alert_escalation_urls: tuple[str, ...] = _setting(
        _LOG,
        (),
        "Who is told as well when nobody acknowledges something critical within 15 minutes, as apprise addresses.",
        several,
        secret=True,
    )
    alert_ping_url: str | None = _setting(
        _LOG,
        None,
        "Asked once a minute while the box is alive: a service behind it tells you when that stops.",
        endpoint("https", "http"),
        secret=True,
    )
    alert_quiet_hours: str = _setting(
        _LOG,
        "21:30-07:00",
        "When only what is critical is told, by the troop's clock.",
        span_of_day,
    )
    cache_type: str = _setting(
        _CACHE,
        "SimpleCache",
        "Where finished answers are kept: in memory, in Redis, or nowhere.",
        choice("SimpleCache", "RedisCache", "NullCache", simple="SimpleCache", redis="RedisCache", null="NullCache"),
    )
    cache_default_timeout: int = _setting(
        _CACHE, 300, "Seconds after which a kept answer is forgotten in any case.", whole(1, 86_400)
    )
    redis_url: str | None = _setting(
        _CACHE, None, "The Redis to use with CACHE_TYPE=RedisCache.", endpoint("redis", "rediss", "unix"), secret=True
    )
    backup_dir: Path | None = _setting(_COPIES, None, "Where copies are kept. Unset: backups in DATA_DIR.", place)
    backup_time: str = _setting(
        _COPIES, "02:00", "When the copy of the day is made, by the troop's clock.", time_of_day
    )
    backup_every_minutes: int = _setting(
        _COPIES, 5, "A copy is made after so many minutes when something was changed.", whole(1, 1440)
    )
    upkeep_time: str = _setting(
        _COPIES, "03:00", "When the file is checked and made smaller, on Sundays, by the troop's clock.", time_of_day
    )
    backup_keep_days: int = _setting(
        _COPIES,
        30,
        "For how many days each day's last copy is kept; of older ones one a week, then a month.",
        whole(1, 3650),
    )
    backup_recipient: str | None = _setting(
        _COPIES, None, "The age public key that copies are sealed for.", age_recipient
    )
    restore_upload_mb: int = _setting(_COPIES, 2000, "How large a copy may be in a browser, in MB.", whole(15, 20_000))
    s3_backup_bucket: str | None = _setting(_COPIES, None, "The S3 bucket that sealed copies are brought to.")
    s3_backup_prefix: str = _setting(_COPIES, "gsctracker", "The folder inside the bucket; each box needs its own.")
    s3_endpoint_url: str | None = _setting(
        _COPIES, None, "The address of an S3 store that is not Amazon's.", endpoint("https", "http")
    )
    aws_access_key_id: str | None = _setting(
        _COPIES,
        None,
        "Names the key for the bucket; without one, what the machine itself may do at Amazon.",
        secret=True,
    )
    aws_secret_access_key: str | None = _setting(_COPIES, None, "The key for the bucket.", secret=True)
    aws_region: str | None = _setting(_COPIES, None, "The region of the bucket; us-east-1 if unset.")
    smtp_host: str | None = _setting(_MAIL, None, "The mail server; without one no mail is sent.")
    smtp_port: int = _setting(_MAIL, 587, "Its port; 465 speaks TLS from the first byte.", whole(1, 65535))
    smtp_user: str | None = _setting(_MAIL, None, "The name to sign in to it.")
    smtp_pass: str | None = _setting(_MAIL, None, "The password to sign in to it.", secret=True)
    smtp_from: str | None = _setting(_MAIL, None, "The sender that people see.")
    google_client_id: str | None = _setting(_IN, None, "The client id that Google gave out.")
    google_client_secret: str | None = _setting(_IN, None, "Its secret.", secret=True)
    google_callback_url: str | None = _setting(
        _IN,
        None,
        "The address Google sends people back to. Unset: /auth/google/callback under APP_URL, which has to be HTTPS.",
        way_back("/auth/google/callback"),
    )
    oidc_issuer: str | None = _setting(
        _IN,
        None,
        "The issuer of another outside sign-in (OpenID Connect); it sends people back to /auth/oidc/callback under APP_URL.",
        endpoint("https", "http"),
    )
    oidc_client_id: str | None = _setting(_IN, None, "The client id that it gave out.")
    oidc_client_secret: str | None = _setting(_IN, None, "Its secret.", secret=True)
    oidc_name: str | None = _setting(_IN, None, "What people call it; unset: the name of its machine.")
    vapid_public_key: str | None = _setting(
        _PUSH, None, "The public key of the box for web push; follows from the private one."
    )
    vapid_private_key: str | None = _setting(
        _PUSH, None, "The private key of the box for web push; made when the first phone asks to be told.", secret=True
    )
    twilio_account_sid: str | None = _setting(_SMS, None, "The Twilio account.")
    twilio_auth_token: str | None = _setting(_SMS, None, "Its token.", secret=True)
    twilio_from: str | None = _setting(_SMS, None, "The number text messages come from.")
    stripe_secret_key: str | None = _setting(_CARDS, None, "The secret key of the Stripe account.", secret=True)
    stripe_webhook_secret: str | None = _setting(_CARDS, None, "Proves that a notice came from Stripe.", secret=True)
    square_access_token: str | None = _setting(_CARDS, None, "The token of the Square account.", secret=True)
    square_location_id: str | None = _setting(_CARDS, None, "The Square location that sells.")

    @property
    def database(self) -> Path:
        """The database file."""
        return self.database_path or self.data_dir / "gsctracker.db"

    @property
    def backups(self) -> Path:
        """The folder of copies."""
        return self.backup_dir or self.data_dir / "backups"

    def __repr__(self) -> str:
        shown = (
            f"{s.name}={mask(getattr(self, s.name)) if s.metadata['secret'] else getattr(self, s.name)!r}"
            for s in SETTINGS
        )
        return f"Config({', '.join(shown)})"


SETTINGS: tuple[dataclasses.Field[Any], ...] = dataclasses.fields(Config)

# what later work reads; said wherever settings are described
LATER = frozenset(
    {
        "twilio_account_sid",
        "twilio_auth_token",
        "twilio_from",
        "stripe_secret_key",
        "stripe_webhook_secret",
        "square_access_token",
        "square_location_id",
    }
)


def mask(value: object) -> str:
    """Whether a secret is set, never what it is."""
    return "'***'" if value else repr(value)


def load(environ: Mapping[str, str], data_dir: Path | None = None) -> Config:
    """The settings of this start; `data_dir` (from the command line) goes before DATA_DIR.

    Raises Invalid, naming the setting, for an unknown name, a value that does not parse or a file that cannot be read.
    """
    names = {setting.name.upper(): setting for setting in SETTINGS}
    for given in environ:
        if given.startswith(PREFIX) and _bare(given) not in names:
            raise Invalid(N_("%(name)s is not a setting of GSCTracker."), "unknown_setting", name=given)
    home = data_dir or _parsed(names["DATA_DIR"], _given(environ, "DATA_DIR", Path())) or Path("data")
    kept = _from_file(home / SETTINGS_FILE, set(names))
    values: dict[str, Any] = {"data_dir": home}
    for name, setting in names.items():
        text = None if name == "DATA_DIR" else _given(environ, name, Path()) or _given(kept, name, home)
        if text is not None:
            values[setting.name] = _parsed(setting, text)
    return Config(**values)


def with_secrets(config: Config, given: Mapping[str, str]) -> Config:
    """The settings with the secret ones that are unset taken from `given`, name by name.

    Raises Invalid, naming it, for what is no secret setting or does not parse; the value itself is never said.
    """
    secret = {setting.name.upper(): setting for setting in SETTINGS if setting.metadata["secret"]}
    for name in given:
        if name not in secret:
            raise Invalid(N_("%(name)s is not a secret setting of GSCTracker."), "unknown_setting", name=name[:60])
    unset = {name: text for name, text in given.items() if not getattr(config, secret[name].name)}
    return dataclasses.replace(
        config, **{secret[name].name: _parsed(secret[name], text) for name, text in unset.items()}
    )


def _bare(name: str) -> str:
    name = name.removeprefix(PREFIX)
    return name if name.lower() in {setting.name for setting in SETTINGS} else name.removesuffix("_FILE")


def _given(source: Mapping[str, str], name: str, folder: Path) -> str | None:
    """The text of a setting: NAME or GSCTRACKER_NAME, or what the file named by NAME_FILE holds. Empty is unset."""
    for known in (PREFIX + name, name):
        text, file = source.get(known, "").strip(), source.get(f"{known}_FILE", "").strip()
        if text and file:
            raise Invalid(N_("%(name)s and %(name)s_FILE are both set: keep one."), "setting_twice", name=known)
        if file:
            text = _read(folder / file, f"{known}_FILE").strip()
        if text:
            return text
    return None


def _parsed(setting: "dataclasses.Field[Any]", text: str | None) -> Any:
    if text is None:
        return None
    try:
        if len(text) > LONGEST_VALUE:
            raise ValueError(f"at most {LONGEST_VALUE} characters")
        return setting.metadata["parse"](text)
    except ValueError as wrong:
        raise Invalid(
            N_("%(name)s has a value that does not fit: it takes %(wanted)s."),
            "bad_setting",
            name=setting.name.upper(),
            wanted=str(wrong),
        ) from None  # the value itself may be a secret


def _from_file(path: Path, names: set[str]) -> dict[str, str]:
    """The settings in DATA_DIR/gsctracker.env: NAME=value lines, # for remarks, a value may stand in quotes."""
    if not path.exists():
        return {}
    found: dict[str, str] = {}
    for number, written in enumerate(_read(path, SETTINGS_FILE).splitlines(), start=1):
        line = written.strip().removeprefix("export ").strip()
        if not line or line.startswith("#"):
            continue
        name, equals, text = (part.strip() for part in line.partition("="))
        if not equals or not re.fullmatch(r"[A-Z][A-Z0-9_]*", name):
            raise Invalid(
                N_("Line %(number)d of %(file)s is not NAME=value."),
                "bad_settings_file",
                number=number,
                file=SETTINGS_FILE,
            )
        if _bare(name) not in names:
            raise Invalid(N_("%(name)s is not a setting of GSCTracker."), "unknown_setting", name=name)
        if _bare(name) == "DATA_DIR":
            raise Invalid(
                N_("DATA_DIR cannot be set in %(file)s, which lies inside it."), "bad_settings_file", file=SETTINGS_FILE
            )
        if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
            text = text[1:-1]
        found[name] = text
    return found


def _read(path: Path, name: str) -> str:
    try:
        with path.open(encoding="utf-8") as file:
            return file.read(100_000)
    except (OSError, UnicodeDecodeError):
        raise Invalid(
            N_("%(name)s points to %(path)s, which cannot be read."), "unreadable_setting", name=name, path=str(path)
        ) from None
