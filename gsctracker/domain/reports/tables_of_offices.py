"""Reports that set us beside the official systems: what differs, and what to type there."""

import apsw

from gsctracker.db.rows import many
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports import channels, typing_list
from gsctracker.domain.reports import differences as compared
from gsctracker.domain.reports.columns import Column, Content, girl
from gsctracker.domain.season import catalogue
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


def cookie_share(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each girl's Cookie Share from three sides: Digital Cookie, ours and the back office; and what is left to type."""
    columns = (
        Column("scout", N_("Scout")),
        Column("digitalCookie", N_("In Digital Cookie"), "boxes"),
        Column("credited", N_("Credited here"), "boxes"),
        Column("office", N_("In the back office"), "boxes"),
        Column("byHand", N_("Never comes by itself"), "boxes"),
        Column("seen", N_("Typed already"), "boxes"),
        Column("waiting", N_("Waits for a card"), "boxes"),
        Column("toType", N_("What to type"), "boxes"),
    )
    both, by_hand = channels.of_season(tx, season), channels.share_to_type(tx, season)
    share = {row.id for row in catalogue.products(tx, season) if row.is_virtual}
    rows = []
    for one in many(tx, "SELECT id, first_name, last_initial FROM scouts ORDER BY id LIMIT 1000"):
        pairs = [(one.id, product) for product in share]
        theirs = sum(both.digital_cookie.get(pair, 0) for pair in pairs)
        ours = sum(sum(both.ours.get(pair, {}).values()) for pair in pairs)
        office = sum(sum(both.office.get(pair, {}).values()) for pair in pairs)
        hers = by_hand.get(one.id, channels.Share())
        if theirs or ours or office or any(hers):
            rows.append(
                (
                    girl(one.first_name, one.last_initial),
                    theirs,
                    ours,
                    office,
                    hers.needed,
                    hers.seen,
                    hers.waiting,
                    hers.to_type,
                )
            )
    return columns, rows
