"""What the troop does: plain Python and SQL, one folder per subject."""
