"""Plants about where material came from: few units, and packages of which much is said.

Drawn from a seed, not by Hypothesis' own choices: these repeat themselves, and a plant of which nothing is used
is answered by nothing.
"""

from random import Random
from typing import Any

from engine.plants import (
    CUSTOMERS,
    DATE_CODES,
    LOTS,
    NOTES,
    PART_NUMBERS,
    SUPPLIERS,
    WELL_KNOWN,
    at,
    dropped,
    numbered,
)
from engine.vocabulary import Json, form

_LABELS = ("K1", "K2", "K3", "K4", "K4", "k1")
_SERIALS = ("S1", "S2", "S3")
# How often each is drawn.
_KINDS = {
    "packageCreated": 6,
    "consumed": 7,
    "split": 3,
    "relabelled": 2,
    "merged": 2,
    "splice": 1,
    "list": 3,
    "receipt": 1,
    "removed": 1,
    "assembledInto": 1,
    "shipped": 2,
    "returned": 1,
    "nameReused": 1,
    "correction": 2,
}


class Deliveries:
    """Draws the events of one plant."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def events(self) -> tuple[Json, ...]:
        known = [(each, at(0), None) for each in WELL_KNOWN[4:]]
        kinds = self._random.choices(list(_KINDS), list(_KINDS.values()), k=self._random.randint(6, 22))
        drawn = [(self._event(kind), self._when(), self._maybe("line.1", "line.2")) for kind in kinds]
        return numbered([*known, *drawn])

    def _when(self) -> str:
        return at(24 * 40 if self._random.random() < 0.05 else self._random.randint(0, 12))

    def _maybe(self, *values: Any) -> Any:
        return self._random.choice([*[None] * len(values), *values])

    def _one(self, values: Any) -> Any:
        return self._random.choice(values)

    def _receipt(self) -> Json:
        said = {
            "deliveryNote": self._one(NOTES),
            "from": self._maybe(*SUPPLIERS),
            "line": self._maybe("1", "2"),
        }
        return dropped(said)

    def _label(self) -> Any:
        label = self._one(_LABELS)
        return {"id": label, "issuer": self._one(CUSTOMERS)} if self._random.random() < 0.04 else label

    def _event(self, kind: str) -> Json:
        random = self._random
        if kind == "packageCreated":
            return self._created()
        if kind == "list":
            return self._list()
        portions = [{"package": each} for each in random.sample(_LABELS[:4], self._one([1, 1, 2]))]
        members: dict[str, Json] = {
            "consumed": {"unit": self._one(_SERIALS), "package": self._label()},
            "split": {"package": self._label(), "into": portions},
            "relabelled": {"package": self._label(), "into": self._label()},
            "merged": {"packages": portions, "into": self._label()},
            "splice": {"packages": portions[:1], "into": self._label(), "how": "splice", **self._zone()},
            "receipt": {"lots": random.sample(LOTS, self._one([0, 1])), **self._receipt()},
            "removed": {"unit": self._one(_SERIALS), "package": self._label()},
            "assembledInto": {
                "links": [dict(zip(("unit", "into"), random.sample(_SERIALS, 2), strict=True))]
            },
            "shipped": {
                "units": [self._one(_SERIALS)],
                "shipment": self._one(["SH1", "SH2"]),
                "customer": self._one(CUSTOMERS),
            },
            "returned": {"units": [self._one(_SERIALS)]},
            "nameReused": {"package": self._label()},
            "correction": {"corrects": random.randint(0, 60)},
        }
        return dropped({"type": "merged" if kind == "splice" else kind, **members[kind]})

    def _zone(self) -> Json:
        return {} if self._random.random() < 0.5 else {"zone": {"until": at(self._random.randint(0, 12))}}

    def _created(self) -> Json:
        lots = self._random.sample(LOTS, self._one([0, 1, 1, 1, 2]))
        said = {
            "package": self._label(),
            "lots": lots,
            "dateCode": self._maybe(*DATE_CODES),
            "receipt": self._maybe(self._receipt()),
            "internalPartNumber": self._maybe(*PART_NUMBERS),
        }
        return dropped({"type": "packageCreated", **said})

    def _list(self) -> Json:
        reels = {form(label): label for label in self._random.choices(_LABELS, k=self._one([1, 2]))}
        told = [
            {"label": each, "lot": self._one(LOTS), "dateCodes": [self._one(DATE_CODES)][: self._one([0, 1])]}
            for each in reels.values()
        ]
        said = {"list": self._one(SUPPLIERS), "reels": told, "deliveryNote": self._maybe(*NOTES)}
        return dropped({"type": "list", **said})
