"""Plants about which the product and the second engine once differed, by what was wrong."""

from typing import Any

from engine.plants import at
from engine.vocabulary import Json, lot_of

from believed.subjects import Subject

LOT = {"manufacturer": "Ohm", "mpn": "R-100", "lotCode": "L1"}
OTHER = {**LOT, "lotCode": "L2"}
RANGE = {"package": "K1", "sequenceFrom": 1, "sequenceTo": 9}
YEARS_AHEAD = 24 * 365 * 70
REWORK = ("consumed", "removed")


def plant(*said: tuple[str, float, dict[str, Any]]) -> tuple[Json, ...]:
    """Return events: of each its type, its hour, and what it says."""
    return tuple(
        {"type": kind, "id": f"e{place}", "happenedAt": at(hour), **members}
        for place, (kind, hour, members) in enumerate(said)
    )


def listed(note: str, label: str) -> Json:
    """Return a list of one package of the lot, of the date code 2541."""
    reel = {"label": label, "lot": LOT, "dateCodes": ["2541"]}
    return {"type": "list", "list": "arro", "reels": [reel], "deliveryNote": note, "id": f"list {label}"}


FIRST_SAID = {"receipt": {"deliveryNote": "DN-1"}, "dateCode": "2541", "internalPartNumber": "47-100"}
SAID_ANEW = {"receipt": {"deliveryNote": "DN-2"}, "dateCode": "2530", "internalPartNumber": "47-200"}
PLACE = {"panel": "P1", "position": 1}
MARKED = {**PLACE, "serial": "P1"}
SPLICE = {"packages": [{"package": "K2"}], "into": "K1", "how": "splice", "zone": {"until": at(3.6)}}
SPLICED = ("merged", 3.5, SPLICE)
ON_PANEL = (
    ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
    ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
    ("unitCreated", 1, {"units": ["P1"], "kind": "panel"}),
    ("unitCreated", 1, {"units": ["S1"]}),
    ("assembledInto", 1, {"links": [{"unit": "S1", "into": "P1", "relation": "panelOf"}]}),
    ("feed", 1, {"run": "R1", "feeds": [RANGE]}),
    ("unitProcessed", 2, {"units": ["P1"], "run": "R1", "firstSequence": 1}),
)

