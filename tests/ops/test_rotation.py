"""SEC-05: new keys in place of old ones, without losing what the old ones opened."""

import stat

import pytest

from gsctracker import config as settings
from gsctracker.db.rows import value
from gsctracker.domain.people import sessions
from gsctracker.errors import Conflict, Invalid, NotFound
from gsctracker.integrations import age
from gsctracker.ops import recovery, rotation, secrets
from gsctracker.ops.copies import keys


@pytest.fixture
def config(box):
    """Settings of a box that has its keys."""
    found = settings.load({}, box.path.parent)
    secrets.ready(found)
    keys.ready(found)
    return found


@pytest.mark.parametrize(("name", "field"), [("session", "session_secret"), ("encryption", "encryption_key")])
def test_a_new_key_comes_the_old_one_stays_beside_it_and_sessions_end(box, config, name, field):
    with box.write() as tx:
        sessions.start(tx, 1)
    before = getattr(secrets.ready(config), field)
    rotation.rotate(config, box, name)
    after = getattr(secrets.ready(config), field)
    folder = secrets.folder_of(config.data_dir)
    assert after != before
    assert (folder / f"{field}-0001").read_text().strip() == before
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    with box.read() as tx:
        assert value(tx, "SELECT count(*) FROM sessions") == 0
        assert value(tx, "SELECT json_extract(detail, '$.key') FROM audit_log WHERE action = 'key.rotated'") == name


def test_copies_sealed_before_are_opened_after(box, config, tmp_path):
    """SEC-05: Fault 31: rotated three times, every copy still opens, and every manifest is still known."""
    sealed, signing = [], []
    for number in range(3):
        plain, target = tmp_path / f"{number}.txt", tmp_path / f"{number}.age"
        plain.write_text(f"copy {number}")
        age.seal(plain, target, keys.recipients(config))
        sealed.append(target)
        signing.append(keys.signing_key(config))
        rotation.rotate(config, box, "backup")
    assert len(set(keys.identities(config))) == 4
    assert set(signing) < set(keys.manifest_keys(config))
    for number, target in enumerate(sealed):
        opened = tmp_path / f"{number}.opened"
        age.unseal(target, opened, keys.identities(config), 1000)
        assert opened.read_text() == f"copy {number}"
    assert keys.recipients(config) == [age.recipient_of(keys.identities(config)[0])]


def test_a_key_that_is_set_from_outside_is_changed_there(box, config):
    outside = settings.load(
        {"SESSION_SECRET": "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6", "METRICS_TOKEN": "t"}, config.data_dir
    )
    for name in ("session", "metrics"):
        with pytest.raises(Conflict, match="put a new value there"):
            rotation.rotate(outside, box, name)
    with pytest.raises(NotFound, match="session, encryption, backup"):
        rotation.rotate(config, box, "nothing")


def test_the_sheet_says_what_brings_the_troop_back(box, config):
    """SEC-02: the key that opens the copies, where they lie, and whose they are."""
    bucket = settings.load({"S3_BACKUP_BUCKET": "cookies", "S3_BACKUP_PREFIX": "troop"}, config.data_dir)
    with box.read() as tx:
        found = recovery.sheet(bucket, tx)
        assert found.uid == value(tx, "SELECT uid FROM instance")
    assert found.identity == keys.identities(config)[0]
    assert found.recipients == (age.recipient_of(found.identity),)
    assert found.bucket == "s3://cookies/troop"
    assert len(recovery.STEPS) == 5


def test_two_people_hold_the_sheet(box, admin):
    """BAK-31: two different ones."""
    with box.write() as tx:
        assert not recovery.are_named(tx)
        for names in (["Olga", "olga "], ["Olga"], ["Olga", ""], ["Olga", "x" * 81]):
            with pytest.raises(Invalid):
                recovery.name_holders(tx, admin, names)
        recovery.name_holders(tx, admin, ["Olga", "Ines"])
        assert recovery.are_named(tx)
        recovery.name_holders(tx, None, ["Ines", "Rosa"])
        assert recovery.holders(tx) == ("Ines", "Rosa")
