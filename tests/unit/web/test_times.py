"""Times in queries and bodies."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Annotated, Any, get_args

import pydantic
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from aas_registry.formats.events.values import EventModel
from aas_registry.web import blueprints  # noqa: F401 - every request that there is
from aas_registry.web.pages.reports import ReportForm
from aas_registry.web.routing import RequestModel
from aas_registry.web.times import IN_ADDRESS, Day, Time
from aas_registry.web.trace.certificates import CertificateForm

PYDANTICS = (
    date,
    datetime,
    pydantic.AwareDatetime,
    pydantic.NaiveDatetime,
    pydantic.PastDatetime,
    pydantic.FutureDatetime,
    pydantic.PastDate,
    pydantic.FutureDate,
)
TIME, DAY = TypeAdapter(Time), TypeAdapter(Day)
NO_TIMES = [
    "20261129", "2026", "0", "-1", "1e9", "99999999999999", "-62135596800", 20261129, 2026.5, 0, True,
    "2026-03-16T07:00:00Z\x00", "2026-03-16T07:00:00Z\n", " 2026-03-16T07:00:00Z", "2026-03-16T07:00:00Zx",
    "20260316T070000Z", "2026-W12-1T07:00:00Z", "2026-03-16\x0007:00:00Z", "2026-03-16T07:00:00+01:99", "2026-03-16T07:00:00+00:60", "2026-03-16T07:00:00-0075",
    "\uff12026-03-16T07:00:00Z", [], None,
]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "2026-03-16T08:00:00+01:00",
        "2026-03-16T07:00:00Z",
        "2026-03-16t07:00z",
        "2026-03-16 07:00:00.000000000Z",
    ],
)
def test_reads_a_time_with_its_offset(text: str) -> None:
    assert TIME.validate_python(text) == datetime(2026, 3, 16, 7, 0, tzinfo=UTC)


def test_a_blank_is_a_plus_in_an_address_alone() -> None:
    text = "2026-03-16T08:00:00 01:00"

    assert TIME.validate_python(text, context=IN_ADDRESS) == datetime(2026, 3, 16, 7, 0, tzinfo=UTC)
    for place in (None, "body", "form field"):
        with pytest.raises(ValidationError):
            TIME.validate_python(text, context=place)


def test_reads_a_day() -> None:
    assert DAY.validate_python("2028-02-29") == date(2028, 2, 29)


@pytest.mark.parametrize("value", [*NO_TIMES, "2026-03-16T00:00:00Z", "2026-02-29"])
def test_refuses_what_is_no_day(value: object) -> None:
    with pytest.raises(ValidationError):
        DAY.validate_python(value)


def _times_of(model: type[BaseModel]) -> Iterator[tuple[str, Any]]:
    for each in model.__subclasses__():
        yield from _times_of(each)
        for name, field in each.model_fields.items():
            told = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            if _is_time(told):
                yield f"{each.__module__}.{each.__name__}.{name}", told


def _is_time(annotation: Any) -> bool:
    return annotation in PYDANTICS or any(map(_is_time, get_args(annotation)))


def test_no_member_of_a_request_or_event_takes_a_number_for_a_time() -> None:
    members = {**dict(_times_of(RequestModel)), **dict(_times_of(EventModel))}

    assert {
        f"{ReportForm.__module__}.ReportForm.as_of",
        f"{CertificateForm.__module__}.CertificateForm.issued_on",
    } <= {*members}
    for name, told in members.items():
        for value in NO_TIMES:
            if value is not None:
                with pytest.raises(ValidationError):
                    pytest.fail(f"{name} takes {value!r}: {TypeAdapter(told).validate_python(value)}")


@pytest.mark.parametrize(
    "text", ["2026-03-16T08:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "x", *NO_TIMES]
)
def test_refuses_a_time_without_an_offset_or_at_the_end_of_the_calendar(text: object) -> None:
    with pytest.raises(ValidationError):
        TIME.validate_python(text)


@pytest.mark.parametrize("year", [1900, 9000])
@pytest.mark.parametrize("hours", [-14, 14])
def test_any_zone_can_tell_what_is_taken(year: int, hours: int) -> None:
    taken = TIME.validate_python(datetime(year, 1, 1, tzinfo=timezone(timedelta(hours=hours))))

    assert taken.astimezone(timezone(timedelta(hours=-hours))) == taken
