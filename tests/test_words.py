"""A sentence that holds a number reads right for one and for many, in both languages and at each door."""

import pytest

from gsctracker.cli import language
from gsctracker.domain.imports.rows import Note
from gsctracker.domain.reports.parts import SENTENCES
from gsctracker.errors import Conflict
from gsctracker.words import N_, for_one, in_english

HELD = SENTENCES["held"]


@pytest.mark.parametrize(("boxes", "said"), [(1, "1 package is still"), (2, "2 packages are still")])
def test_a_note_and_a_refusal_say_one_and_many(boxes, said):
    filled = {"n": boxes, "office": "eBudde"}
    assert str(Note(HELD, filled)).startswith(said)
    assert str(Conflict(HELD, "x", None, **filled)).startswith(said)


def test_a_sentence_without_a_number_is_left_as_it_is():
    assert for_one(N_("That cannot be done."), {"n": 1}) is None
    assert for_one(HELD, {"office": "eBudde"}) is None
    assert in_english("%(n)s of 5", {"n": 1}) == "1 of 5"


@pytest.mark.parametrize(("boxes", "said"), [(1, "1 caja sigue"), (2, "2 cajas siguen")])
def test_the_console_says_it_in_spanish(monkeypatch, boxes, said):
    monkeypatch.setenv("LANGUAGE", "es")
    assert language.say(HELD, {"n": boxes, "office": "eBudde"}).startswith(said)
