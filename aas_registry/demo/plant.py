"""The seeded plant as values: what was delivered, built, shipped and returned.

Times are those of the plant's clock, one hour ahead of UTC. Everything here is filled
while the plan is made and only read afterwards.
"""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum

from aas_registry.demo.catalogue import Customer, Design, PartUse, Supplier
from aas_registry.domain.events import Basis

ZONE = timezone(timedelta(hours=1))
LAST_DAY = date(2026, 3, 13)
WORKING_DAYS = 60
_FRIDAY = 5
_CLOSED = (date(2025, 12, 24), date(2026, 1, 6))


class Paper(StrEnum):
    """What the certificate in a lot's package is like."""

    SIGNED = "signed"
    UNSIGNED = "unsigned"
    ALTERED = "altered after signing"
    OTHER_LOT = "signed, but of another lot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part that the plant buys."""

    mpn: str
    designation: str
    supplier: str
    designator: str
    per_unit: tuple[int, int]
    kind: str
    use: PartUse

    @property
    def internal_number(self) -> str:
        """Return the plant's own number of the part."""
        return f"{self.supplier[:2].upper()}.{self.mpn}"


@dataclass(slots=True, kw_only=True)
class Delivery:
    """A line of a delivery note."""

    uploader: str
    note: str
    line: str
    at: datetime


@dataclass(slots=True, kw_only=True, eq=False)
class PlannedLot:
    """A manufacturer's lot with its papers."""

    part: Part
    code: str
    date_codes: tuple[str, ...]
    manufactured_on: date
    quantity: int
    deliveries: list[Delivery]
    paper: Paper = Paper.SIGNED
    other: "PlannedLot | None" = None


@dataclass(slots=True, kw_only=True, eq=False)
class Package:
    """A reel, tray, jar or box; ``lot`` and ``label`` are known once all are counted."""

    part: Part
    size: int
    opened_at: datetime | None = None
    label: str = ""
    lot: PlannedLot | None = None
    delivery: int = 0

    @property
    def of_lot(self) -> PlannedLot:
        """Return the lot, of a package that is counted already."""
        assert self.lot is not None
        return self.lot


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedPlacement:
    """A part on a unit: slot of the line's set-up, and where it is placed."""

    part: Part
    slot: str
    designators: tuple[str, ...]

    @property
    def quantity(self) -> int:
        """Return the pieces on one unit."""
        return len(self.designators)


@dataclass(slots=True, kw_only=True)
class Feeding:
    """A package fed units ``first`` to ``last`` of a run (counted from 1)."""

    placement: PlannedPlacement
    package: Package
    first: int
    last: int
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Splice:
    """A package of another lot joined to a running one, whose label goes on.

    Attributes:
        run: The run in which it happened.
        first: The first unit that may hold either lot.
        last: The last one.
        at: When they were joined, before ``first`` passed.
        over_at: When ``last`` had passed.
    """

    run: str
    before: Package
    after: Package
    first: int
    last: int
    at: datetime
    over_at: datetime


@dataclass(slots=True, kw_only=True)
class PlannedRun:
    """One pass of a work order over a line."""

    id: str
    line: str
    side: str
    operation: str
    opened_at: datetime
    takt: timedelta
    units: tuple[str, ...]
    creates: str | None
    feedings: list[Feeding] = field(default_factory=list)

    @property
    def program(self) -> str:
        """Return the machine program: the run without its week."""
        return self.id.partition("-")[2]

    @property
    def closed_at(self) -> datetime:
        """Return when the last unit was done."""
        return self.opened_at + self.takt * len(self.units)


@dataclass(slots=True, kw_only=True)
class Order:
    """A work order: some products of one design, and the boards for them.

    Attributes:
        boards: Board numbers (main, power) of each product, in the order of ``products``.
        days: Working days: boards placed, products assembled, first shipment.
    """

    id: str
    design: Design
    products: tuple[str, ...]
    boards: tuple[tuple[str, str], ...]
    runs: list[PlannedRun]
    assembly: PlannedRun
    shipping_day: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Shipment:
    """Products that left together."""

    id: str
    order: str
    customer: str
    products: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A product that came back."""

    product: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Rework:
    """A part that was replaced on a board."""

    board: str
    removed: Feeding
    replacement: Package
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedSplit:
    """A package that was divided in two before use."""

    package: Package
    into: tuple[str, str]
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Reprint:
    """A label of a package that is used up, printed again for a package of another lot."""

    package: Package
    lot: PlannedLot
    at: datetime


@dataclass(slots=True, kw_only=True)
class Plant:
    """Everything that is seeded.

    Attributes:
        failures: Boards that failed the in-circuit test at first, by run.
        cracked: The capacitor lot behind the returns.
        held_back: A lot that is not uploaded: the visitor does it.
    """

    suppliers: tuple[Supplier, ...]
    customers: tuple[Customer, ...]
    lots: list[PlannedLot]
    packages: list[Package]
    orders: list[Order]
    shipments: list[Shipment] = field(default_factory=list)
    splices: list[Splice] = field(default_factory=list)
    splits: list[PlannedSplit] = field(default_factory=list)
    failures: dict[str, list[str]] = field(default_factory=dict)
    reworks: list[Rework] = field(default_factory=list)
    returns: list[Return] = field(default_factory=list)
    cracked: PlannedLot | None = None
    reprint: Reprint | None = None
    held_back: PlannedLot | None = None


BASIS_OF_USE = {
    PartUse.PLACED: Basis.MACHINE,
    PartUse.BARE_BOARD: Basis.MACHINE,
    PartUse.PASTE: Basis.SETUP,
    PartUse.ASSEMBLY: Basis.BACKFLUSH,
}


def working_days() -> tuple[date, ...]:
    """Return the days on which the plant works, closed on weekends and over Christmas."""
    days: list[date] = []
    day = LAST_DAY
    while len(days) < WORKING_DAYS:
        if day.isoweekday() <= _FRIDAY and not _CLOSED[0] <= day <= _CLOSED[1]:
            days.append(day)
        day -= timedelta(days=1)
    return tuple(reversed(days))


def moment(day: date, hour: int, minute: int = 0) -> datetime:
    """Return a time of the plant's clock."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=ZONE)
