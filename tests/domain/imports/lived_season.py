"""A season of 25 families and 60 booths as it is lived, with its mistakes: `live` does it in an open write."""

from random import Random

from bring_in import apply, orders

from gsctracker.db.rows import many
from gsctracker.domain.booths import booths, closing, counting, crediting
from gsctracker.domain.booths.cash import Money
from gsctracker.domain.booths.counting import Count
from gsctracker.domain.imports import undo
from gsctracker.domain.inventory import transfers
from gsctracker.domain.money import balances, sweeps, turn_ins
from gsctracker.domain.sales import goals
from gsctracker.domain.sales import orders as sales
from gsctracker.domain.sales.orders import Item
from gsctracker.domain.season import catalogue, seasons
from tests.factories import lines, make_person, make_scout, product

COOKIES = ("TM", "CD", "PBP", "TRE", "LEM", "CCC")
NAMES = [
    *("Ava", "Bea", "Cleo", "Dora", "Ella", "Faye", "Gwen", "Hope", "Iris", "June", "Kaya", "Lena", "Maja", "Nell"),
    *("Orla", "Page", "Quin", "Rosa", "Suki", "Tess", "Uma", "Vera", "Wren", "Xena", "Yara"),
]


def live(tx, admin, seed):
    """Everything that happens; the same for the same seed."""
    dice = Random(seed)
    season = seasons.current(tx).id
    seasons.set_tiers(tx, season, {100: 90, 350: 95}, admin)
    seasons.change(tx, season, admin, base_proceeds=85, exempt_per_girl=3, returns_until="2026-03-20")
    girls = [make_scout(tx, name, "R.") for name in NAMES]
    for girl in girls[:20]:
        goals.set_goal(tx, season, girl, dice.randrange(50, 300), admin)
    goals.set_goal(tx, season, None, 5000, admin)
    for due, rule in (
        ("2026-02-11", {"basis": "per_package", "factor": 100, "nets_cards": False}),
        ("2026-02-25", {"basis": "balance", "factor": 3000}),
        ("2026-03-11", {"basis": "remainder"}),
    ):
        sweeps.add_rule(tx, admin, due_on=due, **rule)
    _stock(tx, admin, dice, girls)
    _sell(tx, admin, dice, girls)
    _bring_in(tx, admin, dice)
    for number in range(60):
        _booth(tx, admin, dice, girls, number)
    _settle_up(tx, admin, dice, season, girls)


def _stock(tx, admin, dice, girls):
    def move(kind, boxes, **more):
        return transfers.move(tx, admin, kind, lines(tx, **boxes), **more)

    move("C2T", dict.fromkeys(COOKIES, 1200), day="2026-01-24")
    wrong = move("C2T", {"TM": 600}, day="2026-01-25")
    transfers.take_back(tx, wrong, admin, "written down twice")
    move("T2T_OUT", {"CD": 24})
    move("T2T_IN", {"TM": 36})
    move("T2C", {"TRE": 12}, day="2026-03-15")
    for girl in girls:
        move("T2G", {code: dice.randrange(5, 30) for code in COOKIES}, scout_id=girl, day="2026-01-31")
    for girl in girls[:6]:
        move("G2T", {"TM": 2}, scout_id=girl)
        move("T2G", {"TM": 12}, scout_id=girl, on_liability=False)
    move("G2T", {"TM": 12}, scout_id=girls[0], on_liability=False)
    transfers.move(tx, admin, "G2G", lines(tx, CD=2), scout_id=girls[1], to_scout_id=girls[2])
    transfers.take_back(tx, move("T2G", {"LEM": 5}, scout_id=girls[3]), admin, "the other girl")
    move("DAMAGED", {"TRE": 7})
    move("REPLACED", {"TRE": 4})
    move("DAMAGED", {"TRE": 1}, scout_id=girls[4])
    move("LOST", {"PBP": 6})
    move("FOUND", {"PBP": 2})
    move("LOST", {"PBP": 1}, scout_id=girls[5])


def _sell(tx, admin, dice, girls):
    made = []
    for _ in range(300):
        girl = dice.choice([*girls, None])
        items = [Item(code, dice.randrange(1, 4)) for code in dice.sample(COOKIES, 2)]
        kind = dice.choice(("order_card", "in_hand"))
        if dice.random() < 0.1:
            items.append(Item("CShare", 1))
        method = dice.choice(("cash", "check", "card", "venmo"))
        made.append(
            sales.take(
                tx, admin, items, scout_id=girl, order_type=kind, payment_method=method, customer_name="Zoe Quill"
            )
        )
    for sale in dice.sample(made, 30):
        sales.cancel(tx, sale, admin)
    for row in many(tx, "SELECT id FROM orders WHERE status = 'promised' AND id % 3 > 0"):
        sales.deliver(tx, row.id, admin)


