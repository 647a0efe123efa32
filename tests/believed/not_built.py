"""What the comparison leaves out, with its reason: whoever compares it removes its line."""

NOT_COMPARED = {
    "contradictions (10)": "of `overdrawn` and `unitsOfMeasure` the engine tells other events than 6.5 says",
    "unknown, coverage (9.5, 9.6)": "the engine counts a line that is dated ahead by what it names",
    "packages, receipts, date codes and part numbers as subjects (9.1)": "only lots and sets of lots are asked",
}
