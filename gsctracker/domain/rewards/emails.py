"""E-mails that girls sent from their Digital Cookie pages: its dashboard alone says how many, so they are typed here."""

import apsw

from gsctracker import clock, values
from gsctracker.db.rows import run
from gsctracker.domain import audit
from gsctracker.domain.people import roles, scouts
from gsctracker.domain.people.roles import Person

MOST = 100_000


def note(tx: apsw.Connection, season_id: int, scout_id: int, emails: int, by: Person) -> None:
    """She has sent so many e-mails this season by now (0: none). Raises Invalid, NotFound."""
    roles.require(by, "scouts.manage")
    scouts.must_be_on_roster(tx, scout_id)
    emails = values.whole("emails", emails, 0, MOST)
    about = {"season": season_id, "scout": scout_id}
    run(tx, "DELETE FROM emails_sent WHERE season_id = :season AND scout_id = :scout", **about)
    if emails:
        run(
            tx,
            """INSERT INTO emails_sent (season_id, scout_id, emails, noted_at, noted_by)
               VALUES (:season, :scout, :emails, :now, :by)""",
            emails=emails,
            now=clock.now(),
            by=by.id,
            **about,
        )
    audit.note(tx, by.id, "reward.emails", "scout", scout_id, emails=emails)
