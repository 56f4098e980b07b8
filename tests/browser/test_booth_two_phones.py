"""A booth from the first sign-up to the girls' credit, lived by two volunteers whose phones have no signal at the table."""

from fractions import Fraction
from types import SimpleNamespace

from gsctracker import clock
from gsctracker.db.rows import many, value
from gsctracker.domain.booths import booths, carry, closing, crediting, hours, shifts
from gsctracker.domain.people import sessions
from gsctracker.domain.people.roles import Person
from tests import factories
from tests.browser.booth_phones import STORE, left_on_table, says, sell

PAIRS = (("Mia", "Ana", "Nia", "Bea"), ("Lia", "Cleo", "Pia", "Dora"))


def planned(table, names):
    """A booth under way with one shift, and two mothers of one girl each who may sign in."""

    def act(tx):
        now = clock.now()
        admin = Person(id=1, role="admin", first_name="Olga")
        booth = booths.plan(
            tx, admin, f"{names[0]}'s corner", hours.shifted(now, hours=-1), hours.shifted(now, hours=2)
        )
        found = booths.find(tx, booth)
        shifts.add_shift(tx, admin, booth, found.starts_at, found.ends_at)
        made = []
        for mother, girl in (names[:2], names[2:]):
            scout = factories.make_scout(tx, girl)
            person = factories.make_person(tx, "caregiver", mother, scout_ids=(scout,))
            made.append(SimpleNamespace(name=mother, girl=scout, id=person.id))
            table.tokens[mother] = sessions.start(tx, person.id)
        return booth, made

    return table.do(act)


def press(page, name):
    with page.expect_navigation():
        page.locator("main").get_by_role("button", name=name, exact=True).first.click()


def shelf(table):
    """Boxes on the troop's shelf by code."""
    sql = """SELECT code, sum(boxes_at.boxes) AS boxes FROM boxes_at JOIN products ON products.id = product_id
              WHERE place_id = 2 GROUP BY code"""
    return table.ask(lambda tx: {row.code: row.boxes for row in many(tx, sql)})


def figures(table, booth):
    """Everything that has to agree at the end."""

    def read(tx):
        closed, credit = closing.find(tx, booth), crediting.of_booth(tx, booth)
        on_table = (
            "SELECT ifnull(sum(abs(boxes)), 0) FROM boxes_at JOIN places ON places.id = place_id WHERE booth_id = :id"
        )
        return SimpleNamespace(
            sold={line.code: line.sold for line in closed.lines if line.sold},
            cents=(closed.expected_cents, closed.collected_cents, closed.variance_cents),
            closer=closed.closer,
            signer=closed.signer,
            status=booths.find(tx, booth).status,
            credit=[(girl.scout_id, girl.boxes, girl.ideal) for girl in credit.girls],
            carries=sum(carry.of_season(tx, 1).values()),
            on_table=value(tx, on_table, id=booth),
            over_short=value(tx, "SELECT ifnull(sum(cents), 0) FROM account_balances WHERE account_id = 6"),
        )

    return table.ask(read)


def test_two_booths_from_sign_up_to_credit_agree_to_the_box_and_the_cent(table, a_phone):
    """UX-21 COOKIE-06: sign up, pack, sell offline on both phones, count, close, sign, come home, send; and send it all again."""
    desk = a_phone("olga", viewport={"width": 1280, "height": 900}, is_mobile=False, has_touch=False).new_page()
    for names in PAIRS:
        booth, mothers = planned(table, names)
        here, before = f"{table.server.address}/booths/{booth}", shelf(table)
        phones = [a_phone(mother.name) for mother in mothers]
        pages = [phone.new_page() for phone in phones]
        for mother, page in zip(mothers, pages, strict=True):
            page.goto(here)
            for who in (f"girl-{mother.girl}", "me"):
                page.get_by_label("Who comes?").select_option(who)
                press(page, "Sign up")
        desk.goto(f"{here}/packing")
        for box in desk.locator("main form[method=post] input.num").all():
            box.fill("")
        desk.get_by_label("Thin Mints, cases").fill("1")
        desk.get_by_label("Caramel deLites, boxes").fill("10")
        press(desk, "Load out")
        first = pages[0]
        first.goto(here)
        for mother in mothers:
            for who in (f"adult-{mother.id}", f"girl-{mother.girl}"):
                first.get_by_label("Who came?").select_option(who)
                press(first, "She is there")
        for phone, page in zip(phones, pages, strict=True):
            page.goto(f"{here}/mode")
            page.locator("#till button").first.wait_for()
            phone.set_offline(True)
        sell(pages[0], TM=3)
        sell(pages[0], pay="card", CD=1)
        sell(pages[1], TM=2, CShare=1)
        sell(pages[1], CD=2)
        pages[1].locator("#said button").click()
        left_on_table(pages[0], TM=7, CD=9)
        for field, typed in {
            "s-CShare": 1,
            "p-2000": 2,
            "p-1000": 1,
            "p-500": 1,
            "p-100": 1,
            "m-start": 20,
            "m-cards": 6,
        }.items():
            pages[0].locator(f"#{field}").fill(str(typed))
        pages[0].get_by_role("button", name="Close and sign").click()
        says(pages[0], "3 not sent")
        pages[1].get_by_role("button", name="Count and close").click()
        pages[1].locator("#sign").click()
        says(pages[1], "4 not sent")
        assert table.ask(lambda tx, booth=booth: closing.find(tx, booth)) is None

        for phone, page in zip(
            reversed(phones), reversed(pages), strict=True
        ):  # the signature comes before what it signs
            phone.set_offline(False)
            says(page, "Everything is sent")
        desk.goto(f"{here}/credit?way=sales")
        press(desk, "Credit the girls")
        desk.goto(here)
        press(desk, "Put it away")

        found = figures(table, booth)
        assert found.sold == {"TM": 5, "CD": 1, "CShare": 1}
        assert found.cents == (42_00, 42_00, 0)
        assert (found.closer, found.signer, found.status) == (names[0], names[2], "closed")
        assert shelf(table) == {"TM": before["TM"] - 5, "CD": before["CD"] - 1}
        assert (found.on_table, found.over_short, found.carries) == (0, 0, 0)
        assert [girl for girl, _, _ in found.credit] == [mother.girl for mother in mothers]
        assert sum(boxes for _, boxes, _ in found.credit) == 7
        assert {ideal for _, _, ideal in found.credit} == {Fraction(7, 2)}
        for page in pages:
            page.evaluate(f"import({STORE}).then(store => store.offerAgain('another life'))")
            page.reload()
            says(page, "Everything is sent")
        assert vars(figures(table, booth)) == vars(found)
