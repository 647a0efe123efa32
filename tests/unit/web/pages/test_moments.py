"""The two times of a question, as a form sends them."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from pydantic import ValidationError

from aas_registry.domain.genealogy import AsRecorded
from aas_registry.web.pages.moments import MomentFields, frozen
from aas_registry.web.times import IN_ADDRESS

NO_TIMES = [
    "2026",
    "20261129",
    "0",
    "99999999999999",
    "2026-03-04T10:30:00Z\x00",
    "2026-03-04T10:30:00Z\x1c",
    "2026-03-04\xa0",
    "2026-03-04T10:30:00+01:99",
    "2026-03-04T10:30:00 01:00",
]
NOW = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("", None),
        ("  ", None),
        ("2026-03-04T10:30", datetime(2026, 3, 4, 10, 30, tzinfo=UTC)),
        ("2026-03-04", datetime(2026, 3, 4, tzinfo=UTC)),
        ("2026-03-04T10:30:00Z", datetime(2026, 3, 4, 10, 30, tzinfo=UTC)),
        ("2026-03-04T10:30:00+01:00", datetime(2026, 3, 4, 10, 30, tzinfo=timezone(timedelta(hours=1)))),
        ("2026-03-04T10:30:00 01:00", datetime(2026, 3, 4, 10, 30, tzinfo=timezone(timedelta(hours=1)))),
    ],
)
def test_a_time_is_read_as_utc_unless_it_says_otherwise(text, moment):
    assert MomentFields.model_validate({"asOf": text}, context=IN_ADDRESS).as_of == moment


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "10:30", "2026-03-04T25:00", *NO_TIMES])
def test_what_is_no_time_is_refused(text):
    with pytest.raises(ValidationError):
        MomentFields.model_validate({"asOf": text})


def test_a_frozen_view_names_both_times():
    answered = AsRecorded(last=NOW - timedelta(hours=1), as_of=NOW)

    assert frozen(answered) == {"asOf": "2026-03-16T08:00:00Z", "recordedAsOf": "2026-03-16T07:00:00Z"}


def test_a_frozen_view_of_an_empty_registry_names_the_time_of_the_clock():
    assert frozen(AsRecorded(last=None, as_of=NOW))["recordedAsOf"] == "2026-03-16T08:00:00Z"
