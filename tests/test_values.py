"""Text, JSON and cells into values: what goes in, what comes out, and the one sentence for everything else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gsctracker import clock, values
from gsctracker.errors import Invalid

ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary(max_size=9)
    | st.dates()
    | st.datetimes(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=4,
)

FIELDS = {
    "text": lambda given: values.text("f", given, 40, 1),
    "line": lambda given: values.line("f", given, 40),
    "whole": lambda given: values.whole("f", given, -5, 500),
    "boxes": lambda given: values.boxes("f", given),
    "cents": lambda given: values.cents("f", given),
    "dollars": lambda given: values.dollars("f", given),
    "day": lambda given: values.day("f", given),
    "instant": lambda given: values.instant("f", given),
    "email": lambda given: values.email("f", given),
    "choice": lambda given: values.choice("f", given, ("a", "b")),
}

GOOD = [
    ("text", "  two\r\nlines ", "two\nlines"),
    ("text", "Niña ♥ 女童軍", "Niña ♥ 女童軍"),
    ("text", "n\u0303", "ñ"),  # composed, so that it is found again
    ("text", "x" * 40, "x" * 40),
    ("line", "a \n  b", "a b"),
    ("line", None, ""),
    ("whole", "12", 12),
    ("whole", " +7 ", 7),
    ("whole", "-5", -5),
    ("whole", 0, 0),
    ("boxes", "1,200", 1200),
    ("boxes", 100_000, 100_000),
    ("cents", 0, 0),
    ("dollars", "12", 1200),
    ("dollars", "$1,234.50", 123_450),
    ("dollars", "6,5", 650),
    ("dollars", "0.05", 5),
    ("dollars", " $ 7 ", 700),
    ("dollars", "100000", 10_000_000),
    ("day", " 2026-02-14 ", "2026-02-14"),
    ("day", "2028-02-29", "2028-02-29"),
    ("instant", "2026-02-14T18:05:00Z", "2026-02-14T18:05:00Z"),
    ("email", " Olga@Example.ORG ", "olga@example.org"),
    ("email", "a.b+c@mail.example.co", "a.b+c@mail.example.co"),
    ("choice", "b", "b"),
]

BAD = [
    ("text", ""), ("text", "   "), ("text", None), ("text", 7), ("text", "x" * 41), ("text", "a\x00b"), ("text", "a\x1bb"),
    ("text", "\ud800"), ("text", b"bytes"), ("text", ["list"]),
    ("line", "x" * 41), ("line", "\x07"), ("line", {}),
    ("whole", ""), ("whole", "one"), ("whole", "1.5"), ("whole", "1e3"), ("whole", 1.0), ("whole", True), ("whole", None),
    ("whole", "501"), ("whole", -6), ("whole", "٣"), ("whole", "1_0"), ("whole", "0x10"), ("whole", "9" * 400), ("whole", 10**400),
    ("whole", "1,2"), ("whole", "--1"), ("whole", "1 2"), ("whole", float("nan")),
    ("boxes", 0), ("boxes", -1), ("boxes", 100_001), ("boxes", "2 cases"),
    ("cents", -1), ("cents", 10_000_001), ("cents", "12.50"), ("cents", 12.5),
    ("dollars", ""), ("dollars", 12), ("dollars", "-5"), ("dollars", "12.345"), ("dollars", "1.234,50"), ("dollars", "twelve"),
    ("dollars", "$"), ("dollars", "100000.01"), ("dollars", "9" * 30), ("dollars", "1e5"), ("dollars", "12 USD"),
    ("day", ""), ("day", "2026-02-30"), ("day", "2026-2-1"), ("day", "02/14/2026"), ("day", "20260214"), ("day", "1999-12-31"),
    ("day", "2101-01-01"), ("day", None), ("day", 20260214), ("day", "2026-02-14T00:00:00Z"), ("day", "2026-W07-6"),
    ("instant", "2026-02-14"), ("instant", "2026-02-14T18:05:00"), ("instant", "2026-02-14T18:05:00+01:00"), ("instant", ""),
    ("instant", "2026-02-14 18:05:00Z"), ("instant", "2026-02-30T00:00:00Z"), ("instant", None), ("instant", 5),
    ("instant", "0001-01-01T00:00:00+23:00"), ("instant", "1999-12-31T23:59:59Z"),
    ("email", ""), ("email", "olga"), ("email", "olga@"), ("email", "@example.org"), ("email", "a@b"), ("email", "a b@example.org"),
    ("email", "a@example.org, b@example.org"), ("email", "<a@example.org>"), ("email", "a@b@example.org"),
    ("email", "a@example.org\nBcc: b@example.org"), ("email", "x" * 65 + "@example.org"), ("email", "a@" + "x" * 260 + ".org"),
    ("choice", "c"), ("choice", ""), ("choice", None), ("choice", 1), ("choice", ["a"]), ("choice", "A"),
]  # fmt: skip


@pytest.mark.parametrize(("field", "given", "expected"), GOOD)
def test_what_people_write_is_understood(field, given, expected):
    assert FIELDS[field](given) == expected


@pytest.mark.parametrize(("field", "given"), BAD)
def test_everything_else_is_refused_beside_its_field(field, given):
    """One sentence, under the field's name, and nothing but Invalid."""
    with pytest.raises(Invalid) as no:
        FIELDS[field](given)
    assert set(no.value.fields) == {"f"}
    assert str(no.value).endswith(".")
    assert "%(" not in str(no.value)


@given(given=ANYTHING, field=st.sampled_from(sorted(FIELDS)))
def test_nothing_but_invalid_comes_of_anything(given, field):
    try:
        found = FIELDS[field](given)
    except Invalid:
        return
    assert isinstance(found, int if field in ("whole", "boxes", "cents", "dollars") else str)


@given(st.integers(0, values.MOST_CENTS))
def test_an_amount_that_is_written_out_comes_back_to_the_cent(cents):
    assert values.dollars("f", f"${cents // 100:,}.{cents % 100:02}") == cents


@given(st.text(max_size=200))
def test_text_that_was_taken_is_taken_again(given):
    """Cleaning is done once: what is shown in the form can be sent again unchanged."""
    try:
        taken = values.text("f", given, 200)
    except Invalid:
        return
    assert values.text("f", taken, 200) == taken


@given(st.text(max_size=80))
def test_letters_are_few_and_small(given):
    found = values.letters(given)
    assert len(found) <= 60
    assert values.letters(found) == found or not found.isascii()


@pytest.mark.parametrize("said", ["Do-si-dos®", "do si dos", "DO-SI-DOS™", " Do–Si–Dos "])
def test_a_name_is_its_letters(said):
    """COOKIE-38: dashes, case and trade marks of the files make no other cookie."""
    assert values.letters(said) == "dosidos"


@pytest.mark.parametrize(
    ("text", "is_one"), [("2026-02-14T18:05:00Z", True), ("2026-02-14T18:05Z", False), ("x", False)]
)
def test_an_instant_is_written_in_one_way(text, is_one):
    assert clock.is_instant(text) is is_one


def test_a_day_depends_on_the_place():
    """02:30 in Universal Time is still the evening before in Chicago."""
    assert clock.day_of("2026-02-15T02:30:00Z", "America/Chicago") == "2026-02-14"
    assert clock.day_of("2026-02-15T02:30:00Z", "UTC") == "2026-02-15"
