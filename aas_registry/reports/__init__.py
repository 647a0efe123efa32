"""Trace reports rendered as JSON and PDF, and packed as a bundle."""
