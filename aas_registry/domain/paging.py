"""Pages: a part of a list, and where the next part begins.

Lists are paged by key (keyset), never by offset: a page costs the same at its
first and its millionth row, and rows that come or go shift nothing.
"""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class PageRequest:
    """What page is wanted.

    Attributes:
        limit: Most rows to answer; 1 up to the setting ``page_rows``.
        after: The key of the last row of the page before (values of the ordering
            columns); None for the first page.
    """

    limit: int
    after: tuple[Any, ...] | None = None