FOUND = {
    "4.6: a board that is told with the number of its panel goes by its place": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 2, {"units": [MARKED, {**MARKED, "position": 2}]}),
        ("consumed", 3, {"unit": PLACE, "package": "K1"}),
        ("consumed", 3, {"unit": MARKED, "package": "K1", "designators": ["C1"]}),
        ("consumed", 3, {"unit": "P1", "package": "K1", "designators": ["C2"]}),
        ("nameReused", 3.5, {"unit": MARKED}),
        ("unitCreated", 9, {"units": ["P1"], "kind": "panel"}),
    ),
    "4.6: whose number it is, the issuer says": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["P1", {"serial": "P1", "issuer": "Acorn"}], "kind": "panel"}),
        ("unitCreated", 2, {"units": [MARKED, {**MARKED, "position": 2, "issuer": "Acorn"}]}),
        ("consumed", 3, {"unit": PLACE, "package": "K1"}),
        ("consumed", 3, {"unit": {**PLACE, "position": 2}, "package": "K1"}),
    ),
    "4.6: a decision waits again when what made its names known was an error": plant(
        ("unitCreated", 1, {"units": ["S1", "S2", {**PLACE, "serial": "S3"}]}),
        ("sameUnit", 1, {"units": [{**PLACE, "position": 2, "serial": "S2"}, {**PLACE, "at": at(7)}]}),
        ("correction", 9, {"corrects": "e0"}),
    ),
    "7.1: what came at one of two numbers, of two reels, is possible of either": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("feed", 1, {"run": "R1", "feeds": [RANGE]}),
        (
            "merged",
            3,
            {"packages": [{"package": "K2"}], "into": "K1", "how": "splice", "zone": {"until": at(5)}},
        ),
        ("unitCreated", 2, {"units": ["S1", "S2", "S3"], "run": "R1", "firstSequence": 4}),
        ("unitProcessed", 6, {"units": ["S1", "S4"], "run": "R1", "firstSequence": 1}),
        ("assembledInto", 2, {"links": [{"unit": "S3", "into": "S2", "relation": "panelOf"}]}),
        ("removed", 5, {"unit": "S2", "part": "S3"}),
        ("unitProcessed", 7, {"units": ["S3"], "run": "R1", "firstSequence": 9}),
    ),
    "8.3: what was taken out of a product that had left is away, and comes back": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2", "S3"]}),
        ("consumed", 1, {"unit": "S1", "package": "K1"}),
        ("assembledInto", 2, {"links": [{"unit": "S1", "into": "S2"}, {"unit": "S2", "into": "S3"}]}),
        ("shipped", 3, {"units": ["S3"], "shipment": "SH1", "customer": "Acorn"}),
        ("removed", 3.5, {"unit": "S3", "part": "S2"}),
        (
            "assembledInto",
            3.7,
            {"links": [{"unit": "S1", "into": {"container": "B1"}, "relation": "packedIn"}]},
        ),
        ("returned", 5, {"units": ["S2"]}),
        ("shipped", 6, {"units": ["S1"], "shipment": "SH2"}),
    ),
    "4.3: of a place that one event names with two serial numbers each line passes as the board that it names": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        (
            "unitCreated",
            2,
            {
                "units": [{**PLACE, "serial": "S1"}, PLACE, {**PLACE, "serial": "S2"}, PLACE],
                "run": "R1",
                "firstSequence": 1,
            },
        ),
        ("feed", 1, {"run": "R1", "feeds": [{**RANGE, "sequenceFrom": 2, "sequenceTo": 2}]}),
        ("unitProcessed", 3, {"units": [PLACE], "run": "R1", "firstSequence": 1}),
    ),
    "6.2: a reel that is spliced onto a label and then has the label's material is of that": plant(
        ("packageCreated", 5, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("merged", 5, {"packages": [{"package": "K1"}], "into": "K2", "how": "splice"}),
        ("relabelled", 5, {"package": "K2", "into": "K1"}),
        ("consumed", 9, {"unit": "S1", "package": "K1"}),
    ),
    "4.3: of names that are reused those that are known are given anew, and the others awaited": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 2, {"units": [{**PLACE, "serial": "S1"}, "S3"]}),
        ("nameReused", 3, {"unit": {**PLACE, "serial": "S2"}}),
        ("nameReused", 3, {"unit": {**PLACE, "position": 2, "serial": "S3"}}),
        ("consumed", 3.5, {"unit": PLACE, "package": "K1"}),
        ("consumed", 3.5, {"unit": "S3", "package": "K1"}),
    ),
    "6.2: as of a time before a label was filled what was drawn from it is of no known lot": plant(
        ("packageCreated", 1, {"package": "K9", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("merged", 2, {"packages": [{"package": "K0"}], "into": "K1"}),
        ("split", 2, {"package": "K0", "into": [{"package": "K2"}]}),
        ("consumed", 3, {"unit": "S1", "package": "K1"}),
        ("consumed", 3, {"unit": "S2", "package": "K2"}),
        ("relabelled", 8, {"package": "K9", "into": "K0"}),
    ),
    "7.7: what a set-up put into a board and into its panel, the board holds once": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("assembledInto", 2, {"links": [{"unit": "S2", "into": "S1", "relation": "panelOf"}]}),
        ("setUp", 3, {"station": "ST2", "slots": [{"slot": "F1", "package": "K1", "quantityPerUnit": 2}]}),
        ("unitProcessed", 3.5, {"units": ["S1"], "run": "R1", "firstSequence": 1, "station": "ST2"}),
        ("unitProcessed", 5, {"units": ["S2"], "run": "R2", "firstSequence": 1, "station": "ST2"}),
        ("removed", 6, {"unit": "S1", "package": "K1"}),
    ),
    "7.5: what rework took out whole is in the unit no more": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("consumed", 2, {"unit": "S1", "package": "K1"}),
        ("consumed", 2, {"unit": "S2", "package": "K1"}),
        ("removed", 3, {"unit": "S1", "package": "K1"}),
    ),
    "1.4: a range that is dated ahead waits for the names in it": plant(
        ("feed", YEARS_AHEAD, {"run": "R1", "feeds": [RANGE]}),
    ),
    "9.2: a board left with the shipment of the carton of its product": plant(
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("assembledInto", 2, {"links": [{"unit": "S1", "into": "S2"}]}),
        (
            "assembledInto",
            3,
            {"links": [{"unit": "S2", "into": {"container": "B1"}, "relation": "packedIn"}]},
        ),
        ("shipped", 4, {"units": ["S2"], "shipment": "SH1"}),
        ("shipped", 5, {"units": [{"container": "B1"}], "shipment": "SH2"}),
    ),
    "7.7: a panel on a panel is a board of that one": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2", "S3"]}),
        ("assembledInto", 2, {"links": [{"unit": "S2", "into": "S1", "relation": "panelOf"}]}),
        ("consumed", 3, {"unit": "S1", "package": "K1", "designators": ["C2"]}),
        ("assembledInto", 4, {"links": [{"unit": "S3", "into": "S2", "relation": "panelOf"}]}),
    ),
    "7.5: of a range that is dated ahead there is nothing to take out": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1"], "run": "R1", "firstSequence": 1}),
        ("feed", 2, {"run": "R1", "feeds": [RANGE | {"quantityPerUnit": 1}]}),
        ("feed", YEARS_AHEAD, {"run": "R1", "feeds": [RANGE | {"quantityPerUnit": 1}]}),
        ("removed", 3, {"unit": "S1", "package": "K1", "quantity": 1}),
    ),
    "7.5: a removal finds what a set-up put in, as the run of a report is not at that station": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("setUp", 2, {"station": "ST1", "slots": [{"slot": "F1", "package": "K1"}]}),
        ("unitProcessed", 3, {"units": ["S1"], "run": {"id": "R1", "station": "ST1"}, "firstSequence": 1}),
        ("consumed", 3, {"unit": "S1", "package": "K2", "slot": "F1", "run": "R2"}),
        ("unitProcessed", 3, {"units": ["S2"], "run": {"id": "R2", "station": "ST1"}, "firstSequence": 1}),
        ("removed", 4, {"unit": "S1", "package": "K1"}),
        ("correction", 5, {"corrects": "e6"}),
    ),
    "7.5: a removal finds what was used on a panel that was taken out of its board": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1"], "kind": "panel"}),
        ("unitCreated", 1, {"units": ["S2"]}),
        ("consumed", 4, {"unit": "S1", "package": "K1", "designators": ["C1"]}),
        ("removed", 5, {"unit": "S2", "package": "K1", "designators": ["C1"]}),
        ("assembledInto", 2, {"links": [{"unit": "S1", "into": "S2"}]}),
        ("assembledInto", 3, {"links": [{"unit": "S2", "into": "S1", "relation": "panelOf"}]}),
        ("correction", 6, {"corrects": "e5"}),
    ),
    "7.5: as of a time before a report a removal found what the set-up had put in": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("consumed", 1, {"unit": "S1", "package": "K1", "slot": "F2", "quantity": 1}),
        ("setUp", 2, {"station": "ST1", "slots": [{"slot": "F1", "package": "K1", "quantityPerUnit": 1}]}),
        ("unitProcessed", 2.5, {"units": ["S1"], "run": {"id": "R1", "station": "ST1"}, "firstSequence": 1}),
        ("removed", 3, {"unit": "S1", "package": "K1", "quantity": 1}),
        ("consumed", 5, {"unit": "S1", "package": "K2", "slot": "F1", "run": "R1"}),
    ),
    "8.1: what is used on a panel as a board leaves it is not in the board, nor what was on it for no time": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2", "S3"]}),
        ("assembledInto", 2, {"links": [{"unit": "S2", "into": "S1", "relation": "panelOf"}]}),
        ("assembledInto", 3, {"links": [{"unit": "S2", "into": each} for each in ("S1", "S3")]}),
        ("consumed", 3, {"unit": "S1", "package": "K1", "designators": ["C1"]}),
        ("consumed", 2, {"unit": "S3", "package": "K1", "designators": ["C2"]}),
    ),
    "8.3: what came back without having left stays in its carton": plant(
        ("unitCreated", 1, {"units": ["S1"]}),
        ("returned", 8, {"units": ["S1"]}),
        (
            "assembledInto",
            2,
            {"links": [{"unit": "S1", "into": {"container": "B2"}, "relation": "packedIn"}]},
        ),
    ),
    "8.4: what left in a pallet, told later, comes back out of its carton": plant(
        ("unitCreated", 1, {"units": ["S1"]}),
        ("returned", 8, {"units": ["S1"]}),
        (
            "assembledInto",
            2,
            {"links": [{"unit": "S1", "into": {"container": "B2"}, "relation": "packedIn"}]},
        ),
        ("shipped", 5, {"units": [{"container": "B1"}], "shipment": "SH1"}),
        (
            "assembledInto",
            3,
            {"links": [{"unit": {"container": "B2"}, "into": {"container": "B1"}, "relation": "packedIn"}]},
        ),
    ),
    "9.2: whose a board is says the nearest that it is part of": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("unitCreated", 1, {"units": ["S2"], "customer": "Acorn"}),
        ("unitCreated", 1, {"units": ["S3"], "customer": "Birch"}),
        ("consumed", 2, {"unit": "S1", "package": "K1"}),
        ("assembledInto", 3, {"links": [{"unit": "S1", "into": "S2"}, {"unit": "S2", "into": "S3"}]}),
    ),
    "9.2: a board leaves with its panel": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S3"]}),
        ("consumed", 2, {"unit": "S3", "package": "K1"}),
        ("assembledInto", 3, {"links": [{"unit": "S3", "into": "S1", "relation": "panelOf"}]}),
        ("shipped", 4, {"units": ["S1"], "shipment": "SH2"}),
    ),
    "2: a link that waited keeps its place in its event": plant(
        ("unitCreated", 1, {"units": ["S1", "S3"]}),
        ("assembledInto", 2, {"links": [{"unit": "S1", "into": "S2"}, {"unit": "S1", "into": "S3"}]}),
        ("unitCreated", 1, {"units": ["S2"]}),
    ),
    "2: a splice that waited keeps its place in its event": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("consumed", 4, {"unit": "S1", "package": "K1"}),
        (
            "merged",
            3,
            {
                "packages": [{"package": "K3"}, {"package": "K2"}],
                "into": "K1",
                "how": "splice",
                "zone": {"until": at(3)},
            },
        ),
        ("packageCreated", 1, {"package": "K3", "lots": [{**LOT, "lotCode": "L3"}]}),
    ),
    "2: of two uses in one event that take pieces, the later one loses them, whichever waited": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1"], "run": "R1", "firstSequence": 1}),
        (
            "feed",
            1,
            {
                "run": "R1",
                "feeds": [
                    {
                        "package": label,
                        "sequenceFrom": 1,
                        "sequenceTo": 1,
                        "slot": slot,
                        "designators": [place],
                        "quantityPerUnit": 1,
                    }
                    for label, slot, place in (("K2", "F1", "C1"), ("K1", "F2", "C2"))
                ],
            },
        ),
        ("removed", 5, {"unit": "S1", "designators": ["C1"]}),
        ("packageCreated", 1, {"package": "K2", "lots": [LOT]}),
    ),
    "6.3: a unit passes with its first pass, whichever was told first": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        (
            "merged",
            2,
            {
                "packages": [{"package": "K2"}],
                "into": "K1",
                "how": "splice",
                "zone": {"run": "R1", "sequenceTo": 1},
            },
        ),
        ("unitProcessed", 5, {"units": ["S1"], "run": "R1", "firstSequence": 1}),
        ("unitProcessed", 3, {"units": ["S1"], "run": "R1", "firstSequence": 1}),
        ("consumed", 4, {"unit": "S2", "package": "K1"}),
    ),
    "4.3: a label is given anew, without its issuer, before anything is said of it": plant(
        ("nameReused", 1, {"package": "K4"}),
        ("packageCreated", 2, {"package": {"id": "K4", "issuer": "Acorn"}, "lots": [LOT]}),
    ),
    "6.2: labels that are relabelled and merged into each other": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("relabelled", 2, {"package": "K1", "into": "K2"}),
        ("merged", 3, {"packages": [{"package": "K2"}, {"package": "K3"}], "into": "K1"}),
        ("relabelled", 3, {"package": "K1", "into": "K3"}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("consumed", 4, {"unit": "S1", "package": "K3"}),
    ),
    "10: two are on one designator until one is taken out": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("consumed", 2, {"unit": "S1", "package": "K1", "designators": ["C1", "C2"]}),
        ("consumed", 3, {"unit": "S1", "package": "K2", "designators": ["C1", "C2"]}),
        ("removed", 5, {"unit": "S1", "package": "K1", "designators": ["C2"]}),
    ),
    "10: a unit is on a number once it has passed": plant(
        ("unitCreated", 2, {"units": ["S1"], "run": "R1", "firstSequence": 1}),
        ("unitCreated", 3, {"units": ["S2"], "run": "R1", "firstSequence": 1}),
        ("unitCreated", 5, {"units": ["S3"], "run": "R1", "firstSequence": 1}),
    ),
    "10: more was used than was counted up to then": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT], "quantity": 1}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("consumed", 2, {"unit": "S1", "package": "K1", "quantity": 1}),
        ("consumed", 3, {"unit": "S2", "package": "K1", "quantity": 1}),
        ("packageCreated", 5, {"package": "K1", "lots": [LOT], "counted": 9}),
    ),
    "10: a report is against a set-up while its run is at that station": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("setUp", 1, {"station": "ST1", "slots": [{"slot": "F1", "package": "K1"}]}),
        ("unitProcessed", 2, {"units": ["S1"], "run": {"id": "R1", "station": "ST1"}, "firstSequence": 1}),
        ("consumed", 3, {"unit": "S1", "package": "K2", "slot": "F1", "run": "R1"}),
        ("unitProcessed", 5, {"units": ["S2"], "run": {"id": "R1", "station": "ST2"}, "firstSequence": 5}),
    ),
    "10: a removal finds what was used on a panel once it is known to have been on it": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("consumed", 2, {"unit": "S2", "package": "K1", "designators": ["C1"]}),
        ("removed", 3, {"unit": "S1", "package": "K1", "designators": ["C1"]}),
        ("assembledInto", 5, {"links": [{"unit": "S1", "into": "S2", "relation": "panelOf"}]}),
    ),
    "10: what the second of two holders is said to be contradicts nothing before": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 5, {"package": "K1", "lots": [OTHER]}),
    ),
    "4.5: what is merged into a label that a list announces comes to what the list says": plant(
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("list", 1, {"list": "arro", "reels": [{"label": "K1", "lot": LOT}]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("consumed", 2, {"unit": "S1", "package": "K1"}),
        ("merged", 3, {"packages": [{"package": "K2"}, {"package": "K1"}], "into": "K1"}),
        ("consumed", 4, {"unit": "S2", "package": "K1"}),
    ),
    "6.2: what something was taken from before a merge was there before it, whichever was told first": plant(
        ("packageCreated", 1, {"package": "K2", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("split", 2, {"package": "K1", "into": [{"package": "K3"}]}),
        ("merged", 3, {"packages": [{"package": "K2"}], "into": "K1"}),
        ("consumed", 2.5, {"unit": "S1", "package": "K3"}),
        ("consumed", 4, {"unit": "S2", "package": "K1"}),
    ),
    "6.2: labels that flow into each other hold what came to them from elsewhere": plant(
        ("merged", 7, {"packages": [{"package": "K1"}], "into": "K2"}),
        ("merged", 6, {"packages": [{"package": "K2"}], "into": "K1"}),
        ("packageCreated", 1, {"package": "K3", "lots": [LOT]}),
        ("split", 6, {"package": "K3", "into": [{"package": "K2"}]}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("consumed", 8, {"unit": "S1", "package": "K2"}),
    ),
    "1.3: a ring of corrections that another one opened is a chain from there on": plant(
        ("correction", 1, {"corrects": "e1"}),
        ("correction", 1, {"corrects": "e2"}),
        ("correction", 1, {"corrects": "e0"}),
        ("correction", 2, {"corrects": "e0"}),
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
    ),
    "10: contents are touched by what does not fit of a package that their own was split off": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT], "quantity": 1}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("split", 2, {"package": "K1", "into": [{"package": "K2"}]}),
        ("consumed", 3, {"unit": "S1", "package": "K2"}),
        ("consumed", 3, {"unit": "S2", "package": "K1", "quantity": 5}),
    ),
    "10: where-used is touched by no package into which the material came later": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER], "quantity": 1}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("consumed", 3, {"unit": "S1", "package": "K2", "quantity": 5}),
        ("merged", 6, {"packages": [{"package": "K1", "quantity": 1}], "into": "K2"}),
    ),
    "7.8: what one set-up put into a unit is of what the package held at any of its passes": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("setUp", 1, {"station": "ST1", "slots": [{"slot": "F1", "package": "K1"}]}),
        ("unitCreated", 2, {"units": ["S1"], "run": {"id": "R1", "station": "ST1"}, "firstSequence": 1}),
        ("merged", 3, {"packages": [{"package": "K2"}], "into": "K1"}),
        ("unitProcessed", 4, {"units": ["S1"], "run": "R1", "firstSequence": 2}),
    ),
    "9.5: a name that waits to be one with others touches answers as of any time": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1"], "run": "R1", "firstSequence": 1}),
        ("consumed", 2, {"unit": "S1", "package": "K1"}),
        ("unitCompleted", 3, {"units": ["S1"], "run": "R1"}),
        ("sameUnit", 8, {"units": ["S1", "S2"]}),
    ),
    "9.5: what is dated ahead of a package that is not known whole may be of any lot": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": []}),
        ("unitCreated", 1, {"units": ["S1"], "run": "R1", "firstSequence": 1}),
        ("consumed", 2, {"unit": "S1", "package": "K1"}),
        ("unitCompleted", 3, {"units": ["S1"], "run": "R1"}),
        ("consumed", YEARS_AHEAD, {"unit": "S2", "package": "K2"}),
        ("unitCreated", 1, {"units": ["S2"]}),
    ),
    "9.5: what is dated ahead of what a unit is in, or of what is in it, touches": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("consumed", 2, {"unit": "S1", "package": "K1"}),
        (
            "assembledInto",
            3,
            {"links": [{"unit": "S1", "into": {"container": "B2"}}, {"unit": "S2", "into": "S1"}]},
        ),
        ("tested", YEARS_AHEAD, {"units": [{"container": "B2"}, "S2"], "result": "passed"}),
    ),
    "9.5: a range that waits touches no unit before it passed": plant(
        ("unitCreated", 1, {"units": ["S1"]}),
        ("feed", 2, {"run": "R1", "feeds": [RANGE]}),
        ("unitProcessed", 6, {"units": ["S1"], "run": "R1", "firstSequence": 1}),
    ),
    "9.5: of two set-ups of one slot in one event the last stands": plant(
        (
            "unitCreated",
            2,
            {"units": ["S1"], "customer": "Acorn", "run": {"id": "R1", "station": "ST1"}, "firstSequence": 1},
        ),
        (
            "setUp",
            1,
            {"station": "ST1", "slots": [{"slot": "F1", "package": "K8"}, {"slot": "F1", "package": "K9"}]},
        ),
    ),
    "4.3: of a place and a serial number that is not known the place is given anew": plant(
        ("nameReused", 3, {"unit": {**PLACE, "serial": "S1"}}),
        ("unitCreated", 1, {"units": [PLACE]}),
        ("nameReused", 3, {"unit": {**PLACE, "position": 2, "serial": "S2"}}),
        ("unitCreated", 1, {"units": ["S2"]}),
    ),
    "7.5: what a removal did not find touches the package that it names": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1", "S2"], "customer": "Acorn"}),
        ("unitCreated", 1, {"units": ["S3"], "customer": "Birch"}),
        ("consumed", 2, {"unit": "S1", "package": "K1", "quantity": 2}),
        ("consumed", 2, {"unit": "S2", "package": "K1", "quantity": 2}),
        ("consumed", 2, {"unit": "S3", "package": "K2"}),
        ("removed", 3, {"unit": "S1", "package": "K1", "quantity": 5}),
        ("removed", 3, {"unit": "S1", "package": "K2"}),
        ("removed", 5, {"unit": "S2", "designators": ["C1"]}),
    ),
    "9.1: a package is of the receipt, date code and part number that are said as of the time": plant(
        ("packageCreated", 2, {"package": "K1", "lots": [LOT], **FIRST_SAID}),
        ("packageCreated", 5, {"package": "K1", **SAID_ANEW}),
        ("unitCreated", 1, {"units": ["S1"], "customer": "Acorn"}),
        ("consumed", 1, {"unit": "S1", "package": "K1"}),
    ),
    "9.1: what came of no known lot may be the lot that is said of the label divided from it": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT], "receipt": {"deliveryNote": "DN-1"}}),
        ("packageCreated", 1, {"package": "K3", "receipt": {"deliveryNote": "DN-2"}}),
        ("merged", 2, {"packages": [{"package": "K3"}], "into": "K1"}),
        ("packageCreated", 1, {"package": "K2", "lots": [LOT]}),
        ("split", 3, {"package": "K1", "into": [{"package": "K2"}]}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("consumed", 3.5, {"unit": "S1", "package": "K2"}),
    ),
    "9.1: what was divided is of the date code of what it came from, before that of its lot": (
        listed("DN-1", "K9"),
        *plant(
            ("packageCreated", 1, {"package": "K1", "dateCode": "2530"}),
            ("packageCreated", 1, {"package": "K2", "lots": [LOT]}),
            ("split", 2, {"package": "K1", "into": [{"package": "K2"}]}),
            ("unitCreated", 1, {"units": ["S1"], "customer": "Acorn"}),
            ("consumed", 3, {"unit": "S1", "package": "K2"}),
        ),
    ),
    "6.3: who passed at the time of a zone's last unit is within it": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 2, {"units": ["S1", "S2", "S3"], "run": "R1", "firstSequence": 1}),
        ("unitCreated", 3, {"units": ["S4"], "run": "R1", "firstSequence": 4}),
        (
            "merged",
            1.5,
            {
                "packages": [{"package": "K2"}],
                "into": "K1",
                "how": "splice",
                "zone": {"run": "R1", "sequenceTo": 2},
            },
        ),
        ("feed", 5, {"run": "R1", "feeds": [RANGE]}),
    ),
    "7.3: a range holds possibly where a unit passed when its package did not stand there": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2", "S3"]}),
        ("unitProcessed", 2, {"units": ["S1", "S2", "S3"], "run": "R1", "firstSequence": 1}),
        ("unitProcessed", 4, {"units": ["S1"], "run": "R1", "firstSequence": 4}),
        ("unitProcessed", 4, {"units": ["S2"], "run": "R1", "firstSequence": 2}),
        ("feed", 6, {"run": "R1", "feeds": [{**RANGE, "from": at(3), "to": at(5)}]}),
        ("unitCompleted", 7, {"units": ["S1", "S2", "S3"], "run": "R1"}),
        ("unitCreated", 1, {"units": ["P9"], "kind": "panel"}),
        ("assembledInto", 1, {"links": [{"unit": "S3", "into": "P9", "relation": "panelOf"}]}),
        ("unitProcessed", 6, {"units": ["P9"], "run": "R1", "firstSequence": 5}),
    ),
    "7.8: a run that goes on at another station leaves who had passed where they were": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("setUp", 1, {"station": "M1", "slots": [{"slot": "F1", "package": "K1"}]}),
        ("setUp", 1, {"station": "M2", "slots": [{"slot": "F1", "package": "K2"}]}),
        ("unitProcessed", 2, {"units": ["S1"], "run": {"id": "R1", "station": "M1"}, "firstSequence": 1}),
        ("removed", 3, {"unit": "S1", "package": "K1", "reason": "cracked"}),
        (
            "unitProcessed",
            5,
            {"units": ["S1", "S2"], "run": {"id": "R1", "station": "M2"}, "firstSequence": 1},
        ),
        ("consumed", 6, {"unit": "S2", "package": "K1", "run": "R1", "slot": "F1"}),
        ("unitCompleted", 7, {"units": ["S1"], "station": "M1"}),
    ),
    "9.6: a report of one run is none of another in which the material is known to be used": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("unitProcessed", 2, {"units": ["S1", "S2"], "run": "R1"}),
        ("unitCompleted", 2, {"units": ["S1", "S2"], "run": "R1"}),
        ("unitProcessed", 3, {"units": ["S1", "S2"], "run": "R2"}),
        ("unitCompleted", 3, {"units": ["S1", "S2"], "run": "R2"}),
        ("consumed", 2, {"unit": "S1", "package": "K2", "run": "R1"}),
        ("consumed", 2, {"unit": "S2", "package": "K2", "run": "R1"}),
        ("consumed", 3, {"unit": "S1", "package": "K1", "run": "R2"}),
        # Reported without run: of one of the two passes that could be meant.
        ("consumed", 4, {"unit": "S2", "package": "K2"}),
        ("correction", 5, {"corrects": "e8"}),
    ),
    "1.5: what flows later says nothing of what a package is of": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT], "dateCode": "2530"}),
        ("split", 8, {"package": "K1", "into": [{"package": "K2"}]}),
        ("unitCreated", 1, {"units": ["S1"]}),
        ("consumed", 3, {"unit": "S1", "package": "K2"}),
    ),
    "11: who is told the order of a shipment is who is named with it": (Subject(packages=("K1",)),),
    "11: what is undecided between units of theirs is told to nobody but the plant": (
        Subject(packages=("K1",)),
    ),
    "4.3: a pass is of whom its line means, though the next line gives the container away": plant(
        ("unitCreated", 12, {"units": [{"serial": each, "container": "B1"} for each in ("S2", "S3")]}),
        (
            "unitCreated",
            13,
            {
                "units": [{"container": "B1"}, {"serial": "S1", "container": "B1"}],
                "run": "R1",
                "firstSequence": 1,
            },
        ),
        ("unitCreated", 6, {"units": ["S7"]}),
        ("sameUnit", 14, {"units": [{"container": "B1", "at": at(12.5)}, "S7"]}),
        ("sameUnit", 14, {"units": [{"container": "B1", "at": at(11)}, "S8"]}),
    ),
    "4.6: what is said of a board at a place of several is said of no panel whose number stands beside it": plant(
        ("unitCreated", 10, {"units": [{**PLACE, "serial": "S3"}]}),
        ("unitCreated", 10, {"units": [MARKED, {**MARKED, "issuer": "Acorn"}], "kind": "board"}),
        ("unitCreated", 12, {"units": ["P1"], "kind": "panel"}),
    ),
    "6.2: a lot that was spliced onto the label with which it began is possibly of that": (
        *(Subject(packages=(each,)) for each in ("K1", "K2")),
        Subject(date_codes=("2530",)),
    ),
    "4.5: a list speaks of no label of another issuer": (
        listed("DN-1", "K5"),
        *plant(
            ("packageCreated", 1, {"package": {"id": "K5", "issuer": "Acorn"}, "lots": [LOT]}),
            ("unitCreated", 1, {"units": ["S1"], "customer": "Acorn"}),
            ("consumed", 3, {"unit": "S1", "package": "K5"}),
        ),
    ),
    "4.5: a label that a list announced first and an event names later is one package": (
        listed("DN-1", "K1"),
        *plant(
            ("unitCreated", 1, {"units": ["S1"]}),
            ("consumed", 1, {"unit": "S1", "package": "K1"}),
            ("packageCreated", 2, {"package": "K1"}),
        ),
    ),
    "9.3: a board that left by itself, came back and was built into what left later": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1"], "customer": "Acorn"}),
        ("unitCreated", 1, {"units": ["S2"], "customer": "Birch"}),
        ("consumed", 1, {"unit": "S1", "package": "K1"}),
        ("shipped", 2, {"units": ["S1"], "shipment": "SH1", "customer": "Acorn"}),
        ("returned", 3, {"units": ["S1"]}),
        ("assembledInto", 3.5, {"links": [{"unit": "S1", "into": "S2"}]}),
        ("shipped", 5, {"units": ["S2"], "shipment": "SH2", "customer": "Birch"}),
    ),
    "9.2: a board that left by itself and was built in since is with its own shipment": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("consumed", 1, {"unit": "S1", "package": "K1"}),
        ("shipped", 2, {"units": ["S1"], "shipment": "SH1", "customer": "Acorn"}),
        ("shipped", 2.5, {"units": ["S2"], "shipment": "SH2", "customer": "Birch"}),
        ("assembledInto", 3, {"links": [{"unit": "S1", "into": "S2"}]}),
        ("shipped", 6, {"units": ["S2"], "shipment": "SH3", "customer": "Birch"}),
    ),
    "8.3: what comes back brings what had left by itself and was built into it": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1", "S2"]}),
        ("consumed", 1, {"unit": "S1", "package": "K1"}),
        ("shipped", 2, {"units": ["S1"], "shipment": "SH1", "customer": "Acorn"}),
        ("assembledInto", 3, {"links": [{"unit": "S1", "into": "S2"}]}),
        ("shipped", 3.5, {"units": ["S2"], "shipment": "SH2", "customer": "Birch"}),
        ("returned", 5, {"units": ["S2"]}),
    ),
    "11: a board left in a module of nobody's, and not in a product of others": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 1, {"units": ["S1"], "customer": "Acorn"}),
        ("unitCreated", 1, {"units": ["S2", {"container": "B1"}]}),
        ("unitCreated", 1, {"units": ["S3"], "customer": "Birch"}),
        ("consumed", 1, {"unit": "S1", "package": "K1"}),
        ("assembledInto", 2, {"links": [{"unit": "S1", "into": "S2"}]}),
        (
            "assembledInto",
            2,
            {"links": [{"unit": "S2", "into": {"container": "B1"}, "relation": "packedIn"}]},
        ),
        ("shipped", 3, {"units": [{"container": "B1"}], "shipment": "SH1", "customer": "Acorn"}),
    ),
    "6.2: a label onto which another was spliced is no more of what goes round in a circle": plant(
        ("unitCreated", 1, {"units": ["S2"], "customer": "Acorn"}),
        ("split", 2, {"package": "K2", "into": [{"package": "K2"}, {"package": "K1"}]}),
        ("split", 2.5, {"package": "K1", "into": [{"package": "K4"}]}),
        ("relabelled", 3, {"package": "K1", "into": "K2"}),
        (
            "merged",
            5,
            {"packages": [{"package": "K2"}], "into": "K4", "how": "splice", "zone": {"until": at(3)}},
        ),
        ("split", 6, {"package": "K4", "into": [{"package": "K3"}]}),
        ("merged", 7, {"packages": [{"package": "K3"}], "into": "K2", "how": "splice"}),
        ("merged", 8, {"packages": [{"package": "K2"}], "into": "K1"}),
        ("consumed", 9, {"unit": "S2", "package": "K1"}),
    ),
    **{
        f"7.7: a panel passes {name} again when its board is cut off it": plant(
            *ON_PANEL,
            ("removed", 3, {"unit": "P1", "part": "S1"}),
            *said,
            ("unitProcessed", 4, {"units": ["P1"], "run": "R1", "firstSequence": number}),
        )
        for name, number, said in (
            ("by one number", 1, ()),
            ("by another", 2, ()),
            ("a splice", 2, (SPLICED,)),
        )
    },
    **{
        f"7.7: what is taken out of a panel is not taken out of a board that passed {name}": plant(
            *ON_PANEL,
            ("removed", 2.5, {"unit": "P1", "package": "K1"}),
            SPLICED,
            ("unitProcessed", hour, {"units": ["S1"], "run": "R1", "firstSequence": 2}),
        )
        for name, hour in (("later", 4), ("before", 1.5))
    },
}

