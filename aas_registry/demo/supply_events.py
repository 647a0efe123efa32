"""What happened to material before it was used: receipts, packages, splits and splices."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from aas_registry.demo.plant import Delivery, Package, PlannedLot, Plant

_GOODS_IN = "goods-in"
_UNPACKED_AFTER = timedelta(hours=1)


def supply_events(plant: Plant) -> Iterator[dict[str, Any]]:
    """Yield the events in our own vocabulary, in no order of time."""
    makers = {supplier.code: supplier.name for supplier in plant.suppliers}
    last_of_lot = {package.lot: package for package in plant.packages}
    for lot, delivery in ((each, delivery) for each in plant.lots for delivery in each.deliveries):
        yield {
            "type": "receipt",
            "id": f"receipt-{delivery.note}-{delivery.line}-{lot.code}",
            "happenedAt": delivery.at.isoformat(),
            "source": _GOODS_IN,
            "deliveryNote": delivery.note,
            "line": delivery.line,
            "from": delivery.uploader,
            "lots": [_lot_ref(lot, makers)],
            "counted": lot.quantity // len(lot.deliveries),
        }
    for package in plant.packages:
        lot = package.of_lot
        came_later = len(lot.deliveries) > 1 and last_of_lot[lot] is package
        delivery = lot.deliveries[-1 if came_later else 0]
        at, told = delivery.at + _UNPACKED_AFTER, f"package-{package.label}"
        yield _package_event(told, package, lot=lot, delivery=delivery, at=at, makers=makers)
    again = plant.reprint
    assert again is not None
    told, last = f"package-{again.package.label}-again", again.lot.deliveries[-1]
    yield _package_event(told, again.package, lot=again.lot, delivery=last, at=again.at, makers=makers)
    yield from _relabelling_events(plant)


def _package_event(
    told: str,
    package: Package,
    *,
    lot: PlannedLot,
    delivery: Delivery,
    at: datetime,
    makers: Mapping[str, str],
) -> dict[str, Any]:
    """Return that a package has a label, and holds a lot; of a label printed again, another one."""
    return {
        "type": "packageCreated",
        "id": told,
        "happenedAt": at.isoformat(),
        "source": _GOODS_IN,
        "package": package.label,
        "kind": package.part.kind,
        "internalPartNumber": package.part.internal_number,
        "receipt": {"deliveryNote": delivery.note, "line": delivery.line, "from": delivery.uploader},
        "lots": [_lot_ref(lot, makers)],
        "quantity": package.size,
    }


def _relabelling_events(plant: Plant) -> Iterator[dict[str, Any]]:
    """Yield what gave material another label: splits in the store, splices at a line."""
    for split in plant.splits:
        half = split.package.size // 2
        quantities = (split.package.size - half, half)
        yield {
            "type": "split",
            "id": f"split-{split.package.label}",
            "happenedAt": split.at.isoformat(),
            "source": "store",
            "package": split.package.label,
            "into": [
                {"package": label, "quantity": quantity}
                for label, quantity in zip(split.into, quantities, strict=True)
            ],
        }
    for splice in plant.splices:
        yield {
            "type": "merged",
            "id": f"splice-{splice.run}",
            "happenedAt": splice.at.isoformat(),
            "source": "splice sensor",
            "packages": [{"package": splice.after.label}],
            "into": splice.before.label,
            "how": "splice",
            "zone": {"run": splice.run, "sequenceTo": splice.last},
        }


def _lot_ref(lot: PlannedLot, makers: Mapping[str, str]) -> dict[str, str]:
    return {"manufacturer": makers[lot.part.supplier], "mpn": lot.part.mpn, "lotCode": lot.code}
