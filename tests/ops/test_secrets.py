"""The keys of the box."""

import os
import stat

import pytest

from gsctracker import config
from gsctracker.errors import Invalid
from gsctracker.ops import secrets


def test_keys_are_made_once_and_for_their_owner_alone(tmp_path):
    made = secrets.ready(config.load({}, tmp_path))
    folder = tmp_path / "secrets"
    assert len(made.session_secret) >= 32
    assert len(bytes.fromhex(made.encryption_key)) == 32
    assert made.session_secret != made.encryption_key
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    assert secrets.ready(config.load({}, tmp_path)) == made


def test_two_boxes_have_different_keys(tmp_path):
    one, other = (secrets.ready(config.load({}, tmp_path / name)) for name in "ab")
    assert one.session_secret != other.session_secret
    assert one.encryption_key != other.encryption_key


def test_keys_that_are_set_are_used_and_nothing_is_made(tmp_path):
    given = {"SESSION_SECRET": os.urandom(24).hex(), "ENCRYPTION_KEY": os.urandom(32).hex().upper()}
    found = secrets.ready(config.load(given, tmp_path))
    assert found.session_secret == given["SESSION_SECRET"]
    assert found.encryption_key == given["ENCRYPTION_KEY"].lower()
    assert not (tmp_path / "secrets").exists()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("SESSION_SECRET", "0123456789abcdef0123456789abcde"),
        ("SESSION_SECRET", "a" * 64),
        ("SESSION_SECRET", "change-this-to-something-long-and-random"),
        ("ENCRYPTION_KEY", "0" * 64),
        ("ENCRYPTION_KEY", "g" * 64),
        ("ENCRYPTION_KEY", "0123456789abcdef" * 5),
    ],
)
def test_a_short_or_guessable_key_is_refused_and_not_repeated(tmp_path, name, text):
    with pytest.raises(Invalid, match=name) as refused:
        secrets.ready(config.load({name: text}, tmp_path))
    assert text not in str(refused.value)


def test_a_kept_key_that_was_cut_short_is_refused(tmp_path):
    secrets.ready(config.load({}, tmp_path))
    (tmp_path / "secrets" / "encryption_key").write_text("")
    with pytest.raises(Invalid, match="ENCRYPTION_KEY"):
        secrets.ready(config.load({}, tmp_path))
