"""Passwords: what is too short or too long, and who is told nothing."""

import pytest

from gsctracker.domain.people import guessed, passwords
from gsctracker.errors import Invalid
from tests import factories

FIRST_TRIED = """password Password1 p4ssw0rd! qwertyuiop 1qaz2wsx 12345678 87654321 11111111 abcd1234 iloveyou2 sunshine2024!
    passwordpassword letmein1 qwer1234 trustno1 football7 19900101 12121212 aa123456 a1b2c3d4 zaq12wsx 1q2w3e4r princess1
    qwerty123 superman99 baseball 12344321 11223344 123qweasd qweasdzxc q1w2e3r4 changeme! admin123 GirlScout1 ThinMints2026!
    troop1234 Lea12345 1234-1234 olgaolga"""


@pytest.mark.parametrize("password", ["", "short", "seven77", "x" * 129, None, 12345678])
def test_a_password_too_short_or_too_long_is_refused_beside_its_field(password):
    with pytest.raises(Invalid) as no:
        passwords.hashed(password)
    assert "password" in no.value.fields


@pytest.mark.parametrize("password", ["eight888", "quiet river lamp " * 7, "correct horse  ", "ñandú 🍪 sí"])
def test_the_right_password_fits_its_hash_and_no_other_does(password):
    kept = passwords.hashed(password)
    assert kept.startswith("$argon2id$")
    assert password not in kept
    assert passwords.verify(kept, password)
    assert not passwords.verify(kept, password + "x")
    assert not passwords.verify(kept, password.swapcase() + "!")


@pytest.mark.parametrize("kept", [None, "", "not a hash", "$argon2id$broken"])
def test_nobody_comes_in_without_a_hash_that_fits(kept):
    """Not even with the words that stand in for an account that is not there."""
    assert not passwords.verify(kept, "an account that is not there takes as long as one that is")


@pytest.mark.parametrize("given", [None, 5, b"bytes", "x" * 129, "x" * 1_000_000])
def test_a_password_that_cannot_be_one_is_not_even_hashed(given):
    assert not passwords.verify(None, given)


@pytest.mark.parametrize("password", FIRST_TRIED.split())
def test_what_a_guesser_tries_first_is_refused(password):
    """SEC-21: the top of every list, and the troop's own words, dressed up as people do."""
    with pytest.raises(Invalid) as no:
        passwords.hashed(password, ("1234", "Troop 1234", "Lea", "olga@example.org"))
    assert no.value.code == "password_guessed"


@pytest.mark.parametrize(
    "password", ["a short sentence", "thin mints at noon", "quiet river lamp", "xkvw plum 9", "a jar of cookies"]
)
def test_there_are_no_rules_of_composition(password):
    """Letters alone, spaces, no capital: a sentence is welcome."""
    assert passwords.hashed(password, ("1234", "Lea"))


def test_some_thousands_of_the_usual_passwords_are_refused():
    """Common words with what people usually put behind them; only what is long enough counts."""
    tails = ("", "1", "12", "123", "1234", "!", "2024", "01", "99")
    usual = {word + tail for word in guessed._WORDS for tail in tails if len(word + tail) >= 8}
    assert len(usual) > 3000
    assert all(guessed.is_guessed(each) and guessed.is_guessed(each.title()) for each in usual)


def test_a_hash_with_todays_parameters_stays():
    assert passwords.renewed(factories.HASH, "any") is None
