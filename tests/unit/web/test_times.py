"""Times in queries and bodies."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import TypeAdapter, ValidationError

from aas_registry.web.times import Time

TIME = TypeAdapter(Time)


@pytest.mark.parametrize(
    "text", ["2026-03-16T08:00:00+01:00", "2026-03-16T08:00:00 01:00", "2026-03-16T07:00:00Z"]
)
def test_reads_a_time_with_its_offset(text: str) -> None:
    assert TIME.validate_python(text) == datetime(2026, 3, 16, 7, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2026-03-16T08:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x", ""]
)
def test_refuses_a_time_without_an_offset_or_at_the_end_of_the_calendar(text: str) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(text)


@pytest.mark.parametrize("year", [1900, 9000])
@pytest.mark.parametrize("hours", [-14, 14])
def test_any_zone_can_tell_what_is_taken(year: int, hours: int) -> None:
    taken = TIME.validate_python(datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=hours))))

    assert taken.astimezone(timezone(timedelta(hours=-hours))) == taken
