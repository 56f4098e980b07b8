"""Whoever signs in on a device that was never seen is told by mail: she knows it was she, or looks."""

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.domain.people import devices
from gsctracker.ops import device_mails
from tests import factories


@pytest.fixture
def config(tmp_path, post_office):
    return Config(
        data_dir=tmp_path,
        smtp_host="127.0.0.1",
        smtp_port=post_office.port,
        smtp_from="box@example.org",
        app_url="https://cookies.example.org/",
    )


def seen(box, account_id, *secrets):
    with box.write() as tx:
        for secret in secrets:
            devices.met(tx, account_id, secret)


def test_a_new_device_is_told_by_mail_once_and_the_first_is_not(box, config, post_office):
    """SEC-34: nobody's first device is new; a letter that was not taken is tried again, one that was is not sent twice."""
    with box.write() as tx:
        lea, mia = (factories.make_person(tx, "leader", name).id for name in ("Lea", "Mia"))
        tx.execute("UPDATE accounts SET sign_in_name = 'lea@example.org', language = 'es' WHERE id = ?", (lea,))
    seen(box, mia, "her first phone")
    seen(box, lea, "her phone", "somebody's laptop")
    post_office.answer = "451 later"
    assert device_mails.tell(config, box) is None
    post_office.answer = "250 kept"
    assert device_mails.tell(config, box) == "told of 1 new devices"
    assert device_mails.tell(config, box) is None
    ((to, letter),) = post_office.letters
    assert "lea@example.org" in str(to)
    assert "https://cookies.example.org/account/devices" in letter.get_content()


def test_who_has_said_it_is_hers_a_girl_and_a_box_without_mail_get_none(
    box, config, post_office, tmp_path, monkeypatch
):
    with box.write() as tx:
        lea = factories.make_person(tx, "leader").id
        girl = factories.make_scout(tx, "Ana")
        ana = factories.make_person(tx, "scout", "Ana", scout_ids=(girl,)).id
    seen(box, ana, "a phone", "another")
    seen(box, lea, "her phone", "her laptop")
    assert device_mails.tell(Config(data_dir=tmp_path), box) is None
    with box.write() as tx:
        devices.are_hers(tx, lea, "her phone")
    assert device_mails.tell(config, box) is None
    seen(box, lea, "a third")
    later = clock.moment().replace(year=clock.moment().year + 1)
    monkeypatch.setattr(clock, "moment", lambda: later)
    assert device_mails.tell(config, box) is None  # a day later she has seen it on every page
    assert post_office.letters == []