def _bring_in(tx, admin, dice):
    """Digital Cookie's file; the same again; a newer one that cancels and adds; and a wrong one, taken back."""
    rows = []
    for number in range(60):
        boxes, donated = dice.randrange(1, 6), dice.choice((0, 0, 0, 1, 2))
        amount = f"${(boxes + donated) * 6}.00"
        girl = {"Girl First Name": dice.choice(NAMES), "Girl Last Name": "Rivera"}
        if number % 10 == 0:
            girl = {"Girl First Name": "Troop1234", "Girl Last Name": "Site"}
        kind = "In Person Delivery with Donation" if donated else dice.choice(("In Person Delivery", "Shipped"))
        rows.append(
            girl
            | {
                "Order Number": str(700_000 + number),
                "Order Type": kind,
                "Thin Mints": boxes,
                "Donation": donated,
                "Total Packages (Includes Donate & Gift)": boxes + donated,
                "Current Sale Amount": amount,
                "Current Subtotal": amount,
            }
        )
    first = orders(*rows[:50])
    apply(tx, admin, first)
    assert apply_again(tx, admin, first)
    apply(tx, admin, orders(rows[0] | {"Order Status": "Cancelled"}, *rows[1:]))
    wrong = apply(tx, admin, orders(*({**row, "Order Number": "8" + row["Order Number"]} for row in rows[:5])))
    undo.undo(tx, admin, wrong)


def apply_again(tx, admin, content):
    before = [row.n for row in many(tx, "SELECT count(*) AS n FROM journal")]
    apply(tx, admin, content)
    return before == [row.n for row in many(tx, "SELECT count(*) AS n FROM journal")]


def _booth(tx, admin, dice, girls, number):
    day = f"2026-02-{number % 28 + 1:02}"
    booth = booths.plan(tx, admin, f"Booth {number}", f"{day}T16:00:00Z", f"{day}T20:00:00Z")
    if number % 15 == 14:
        return
    brought = {code: dice.randrange(10, 25) for code in COOKIES}
    transfers.move(tx, admin, "TROOP_TO_BOOTH", lines(tx, **brought), booth_id=booth)
    left = {code: dice.randrange(0, boxes // 2) for code, boxes in brought.items()}
    counts = {product(tx, code): Count(boxes, 0, 0, None) for code, boxes in left.items()}
    if number % 7 == 0:
        counts[product(tx, "TM")] = Count(left["TM"], 1, 1, None)
    share = {product(tx, "CShare"): dice.randrange(0, 5)}
    sold = sum(catalogue.find(tx, product(tx, code)).price_cents * (brought[code] - left[code]) for code in COOKIES) - (
        2 * 600 if number % 7 == 0 else 0
    )
    sold += sum(share.values()) * catalogue.find(tx, product(tx, "CShare")).price_cents
    cards, odd = sold // 3, dice.choice((0, 0, 0, -500, 300))
    money = Money(start=10000, end=10000 + sold - cards + odd, cards=cards)
    counting.close(
        tx, admin, booth, counts, money, share=share, reason="other" if odd else None, note="as far as we know"
    )
    if number % 20 == 3:
        counting.reopen(tx, admin, booth, "counted wrong")
        counting.close(tx, admin, booth, counts, money, share=share, reason="other" if odd else None, note="again")
    if number % 10 != 9:
        closing.sign(tx, make_person(tx, "leader", f"Lea{number}"), booth)
        crediting.credit(tx, admin, booth, "even", weights=dict.fromkeys(dice.sample(girls, 4), 1))
    if number % 12 == 5 and number % 10 != 9:
        closing.take_credit_back(tx, admin, booth, "the wrong girls")
        crediting.credit(tx, admin, booth, "even", weights=dict.fromkeys(dice.sample(girls, 3), 1))


def _settle_up(tx, admin, dice, season, girls):
    for girl in girls:
        owed = balances.family(tx, season, girl, admin).balance_cents
        for share in (3, 2):
            if owed > 100:
                turn_ins.turn_in(tx, admin, girl, owed // share, dice.choice(("cash", "check", "venmo", "card")))
    turn_ins.take_back(tx, turn_ins.turn_in(tx, admin, girls[0], 5000, "cash"), admin, "it was Bea's")
    turn_ins.take_over(tx, admin, girls[1], 4000)
    turn_ins.deposit(tx, admin, balances.troop_accounts(tx, season)["cash_box"])
    turn_ins.take_back(tx, turn_ins.deposit(tx, admin, 1), admin, "twice")
    first, second, _ = sweeps.forecast(tx, season)
    sweeps.take(tx, admin, first.rule.id, first.expected_cents)
    sweeps.fail(tx, admin, second.rule.id, "2026-02-25")
    turn_ins.take_back(tx, turn_ins.sweep(tx, admin, 700), admin, "another troop's")
