"""Plants for Hypothesis: 1 to 60 events of all kinds, from small pools, so that things collide."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from engine.record import Recorded
from engine.vocabulary import Json, form

START = datetime(2026, 3, 1, 6, tzinfo=UTC)
FIRST_RECORDED = datetime(2030, 1, 1, tzinfo=UTC)
NOW = datetime(2031, 1, 1, tzinfo=UTC)
FUTURE = datetime(2098, 1, 1, tzinfo=UTC)
MOST_EVENTS = 60

CUSTOMERS = ("Acorn", "Birch")
SUPPLIERS = ("arro", "bolt")
LOTS = tuple(
    {"manufacturer": maker, "mpn": mpn, "lotCode": code}
    for maker, mpn, code in (("Ohm", "R-100", "L1"), ("Ohm", "R-100", "L2"), ("Volt", "C-1", "L3"))
)

NOTES = ("DN-1", "DN-2")
DATE_CODES = ("2541", "2530", "25W41")
PART_NUMBERS = ("47-100", "47-200")

Said = st.SearchStrategy[Json]


def at(hour: float) -> str:
    return (START + timedelta(hours=hour)).isoformat()


# Mostly within a day; also after the thirty days of `createdAgain`, and dated ahead.
first_numbers = st.sampled_from([None, 1, 1, 1])
hours = st.integers(0, 12)
times = st.sampled_from(
    [*map(at, range(13)), *map(at, range(13)), at(24 * 40), at(24 * 40 + 6), FUTURE.isoformat()]
)
serials = st.sampled_from(["S1", "S2", "S3", "s 1", "\uff33\uff12"])
issuers = st.sampled_from([None, None, *CUSTOMERS])
labels = st.sampled_from(["K1", "K2", "K3", "K4", "k1"])
runs = st.sampled_from(["R1", "R2"])
stations = st.sampled_from(["ST1", "ST2"])
slots = st.sampled_from(["F1", "F2"])
designators = st.lists(st.sampled_from(["C1", "C2", "C3"]), max_size=3, unique=True)
quantities = st.sampled_from([None, None, 1, 2, 3, "0.5"])
measures = st.sampled_from([None, None, None, None, "kg"])
some_lots = st.lists(st.sampled_from(LOTS), max_size=2, unique_by=lambda each: each["lotCode"])
bases = st.sampled_from(["machine", "machine", "manual", "setup", "backflush"])
certainties = st.sampled_from([None, None, "exact", "possible", "assumed"])


def dropped(value: Json) -> Json:
    """Leave out what is None: it is not said."""
    return {member: each for member, each in value.items() if each is not None}


def _without_shared_zone(value: Json) -> Json:
    """Leave out what ends a zone by what everybody used or passed."""
    by_number = "run" in value.get("zone", {})
    return {m: v for m, v in value.items() if m != "greyZone" and not (m == "zone" and by_number)}


def saying(kind: str, /, **members: st.SearchStrategy[Any]) -> Said:
    return st.fixed_dictionaries({"type": st.just(kind), **members}).map(dropped)


def some(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.one_of(st.none(), strategy)


places = st.fixed_dictionaries({"panel": st.just("P1"), "position": st.integers(1, 2)})
with_serial = st.fixed_dictionaries({"serial": serials, "issuer": issuers}).map(dropped)
with_both = st.builds(lambda one, two: one | two, with_serial, places)
cartons = st.sampled_from([{"container": "B1"}, {"container": "B2"}])
units = st.one_of(serials, serials, serials, with_serial, places, cartons)
with_carton = st.builds(lambda one, two: one | two, with_serial, cartons)
new_units = st.one_of(units, with_both, with_carton)
with_label = st.fixed_dictionaries({"id": labels, "issuer": issuers}).map(dropped)
packages = st.one_of(labels, labels, with_label)
several_units = st.lists(units, min_size=1, max_size=3)
declared_runs = st.fixed_dictionaries(
    {"id": runs, "station": some(stations), "line": some(st.just("line 1")), "closedAt": some(hours.map(at))}
).map(dropped)
any_run = st.one_of(runs, declared_runs)
use = {
    "package": packages,
    "slot": some(slots),
    "designators": designators,
    "unitOfMeasure": measures,
    "basis": bases,
    "certainty": certainties,
    "alternativeGroup": st.sampled_from([None, None, None, "G1"]),
}
portions = st.lists(
    st.fixed_dictionaries({"package": packages, "quantity": quantities}).map(dropped), min_size=1, max_size=2
)
ranges = st.tuples(st.integers(1, 4), st.integers(0, 3))
zones = st.one_of(
    st.none(),
    st.fixed_dictionaries({"run": runs, "sequenceTo": st.integers(1, 4)}),
    hours.map(lambda each: {"until": at(each)}),
)


def feeding(line: Json, numbers: tuple[int, int], begin: int | None) -> Json:
    line = line | {"sequenceFrom": numbers[0], "sequenceTo": sum(numbers)}
    return line if begin is None else line | {"from": at(begin), "to": at(begin + 2)}


feedings = st.builds(
    feeding, st.fixed_dictionaries({**use, "quantityPerUnit": quantities}).map(dropped), ranges, some(hours)
)
links = st.fixed_dictionaries(
    {"unit": units, "into": units, "relation": st.sampled_from([None, None, "panelOf", "packedIn"])}
).map(dropped)

notes = st.sampled_from(["DN-1", "DN-1", "DN-2"])
received = {
    "deliveryNote": notes,
    "from": st.sampled_from([None, None, *SUPPLIERS]),
    "line": st.sampled_from([None, None, "1", "2"]),
}
receipts = st.fixed_dictionaries(received).map(dropped)
date_codes = st.sampled_from([None, None, *DATE_CODES])
origins = {
    "receipt": some(receipts),
    "dateCode": date_codes,
    "internalPartNumber": st.sampled_from([None, None, *PART_NUMBERS]),
}
material = (
    saying(
        "packageCreated",
        package=packages,
        lots=some_lots,
        quantity=quantities,
        counted=st.sampled_from([None, None, 1, 9]),
        unitOfMeasure=measures,
    ),
    saying("packageCreated", package=packages, lots=some_lots, **origins),
    saying("receipt", lots=some_lots, **received),
    saying("split", package=packages, into=portions),
    saying("merged", packages=portions, into=packages),
    saying(
        "merged", packages=portions, into=packages, how=st.just("splice"), zone=zones, greyZone=quantities
    ),
    saying("relabelled", package=packages, into=packages),
)
creations = saying(
    "unitCreated",
    units=st.lists(new_units, min_size=1, max_size=3),
    kind=st.sampled_from([None, "board", "panel", "product", "container"]),
    product=st.sampled_from([None, None, "P-100", "P-200"]),
    customer=st.sampled_from([None, *CUSTOMERS]),
    run=some(any_run),
    firstSequence=st.sampled_from([None, 1, 2, 3]),
)
set_ups = saying(
    "setUp",
    station=stations,
    slots=st.lists(
        st.fixed_dictionaries({"slot": slots, "package": some(packages), "quantityPerUnit": quantities}),
        min_size=1,
        max_size=2,
    ),
)
production = (
    creations,
    saying(
        "unitProcessed", units=several_units, run=any_run, firstSequence=first_numbers, station=some(stations)
    ),
    saying("unitCompleted", units=several_units, run=some(any_run), station=some(stations)),
    saying("feed", run=any_run, feeds=st.lists(feedings, min_size=1, max_size=2)),
    saying("consumed", unit=units, run=some(any_run), quantity=quantities, **use),
    saying("removed", unit=units, package=packages, designators=designators, quantity=quantities),
    saying("removed", unit=units, designators=st.just(["C1"])),
    saying("removed", unit=units, part=units),
    set_ups,
)
logistics = (
    saying("assembledInto", links=st.lists(links, min_size=1, max_size=2)),
    saying(
        "shipped",
        units=several_units,
        shipment=st.sampled_from(["SH1", "SH2"]),
        customer=st.sampled_from([None, *CUSTOMERS]),
        order=st.sampled_from([None, "PO-1", "PO-2"]),
    ),
    saying("returned", units=several_units),
    saying("tested", units=several_units, result=st.just("passed")),
)
timed_units = st.builds(
    lambda one, hour: (
        ({"serial": one} if isinstance(one, str) else one) | ({} if hour is None else {"at": at(hour)})
    ),
    units,
    some(hours),
)
decisions = (
    saying("sameUnit", units=st.lists(timed_units, min_size=2, max_size=3)),
    saying("nameReused", unit=units),
    saying("nameReused", package=packages),
)
numbers = st.integers(0, MOST_EVENTS - 1)
# `again` is the same content under another id; its number leads to an event of the plant.
corrections = (
    saying("correction", corrects=numbers),
    saying("again", of=numbers),
    saying("correction", corrects=numbers),
)
# A list that names a reel twice is refused.
reels = st.lists(
    st.fixed_dictionaries(
        {
            "label": labels,
            "lot": st.sampled_from(LOTS),
            "dateCodes": st.lists(st.sampled_from(DATE_CODES), max_size=1),
        }
    ),
    min_size=1,
    max_size=2,
    unique_by=lambda each: form(each["label"]),
)
lists = saying("list", list=st.sampled_from(SUPPLIERS), reels=reels, deliveryNote=some(notes))

spliced = saying(
    "merged",
    packages=st.lists(st.fixed_dictionaries({"package": labels}), min_size=1, max_size=1),
    into=labels,
    how=st.just("splice"),
    zone=zones,
    greyZone=quantities,
)
on_panel = st.sampled_from([{"unit": one, "into": "S1", "relation": "panelOf"} for one in ("S2", "S3")])
panels = saying("assembledInto", links=st.lists(on_panel, min_size=1, max_size=2))
consumed = saying("consumed", unit=serials, package=labels, designators=designators, quantity=quantities)
consumed = saying("consumed", unit=serials, package=labels, designators=designators, quantity=quantities)
at_stations = saying(
    "unitProcessed",
    units=st.lists(serials, min_size=1, max_size=2),
    run=any_run,
    firstSequence=first_numbers,
    station=stations,
)
# A carrier that is used again: its boards are told by their places, with a number of their own, or with its.
numbers_told = st.sampled_from(
    [{}, {}, {"serial": "S1"}, {"serial": "S2"}, {"serial": "p1"}, {"serial": "P1", "issuer": "Acorn"}]
)
carried = st.builds(lambda place, number: place | number, places, numbers_told)
put_on = st.fixed_dictionaries(
    {"unit": carried, "into": st.sampled_from(["P1", "P1", "S3"]), "relation": st.just("panelOf")}
)
timed_places = st.builds(
    lambda one, hour: dropped(one | {"at": hour}),
    st.one_of(carried, st.just({"serial": "S2"})),
    some(hours.map(at)),
)
boards_of_carriers = saying(
    "unitCreated",
    units=st.lists(carried, min_size=1, max_size=2),
    kind=st.sampled_from([None, None, None, "board", "product", "panel"]),
    product=st.sampled_from([None, None, "P-100"]),
    run=some(runs),
    firstSequence=first_numbers,
)
used_on_carriers = saying(
    "consumed", unit=st.one_of(carried, st.just("P1")), package=labels, designators=designators
)
carriers = (
    *[boards_of_carriers, used_on_carriers] * 3,
    saying("unitCreated", units=st.just(["P1"]), kind=st.sampled_from([None, "panel", "panel"])),
    saying(
        "unitProcessed",
        units=st.lists(carried, min_size=1, max_size=2),
        run=any_run,
        firstSequence=first_numbers,
    ),
    saying("assembledInto", links=st.lists(put_on, min_size=1, max_size=2)),
    saying("removed", unit=carried, designators=st.just(["C1"])),
    saying("nameReused", unit=carried),
    saying("sameUnit", units=st.lists(timed_places, min_size=2, max_size=2)),
)
only_issued = saying("consumed", unit=st.just("S4"), package=st.just("K5"))


def weighted(*strategies: Said) -> Said:
    """Draw from each as often as it is named (`one_of` draws from each once)."""
    return st.sampled_from(strategies).flatmap(lambda each: each)


bodies = weighted(
    *material,
    *production,
    *[creations, creations, consumed, consumed, consumed] * 3,
    *[only_issued, spliced, panels, set_ups, at_stations] * 2,
    *logistics * 2,
    *decisions,
    *corrections,
    *[lists] * 2,
    *carriers,
)
about_carriers = weighted(*carriers, *carriers, consumed, panels, *corrections, *material[:2])
# Most names are made known, so that most lines are taken; early or late, it must not matter.
# What most plants begin (or end) with: what the pools name is known.
WELL_KNOWN: tuple[Json, ...] = (
    *(
        {"type": "packageCreated", "package": f"K{n}", "lots": [LOTS[n % 3]], "quantity": 2 * n}
        for n in range(1, 5)
    ),
    {
        "type": "unitCreated",
        "units": ["S1", "S2"],
        "customer": "Acorn",
        "run": {"id": "R1", "station": "ST1"},
        "firstSequence": 1,
    },
    {"type": "unitCreated", "units": [{"serial": "S3", "panel": "P1", "position": 1}], "customer": "Birch"},
)
issued = st.sampled_from([{"serial": "S4", "issuer": each} for each in CUSTOMERS])
issued_label = st.sampled_from([{"id": "K5", "issuer": each} for each in CUSTOMERS])
one_lot = st.lists(st.sampled_from(LOTS), min_size=1, max_size=1)
openings = weighted(
    *[saying("packageCreated", package=labels, lots=one_lot)] * 2,
    saying("packageCreated", package=labels, lots=one_lot, **origins),
    saying("packageCreated", package=issued_label, lots=one_lot),
    saying(
        "unitCreated",
        units=st.just(["S1", "S2", {"serial": "S3", "panel": "P1", "position": 1}]),
        run=some(runs),
        firstSequence=first_numbers,
    ),
    saying(
        "unitCreated",
        units=st.lists(new_units, min_size=1, max_size=3),
        run=some(declared_runs),
        firstSequence=first_numbers,
    ),
    saying("unitCreated", units=st.lists(issued, min_size=1, max_size=2)),
)
sources = st.sampled_from([None, "line.1", "line.2"])


@dataclass(frozen=True)
class Arrivals:
    """What arrived, in order."""

    events: tuple[Json, ...]

    def recorded(self) -> list[Recorded]:
        return [Recorded(each, recorded_at(place)) for place, each in enumerate(self.events)]


def recorded_at(place: int) -> datetime:
    return FIRST_RECORDED + timedelta(minutes=place)


def numbered(drawn: list[tuple[Json, str, str | None]]) -> tuple[Json, ...]:
    """Give ids, times and sources; lead corrections and repetitions to events of the plant."""
    events: list[Json] = []
    for place, (body, when, source) in enumerate(drawn):
        own = dropped({"id": f"e{place}", "happenedAt": when, "source": source})
        if body["type"] == "list":
            events.append(body | {"id": f"e{place}"})
        elif body["type"] == "correction":
            # A plant of n events is corrected within it, or (n) at an event that never came.
            events.append(body | own | {"corrects": f"e{body['corrects'] % (len(drawn) + 1)}"})
        elif body["type"] != "again":
            events.append(body | own)
        elif events and (first := events[body["of"] % len(events)])["type"] not in {"list", "correction"}:
            first.setdefault("source", "line.1")
            events.append(first | {"id": f"e{place}"})
    return tuple(events)


def plants(most: int = MOST_EVENTS) -> st.SearchStrategy[Arrivals]:
    """Return plants whose events came in the order drawn; small ones are drawn as often as large ones."""

    def of_size(size: int) -> st.SearchStrategy[list[tuple[Json, str, str | None]]]:
        named, told = size // 4, size - size // 4
        opening = st.lists(st.tuples(openings, times, sources), min_size=named * 3 // 4, max_size=named)
        rest = st.sampled_from([bodies, bodies, bodies, about_carriers]).flatmap(
            lambda said: st.lists(
                st.tuples(said, times, sources), min_size=max(1, told * 3 // 4), max_size=told
            )
        )
        return st.builds(
            lambda one, two, is_late: two + one if is_late else one + two, opening, rest, st.booleans()
        )

    sizes = st.sampled_from([each for each in (4, 12, 24, most - len(WELL_KNOWN)) if each <= most])
    return (
        sizes.flatmap(of_size)
        .map(lambda drawn: Arrivals(numbered(drawn)))
        .filter(lambda plant: bool(plant.events))
    )


def of_customer(customer: str, prefix: str) -> Said:
    """Return events that only concern units of one customer; packages, runs and shipments are everybody's."""
    own = st.sampled_from([f"{prefix}{number}" for number in range(1, 4)])
    several = st.lists(own, min_size=1, max_size=2, unique=True)
    link = st.fixed_dictionaries({"unit": own, "into": own})
    return weighted(
        saying(
            "unitCreated",
            units=several,
            customer=st.just(customer),
            product=st.sampled_from([None, "P-1"]),
            run=some(runs),
            firstSequence=first_numbers,
        ),
        saying("consumed", unit=own, run=some(runs), quantity=quantities, **use),
        saying("removed", unit=own, package=packages, quantity=quantities),
        saying("unitProcessed", units=several, run=runs, firstSequence=first_numbers),
        saying("unitCompleted", units=several, run=runs),
        saying("assembledInto", links=st.lists(link, min_size=1, max_size=2)),
        saying("shipped", units=several, shipment=st.sampled_from(["SH1", f"SH-{prefix}"])),
        saying("returned", units=several),
    )


