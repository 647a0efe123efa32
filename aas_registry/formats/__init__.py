"""Outside formats to and from our values."""
