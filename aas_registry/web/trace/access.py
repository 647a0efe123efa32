"""For administrators: parties, anchors, tokens, users and the audit trail."""

from typing import Literal

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.principals import Permission, Role
from aas_registry.services import access, audit, parties
from aas_registry.services.access import TokenRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import RequestModel, Routes, registry

routes = Routes("access", prefix="/trace/v1", tag="Administration")

_TEXT = 255
_VISIBLE = r"\S"


class NewParty(RequestModel):
    """A supplier, manufacturer or customer."""

    code: str = Field(
        pattern=_VISIBLE, max_length=64, examples=["BOLT"], description="Short code, unique on the site."
    )
    name: str = Field(
        pattern=_VISIBLE, max_length=_TEXT, examples=["Bolt Components Ltd"], description="Company name."
    )


class NewAnchor(RequestModel):
    """A CA to trust."""

    pem: str = Field(max_length=100_000, description="One CA certificate, PEM.")
    party: str | None = Field(None, max_length=_TEXT, description="Code of the signing party.")
    purpose: Literal["signer", "timestamp"] = "signer"
    subject_rule: str | None = Field(
        None, alias="subjectRule", max_length=1024, description="RFC 4514 subject that a signer must carry."
    )


class NewToken(RequestModel):
    """A token to make."""

    name: str = Field(
        pattern=_VISIBLE, max_length=_TEXT, examples=["line 3, MES"], description="What it is for."
    )
    role: Role
    party: str | None = Field(None, max_length=_TEXT, description="Code of the party it acts for.")
    days: int | None = Field(None, ge=1, le=3650, description="Days until it expires.")


class NewUser(RequestModel):
    """A user who logs in with a password."""

    name: str = Field(
        pattern=r"^[^/]*[^/\s][^/]*$",
        max_length=_TEXT,
        examples=["quinn"],
        description="What the user types; without a slash.",
    )
    password: str = Field(min_length=10, max_length=1024, description="10 characters or more.")
    role: Role
    party: str | None = Field(None, max_length=_TEXT, description="Code of the party it acts for.")
    days: int | None = Field(None, ge=1, le=3650, description="Days until the login ends.")


@routes.operation(
    "POST",
    "/parties",
    permission=Permission.ADMINISTER,
    body=NewParty,
    answers={201: "On record.", 409: "Taken."},
)
def post_party(body: NewParty) -> ResponseReturnValue:
    """Put a supplier, manufacturer or customer on record."""
    added = parties.add_party(registry(), principal(), code=body.code, name=body.name)
    return json_answer({"code": added.code, "name": added.name}, 201)


@routes.operation("GET", "/parties", permission=Permission.ADMINISTER, query=PageQuery)
def get_parties(query: PageQuery) -> ResponseReturnValue:
    """List the parties on record."""
    asked = page_request(query, principal())
    rows = parties.list_parties(registry(), principal(), asked)
    answer = page_of(
        rows,
        asked,
        principal(),
        key=lambda row: (row.id,),
        render=lambda row: {"code": row.code, "name": row.name},
    )
    return json_answer(answer)


@routes.operation(
    "POST", "/anchors", permission=Permission.ADMINISTER, body=NewAnchor, answers={201: "Pinned."}
)
def post_anchor(body: NewAnchor) -> ResponseReturnValue:
    """Pin a CA for what a party signs, or for time-stamps."""
    pinned = parties.pin_anchor(
        registry(),
        principal(),
        pem=body.pem.encode(),
        party=body.party,
        purpose=body.purpose,
        subject_rule=body.subject_rule,
    )
    return json_answer(pinned.as_json(), 201)


@routes.operation("GET", "/anchors", permission=Permission.ADMINISTER)
def get_anchors() -> ResponseReturnValue:
    """List the pinned CAs, withdrawn ones too."""
    rows = parties.list_anchors(registry(), principal())
    return json_answer({"paging_metadata": {}, "result": [row.as_json() for row in rows]})


