"""What browsers tell of themselves: how long a page took to be there, and that something broke on it. No address, no text."""

import re
import threading
from collections import OrderedDict
from typing import Annotated, Literal

import msgspec
from flask import Blueprint, Response, current_app, g, request
from prometheus_client import CollectorRegistry, Histogram
from werkzeug.exceptions import HTTPException

from gsctracker import clock
from gsctracker.errors import Conflict, Invalid
from gsctracker.ops import mishaps
from gsctracker.web import offline_numbers
from gsctracker.web.access import allow
from gsctracker.words import N_

bp = Blueprint("beacons", __name__)

PART = "gsctracker.beacons"
MOST_A_MINUTE = 30  # of one person
MOST_PEOPLE = 500
MOST_BYTES = 2000
LONGEST_MS = 600_000

Milliseconds = Annotated[int, msgspec.Meta(ge=0, le=LONGEST_MS)]


class Told(msgspec.Struct, forbid_unknown_fields=True):
    """A beacon: of a page that was left, of an error on it, or of booth entries that wait on the phone, the oldest for `age`
    seconds.
    """

    kind: Literal["load", "error", "unsent"]
    path: Annotated[str, msgspec.Meta(max_length=300)]
    load: Milliseconds | None = None
    lcp: Milliseconds | None = None
    inp: Milliseconds | None = None
    name: Annotated[str, msgspec.Meta(max_length=100)] = ""
    source: Annotated[str, msgspec.Meta(max_length=300)] = ""
    line: Annotated[int, msgspec.Meta(ge=0, le=10_000_000)] = 0
    unsent: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0
    age: Annotated[int, msgspec.Meta(ge=0, le=100_000_000)] = 0


class Beacons:
    """What was told, as numbers; and who told how much of late."""

    def __init__(self, registry: CollectorRegistry) -> None:
        def seconds(name: str, words: str, buckets: tuple[float, ...]) -> Histogram:
            return Histogram(f"gsctracker_client_{name}_seconds", words, buckets=buckets, registry=registry)

        long = (0.1, 0.25, 0.5, 1, 2, 3, 5, 10)
        self.load = seconds("page_load", "From the tap to the page being there.", long)
        self.lcp = seconds("lcp", "From the tap to the largest part being seen.", long)
        self.inp = seconds("inp", "From a finger to what it does.", (0.05, 0.1, 0.2, 0.5, 1, 2, 5))
        self._turn = threading.Lock()
        self._of_late: OrderedDict[int, tuple[float, int]] = OrderedDict()

    def may_tell(self, account_id: int) -> bool:
        """Whether she has told less than MOST_A_MINUTE in this minute."""
        now = clock.ticks()
        with self._turn:
            since, number = self._of_late.pop(account_id, (now, 0))
            if now - since > 60:
                since, number = now, 0
            self._of_late[account_id] = (since, number + 1)
            while len(self._of_late) > MOST_PEOPLE:
                self._of_late.popitem(last=False)
        return number < MOST_A_MINUTE

    def take(self, told: Told) -> None:
        """Count how long a page took."""
        for histogram, milliseconds in ((self.load, told.load), (self.lcp, told.lcp), (self.inp, told.inp)):
            if milliseconds is not None:
                histogram.observe(milliseconds / 1000)


@bp.post("/beacon")
@allow("anyone")
def take() -> Response:
    """Take what a page of ours tells; an error is kept with the page's rule and the line of the script, nothing else."""
    beacons: Beacons = current_app.extensions[PART]
    if not beacons.may_tell(g.by.id):
        raise Conflict(N_("Your browser tells too much of itself. It is asked to stop for a minute."), "too_many")
    if (request.content_length or 0) > MOST_BYTES:
        raise Invalid(N_("That is too large to take in."), "too_large")
    try:
        told = msgspec.json.decode(request.get_data(), type=Told)
    except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
        raise Invalid(N_("That could not be read."), "not_json") from None
    if told.kind == "load":
        beacons.take(told)
    elif told.kind == "unsent":
        current_app.extensions[offline_numbers.PART].told(g.by.id, told.unsent, told.age)
    else:
        current_app.extensions[mishaps.PART].note(_mishap(told))
    return Response(status=204)


def _mishap(told: Told) -> mishaps.Mishap:
    kind = told.name if re.fullmatch(r"[A-Z][A-Za-z]{2,40}", told.name) else "Error"
    script = re.search(r"/static/([a-z0-9_/-]{1,60})[.a-z0-9]*\.js$", told.source)
    return mishaps.Mishap("browser", kind, f"{script[1] if script else 'page'}.js:{told.line}", rule_of(told.path))


def rule_of(path: str) -> str:
    """The rule that answers an address of ours: it holds no number and no name."""
    try:
        rule, _ = current_app.url_map.bind("box").match(path, method="GET", return_rule=True)
    except HTTPException:
        return ""
    return rule.rule[:120]
