"""Reports of booths: what each sold and took, how much an hour, over or short, by whom it was led."""

import apsw

from gsctracker.db.rows import many
from gsctracker.domain.people.roles import Person
from gsctracker.domain.reports.columns import Column, Content
from gsctracker.domain.season import troop
from gsctracker.words import N_


def booths(tx: apsw.Connection, season: int, by: Person) -> Content:
    """Each booth of the season: its state, packages sold, credited and left to credit, money expected and taken."""
    columns = (
        Column("boothId", N_("Number"), "id"),
        Column("booth", N_("Booth")),
        Column("day", N_("Day"), "day"),
        Column("type", N_("Type")),
        Column("status", N_("Status")),
        Column("soldBoxes", N_("Packages sold"), "boxes"),
        Column("creditedBoxes", N_("Credited"), "boxes"),
        Column("leftBoxes", N_("Not credited"), "boxes"),
        Column("perHour", N_("An hour"), "id"),
        Column("expectedCents", N_("Should be there"), "money"),
        Column("collectedCents", N_("Was there"), "money"),
        Column("varianceCents", N_("Over or short"), "money"),
        Column("reason", N_("Reason")),
        Column("closedBy", N_("Closed by")),
        Column("signedBy", N_("Signed by")),
    )
    found = many(
        tx,
        """SELECT booths.id, name, type, status, starts_at, ends_at, ifnull(sold.boxes, 0) AS sold, ifnull(credited.boxes, 0) AS credited,
                  expected_cents, end_cents + drops_cents - start_cents + checks_cents + cards_cents + apps_cents AS collected_cents,
                  reason, closer.first_name AS closer, signer.first_name AS signer,
                  CAST(round(ifnull(sold.boxes, 0) * 3600.0 / (unixepoch(ends_at) - unixepoch(starts_at))) AS INTEGER) AS per_hour
             FROM booths
             LEFT JOIN (SELECT booth_id, sum(boxes) AS boxes FROM booth_sold GROUP BY booth_id) AS sold ON sold.booth_id = booths.id
             LEFT JOIN (SELECT booth_id, sum(boxes) AS boxes FROM booth_credited GROUP BY booth_id) AS credited
               ON credited.booth_id = booths.id
             LEFT JOIN booth_closings ON booth_closings.booth_id = booths.id AND reopened_at IS NULL
             LEFT JOIN accounts AS closer ON closer.id = closed_by LEFT JOIN accounts AS signer ON signer.id = signed_by
            WHERE season_id = :season ORDER BY starts_at, booths.id""",
        season=season,
    )
    return columns, [
        (
            row.id,
            row.name,
            troop.day_of(tx, row.starts_at),
            row.type,
            row.status,
            row.sold,
            row.credited,
            row.sold - row.credited,
            row.per_hour if row.sold else None,
            row.expected_cents,
            row.collected_cents,
            None if row.expected_cents is None else row.collected_cents - row.expected_cents,
            row.reason or "",
            row.closer or "",
            row.signer or "",
        )
        for row in found
    ]