@routes.operation(
    "DELETE", "/anchors/<anchor>", permission=Permission.ADMINISTER, answers={204: "Withdrawn.", 404: "None."}
)
def delete_anchor(anchor: str) -> ResponseReturnValue:
    """Stop trusting a CA from now on."""
    parties.withdraw_anchor(registry(), principal(), anchor)
    return "", 204


@routes.operation(
    "PUT",
    "/anchors/<anchor>/revocation-list",
    permission=Permission.ADMINISTER,
    takes={"application/pkix-crl": "A certificate revocation list, DER or PEM."},
    answers={204: "Kept.", 404: "None."},
)
def put_revocation_list(anchor: str) -> ResponseReturnValue:
    """Keep the newest revocation list of a CA."""
    parties.set_revocation_list(registry(), principal(), anchor, content=request.get_data())
    return "", 204


@routes.operation(
    "POST",
    "/tokens",
    permission=Permission.ADMINISTER,
    body=NewToken,
    answers={201: "Made; shown this once."},
)
def post_token(body: NewToken) -> ResponseReturnValue:
    """Make a token; its text is shown this once."""
    issued = access.issue_token(
        registry(), principal(), name=body.name, role=body.role, party=body.party, days=body.days
    )
    answer = {"id": issued.id, "token": issued.text, "expiresAt": issued.expires_at.isoformat()}
    return json_answer(answer, 201)


@routes.operation("GET", "/tokens", permission=Permission.ADMINISTER, query=PageQuery)
def get_tokens(query: PageQuery) -> ResponseReturnValue:
    """List tokens, without their texts."""
    asked = page_request(query, principal())
    rows = access.list_tokens(registry(), principal(), asked)
    return json_answer(
        page_of(rows, asked, principal(), key=lambda row: (row.number,), render=TokenRow.as_json)
    )


@routes.operation(
    "DELETE", "/tokens/<token>", permission=Permission.ADMINISTER, answers={204: "Revoked.", 404: "None."}
)
def delete_token(token: str) -> ResponseReturnValue:
    """Revoke a token."""
    access.revoke_token(registry(), principal(), token)
    return "", 204


@routes.operation(
    "POST", "/users", permission=Permission.ADMINISTER, body=NewUser, answers={201: "Made.", 409: "Taken."}
)
def post_user(body: NewUser) -> ResponseReturnValue:
    """Make a user who logs in with a password."""
    access.add_user(
        registry(),
        principal(),
        name=body.name,
        password=body.password,
        role=body.role,
        party=body.party,
        days=body.days,
    )
    return json_answer({"name": body.name, "role": body.role}, 201)


@routes.operation("GET", "/users", permission=Permission.ADMINISTER, query=PageQuery)
def get_users(query: PageQuery) -> ResponseReturnValue:
    """List users."""
    asked = page_request(query, principal())
    rows = access.list_users(registry(), principal(), asked)
    answer = page_of(
        rows,
        asked,
        principal(),
        key=lambda row: (row[0].id,),
        render=lambda row: {
            "name": row[0].name,
            "role": row[0].role,
            "party": row[1],
            "disabled": row[0].disabled,
        },
    )
    return json_answer(answer)


@routes.operation(
    "DELETE", "/users/<name>", permission=Permission.ADMINISTER, answers={204: "Locked out.", 404: "None."}
)
def delete_user(name: str) -> ResponseReturnValue:
    """Lock a user out at once."""
    access.disable_user(registry(), principal(), name)
    return "", 204


@routes.operation("GET", "/audit", permission=Permission.READ_AUDIT, query=PageQuery)
def get_audit(query: PageQuery) -> ResponseReturnValue:
    """List who did what when, newest first."""
    asked = page_request(query, principal())
    rows = audit.list_audit(registry(), principal(), asked)
    answer = page_of(
        rows,
        asked,
        principal(),
        key=lambda row: (row.at.isoformat(), row.id),
        render=lambda row: {
            "at": row.at.isoformat(),
            "who": row.who,
            "role": row.role,
            "what": row.what,
            "subject": row.subject,
            "detail": row.detail,
        },
    )
    return json_answer(answer)
