"""The troop, its seasons and the cookies they sell."""
