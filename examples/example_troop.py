"""What happened to the example troop until 25 February 2026, as plain tables. Nobody in it is real.

Everything in `examples/files` is written from these tables, and `README.md` works out by hand what they add up to.
Cookies go by ABC's short names; boxes are packages; every package costs $6, Caramel Chocolate Chip (GFC) $7.
"""

TROOP, OTHER_TROOP = "4321", "1277"
SITE = "Site"
PRICE = {"GFC": 7}

COOKIES = {
    "TM": "Thin Mints",
    "CD": "Caramel deLites",
    "PBP": "Peanut Butter Patties",
    "PBS": "Peanut Butter Sandwich",
    "TRE": "Trefoils",
    "ADV": "Adventurefuls",
    "LEM": "Lemonades",
    "EXP": "Exploremores",
    "GFC": "Caramel Chocolate Chip",
}

# first name: last name, level, grade, GSUSA number, guardian, guardian's address
GIRLS = {
    "Ava": ("Brightwater", "Junior", "4", "900000001", "Robin Brightwater", "robin@example.org"),
    "Bea": ("Cloverfield", "Junior", "5", "900000002", "Sam Cloverfield", "sam@example.org"),
    "Cleo": ("Dunmore", "Cadette", "6", "900000003", "Dana Dunmore", "dana@example.org"),
    "Dalia": ("Evergreen", "Cadette", "7", "900000004", "Jo Evergreen", "jo@example.org"),
    "Esme": ("Foxglove", "Brownie", "3", "900000005", "Kim Foxglove", "kim@example.org"),
    "Fern": ("Sitewell", "Brownie", "2", "900000006", "Lee Sitewell", "lee@example.org"),
}

DELIVERY, HAND, SHIP, PICK_UP, DONATION = "In Person Delivery", "Cookies In Hand", "Shipped", "Pick Up", "Donation"
CARD, AUTHORISED, CASH, VENMO = "CAPTURED", "AUTHORIZED", "CASH", "VENMO"
DONE, SHIPPED, WAITING, APPROVAL = "Completed", "Shipped", "Approved for Delivery", "Needs Approval"

