"""Where every box is."""
