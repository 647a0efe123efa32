"""Events in JSON: read a body of one or many, and turn each into what it says.

A body is one object, an array, or NDJSON. An event is of our own vocabulary, or an IPC CFX
message (`formats.events.cfx`). What cannot be understood is refused for that event alone, with the
JSON path of the place; of a list whose lines stand alone, only the line is not taken.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, get_args

from pydantic import Field, TypeAdapter, ValidationError

from aas_registry.domain.canonical_json import (
    canonical_bytes,
    digest_of,
    loads_bounded,
    loads_strict,
    refuse_crowded_json,
)
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError, TooLargeError
from aas_registry.domain.events import Event
from aas_registry.domain.findings import error
from aas_registry.domain.limits import Limits
from aas_registry.formats.events import problems
from aas_registry.formats.events.cfx import envelope
from aas_registry.formats.events.lines import unread
from aas_registry.formats.events.material_events import (
    Consumed,
    Feed,
    Merged,
    PackageCreated,
    ReceiptEvent,
    Relabelled,
    RemovedEvent,
    SetUp,
    Split,
)
from aas_registry.formats.events.unit_events import (
    AssembledInto,
    Correction,
    NameReusedEvent,
    Returned,
    SameUnitEvent,
    Shipped,
    TestedEvent,
    UnitCompleted,
    UnitCreated,
    UnitProcessed,
)
from aas_registry.formats.events.values import ON_RECORD, Reading, zone_minutes

EventType = (
    ReceiptEvent
    | PackageCreated
    | Split
    | Merged
    | Relabelled
    | UnitCreated
    | SameUnitEvent
    | NameReusedEvent
    | UnitProcessed
    | UnitCompleted
    | SetUp
    | Feed
    | Consumed
    | RemovedEvent
    | AssembledInto
    | Shipped
    | Returned
    | TestedEvent
    | Correction
)

_LINE = re.compile(rb"\S[^\n]*")  # from its first character; blank ones are passed over
_PER_EVENT = frozenset({"id"})  # what one event has, though another says the same
_DEFINITIONS = "#/$defs/"
_PUBLISHED = {"ReceiptEvent": "Receipt"}  # whoever generated code from the schema has these names
_MODELS = {model.model_fields["type"].annotation.__args__[0]: model for model in get_args(EventType)}


@dataclass(frozen=True, slots=True, kw_only=True)
class RawEvent:
    """One event as it was sent, not yet understood.

    Attributes:
        value: The JSON value; None where there is a problem.
        message: Name of the message, for a body that does not name itself.
        row: Line of NDJSON, else the number of the event in its body; from 1.
        problem: Why the line is no JSON.
        is_on_record: Whether it was taken already, and is read again: by the rule of the door, so that it
            says what it said then; only what would be refused today is read as it once was taken.
    """

    value: Any
    message: str | None = None
    row: int = 1
    problem: RefusedError | None = None
    is_on_record: bool = False


def read_events(
    content: bytes, limits: Limits, *, is_ndjson: bool, message: str | None
) -> Iterator[RawEvent]:
    """Read a request's body; what refuses the whole of it is found before the first event is given.

    Args:
        content: UTF-8 JSON: an object, an array of objects, or one object per line.
        limits: Bounds on nesting, on the number of values and on that of events.
        is_ndjson: Whether each line is a value of its own; one is parsed at a time.
        message: Name of the message of bare bodies.

    Raises:
        RefusedError: The JSON is malformed (of NDJSON, only the line is refused), or too large.
        TooLargeError: More events than the limit.
    """
    if is_ndjson:
        _refuse_too_many(
            sum(1 for _ in islice(_LINE.finditer(content), limits.events_per_request + 1)), limits
        )
        refuse_crowded_json(content, limits=limits)
        return _read_lines(content, limits, message)
    value = loads_bounded(content, limits=limits)
    values = value if isinstance(value, list) else [value]
    _refuse_too_many(len(values), limits)
    return (RawEvent(value=each, message=message, row=row) for row, each in enumerate(values, start=1))


def understand(raw: RawEvent, limits: Limits, *, received_at: datetime) -> tuple[Event, bytes]:
    """Return what an event says, and the canonical bytes that are kept of it.

    Args:
        raw: The event as it was sent.
        limits: ``event_bytes``, ``event_findings``.
        received_at: Time of receipt; the time of happening of a message that says none.

    Returns:
        The event, with findings for lines that could not be read, and its bytes.

    Raises:
        RefusedError: The event is not of a known form; findings name the JSON paths.
    """
    if raw.problem is not None:
        raise raw.problem
    if not isinstance(raw.value, dict):
        raise RefusedError(error(Code.EVENT_INVALID, "An event is a JSON object.", row=raw.row))
    reading = Reading(most=limits.event_findings)
    if not raw.is_on_record:
        return _read(raw, limits, reading, received_at=received_at)
    try:
        return _read(raw, limits, reading, received_at=received_at)
    except RefusedError:
        return _read(raw, limits, replace(reading, context=ON_RECORD), received_at=received_at)


def _read(raw: RawEvent, limits: Limits, reading: Reading, *, received_at: datetime) -> tuple[Event, bytes]:
    try:
        body = canonical_bytes(raw.value)
        if not raw.is_on_record:  # the limit may have been lowered since
            _refuse_long(len(body), limits)
        is_cfx = raw.message is not None or envelope.is_enveloped(raw.value)
        if is_cfx:
            said = envelope.translate(
                raw.value, body, message=raw.message, received_at=received_at, reading=reading
            )
        else:
            said = _translate(raw.value, reading)
        return replace(said, content=_content(raw, envelope.PER_MESSAGE if is_cfx else _PER_EVENT)), body
    except ValidationError as cause:
        wrong = cause.errors(include_url=False, include_input=False)[: reading.most]
        raise RefusedError(*(replace(problems.finding(each), row=raw.row) for each in wrong)) from cause
    except RefusedError as cause:
        raise RefusedError(*(replace(each, row=raw.row) for each in cause.findings)) from cause


def _content(raw: RawEvent, apart: frozenset[str]) -> str:
    said = {name: value for name, value in raw.value.items() if name not in apart}
    return digest_of((raw.message or "").encode() + b"\n" + canonical_bytes(said))


def event_schema() -> dict[str, Any]:
    """Return the JSON Schema of our vocabulary (2020-12)."""
    tagged: TypeAdapter[EventType] = TypeAdapter(Annotated[EventType, Field(discriminator="type")])
    schema = _tidied(tagged.json_schema(by_alias=True, mode="validation"))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Event of the AAS traceability registry, version 1.0",
        **schema,
    }


def _tidied(node: Any) -> Any:
    # Titles that only repeat a member's name, and private names of definitions, help nobody.
    if isinstance(node, list):
        return [_tidied(each) for each in node]
    if isinstance(node, str) and node.startswith(_DEFINITIONS):
        return _DEFINITIONS + _published(node.removeprefix(_DEFINITIONS))
    if not isinstance(node, dict):
        return node
    return {
        _published(key): _tidied(each)
        for key, each in node.items()
        if key != "title" or isinstance(each, dict)
    }


def _published(name: str) -> str:
    return _PUBLISHED.get(name, name.removeprefix("_"))


def _translate(value: dict[str, Any], reading: Reading) -> Event:
    kind = value.get("type")
    model = _MODELS.get(kind) if isinstance(kind, str) else None
    if model is None:
        known = ", ".join(_MODELS)
        said = f", {kind[:60]!r}," if isinstance(kind, str) else ""
        raise RefusedError(
            error(Code.EVENT_TYPE_UNKNOWN, f"The type of the event{said} is none of: {known}.", path="type")
        )
    given = model.model_validate(value, context=reading.context)
    return Event(
        event_id=given.id,
        type=given.type,
        happened_at=given.happened_at,
        zone_minutes=zone_minutes(given.happened_at),
        source=given.source,
        facts=tuple(given.facts()),
        findings=problems.listed(unread(given), most=reading.most),
    )


def _read_lines(content: bytes, limits: Limits, message: str | None) -> Iterator[RawEvent]:
    row, end = 1, 0
    for line in _LINE.finditer(content):
        row += content.count(b"\n", end, line.start())
        end = line.end()
        try:
            value = loads_strict(line[0], max_depth=limits.nesting_depth)
        except RefusedError as refused:
            (first,) = refused.findings
            found = replace(first, message=f"Line {row}: {refused}", row=row)
            yield RawEvent(value=None, row=row, problem=RefusedError(found))
        else:
            yield RawEvent(value=value, message=message, row=row)


def _refuse_too_many(count: int, limits: Limits) -> None:
    if count > limits.events_per_request:
        message = f"A request may hold at most {limits.events_per_request} events."
        found = error(Code.EVENT_TOO_MANY, message, row=limits.events_per_request + 1)
        raise TooLargeError(message, code=found.code, findings=[found])


def _refuse_long(length: int, limits: Limits) -> None:
    if length > limits.event_bytes:
        message = f"An event may hold at most {limits.event_bytes} bytes."
        raise RefusedError(error(Code.EVENT_INVALID, message))
