"""A small box and its copies as each released schema wrote them; kept for ever, restored by every later program."""
