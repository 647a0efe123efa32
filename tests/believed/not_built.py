"""What the comparison leaves out, with its reason: whoever compares it removes its line."""

NOT_COMPARED = {
    "unknown, coverage (9.5, 9.6)": "the engine counts a line that is dated ahead by what it names",
    "packages, receipts, date codes and part numbers as subjects (9.1)": "only lots and sets of lots are asked",
}
