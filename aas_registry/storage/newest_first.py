"""Lists whose newest row comes first, paged by time and id.

Ids are given in blocks to each worker, so they alone say nothing of the order in time.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_

from aas_registry.domain.paging import PageRequest


def newest_first(
    query: Select[Any], page: PageRequest, *, at: ColumnElement[datetime], number: ColumnElement[int]
) -> Select[Any]:
    """Return the query in order and bounded; one row more than asked tells of a next page.

    Args:
        query: What to list.
        page: ``after`` is the time (ISO 8601) and the id of the last row before.
        at: Column of the time.
        number: Column of the id.
    """
    ordered = query.order_by(at.desc(), number.desc()).limit(page.limit + 1)
    if page.after is None:
        return ordered
    instant, last = datetime.fromisoformat(page.after[0]), page.after[1]
    return ordered.where(or_(at < instant, and_(at == instant, number < last)))
