"""What happened to material before it was used: receipts, packages, splits and splices."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from aas_registry.demo.catalogue import Supplier
from aas_registry.demo.plant import Delivery, Lot, Package, Plant

_GOODS_IN = "goods-in"
_UNPACKED_AFTER = timedelta(hours=1)


def supply_events(plant: Plant) -> Iterator[dict[str, Any]]:
    """Yield the events in our own vocabulary, in no order of time."""
    makers = {supplier.code: supplier for supplier in plant.suppliers}
    for lot in plant.lots:
        yield from (_receipt(lot, delivery, makers) for delivery in lot.deliveries)
    last_of_lot = {package.lot: package for package in plant.packages}
    for package in plant.packages:
        lot = package.of_lot
        came_later = len(lot.deliveries) > 1 and last_of_lot[lot] is package
        yield _package(package, lot.deliveries[-1 if came_later else 0], makers)
    yield from _splits(plant)
    yield from _splices(plant)


def _receipt(lot: Lot, delivery: Delivery, makers: dict[str, Supplier]) -> dict[str, Any]:
    return {
        "type": "receipt",
        "id": f"receipt-{delivery.note}-{delivery.line}-{lot.code}",
        "happenedAt": delivery.at.isoformat(),
        "source": _GOODS_IN,
        "deliveryNote": delivery.note,
        "line": delivery.line,
        "from": delivery.uploader,
        "lots": _lot_refs([lot], makers),
        "counted": lot.quantity // len(lot.deliveries),
    }


def _package(package: Package, delivery: Delivery, makers: dict[str, Supplier]) -> dict[str, Any]:
    return {
        "type": "packageCreated",
        "id": f"package-{package.label}",
        "happenedAt": (delivery.at + _UNPACKED_AFTER).isoformat(),
        "source": _GOODS_IN,
        "package": package.label,
        "kind": package.part.kind,
        "internalPartNumber": package.part.internal_number,
        "receipt": {"deliveryNote": delivery.note, "line": delivery.line, "from": delivery.uploader},
        "lots": _lot_refs([package.of_lot], makers),
        "quantity": package.size,
    }


def _splits(plant: Plant) -> Iterator[dict[str, Any]]:
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


def _splices(plant: Plant) -> Iterator[dict[str, Any]]:
    for splice in plant.splices:
        yield {
            "type": "merged",
            "id": f"splice-{splice.label}",
            "happenedAt": splice.at.isoformat(),
            "source": "splice sensor",
            "packages": [{"package": splice.before.label}, {"package": splice.after.label}],
            "into": splice.label,
            "how": "splice",
            "greyZone": splice.zone,
        }


def _lot_refs(lots: Sequence[Lot], makers: dict[str, Supplier]) -> list[dict[str, str]]:
    return [
        {"manufacturer": makers[lot.part.supplier].name, "mpn": lot.part.mpn, "lotCode": lot.code}
        for lot in lots
    ]