# Digital Cookie's orders: the last digits of the number, whose, when (Central time), type, status, payment, cookies,
# and where there are any: donated packages, refunded packages, shipping in cents
ORDERS = (
    (1, "Ava", "2025-12-19 23:30", DELIVERY, DONE, CARD, {"TM": 4, "CD": 2}),
    (2, "Ava", "2026-01-03 10:05", DELIVERY + " with Donation", DONE, CARD, {"TM": 3}, 2),
    (3, "Ava", "2026-01-10 16:40", SHIP, SHIPPED, CARD, {"TM": 4, "PBP": 2}, 0, 0, 1299),
    (4, "Ava", "2026-02-01 11:15", HAND, DONE, CARD, {"CD": 2, "TRE": 1}),
    (5, "Ava", "2026-02-08 19:20", DONATION, DONE, CARD, {}, 4),
    (6, "Ava", "2026-02-14 09:00", DELIVERY, WAITING, CARD, {"TM": 2, "LEM": 1}),
    (7, "Ava", "2026-02-20 20:10", DELIVERY, APPROVAL, AUTHORISED, {"TM": 3}),
    (8, "Bea", "2025-12-20 12:00", DELIVERY, DONE, CARD, {"TM": 3, "CD": 3, "PBS": 1}),
    (9, "Bea", "2026-01-15 17:30", DELIVERY, DONE, CASH, {"TM": 2}),
    (10, "Bea", "2026-02-02 15:45", HAND + " with Donation", DONE, CASH, {"EXP": 2}, 1),
    (11, "Bea", "2026-02-05 08:25", SHIP + " with Donation", SHIPPED, CARD, {"ADV": 2}, 1, 0, 1299),
    (12, "Bea", "2026-02-10 18:00", DELIVERY, DONE, CARD, {"GFC": 2}),
    (13, "Bea", "2026-02-11 13:35", DELIVERY, DONE, CARD, {"TM": 5}, 0, 1),
    (14, "Cleo", "2025-12-22 10:50", DELIVERY, DONE, CARD, {"CD": 4, "PBP": 1}),
    (15, "Cleo", "2026-01-20 14:15", PICK_UP, DONE, CARD, {"TM": 2}),
    (16, "Cleo", "2026-02-03 21:05", SHIP, SHIPPED, CARD, {"TM": 6, "CD": 6}, 0, 0, 1699),
    (17, "Cleo", "2026-02-07 10:30", HAND, DONE, VENMO, {"LEM": 2, "TRE": 1}),
    (18, "Cleo", "2026-02-09 16:00", DONATION, DONE, CASH, {}, 3),
    (19, "Cleo", "2026-02-12 09:40", DELIVERY, "Cancelled", CARD, {"TM": 4}),
    (20, "Dalia", "2025-12-23 13:00", DELIVERY, DONE, CARD, {"TM": 6, "TRE": 2}),
    (21, "Dalia", "2026-02-01 15:20", DELIVERY, DONE, CARD, {"PBS": 2, "EXP": 1}),
    (22, "Dalia", "2026-02-06 12:45", SHIP, SHIPPED, CARD, {"PBP": 3}, 0, 0, 1299),
    (23, "Dalia", "2026-02-15 17:10", DELIVERY, WAITING, AUTHORISED, {"CD": 2}),
    (24, "Dalia", "2026-02-16 11:55", HAND, DONE, CARD, {"GFC": 1, "TM": 1}),
    (25, "Esme", "2025-12-28 10:10", DELIVERY, DONE, CARD, {"TM": 2, "CD": 1}),
    (26, "Esme", "2026-02-04 18:30", DONATION, DONE, CARD, {}, 2),
    (27, "Esme", "2026-02-13 08:15", DELIVERY, WAITING, CARD, {"TM": 3}),
    (28, "Esme", "2026-02-17 20:40", SHIP, SHIPPED, CARD, {"ADV": 1, "LEM": 1}, 0, 0, 1299),
    (29, "Esme", "2026-02-18 14:00", "Mailbox Drop", DONE, CARD, {"TM": 2}),
    (30, "Fern", "2026-01-05 09:30", DELIVERY, DONE, CARD, {"TM": 1, "PBP": 1}),
    (31, "Fern", "2026-02-02 16:25", HAND, DONE, CARD, {"TM": 3}),
    (32, "Fern", "2026-02-19 12:05", SHIP, SHIPPED, CARD, {"EXP": 4}, 0, 0, 1299),
    (33, SITE, "2026-02-05 10:00", DELIVERY, DONE, CARD, {"TM": 4, "CD": 2}),
    (34, SITE, "2026-02-06 22:15", SHIP, SHIPPED, CARD, {"TM": 3, "PBP": 3}, 0, 0, 1299),
    (35, SITE, "2026-02-14 11:30", PICK_UP, DONE, CARD, {"TM": 6, "CD": 4}),
    (36, SITE, "2026-02-14 12:10", DONATION, DONE, CARD, {}, 3),
    (37, "Ava", "2026-02-21 15:00", HAND, DONE, CARD, {"TM": 2}),
    (38, "Bea", "2026-02-21 16:30", HAND, DONE, CARD, {"PBP": 1, "TRE": 1}),
    (39, "Cleo", "2026-02-22 11:40", DELIVERY, DONE, CARD, {"ADV": 3}),
    (40, "Dalia", "2026-02-22 13:25", HAND, DONE, CASH, {"TM": 4}),
    (41, "Fern", "2026-02-23 17:50", DELIVERY, DONE, CARD, {"LEM": 2, "CD": 1}),
    (42, "Esme", "2026-02-24 18:20", HAND, DONE, CARD, {"TM": 1, "EXP": 1}),
)
NEWER = (43, "Ava", "2026-02-25 19:00", DELIVERY, WAITING, CARD, {"TM": 2})
"""So new that only Ava's own file has it."""

