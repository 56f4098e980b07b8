"""python -m gsctracker."""

from gsctracker.cli import main

main()
