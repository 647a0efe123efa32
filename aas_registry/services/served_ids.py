"""Ids that several hold: which object is served, pinned prefixes, and decisions, with audit.

Only quality and administrators ask here. Whoever acts for a party is served its own and learns
of nobody else's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import ConflictError, InvalidRequestError, NotFoundError
from aas_registry.domain.identifiers import PartyId, Site
from aas_registry.domain.package import IdentifiableKind
from aas_registry.domain.paging import PageRequest
from aas_registry.domain.principals import Principal
from aas_registry.services import audit
from aas_registry.services.parties import known_party
from aas_registry.services.registry import Registry
from aas_registry.storage import parties as party_table
from aas_registry.storage.clock import recording_time
from aas_registry.storage.database import Connection
from aas_registry.storage.documents import conflicts, served_ids, versions
from aas_registry.storage.documents.conflicts import Conflict, HeldObject
from aas_registry.storage.documents.served_ids import Pin, ServedDecision

PREFIX_CHARS = 250
"""Most characters of a pinned prefix, so that it fits the key of an index."""
Codes = Mapping[PartyId | None, str | None]


class WhyServed(StrEnum):
    """Why it is this object that is served, of several with one id."""

    DECIDED = "decided"
    PINNED = "pinned"
    FIRST = "first"


@dataclass(frozen=True, slots=True, kw_only=True)
class PinRow:
    """A pinned prefix as it is shown; no party is the plant."""

    prefix: str
    party: str | None
    pinned_at: datetime
    pinned_by: str

    def as_json(self) -> dict[str, Any]:
        """Return it as the API and the command line tell of it; times are still times."""
        return {
            "prefix": self.prefix,
            "party": self.party,
            "pinnedAt": self.pinned_at,
            "pinnedBy": self.pinned_by,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldRow:
    """One of several objects with an id, as it is shown; no party is the plant."""

    party: str | None
    held: HeldObject

    def as_json(self) -> dict[str, Any]:
        """Return it as the API and the command line tell of it; times are still times."""
        return {
            "party": self.party,
            "heldSince": self.held.held_since,
            "updatedAt": self.held.updated_at,
            "sha256": self.held.digest,
            "isServed": self.held.is_served,
            "pinnedPrefix": self.held.pinned_prefix,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ConflictRow:
    """An id that several hold, as it is shown.

    Attributes:
        key: Its place in the list.
        holders: How many hold it.
        objects: What they hold, the served one first; not all of very many.
        decision: What was decided for this very id, with the code of the party.
    """

    key: tuple[str, int]
    kind: IdentifiableKind
    identifier: str
    holders: int
    why: WhyServed
    objects: Sequence[HeldRow]
    decision: tuple[str | None, ServedDecision] | None

    @property
    def is_differing(self) -> bool:
        """Return whether those that are listed are not all of the same content."""
        return len({each.held.digest for each in self.objects}) > 1

    def as_json(self) -> dict[str, Any]:
        """Return it as the API and the command line tell of it; times are still times."""
        decided = None
        if self.decision is not None:
            party, told = self.decision
            decided = {"party": party, "reason": told.reason, "at": told.decided_at, "by": told.decided_by}
        return {
            "kind": self.kind.value,
            "id": self.identifier,
            "holders": self.holders,
            "whyServed": self.why.value,
            "isDiffering": self.is_differing,
            "objects": [each.as_json() for each in self.objects],
            "decision": decided,
        }


def list_conflicts(
    registry: Registry,
    principal: Principal,
    page: PageRequest,
    *,
    kind: IdentifiableKind | None = None,
    only_differing: bool = False,
) -> list[ConflictRow]:
    """Return the ids that several hold, one more than asked where there is a next page.

    Args:
        registry: The running parts.
        principal: Who asks.
        page: The page that is asked for.
        kind: Of one kind only; shells, submodels and then concept descriptions unless told.
        only_differing: Leave out the ids of which all hold the same content.
    """
    kinds = list(IdentifiableKind) if kind is None else [kind]
    site = principal.site
    with registry.read() as connection:
        found = conflicts.list_conflicts(connection, site, kinds, page, only_differing=only_differing)
        parties = {held.party for each in found for held in each.objects}
        parties |= {each.decision.party for each in found if each.decision is not None}
        codes = _codes(connection, site, parties)
    return [_row(each, codes) for each in found]


def decide(
    registry: Registry,
    principal: Principal,
    kind: IdentifiableKind,
    identifier: str,
    *,
    party: str | None,
    reason: str,
) -> None:
    """Decide whose object with an id is served, whatever is pinned, in place of a decision before.

    Args:
        registry: The running parts.
        principal: Who decides.
        kind: Shell, submodel or concept description.
        identifier: The id; several hold it.
        party: Code or name of the party whose object it is; None for the plant's.
        reason: Why, for the audit trail.

    Raises:
        NotFoundError: There is no such party, or IDENTIFIER-NOT-HELD: not several hold the id,
            or the party does not.
    """
    key = served_ids.key_of(kind, identifier)
    with registry.write(principal.site) as connection:
        chosen = None if party is None else known_party(connection, principal.site, party)
        holder = None if chosen is None else chosen.id
        held = versions.find_held(connection, principal.site, kind, identifier, party=holder)
        conflict = conflicts.find_conflict(connection, principal.site, key)
        if conflict is None or held is None or held.is_deleted:
            raise NotFoundError(Code.IDENTIFIER_NOT_HELD.meaning, code=Code.IDENTIFIER_NOT_HELD)
        now = recording_time(connection)
        decision = ServedDecision(party=holder, reason=reason, decided_at=now, decided_by=principal.label)
        served_ids.set_decision(connection, principal.site, key, decision)
        detail = f"{kind}: {'the plant' if chosen is None else chosen.code}: {reason}"
        audit.record(registry, connection, principal, "identifier decided", identifier, detail)


def pin_prefix(registry: Registry, principal: Principal, *, prefix: str, party: str | None) -> PinRow:
    """Pin a prefix of ids to a party: of several with such an id, its object is served.

    Args:
        registry: The running parts.
        principal: The administrator.
        prefix: What the ids begin with, exactly; of several that fit, the longest counts.
        party: Code or name of the party; None for the plant.

    Raises:
        InvalidRequestError: The prefix is empty, or over ``PREFIX_CHARS``.
        ConflictError: PREFIX-PINNED.
        NotFoundError: The party is not on record.
    """
    if not 0 < len(prefix) <= PREFIX_CHARS:
        raise InvalidRequestError(f"A prefix has from 1 to {PREFIX_CHARS} characters.")
    with registry.write(principal.site) as connection:
        now = recording_time(connection)
        owner = None if party is None else known_party(connection, principal.site, party)
        holder = None if owner is None else owner.id
        pin = Pin(prefix=prefix, party=holder, pinned_at=now, pinned_by=principal.label)
        if not served_ids.add_pin(connection, principal.site, pin):
            raise ConflictError(Code.PREFIX_PINNED.meaning, code=Code.PREFIX_PINNED)
        served_ids.settle_prefix(connection, principal.site, prefix, now=now)
        code = None if owner is None else owner.code
        audit.record(registry, connection, principal, "prefix pinned", prefix, code or "the plant")
    return PinRow(prefix=prefix, party=code, pinned_at=now, pinned_by=principal.label)


def unpin_prefix(registry: Registry, principal: Principal, prefix: str) -> None:
    """Remove the pin of a prefix.

    Raises:
        NotFoundError: PREFIX-UNKNOWN.
    """
    with registry.write(principal.site) as connection:
        if not served_ids.remove_pin(connection, principal.site, prefix):
            raise NotFoundError(Code.PREFIX_UNKNOWN.meaning, code=Code.PREFIX_UNKNOWN)
        served_ids.settle_prefix(connection, principal.site, prefix, now=recording_time(connection))
        audit.record(registry, connection, principal, "prefix unpinned", prefix)


def list_pins(registry: Registry, principal: Principal, page: PageRequest) -> list[PinRow]:
    """Return pins in the order of their prefixes, one more than asked where there is a next page."""
    with registry.read() as connection:
        pins = served_ids.list_pins(connection, principal.site, page)
        codes = _codes(connection, principal.site, {each.party for each in pins})
    return [
        PinRow(
            prefix=each.prefix,
            party=codes.get(each.party),
            pinned_at=each.pinned_at,
            pinned_by=each.pinned_by,
        )
        for each in pins
    ]


def _codes(connection: Connection, site: Site, parties: set[PartyId | None]) -> Codes:
    wanted = sorted(each for each in parties if each is not None)
    return {number: each.code for number, each in party_table.parties_by_id(connection, site, wanted).items()}


def _row(conflict: Conflict, codes: Codes) -> ConflictRow:
    served, decision = conflict.objects[0], conflict.decision
    why = WhyServed.FIRST if served.pinned_prefix is None else WhyServed.PINNED
    if decision is not None and decision.party == served.party:
        why = WhyServed.DECIDED
    return ConflictRow(
        key=(conflict.kind.value, conflict.place),
        kind=conflict.kind,
        identifier=conflict.identifier,
        holders=conflict.holders,
        why=why,
        objects=[HeldRow(party=codes.get(each.party), held=each) for each in conflict.objects],
        decision=None if decision is None else (codes.get(decision.party), decision),
    )
