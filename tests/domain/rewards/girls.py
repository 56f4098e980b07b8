"""A short ladder, and girls who are credited with packages."""

from gsctracker.domain import journal
from gsctracker.domain.journal import Credit
from gsctracker.domain.rewards import ladders
from tests.factories import product

LADDER = [
    ("Counts", "From", "To", "Reward", "Choose one", "Sizes", "Patch", "Held until paid", "Credit"),
    ("boxes", "10", "19", "Patch", "", "", "yes"),
    ("boxes", "20", "29", "Cat", "yes"),
    ("boxes", "20", "29", "Dog", "yes"),
    ("boxes", "30", "", "Shirt", "", "S|M", "", "yes"),
    ("initial_order", "5", "", "Bandana"),
    ("digital", "5", "", "Web patch", "", "", "yes"),
]


def with_ladder(tx, admin, way="cumulative"):
    """The ladder in season 1; gives item ids by name."""
    ladders.replace(tx, 1, admin, ladders.read(LADDER), way)
    return {item.name: item.id for step in ladders.steps(tx, 1) for item in step.items}


def credited(tx, admin, scout_id, boxes, day="2026-02-01"):
    """So many packages of hers, on that day."""
    tm = product(tx, "TM")
    journal.post(tx, 1, "site_credit", day, by=admin.id, credit=[Credit(scout_id, tm, boxes, "adjust")])
