"""Rows in, rows out: what pages, calls and files show."""
