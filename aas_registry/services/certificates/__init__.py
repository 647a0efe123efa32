"""Certificates: submitted, examined, decided, countersigned."""
