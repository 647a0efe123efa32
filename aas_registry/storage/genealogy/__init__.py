"""What went into which: events, the projection that follows from them, and its queries."""
