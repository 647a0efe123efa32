"""Signing, and verification of what others signed."""
