"""What the troop does: plain Python and SQL, one folder a subject."""
