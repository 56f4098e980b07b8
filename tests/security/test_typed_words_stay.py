"""Whoever mistypes one field of a form loses nothing of what stands in the others."""

from tests.security.forms import Form, forms_in
from tests.security.test_hostile_words import filled, forms, stems
from tests.security.world import World

BAD = ("not at all \u2603", "x" * 5000, "")
ENOUGH = 3


def refusals(world: World, browser, form: Form):
    """(field, what was sent, answer) of up to ENOUGH times in which the form said no to one bad field; the box stays as it was."""
    texts = [name for name in stems(form).values() if name in form.texts()]
    usual = {name: text or ("word" if name in texts else text) for name, text in filled(form).items()}
    tries = [(texts[place % len(texts)], word) for place, word in enumerate(BAD)] if texts else []
    told = 0
    for place, (name, word) in enumerate([*tries, *((name, BAD[1]) for name in texts[1:])]):
        sent = usual | {name: word} | ({"form_key": f"{'k' * 20}{place}"} if "form_key" in usual else {})
        answer = browser.post(form.action, data=sent)
        if answer.status_code < 400:
            world.put_back()
        elif answer.status_code == 422:
            told += 1
            yield name, {field: sent[field] for field in texts}, answer
        if told == ENOUGH:
            return


def test_a_form_that_says_no_comes_back_with_every_word_that_was_typed(world):
    """UX-26: each form of the website, three bad inputs each: the same form again, its other fields and the bad one as typed."""
    browser, tried, lost = world.browser("admin"), set(), []
    for form in forms(world):
        for name, sent, answer in refusals(world, browser, form):
            tried.add(form.action)
            path = form.action.partition("?")[0]
            same = [
                one for one in forms_in(answer.text, path) if one.action.partition("?")[0] == path and name in one.kinds
            ]
            kept = {field: same[0].values.get(field, "").strip() for field in sent} if same else {}
            lost += [f"{form.action}: {name} comes back as {kept}"] * (kept != {k: v.strip() for k, v in sent.items()})
    assert not lost, "\n".join(lost)
    assert len(tried) > 60
