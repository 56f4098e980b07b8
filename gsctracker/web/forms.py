"""Forms of pages: what was typed, what is wrong with it, and done once however often it is sent."""

import hashlib
import re
import secrets
from collections.abc import Callable, Collection, Mapping
from typing import Any

from flask import Response, flash, g, redirect, render_template, request
from markupsafe import Markup

from gsctracker.domain import once as kept_answers
from gsctracker.errors import Conflict, Invalid, NotAllowed, Refusal
from gsctracker.web.errors import fields_of, say, status_of
from gsctracker.words import N_

NO = (Invalid, Conflict, NotAllowed)
"""The refusals that are answered by the form itself; what is not there (NotFound) has no form."""

KEY = "form_key"
_SANE_KEY = re.compile(r"[A-Za-z0-9_-]{16,40}")


class Reading:
    """What a form holds, field by field; every field is looked at before the first no is said (`settle`)."""

    def __init__(self, given: Mapping[str, str]) -> None:
        self._given = given
        self._wrong: dict[str, object] = {}

    def take(self, name: str, parse: Callable[..., Any], *rest: object, empty: object = ..., **more: object) -> Any:
        """The field through a function of `values`; None where it is wrong, `empty` (if given) where nothing is typed."""
        text = self._given.get(name)
        if empty is not ... and not (text or "").strip():
            return empty
        try:
            return parse(name, text, *rest, **more)
        except Invalid as no:
            self._wrong |= _own_params(no, name)
            return None

    def choose(self, name: str, allowed: Collection[str]) -> str | None:
        """The choice made among those that the form offers; None where none of them was."""
        text = self._given.get(name)
        if text in allowed:
            return text
        self.wrong(name, N_("Please choose one of these."))
        return None

    def ticked(self, name: str) -> bool:
        """Whether a box of that name was ticked."""
        return bool(self._given.get(name))

    def wrong(self, name: str, sentence: str, **params: object) -> None:
        """Say no to a field for a reason that only this form knows."""
        self._wrong[name] = (sentence, params)

    def settle(self) -> None:
        """Raise Invalid with the sentences of all fields that are wrong."""
        if self._wrong:
            raise Invalid(N_("Something here is not right yet."), "invalid", self._wrong)


def _own_params(no: Refusal, name: str) -> dict[str, object]:
    fields = no.fields or {name: no.message}
    return {field: one if isinstance(one, tuple) else (one, no.params) for field, one in fields.items()}


def again(template: str, no: Refusal, *, names: Mapping[str, str] | None = None, **context: object) -> tuple[str, int]:
    """The form once more with what was typed and what is wrong. `names` maps a verb's fields to the form's."""
    names = names or {}
    errors = {names.get(field, field): sentence for field, sentence in fields_of(no).items()}
    problem = None if errors else say(no.message, no.params)
    return render_template(template, typed=request.form, errors=errors, problem=problem, **context), status_of(no)


def submit(
    act: Callable[[Any], str], again: Callable[[Refusal], tuple[str, int]], sentence: str
) -> Response | tuple[str, int]:
    """Do what a form asks for, once. `act` is given the transaction and gives the address of the page that then says
    `sentence`; a refusal is given to `again`, which shows the form once more.
    """
    try:
        with g.db.write() as tx:
            address = once(tx, lambda: act(tx))
    except NO as no:
        return again(no)
    flash(sentence)
    return redirect(address, 303)


def once(tx, act: Callable[[], str]) -> str:
    """Do what a form asks for and give the address it leads to; for a form that was sent before, that address again.

    Raises Conflict where a form that was sent before comes with other contents (the way back, and changed).
    """
    key = request.form.get(KEY, "")
    if not _SANE_KEY.fullmatch(key):
        return act()
    pairs = sorted(request.form.items(multi=True))
    given = hashlib.sha256(repr((request.path, pairs)).encode("utf-8", "surrogatepass")).hexdigest()
    try:
        kept = kept_answers.recall(tx, key, g.by.id, given)
    except Conflict:
        raise Conflict(
            N_("This form was sent before with other contents. If you mean a second one, send it again."),
            "form_sent_before",
        ) from None
    if kept is not None:
        return kept.answer.decode()
    address = act()
    kept_answers.keep(tx, key, g.by.id, given, 303, address.encode())
    return address


def once_field() -> Markup:
    """The hidden key that `once` knows a form by; a new one for each time the form is shown."""
    return Markup('<input type="hidden" name="{}" value="{}">').format(KEY, secrets.token_urlsafe(16))
