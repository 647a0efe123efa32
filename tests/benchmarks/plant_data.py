"""A plant for the benchmarks: boards, reels and lots in the shape of real lines, and one lot in question.

Two kinds of boards, one of each in a product, fifty products in a carton. A reel feeds consecutive boards of a line, across
runs; a lot is 1 to 8 reels. The lot in question fed both kinds, so that each product that it
reached holds it twice. One board in a hundred was reworked, and reel changes of the part in
question are splices of which nobody knows the exact place. The same numbers every time.

The plan gives the events for the registry, and the same uses as one edge per board and
package for the rivals.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

Event = dict[str, Any]

MAKER, SUBJECT_MPN, SUBJECT_LOT = "Bolt", "CAP-IN-QUESTION", "LOT-IN-QUESTION"
EXACT, POSSIBLE = 0, 1
_KINDS = {"M": 76, "P": 60}  # packages on a board of each kind
_BOTTOM = 24  # of those on M, placed on its bottom side, in a run of its own
_REEL_BOARDS = (500, 5_000)
_RUN_BOARDS = (500, 2_000)
_REELS_OF_A_LOT = (1, 8)
_SPLICE = 3  # boards on each side
_REWORKED_EVERY = 100
_BATCH = 1_000
_CARTON = 50
_START = datetime(2026, 1, 5, 6, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Feeding:
    """A reel fed boards ``first`` to ``last`` (counted from 0) of a kind, at a slot."""

    kind: str
    slot: int
    reel: str
    first: int
    last: int
    certainty: int = EXACT


@dataclass(frozen=True, slots=True)
class Rework:
    """A reel's part was replaced by one of another reel."""

    board: str
    slot: int
    removed: str
    fitted: str


