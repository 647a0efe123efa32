"""Traceability registry for electronics on the Asset Administration Shell (AAS)."""

__version__ = "0.1.0"
