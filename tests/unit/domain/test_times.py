"""Times and days as callers write them."""

from datetime import UTC, date, datetime

import pytest

from aas_registry.domain.times import parse_day, parse_time


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-03-04T10:30", datetime(2026, 3, 4, 10, 30)),  # noqa: DTZ001 - none is written
        ("2026-03-04t10:30:00z", datetime(2026, 3, 4, 10, 30, tzinfo=UTC)),
        ("2026-03-04T11:30:00.0000000+01:00", datetime(2026, 3, 4, 10, 30, tzinfo=UTC)),
    ],
)
def test_reads_what_rfc_3339_writes(text: str, time: datetime) -> None:
    assert parse_time(text) == time
    assert parse_day(text[:10]) == date(2026, 3, 4)


@pytest.mark.parametrize(
    "text",
    [
        *(f"2026-03-04T10:30:00{zone}" for zone in ("+01:99", "+00:60", "-0075", "+24:00", "+2400", "-25")),
        "20260304",
        "2026",
        "2026-03-04T10:30Z\0",
        "2026-03-04T10:30Z\n",
        2026,
        None,
    ],
)
def test_nothing_else_is_a_time_or_a_day(text: object) -> None:
    for parse in (parse_time, parse_day):
        with pytest.raises(ValueError, match="ISO 8601"):
            parse(text)
