"""Texts that begin with what was typed, found through an index.

PostgreSQL compares the columns that are asked so byte by byte (collation C, as its migration
says), as SQLite compares every text: what begins with a text then stands together in an index.
Nothing is a wildcard.
"""

from sqlalchemy import ColumnElement, and_

# No key has it: it is a private-use character, and no assigned one comes behind it.
_LAST = "\U0010ffff"


def fits(
    column: ColumnElement[str] | ColumnElement[str | None], key: str, *, by_prefix: bool
) -> ColumnElement[bool]:
    """Return whether a column holds a key, or a text that begins with it."""
    return and_(column >= key, column < key + _LAST) if by_prefix else column == key
