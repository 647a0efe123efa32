"""CFX messages as events: in their envelope, or bare.

Messages come in an envelope (MessageName, UniqueID, TimeStamp, Source, MessageBody), or as
a bare body whose name the request gives; a bare body's id is its digest, and its time is
the time of receipt where it gives none.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, ValidationError

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.events import Event
from aas_registry.domain.findings import error
from aas_registry.formats.events import problems
from aas_registry.formats.events.cfx.messages import MESSAGES, whole_name
from aas_registry.formats.events.cfx.parts import CfxPart, MaybeText
from aas_registry.formats.events.lines import unread
from aas_registry.formats.events.values import Reading, Text, Time, zone_minutes

# What the envelope of one message has, though another says the same.
PER_MESSAGE = frozenset({"UniqueID", "Target", "RequestID"})


def _null_is_nothing(value: Any) -> Any:
    return {} if value is None else value


class _Envelope(CfxPart):
    message: Text = Field(alias="MessageName")
    unique_id: Text = Field(alias="UniqueID")
    sent_time: Time | None = Field(None, alias="TimeStamp")
    source: MaybeText = Field(None, alias="Source")
    body: Annotated[dict[str, Any], BeforeValidator(_null_is_nothing)] = Field(alias="MessageBody")


def is_enveloped(value: Mapping[str, Any]) -> bool:
    """Return whether an object is a CFX envelope."""
    return "MessageName" in value and "MessageBody" in value


def translate(
    value: dict[str, Any], body: bytes, *, message: str | None, received_at: datetime, reading: Reading
) -> Event:
    """Return what a CFX message says.

    Args:
        value: The envelope, or a bare body.
        body: The canonical bytes of ``value``.
        message: Name of the message of a bare body, such as
            ``CFX.Production.Assembly.MaterialsInstalled``; its last part is enough.
        received_at: Time of receipt; the time of happening where the message says none.
        reading: How many findings are listed of lines that cannot be read, and whether it was taken already.

    Raises:
        RefusedError: The SDK publishes no message of this name, or no line of it can be read.
        pydantic.ValidationError: A member of the envelope is missing or of the wrong form.

    Source:
        IPC-2591, CFX message structures.
    """
    within = "MessageBody" if is_enveloped(value) else ""
    sent = _opened(value, reading) if within else _wrapped(value, body, message or "")
    try:
        said = MESSAGES[sent.message].body.model_validate(sent.body, context=reading.context)
    except ValidationError as cause:
        wrong = cause.errors(include_url=False, include_input=False)[: reading.most]
        raise RefusedError(*(problems.finding(each, within=within) for each in wrong)) from cause
    given = said.time() if sent.sent_time is None else sent.sent_time
    happened_at = received_at if given is None else given
    visit = None if sent.source is None else said.visit(sent.source, value, apart=PER_MESSAGE)
    return Event(
        event_id=sent.unique_id,
        type=sent.message,
        happened_at=happened_at,
        zone_minutes=zone_minutes(happened_at),
        time_given=given is not None,
        source=sent.source,
        facts=(*said.facts(), *(() if visit is None else said.station_facts(visit))),
        findings=problems.listed(unread(said), most=reading.most, within=within),
    )


def _opened(value: dict[str, Any], reading: Reading) -> _Envelope:
    sent = _Envelope.model_validate(value, context=reading.context)
    return sent.model_copy(update={"message": _known(sent.message, "MessageName")})


def _wrapped(value: dict[str, Any], body: bytes, message: str) -> _Envelope:
    name = _known(message, "message")
    return _Envelope.model_validate(
        {"MessageName": name, "UniqueID": f"sha256:{digest_of(body)}", "MessageBody": value}
    )


def _known(message: str, place: str) -> str:
    name = whole_name(message)
    if name is None:
        told = "CFX has no message of this name; docs/cfx.md lists those that its SDK publishes."
        raise RefusedError(error(Code.EVENT_TYPE_UNKNOWN, told, path=place))
    return name
