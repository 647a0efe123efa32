"""Ids that several hold, and pinned prefixes: `/trace/v1/identifiers`."""

from typing import Literal

from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.codes import Code
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.principals import Permission
from aas_registry.services import served_ids
from aas_registry.services.served_ids import ConflictRow, PinRow
from aas_registry.web.aas.identifiers import decode_identifier
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas.answer import Page
from aas_registry.web.schemas.served_ids import ConflictJson, PinJson

routes = Routes("served_ids", prefix="/trace/v1/identifiers", tag="Identifiers")

_PARTY = Field(max_length=255, description="Code of the party; null for the plant.")


class ConflictsQuery(PageQuery):
    """Filters of the list; all that are given must hold."""

    kind: IdentifiableKind | Literal[""] | None = Field(None, description="Of one kind only; blank for all.")
    only_differing: bool = Field(
        default=False, alias="onlyDiffering", description="Only those of which not all hold the same content."
    )


class NewDecision(RequestModel):
    """Whose object with an id is served."""

    party: str | None = _PARTY
    reason: str = Field(
        pattern=r"\S", max_length=2000, examples=["They made it"], description="Why, for the audit trail."
    )


class NewPin(RequestModel):
    """A prefix of ids that are one party's."""

    prefix: str = Field(
        min_length=1,
        max_length=served_ids.PREFIX_CHARS,
        description="What the ids begin with, exactly as it is written.",
    )
    party: str | None = _PARTY


@routes.operation(
    "GET",
    "/conflicts",
    permission=Permission.DECIDE_IDENTIFIERS,
    query=ConflictsQuery,
    gives=Page[ConflictJson],
)
def get_conflicts(query: ConflictsQuery) -> ResponseReturnValue:
    """List the ids that several hold: by whom, since when, which is served, and why."""
    asked = page_request(query, principal())
    rows = served_ids.list_conflicts(
        registry(), principal(), asked, kind=query.kind or None, only_differing=query.only_differing
    )
    answer = page_of(rows, asked, principal(), key=lambda row: row.key, render=ConflictRow.as_json)
    return json_answer(answer)


@routes.operation(
    "PUT",
    "/<any(shell, submodel, concept_description):kind>/<identifier>/decision",
    permission=Permission.DECIDE_IDENTIFIERS,
    body=NewDecision,
    answers={
        204: "Decided.",
        404: f"{Code.IDENTIFIER_NOT_HELD}: not several hold it, or the party does not. {Code.PARTY_UNKNOWN}.",
    },
)
def put_decision(kind: str, identifier: str, body: NewDecision) -> ResponseReturnValue:
    """Decide whose object with an id is served, whatever is pinned."""
    served_ids.decide(
        registry(),
        principal(),
        IdentifiableKind(kind),
        decode_identifier(identifier),
        party=body.party,
        reason=body.reason,
    )
    return "", 204


@routes.operation(
    "GET",
    "/pins",
    permission=Permission.ADMINISTER,
    query=PageQuery,
    gives=Page[PinJson],
)
def get_pins(query: PageQuery) -> ResponseReturnValue:
    """List the pinned prefixes of ids."""
    asked = page_request(query, principal())
    rows = served_ids.list_pins(registry(), principal(), asked)
    return json_answer(
        page_of(rows, asked, principal(), key=lambda row: (row.prefix,), render=PinRow.as_json)
    )


@routes.operation(
    "POST",
    "/pins",
    permission=Permission.ADMINISTER,
    body=NewPin,
    answers={
        201: "Pinned.",
        404: f"{Code.PARTY_UNKNOWN}: no such party.",
        409: f"{Code.PREFIX_PINNED}: pinned already.",
    },
    gives=PinJson,
)
def post_pin(body: NewPin) -> ResponseReturnValue:
    """Pin a prefix of ids to a party: where several hold such an id, its object is served."""
    pinned = served_ids.pin_prefix(registry(), principal(), prefix=body.prefix, party=body.party)
    return json_answer(pinned.as_json(), 201)


@routes.operation(
    "DELETE",
    "/pins/<identifier>",
    permission=Permission.ADMINISTER,
    answers={204: "Removed.", 404: f"{Code.PREFIX_UNKNOWN}: not pinned."},
)
def delete_pin(identifier: str) -> ResponseReturnValue:
    """Remove the pin of a prefix, which the address holds as base64url."""
    served_ids.unpin_prefix(registry(), principal(), decode_identifier(identifier))
    return "", 204
