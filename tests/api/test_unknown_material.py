"""Material of which it is not known what it is: lines that wait or could not be read, over HTTP.

What nobody knows of a package can be anything, so nothing in it is exact; and an answer that it could
touch says so.
"""

import itertools

import pytest
from cfx_samples import installed

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

OHM = {"manufacturer": "Ohm Parts", "mpn": "R-100"}
UNREADABLE = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": None}


def at(hour, minute=0):
    return f"2026-03-01T{hour:02}:{minute:02}:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def lot(code):
    return {**OHM, "lotCode": code}


def reel(package, *lots):
    told = [lot(each) if isinstance(each, str) else each for each in lots]
    return event("packageCreated", f"reel {package}", 5, package=package, lots=told)


def board(*names):
    return event("unitCreated", f"made {'-'.join(names)}", 6, units=list(names))


def use(unit, package, hour):
    return event("consumed", f"use {unit} {package}", hour, unit=unit, package=package)


def merged(*packages, into, hour=7, **more):
    came = [each if isinstance(each, dict) else {"package": each} for each in packages]
    return event("merged", f"into {into} {hour}", hour, packages=came, into=into, **more)


@pytest.fixture
def tell(suppliers, asker):
    def send(*events):
        return asker("production").post("/trace/v1/events", json=list(events)).get_json()["result"]

    return send


@pytest.fixture
def ask(quality):
    """Ask where a set of lots is: which boards, how surely, and what is not known."""

    def where_used(*codes, **query):
        found = [quality.get("/trace/v1/lots", query_string={"code": code}).get_json() for code in codes]
        lots = [each["result"][0]["id"] for each in found]
        asked = {"level": "board", "lot": lots, **query}
        return quality.get("/trace/v1/where-used", query_string=asked).get_json()

    return where_used


@pytest.fixture
def inside(quality):
    def contents(serial, **query):
        (unit,) = quality.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
        return quality.get(f"/trace/v1/units/{unit['id']}/contents", query_string=query).get_json()

    return contents


def rows(answer):
    return {row["serial"]: row["certainty"] for row in answer["result"]}


def lots_of(answer):
    return {(row["lot"] and row["lot"]["code"], row["certainty"]) for row in answer["result"]}


def beside(answer):
    unknown = answer["headline"]["unknown"] if "headline" in answer else answer["unknown"]
    return {name: count for name, count in unknown.items() if count}


# Lots that could not be read


def test_a_set_that_covers_the_lots_that_could_be_read_is_possible(tell, ask, inside) -> None:
    tell(reel("R1", "L1", "L2", UNREADABLE), board("B1"), use("B1", "R1", 8))

    answer = ask("L1", "L2")

    assert rows(answer) == {"B1": "possible"}
    assert beside(answer) == {"packagesWithoutLot": 1}
    assert answer["headline"]["isComplete"] is False
    assert lots_of(inside("B1")) == {("L1", "possible"), ("L2", "possible"), (None, "possible")}
    assert beside(inside("B1")) == {"packagesWithoutLot": 1}


def test_a_lot_that_could_not_be_read_is_no_more_once_the_event_is_corrected(tell, ask) -> None:
    tell(reel("R1", "L1", UNREADABLE), board("B1"), use("B1", "R1", 8))
    assert rows(ask("L1")) == {"B1": "possible"}

    tell(event("correction", "c", 9, corrects="reel R1"), {**reel("R1", "L1"), "id": "reel R1 right"})

    assert rows(ask("L1")) == {"B1": "exact"}
    assert beside(ask("L1")) == {}


# Packages that are not known


def test_what_was_merged_from_a_package_that_is_not_known_can_be_anything(tell, ask, inside) -> None:
    tell(reel("R1", "L1"), reel("R3", "L3"), board("B1"), merged("R1", "R9", into="R2"), use("B1", "R2", 8))

    assert rows(ask("L1")) == {"B1": "possible"}
    assert beside(ask("L1")) == {"waiting": 1, "packagesWithoutLot": 1}
    assert rows(ask("L3")) == {}
    assert beside(ask("L3")) == {"waiting": 1, "packagesWithoutLot": 1}
    assert lots_of(inside("B1")) == {("L1", "possible"), (None, "possible")}

    tell(reel("R9", "L1"))
    assert rows(ask("L1")) == {"B1": "exact"}
    assert beside(ask("L1")) == {}


