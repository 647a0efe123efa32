"""Search: what one identifier, scanned or typed, may name."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class HitKind(StrEnum):
    """The kinds of things that are found, in the order in which they are shown."""

    LOT = "lot"
    UNIT = "unit"
    SHIPMENT = "shipment"
    PACKAGE = "package"
    CERTIFICATE = "certificate"
    SHELL = "shell"
    PARTY = "party"
    MANUFACTURER = "manufacturer"


class MatchedBy(StrEnum):
    """By which of its identifiers a thing was found."""

    LOT_CODE = "lot code"
    PART_NUMBER = "part number"
    DATE_CODE = "date code"
    DELIVERY_NOTE = "delivery note"
    NAME = "name"
    SHELL = "shell"
    NUMBER = "number"
    ORDER = "order number"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One thing that carries the identifier.

    Attributes:
        kind: What it is.
        id: Opaque id of what to open: the lot, unit, shipment, certificate or party; of a package
            the lot that it holds; of a shell its own identifier, of a manufacturer its name.
        title: The name that it goes by.
        details: What tells it apart from others with the same name.
        matched_by: Which of its identifiers fitted.
        is_exact: Whether one of them is the text itself; else one begins with it.
    """

    kind: HitKind
    id: str
    title: str
    details: tuple[str, ...]
    matched_by: tuple[MatchedBy, ...]
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class HitGroup:
    """The hits of one kind; ``has_more`` says that the list was cut."""

    kind: HitKind
    hits: Sequence[Hit]
    has_more: bool


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Everything found, by kind; kinds without a hit are left out.

    Attributes:
        text: What was looked for.
        possible_lots: Lot codes of which a scanned label may mean one; its separators were lost.
    """

    text: str
    groups: Sequence[HitGroup]
    possible_lots: Sequence[str] = ()

    @property
    def has_exact(self) -> bool:
        """Return whether anything has the text itself."""
        return any(hit.is_exact for group in self.groups for hit in group.hits)

    @property
    def only_hit(self) -> Hit | None:
        """Return the hit, where exactly one has the text itself and nobody needs to choose."""
        if self.possible_lots:
            return None
        hits = [hit for group in self.groups for hit in group.hits]
        return hits[0] if len(hits) == 1 and hits[0].is_exact else None
