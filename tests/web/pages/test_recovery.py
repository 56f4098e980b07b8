"""The recovery sheet on its page."""

import dataclasses

import pytest

from gsctracker.db.rows import value
from gsctracker.ops import recovery, rotation, secrets
from gsctracker.ops.copies import keys


def test_the_sheet_is_shown_on_purpose_and_kept_by_no_cache(signed_in, box, config):
    """BAK-31: with its key, a code for a camera and five steps; that it was shown is written down."""
    admin = signed_in("admin")
    before = admin.get("/recovery-sheet").text
    assert "Nobody is named yet" in before
    assert "AGE-SECRET-KEY" not in before
    answer = admin.post("/recovery-sheet")
    assert answer.headers["Cache-Control"] == "no-store"
    assert keys.identities(config)[0] in answer.text
    assert "<svg" in answer.text
    assert answer.text.count("<li>") >= len(recovery.STEPS)
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM audit_log WHERE action = 'recovery.shown'") == 1


def test_two_holders_are_named(signed_in):
    """BAK-31: the warning stands until then."""
    admin = signed_in("admin")
    assert "Nobody is named who holds the recovery sheet" in admin.get("/settings").text
    again = admin.post("/recovery-sheet/holders", data={"first": "Olga", "second": ""})
    assert again.status_code == 422
    assert 'value="Olga"' in again.text
    assert admin.post("/recovery-sheet/holders", data={"first": "Olga", "second": "Olga"}).status_code == 422
    assert admin.post("/recovery-sheet/holders", data={"first": "Olga", "second": "Ines"}).status_code == 303
    assert "Nobody is named yet" not in admin.get("/recovery-sheet").text
    assert "Nobody is named" not in admin.get("/settings").text


def test_keys_show_their_age_and_four_characters_and_no_more(signed_in, box, config):
    """SEC-07: an admin sees that a key was renewed, never the key."""
    secrets.ready(config)
    keys.ready(config)
    found = {key.name: key for key in rotation.present(config)}
    page = signed_in("admin").get("/recovery-sheet").text
    folder = secrets.folder_of(config.data_dir)
    for name, file in (("session", "session_secret"), ("encryption", "encryption_key"), ("backup", keys.RECIPIENT)):
        kept = (folder / file).read_text().strip()
        assert (found[name].ends, len(found[name].ends)) == (kept[-4:], 4)
        assert f"ends with {kept[-4:]}" in page
        assert kept not in page and kept[-8:] not in page
    outside = dataclasses.replace(config, session_secret="from-the-environment-0123456789abcdef")
    assert [(key.since, key.ends) for key in rotation.present(outside) if key.name == "session"] == [("", "cdef")]


@pytest.mark.parametrize("role", ["cookie_leader", "leader", "caregiver"])
def test_nobody_else_sees_it(signed_in, role):
    """SEC-07."""
    assert signed_in(role).get("/recovery-sheet").status_code in (403, 404)
    answer = signed_in(role).post("/recovery-sheet")
    assert answer.status_code in (403, 404)
    assert "AGE-SECRET-KEY" not in answer.text