@pytest.mark.parametrize("is_told_first", [True, False])
def test_as_of_before_a_label_was_filled_what_was_drawn_from_it_is_not_known(
    tell, ask, inside, is_told_first
) -> None:
    """[6.2] Filled later, it held that from its beginning; as of before, nobody knew what it held."""
    filled = event("relabelled", "filled", 10, package="R9", into="R2")
    drawn = (merged("R2", into="R1"), board("B1"), use("B1", "R1", 8))
    tell(reel("R1", "L1"), reel("R9", "L1"), *([filled, *drawn] if is_told_first else [*drawn, filled]))

    then = {"asOf": at(9)}
    assert rows(ask("L1", **then)) == {"B1": "possible"}
    assert beside(ask("L1", **then)) == {"packagesWithoutLot": 1}
    assert lots_of(inside("B1", **then)) == {("L1", "possible"), (None, "possible")}
    assert beside(inside("B1", **then)) == {"packagesWithoutLot": 1}
    assert rows(ask("L1")) == {"B1": "exact"}
    assert beside(ask("L1")) == beside(inside("B1")) == {}
    assert lots_of(inside("B1", explain="true")) == {("L1", "exact")}


def test_what_was_merged_from_one_of_several_is_not_known(tell, ask) -> None:
    two = [
        event("packageCreated", f"reel R9 {each}", 5, package={"id": "R9", "issuer": each}, lots=[lot(each)])
        for each in ("A", "C")
    ]
    tell(reel("R1", "L1"), *two, board("B1"), merged("R1", "R9", into="R2"), use("B1", "R2", 8))

    assert rows(ask("L1")) == {"B1": "possible"}
    assert beside(ask("L1"))["undecided"] == 1


def test_after_a_splice_of_a_reel_that_is_not_known_the_old_one_is_there_no_more(tell, ask, inside) -> None:
    zone = {"until": at(9)}
    tell(reel("R1", "L1"), board("B1", "B2", "B3"), merged("R9", into="R1", hour=8, how="splice", zone=zone))
    tell(use("B1", "R1", 7), use("B2", "R1", 9), use("B3", "R1", 10))

    assert rows(ask("L1")) == {"B1": "exact", "B2": "possible"}
    assert lots_of(inside("B2")) == {("L1", "possible"), (None, "possible")}
    assert lots_of(inside("B3")) == {(None, "exact")}
    assert beside(inside("B1")) == {}
    assert beside(inside("B3")) == {"packagesWithoutLot": 1}

    tell(reel("R9", "L9"))
    assert rows(ask("L9")) == {"B2": "possible", "B3": "exact"}
    assert lots_of(inside("B3")) == {("L9", "exact")}


def test_what_is_split_off_a_package_that_is_not_known_goes_on_as_that(tell, ask, inside) -> None:
    split = event("split", "s", 7, package="R9", into=[{"package": "R2"}])
    answers = tell(reel("R1", "L1"), board("B1", "B2"), split)
    tell(use("B1", "R2", 8), merged("R1", into="R2", hour=9), use("B2", "R2", 10))

    assert [each["state"] for each in answers] == ["accepted", "accepted", "pending"]
    assert lots_of(inside("B1")) == {(None, "exact")}
    assert rows(ask("L1")) == {"B2": "possible"}


# Lines that could not be read


def test_what_was_merged_from_a_line_that_cannot_be_read_can_be_anything(tell, ask) -> None:
    tell(reel("R1", "L1"), board("B1"), merged("R1", {"package": None}, into="R2"), use("B1", "R2", 8))

    assert rows(ask("L1")) == {"B1": "possible"}
    assert beside(ask("L1")) == {"unread": 1, "packagesWithoutLot": 1}


def test_of_two_that_are_spliced_at_once_one_cannot_be_read(tell, ask, inside) -> None:
    spliced = merged("R2", {"package": None}, into="R1", hour=8, how="splice", zone={"until": at(8)})
    tell(reel("R1", "L1"), reel("R2", "L2"), board("B1"), spliced, use("B1", "R1", 9))

    assert lots_of(inside("B1")) == {("L1", "possible"), ("L2", "possible"), (None, "possible")}


