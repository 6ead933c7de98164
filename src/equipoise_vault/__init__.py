"""The sealed room: own process, own file, own keys, a closed list of verbs.  Nothing imports this package."""
