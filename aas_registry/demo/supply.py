"""What was delivered to the plant: packages counted, divided into lots, and their papers."""

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise
from random import Random

from aas_registry.demo.catalogue import HINODE, KERALIT, Supplier
from aas_registry.demo.plant import Delivery, Package, Paper, Part, PlannedLot, moment, working_days
from aas_registry.demo.scale import Scale

_UNSIGNED_SHARE = 0.06
_TWO_CODES_SHARE = 0.1
_DISTRIBUTED_SHARE = 0.4
_DELIVERED_TWICE = 3
_LOTS_WITH_SINGLE = 3


def stock_up(
    opened: Sequence[Package], parts: Sequence[Part], sizes: dict[str, int], *, total: int
) -> list[Package]:
    """Return the opened packages and as many unopened ones as the plant holds, part by part.

    Args:
        opened: In the order of opening.
        parts: Every part; each gets a package at least.
        sizes: Pieces in a package, by part number.
        total: Packages in all.
    """
    by_part = {part.mpn: [each for each in opened if each.part is part] for part in parts}
    spare = total - len(opened)
    for turn in range(spare):
        part = parts[turn % len(parts)]
        by_part[part.mpn].append(Package(part=part, size=sizes[part.mpn]))
    return [each for part in parts for each in by_part[part.mpn]]


def plan_lots(
    packages: Sequence[Package], suppliers: Sequence[Supplier], *, scale: Scale, random: Random
) -> list[PlannedLot]:
    """Divide packages into lots, name both, and decide on the papers.

    Returns:
        The lots, maker by maker; every package then knows its lot and its label.
    """
    groups: dict[str, list[Package]] = {}
    for package in packages:
        groups.setdefault(package.part.mpn, []).append(package)
    counts = dict.fromkeys(groups, 1)
    for _ in range(scale.lots - len(groups)):
        open_for_more = [mpn for mpn, group in groups.items() if counts[mpn] < min(len(group), 5)]
        counts[random.choice(open_for_more)] += 1
    makers = {supplier.code: supplier for supplier in suppliers}
    lots: list[PlannedLot] = []
    for mpn, group in groups.items():
        maker = makers[group[0].part.supplier]
        has_single = maker.code == KERALIT and len(group) > counts[mpn] >= _LOTS_WITH_SINGLE
        cuts = [3, 4] if has_single else []  # where one lot ends and the next begins
        others = [place for place in range(1, len(group)) if place not in cuts]
        cuts += random.sample(others, counts[mpn] - 1 - len(cuts))
        for start, end in pairwise([0, *sorted(cuts), len(group)]):
            lots.append(_plan_lot(group[start:end], maker, makers, number=len(lots) + 1, random=random))
    for number, package in enumerate(packages, start=1):
        package.label = f"PK{number:06d}"
    # Some lots arrive by two ways: from the maker, and from a distributor.
    maker_code = makers[HINODE].delivers_for if HINODE in makers else None
    own = [lot for lot in lots if lot.part.supplier == lot.deliveries[0].uploader == maker_code]
    for number, lot in enumerate(own[:_DELIVERED_TWICE], start=1):
        note, at = f"{HINODE[:3].upper()}-8{number:04d}", lot.deliveries[0].at + timedelta(hours=2)
        lot.deliveries.append(Delivery(uploader=HINODE, note=note, line="1", at=at))
    return lots


def _plan_lot(
    packages: Sequence[Package], maker: Supplier, makers: dict[str, Supplier], *, number: int, random: Random
) -> PlannedLot:
    opened = [each.opened_at for each in packages if each.opened_at is not None]
    needed = min(opened).date() if opened else working_days()[-1] + timedelta(days=3)
    day = needed - timedelta(days=random.randint(4, 24))
    day -= timedelta(days=max(0, day.isoweekday() - 5))  # nobody receives on a weekend
    received = moment(day, random.randint(7, 14), random.randint(0, 59))
    made = received.date() - timedelta(days=random.randint(25, 140))
    weeks = [made, made + timedelta(days=7)] if random.random() < _TWO_CODES_SHARE else [made]
    distributors = [each.code for each in makers.values() if each.delivers_for == maker.code]
    is_distributed = distributors and random.random() < _DISTRIBUTED_SHARE
    uploader = distributors[0] if is_distributed else maker.code
    unsigned = not maker.signs or random.random() < _UNSIGNED_SHARE
    lot = PlannedLot(
        part=packages[0].part,
        code=maker.lot_code.format(w=_week(made), n=random.randint(1, 900) + number),
        date_codes=tuple(_week(day) for day in weeks),
        manufactured_on=made,
        quantity=sum(each.size for each in packages),
        deliveries=[
            Delivery(uploader=uploader, note=f"{uploader[:3].upper()}-{70_000 + number // 3}",
                     line=str(number % 3 + 1), at=received)
        ],
        paper=Paper.UNSIGNED if unsigned else Paper.SIGNED,
    )  # fmt: skip
    for each in packages:
        each.lot = lot
    return lot


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year % 100:02d}{week:02d}"
