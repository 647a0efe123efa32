"""Queries about submissions and their files, whole or on their way."""
