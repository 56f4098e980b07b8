"""The parts of a difference between the back office and us, each with its sentence. They always add up to it."""

from dataclasses import dataclass

from gsctracker.domain.reports import channels
from gsctracker.words import counted


@dataclass(frozen=True)
class Part:
    """One reason for a difference: a code, so many packages more (or, below zero, fewer) at the office, and its sentence."""

    code: str
    boxes: int
    message: str
    params: dict[str, str | int]


SENTENCES = {
    "held": counted(
        "%(n)s package is still at her home: %(office)s counts a hand-out as sold.",
        "%(n)s packages are still at her home: %(office)s counts a hand-out as sold.",
    ),
    "not_handed_out": counted(
        "%(n)s package was sold that no hand-out covers: record the hand-out (T2G).",
        "%(n)s packages were sold that no hand-out covers: record the hand-out (T2G).",
    ),
    "hand_out_not_typed": counted(
        "%(n)s package was handed out here and is not in %(office)s yet: type the T2G.",
        "%(n)s packages were handed out here and are not in %(office)s yet: type the T2G.",
    ),
    "hand_out_not_here": counted(
        "%(n)s package more was handed out in %(office)s than here: bring in its newest export.",
        "%(n)s packages more were handed out in %(office)s than here: bring in its newest export.",
    ),
    "shipped_late": counted(
        "%(n)s shipped package is in Digital Cookie and not in %(office)s yet; it follows by itself.",
        "%(n)s shipped packages are in Digital Cookie and not in %(office)s yet; they follow by themselves.",
    ),
    "shipped_not_here": counted(
        "%(n)s shipped package is in %(office)s and not in a Digital Cookie file yet: bring in the newest.",
        "%(n)s shipped packages are in %(office)s and not in a Digital Cookie file yet: bring in the newest.",
    ),
    "booth_not_divided": counted(
        "%(n)s package of our booths is credited here and not divided in %(office)s yet.",
        "%(n)s packages of our booths are credited here and not divided in %(office)s yet.",
    ),
    "booth_not_here": counted(
        "%(n)s package of a booth is divided in %(office)s and not credited here yet.",
        "%(n)s packages of a booth are divided in %(office)s and not credited here yet.",
    ),
    "site_not_divided": counted(
        "%(n)s package of the troop's site is credited here and not distributed in %(office)s yet.",
        "%(n)s packages of the troop's site are credited here and not distributed in %(office)s yet.",
    ),
    "site_not_here": counted(
        "%(n)s package of the troop's site is distributed in %(office)s and not credited here yet.",
        "%(n)s packages of the troop's site are distributed in %(office)s and not credited here yet.",
    ),
    "share_to_type": counted(
        "%(n)s donated package never gets to %(office)s by itself: type it in.",
        "%(n)s donated packages never get to %(office)s by themselves: type them in.",
    ),
    "share_waits": counted(
        "%(n)s donated package waits until the card is charged, then it follows by itself: do not type it.",
        "%(n)s donated packages wait until the card is charged, then they follow by themselves: do not type them.",
    ),
    "share_follows": counted(
        "%(n)s donated package was paid by card and is not in %(office)s yet; it follows by itself.",
        "%(n)s donated packages were paid by card and are not in %(office)s yet; they follow by themselves.",
    ),
    "share_too_many": counted(
        "%(n)s donated package more is in %(office)s than we know of: perhaps typed twice, or of a booth.",
        "%(n)s donated packages more are in %(office)s than we know of: perhaps typed twice, or of a booth.",
    ),
    "not_in_ledger": counted(
        "%(n)s package is not on her lines in %(office)s: type it in.",
        "%(n)s packages are not on her lines in %(office)s: type them in.",
    ),
    "more_in_ledger": counted(
        "%(n)s package more is on her lines in %(office)s than here.",
        "%(n)s packages more are on her lines in %(office)s than here.",
    ),
}

_BY_CHANNEL = {
    "hand_out": ("hand_out_not_here", "hand_out_not_typed"),
    "shipped": ("shipped_not_here", "shipped_late"),
    "booth": ("booth_not_here", "booth_not_divided"),
    "site": ("site_not_here", "site_not_divided"),
    "ledger": ("more_in_ledger", "not_in_ledger"),
}


def of_cookie(
    theirs: dict[str, int], ours: dict[str, int], office: str, by_ledger: bool, share: channels.Share
) -> list[Part]:
    """The parts of one girl and cookie, channel by channel; a hand-out counts as sold there, so what she holds is a part of its own."""
    parts = []
    held = ours.get("hand_out", 0) - ours.get("own", 0)
    if held:
        parts.append(_explained("held" if held > 0 else "not_handed_out", held, office))
    if by_ledger:
        expected = sum(ours.get(channel, 0) for channel in channels.CHANNELS) + ours.get("adjust", 0)
        gaps = {"ledger": sum(theirs.values()) - expected}
    else:
        gaps = {channel: theirs.get(channel, 0) - ours.get(channel, 0) for channel in channels.CHANNELS}
        gaps["booth"] -= ours.get("adjust", 0)
    for channel, gap in gaps.items():
        if gap and channel == "share":
            parts += _of_share(gap, share, office)
        elif gap:
            parts.append(_explained(_BY_CHANNEL[channel][gap < 0], gap, office))
    return parts


def _of_share(gap: int, share: channels.Share, office: str) -> list[Part]:
    """Cookie Share that the office lacks: what waits for a card, what has to be typed, and what is only late."""
    if gap > 0:
        return [_explained("share_too_many", gap, office)]
    waits = min(-gap, share.waiting)
    to_type = min(-gap - waits, share.to_type)
    parts = {"share_waits": waits, "share_to_type": to_type, "share_follows": -gap - waits - to_type}
    return [_explained(code, -boxes, office) for code, boxes in parts.items() if boxes]


def _explained(code: str, boxes: int, office: str) -> Part:
    """A part with its sentence; the sentence says the number without its sign."""
    return Part(code, boxes, SENTENCES[code], {"n": abs(boxes), "office": office})