@pytest.mark.parametrize(
    "unreadable",
    [
        event(
            "feed",
            "x",
            8,
            run="RUN",
            feeds=[
                {"package": "R1", "sequenceFrom": 1, "sequenceTo": 1},
                {"package": None, "sequenceFrom": 1, "sequenceTo": 1},
            ],
        ),
        event("setUp", "x", 8, station="ST", slots=[{"slot": "1", "package": "R1"}, {"slot": None}]),
    ],
    ids=["feed", "setUp"],
)
def test_a_line_that_brings_what_cannot_be_read_touches_every_answer_about_lots(
    tell, ask, unreadable
) -> None:
    tell(reel("R1", "L1"), board("B1"), use("B1", "R1", 8), unreadable)
    assert beside(ask("L1")) == {"unread": 1}
    assert ask("L1")["headline"]["isComplete"] is False

    tell(event("correction", "c", 9, corrects="x"))
    assert beside(ask("L1")) == {}


def test_a_portion_that_cannot_be_read_touches_the_lots_that_were_divided(tell, ask) -> None:
    split = event("split", "s", 7, package="R1", into=[{"package": "R2"}, {"package": None}])
    tell(reel("R1", "L1"), reel("R3", "L3"), board("B1"), use("B1", "R1", 8), split)

    assert beside(ask("L1")) == {"unread": 1}
    assert beside(ask("L3")) == {}


def test_a_feed_that_cannot_be_read_touches_the_units_of_its_run(tell, inside) -> None:
    made = event("unitCreated", "made", 6, units=["B1"], run="RUN", firstSequence=1)
    feeds = [{"package": "R1", "sequenceFrom": 1, "sequenceTo": 1}, {"package": "R1"}]
    tell(reel("R1", "L1"), made, board("B2"), event("feed", "f", 8, run="RUN", feeds=feeds))

    assert beside(inside("B1")) == {"unread": 1}
    assert beside(inside("B2")) == {}


def test_a_machines_line_without_a_part_touches_its_unit_also_where_that_is_made_later(
    tell, ask, inside, quality
) -> None:
    unread = installed("B1", None, Material={"UniqueIdentifier": None})
    told = installed("B2", None, Material={"UniqueIdentifier": "R1"})
    message = {
        "MessageName": "CFX.Production.Assembly.MaterialsInstalled",
        "UniqueID": "m1",
        "Source": "ST",
        "TimeStamp": at(8),
        "MessageBody": {"TransactionID": "t", "InstalledMaterials": [told, unread]},
    }
    tell(reel("R1", "L1"), message)
    (listed,) = quality.get("/trace/v1/events?limit=10").get_json()["result"][1:]
    assert (listed["state"], listed["waitsFor"]) == ("accepted", [])

    tell(board("B1"))

    assert beside(inside("B1")) == {"unread": 1}
    assert beside(inside("B2")) == {}
    assert beside(ask("L1")) == {"unread": 1}


def test_a_link_that_cannot_be_read_touches_the_unit_that_it_names(tell, ask, inside) -> None:
    links = [{"unit": "B2", "into": "X1"}, {"unit": "B1", "into": {"panel": "P"}}]
    tell(reel("R1", "L1"), board("B1", "B2", "X1"), use("B1", "R1", 8))
    tell(event("assembledInto", "put", 9, links=links))

    assert beside(ask("L1")) == {"unread": 1}
    assert beside(inside("B1")) == {"unread": 1}
    assert beside(inside("X1")) == {}


def test_any_order_of_arrival_gives_one_answer_and_one_projection(tell, ask, inside, registry) -> None:
    for number, order in enumerate(itertools.permutations(range(4))):
        old, new, unknown, name = (f"{each}{number}" for each in ("OLD", "NEW", "NOT", "B"))
        told = [
            reel(old, f"L{number}", UNREADABLE),
            board(name),
            merged(old, unknown, {"package": 7}, into=new),
            use(name, new, 8),
        ]
        for each in order:
            tell(told[each])
        assert rows(ask(f"L{number}")) == {name: "possible"}, order
        assert lots_of(inside(name)) == {(f"L{number}", "possible"), (None, "possible")}, order

    assert differs(registry, Site(registry.settings.site)) == []
