"""Consent by e-mail: a letter, a yes, a day, a second letter; and only then it is one."""

import apsw
import pytest

from gsctracker import clock
from gsctracker.db.rows import add, one, run, value
from gsctracker.domain.people import consent_letters, consents, girls_accounts
from gsctracker.errors import Conflict, Invalid, NotAllowed, NotFound
from tests.factories import HASH, agree, make_person, make_scout


@pytest.fixture
def ana(tx):
    return make_scout(tx)


@pytest.fixture
def cara(tx, ana):
    cara = make_person(tx, "caregiver", "Cara", scout_ids=(ana,))
    run(tx, "UPDATE guardians SET email = 'cara@example.org' WHERE account_id = :id", id=cara.id)
    return cara


@pytest.fixture
def hers(tx, cara):
    """The guardian's id."""
    return value(tx, "SELECT id FROM guardians WHERE account_id = :id", id=cara.id)


def sent(tx, letter):
    """The letter goes out; gives its link's secret."""
    state = value(tx, "SELECT state FROM consent_letters WHERE id = :id", id=letter)
    secret = consent_letters.ready(tx, letter, state)
    consent_letters.went_out(tx, letter)
    return secret


def a_day_later(tx):
    """What was said so far was said a day and an hour ago."""
    run(
        tx,
        """UPDATE consent_letters SET asked_at = :ago, answered_at = CASE WHEN answered_at IS NOT NULL THEN :ago END,
                  sent_at = CASE WHEN sent_at IS NOT NULL THEN :ago END""",
        ago=clock.after(hours=-25),
    )


def test_it_counts_when_the_second_letter_is_out_and_not_before(tx, ana, cara, hers):
    """AUTH-06: e-mail plus: a click alone opens nothing."""
    letter = consent_letters.ask(tx, ana, hers, cara)
    assert [row.email for row in consent_letters.due(tx)] == ["cara@example.org"]
    secret = sent(tx, letter)
    assert consent_letters.answer(tx, secret, True, "192.0.2.7").state == "agreed"
    assert consents.standing(tx, ana) is None
    assert consent_letters.due(tx) == []
    with pytest.raises(Conflict, match="No guardian's consent"):
        girls_accounts.open_for(tx, ana, "ana-mint", HASH, cara)
    a_day_later(tx)
    assert [row.state for row in consent_letters.due(tx)] == ["agreed"]
    second = sent(tx, letter)
    consent = consents.standing(tx, ana)
    assert (consent.method, consent.guardian_id, consent.shows_name, consent.ranks) == ("email_plus", hers, 0, 0)
    girl = girls_accounts.open_for(tx, ana, "ana-mint", HASH, cara)
    with pytest.raises(NotFound):
        consent_letters.take_back(tx, secret, "")  # the first letter's link is over
    consent_letters.take_back(tx, second, "192.0.2.7")
    assert consents.standing(tx, ana) is None
    assert value(tx, "SELECT state FROM accounts WHERE id = :id", id=girl) == "disabled"
    with pytest.raises(NotFound):
        consent_letters.open_letter(tx, second)


@pytest.mark.parametrize("first", [False, True])
def test_a_no_ends_it_even_after_a_yes(tx, ana, cara, hers, first):
    secret = sent(tx, consent_letters.ask(tx, ana, hers, cara))
    if first:
        consent_letters.answer(tx, secret, True, "")
    assert consent_letters.answer(tx, secret, False, "").state == "refused"
    a_day_later(tx)
    assert consent_letters.due(tx) == []
    with pytest.raises(NotFound):
        consent_letters.answer(tx, secret, True, "")


def test_asking_anew_ends_the_letter_before_and_three_a_day_are_enough(tx, ana, cara, hers):
    first = sent(tx, consent_letters.ask(tx, ana, hers, cara))
    sent(tx, consent_letters.ask(tx, ana, hers, cara))
    with pytest.raises(NotFound):
        consent_letters.open_letter(tx, first)
    last = sent(tx, consent_letters.ask(tx, ana, hers, cara))
    with pytest.raises(Conflict, match="3 times today"):
        consent_letters.ask(tx, ana, hers, cara)
    consent_letters.answer(tx, last, True, "")
    with pytest.raises(Conflict, match="has said yes"):
        consent_letters.ask(tx, ana, hers, cara)