@st.composite
def shared_plants(draw: st.DrawFn) -> tuple[list[Recorded], list[Recorded], list[Recorded]]:
    """Return what all share and A's, and two versions of what is C's: A must see no difference."""

    def drawn(strategy: Said, prefix: str, most: int, first: int) -> list[Recorded]:
        told = draw(st.lists(st.tuples(strategy, times, sources), min_size=most // 2, max_size=most))
        return [
            Recorded(
                dropped(body | {"id": f"{prefix}{place}", "happenedAt": when, "source": source}),
                recorded_at(first + place),
            )
            for place, (body, when, source) in enumerate(told)
        ]

    # [11] How far a zone reaches that is told in pieces, or by a run's number, depends on what was built for
    # others: none here.
    slot = st.fixed_dictionaries({"slot": slots, "package": some(labels)})
    known_set_ups = saying("setUp", station=stations, slots=st.lists(slot, min_size=1, max_size=2))
    fed = saying("feed", run=runs, feeds=st.lists(feedings, min_size=1, max_size=1))
    common = weighted(*material, *[material[0]] * 4, known_set_ups, fed)
    ours = drawn(weighted(common, of_customer("Acorn", "A")), "a", 25, 0)
    ours = [Recorded(_without_shared_zone(each.value), each.at) for each in ours]
    ids = st.sampled_from([f"{version}{place}" for version in "zy" for place in range(6)])
    theirs = weighted(
        of_customer("Birch", "Z"), of_customer("Birch", "Z"), saying("correction", corrects=ids)
    )
    return ours, drawn(theirs, "z", 12, 100), drawn(theirs, "y", 12, 100)
