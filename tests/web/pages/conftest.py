"""A small troop for the pages: two girls with boxes at home, a shelf, a booth to come."""

from types import SimpleNamespace

import pytest

from gsctracker.domain.booths import booths
from gsctracker.domain.inventory import transfers
from gsctracker.domain.season import seasons
from tests import factories
from tests.web.pages.browsing import OLGA


@pytest.fixture
def girls(box):
    """Ava holds 20 Thin Mints and 5 Trefoils, Bea 10 Thin Mints; the shelf has 114 and 31; one booth is planned."""
    with box.write() as tx:
        ava, bea = factories.make_scout(tx, "Ava", "A."), factories.make_scout(tx, "Bea", "B.")
        transfers.move(tx, OLGA, "C2T", factories.lines(tx, TM=144, TRE=36))
        handed = transfers.move(tx, OLGA, "T2G", factories.lines(tx, TM=20, TRE=5), scout_id=ava)
        transfers.move(tx, OLGA, "T2G", factories.lines(tx, TM=10), scout_id=bea)
        booth = booths.plan(tx, OLGA, "Grocery", "2026-02-14T16:00:00Z", "2026-02-14T20:00:00Z")
        return SimpleNamespace(
            ava=ava,
            bea=bea,
            booth=booth,
            handed=handed,
            season=seasons.current(tx).id,
            tm=factories.product(tx, "TM"),
            tre=factories.product(tx, "TRE"),
            ccc=factories.product(tx, "CCC"),
            share=factories.product(tx, "Cookie Share"),
            home=_place(tx, "scout_id", ava),
            other_home=_place(tx, "scout_id", bea),
            table=_place(tx, "booth_id", booth),
        )


@pytest.fixture
def mother(signed_in, girls):
    """Ava's mother's browser."""
    return signed_in("caregiver", first_name="Mia", scout_ids=(girls.ava,))


def _place(tx, column, owner):
    return tx.execute(f"SELECT id FROM places WHERE {column} = ?", (owner,)).fetchone()[0]
