"""Running the thing: keys, health, numbers, checks, copies."""
