"""Trace reports: made, signed, and verified without a registry."""
