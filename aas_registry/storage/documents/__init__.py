"""Queries about shells, submodels and concept descriptions."""
