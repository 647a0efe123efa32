"""Times in queries and bodies: with an offset, and far enough from the ends of the calendar.

A member of a request is a `Time` or a `Day`, never pydantic's own types: these read numbers as
seconds since 1970.
"""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, ValidationInfo
from pydantic_core import PydanticCustomError

from aas_registry.domain.times import parse_day, parse_time, within_bounds

IN_ADDRESS = "query parameter"
"""What `routing.validated` tells the validators of a member that stands in an address."""


def with_plus(value: str, info: ValidationInfo) -> str:
    """Return a time with the plus of its offset, which in an address is a blank where it was not escaped.

    In a body nothing is repaired: a blank there is none of a time.
    """
    return value.replace(" ", "+") if info.context == IN_ADDRESS and "T" in value else value


def _read_time(value: Any, info: ValidationInfo) -> datetime:
    if isinstance(value, datetime):  # a page's field, read already
        return value
    try:
        return parse_time(with_plus(value, info) if isinstance(value, str) else value)
    except ValueError:
        raise PydanticCustomError("datetime_text", "No time of ISO 8601.") from None


def _read_day(value: Any) -> date:
    try:
        return parse_day(value)
    except ValueError:
        raise PydanticCustomError("date_text", "No date of ISO 8601.") from None


Time = Annotated[AwareDatetime, BeforeValidator(_read_time), AfterValidator(within_bounds)]
Day = Annotated[date, BeforeValidator(_read_day)]
