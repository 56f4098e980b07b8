"""Copies of the troop's database: made, kept, shipped off the box, tried out and put back."""
