"""Passkeys as far as no device is needed: where they work, whose they are, how many, and what is none."""

import base64
import json

import pytest

from gsctracker.db.rows import value
from gsctracker.domain.people import accounts, passkeys, resets
from gsctracker.domain.people.passkeys import Made, Site
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests import factories

HERE = Site("cookies.example.org", "https://cookies.example.org")


@pytest.fixture
def lea(tx):
    return factories.make_person(tx, "leader", "Lea")


def made(number=1):
    return Made(f"credential-{number:010}", "k" * 100, 0)


@pytest.mark.parametrize(
    ("scheme", "host", "site"),
    [
        ("https", "cookies.example.org", HERE),
        ("https", "Cookies.Example.org:443", HERE),
        ("https", "cookies.example.org:8443", Site("cookies.example.org", "https://cookies.example.org:8443")),
        ("http", "localhost:3000", Site("localhost", "http://localhost:3000")),
        ("https", "box.local", Site("box.local", "https://box.local")),
        ("http", "cookies.example.org", None),
        ("http", "127.0.0.1:3000", None),
        ("https", "192.168.1.20", None),
        ("https", "192.168.1.20:3000", None),
        ("https", "[fd12::7]:3000", None),
        ("https", "[::1]", None),
        ("http", "localhost.example.org", None),
        ("https", "", None),
    ],
)
def test_browsers_make_them_for_a_name_over_https_and_at_home_on_the_machine(scheme, host, site):
    """S5."""
    assert passkeys.site(scheme, host) == site


def test_hers_are_hers_alone(tx, lea):
    """Nobody renames or removes another's; one device tells the same handle for all of hers, and it is not her number."""
    one = passkeys.keep(tx, lea, made(), "Phone", HERE, b"chance")
    passkeys.keep(tx, lea, made(2), "Laptop", HERE, b"other chance")
    mia = factories.make_person(tx, "caregiver", "Mia")
    for act in (lambda: passkeys.rename(tx, one, "Mine", mia), lambda: passkeys.remove(tx, one, mia)):
        with pytest.raises(NotFound, match="no such passkey"):
            act()
    assert [row.name for row in passkeys.of_account(tx, lea.id)] == ["Laptop", "Phone"]
    assert value(tx, "SELECT count(DISTINCT handle) FROM passkeys") == 1
    with pytest.raises(Conflict, match="known here already"):
        passkeys.keep(tx, mia, made(), "Stolen", HERE, b"chance")
    assert passkeys.find(tx, made().credential_id, HERE).account_id == lea.id
    assert passkeys.find(tx, made().credential_id, Site("other.example.org", "https://other.example.org")) is None


def test_nobody_has_more_than_ten_and_a_girl_has_none(tx, lea):
    for number in range(passkeys.MOST_PER_ACCOUNT):
        passkeys.keep(tx, lea, made(number), "One", HERE, b"chance")
    with pytest.raises(Conflict, match="Remove one"):
        passkeys.keep(tx, lea, made(99), "One", HERE, b"chance")
    with pytest.raises(Conflict, match="Remove one"):
        passkeys.asked_to_make(tx, lea, HERE, b"chance", "Troop 1234")
    girl = factories.make_person(tx, "scout", "Ava", scout_ids=(factories.make_scout(tx, "Ava", "A."),))
    with pytest.raises(NotAllowed, match="passphrase"):
        passkeys.asked_to_make(tx, girl, HERE, b"chance", "Troop 1234")


def test_what_is_asked_of_a_device_names_the_box_and_no_other_account(tx, lea):
    asked = json.loads(passkeys.asked_to_make(tx, lea, HERE, b"chance", "Troop 1234"))
    assert asked["rp"] == {"id": HERE.host, "name": "Troop 1234"}
    assert asked["attestation"] == "none"
    assert asked["authenticatorSelection"]["userVerification"] == "required"
    shown = json.loads(passkeys.asked_to_sign_in(HERE, b"chance"))
    assert shown["userVerification"] == "required"
    assert not shown.get("allowCredentials")


def test_a_new_password_by_a_link_or_from_the_console_ends_them(tx, lea, admin):
    """Whoever took an account over may have made one; her own change of the password keeps hers."""
    passkeys.keep(tx, lea, made(), "Phone", HERE, b"chance")
    accounts.set_password(tx, lea.id, factories.HASH, lea)
    assert passkeys.of_account(tx, lea.id)
    resets.finish(tx, resets.start(tx, lea.id, admin), factories.HASH)
    assert not passkeys.of_account(tx, lea.id)
    passkeys.keep(tx, lea, made(), "Phone", HERE, b"chance")
    accounts.set_password(tx, lea.id, factories.HASH, None)
    assert not passkeys.of_account(tx, lea.id)


ODD = [
    "",
    "x",
    "[]",
    "{}",
    "null",
    '{"response": []}',
    '{"response": {"clientDataJSON": 5}}',
    "[" * 50_000,
    "\x00",
    "٣",
]
ODD.append(json.dumps({"id": "x", "response": {"clientDataJSON": base64.b64encode(b"[1]").decode()}}))


@pytest.mark.parametrize("said", ODD)
def test_whatever_is_no_passkey_is_refused_in_one_sentence(tx, lea, said):
    passkeys.keep(tx, lea, made(), "Phone", HERE, b"chance")
    known = passkeys.find(tx, made().credential_id, HERE)
    assert isinstance(passkeys.named_in(said), str)
    for act in (
        lambda: passkeys.challenge_in(said),
        lambda: passkeys.proven(known, said, b"chance", HERE),
        lambda: passkeys.proven(None, said, b"chance", HERE),
        lambda: passkeys.checked(said, b"chance", HERE),
    ):
        with pytest.raises(Invalid, match="passkey"):
            act()
