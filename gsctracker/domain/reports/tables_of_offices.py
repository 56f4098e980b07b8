"""Reports that set us beside the official systems: what differs, and what to type there."""

import apsw

from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import differences as compared
from gsctracker.domain.reports import typing_list
from gsctracker.domain.reports.columns import Column, Content, girl
from gsctracker.words import N_


def differences(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each girl and cookie in the three systems, and why they differ."""
    columns = (
        Column("scout", N_("Scout")),
        Column("code", N_("Code")),
        Column("cookie", N_("Cookie")),
        Column("digitalCookie", N_("In Digital Cookie"), "boxes"),
        Column("office", N_("In the back office"), "boxes"),
        Column("credited", N_("Credited here"), "boxes"),
        Column("onHand", N_("With her"), "boxes"),
        Column("difference", N_("Difference"), "boxes"),
        Column("why", N_("Why"), "word"),
    )
    return columns, [
        (
            girl(line.first_name, line.last_initial),
            line.code,
            line.name,
            line.digital_cookie,
            line.office,
            line.credited,
            line.on_hand,
            line.gap,
            tuple((part.message, part.params) for part in line.parts),
        )
        for line in compared.page(tx, season, by).lines
    ]


def to_type(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each line to type into the back office."""
    columns = (
        Column("office", N_("System")),
        Column("scout", N_("Scout")),
        Column("cookie", N_("Cookie")),
        Column("boxes", N_("Packages"), "boxes"),
        Column("typed", N_("Typed already"), "boxes"),
        Column("what", N_("What to type"), "word"),
    )
    return columns, [
        (
            item.office,
            girl(item.first_name, item.last_initial),
            item.product,
            item.boxes,
            item.typed,
            ((item.sentence.message, item.sentence.params),),
        )
        for item in typing_list.page(tx, season, by)
    ]
