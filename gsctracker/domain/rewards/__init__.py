"""What the girls earn: reward ladders, levels reached, handing out, and the troop's own points."""
