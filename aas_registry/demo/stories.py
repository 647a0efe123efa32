"""What happened beside the plan: splices, splits, failures, rework, shipments, returns, bad papers."""

from collections import Counter
from datetime import datetime, timedelta
from itertools import groupby, pairwise
from random import Random

from aas_registry.demo.catalogue import KERALIT
from aas_registry.demo.plant import (
    LAST_DAY,
    Delivery,
    Feeding,
    Package,
    Paper,
    PlannedLot,
    PlannedRun,
    PlannedSplit,
    Plant,
    Reprint,
    Return,
    Rework,
    Shipment,
    Splice,
    moment,
    working_days,
)
from aas_registry.demo.scale import Scale

_FAILURE_SHARE = 0.012
_FIELD_DAYS = 7  # a product that came back was away for so long at least
_ZONE_UNITS = 10  # on each side of a splice
_SHIPMENTS_A_DAY = 3
_LARGE_CAPACITORS = "KC12"
CRACKED_REASON = "24 V input shorted after months of vibration"
_OTHER_REASONS = (
    "display dark",
    "housing damaged in transport",
    "no communication",
    "ordered by mistake",
    "relay does not switch",
)


def ship(plant: Plant, scale: Scale) -> None:
    """Send the products of every order to their customer, until the last day."""
    days = working_days()
    for order in plant.orders:
        for turn, start in enumerate(range(0, len(order.products), scale.shipment_units)):
            place = order.shipping_day + turn // _SHIPMENTS_A_DAY
            if place >= len(days):
                break
            number = len(plant.shipments) + 1
            plant.shipments.append(
                Shipment(
                    id=f"SH-{number:05d}",
                    order=f"PO-{order.design.customer[:3].upper()}-{order.id[1:3]}{turn:02d}",
                    customer=order.design.customer,
                    products=order.products[start : start + scale.shipment_units],
                    at=moment(days[place], 15, 10 * (turn % _SHIPMENTS_A_DAY)),
                )
            )


