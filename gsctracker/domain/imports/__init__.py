"""Files of the official systems: read, staged, previewed, applied, undone."""
