"""What the comparison leaves out, with its reason: whoever compares it removes its line."""

NOT_COMPARED = {
    "unknown (9.5), and whether an answer is complete (9.6)": "the engine counts some lines otherwise",
    "when each source last told, and was heard (9.6)": "whose statements tell of a run is not said",
    "packages, receipts, date codes and part numbers as subjects (9.1)": "only lots and sets of lots are asked",
}
