#!/usr/bin/env python3
"""A made-up cookie season as neutral JSON, the same for every target.

Same seed and scale, same bytes. Scale 1 is one troop: 25 scouts, 25 parents, 2 leaders, 9 products,
6,000 sales, 60 booths with shifts and stock, 3,000 inventory transactions. Scale N keeps the people
and the products and multiplies the rows by N, as N years of history in one database would.
Each target needs a small loader of its own that turns this JSON into that target's tables.
"""

import argparse
import json
import random
from datetime import date, datetime, timedelta

PRODUCTS = [
    ("TM", "Thin Mints"),
    ("SM", "Samoas"),
    ("TG", "Tagalongs"),
    ("TF", "Trefoils"),
    ("DD", "Do-si-dos"),
    ("LU", "Lemon-Ups"),
    ("AF", "Adventurefuls"),
    ("EX", "Exploremores"),
    ("TT", "Toffee-tastic"),
]
WEIGHTS = [26, 20, 14, 9, 8, 7, 7, 5, 4]
FIRST = [
    "Ava",
    "Bea",
    "Cleo",
    "Dana",
    "Elsa",
    "Faye",
    "Gia",
    "Hana",
    "Ines",
    "June",
    "Kira",
    "Lena",
    "Maya",
    "Nora",
    "Opal",
    "Pia",
    "Rosa",
    "Suki",
    "Tara",
    "Uma",
    "Vera",
    "Willa",
    "Xena",
    "Yara",
    "Zoe",
]
LAST = [
    "Adams",
    "Baker",
    "Cruz",
    "Diaz",
    "Evans",
    "Flores",
    "Green",
    "Hill",
    "Ito",
    "Jones",
    "Khan",
    "Lopez",
    "Moore",
    "Nguyen",
    "Ortiz",
    "Patel",
    "Quinn",
    "Reed",
    "Silva",
    "Tran",
    "Ueda",
    "Vance",
    "White",
    "Xu",
    "Young",
]
STREETS = ["Oak", "Elm", "Maple", "Cedar", "Pine", "Birch", "Walnut", "Spruce", "Ash", "Willow"]
PLACES = [
    "Kroger",
    "Safeway",
    "Publix",
    "Walmart",
    "Target",
    "Library",
    "Farmers Market",
    "Community Centre",
    "Hardware Store",
    "Rail Station",
]
PASSWORD = "TestPass123!"
PRICE = 600


