"""How the kinds in the columns of reports are called, on pages and in the files that people read."""

from gsctracker.web import trade_words, wording

KINDS = {
    "orderType": trade_words.ORDER_TYPES,
    "status": trade_words.STATUSES,
    "paymentMethod": trade_words.METHODS,
    "method": trade_words.METHODS,
    "kind": wording.ENTRIES,
    "place": wording.PLACES,
}
"""By the key of a column: each kind as it is kept, and the marked sentence that says it."""
