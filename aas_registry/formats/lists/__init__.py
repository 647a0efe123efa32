"""Lists of lots, reels and certificates: workbooks and CSV, read, written, and marked."""
