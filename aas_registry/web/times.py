"""Times in queries and bodies: with an offset, and far enough from the ends of the calendar."""

from datetime import datetime
from typing import Annotated, Any

from pydantic import AfterValidator, AwareDatetime, BeforeValidator

_FIRST_YEAR = 1900
_LAST_YEAR = 9000


def _plus_was_a_space(value: Any) -> Any:
    # `+01:00` in an address arrives as ` 01:00` where the plus was not escaped.
    return value.replace(" ", "+") if isinstance(value, str) and "T" in value else value


def within_bounds(value: datetime) -> datetime:
    """Return a time that any offset can be applied to.

    Raises:
        ValueError: It is before 1900 or after 9000; another zone might have no such date.
    """
    if not _FIRST_YEAR <= value.year <= _LAST_YEAR:
        raise ValueError(f"the year must be from {_FIRST_YEAR} to {_LAST_YEAR}")
    return value


Time = Annotated[AwareDatetime, BeforeValidator(_plus_was_a_space), AfterValidator(within_bounds)]
