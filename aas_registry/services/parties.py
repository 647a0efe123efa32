"""Parties, and the CAs that are pinned for them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, NotFoundError
from aas_registry.domain.identifiers import matching_key
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table
from aas_registry.storage.database import Connection
from aas_registry.storage.parties import Anchor, Party
from aas_registry.trust.anchors import read_anchor, read_revocation_list
from aas_registry.trust.subject_rules import read_subject_rule

AnchorPurpose = Literal["signer", "timestamp"]


@dataclass(frozen=True, slots=True)
class AnchorRow:
    """A pinned CA as it is shown."""

    id: str
    party_code: str | None
    purpose: str
    subject: str
    sha256: str
    subject_rule: str | None
    has_revocation_list: bool
    pinned_at: datetime
    withdrawn_at: datetime | None


def add_party(registry: Registry, principal: Principal, *, code: str, name: str) -> Party:
    """Put a supplier, manufacturer or customer on record.

    Raises:
        ConflictError: The code is taken.
    """
    with registry.write(principal.site) as connection:
        known = party_table.find_party(connection, principal.site, code)
        if known is not None and matching_key(known.code) == matching_key(code):
            raise ConflictError(Code.PARTY_EXISTS.meaning, code=Code.PARTY_EXISTS)
        added = party_table.add_party(
            connection, registry.allocator, principal.site, code=code, name=name, now=registry.clock()
        )
        audit.record(registry, connection, principal, "party added", code)
    return added


def list_parties(registry: Registry, principal: Principal, page: PageRequest) -> list[Party]:
    """Return parties, oldest first, one more than asked where there is a next page."""
    with registry.read() as connection:
        return party_table.list_parties(connection, principal.site, page)


def pin_anchor(
    registry: Registry,
    principal: Principal,
    *,
    pem: bytes,
    party: str | None,
    purpose: AnchorPurpose = "signer",
    subject_rule: str | None = None,
) -> AnchorRow:
    """Trust a CA for what one party signs, or for time-stamps.

    Args:
        registry: The running parts.
        principal: The administrator.
        pem: One CA certificate.
        party: Code or name of the signing party; None with purpose ``timestamp``.
        purpose: ``signer`` or ``timestamp``.
        subject_rule: RFC 4514 subject that a signer must carry, for a CA that serves many.

    Raises:
        InvalidRequestError: The PEM holds no CA certificate, or the rule is no name.
        NotFoundError: The party is not on record.
    """
    found = read_anchor(pem)
    rule = None if subject_rule is None else read_subject_rule(subject_rule)
    with registry.write(principal.site) as connection:
        owner = _party(connection, principal, party) if purpose == "signer" else None
        number = None if owner is None else owner.id
        now = registry.clock()
        added = Anchor(0, number, purpose, found.der, found.sha256, rule, None, now)
        pinned = party_table.add_anchor(connection, registry.allocator, principal.site, pinned=added)
        row = _row(registry, principal, pinned, None if owner is None else owner.code)
        audit.record(registry, connection, principal, "anchor pinned", row.id, row.subject)
    return row


def list_anchors(registry: Registry, principal: Principal) -> list[AnchorRow]:
    """Return every anchor of the site, withdrawn ones too, oldest first."""
    with registry.read() as connection:
        anchors = party_table.list_anchors(connection, principal.site)
        owners = [each.party for each in anchors if each.party is not None]
        known = party_table.parties_by_id(connection, principal.site, owners)
    return [
        _row(registry, principal, each, None if each.party is None else known[each.party].code)
        for each in anchors
    ]


def withdraw_anchor(registry: Registry, principal: Principal, anchor: str) -> None:
    """Stop trusting a CA from now on; what was verified under it before stays as it is.

    Raises:
        NotFoundError: No such anchor, or withdrawn before.
    """
    number = to_internal(registry, principal.site, Noun.ANCHOR, anchor)
    with registry.write(principal.site) as connection:
        if not party_table.withdraw_anchor(connection, principal.site, number, now=registry.clock()):
            raise not_found(Noun.ANCHOR)
        audit.record(registry, connection, principal, "anchor withdrawn", anchor)


def set_revocation_list(registry: Registry, principal: Principal, anchor: str, *, content: bytes) -> None:
    """Keep the newest CRL of an anchor, PEM or DER.

    Raises:
        InvalidRequestError: The content is no CRL.
        NotFoundError: No such anchor.
    """
    revocation_list = read_revocation_list(content)
    number = to_internal(registry, principal.site, Noun.ANCHOR, anchor)
    with registry.write(principal.site) as connection:
        if not party_table.set_revocation_list(connection, principal.site, number, revocation_list):
            raise not_found(Noun.ANCHOR)
        audit.record(registry, connection, principal, "revocation list set", anchor)


def _party(connection: Connection, principal: Principal, party: str | None) -> Party:
    found = None if party is None else party_table.find_party(connection, principal.site, party)
    if found is None:
        raise NotFoundError(Code.PARTY_UNKNOWN.meaning, code=Code.PARTY_UNKNOWN)
    return found


def _row(registry: Registry, principal: Principal, pinned: Anchor, code: str | None) -> AnchorRow:
    return AnchorRow(
        to_public(registry, principal.site, Noun.ANCHOR, pinned.id),
        code,
        pinned.purpose,
        read_anchor(pinned.certificate).subject,
        pinned.sha256,
        pinned.subject_rule,
        pinned.revocation_list is not None,
        pinned.pinned_at,
        pinned.withdrawn_at,
    )
