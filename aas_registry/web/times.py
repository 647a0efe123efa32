"""Times in queries and bodies: with an offset, and far enough from the ends of the calendar.

A member of a request is a `Time` or a `Day`, never pydantic's own types: these read numbers as
seconds since 1970.
"""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator
from pydantic_core import PydanticCustomError

from aas_registry.domain.times import parse_day, parse_time

_FIRST_YEAR = 1900
_LAST_YEAR = 9000


def _read_time(value: Any) -> datetime:
    if isinstance(value, datetime):  # a page's field, read already
        return value
    # `+01:00` in an address arrives as ` 01:00` where the plus was not escaped.
    text = value.replace(" ", "+") if isinstance(value, str) and "T" in value else value
    try:
        return parse_time(text)
    except ValueError:
        raise PydanticCustomError("datetime_text", "No time of ISO 8601.") from None


def _read_day(value: Any) -> date:
    try:
        return parse_day(value)
    except ValueError:
        raise PydanticCustomError("date_text", "No date of ISO 8601.") from None


def within_bounds(value: datetime) -> datetime:
    """Return a time that any offset can be applied to.

    Raises:
        ValueError: It is before 1900 or after 9000; another zone might have no such date.
    """
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year must be from {_FIRST_YEAR} to {_LAST_YEAR}")
    return value


Time = Annotated[AwareDatetime, BeforeValidator(_read_time), AfterValidator(within_bounds)]
Day = Annotated[date, BeforeValidator(_read_day)]
