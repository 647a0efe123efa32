"""For administrators: parties, anchors, tokens, users, their sessions, and the audit trail."""

from typing import Literal

from flask import request
from flask.typing import ResponseReturnValue
from pydantic import Field

from aas_registry.domain.codes import Code
from aas_registry.domain.principals import Permission, Role
from aas_registry.services import access, audit, parties, sessions
from aas_registry.services.access import TokenRow
from aas_registry.services.sessions import SessionRow
from aas_registry.web.answers import PageQuery, json_answer, page_of, page_request
from aas_registry.web.auth.principal import principal
from aas_registry.web.routing import RequestModel, Routes, registry
from aas_registry.web.schemas import access as forms
from aas_registry.web.schemas.answer import Page

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


class NewPassword(RequestModel):
    """The password that a user has from now on."""

    password: str = Field(max_length=1024, description="10 characters or more, at most 1,024 bytes.")


@routes.operation(
    "POST",
    "/parties",
    permission=Permission.ADMINISTER,
    body=NewParty,
    answers={201: "On record.", 409: f"{Code.PARTY_EXISTS}: the code is taken."},
    gives=forms.PartyJson,
)
def post_party(body: NewParty) -> ResponseReturnValue:
    """Put a supplier, manufacturer or customer on record."""
    added = parties.add_party(registry(), principal(), code=body.code, name=body.name)
    return json_answer({"code": added.code, "name": added.name}, 201)


@routes.operation(
    "GET",
    "/parties",
    permission=Permission.ADMINISTER,
    query=PageQuery,
    gives=Page[forms.PartyJson],
)
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
    "POST",
    "/anchors",
    permission=Permission.ADMINISTER,
    body=NewAnchor,
    answers={
        201: "Pinned.",
        404: f"{Code.PARTY_UNKNOWN}: no such party.",
    },
    gives=forms.AnchorJson,
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


@routes.operation(
    "GET",
    "/anchors",
    permission=Permission.ADMINISTER,
    gives=Page[forms.AnchorJson],
)
def get_anchors() -> ResponseReturnValue:
    """List the pinned CAs, withdrawn ones too."""
    rows = parties.list_anchors(registry(), principal())
    return json_answer({"paging_metadata": {}, "result": [row.as_json() for row in rows]})


@routes.operation(
    "DELETE",
    "/anchors/<anchor>",
    permission=Permission.ADMINISTER,
    answers={204: "Withdrawn.", 404: f"{Code.ANCHOR_UNKNOWN}: none that is trusted."},
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
    answers={204: "Kept.", 404: f"{Code.ANCHOR_UNKNOWN}: none that is trusted."},
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
    answers={
        201: "Made; shown this once.",
        404: f"{Code.PARTY_UNKNOWN}: no such party.",
    },
    gives=forms.NewTokenJson,
)
def post_token(body: NewToken) -> ResponseReturnValue:
    """Make a token; its text is shown this once."""
    issued = access.issue_token(
        registry(), principal(), name=body.name, role=body.role, party=body.party, days=body.days
    )
    answer = {"id": issued.id, "token": issued.text, "expiresAt": issued.expires_at.isoformat()}
    return json_answer(answer, 201)


@routes.operation(
    "GET",
    "/tokens",
    permission=Permission.ADMINISTER,
    query=PageQuery,
    gives=Page[forms.TokenJson],
)
def get_tokens(query: PageQuery) -> ResponseReturnValue:
    """List tokens, without their texts."""
    asked = page_request(query, principal())
    rows = access.list_tokens(registry(), principal(), asked)
    return json_answer(
        page_of(rows, asked, principal(), key=lambda row: (row.number,), render=TokenRow.as_json)
    )


@routes.operation(
    "DELETE",
    "/tokens/<token>",
    permission=Permission.ADMINISTER,
    answers={204: "Revoked.", 404: f"{Code.TOKEN_UNKNOWN}: none that works."},
)
def delete_token(token: str) -> ResponseReturnValue:
    """Revoke a token."""
    access.revoke_token(registry(), principal(), token)
    return "", 204


