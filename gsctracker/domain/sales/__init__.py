"""Sales and goals."""
