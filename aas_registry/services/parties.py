"""Parties: who is on record, whom a submission counts for, and the CAs that are pinned for them."""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, ForbiddenError, InvalidRequestError, NotFoundError
from aas_registry.domain.findings import error
from aas_registry.domain.identifiers import AnchorId, Site, matching_key
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal, Role, Scope
from aas_registry.services import audit
from aas_registry.services.public_ids import Noun, not_found, to_internal, to_public
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.parties import Anchor, AnchorToPin, Party
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

    def as_json(self) -> dict[str, object]:
        """Return it as the API and the command line tell of it; times are still times."""
        return {
            "id": self.id,
            "party": self.party_code,
            "purpose": self.purpose,
            "subject": self.subject,
            "sha256": self.sha256,
            "subjectRule": self.subject_rule,
            "hasRevocationList": self.has_revocation_list,
            "pinnedAt": self.pinned_at,
            "withdrawnAt": self.withdrawn_at,
        }


def add_party(registry: Registry, principal: Principal, *, code: str, name: str) -> Party:
    """Put a supplier, manufacturer or customer on record.

    Raises:
        ConflictError: The code is taken.
        InvalidRequestError: Nothing can be seen of the code or the name.
    """
    if not matching_key(code) or not matching_key(name):
        raise InvalidRequestError("A code and a name have at least one character that can be seen.")
    with registry.write(principal.site) as connection:
        known = party_table.find_party(connection, principal.site, code)
        if known is not None and matching_key(known.code) == matching_key(code):
            raise ConflictError(Code.PARTY_EXISTS.meaning, code=Code.PARTY_EXISTS)
        added = party_table.add_party(
            connection,
            registry.allocator,
            principal.site,
            code=code,
            name=name,
            now=recording_time(connection),
        )
        audit.record(registry, connection, principal, "party added", code)
    return added


def list_parties(registry: Registry, principal: Principal, page: PageRequest) -> list[Party]:
    """Return parties, oldest first, one more than asked where there is a next page."""
    with registry.read() as connection:
        return party_table.list_parties(connection, principal.site, page)


def party_for(registry: Registry, principal: Principal, on_behalf_of: str | None) -> Party | None:
    """Return the party that a submission counts for; None for the plant itself.

    Raises:
        ForbiddenError: A supplier named another party than its own.
        NotFoundError: The named party is not on record.
        InvalidRequestError: A supplier's token or user is tied to no party.
    """
    if principal.party is None and on_behalf_of is None and principal.role is not Role.SUPPLIER:
        return None
    with registry.read() as connection:
        named = own = None
        if on_behalf_of is not None:
            named = party_table.find_party(connection, principal.site, on_behalf_of)
        if principal.party is not None:
            known = party_table.parties_by_id(connection, principal.site, [principal.party])
            own = known.get(principal.party)
    if principal.role is Role.SUPPLIER:
        if own is None:
            raise InvalidRequestError("This login is tied to no party.")
        if on_behalf_of is not None and (named is None or named.id != own.id):
            raise ForbiddenError("A supplier submits for itself only.")
        return own
    if on_behalf_of is not None and named is None:
        raise not_found(Noun.PARTY)
    return named


def known_party(connection: Connection, site: Site, code_or_name: str | None) -> Party:
    """Return the party that is called so.

    Raises:
        NotFoundError: None on record is, or no name is given.
    """
    found = None if code_or_name is None else party_table.find_party(connection, site, code_or_name)
    if found is None:
        raise not_found(Noun.PARTY)
    return found


def narrowed_to(connection: Connection, principal: Principal, customer: str | None) -> Scope:
    """Return the scope of a principal, narrowed to the units of one customer where that is asked for.

    Raises:
        ForbiddenError: A customer's auditor asks for another's.
        NotFoundError: No such customer.
    """
    if customer is None:
        return principal.scope
    if principal.scope.customer is not None:
        own = party_table.parties_by_id(connection, principal.site, [principal.scope.customer])
        if customer not in {each.code for each in own.values()}:
            raise ForbiddenError("A customer's auditor asks about that customer's units only.")
        return principal.scope
    found = party_table.find_party(connection, principal.site, customer)
    if found is None:
        unknown = not_found(Noun.PARTY)
        told = error(unknown.code, f"No customer has this name or code: {customer}.", path="customer")
        raise NotFoundError(str(unknown), code=unknown.code, findings=[told])
    return replace(principal.scope, customer=found.id)


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
        owner = known_party(connection, principal.site, party) if purpose == "signer" else None
        added = AnchorToPin(
            party=None if owner is None else owner.id,
            purpose=purpose,
            certificate=found.der,
            sha256=found.sha256,
            subject_rule=rule,
            pinned_at=recording_time(connection),
        )
        pinned = party_table.add_anchor(connection, registry.allocator, principal.site, added)
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
    number = AnchorId(to_internal(registry, principal.site, Noun.ANCHOR, anchor))
    with registry.write(principal.site) as connection:
        if not party_table.withdraw_anchor(
            connection, principal.site, number, now=recording_time(connection)
        ):
            raise not_found(Noun.ANCHOR)
        audit.record(registry, connection, principal, "anchor withdrawn", anchor)


def set_revocation_list(registry: Registry, principal: Principal, anchor: str, *, content: bytes) -> None:
    """Keep the newest CRL of an anchor, PEM or DER.

    Raises:
        InvalidRequestError: The content is no CRL.
        NotFoundError: No such anchor.
    """
    revocation_list = read_revocation_list(content)
    number = AnchorId(to_internal(registry, principal.site, Noun.ANCHOR, anchor))
    with registry.write(principal.site) as connection:
        if not party_table.set_revocation_list(connection, principal.site, number, revocation_list):
            raise not_found(Noun.ANCHOR)
        audit.record(registry, connection, principal, "revocation list set", anchor)


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