FOUND |= {
    "4.3: a container that is named with another serial number is another unit's from then on": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 2, {"units": [{"serial": "S1", "container": "B1"}], "customer": "Acorn"}),
        ("consumed", 3, {"unit": {"container": "B1"}, "package": "K1"}),
        ("unitCreated", 4, {"units": [{"serial": "S2", "container": "B1"}], "customer": "Birch"}),
        ("consumed", 5, {"unit": {"container": "B1"}, "package": "K2"}),
        ("shipped", 6, {"units": [{"container": "B1"}], "shipment": "SH1"}),
    ),
    "4.3: whose a place is of two serial numbers of one time nobody knows until it is told": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 2, {"units": [{**PLACE, "serial": "S1"}]}),
        ("consumed", 2.5, {"unit": PLACE, "package": "K1"}),
        ("unitCreated", 3, {"units": [{**PLACE, "serial": "S1"}, {**PLACE, "serial": "S2"}]}),
        ("consumed", 3.5, {"unit": PLACE, "package": "K1", "designators": ["C1"]}),
        ("unitCreated", 4, {"units": [{**PLACE, "serial": "S2"}]}),
        ("consumed", 5, {"unit": PLACE, "package": "K1", "designators": ["C2"]}),
        ("correction", 6, {"corrects": "e5"}),
    ),
    "4.6: an id leads to its own unit where another one has the container at the same time": plant(
        (
            "unitCreated",
            16,
            {
                "units": [{"serial": "S3"}, {"container": "B1"}, {"serial": "S2", "container": "B1"}],
                "kind": "board",
            },
        ),
        (
            "unitCreated",
            9,
            {"units": [{"serial": "S1", "issuer": "Birch", "container": "B1"}], "kind": "board"},
        ),
    ),
    "7.3: one of an alternative group is possible": plant(
        ("packageCreated", 1, {"package": "K1", "lots": [LOT]}),
        ("packageCreated", 1, {"package": "K2", "lots": [OTHER]}),
        ("unitCreated", 2, {"units": ["S1"], "run": {"id": "R1", "station": "ST1"}, "firstSequence": 1}),
        ("setUp", 1, {"station": "ST1", "slots": [{"slot": "F1", "package": "K1"}]}),
        *(
            (
                "consumed",
                2,
                {"unit": "S1", "package": each, "run": "R1", "slot": "F1", "alternativeGroup": "G1"},
            )
            for each in ("K1", "K2")
        ),
        (
            "feed",
            2,
            {
                "run": "R1",
                "feeds": [{**RANGE, "package": each, "alternativeGroup": "G1"} for each in ("K1", "K2")],
            },
        ),
    ),
    "9.3: what was put in and taken out at one time was away with the shipment of that time": plant(
        ("packageCreated", 6, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 6, {"units": ["S1", "S2", "S3"]}),
        ("shipped", 7, {"units": ["S1", "S2", "S3"], "shipment": "SH1", "customer": "Acorn"}),
        *((kind, 8, {"unit": each, "package": "K1"}) for each in ("S1", "S2", "S3") for kind in REWORK),
    ),
    "7.8: a waiting set-up is not about a pass that was told again since, at the same station": plant(
        ("unitProcessed", 6, {"units": [PLACE], "run": "R1", "firstSequence": 1}),
        ("unitCreated", 7, {"units": [PLACE], "kind": "panel", "run": "R1", "firstSequence": 1}),
        ("setUp", 7, {"station": "ST1", "slots": [{"slot": "F1", "package": "K4"}]}),
        ("unitProcessed", 9, {"units": ["S2"], "run": {"id": "R1", "station": "ST1"}, "firstSequence": 1}),
    ),
    "10: a label touches what a panel is in no more than what its boards took along": plant(
        ("packageCreated", 6, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 6, {"units": ["S1", "S2", "S3"]}),
        ("unitCreated", 6, {"units": ["P1"], "kind": "panel"}),
        ("assembledInto", 7, {"links": [{"unit": "S1", "into": "P1", "relation": "panelOf"}]}),
        ("consumed", 8, {"unit": "P1", "package": "K1"}),
        ("assembledInto", 9, {"links": [{"unit": "S1", "into": "S2", "relation": "partOf"}]}),
        ("assembledInto", 9, {"links": [{"unit": "P1", "into": "S3", "relation": "partOf"}]}),
        ("packageCreated", 12, {"package": "K1", "lots": [OTHER]}),
    ),
    "10: a unit that one event puts twice where it cannot be is told for each": plant(
        ("unitCreated", 6, {"units": ["S1", "S2"]}),
        ("assembledInto", 7, {"links": [{"unit": "S1", "into": "S2"}]}),
        ("assembledInto", 8, {"links": [{"unit": "S2", "into": "S1"}, {"unit": "S2", "into": "S2"}]}),
        ("assembledInto", 9, {"links": [{"unit": "S2", "into": "S2"}, {"unit": "S2", "into": "S2"}]}),
    ),
    "4.3: a pass of a place of several is undecided wherever in its event it stands": plant(
        ("unitCreated", 6, {"units": [{**PLACE, "serial": "S2"}]}),
        (
            "unitCreated",
            9,
            {"units": [{**PLACE, "position": 2, "serial": "S2"}, PLACE], "run": "R2", "firstSequence": 1},
        ),
        ("unitCreated", 10, {"units": [{**PLACE, "serial": "S2"}]}),
        ("unitCreated", 10, {"units": [{**PLACE, "serial": "S9"}]}),
    ),
    "11: who is told the order of a shipment is who is named with it": plant(
        ("unitCreated", 6, {"units": ["S1", "S2"], "customer": "Acorn"}),
        ("shipped", 9, {"units": ["S1"], "shipment": "SH1", "order": "PO-1", "customer": "Acorn"}),
        ("shipped", 10, {"units": ["S2"], "shipment": "SH1", "order": "PO-2"}),
    ),
    "11: what is undecided between units of theirs is told to nobody but the plant": plant(
        ("packageCreated", 6, {"package": "K1", "lots": [LOT]}),
        (
            "unitCreated",
            6,
            {
                "units": [{"serial": "S1", "issuer": "Acorn"}, {"serial": "S1", "issuer": "Birch"}],
                "customer": "Acorn",
            },
        ),
        ("consumed", 9, {"unit": "S1", "package": "K1"}),
    ),
    "9.5: passes of one unit that one event dated ahead says without a number are one": plant(
        ("unitCreated", YEARS_AHEAD, {"units": [PLACE, PLACE], "run": "R2"}),
        ("unitCreated", YEARS_AHEAD, {"units": ["S1", "S1"], "run": "R2", "firstSequence": 1}),
    ),
    "9.5: a use that is to come in a product touches the contents of no part of it": plant(
        ("packageCreated", 6, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 6, {"units": ["S1", "S2", "S3"]}),
        ("unitCreated", 6, {"units": ["P1"], "kind": "panel"}),
        ("assembledInto", 7, {"links": [{"unit": "S1", "into": "S2"}]}),
        ("assembledInto", 7, {"links": [{"unit": "S3", "into": "P1", "relation": "panelOf"}]}),
        ("consumed", 8, {"unit": "S2", "package": "K9"}),
        ("consumed", 8, {"unit": "P1", "package": "K9"}),
        *(("consumed", YEARS_AHEAD, {"unit": each, "package": "K1"}) for each in ("S2", "P1")),
    ),
    "6.2: a lot that was spliced onto the label with which it began is possibly of that": plant(
        ("unitCreated", 6, {"units": ["S1"]}),
        ("merged", 7, {"packages": [{"package": "K1"}], "into": "K2", "how": "splice"}),
        ("relabelled", 8, {"package": "K2", "into": "K1"}),
        ("packageCreated", 11, {"package": "K2", "lots": [], "dateCode": "2530"}),
        ("packageCreated", 11, {"package": "K1", "lots": [OTHER, LOT]}),
        ("consumed", 12, {"unit": "S1", "package": "K1"}),
    ),
    "9.6: a panel that completes when its boards were cut completes their passes": plant(
        ("packageCreated", 6, {"package": "K1", "lots": [LOT]}),
        ("unitCreated", 6, {"units": ["P1"], "kind": "panel"}),
        ("unitCreated", 6, {"units": ["S1", "S2", "S3"]}),
        ("assembledInto", 7, {"links": [{"unit": "S1", "into": "P1", "relation": "panelOf"}]}),
        ("unitProcessed", 8, {"units": ["P1"], "run": "R1", "firstSequence": 1}),
        ("unitProcessed", 8, {"units": ["P1"], "run": "R2", "firstSequence": 1}),
        ("consumed", 8, {"unit": "P1", "package": "K1"}),
        ("assembledInto", 9, {"links": [{"unit": "S1", "into": "S2"}]}),
        ("unitCompleted", 12, {"units": ["P1"], "run": "R1"}),
        ("unitCompleted", 12.5, {"units": ["P1"]}),
    ),
}

