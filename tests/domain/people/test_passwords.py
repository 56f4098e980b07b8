"""Passwords: what is too short or too long, and who is told nothing."""

import pytest

from gsctracker.domain.people import passwords
from gsctracker.errors import Invalid


@pytest.mark.parametrize("password", ["", "short", "seven77", "x" * 129, None, 12345678])
def test_a_password_too_short_or_too_long_is_refused_beside_its_field(password):
    with pytest.raises(Invalid) as no:
        passwords.hashed(password)
    assert "password" in no.value.fields


@pytest.mark.parametrize("password", ["eight888", "x" * 128, "correct horse  ", "ñandú 🍪 sí"])
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
