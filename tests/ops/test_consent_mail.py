"""Consent by mail as a guardian meets it: her letter box, the pages behind the links, and a mail server that is really there."""

import re

import pytest

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.db.rows import run, value
from gsctracker.domain.people import consent_letters, consents, sessions
from gsctracker.ops import consent_mail
from gsctracker.web.app import create_app
from tests import factories

HERE = "https://cookies.example.org"


def link_in(post_office):
    """The newest letter's link, without the address of the box."""
    return re.search(rf"{HERE}(/consent/[\w-]+)", post_office.letters[-1][1].get_content())[1]


@pytest.fixture
def config(tmp_path, post_office):
    return Config(
        data_dir=tmp_path, app_url=HERE, smtp_host="127.0.0.1", smtp_port=post_office.port, smtp_from="box@example.org"
    )


@pytest.fixture
def ava(box):
    """A girl whose mother has an address and no account."""
    with box.write() as tx:
        girl = factories.make_scout(tx, "Ava", "A.")
        factories.make_person(tx, "caregiver", "Mia", scout_ids=(girl,))
        run(tx, "UPDATE guardians SET email = 'mia@example.net', account_id = NULL")
        return girl


@pytest.fixture
def ask(box, ava, admin):
    def asked():
        with box.write() as tx:
            consent_letters.ask(tx, ava, value(tx, "SELECT id FROM guardians"), admin)

    return asked


@pytest.fixture
def guardian(box, config):
    """A browser that nobody is signed in with."""
    browser = create_app(config, box, "a secret for tests, forty characters long").test_client()
    browser.environ_base["HTTP_HOST"] = "cookies.example.org"
    return browser


def a_day_later(box):
    with box.write() as tx:
        run(tx, "UPDATE consent_letters SET sent_at = :ago, answered_at = :ago", ago=clock.after(hours=-25))


def test_two_letters_and_a_yes_between_them_make_a_consent(box, config, post_office, ask, ava, guardian):
    """AUTH-06: from the letter box to the consent and back, by somebody who has no account."""
    ask()
    assert consent_mail.send_due(config, box) == "1 of 1 letters about consent went out"
    ((to, letter),) = post_office.letters
    assert to == ["mia@example.net"]
    assert letter["From"] == '"Troop 1234" <box@example.org>' or "box@example.org" in letter["From"]
    assert "Ava A." in letter.get_content()
    first = link_in(post_office)
    for _ in range(2):  # a mail program that looks ahead at links agrees to nothing
        assert "I agree" in guardian.get(first).text
    answered = guardian.post(first, data={"answer": "yes"})
    assert (answered.status_code, answered.headers["Cache-Control"]) == (200, "no-store")
    assert "second letter" in answered.text
    assert consent_mail.send_due(config, box) is None
    a_day_later(box)
    assert consent_mail.send_due(config, box) == "1 of 1 letters about consent went out"
    second = link_in(post_office)
    assert second != first
    assert guardian.get(first).status_code == 404
    with box.read() as tx:
        assert consents.standing(tx, ava).method == "email_plus"
    assert "Take it back" in guardian.get(second).text
    assert guardian.post(second, data={"answer": "take-back"}).status_code == 200
    with box.read() as tx:
        assert consents.standing(tx, ava) is None
        assert (
            value(tx, "SELECT count(*) FROM audit_log WHERE action = 'consent.withdrawn' AND account_id IS NULL") == 1
        )
    assert guardian.post(second, data={"answer": "take-back"}).status_code == 404


def test_without_the_second_letter_there_is_no_consent(box, config, post_office, ask, ava, guardian, caplog):
    """AUTH-06: a mail server that refuses the second letter keeps the consent from counting; it is tried again."""
    ask()
    consent_mail.send_due(config, box)
    guardian.post(link_in(post_office), data={"answer": "yes"})
    a_day_later(box)
    post_office.answer = "451 not now"
    assert consent_mail.send_due(config, box) == "0 of 1 letters about consent went out"
    with box.read() as tx:
        assert consents.standing(tx, ava) is None
        assert value(tx, "SELECT trouble FROM consent_letters") == "mail: SMTPDataError"
    assert "mia@example.net" not in caplog.text
    post_office.answer = "250 kept"
    consent_mail.send_due(config, box)
    with box.read() as tx:
        assert consents.standing(tx, ava) is not None


def test_a_link_of_nobodys_and_an_answer_of_no_kind_change_nothing(config, post_office, box, ask, guardian):
    ask()
    consent_mail.send_due(config, box)
    assert guardian.get("/consent/" + "x" * 43).status_code == 404
    assert guardian.post("/consent/" + "x" * 43, data={"answer": "yes"}).status_code == 404
    assert guardian.post(link_in(post_office), data={"answer": "perhaps"}).status_code == 422
    assert guardian.post(link_in(post_office), data={"answer": "take-back"}).status_code == 404
    with box.read() as tx:
        assert value(tx, "SELECT state FROM consent_letters") == "sent"


def test_a_letter_is_in_her_language_and_in_both_where_that_is_not_known(box, config, post_office, ask):
    ask()
    consent_mail.send_due(config, box)
    assert post_office.letters[-1][1].get_content().count(link_in(post_office)) == 2
    with box.write() as tx:
        mother = factories.make_person(tx, "leader", "Nia")
        run(tx, "UPDATE guardians SET account_id = :id", id=mother.id)
    ask()
    consent_mail.send_due(config, box)
    assert post_office.letters[-1][1].get_content().count(link_in(post_office)) == 1


def test_a_box_that_sends_no_mail_says_paper_and_asks_nobody(box, tmp_path, ava, admin):
    """AUTH-06: without a mail server paper is the way."""
    plain = Config(data_dir=tmp_path)
    assert consent_mail.send_due(plain, box) is None
    with box.write() as tx:
        token = sessions.start(tx, admin.id)
        hers = value(tx, "SELECT id FROM guardians")
    browser = create_app(plain, box, "a secret for tests, forty characters long").test_client()
    browser.set_cookie("gsct_session", token)
    assert "consent is signed on paper" in browser.get(f"/consents/{ava}").text
    answer = browser.post(f"/consents/{ava}/letters", data={"asked": hers})
    assert (answer.status_code, "consent is signed on paper" in answer.text) == (409, True)