ONE_LOT = (lot_of(LOT),)
# What is asked besides of these plants.
ABOUT = {
    "9.2: a board that left by itself and was built in since is with its own shipment": (
        Subject(packages=("K1",), level="shipment"),
    ),
    "11: a board left in a module of nobody's, and not in a product of others": (
        Subject(packages=("K1",), level="shipment"),
        Subject(packages=("K1",), level="shipment", ever=True),
    ),
    "6.2: a label onto which another was spliced is no more of what goes round in a circle": (
        Subject(packages=("K4",), ever=True),
        Subject(packages=("K4", "K1")),
    ),
    "9.1: a package is of the receipt, date code and part number that are said as of the time": (
        *(Subject(receipts=(each,)) for each in ("DN-1", "DN-2")),
        *(Subject(date_codes=(each,)) for each in ("2541", "2530")),
        *(Subject(part_numbers=(each,)) for each in ("47-100", "47-200")),
        Subject(lots=ONE_LOT, note="DN-1"),
    ),
    "9.1: what came of no known lot may be the lot that is said of the label divided from it": (
        *(Subject(packages=(each,)) for each in ("K1", "K3")),
        Subject(packages=("K1", "K3")),
        *(Subject(receipts=(each,)) for each in ("DN-1", "DN-2")),
        *(Subject(lots=ONE_LOT, note=each) for each in ("DN-1", "DN-2")),
    ),
    "9.1: what was divided is of the date code of what it came from, before that of its lot": (
        *(Subject(date_codes=(each,)) for each in ("2541", "2530")),
        # [11] An auditor is refused what nothing of theirs is of.
        *(Subject(date_codes=(each,), packages=("K2",)) for each in ("2541", "2530")),
        Subject(lots=ONE_LOT, first_date="2535"),
        Subject(lots=ONE_LOT, last_date="2535"),
    ),
    "1.5: what flows later says nothing of what a package is of": (
        Subject(packages=("K2",), first_date="2535"),
        Subject(packages=("K2",), last_date="2535"),
    ),
    "4.5: a list speaks of no label of another issuer": (
        *(Subject(lots=ONE_LOT, note=each) for each in ("DN-1", "DN-2")),
        Subject(packages=("K5",)),
    ),
    "4.5: a label that a list announced first and an event names later is one package": (
        Subject(packages=("K1",)),
    ),
}
