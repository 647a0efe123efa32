"""What the comparison leaves out, with its reason: whoever compares it removes its line."""

NOT_COMPARED = {
    "lines that cannot be read (9.5)": "plants have none",
    "when each source last told, and was heard (9.6)": "the engine does not keep which event told each pass; over HTTP: tests/api/test_coverage.py",
}
