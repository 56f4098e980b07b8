"""Booths: where the troop sells together."""
