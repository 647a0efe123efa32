"""Tokens, login and the principal of a request."""
