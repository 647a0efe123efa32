"""Everything that happened in the plant, day by day, as its sources would have sent it."""

from datetime import date, datetime
from itertools import chain, groupby
from typing import Any

from aas_registry.demo.plant import Plant
from aas_registry.demo.production_events import production_events
from aas_registry.demo.supply_events import supply_events


def events_by_day(plant: Plant) -> list[tuple[date, list[dict[str, Any]]]]:
    """Return the events of every day on which something happened, in the order of time.

    The same plant gives the same events, byte for byte, so that what was taken before a
    crash counts once when all are sent again.
    """
    shipped = (
        {
            "type": "shipped",
            "id": f"shipped-{shipment.id}",
            "happenedAt": shipment.at.isoformat(),
            "source": "shipping",
            "units": list(shipment.products),
            "shipment": shipment.id,
            "order": shipment.order,
            "customer": shipment.customer,
        }
        for shipment in plant.shipments
    )
    returned = (
        {
            "type": "returned",
            "id": f"returned-{number:04d}",
            "happenedAt": back.at.isoformat(),
            "source": "returns",
            "units": [back.product],
            "reason": back.reason,
        }
        for number, back in enumerate(plant.returns, start=1)
    )
    events = chain(supply_events(plant), production_events(plant), shipped, returned)
    ordered = sorted(events, key=_happened_at)  # stable: what came first stays first
    return [(day, list(each)) for day, each in groupby(ordered, key=lambda event: _happened_at(event).date())]


def _happened_at(event: dict[str, Any]) -> datetime:
    return datetime.fromisoformat(event["happenedAt"])
