"""What the plant builds: designs, work orders, runs, and which package fed which units.

A package is opened at one line and stays there until it is empty, so no package is ever
in two places; what is left of it feeds the line's next run that needs the part.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random

from aas_registry.demo.catalogue import DESIGNS, Design, Supplier, Use
from aas_registry.demo.plant import Feeding, Order, Package, Part, Placement, Run, moment, working_days
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
    bottom: tuple[Placement, ...]
    top: tuple[Placement, ...]


@dataclass(frozen=True, slots=True)
class _Product:
    design: Design
    boards: tuple[_Board, _Board]
    assembly: tuple[Placement, ...]


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
    products = [_design_product(bench, design, parts) for design in DESIGNS[: bench.scale.designs]]
    counts = _order_sizes(bench.scale)
    bench.sizes = _package_sizes(bench, products, counts, parts)
    starts = sorted(
        (round((turn * len(products) + place) * _LAST_START / _slots(bench.scale)), place, turn)
        for turn in range(bench.scale.rounds)
        for place in range(len(products))
    )
    built = [0] * len(products)
    orders = []
    for day, place, turn in starts:
        count = counts[place][turn]
        orders.append(_plan_order(bench, products[place], place, day, built[place], count))
        built[place] += count
    return orders


def _slots(scale: Scale) -> int:
    return max(1, scale.rounds * scale.designs - 1)


def _order_sizes(scale: Scale) -> list[list[int]]:
    designs = DESIGNS[: scale.designs]
    shares = sum(design.share for design in designs)
    sizes = []
    left = scale.products
    for design in designs:
        total = left if design is designs[-1] else scale.products * design.share // shares
        left -= total
        base, more = divmod(total, scale.rounds)
        sizes.append([base + (turn < more) for turn in range(scale.rounds)])
    return sizes


def _design_product(bench: Bench, design: Design, parts: Sequence[Part]) -> _Product:
    placed = [part for part in parts if part.use is Use.PLACED]
    boards = []
    for side in ("M", "P"):
        code = f"{design.code}{side}"
        count = bench.random.randint(min(_LEAST_PARTS, len(placed)), min(_MOST_PARTS, len(placed)))
        chosen = [*bench.random.sample(placed, count), *_own_parts(parts, code)]
        placements = _placements(bench, chosen)
        passives = [each for each in placements if each.part.designator in "CR"]
        bottom = tuple(passives[: len(passives) // 3]) if side == "M" else ()
        top = tuple(each for each in placements if each not in bottom)
        boards.append(_Board(code, bottom, top))
    mounted = [part for part in parts if part.use is Use.ASSEMBLY and _fits(part, design.code)]
    return _Product(design, (boards[0], boards[1]), _placements(bench, mounted))


def _own_parts(parts: Sequence[Part], code: str) -> Iterable[Part]:
    pastes = [part for part in parts if part.use is Use.PASTE]
    yield from pastes[len(code) % 2 :][:1]
    yield from (part for part in parts if part.use is Use.BARE_BOARD and part.mpn == f"PCB-{code}")


def _fits(part: Part, code: str) -> bool:
    return not part.mpn.startswith("MH-") or part.mpn == f"MH-{code}"


def _placements(bench: Bench, parts: Sequence[Part]) -> tuple[Placement, ...]:
    used: dict[str, int] = {}
    placements = []
    for slot, part in enumerate(parts, start=1):
        start = used.get(part.designator, 0)
        count = bench.random.randint(*part.per_unit)
        used[part.designator] = start + count
        names = tuple(f"{part.designator}{number}" for number in range(start + 1, start + count + 1))
        placements.append(Placement(part=part, slot=f"{slot:02d}", designators=names))
    return tuple(placements)


def _package_sizes(
    bench: Bench, products: Sequence[_Product], counts: Sequence[Sequence[int]], parts: Sequence[Part]
) -> dict[str, int]:
    need = dict.fromkeys((part.mpn for part in parts), 0)
    for product, orders in zip(products, counts, strict=True):
        groups = [product.assembly, *(board.bottom for board in product.boards)]
        for placement in (each for group in [*groups, *(b.top for b in product.boards)] for each in group):
            need[placement.part.mpn] += placement.quantity * sum(orders)
    most = max(1.0, bench.scale.packages * _OPENED / len(parts) - 2)
    return {mpn: next((size for size in _SIZES if size * most >= total), _SIZES[-1])
            for mpn, total in need.items()}  # fmt: skip


def _plan_order(bench: Bench, product: _Product, place: int, day: int, built: int, count: int) -> Order:
    days = working_days()
    code = product.design.code
    numbers = range(built + 1, built + count + 1)
    mains, powers = ([f"{board.code}-{n:06d}" for n in numbers] for board in product.boards)
    order = f"W{day:02d}-{code}"
    runs = []
    for turn, (board, units) in enumerate(zip(product.boards, (mains, powers), strict=True)):
        line = LINES[(2 * place + turn) % len(LINES)]
        runs += _board_runs(bench, f"{order}-{board.code}", line, board, days[day], units)
    bench.random.shuffle(powers)
    products = tuple(f"{code}-{n:06d}" for n in numbers)
    assembly = _run(
        bench,
        f"{order}-ASSEMBLY",
        ASSEMBLY_LINE,
        "final assembly",
        "-",
        moment(days[day + 2], 7),
        products,
        product.assembly,
        creates=code,
    )
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
    bench: Bench, name: str, line: str, board: _Board, day: date, units: Sequence[str]
) -> list[Run]:
    sides = [("bottom", board.bottom, 6), ("top", board.top, 13)] if board.bottom else [("top", board.top, 6)]
    runs: list[Run] = []
    for side, placements, hour in sides:
        creates = board.code if not runs else None
        started = moment(day, hour)
        run = _run(bench, f"{name}-{side[0].upper()}", line, "placement", side, started, units, placements,
                   creates=creates)  # fmt: skip
        runs.append(run)
    return runs


def _run(
    bench: Bench,
    name: str,
    line: str,
    operation: str,
    side: str,
    opened_at: datetime,
    units: Sequence[str],
    placements: Sequence[Placement],
    *,
    creates: str | None,
) -> Run:
    takt = _ASSEMBLY_TAKT if operation == "final assembly" else _TAKT
    run = Run(
        id=name,
        line=line,
        side=side,
        operation=operation,
        program=name.partition("-")[2],
        opened_at=opened_at,
        closed_at=opened_at + takt * len(units),
        units=tuple(units),
        creates=creates,
    )
    for placement in placements:
        run.feedings += _feed(bench, run, placement, takt)
    return run


def _feed(bench: Bench, run: Run, placement: Placement, takt: timedelta) -> Iterable[Feeding]:
    place = (run.line, placement.part.mpn)
    first, count = 1, len(run.units)
    while first <= count:
        at_line = bench.at_line.get(place)
        if at_line is None or at_line.left < placement.quantity:
            size = bench.sizes[placement.part.mpn]
            package = Package(part=placement.part, size=size, opened_at=run.opened_at + takt * (first - 1))
            bench.opened.append(package)
            at_line = bench.at_line[place] = _AtLine(package, size)
        last = min(count, first + at_line.left // placement.quantity - 1)
        at_line.left -= (last - first + 1) * placement.quantity
        yield Feeding(placement=placement, package=at_line.package, first=first, last=last)
        first = last + 1
