"""Who moved up from a waiting list, so that her family hears of it: in the app, and by mail where the box sends any."""

from collections.abc import Iterable

import apsw

from gsctracker import clock
from gsctracker.db.rows import Row, many, run
from gsctracker.domain.booths import hours

NEWS_DAYS = 3
MAIL_DAYS = 1
"""How long it is news in the app, and how long sending a mail is tried."""
MOST = 100


def news(coming: Iterable[Row]) -> list[Row]:
    """Of somebody's next shifts (`sign_ups.coming`) those whose place came from a waiting list in the last days."""
    since = clock.after(days=-NEWS_DAYS)
    return [row for row in coming if row.moved_at and row.moved_at >= since]


def to_tell(tx: apsw.Connection) -> list[Row]:
    """Mails to send: (id of the sign-up, to, language, booth_id, booth_name, starts_at), one for each adult of a girl's family."""
    return many(
        tx,
        """SELECT people.id, accounts.sign_in_name AS "to", language, booth_id, booths.name AS booth_name, booth_shifts.starts_at
             FROM shift_sign_ups AS people JOIN booth_shifts ON booth_shifts.id = shift_id JOIN booths ON booths.id = booth_id
             JOIN accounts ON accounts.state = 'active' AND role <> 'scout'
              AND (accounts.id = people.account_id
                   OR accounts.id IN (SELECT account_id FROM cared_for WHERE cared_for.scout_id = people.scout_id))
            WHERE moved_at >= :since AND told_at IS NULL AND people.state = 'going'
              AND status IN ('scheduled', 'packed', 'open') AND booth_shifts.starts_at > :now
            ORDER BY people.id, accounts.id LIMIT :most""",
        since=clock.after(days=-MAIL_DAYS),
        now=hours.present(tx),
        most=MOST,
    )


def told(tx: apsw.Connection, sign_up_id: int) -> None:
    """Her family was told by mail; it is told once."""
    run(
        tx,
        "UPDATE shift_sign_ups SET told_at = :now WHERE id = :id AND moved_at IS NOT NULL AND told_at IS NULL",
        now=clock.now(),
        id=sign_up_id,
    )
