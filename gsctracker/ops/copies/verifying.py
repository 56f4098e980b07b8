"""Whether every copy that is listed can be restored: each is staged in a scratch place and looked at whole."""

from collections.abc import Iterable
from dataclasses import dataclass

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.errors import Refusal
from gsctracker.ops.copies import finding, staging
from gsctracker.ops.copies.places import Place


@dataclass(frozen=True)
class Result:
    """One copy: `said` says why it cannot be restored, nothing where it can; `seconds` is how long the look took."""

    name: str
    place: str
    ok: bool
    said: str
    seconds: float


def verify(config: Config, where: Iterable[Place] | None = None, identities: list[str] | None = None) -> list[Result]:
    """Every copy of these places (otherwise of all), oldest first, and what lies there and does not count.

    Copies of another box, or that no key of ours signed, are checked like any other. The live database is not touched.
    """
    found = []
    for place in finding.all_places(config) if where is None else where:
        copies, broken = place.looked_through()
        found += [Result(name, place.name, False, why, 0.0) for name, why in broken]
        for manifest in copies:
            began, said = clock.ticks(), ""
            try:
                with staging.stage(config, staging.Found(place, manifest), identities, unverified=True, adopt=True):
                    pass
            except Refusal as no:
                said = str(no)
            found.append(Result(manifest.name, place.name, not said, said, clock.ticks() - began))
    return found
