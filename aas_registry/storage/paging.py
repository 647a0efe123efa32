"""Lists in the order of a key, paged by the key of the last row before."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, or_


def beyond(columns: Sequence[ColumnElement[Any]], after: Sequence[Any]) -> ColumnElement[bool]:
    """Return whether a row comes later than the one with a key.

    Args:
        columns: Of the key, in the order of the list.
        after: The key, as long as ``columns``.
    """
    later: ColumnElement[bool] = columns[0] > after[0]
    if len(columns) == 1:
        return later
    return or_(later, and_(columns[0] == after[0], beyond(columns[1:], after[1:])))
