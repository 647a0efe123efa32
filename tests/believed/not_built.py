"""What the comparison leaves out, with its reason: whoever compares it removes its line."""

NOT_COMPARED = {
    "which contradictions touch where-used and contents (9.5)": "those that hold are compared as they are listed",
    "unknown, coverage (9.5, 9.6)": "the engine counts a line that is dated ahead by what it names",
    "packages, receipts, date codes and part numbers as subjects (9.1)": "only lots and sets of lots are asked",
}
