"""Plain values and rules: no clock, no network, no randomness, no library."""
