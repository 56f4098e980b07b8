"""Codes of a phone and recovery codes: right, wrong, old, used, and of another box."""

import pyotp
import pytest

from gsctracker import clock
from gsctracker.db.rows import one, value
from gsctracker.domain.people import second_factor, sessions
from gsctracker.errors import Conflict, Invalid, NotFound
from tests.factories import make_person

KEYS = ["ab12" * 16]


@pytest.fixture
def lea(tx):
    return make_person(tx, "leader").id


@pytest.fixture
def phone(tx, lea):
    second_factor.begin(tx, lea, KEYS)
    return pyotp.TOTP(second_factor.secret(tx, lea, KEYS))


def now(steps=0):
    return int(clock.moment().timestamp()) + steps * 30


def test_it_is_asked_for_from_the_first_right_code_on(tx, lea, phone):
    """S5: nothing locks her out before her phone has counted right once."""
    assert not second_factor.is_asked_for(tx, lea)
    with pytest.raises(Invalid):
        second_factor.confirm(tx, lea, "000000" if phone.at(now()) != "000000" else "111111", KEYS)
    codes = second_factor.confirm(tx, lea, phone.at(now()), KEYS)
    assert second_factor.is_asked_for(tx, lea)
    assert len(set(codes)) == 10
    assert all(len(code.replace("-", "")) == 24 for code in codes)
    with pytest.raises(NotFound):
        second_factor.secret(tx, lea, KEYS)
    with pytest.raises(Conflict):
        second_factor.begin(tx, lea, KEYS)


def test_a_code_counts_once_and_a_step_around_now(tx, lea, phone):
    """S5: replay within the window is refused, and so is an earlier step."""
    second_factor.confirm(tx, lea, phone.at(now(-1)), KEYS)
    second_factor.require(tx, lea, f" {phone.at(now())[:3]} {phone.at(now())[3:]} ", KEYS)
    for step in (-1, 0, 5):
        with pytest.raises(Invalid) as no:
            second_factor.require(tx, lea, phone.at(now(step)), KEYS)
        assert no.value.code == "second_factor_wrong"
    second_factor.require(tx, lea, phone.at(now(1)), KEYS)


@pytest.mark.parametrize("code", ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦", "' OR 1", "x" * 500, "\x00"])
def test_what_is_no_code_is_refused(tx, lea, phone, code):
    second_factor.confirm(tx, lea, phone.at(now()), KEYS)
    with pytest.raises(Invalid):
        second_factor.require(tx, lea, code, KEYS)


def test_a_recovery_code_works_once_however_it_is_typed_and_is_kept_as_a_hash(tx, lea, phone):
    codes = second_factor.confirm(tx, lea, phone.at(now()), KEYS)
    assert value(tx, "SELECT count(*) FROM recovery_codes WHERE code_hash IN (:a, :b)", a=codes[0], b=codes[1]) == 0
    second_factor.require(tx, lea, codes[0].upper().replace("-", " "), KEYS)
    with pytest.raises(Invalid):
        second_factor.require(tx, lea, codes[0], KEYS)
    assert second_factor.state(tx, lea).codes_left == 9
    mia = make_person(tx, "leader", "Mia").id
    with pytest.raises(Invalid):
        second_factor.require(tx, mia, codes[1], KEYS)
    fresh = second_factor.renew_codes(tx, lea)
    with pytest.raises(Invalid):
        second_factor.require(tx, lea, codes[1], KEYS)
    second_factor.require(tx, lea, fresh[1], KEYS)


def test_the_secret_is_sealed_and_an_old_key_still_opens_it(tx, lea, phone):
    """SEC-02: a copy of the file alone says nothing."""
    sealed = one(tx, "SELECT sealed FROM second_factors").sealed
    assert phone.secret not in sealed
    assert second_factor.secret(tx, lea, ["cd34" * 16, *KEYS]) == phone.secret
    with pytest.raises(Conflict) as no:
        second_factor.secret(tx, lea, ["cd34" * 16])
    assert no.value.code == "sealed_elsewhere"
    mia = make_person(tx, "leader", "Mia").id
    tx.execute("INSERT INTO second_factors (account_id, sealed, made_at) VALUES (?, ?, ?)", (mia, sealed, clock.now()))
    with pytest.raises(Conflict):
        second_factor.secret(tx, mia, KEYS)  # moved to another account it does not open


def test_turning_it_off_is_her_own_or_the_operators_and_his_ends_her_sessions(tx, lea, phone):
    second_factor.confirm(tx, lea, phone.at(now()), KEYS)
    token = sessions.start(tx, lea)
    second_factor.turn_off(tx, lea, lea)
    assert sessions.resume(tx, token)
    second_factor.begin(tx, lea, KEYS)
    second_factor.turn_off(tx, lea, None)
    assert sessions.resume(tx, token) is None
    assert value(tx, "SELECT count(*) FROM recovery_codes") == 0
    with pytest.raises(NotFound):
        second_factor.turn_off(tx, lea, None)