# Smart Cookies' lines: number, day, type, from, to, cookies, and how it came about where only the JSON says it
TRANSFERS = (
    ("0016491", "2026-01-24", "C2T(P)", "Cupboard Hillside", TROOP,
     {"TM": 72, "CD": 36, "PBP": 12, "PBS": 12, "TRE": 12, "ADV": 12, "LEM": 12, "EXP": 12, "GFC": 12}),
    ("0016501", "2026-01-25", "T2G", TROOP, "Ava", {"TM": 12, "CD": 6, "TRE": 2, "LEM": 2}),
    ("0016502", "2026-01-25", "T2G", TROOP, "Bea", {"TM": 12, "CD": 4, "PBS": 2, "EXP": 2, "GFC": 2, "TRE": 1}),
    ("0016503", "2026-01-25", "T2G", TROOP, "Cleo", {"TM": 4, "CD": 6, "PBP": 2, "LEM": 2, "TRE": 2, "ADV": 4}),
    ("0016504", "2026-01-25", "T2G", TROOP, "Dalia", {"TM": 12, "TRE": 3, "PBS": 2, "EXP": 2, "GFC": 1, "CD": 2}),
    ("0016505", "2026-01-25", "T2G", TROOP, "Esme", {"TM": 8, "CD": 2, "EXP": 1}),
    ("0016506", "2026-01-25", "T2G", TROOP, "Fern", {"TM": 6, "CD": 1, "PBP": 2, "LEM": 2}),
    ("0016530", "2026-02-12", "C2T(P)", "Cupboard Hillside", TROOP, {"TM": 12}),
    ("0016544", "2026-02-13", "T2T", TROOP, OTHER_TROOP, {"CD": 6}),
    ("0016560", "2026-02-16", "T2T", OTHER_TROOP, TROOP, {"EXP": 4}),
    ("0016580", "2026-02-20", "G2T", "Fern", TROOP, {"TM": 1}),
    ("0016600", "2026-02-24", "PLANNED", "Cupboard Hillside", TROOP, {"TM": 24, "CD": 12}),
    ("D301200001", "2025-12-20", "D", TROOP, "Ava", {"TM": 4, "CD": 2}),
    ("D301200008", "2025-12-20", "D", TROOP, "Bea", {"TM": 3, "CD": 3, "PBS": 1}),
    ("S301200003", "2026-01-11", "DIRECT_SHIP", "ABC Bakers", "Ava", {"TM": 4, "PBP": 2}),
    ("S301200016", "2026-02-04", "DIRECT_SHIP", "ABC Bakers", "Cleo", {"TM": 6, "CD": 6}),
    ("D301200005", "2026-02-09", "COOKIE_SHARE_D", TROOP, "Ava", {"CShare": 4}),
    ("D301200026", "2026-02-05", "COOKIE_SHARE_D", TROOP, "Esme", {"CShare": 2}),
    ("D301200011", "2026-02-06", "COOKIE_SHARE_D", TROOP, "Bea", {"CShare": 1}),
    ("0016570", "2026-02-18", "COOKIE_SHARE", TROOP, "Ava", {"CShare": 1}),
    ("0016571", "2026-02-18", "COOKIE_SHARE", TROOP, "Cleo", {"CShare": 3}),
    ("0016551", "2026-02-15", "T2G", TROOP, "Ava", {"TM": 2, "CD": 2}, "booth"),
    ("0016552", "2026-02-15", "T2G", TROOP, "Bea", {"TM": 2, "CD": 1}, "booth"),
    ("0016553", "2026-02-15", "T2G", TROOP, "Cleo", {"TM": 2, "CD": 1}, "booth"),
    ("0016554", "2026-02-15", "COOKIE_SHARE", TROOP, "Ava", {"CShare": 1}, "booth"),
    ("0016555", "2026-02-15", "COOKIE_SHARE", TROOP, "Bea", {"CShare": 1}, "booth"),
    ("0016556", "2026-02-15", "COOKIE_SHARE", TROOP, "Cleo", {"CShare": 1}, "booth"),
    ("0016557", "2026-02-15", "T2G", TROOP, "Dalia", {"TM": 2, "CD": 1}, "virtual"),
    ("0016558", "2026-02-15", "T2G", TROOP, "Esme", {"TM": 2, "CD": 1}, "virtual"),
    ("TDS301200034", "2026-02-15", "T2G", TROOP, "Fern", {"TM": 3, "PBP": 3}, "ship"),
    ("0016611", "2026-02-24", "SWAPMEET", TROOP, OTHER_TROOP, {"TM": 1}),
)  # fmt: skip

AVA_COMPLETED = (1, 2, 3, 5)
AVA_DELIVERY = (6, 43)