def test_only_an_adult_of_hers_with_an_address_is_asked(tx, ana, cara, hers):
    bea = make_scout(tx, "Bea", "B.")
    dora = make_person(tx, "caregiver", "Dora", scout_ids=(bea,))
    with pytest.raises(NotFound):
        consent_letters.ask(tx, ana, hers, dora)
    others = value(tx, "SELECT id FROM guardians WHERE account_id = :id", id=dora.id)
    with pytest.raises(Invalid, match="answers for her"):
        consent_letters.ask(tx, ana, others, cara)
    run(tx, "UPDATE guardians SET email = NULL WHERE id = :id", id=hers)
    with pytest.raises(Invalid, match="no e-mail address"):
        consent_letters.ask(tx, ana, hers, cara)
    agree(tx, ana)
    with pytest.raises(NotAllowed):
        consent_letters.ask(tx, ana, hers, make_person(tx, "scout", "Ana", scout_ids=(ana,)))


def test_a_letter_that_nobody_answers_is_over_after_a_week_and_gone_after_a_month(tx, ana, cara, hers):
    """AUTH-12."""
    letter = consent_letters.ask(tx, ana, hers, cara)
    secret = sent(tx, letter)
    run(tx, "UPDATE consent_letters SET asked_at = :ago, sent_at = :ago", ago=clock.after(days=-8))
    with pytest.raises(NotFound):
        consent_letters.open_letter(tx, secret)
    assert consent_letters.forget(tx) == 0
    assert consent_letters.of(tx, ana, cara).state == "over"
    run(tx, "UPDATE consent_letters SET asked_at = :ago", ago=clock.after(days=-31))
    assert consent_letters.forget(tx) == 1


def test_the_letter_stays_as_long_as_the_consent_that_it_opened(tx, ana, cara, hers):
    letter = consent_letters.ask(tx, ana, hers, cara)
    consent_letters.answer(tx, sent(tx, letter), True, "")
    a_day_later(tx)
    second = sent(tx, letter)
    run(tx, "UPDATE consent_letters SET asked_at = :ago", ago=clock.after(days=-31))
    assert consent_letters.forget(tx) == 0
    consent_letters.take_back(tx, second, "")
    assert consent_letters.forget(tx) == 1


def test_a_paper_that_says_more_is_not_replaced(tx, ana, cara, hers):
    letter = consent_letters.ask(tx, ana, hers, cara)
    consent_letters.answer(tx, sent(tx, letter), True, "")
    paper = agree(tx, ana, shows_name=True)
    a_day_later(tx)
    sent(tx, letter)
    assert consents.standing(tx, ana).id == paper


def test_the_file_itself_knows_no_consent_by_mail_without_two_letters(tx, ana, cara, hers):
    """AUTH-06: the trigger a_consent_by_mail_has_two_letters."""
    row = """INSERT INTO consents (scout_id, season_id, kind, guardian_id, method, notice_hash, signed_on, expires_on, recorded_at)
             VALUES (:scout, 1, 'given', :hers, 'email_plus', :notice, :day, :until, :now)"""
    given = {"scout": ana, "hers": hers, "now": clock.now(), "until": clock.after(days=300)[:10]}
    letter = consent_letters.ask(tx, ana, hers, cara)
    consent_letters.answer(tx, sent(tx, letter), True, "")
    now = one(tx, "SELECT notice_hash, date(answered_at) AS day FROM consent_letters")
    with pytest.raises(apsw.ConstraintError, match="follows a second letter"):
        add(tx, row, notice=now.notice_hash, day=now.day, **given)
    a_day_later(tx)
    sent(tx, letter)
    for wrong in ({"notice": "b" * 64, "day": now.day}, {"notice": now.notice_hash, "day": "2026-01-01"}):
        with pytest.raises(apsw.ConstraintError, match="follows a second letter"):
            add(tx, row, **wrong, **given)


def test_no_letter_goes_on_after_a_restore_or_a_leak(tx, ana, cara, hers):
    """SEC-06: what was answered since with a no, or was read by somebody else, becomes no consent."""
    secret = sent(tx, consent_letters.ask(tx, ana, hers, cara))
    consent_letters.answer(tx, secret, True, "")
    a_day_later(tx)
    assert consent_letters.withdraw_all(tx) == 1
    assert consent_letters.due(tx) == []
    with pytest.raises(NotFound):
        consent_letters.open_letter(tx, secret)
