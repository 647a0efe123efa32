"""Ids that several hold, and pinned prefixes, as they are answered."""

from datetime import datetime

from aas_registry.domain.package import IdentifiableKind
from aas_registry.services.served_ids import WhyServed
from aas_registry.web.schemas.answer import SHA256, TIME, YES, AnswerModel, shown


class HeldObjectJson(AnswerModel):
    """One of several objects with an id."""

    party: str | None = shown("Code of the party that holds it; null for the plant.", "bolt")
    held_since: datetime = shown("Since when it is held.", TIME)
    updated_at: datetime = shown("When its content changed last.", TIME)
    sha256: str = shown("Digest of its content, hexadecimal.", SHA256)
    is_served: bool = shown("Whether this one is served to those who may see several.", YES)
    pinned_prefix: str | None = shown(
        "The pinned prefix that makes the id this party's; null for none.", None
    )


class DecisionJson(AnswerModel):
    """Whose object with an id is served, as somebody decided."""

    party: str | None = shown("Code of the party; null for the plant.", "bolt")
    reason: str = shown("Why.", "The manufacturer's own object counts.")
    at: datetime = shown("When it was decided.", TIME)
    by: str = shown("Who decided it.", "quinn")


class ConflictJson(AnswerModel):
    """An id that several hold."""

    kind: IdentifiableKind = shown("What has the id.")
    id: str = shown("The id, as it is.", "urn:bolt:shell:KC0805-10K")
    holders: int = shown("How many hold an object with it.", 2)
    why_served: WhyServed = shown("Why it is this object that is served.")
    is_differing: bool = shown("Whether those that are listed are not all of the same content.", YES)
    objects: list[HeldObjectJson] = shown("What they hold, the served one first; not all of very many.")
    decision: DecisionJson | None = shown("What was decided for this very id; null for nothing.", None)


class PinJson(AnswerModel):
    """A prefix of ids that are one party's."""

    prefix: str = shown("What the ids begin with.", "urn:bolt:")
    party: str | None = shown("Code of the party; null for the plant.", "bolt")
    pinned_at: datetime = shown("When it was pinned.", TIME)
    pinned_by: str = shown("Who pinned it.", "admin")
