"""Looking again at entries that are unlike the others: sanity, not suspicion. Nothing here ever stops an entry."""
