"""Events and the facts they make.

Every source's message becomes one `Event`: a header and a tuple of facts. These are all that the
projection knows. A fact says which names it *needs* to be known, and which it *announces*.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from enum import IntEnum, StrEnum

from aas_registry.domain.findings import Finding
from aas_registry.domain.items import Name
from aas_registry.domain.namings import NameReused, SameUnit
from aas_registry.domain.passes import SlotChanged, UnitsCompleted, UnitsPassed
from aas_registry.domain.unread_lines import LineUnread


class EventState(StrEnum):
    """What became of an event; ``rejected`` is only ever answered, never stored."""

    ACCEPTED = "accepted"
    PENDING = "pending"
    CORRECTED = "corrected"
    REJECTED = "rejected"
    DUPLICATE = "duplicate"


class Certainty(IntEnum):
    """How sure a link is: a path is as sure as its largest, a unit as its surest path."""

    EXACT = 0
    POSSIBLE = 1
    ASSUMED = 2


class Basis(StrEnum):
    """Who or what says so: a machine, a person, a set-up sheet, or a posting in bulk (ERP)."""

    MACHINE = "machine"
    MANUAL = "manual"
    SETUP = "setup"
    BACKFLUSH = "backflush"
    DOCUMENT = "document"


class LinkKind(StrEnum):
    """How material came into a package."""

    RECEIPT = "receipt"
    SPLIT = "split"
    MERGE = "merge"
    RELABEL = "relabel"
    SPLICE = "splice"


class Relation(StrEnum):
    """How a unit is in another."""

    PART_OF = "partOf"
    PANEL_OF = "panelOf"
    PACKED_IN = "packedIn"


class Action(StrEnum):
    """What moved a unit."""

    ATTACH = "attach"
    DETACH = "detach"
    SHIP = "ship"
    RETURN = "return"


@dataclass(frozen=True, slots=True, kw_only=True)
class LotName:
    """A manufacturer's lot, as events name it."""

    manufacturer: str
    mpn: str
    lot_code: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptStated:
    """A line of a delivery note arrived."""

    receipt: Name
    delivery_note: str
    line: str | None = None
    source: Name | None = None
    owner: Name | None = None
    lots: tuple[LotName, ...] = ()
    counted: Decimal | None = None
    unit_of_measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageStated:
    """A package (ISA-95 material sublot) exists, with the lots it holds, and whether more were not read."""

    package: Name
    kind: str | None = None
    internal_part_number: str | None = None
    date_code: str | None = None
    receipt: Name | None = None
    lots: tuple[LotName, ...] = ()
    has_unread: bool = False
    certainty: Certainty = Certainty.EXACT
    basis: Basis = Basis.MANUAL
    quantities: tuple[tuple[str, Decimal], ...] = ()
    unit_of_measure: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PackageLinked:
    """Material came from one package into another; ``child`` becomes known by it, but for a splice.

    Attributes:
        parent: None where it is not known which package that was.
        grey_zone: Of a splice: pieces used since that may be of either.
        zone_run: Of a splice: the run in which its zone ends, with unit ``zone_to`` or at ``zone_until``.
    """

    parent: Name | None
    child: Name
    kind: LinkKind
    quantity: Decimal | None = None
    grey_zone: Decimal | None = None
    zone_run: Name | None = None
    zone_to: int | None = None
    zone_until: datetime | None = None
    unit_of_measure: str | None = None
    certainty: Certainty = Certainty.EXACT

    @property
    def is_awaited(self) -> bool:
        """Return whether it is not known which package that was."""
        return self.parent is None


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStated:
    """What is known of a run: one program on one line, from opening to closing."""

    run: Name
    line: str | None = None
    station: Name | None = None
    side: str | None = None
    operation: str | None = None
    program: str | None = None
    revision: str | None = None
    opened_at: datetime | None = None
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsStated:
    """Units exist.

    Attributes:
        units: For each unit its names; the first is how others will name it.
        is_creation: They came into being then; else they are only named.
        kind: ``panel``, ``board``, ``assembly`` or ``product``; None where nothing is said of it.
    """

    units: tuple[tuple[Name, ...], ...]
    is_creation: bool = False
    kind: str | None = None
    product: Name | None = None
    customer: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fed:
    """A package fed a range of a run, or (``unit`` set, ``run`` the context) one unit.

    Attributes:
        began_at: When it was put in, where that is not the event's time.
        ended_at: When it was empty, or taken away.
    """

    package: Name
    began_at: datetime | None = None
    ended_at: datetime | None = None
    run: Name | None = None
    unit: Name | None = None
    seq_from: int = 1
    seq_to: int = 1
    slot: str | None = None
    feeder: str | None = None
    designators: tuple[str, ...] = ()
    quantity_per_unit: Decimal | None = None
    unit_of_measure: str | None = None
    basis: Basis = Basis.MACHINE
    certainty: Certainty = Certainty.EXACT
    alternative_group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Removed:
    """Material was taken out of a unit: of a package, at some designators, or both."""

    unit: Name
    package: Name | None = None
    designators: tuple[str, ...] = ()
    quantity: Decimal | None = None
    unit_of_measure: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A unit was put into, or taken out of, another; or shipped; or came back."""

    unit: Name
    action: Action
    target: Name | None = None
    relation: Relation | None = None
    position: str | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShipmentStated:
    """What is known of a shipment."""

    shipment: Name
    order: str | None = None
    customer: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tested:
    """Units were tested, all with the same result."""

    units: tuple[Name, ...]
    result: str
    test: str | None = None
    run: Name | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Corrected:
    """An earlier event was an error: what it said ends, names too."""

    event: Name
    reason: str | None = None


EventFact = (
    ReceiptStated
    | PackageStated
    | PackageLinked
    | RunStated
    | UnitsStated
    | SameUnit
    | NameReused
    | UnitsPassed
    | UnitsCompleted
    | SlotChanged
    | Fed
    | Removed
    | Moved
    | ShipmentStated
    | Tested
    | Corrected
    | LineUnread
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One event, whatever vocabulary it came in.

    Attributes:
        event_id: The source's own id, or the digest of a message that has none.
        type: Type in our vocabulary, or name of the message.
        happened_at: When it happened, aware.
        zone_minutes: The source's offset from UTC, in minutes.
        time_given: False where ``happened_at`` is the time of receipt.
        source: Who reported it (a station, an MES), if said.
        content: Digest that is equal for events that say the same, of one source and time.
        facts: What it says.
        findings: Its lines that could not be read; the facts are those of the others.
    """

    event_id: str
    type: str
    happened_at: datetime
    zone_minutes: int = 0
    time_given: bool = True
    source: str | None = None
    content: str = ""
    facts: tuple[EventFact, ...] = field(default=())
    findings: tuple[Finding, ...] = ()


