"""What a browser says it did not carry out, because our pages do not allow it: counted, with the page's rule and nothing else of it."""

import logging
import re

import msgspec
from flask import Blueprint, Response, current_app, g, request

from gsctracker.errors import Conflict, Invalid
from gsctracker.web import refusals
from gsctracker.web.access import allow
from gsctracker.web.headers import REPORTS
from gsctracker.web.pages import beacons
from gsctracker.words import N_

bp = Blueprint("policy_reports", __name__)
logger = logging.getLogger("gsctracker.web")

MOST_BYTES = 8000
_DIRECTIVE = re.compile(r"[a-z]{2,12}(-[a-z]{2,12}){0,3}")


class Report(msgspec.Struct, rename="kebab"):
    """What is read of a report. The address is only looked up: it may hold a number or what somebody searched for."""

    document_uri: str = ""
    effective_directive: str = ""
    violated_directive: str = ""
    source_file: str = ""


class Sent(msgspec.Struct, rename="kebab"):
    """The report as browsers wrap it."""

    csp_report: Report


@bp.post(REPORTS)
@allow("anyone")
def take() -> Response:
    """Count it, and write a line. What an extension of the browser's own tried is none of ours."""
    told: beacons.Beacons = current_app.extensions[beacons.PART]
    if not told.may_tell(g.by.id):
        raise Conflict(N_("Your browser tells too much of itself. It is asked to stop for a minute."), "too_many")
    if (request.content_length or 0) > MOST_BYTES:
        raise Invalid(N_("That is too large to take in."), "too_large")
    try:
        report = msgspec.json.decode(request.get_data(), type=Sent).csp_report
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        raise Invalid(N_("That could not be read."), "not_json") from None
    if not re.match(r"(moz|chrome|safari-web|safari)-extension", report.source_file):
        directive = _DIRECTIVE.match(report.effective_directive or report.violated_directive)
        path = re.sub(r"^https?://[^/]*", "", report.document_uri.partition("?")[0])[:300]
        found: refusals.Refusals = current_app.extensions[refusals.PART]
        found.not_allowed.inc()
        logger.warning(
            "a browser did not carry out what a page does not allow",
            extra={
                "event": "policy_refused",
                "directive": directive[0] if directive else "?",
                "page": beacons.rule_of(path or "/"),
            },
        )
    return Response(status=204)