def splice_reels(plant: Plant, scale: Scale) -> None:
    """Join the tapes of two lots where one follows the other within a run, once in a run."""
    for run in (run for order in plant.orders for run in order.runs):
        zone = min(_ZONE_UNITS, len(run.units) // 10)
        changes = (
            (before, after)
            for _, slot in groupby(run.feedings, key=lambda each: each.placement.slot)
            for before, after in pairwise(slot)
            if before.package.lot is not after.package.lot
            and min(before.last - before.first, after.last - after.first) > zone
            and before.package.part.kind == "reel"
        )
        change = next(changes, None)
        if change is None:
            continue
        before, after = change
        if len(plant.splices) == scale.splices:
            return
        first, last = before.last - zone + 1, after.first + zone - 1
        after.label = before.package.label
        plant.splices.append(
            Splice(
                run=run.id,
                before=before.package,
                after=after.package,
                first=first,
                last=last,
                at=run.opened_at + run.takt * (first - 1),
                over_at=run.opened_at + run.takt * last,
            )
        )


def split_reels(plant: Plant, scale: Scale, random: Random) -> None:
    """Divide some packages before use; the line then reports the label of a half."""
    fed: dict[str, list[Feeding]] = {}
    for feeding in (each for order in plant.orders for run in order.runs for each in run.feedings):
        if not feeding.label:
            fed.setdefault(feeding.package.label, []).append(feeding)
    joined = {each.label for splice in plant.splices for each in (splice.before, splice.after)}
    for label in random.sample(sorted(fed.keys() - joined), scale.splits):
        package = fed[label][0].package
        assert package.opened_at is not None
        halves = (f"{label}-A", f"{label}-B")
        plant.splits.append(
            PlannedSplit(package=package, into=halves, at=package.opened_at - timedelta(hours=1))
        )
        for feeding in fed[label]:
            feeding.label = halves[0]


def fail_and_repair(plant: Plant, scale: Scale, random: Random) -> None:
    """Let some boards fail the in-circuit test, and replace a part on some of these."""
    candidates: list[tuple[str, PlannedRun]] = []
    for order in plant.orders:
        for run in (each for each in order.runs if each.side == "top"):
            count = max(1, round(len(run.units) * _FAILURE_SHARE))
            plant.failures[run.id] = sorted(random.sample(run.units, count))
            candidates += [(board, run) for board in plant.failures[run.id]]
    left = _left_in_packages(plant)
    for board, run in random.sample(candidates, min(scale.reworks, len(candidates))):
        place = run.units.index(board) + 1
        fed = [each for each in run.feedings if each.first <= place <= each.last and not each.label]
        small = [each for each in fed if each.placement.part.designator in "CRUQDL"]
        drawn = random.choice(small)
        # The drawn part, else the first of which a reel that was opened by then has a piece left.
        removed = next(each for each in (drawn, *small) if _opened(plant, each.package, run, left))
        used = _opened(plant, removed.package, run, left)
        replacement = random.choice([each for each in used if each is not removed.package] or used)
        left[replacement] -= 1
        at = run.closed_at + timedelta(hours=14, minutes=len(plant.reworks) % 60)
        plant.reworks.append(Rework(board=board, removed=removed, replacement=replacement, at=at))


def _opened(plant: Plant, like: Package, run: PlannedRun, left: Counter[Package]) -> list[Package]:
    others = (each for each in plant.packages if each.part is like.part and left[each] > 0)
    return [each for each in others if each.opened_at is not None and each.opened_at <= run.closed_at]


def _left_in_packages(plant: Plant) -> Counter[Package]:
    left = Counter({each: each.size for each in plant.packages})
    for feeding in (each for order in plant.orders for run in order.runs for each in run.feedings):
        left[feeding.package] -= (feeding.last - feeding.first + 1) * feeding.placement.quantity
    return left


def return_products(plant: Plant, scale: Scale, random: Random) -> None:
    """Choose the cracked-capacitor lot and let products come back that hold it, and others."""
    shipped = {
        product: shipment.at
        for shipment in plant.shipments
        for product in shipment.products
        if shipment.at + timedelta(days=2 * _FIELD_DAYS) < moment(LAST_DAY, 0)
    } or {product: shipment.at for shipment in plant.shipments for product in shipment.products}
    holders = _holders(plant, shipped)
    designs = {product: order.design.code for order in plant.orders for product in order.products}
    plant.cracked = min(
        (lot for lot, products in holders.items() if len(products) >= scale.story_returns),
        # The smallest lot, but one that several products hold.
        key=lambda lot: (len({designs[each] for each in holders[lot]}) == 1, len(holders[lot]), lot.code),
    )
    with_it = sorted(holders[plant.cracked])
    without = sorted(shipped.keys() - set(with_it))
    back = [(product, CRACKED_REASON) for product in random.sample(with_it, scale.story_returns)]
    others = random.sample(without, min(len(without), scale.other_returns))
    back += [(product, random.choice(_OTHER_REASONS)) for product in others]
    for product, reason in back:
        left = shipped[product].date()
        days = max(1, (LAST_DAY - left).days)
        day = left + timedelta(days=random.randint(min(_FIELD_DAYS, days), days))
        at = moment(day, random.randint(8, 16), random.randint(0, 59))
        plant.returns.append(Return(product=product, reason=reason, at=at))
    plant.returns.sort(key=lambda each: (each.at, each.product))


def spoil_papers(plant: Plant, random: Random) -> None:
    """Alter one certificate after signing, and put one of another lot into a package."""
    pinned = {each.code for each in plant.suppliers if each.is_pinned}
    signed = [
        lot
        for lot in plant.lots
        if lot.paper is Paper.SIGNED and lot.part.supplier in pinned and lot is not plant.cracked
    ]
    altered, exchanged = random.sample([lot for lot in signed if len(lot.deliveries) == 1], 2)
    altered.paper = Paper.ALTERED
    exchanged.paper = Paper.OTHER_LOT
    same_maker = [lot for lot in plant.lots if lot.part.supplier == exchanged.part.supplier]
    exchanged.other = next(lot for lot in same_maker if lot is not exchanged)


def reprint_label(plant: Plant) -> None:
    """Print the label of a used-up reel again, on the last day, for a reel of another lot of its part."""
    at = moment(LAST_DAY, 16)
    joined = {each for splice in plant.splices for each in (splice.before, splice.after)}
    apart = joined | {split.package for split in plant.splits}
    runs = (run for order in plant.orders for run in [*order.runs, order.assembly])
    late = {each.package for run in runs if run.closed_at >= at for each in run.feedings}
    plant.reprint = next(
        Reprint(package=package, lot=other, at=at)
        for package in plant.packages
        if package.opened_at is not None and package not in apart | late
        for other in plant.lots
        if other.part is package.part and plant.cracked not in {other, package.of_lot}
        if other is not package.of_lot and other.deliveries[-1].at < at
    )


def hold_back(plant: Plant) -> None:
    """Add a lot that nobody has uploaded yet: the visitor's first upload."""
    like = next(lot for lot in plant.lots if lot.part.supplier == KERALIT)
    note = Delivery(uploader=KERALIT, note="KER-90001", line="1", at=moment(LAST_DAY, 16))
    plant.held_back = PlannedLot(
        part=like.part,
        code="K2608-0007",
        date_codes=("2608",),
        manufactured_on=LAST_DAY - timedelta(days=24),
        quantity=like.quantity,
        deliveries=[note],
    )


def _holders(plant: Plant, products: dict[str, datetime]) -> dict[PlannedLot, set[str]]:
    """Return which of some products hold which lots of large capacitors: these crack."""
    holders: dict[PlannedLot, set[str]] = {}
    for order in plant.orders:
        pairs = zip(order.products, order.boards, strict=True)
        product_of = {board: product for product, boards in pairs for board in boards}
        for run in order.runs:
            for feeding in run.feedings:
                if not feeding.package.part.mpn.startswith(_LARGE_CAPACITORS) or feeding.label:
                    continue
                held = {product_of[unit] for unit in run.units[feeding.first - 1 : feeding.last]}
                holders.setdefault(feeding.package.of_lot, set()).update(held & products.keys())
    return holders
