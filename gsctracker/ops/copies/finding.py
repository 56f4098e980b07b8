"""From what somebody asked for to the copy: `latest`, a name, a file, or a minute."""

import logging
import re
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from gsctracker import clock
from gsctracker.config import Config
from gsctracker.errors import Invalid, NotFound, Refusal
from gsctracker.ops.copies import bucket, names, places, shipment, shipments, shipments_away, staging
from gsctracker.ops.copies.manifest import Manifest
from gsctracker.ops.copies.places import Place
from gsctracker.ops.copies.replaying import Shipped
from gsctracker.ops.copies.staging import Found
from gsctracker.words import N_

logger = logging.getLogger("gsctracker.copies")

LATEST = "latest"


def find(config: Config, source: str = LATEST, at: str | None = None) -> Found | Path:
    """The copy that is meant. `at` (an instant) takes the newest that is not after it.

    `latest` is the newest good copy: neither one that shrank suspiciously nor the one made before a restore. With `at`, and
    on a box where there is nothing yet, what was shipped after the copy belongs to it. Raises NotFound where there is no such
    copy, Invalid where `at` does not go with the source.
    """
    if source != LATEST:
        if at:
            raise Invalid(N_("A minute is looked for among all copies: leave the name out."), "at_with_source")
        return _named(config, source)
    wanted = _instant(at) if at else None
    found: Found | None = None
    unreachable: Refusal | None = None
    for place in all_places(config):
        try:
            best = newest_in(config, place, wanted)
        except Refusal as no:  # the network is away: what lies here is better than nothing
            unreachable = no
            continue
        if best and (found is None or _order(best, wanted) > _order(found.manifest, wanted)):
            found = Found(place, best)
    if found is None:
        raise unreachable or NotFound(N_("There is no copy to restore. Look with: gsctracker backups list"), "no_copy")
    if wanted or staging.instance_of(config) is None:
        return replace(found, shipped=shipped_after(config, found.manifest, wanted))
    return found


def _order(copy: Manifest, at: str | None) -> tuple[str, int]:
    """By number; where a minute is asked for, by time: a copy may have been numbered late."""
    return (copy.made_at if at else "", copy.sequence)


def shipped_after(config: Config, copy: Manifest, not_after: str | None = None) -> Shipped | None:
    """The newest shipment of that copy that is not after the minute, here or in the bucket; None where there is none."""
    here = _last_of(shipments.stems(config), copy, not_after)
    there, there_last = bucket.remote(config), None
    if there:
        try:
            there_last = _last_of(shipments_away.notes(there), copy, not_after)
        except Refusal as no:  # the network is away: what lies here is better than nothing
            logger.warning("shipments in %s cannot be asked for: %s", there.name, no)
    if there and there_last and (here is None or there_last.number > here.number):
        raw = there.note(f"{shipment.FOLDER}/{there_last.stem}{shipment.NOTE}", shipment.LARGEST_NOTE)
        return Shipped(raw, shipments_away.fetched_from(there), not_after is not None)
    return replace(shipments.fetched_here(config, here), is_asked_for=not_after is not None) if here else None


def _last_of(known: list[shipment.Name], copy: Manifest, not_after: str | None) -> shipment.Name | None:
    ours = [each for each in known if each.sequence == copy.sequence]
    return max(
        (each for each in ours if each.made_at >= copy.made_at and (not_after is None or each.made_at <= not_after)),
        key=lambda each: (each.made_at, each.number),
        default=None,
    )


def newest_in(config: Config, place: Place, not_after: str | None = None) -> Manifest | None:
    """The newest good copy of that place, or the newest that is not after an instant; None where there is none."""
    own = staging.instance_of(config)
    good = [
        each
        for each in place.listed()
        if not each.suspicious
        and each.kind != "pre-restore"
        and (own is None or each.instance == own)
        and (not_after is None or each.made_at <= not_after)
    ]
    return max(good, key=lambda each: _order(each, not_after), default=None)


def all_places(config: Config) -> list[Place]:
    """The box's own folder, then the bucket if one is set: of two copies of a state the nearer one is taken."""
    off_the_box = bucket.remote(config)
    return [places.local(config), *([off_the_box] if off_the_box else [])]


def _named(config: Config, source: str) -> Found | Path:
    if source.startswith("s3://"):
        return _in_bucket(config, source)
    name = names.parse(source)
    if name:
        for place in all_places(config):
            copies, broken = place.looked_through()
            for manifest in copies:
                if manifest.name == name.stem and source in (manifest.name, manifest.file):
                    return Found(place, manifest)
            for stem, reason in broken:
                if stem == name.stem:
                    raise NotFound(
                        N_("%(name)s cannot be restored: %(reason)s"), "copy_broken", name=name.stem, reason=reason
                    )
    file = Path(source).expanduser()
    if file.is_file():
        return file
    raise NotFound(
        N_("There is no copy and no file called %(name)s. Look with: gsctracker backups list"), "no_copy", name=source
    )


def _in_bucket(config: Config, address: str) -> Found:
    """`s3://bucket/prefix` means the newest there, `s3://bucket/prefix/NAME` that one."""
    before, _, last = address.rstrip("/").rpartition("/")
    name = names.parse(last)
    place = bucket.at(config, before if name else address)
    best = next((each for each in place.listed() if name and each.name == name.stem), None)
    if name is None:
        best = newest_in(config, place)
    if best is None:
        raise NotFound(N_("There is no copy at %(address)s."), "no_copy", address=address)
    return Found(place, best)


def _instant(text: str) -> str:
    """An instant; a minute without a time zone is this machine's."""
    try:
        if not re.match(r"\d{4}-\d\d-\d\d", text):
            raise ValueError
        return clock.instant(datetime.fromisoformat(text))
    except (ValueError, OverflowError):
        raise Invalid(
            N_("%(text)s is not a time. Write it as 2026-02-14T14:05 or 2026-02-14T18:05:00Z."),
            "bad_time",
            text=text[:40],
        ) from None
