"""What went into which: events, lots, units, and the answers both ways."""
