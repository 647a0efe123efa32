"""What the plant builds: designs, work orders, runs, and which package fed which units.

A package is opened at one line and stays there until it is empty, so no package is ever
in two places; what is left of it feeds the line's next run that needs the part.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import chain
from random import Random

from aas_registry.demo.catalogue import DESIGNS, Design, PartUse, Supplier
from aas_registry.demo.plant import (
    Feeding,
    Order,
    Package,
    Part,
    PlannedPlacement,
    PlannedRun,
    moment,
    working_days,
)
from aas_registry.demo.scale import Scale

LINES = ("L1", "L2", "L3", "L4")
ASSEMBLY_LINE = "A1"
_SIZES = (50, 100, 200, 250, 400, 500, 800, 1000, 1500, 2000, 2500, 3000, 4000, 5000, 6000, 8000, 10_000)
_LEAST_PARTS, _MOST_PARTS = 54, 64
_TAKT = timedelta(seconds=45)
_ASSEMBLY_TAKT = timedelta(seconds=70)
_LAST_START = 57  # the working day on which the last order begins
_OPENED = 0.98  # share of the packages that production may open; the rest is stock


@dataclass(slots=True)
class _AtLine:
    package: Package
    left: int


@dataclass(slots=True)
class Bench:
    """Everything that the planning of production holds in its hands."""

    scale: Scale
    random: Random
    sizes: dict[str, int] = field(default_factory=dict)
    opened: list[Package] = field(default_factory=list)
    at_line: dict[tuple[str, str], _AtLine] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Board:
    code: str
    bottom: tuple[PlannedPlacement, ...]
    top: tuple[PlannedPlacement, ...]


@dataclass(frozen=True, slots=True)
class _Product:
    design: Design
    boards: tuple[_Board, _Board]
    assembly: tuple[PlannedPlacement, ...]


def parts_of(suppliers: Sequence[Supplier], *, most_each: int) -> list[Part]:
    """Return the parts that some suppliers deliver."""
    return [
        Part(
            mpn=f"{family.prefix}{value}",
            designation=f"{family.designation} {value}",
            supplier=supplier.code,
            designator=family.designator,
            per_unit=family.per_unit,
            kind=family.package,
            use=family.use,
        )
        for supplier in suppliers
        for value, family in [(v, f) for f in supplier.families for v in f.values][:most_each]
    ]


def plan_orders(bench: Bench, parts: Sequence[Part]) -> list[Order]:
    """Return the work orders with their runs; ``bench.opened`` then holds what was opened."""
    scale = bench.scale
    designs = DESIGNS[: scale.designs]
    products = [_design_product(bench, design, parts) for design in designs]
    shares = sum(design.share for design in designs)
    totals = [scale.products * design.share // shares for design in designs]
    totals[-1] += scale.products - sum(totals)
    need = dict.fromkeys((part.mpn for part in parts), 0)
    for product, total in zip(products, totals, strict=True):
        sides = [side for board in product.boards for side in (board.bottom, board.top)]
        for placement in chain(product.assembly, *sides):
            need[placement.part.mpn] += placement.quantity * total
    # Packages are as large as they must be for production to open no more than it may.
    most = max(1.0, scale.packages * _OPENED / len(parts) - 2)
    for mpn, total in need.items():
        bench.sizes[mpn] = next((size for size in _SIZES if size * most >= total), _SIZES[-1])
    slots = max(1, scale.rounds * scale.designs - 1)
    starts = sorted(
        (round((turn * len(products) + place) * _LAST_START / slots), place, turn)
        for turn in range(scale.rounds)
        for place in range(len(products))
    )
    built = [0] * len(products)
    orders = []
    for day, place, turn in starts:
        base, more = divmod(totals[place], scale.rounds)
        numbers = range(built[place] + 1, built[place] + base + (turn < more) + 1)
        built[place] += len(numbers)
        orders.append(_plan_order(bench, products[place], numbers, place=place, day=day))
    return orders


def _design_product(bench: Bench, design: Design, parts: Sequence[Part]) -> _Product:
    placed = [part for part in parts if part.use is PartUse.PLACED]
    pastes = [part for part in parts if part.use is PartUse.PASTE]
    boards = []
    for side in ("M", "P"):
        code = f"{design.code}{side}"
        count = bench.random.randint(min(_LEAST_PARTS, len(placed)), min(_MOST_PARTS, len(placed)))
        chosen = [
            *bench.random.sample(placed, count),
            *pastes[len(code) % 2 :][:1],
            *(part for part in parts if part.use is PartUse.BARE_BOARD and part.mpn == f"PCB-{code}"),
        ]
        placements = _placements(bench, chosen)
        passives = [each for each in placements if each.part.designator in "CR"]
        bottom = tuple(passives[: len(passives) // 3]) if side == "M" else ()
        top = tuple(each for each in placements if each not in bottom)
        boards.append(_Board(code, bottom, top))
    mounted = [
        part
        for part in parts
        if part.use is PartUse.ASSEMBLY
        and (part.mpn == f"MH-{design.code}" or not part.mpn.startswith("MH-"))
    ]
    return _Product(design, (boards[0], boards[1]), _placements(bench, mounted))


def _placements(bench: Bench, parts: Sequence[Part]) -> tuple[PlannedPlacement, ...]:
    used: dict[str, int] = {}
    placements = []
    for slot, part in enumerate(parts, start=1):
        start = used.get(part.designator, 0)
        count = bench.random.randint(*part.per_unit)
        used[part.designator] = start + count
        names = tuple(f"{part.designator}{number}" for number in range(start + 1, start + count + 1))
        placements.append(PlannedPlacement(part=part, slot=f"{slot:02d}", designators=names))
    return tuple(placements)


def _plan_order(bench: Bench, product: _Product, numbers: range, *, place: int, day: int) -> Order:
    days = working_days()
    code = product.design.code
    order = f"W{day:02d}-{code}"
    mains, powers = ([f"{board.code}-{n:06d}" for n in numbers] for board in product.boards)
    runs = []
    for turn, (board, units) in enumerate(zip(product.boards, (mains, powers), strict=True)):
        line = LINES[(2 * place + turn) % len(LINES)]
        runs += _board_runs(bench, board, units, name=f"{order}-{board.code}", line=line, day=days[day])
    bench.random.shuffle(powers)
    products = tuple(f"{code}-{n:06d}" for n in numbers)
    assembly = PlannedRun(
        id=f"{order}-ASSEMBLY",
        line=ASSEMBLY_LINE,
        side="-",
        operation="final assembly",
        opened_at=moment(days[day + 2], 7),
        takt=_ASSEMBLY_TAKT,
        units=products,
        creates=code,
    )
    _feed(bench, assembly, product.assembly)
    return Order(
        id=order,
        design=product.design,
        products=products,
        boards=tuple(zip(mains, powers, strict=True)),
        runs=runs,
        assembly=assembly,
        shipping_day=day + 4,
    )


def _board_runs(
    bench: Bench, board: _Board, units: Sequence[str], *, name: str, line: str, day: date
) -> list[PlannedRun]:
    sides = [("bottom", board.bottom, 6), ("top", board.top, 13)] if board.bottom else [("top", board.top, 6)]
    runs: list[PlannedRun] = []
    for side, placements, hour in sides:
        run = PlannedRun(
            id=f"{name}-{side[0].upper()}",
            line=line,
            side=side,
            operation="placement",
            opened_at=moment(day, hour),
            takt=_TAKT,
            units=tuple(units),
            creates=None if runs else board.code,
        )
        _feed(bench, run, placements)
        runs.append(run)
    return runs


def _feed(bench: Bench, run: PlannedRun, placements: Sequence[PlannedPlacement]) -> None:
    """Feed every slot of a run: what is left at its line, then packages that are opened for it."""
    count = len(run.units)
    for placement in placements:
        place = (run.line, placement.part.mpn)
        first = 1
        while first <= count:
            at_line = bench.at_line.get(place)
            if at_line is None or at_line.left < placement.quantity:
                size = bench.sizes[placement.part.mpn]
                opened_at = run.opened_at + run.takt * (first - 1)
                package = Package(part=placement.part, size=size, opened_at=opened_at)
                bench.opened.append(package)
                at_line = bench.at_line[place] = _AtLine(package, size)
            last = min(count, first + at_line.left // placement.quantity - 1)
            at_line.left -= (last - first + 1) * placement.quantity
            run.feedings.append(Feeding(placement=placement, package=at_line.package, first=first, last=last))
            first = last + 1
