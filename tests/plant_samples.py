"""A small plant as events: one lot, two reels, six boards in three products of two customers."""

from typing import Any

Event = dict[str, Any]

MAKER, MPN, LOT = "Bolt Components GmbH", "CAP-100N-0603", "0042"
_LOTS = [{"manufacturer": MAKER, "mpn": MPN, "lotCode": LOT}]


def at(hour: int) -> str:
    return f"2026-03-10T{hour:02d}:00:00+01:00"


def events() -> list[Event]:
    """Return the plant's events, in the order in which they happened."""
    boards = [f"BRD-{number}" for number in range(1, 7)]
    return [
        {
            "id": "e1",
            "type": "receipt",
            "happenedAt": at(6),
            "deliveryNote": "DN-7",
            "from": "bolt",
            "lots": _LOTS,
        },
        {
            "id": "e2",
            "type": "packageCreated",
            "happenedAt": at(6),
            "package": "REEL-1",
            "kind": "reel",
            "lots": _LOTS,
        },
        {
            "id": "e3",
            "type": "unitCreated",
            "happenedAt": at(8),
            "kind": "board",
            "product": "MAIN-BOARD",
            "run": {"id": "RUN-1", "line": "L1"},
            "firstSequence": 1,
            "units": boards,
        },
        {
            "id": "e4",
            "type": "feed",
            "happenedAt": at(8),
            "run": "RUN-1",
            "feeds": [
                {"package": "REEL-1", "sequenceFrom": 1, "sequenceTo": 4, "designators": ["C1", "C2"]},
                {"package": "REEL-1", "sequenceFrom": 5, "sequenceTo": 5, "certainty": "possible"},
            ],
        },
        *(
            {
                "id": f"p{number}",
                "type": "unitCreated",
                "happenedAt": at(9),
                "kind": "product",
                "product": "PUMP",
                "customer": customer,
                "units": [f"PRD-{number}"],
            }
            for number, customer in ((1, "meditec"), (2, "meditec"), (3, "railway"))
        ),
        {
            "id": "e5",
            "type": "assembledInto",
            "happenedAt": at(10),
            "links": [{"unit": board, "into": f"PRD-{place // 2 + 1}"} for place, board in enumerate(boards)],
        },
        {
            "id": "e6",
            "type": "shipped",
            "happenedAt": at(12),
            "units": ["PRD-1", "PRD-2"],
            "shipment": "SHP-1",
            "customer": "meditec",
        },
    ]