def names_given(event: Event, keys: Collection[str]) -> list[Name]:
    """Return all names that an event gives a unit, one of whose names has one of some keys."""
    stated = (each for each in event.facts if isinstance(each, UnitsStated))
    mine = (names for each in stated for names in each.units if any(name.key in keys for name in names))
    return list({name.key: name for names in mine for name in names}.values())


def needed_by(event: Event) -> Iterator[Name]:
    """Yield the names that an event refers to, whether they must be announced or not."""
    for fact in event.facts:
        yield from names_in(fact)


def names_in(fact: EventFact) -> Iterator[Name]:
    """Yield the names that a fact refers to."""
    match fact:
        case UnitsPassed() | UnitsCompleted():
            yield from (*_given(fact.run, fact.station), *fact.units)
        case Tested():
            yield from (*fact.units, *_given(fact.run))
        case PackageLinked(kind=LinkKind.SPLICE):
            yield from _given(fact.parent, fact.child, fact.zone_run)
        case SameUnit():
            yield from (name for name, _ in fact.units)
        case NameReused():
            yield from fact.names
        case LineUnread():
            yield from (*fact.units, *_given(fact.package, fact.run, fact.station))
        case _:
            yield from _given(*(getattr(fact, name) for name in _REFERENCES[type(fact)]))


def known_part(fact: EventFact, is_known: Callable[[Name], bool]) -> EventFact | None:
    """Return what of a fact can be related: of several units those that are known; None for nothing.

    Not for passes, nor for names of one unit, each of which means what it means in its line.
    """
    if isinstance(fact, PackageLinked) and fact.parent is not None and not is_known(fact.parent):
        fact = replace(fact, parent=None)
    match fact:
        case Tested() | UnitsCompleted():
            units = tuple(filter(is_known, fact.units))
            return replace(fact, units=units) if units or not fact.units else None
        case NameReused():  # those that are known are, and the others wait
            return fact if any(map(is_known, fact.names)) else None
        case SlotChanged():
            if fact.package is None or is_known(fact.package):
                return fact
            return None if fact.slot is None else replace(fact, package=None, is_awaited=True)
        case _:
            is_read = not isinstance(fact, LineUnread)
            return fact if is_read and all(map(is_known, names_in(fact))) else None


def corrected_by(event: Event) -> str | None:
    """Return the id of the event that an event says was an error."""
    return next((each.event.value for each in event.facts if isinstance(each, Corrected)), None)


def lots_named_by(event: Event) -> Iterator[LotName]:
    """Yield the lots that an event names."""
    for fact in event.facts:
        if isinstance(fact, ReceiptStated | PackageStated):
            yield from fact.lots


def announced_by(event: Event) -> Iterator[Name]:
    """Yield the names that an event makes known."""
    for fact in event.facts:
        yield from announced_in(fact)


def announced_in(fact: EventFact) -> Iterator[Name]:
    """Yield the names that a fact makes known."""
    match fact:
        case PackageStated():
            yield fact.package
        case PackageLinked() if fact.kind is not LinkKind.SPLICE:
            yield fact.child
        case UnitsStated():
            for names in fact.units:
                yield from names


_REFERENCES: dict[type[EventFact], tuple[str, ...]] = {
    ReceiptStated: ("receipt", "source", "owner"),
    PackageStated: ("receipt",),
    PackageLinked: ("parent", "zone_run"),
    RunStated: ("run", "station"),
    SlotChanged: ("station", "package"),
    UnitsStated: ("product", "customer"),
    Fed: ("package", "run", "unit"),
    Removed: ("unit", "package"),
    Moved: ("unit", "target"),
    ShipmentStated: ("shipment", "customer"),
    Corrected: ("event",),
}


def _given(*names: Name | None) -> Iterator[Name]:
    return (name for name in names if name is not None)
