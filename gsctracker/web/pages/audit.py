"""Who did what: the record, newest first, by person, by what it is about and by day."""

import json

from flask import Blueprint, g, render_template, request

from gsctracker import values
from gsctracker.domain import audit
from gsctracker.web import paging
from gsctracker.web.access import allow

CHILDREN = "child."
KINDS = ("", CHILDREN, "consent.", "account.", "sale.", "import.", "copy.", "key.", "config.", "box.")

bp = Blueprint("audit", __name__, url_prefix="/audit")


@bp.get("")
@allow("audit.see")
def index():
    """The lines that fit what is asked for, page by page."""
    asked = _asked()
    (before,) = paging.start(int) or (0,)
    with g.db.read() as tx:
        page = paging.cut(audit.page(tx, before, audit.PAGE + 1, **asked), audit.PAGE, lambda row: (row.id,))
        subjects = audit.subjects(tx)
    for row in page.rows:
        row.told = _told(row.detail)
    return render_template("audit/index.html", page=page, asked=asked, subjects=subjects, kinds=KINDS)


def _asked() -> dict:
    given = request.args
    return {
        "account_id": values.whole("person", given["person"], 1, 2**53) if given.get("person") else None,
        "action": given.get("action", "")[:60],
        "subject": given.get("subject", "")[:40],
        "subject_id": values.whole("row", given["row"], 1, 2**53) if given.get("row") else None,
        "since": values.day("since", given["since"]) if given.get("since") else "",
        "until": values.day("until", given["until"]) if given.get("until") else "",
    }


def _told(detail: str) -> list[tuple[str, str]]:
    return [
        (name, said if isinstance(said, str) else json.dumps(said, ensure_ascii=False))
        for name, said in json.loads(detail).items()
        if said not in ({}, [], "", None)
    ]
