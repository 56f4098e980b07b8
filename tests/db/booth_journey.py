"""A booth from planning to credit, carried out once so that every statement of it is heard."""

from gsctracker import clock
from gsctracker.db.rows import value
from gsctracker.domain.booths import (
    attendance,
    booths,
    calendar,
    closing,
    counting,
    crediting,
    entries,
    fairness,
    listing,
    live,
    moved_up,
    packing,
    policies,
    presences,
    sheets,
    shifts,
    sign_ups,
    sites,
    swaps,
    tallies,
)
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.booths.dividing import Sale
from gsctracker.domain.booths.entries import Entry
from gsctracker.domain.imports import booth_credits
from gsctracker.domain.season import catalogue
from tests import factories


def a_booth(tx, admin, season, girl, other):
    """Everything that can be done with one booth."""
    cookie = catalogue.recognise(tx, season, "TM")
    site = sites.add_site(tx, admin, "Riverside")
    sites.change(tx, admin, site, notes="Ask for the key.")
    sites.sold_before(tx, site)
    sites.cookies_sold(tx, site)
    policies.set_policy(tx, admin, season, "pickup", max_girls=5)
    policies.set_rules(tx, admin, season, 24, {"leader": 24})
    booth = booths.plan(tx, admin, "Market", clock.after(hours=-1), clock.after(hours=2), site_id=site)
    booths.change(tx, admin, booth, notes="Bring the cloth.")
    shift = shifts.add_shift(
        tx, admin, booth, booths.find(tx, booth).starts_at, booths.find(tx, booth).ends_at, min_girls=1, max_girls=1
    )
    _people(tx, admin, season, booth, shift, girl, other)
    packing.load(tx, admin, booth, [(cookie, 6)])
    _phones(tx, admin, booth)
    live.board(tx, admin, season)
    listing.for_calls(tx, admin, season, booth)
    attendance.count_midway(tx, admin, booth, {cookie.id: 4}, clock.after(minutes=-10))
    attendance.season_minutes(tx, season)
    counting.close(
        tx, admin, booth, {cookie.id: Count(3, 1)}, Money(0, 1200), reason="miscount", note="We looked twice."
    )
    tallies.differences(tx, booth)
    lea = factories.make_person(tx, "cookie_leader", "Leo")
    closing.sign(tx, lea, booth)
    crediting.propose(tx, booth, "segments")
    crediting.propose(tx, booth, "sales", sales=[Sale(clock.after(minutes=-20), cookie.id, 1)])
    booth_credits.credit(tx, admin, booth, "minutes")
    crediting.of_booth(tx, booth)
    booth_credits.take_back(tx, admin, booth, "The hours were wrong.")
    booth_credits.credit(tx, admin, booth, "even")
    booth_credits.reopen(tx, admin, booth, "A case was under the table.")
    sheets.keep(tx, admin, booth, sheets.checked(sheets.Sheet({cookie.id: (6, 4, None)})))
    booths.page(tx, season)
    booths.not_credited(tx, season)


def _people(tx, admin, season, booth, shift, girl, other):
    zed = factories.make_person(tx, "caregiver", "Zelda", scout_ids=(other,))
    policies.clear_adult(tx, admin, zed.id, "2099-12-31")
    place, _ = sign_ups.sign_up(tx, admin, shift, scout_id=girl)
    sign_ups.sign_up(tx, zed, shift, scout_id=other, wait=True)
    sign_ups.sign_up(tx, zed, shift, account_id=zed.id)
    swap = swaps.offer(tx, admin, place)
    swaps.offered(tx, zed, season)
    swaps.withdraw(tx, admin, swap)
    sign_ups.coming(tx, zed, season, clock.after(days=-1))
    for row in moved_up.to_tell(tx):
        moved_up.told(tx, row.id)
    fairness.girls(tx, zed, season)
    calendar.of_link(tx, calendar.make_link(tx, zed))
    calendar.shifts_of(tx, zed.id)
    shifts.change_places(tx, admin, shift, max_girls=2)
    closing.may_count(tx, zed, booth)
    came = presences.check_in(tx, admin, booth, girl, clock.after(minutes=-50))
    presences.leave(tx, admin, booth, came, clock.after(minutes=-40))
    presences.correct(tx, admin, booth, came, clock.after(minutes=-50), None)
    adult = presences.check_in(tx, zed, booth, at=clock.after(minutes=-45))
    presences.remove(tx, zed, booth, adult)
    listing.page(tx, zed, season, listing.Wanted(mine=True))


def _phones(tx, admin, booth):
    table, at = entries.must_tap(tx, admin, booth), clock.now()

    def tap(number, kind, **said):
        return entries.take(tx, admin, table, Entry(f"{number:032x}", "a1", number, at, 0, kind, said))

    one = {"pay": "cash", "items": [{"product": "TM", "quantity": 1}]}
    tap(1, "sale", **one)
    tap(2, "sale", **one)
    tap(3, "undo", undoes=f"{2:032x}")
    tap(4, "sale", pay="cash", items=[{"product": "No such cookie", "quantity": 1}])
    if flagged := value(tx, "SELECT id FROM booth_entries WHERE state = 'flagged' ORDER BY id"):
        entries.settle(tx, admin, booth, flagged, "left_out")
    entries.of_booth(tx, booth)
    entries.of_booth(tx, booth, flagged=True)
    entries.waiting(tx, booth)
    tallies.packages(tx, booth)
    tallies.money(tx, booth)
    tallies.sales(tx, booth)
