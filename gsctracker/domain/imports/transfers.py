"""What a line of Smart Cookies' orders means: which way boxes went, or that it only credits or repeats. Pure."""

import re
from collections.abc import Sequence
from dataclasses import replace

from gsctracker.domain.imports import columns
from gsctracker.domain.imports.rows import Note, TransferRow
from gsctracker.words import N_

OPEN_ACTIONS = ("submittable", "approvable", "saveable")

UNSTATED = N_(
    "This file does not say which T2G lines are hand-outs and which only credit booth or online sales. "
    "Smart Cookies' own JSON says it."
)


def classified(
    row: TransferRow, troop_number: str = "", virtual_booth: bool = False, is_told: bool = False
) -> TransferRow:
    """The row with its class, way, direction, girl and doubts.

    `is_told` says that the file names dividers and virtual booths (the JSON does, the spreadsheet does not), so that
    their absence means something.
    """
    doubts = list(row.doubts)
    seen = re.sub(r"\s+", "", row.transfer_type).upper()
    kind = _class_of(seen)
    via, direction, girl, giver = "", "", "", ""
    dc_number = row.number[1:] if re.fullmatch(r"D\d{6,}", row.number, re.IGNORECASE) else ""
    if kind == "c2t":
        via = {"C2T(P)": "pickup", "C2T_P": "pickup", "C2T(D)": "delivery", "C2T_D": "delivery"}.get(seen, "")
    elif kind == "t2t":
        direction, sure = _direction(row, troop_number)
        if not sure:
            doubts.append(Note(N_("Without the troop's own number these boxes are taken as received.")))
    elif kind == "t2g":
        via, girl = _way_to_girl(row, virtual_booth, is_told), row.to_name
    elif kind == "g2t":
        girl = row.from_name
    elif kind == "g2g":
        girl, giver = row.to_name, row.from_name
    elif kind == "cookie_share":
        via, girl = _way_of_share(row, seen, dc_number, is_told), row.to_name
    elif kind in ("dc_order", "direct_ship"):
        girl = row.to_name
    is_site = bool(girl) and is_troop(girl)
    named = sum(line.boxes for line in row.lines)
    if named != row.boxes_total:
        doubts.append(
            Note(
                N_("Boxes by its cookies: %(named)s. The row's total: %(total)s."),
                {"named": named, "total": row.boxes_total},
            )
        )
    if kind == "unknown":
        doubts.append(Note(N_("The transfer type “%(type)s” is not known."), {"type": row.transfer_type}))
    return replace(
        row,
        transfer_class=kind,
        via=via,
        direction=direction,
        girl_name="" if is_site else girl,
        giver_name=giver,
        is_site=is_site,
        dc_number=dc_number,
        is_pending=row.is_pending or kind == "planned" or row.status.strip().upper() == "SAVED",
        doubts=tuple(doubts),
    )


def _class_of(seen: str) -> str:
    for beginning in ("C2T", "T2T", "T2G", "G2T", "G2G", "COOKIE_SHARE", "DIRECT_SHIP", "PLANNED"):
        if re.match(rf"{beginning}(?![A-Z0-9])", seen):
            return beginning.lower()
    if seen.replace("_", "") in ("COOKIESHARE", "CSHARE"):
        return "cookie_share"
    return "dc_order" if seen == "D" else "unknown"


def _direction(row: TransferRow, troop_number: str) -> tuple[str, bool]:
    """In or out, and whether that is sure: only digits are compared, "Troop 3990" is 3990."""
    ours = _digits(troop_number)
    if not ours:
        return "in", False
    if _digits(row.from_name) == ours:
        return "out", True
    return "in", _digits(row.to_name) == ours


def _digits(name: str) -> str:
    return "".join(re.findall(r"[0-9]", name)).lstrip("0")


def is_troop(name: str) -> bool:
    """Whether a name is a troop's and not a girl's: "Troop 3990", "3990", "Troop3990 Site"."""
    return re.fullmatch(r"(troop)?\s*#?\s*\d+(\s*(site|links?))*", name.strip(), re.IGNORECASE | re.ASCII) is not None


def _way_to_girl(row: TransferRow, virtual_booth: bool, is_told: bool) -> str:
    if virtual_booth:
        return "virtual_booth"
    if row.number.upper().startswith("TDS"):
        return "direct_ship_divider"
    if row.divider_id:
        return "booth_divider"
    return "pickup" if is_told else "unstated"


def _way_of_share(row: TransferRow, seen: str, dc_number: str, is_told: bool) -> str:
    if dc_number or seen in ("COOKIE_SHARE_D", "COOKIE_SHARE(D)"):
        return "dc_echo"
    if row.divider_id:
        return "booth_divider"
    return "manual" if is_told else "unstated"


def keyed(rows: Sequence[TransferRow]) -> tuple[TransferRow, ...]:
    """The rows with their keys: the number as it stands, an echo of Digital Cookie without its D.

    A planned order keeps its number when it is picked up, so it changes instead of appearing twice. A donation that
    shares its order's number has a key of its own. The same line twice is refused, another with its number kept.
    """
    keys = columns.Keys()
    first: dict[str, TransferRow] = {}
    done = []
    for row in rows:
        number = row.dc_number or row.number
        name = f"{number}/share" if number and row.transfer_class == "cookie_share" else number
        lines = [[line.cookie, line.boxes] for line in row.lines]
        key, repeated = keys.of(
            name, row.row_no, row.transferred_on, row.transfer_type, row.from_name, row.to_name, lines
        )
        refused, doubts = row.refused, row.doubts
        if repeated:
            again = Note(N_("Order %(number)s is already in row %(row)s."), {"number": row.number, "row": repeated})
            same = replace(row, row_no=0, key="") == replace(first[name], row_no=0, key="")
            refused, doubts = (refused or again, doubts) if same else (refused, (*doubts, again))
        elif name:
            first[name] = row
        else:
            doubts = (*doubts, Note(columns.NO_NUMBER))
        done.append(replace(row, key=key, refused=refused, doubts=doubts))
    return tuple(done)
