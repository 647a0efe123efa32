"""Times and days as callers write them: ISO 8601 in its extended form, as RFC 3339 has it.

Nothing else is a time: bare digits are no Unix time and no date without its hyphens, and whatever
follows the time makes it none. One reader, so that every door takes and refuses the same.

A time that is asked about lies far enough from the ends of the calendar that any zone has it.
"""

import re
from datetime import date, datetime

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.,][0-9]{1,12})?)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3])(?::?[0-5][0-9])?)?"
)
_FIRST_YEAR = 1900
_LAST_YEAR = 9000


def parse_time(text: object) -> datetime:
    """Return a time; it has no offset where none is written, and seconds may be left out.

    Raises:
        ValueError: It is no text, or no date and time.

    Source:
        RFC 3339, 5.6; ISO 8601-1:2019, 5.4.
    """
    if not isinstance(text, str) or _TIME.fullmatch(text) is None:
        raise ValueError("no date and time of ISO 8601")
    return datetime.fromisoformat(text.upper())


def within_bounds(value: datetime) -> datetime:
    """Return a time that any offset can be applied to.

    Raises:
        ValueError: It is before 1900 or after 9000; another zone might have no such date.
    """
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year must be from {_FIRST_YEAR} to {_LAST_YEAR}")
    return value


def parse_day(text: object) -> date:
    """Return a day of the calendar.

    Raises:
        ValueError: It is no text, or no date with hyphens.

    Source:
        RFC 3339, 5.6, "full-date".
    """
    if not isinstance(text, str) or _DAY.fullmatch(text) is None:
        raise ValueError("no date of ISO 8601")
    return date.fromisoformat(text)