@dataclass(slots=True)
class PlantData:
    """The plan of a plant.

    Attributes:
        boards: Boards built; half of each kind.
        reached: Boards that the lot in question feeds.
        lots: Part number and lot code of each reel.
        feedings: By kind and slot, in the order of the line.
        reworks: Parts replaced.
    """

    boards: int
    reached: int
    lots: dict[str, tuple[str, str]] = field(default_factory=dict)
    feedings: list[Feeding] = field(default_factory=list)
    reworks: list[Rework] = field(default_factory=list)
    _random: Random = field(default_factory=lambda: Random(1))

    def __post_init__(self) -> None:
        for kind, slots in _KINDS.items():
            for slot in range(slots):
                self._plan_slot(kind, slot)
        self._plan_reworks()

    @property
    def products(self) -> int:
        """Return how many products are built: of two boards each."""
        return self.boards // 2

    @property
    def first_reached(self) -> int:
        """Return the number of the first product that the lot in question reached."""
        return min(self.products // 4, self.products - self.reached // 2)

    def events(self) -> Iterator[Event]:
        """Yield what the plant reports, in the order of time."""
        yield from (self._package(number, reel) for number, reel in enumerate(self.lots))
        for kind in _KINDS:
            yield from self._runs(kind)
        yield from self._products()
        for number, rework in enumerate(self.reworks):
            yield from _rework_events(number, rework)

    def uses(self) -> Iterator[tuple[str, str, int]]:
        """Yield reel, board and certainty of every use that still holds."""
        voided = {(rework.board, rework.slot) for rework in self.reworks}
        for feeding in self.feedings:
            for number in range(feeding.first, feeding.last + 1):
                board = serial(feeding.kind, number)
                if (board, feeding.slot) not in voided:
                    yield feeding.reel, board, feeding.certainty
        for rework in self.reworks:
            yield rework.fitted, rework.board, EXACT

    def _plan_slot(self, kind: str, slot: int) -> None:
        count, begin = self.products, self.first_reached
        end = begin + self.reached // 2
        bounds = (begin, end) if slot == 0 and self.reached else ()
        mpn = SUBJECT_MPN if slot == 0 else f"PART-{kind}{slot:02d}"
        first, lot, left = 0, "", 0
        while first < count:
            stop = min((bound for bound in bounds if bound > first), default=count)
            last = min(first + self._random.randint(*_REEL_BOARDS), stop) - 1
            if not left:
                lot, left = f"{mpn}-L{len(self.lots)}", self._random.randint(*_REELS_OF_A_LOT)
            left -= 1
            in_question = bool(bounds) and begin <= first < end
            reel = f"REEL-{len(self.lots):06d}"
            self.lots[reel] = (mpn, SUBJECT_LOT if in_question else lot)
            self._feed(kind, slot, reel, first, last, is_spliced=in_question and begin < first)
            first = last + 1

    def _feed(self, kind: str, slot: int, reel: str, first: int, last: int, *, is_spliced: bool) -> None:
        if not is_spliced or last - first < 2 * _SPLICE:
            self.feedings.append(Feeding(kind, slot, reel, first, last))
            return
        before = self.feedings.pop()
        self.feedings += [
            Feeding(kind, slot, before.reel, before.first, first - _SPLICE - 1, before.certainty),
            Feeding(kind, slot, before.reel, first - _SPLICE, first + _SPLICE - 1, POSSIBLE),
            Feeding(kind, slot, reel, first - _SPLICE, first + _SPLICE - 1, POSSIBLE),
            Feeding(kind, slot, reel, first + _SPLICE, last),
        ]

    def _plan_reworks(self) -> None:
        # Slots without splices only, and slot 0 where it is in question: some boards are freed by rework.
        fed = {(each.kind, each.slot, each.first): each for each in self.feedings}
        for kind, slots in _KINDS.items():
            for number in range(_REWORKED_EVERY // 2, self.products, _REWORKED_EVERY):
                slot = self._random.randrange(slots) if number % 3 else 0
                covering = [
                    each
                    for each in fed.values()
                    if each.kind == kind and each.slot == slot and each.first <= number <= each.last
                ]
                if len(covering) == 1:
                    others = [each.reel for each in fed.values() if (each.kind, each.slot) == (kind, slot)]
                    self.reworks.append(
                        Rework(serial(kind, number), slot, covering[0].reel, self._random.choice(others))
                    )

    def _package(self, number: int, reel: str) -> Event:
        mpn, lot = self.lots[reel]
        at = _START - timedelta(days=30)
        named = {"manufacturer": MAKER, "mpn": mpn, "lotCode": lot}
        return _event("packageCreated", f"package-{number}", at, package=reel, kind="reel", lots=[named])

    def _runs(self, kind: str) -> Iterator[Event]:
        sides = (("B", range(1, _BOTTOM + 1)), ("T", (0, *range(_BOTTOM + 1, _KINDS[kind]))))
        first, number, random = 0, 0, Random(kind)
        while first < self.products:
            last = min(first + random.randint(*_RUN_BOARDS), self.products) - 1
            units = [serial(kind, board) for board in range(first, last + 1)]
            at = _START + timedelta(hours=8 * number)
            for side, slots in sides if kind == "M" else (("T", range(_KINDS[kind])),):
                yield from self._run(kind, f"RUN-{kind}{number:04d}-{side}", first, units, set(slots), at)
            first, number = last + 1, number + 1

    def _run(
        self, kind: str, run: str, first: int, units: list[str], slots: set[int], at: datetime
    ) -> Iterator[Event]:
        named = {"id": run, "line": f"Line {kind}", "openedAt": at.isoformat()}
        if run.endswith("T") and kind == "M":
            yield _event("unitProcessed", f"units-{run}", at, run=named, firstSequence=1, units=units)
        else:
            yield _event(
                "unitCreated",
                f"units-{run}",
                at,
                run=named,
                firstSequence=1,
                units=units,
                kind="board",
                product=f"PCB-{kind}",
            )
        last = first + len(units) - 1
        fed = [
            {
                "package": each.reel,
                "sequenceFrom": max(each.first, first) - first + 1,
                "sequenceTo": min(each.last, last) - first + 1,
                "slot": str(each.slot),
                "designators": [f"C{each.slot}"],
                "quantityPerUnit": 1,
                "certainty": "possible" if each.certainty else "exact",
            }
            for each in self.feedings
            if each.kind == kind and each.slot in slots and each.first <= last and each.last >= first
        ]
        yield _event("feed", f"feeds-{run}", at + timedelta(hours=7), run=run, feeds=fed)

    def _products(self) -> Iterator[Event]:
        for first in range(0, self.products, _BATCH):
            at = _START + timedelta(days=30 + first / _BATCH)
            numbers = range(first, min(first + _BATCH, self.products))
            units = [serial("PRODUCT", number) for number in numbers]
            product = f"PUMP-{first // _BATCH % 5}"
            run = {"id": f"ASSEMBLY-{first}", "line": "Final assembly"}
            yield _event(
                "unitCreated",
                f"products-{first}",
                at,
                units=units,
                kind="product",
                product=product,
                run=run,
                firstSequence=1,
            )
            links = [
                {"unit": serial(kind, number), "into": serial("PRODUCT", number), "position": kind}
                for number in numbers
                for kind in _KINDS
            ]
            yield _event("assembledInto", f"assembly-{first}", at, links=links)
            yield from _cartons(numbers, at + timedelta(days=1))


def serial(kind: str, number: int) -> str:
    """Return the serial number of a unit."""
    return f"{kind}-{number:07d}"


def _cartons(products: Sequence[int], at: datetime) -> Iterator[Event]:
    into = {number: {"container": f"CARTON-{number // _CARTON}"} for number in products}
    links = [
        {"unit": serial("PRODUCT", number), "into": carton, "relation": "packedIn"}
        for number, carton in into.items()
    ]
    yield _event("assembledInto", f"packing-{products[0]}", at, links=links)
    cartons = list(dict.fromkeys(carton["container"] for carton in into.values()))
    shipment = f"SHIPMENT-{products[0]}"
    units = [{"container": carton} for carton in cartons]
    yield _event("shipped", f"shipping-{products[0]}", at, units=units, shipment=shipment, customer="Meditec")


def _rework_events(number: int, rework: Rework) -> Iterator[Event]:
    at = _START + timedelta(days=200, minutes=number)
    place = {"unit": rework.board, "designators": [f"C{rework.slot}"], "quantity": 1}
    yield _event("removed", f"removed-{number}", at, package=rework.removed, **place)
    yield _event("consumed", f"fitted-{number}", at + timedelta(seconds=30), package=rework.fitted, **place)


def _event(event_type: str, number: str, at: datetime, **members: Any) -> Event:
    return {"type": event_type, "id": number, "happenedAt": at.isoformat(), "source": "bench", **members}
