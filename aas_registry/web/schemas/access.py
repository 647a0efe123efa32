"""Parties, anchors, tokens, users, their sessions and the audit trail, as they are answered."""

from datetime import datetime
from typing import Literal

from aas_registry.domain.principals import Role
from aas_registry.web.schemas.answer import SHA256, TIME, AnswerModel, shown

_PARTY = "Code of the party it acts for; null for the plant."


class PartyJson(AnswerModel):
    """A supplier, manufacturer or customer."""

    code: str = shown("Short code, unique on the site.", "bolt")
    name: str = shown("Company name.", "Bolt Components Ltd")


class AnchorJson(AnswerModel):
    """A pinned CA."""

    id: str = shown("Id of the anchor.", "MN8SMiDgxQSrDSUZWoXVKw")
    party: str | None = shown("Code of the party whose signatures it vouches for; null for any.", "bolt")
    purpose: Literal["signer", "timestamp"] = shown("What it vouches for.")
    subject: str = shown("Subject of the certificate, as RFC 4514 writes it.", "CN=Bolt Root CA,O=Bolt")
    sha256: str = shown("Digest of the certificate's DER bytes, hexadecimal.", SHA256)
    subject_rule: str | None = shown("RFC 4514 subject that a signer must carry; null for any.", None)
    has_revocation_list: bool = shown("Whether a revocation list of it is kept.")
    pinned_at: datetime = shown("Since when it is trusted.", TIME)
    withdrawn_at: datetime | None = shown("Until when it was trusted; null as long as it is.", None)


class NewTokenJson(AnswerModel):
    """A token that was made; its text is shown this once."""

    id: str = shown("Id of the token, by which it is revoked.", "FX4KfmsFB-96DSE3C69dHA")
    token: str = shown("The secret, to be sent as `Authorization: Bearer …`.", "aasr_…")
    expires_at: datetime = shown("Until when it works.", TIME)


class TokenJson(AnswerModel):
    """A token, without its secret."""

    id: str = shown("Id of the token, by which it is revoked.", "FX4KfmsFB-96DSE3C69dHA")
    name: str = shown("What it is for.", "line 3, MES")
    role: Role = shown("What it may do.", "production")
    party: str | None = shown(_PARTY, None)
    created_at: datetime = shown("When it was made.", TIME)
    expires_at: datetime = shown("Until when it works.", TIME)
    revoked_at: datetime | None = shown("When it was revoked; null where it was not.", None)


class NewUserJson(AnswerModel):
    """A user who was made."""

    name: str = shown("What the user types.", "quinn")
    role: Role = shown("What the user may do.", "quality")


class UserJson(AnswerModel):
    """A user who logs in with a password."""

    name: str = shown("What the user types.", "quinn")
    role: Role = shown("What the user may do.", "quality")
    party: str | None = shown(_PARTY, None)
    disabled: bool = shown("Whether the user is locked out.")


class SessionJson(AnswerModel):
    """A session that is open."""

    id: str = shown(
        "Id of the session, by which it is ended; not what the cookie carries.", "P6i6oMuvsFEqeu96PPP1lA"
    )
    created_at: datetime = shown("When the user logged in.", TIME)
    last_seen_at: datetime = shown("When it was last used, as of the last quarter of an hour.", TIME)
    expires_at: datetime = shown("When it ends by itself.", TIME)
    address: str = shown("Address that the login came from; empty where it is unknown.", "192.0.2.7")
    user_agent: str = shown("What the browser called itself; empty for nothing.", "Mozilla/5.0")


class AuditJson(AnswerModel):
    """Who did what, when."""

    at: datetime = shown("When it was done.", TIME)
    who: str = shown("Name of the user or token.", "quinn")
    kind: str = shown(
        "How whoever did it came in: `user`, `token` or `local`; `nobody` where nobody was let in; empty in"
        " entries of old.",
        "user",
    )
    token: str | None = shown("Id of the token; null where none was used.", None)
    role: str = shown("The role it was done in; empty for none.", "quality")
    what: str = shown("What was done, a stable word.", "user added")
    subject: str = shown("What it was done to.", "ada")
    detail: str | None = shown("What else is to be known; null for nothing.", "quality")
