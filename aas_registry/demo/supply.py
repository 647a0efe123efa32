"""What was delivered to the plant: packages counted, divided into lots, and their papers."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from random import Random

from aas_registry.demo.catalogue import HINODE, KERALIT, Supplier
from aas_registry.demo.plant import Delivery, Lot, Package, Paper, Part, moment, working_days
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
) -> list[Lot]:
    """Divide packages into lots, name both, and decide on the papers.

    Returns:
        The lots, maker by maker; every package then knows its lot and its label.
    """
    groups: dict[str, list[Package]] = {}
    for package in packages:
        groups.setdefault(package.part.mpn, []).append(package)
    counts = _lots_of_parts(groups, scale=scale, random=random)
    makers = {supplier.code: supplier for supplier in suppliers}
    lots: list[Lot] = []
    for mpn, group in groups.items():
        maker = makers[group[0].part.supplier]
        cuts = _cuts(len(group), counts[mpn], has_single=maker.code == KERALIT, random=random)
        for start, end in pairwise([0, *cuts, len(group)]):
            lots.append(_plan_lot(group[start:end], maker, makers, number=len(lots) + 1, random=random))
    for number, package in enumerate(packages, start=1):
        package.label = f"PK{number:06d}"
    _deliver_twice(lots, makers)
    return lots


def _cuts(packages: int, lots: int, *, has_single: bool, random: Random) -> list[int]:
    """Return where one lot ends and the next begins; one may hold a single early package."""
    cuts = {3, 4} if has_single and packages > lots >= _LOTS_WITH_SINGLE else set()
    others = [place for place in range(1, packages) if place not in cuts]
    return sorted([*cuts, *random.sample(others, lots - 1 - len(cuts))])


def _lots_of_parts(groups: dict[str, list[Package]], *, scale: Scale, random: Random) -> dict[str, int]:
    counts = dict.fromkeys(groups, 1)
    for _ in range(scale.lots - len(groups)):
        open_for_more = [mpn for mpn, group in groups.items() if counts[mpn] < min(len(group), 5)]
        counts[random.choice(open_for_more)] += 1
    return counts


def _plan_lot(
    packages: Sequence[Package], maker: Supplier, makers: dict[str, Supplier], *, number: int, random: Random
) -> Lot:
    received = _receipt_time(packages, random)
    made = received.date() - timedelta(days=random.randint(25, 140))
    weeks = [made, made + timedelta(days=7)] if random.random() < _TWO_CODES_SHARE else [made]
    uploader = _uploader(maker, makers, random)
    unsigned = not maker.signs or random.random() < _UNSIGNED_SHARE
    lot = Lot(
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


def _receipt_time(packages: Sequence[Package], random: Random) -> datetime:
    days = working_days()
    opened = [each.opened_at for each in packages if each.opened_at is not None]
    needed = min(opened).date() if opened else days[-1] + timedelta(days=3)
    return moment(_weekday(needed - timedelta(days=random.randint(4, 24))), random.randint(7, 14),
                  random.randint(0, 59))  # fmt: skip


def _weekday(day: date) -> date:
    return day - timedelta(days=max(0, day.isoweekday() - 5))


def _uploader(maker: Supplier, makers: dict[str, Supplier], random: Random) -> str:
    distributors = [each.code for each in makers.values() if each.delivers_for == maker.code]
    if distributors and random.random() < _DISTRIBUTED_SHARE:
        return distributors[0]
    return maker.code


def _deliver_twice(lots: Sequence[Lot], makers: dict[str, Supplier]) -> None:
    """Let some lots arrive by two ways: from the maker, and from a distributor."""
    maker = makers[HINODE].delivers_for if HINODE in makers else None
    own = [lot for lot in lots if lot.part.supplier == maker and lot.deliveries[0].uploader == maker]
    for number, lot in enumerate(own[:_DELIVERED_TWICE], start=1):
        later = lot.deliveries[0].at + timedelta(hours=2)
        note = f"{HINODE[:3].upper()}-8{number:04d}"
        lot.deliveries.append(Delivery(uploader=HINODE, note=note, line="1", at=later))


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year % 100:02d}{week:02d}"
