"""The form that takes an entry of the journal back: one shape for moves of boxes and for money."""

from collections.abc import Callable
from typing import Any

from flask import Response, g, request, url_for

from gsctracker import values
from gsctracker.web import forms


def submit(
    entry_id: int,
    undo: Callable[..., object],
    find: Callable[..., object],
    template: str,
    name: str,
    sentence: str,
) -> Response | tuple[str, int]:
    """Reverse the entry by `undo(tx, entry_id, by, reason)`, then show it; or its page again with what is wrong.

    `find(tx, entry_id, by)` is what `template` shows under `name`; `sentence` says that it is done.
    """
    form = forms.Reading(request.form)

    def act(tx: Any) -> str:
        reason = form.take("reason", values.text, 500, 1)
        form.settle()
        undo(tx, entry_id, g.by, reason)
        return url_for(".one", entry_id=entry_id)

    def again(no: Any) -> tuple[str, int]:
        with g.db.read() as tx:
            found = find(tx, entry_id, g.by)
        return forms.again(template, no, **{name: found})

    return forms.submit(act, again, sentence)
