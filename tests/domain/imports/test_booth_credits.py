"""What the office divided waits while a booth of ours does, and is made right when it is credited, taken back or reopened."""

from gsctracker.db.rows import value
from gsctracker.domain.booths import booths, closing, counting
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.imports import booth_credits, office_credits
from gsctracker.domain.inventory import transfers
from tests.factories import lines, make_person, make_scout, product


def test_the_offices_credit_follows_ours(tx, admin):
    """The office divided ten packages to Ana; our booth's six are among them, so four more stand while ours are credited."""
    ana, mints = make_scout(tx), product(tx, "TM")
    batch = tx.execute(
        """INSERT INTO import_batches (season_id, source, kind, row_type, file_name, sha256, staged_at, applied_at, state)
           VALUES (1, 'smart-cookies', 'x', 'transfer', 'a', ?, '2026-02-14T18:00:00Z', '2026-02-14T18:00:00Z', 'applied')
           RETURNING id""",
        ("a" * 64,),
    ).fetchone()[0]
    tx.execute(
        """INSERT INTO office_lines (season_id, system, key, kind, scout_id, product_id, boxes, day, batch_id)
           VALUES (1, 'smart-cookies', 'k', 't2g_booth', ?, ?, 10, '2026-02-14', ?)""",
        (ana, mints, batch),
    )
    booth = booths.plan(tx, admin, "Market", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, TM=6), booth_id=booth)
    counting.close(tx, admin, booth, {mints: Count(0)}, Money(end=36_00))
    closing.sign(tx, make_person(tx, "leader"), booth)

    def office():
        return value(
            tx,
            "SELECT ifnull(sum(boxes), 0) FROM credits JOIN journal ON journal.id = entry_id WHERE kind = 'office_credit'",
        )

    assert office_credits.waits(tx, 1)
    booth_credits.credit(tx, admin, booth, "even", weights={ana: 60})
    assert office() == 4
    booth_credits.take_back(tx, admin, booth, "wrong girl")
    assert office() in (4, 10)
    booth_credits.credit(tx, admin, booth, "even", weights={ana: 60})
    assert office() == 4
    booth_credits.reopen(tx, admin, booth, "miscounted")
    assert office() == 10