def build(scale: int = 1, seed: int = 2026) -> dict:
    rng = random.Random(seed)
    users = [
        {"key": "leader1", "role": "leader", "first": "Lena", "last": "Leader", "email": "leader1@example.com"},
        {"key": "leader2", "role": "cookie_leader", "first": "Cora", "last": "Cookie", "email": "leader2@example.com"},
    ]
    for i in range(25):
        users.append(
            {
                "key": f"scout{i + 1:02d}",
                "role": "scout",
                "first": FIRST[i],
                "last": LAST[i],
                "email": f"scout{i + 1:02d}@example.com",
                "parent": f"parent{i + 1:02d}",
            }
        )
        users.append(
            {
                "key": f"parent{i + 1:02d}",
                "role": "parent",
                "first": FIRST[(i + 7) % 25],
                "last": LAST[i],
                "email": f"parent{i + 1:02d}@example.com",
            }
        )
    scouts = [u["key"] for u in users if u["role"] == "scout"]

    def season(year: int) -> dict:
        return {"year": str(year), "start": f"{year}-01-01", "end": f"{year}-03-31"}

    seasons = [season(2026 - y) for y in range(scale)]
    sales, booths, moves = [], [], []
    codes = [c for c, _ in PRODUCTS]
    for s in seasons:
        first = date.fromisoformat(s["start"])
        for n in range(6000):
            unit = "case" if rng.random() < 0.03 else "box"
            qty = (
                1 if unit == "case" else rng.choices([1, 2, 3, 4, 5, 6, 8, 10, 12], [22, 26, 16, 13, 7, 6, 5, 3, 2])[0]
            )
            cents = qty * PRICE * (12 if unit == "case" else 1)
            paid = rng.random() < 0.8
            known = rng.random() < 0.6
            sales.append(
                {
                    "seller": scouts[n % 25],
                    "product": rng.choices(codes, WEIGHTS)[0],
                    "quantity": qty,
                    "unit": unit,
                    "date": (first + timedelta(days=rng.randrange(90))).isoformat(),
                    "season": s["year"],
                    "customer": f"{rng.choice(FIRST)} {rng.choice(LAST)}" if known else "Walk-in Customer",
                    "address": f"{rng.randrange(1, 999)} {rng.choice(STREETS)} St" if known else None,
                    "phone": f"555-01{rng.randrange(100):02d}" if known else None,
                    "type": rng.choices(
                        ["individual_inperson", "individual_digital_delivered", "booth_troop"], [60, 25, 15]
                    )[0],
                    "collected_cents": cents if paid else 0,
                    "due_cents": 0 if paid else cents,
                    "method": rng.choice(["cash", "venmo", "check"]) if paid else None,
                    "order_no": f"{s['year']}-{n + 1:05d}",
                    "status": "Complete" if paid else "Pending",
                }
            )
        for n in range(60):
            start = datetime.combine(first + timedelta(days=20 + n), datetime.min.time()) + timedelta(
                hours=rng.choice([9, 10, 13])
            )
            end = start + timedelta(hours=4)
            shifts = []
            for k in range(4):
                b = start + timedelta(hours=k)
                for who in rng.sample(scouts, 2):
                    shifts.append(
                        {
                            "scout": who,
                            "start": b.isoformat() + "Z",
                            "end": (b + timedelta(hours=1)).isoformat() + "Z",
                            "role": rng.choice(["seller", "cashier"]),
                        }
                    )
            stock = []
            for c in codes:
                begin = rng.randrange(12, 60)
                sold = rng.randrange(0, begin)
                stock.append({"product": c, "start": begin, "end": begin - sold, "sold": sold, "damaged": 0})
            place = rng.choice(PLACES)
            booths.append(
                {
                    "name": f"{place} booth {n + 1}",
                    "location": place,
                    "address": f"{rng.randrange(1, 999)} {rng.choice(STREETS)} Ave",
                    "start": start.isoformat() + "Z",
                    "end": end.isoformat() + "Z",
                    "bank_cents": 10000,
                    "status": rng.choice(["completed", "completed", "scheduled"]),
                    "shifts": shifts,
                    "stock": stock,
                }
            )
        for _ in range(3000):
            kind = rng.choices(["received", "checkout", "return", "sold", "damaged"], [10, 40, 8, 40, 2])[0]
            moves.append(
                {
                    "kind": kind,
                    "product": rng.choices(codes, WEIGHTS)[0],
                    "quantity": rng.randrange(1, 25),
                    "scout": None if kind == "received" else rng.choice(scouts),
                    "at": f"{(first + timedelta(days=rng.randrange(90))).isoformat()}T{rng.randrange(8, 20):02d}:00:00Z",
                    "note": None,
                }
            )
    return {
        "scale": scale,
        "seed": seed,
        "password": PASSWORD,
        "seasons": seasons,
        "troop": {"number": "1234", "name": "Troop 1234", "level": "junior"},
        "products": [{"code": c, "name": n, "price_cents": PRICE} for c, n in PRODUCTS],
        "users": users,
        "sales": sales,
        "booths": booths,
        "transactions": moves,
    }


if __name__ == "__main__":
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("--scale", type=int, default=1)
    ap.add_argument("--seed", type=int, default=2026)
    ap.add_argument("out")
    a = ap.parse_args()
    data = build(a.scale, a.seed)
    with open(a.out, "w") as f:
        json.dump(data, f)
    print({k: len(v) for k, v in data.items() if isinstance(v, list)})