@routes.operation(
    "POST",
    "/users",
    permission=Permission.ADMINISTER,
    body=NewUser,
    answers={
        201: "Made.",
        409: f"{Code.USER_EXISTS}: the name is taken.",
        404: f"{Code.PARTY_UNKNOWN}: no such party.",
    },
    gives=forms.NewUserJson,
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


@routes.operation(
    "GET",
    "/users",
    permission=Permission.ADMINISTER,
    query=PageQuery,
    gives=Page[forms.UserJson],
)
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
    "DELETE",
    "/users/<name>",
    permission=Permission.ADMINISTER,
    answers={
        204: "Locked out.",
        404: f"{Code.USER_UNKNOWN}: no such user, or locked out before.",
        409: f"{Code.USER_IS_YOU}: nobody locks himself out.",
    },
)
def delete_user(name: str) -> ResponseReturnValue:
    """Lock a user out at once."""
    access.disable_user(registry(), principal(), name)
    return "", 204


@routes.operation(
    "POST",
    "/users/<name>/enable",
    permission=Permission.ADMINISTER,
    answers={204: "Let in again.", 404: f"{Code.USER_UNKNOWN}: no such user, or not locked out."},
)
def post_user_enable(name: str) -> ResponseReturnValue:
    """Let a user in again who was locked out."""
    access.enable_user(registry(), principal(), name)
    return "", 204


@routes.operation(
    "PUT",
    "/users/<name>/password",
    permission=Permission.ADMINISTER,
    body=NewPassword,
    answers={204: "Set; every session of the user has ended.", 404: f"{Code.USER_UNKNOWN}: no such user."},
)
def put_user_password(name: str, body: NewPassword) -> ResponseReturnValue:
    """Give a user another password; every session of the user ends."""
    access.reset_password(registry(), principal(), name=name, password=body.password)
    return "", 204


@routes.operation(
    "GET",
    "/users/<name>/sessions",
    permission=Permission.ADMINISTER,
    query=PageQuery,
    gives=Page[forms.SessionJson],
    answers={200: "The sessions.", 404: f"{Code.USER_UNKNOWN}: no such user."},
)
def get_user_sessions(name: str, query: PageQuery) -> ResponseReturnValue:
    """List the sessions of a user that are open, oldest first."""
    asked = page_request(query, principal())
    rows = sessions.list_sessions(registry(), principal(), asked, of=name)
    return json_answer(
        page_of(rows, asked, principal(), key=lambda row: (row.session.id,), render=SessionRow.as_json)
    )


@routes.operation(
    "DELETE",
    "/users/<name>/sessions",
    permission=Permission.ADMINISTER,
    answers={204: "Ended, if there were any.", 404: f"{Code.USER_UNKNOWN}: no such user."},
)
def delete_user_sessions(name: str) -> ResponseReturnValue:
    """End every session of a user."""
    sessions.end_sessions(registry(), principal(), of=name)
    return "", 204


@routes.operation(
    "DELETE",
    "/users/<name>/sessions/<session>",
    permission=Permission.ADMINISTER,
    answers={
        204: "Ended.",
        404: f"{Code.USER_UNKNOWN}: no such user. {Code.SESSION_UNKNOWN}: none of the user's that is open.",
    },
)
def delete_user_session(name: str, session: str) -> ResponseReturnValue:
    """End one session of a user."""
    sessions.end_session(registry(), principal(), session, of=name)
    return "", 204


@routes.operation(
    "GET",
    "/audit",
    permission=Permission.READ_AUDIT,
    query=PageQuery,
    gives=Page[forms.AuditJson],
)
def get_audit(query: PageQuery) -> ResponseReturnValue:
    """List who did what when, newest first."""
    asked = page_request(query, principal())
    rows = audit.list_audit(registry(), principal(), asked)
    answer = page_of(
        rows,
        asked,
        principal(),
        key=lambda row: (row[0].at.isoformat(), row[0].id),
        render=lambda row: {
            "at": row[0].at.isoformat(),
            "who": row[0].who,
            "kind": row[0].kind,
            "token": row[1],
            "role": row[0].role,
            "what": row[0].what,
            "subject": row[0].subject,
            "detail": row[0].detail,
        },
    )
    return json_answer(answer)
