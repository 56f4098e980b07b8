"""Whose is what an address names: one table, from which test_matrix.py calls every route and docs/make.py writes the matrix.

Where an address names several, the strictest rule holds. Five rules are all there are:
* "troop": whoever has the permission sees every one of them;
* "family": the girl's own family, and whoever sees everybody's; for all others it is not there, as a number never given;
* "own": whose account it belongs to, and nobody else;
* "table": an adult who stands at that booth, and whoever runs booths;
* "holder": whoever holds the secret in the address, which cannot be guessed.
"""

import re

OBJECTS = {
    "tid": "troop",
    "scout_id": "family",
    "sale_id": "family",
    "place_id": "family",
    "count_id": "family",
    "sign_up_id": "family",
    "swap_id": "troop",
    "booth_id": "troop",
    "shift_id": "troop",
    "presence_id": "table",
    "site_id": "troop",
    "product_id": "troop",
    "account_id": "troop",
    "guardian_id": "troop",
    "invitation_id": "troop",
    "incident_id": "troop",
    "line_id": "troop",
    "order_id": "troop",
    "receipt_id": "troop",
    "claim_id": "troop",
    "entry_id": "troop",
    "batch_id": "troop",
    "import_id": "troop",
    "row_id": "troop",
    "deposit_id": "troop",
    "rule_id": "troop",
    "prize_id": "troop",
    "alert_id": "troop",
    "feedback_id": "troop",
    "contact_id": "troop",
    "trial_id": "troop",
    "item": "troop",
    "bonus_id": "troop",
    "condition_id": "troop",
    "export_id": "family",
    "token_id": "own",
    "push_id": "own",
    "passkey_id": "own",
    "provider": "troop",
    "what": "troop",
    "kind": "troop",
    "part": "troop",
    "group": "troop",
    "who": "troop",
    "intention": "troop",
    "name": "troop",
    "file_type": "troop",
    "key": "troop",
    "secret": "holder",
    "token": "holder",
}
"""What stands in an address, and its rule."""

AT_THE_TABLE = re.compile(
    r"(/api/troops/<troop:tid>)?/booths/<id:booth_id>"
    r"/(close|closing|closing/sign|entries|entries/file|midcounts|midway|mode|mode/sell|mode/undo|sign|tally|there)"
)
"""Booths are the troop's; what is done at one is for who stands there."""


HER_RECEIPT = re.compile(r"(/api/troops/<troop:tid>)?/(money/)?receipts/<id:receipt_id>")
"""A receipt of a hand-out or a payment is the family's; that of a pick-up at the cupboard is the troop's."""


def names_in(address: str) -> list[str]:
    """What stands in angle brackets in a route's address."""
    return re.findall(r"<(?:[^<>:]+:)?(\w+)>", address)


def rule_of(address: str) -> str:
    """The rule for what a route's address names; "" where it names nothing, "?" where nobody said."""
    if AT_THE_TABLE.fullmatch(address):
        return "table"
    if HER_RECEIPT.match(address):
        return "family"
    named = [OBJECTS.get(name, "?") for name in names_in(address) if name != "tid"]
    for rule in ("?", "family", "own", "table", "holder", "troop"):
        if rule in named:
            return rule
    return ""
