"""The two times of a question, as a form sends them."""

from datetime import UTC, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationInfo

from aas_registry.domain.genealogy import AsRecorded
from aas_registry.domain.times import parse_day, parse_time
from aas_registry.web.times import Time, with_plus
from aas_registry.web.trace.units import MomentQuery


def _read_field(value: Any, info: ValidationInfo) -> Any:
    """Take an empty field as none, a day as its beginning, and a time without an offset as UTC."""
    if not isinstance(value, str):
        return value
    if not value.strip(" "):
        return None
    try:
        moment = parse_time(with_plus(value, info))
    except ValueError:
        try:
            moment = datetime.combine(parse_day(value), time())
        except ValueError:
            return value
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


FieldTime = Annotated[Time | None, BeforeValidator(_read_field)]


class MomentFields(MomentQuery):
    """The two times as fields of a form; an empty field is none."""

    as_of: FieldTime = Field(
        None, alias="asOf", description="As it stood then; UTC unless it says otherwise."
    )
    recorded_as_of: FieldTime = Field(None, alias="recordedAsOf", description="As the registry knew it then.")


def frozen(recorded: AsRecorded) -> dict[str, str]:
    """Return the parameters that reopen exactly the view of an answer, whenever that is."""
    assert recorded.as_of is not None  # every answered question has it
    times = {"asOf": recorded.as_of, "recordedAsOf": recorded.at or recorded.as_of}
    return {name: each.astimezone(UTC).isoformat().replace("+00:00", "Z") for name, each in times.items()}
