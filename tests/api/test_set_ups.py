"""Set-ups of stations over HTTP: what passed while they stood holds them as assumed, and reports come first."""

import random

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}


def at(hour, minute=0):
    return f"2026-03-01T{hour:02}:{minute:02}:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, code):
    return event("packageCreated", f"reel {package}", 5, package=package, lots=[{**LOT, "lotCode": code}])


def boards(*names):
    return event("unitCreated", f"made {'-'.join(names)}", 5, units=list(names))


def set_up(hour, /, station="SMT 1", **slots):
    told = [
        {"slot": slot, **(said if isinstance(said, dict) else {"package": said})}
        for slot, said in slots.items()
    ]
    return event("setUp", f"set-up {hour} {'-'.join(slots)}", hour, station=station, slots=told)


def passing(unit, hour, run="RUN", **more):
    number = f"pass {unit} {run} {hour}"
    return event("unitProcessed", number, hour, units=[unit], run=run, firstSequence=int(unit[1:]), **more)


def report(unit, package, hour, slot, **more):
    number = f"use {unit} {package} {hour}"
    return event("consumed", number, hour, unit=unit, package=package, slot=slot, run="RUN", **more)


AT_STATION = {"run": {"id": "RUN", "station": "smt  1"}}
START = (reel("K1", "L1"), reel("K2", "L2"), boards("B1", "B2", "B3", "B4"))


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "pending", "corrected"}, answer
        return answer

    return send


@pytest.fixture
def used(quality):
    def ask(code, **query):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        asked = {"level": "board", **query}
        answer = quality.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked).get_json()
        return {row["serial"]: row["certainty"] for row in answer["result"]}

    return ask


@pytest.fixture
def contents(quality):
    def ask(serial, **query):
        (unit,) = quality.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
        return quality.get(f"/trace/v1/units/{unit['id']}/contents", query_string=query).get_json()["result"]

    return ask


def test_what_passed_while_a_set_up_stood_holds_it_as_assumed(tell, used, contents) -> None:
    slot = {"package": "K1", "designators": ["R1", "R2"], "quantityPerUnit": 2}
    tell(*START, set_up(6, F1=slot), passing("B1", 7, **AT_STATION), passing("B2", 8), set_up(9, F1="K2"))
    tell(passing("B3", 10))

    assert used("L1") == {"B1": "assumed", "B2": "assumed"}
    assert used("L2") == {"B3": "assumed"}
    (row,) = contents("B2")
    told = {
        name: row[name]
        for name in ("package", "certainty", "basis", "slot", "designators", "quantity", "run")
    }
    assert told == {
        "package": "K1",
        "certainty": "assumed",
        "basis": "setup",
        "slot": "F1",
        "designators": ["R1", "R2"],
        "quantity": "2",
        "run": "RUN",
    }
    assert row["lot"]["code"] == "L1"
    assert row["installedAt"].startswith("2026-03-01T08:00")


def test_a_report_about_that_very_unit_names_the_slot_and_comes_first(tell, used, contents) -> None:
    tell(*START, set_up(6, F1="K1", F2="K2"), passing("B1", 7, **AT_STATION), passing("B2", 7))
    tell(report("B1", "K2", 8, "f1"))

    assert used("L1") == {"B2": "assumed"}
    assert used("L2") == {"B1": "exact", "B2": "assumed"}
    assert sorted((row["slot"], row["certainty"]) for row in contents("B1")) == [
        ("F2", "assumed"),
        ("f1", "exact"),
    ]
    assert used("L1", asOf=at(7, 30)) == {"B1": "assumed", "B2": "assumed"}


def test_a_report_of_one_station_says_nothing_of_the_same_slot_of_another(tell, used, contents) -> None:
    elsewhere = {"run": {"id": "RUN 2", "station": "SMT 2"}}
    tell(*START, reel("K3", "L1"), set_up(6, F1="K1"), set_up(5, station="SMT 2", F1="K3"))
    tell(passing("B1", 7, **AT_STATION), passing("B1", 8, **elsewhere), report("B1", "K2", 7, "F1"))

    assert used("L1") == {"B1": "assumed"}
    assert {row["package"] for row in contents("B1")} == {"K2", "K3"}


def test_a_range_of_the_run_that_names_the_slot_is_a_report_and_a_posting_in_bulk_is_none(tell, used) -> None:
    ranges = [{"package": "K2", "sequenceFrom": 1, "sequenceTo": 1, "slot": "F1"}]
    bulk = [{"package": "K2", "sequenceFrom": 2, "sequenceTo": 2, "slot": "F1", "basis": "backflush"}]
    tell(*START, set_up(6, F1="K1"), passing("B1", 7, **AT_STATION), passing("B2", 7))
    tell(event("feed", "f1", 8, run="RUN", feeds=ranges), event("feed", "f2", 8, run="RUN", feeds=bulk))

    assert used("L1") == {"B2": "assumed"}
    assert used("L2") == {"B1": "exact", "B2": "assumed"}


def test_a_unit_passes_the_station_that_it_names_itself_and_no_other(tell, used) -> None:
    tell(*START, set_up(6, F1="K1"), set_up(6, station="SMT 2", F9="K2"))
    tell(
        passing("B1", 7, station="\uff33MT 1", transaction="T1"),
        passing("B2", 7, station="SMT 2"),
        passing("B3", 7),
    )

    assert used("L1") == {"B1": "assumed"}
    assert used("L2") == {"B2": "assumed"}


def test_a_slot_that_holds_nothing_and_one_whose_package_is_not_known_end_what_stood(tell, used) -> None:
    tell(*START, set_up(6, F1="K1", F2="K2"), set_up(8, F1=None))
    (waiting,) = tell(set_up(8, F2="K3"))["result"]
    tell(passing("B1", 7, **AT_STATION), passing("B2", 9))

    assert (waiting["state"], waiting["waitsFor"]) == ("pending", ["package K3"])
    assert used("L1") == {"B1": "assumed"}
    assert used("L2") == {"B1": "assumed"}
    tell(reel("K3", "L3"))
    assert used("L3") == {"B2": "assumed"}
    assert used("L2") == {"B1": "assumed"}


def test_a_reel_change_told_late_moves_what_passed_since(tell, used, quality) -> None:
    tell(*START, set_up(6, F1="K1"), passing("B1", 7, **AT_STATION), passing("B2", 9))
    before = quality.get("/trace/v1/lots?code=L1").get_json()["result"][0]["id"]
    known = quality.get(f"/trace/v1/lots/{before}/where-used").get_json()["headline"]["recordedAsOf"]
    tell(set_up(8, F1="K2"))

    assert (used("L1"), used("L2")) == ({"B1": "assumed"}, {"B2": "assumed"})
    assert used("L1", recordedAsOf=known) == {"B1": "assumed", "B2": "assumed"}
    tell(event("correction", "no change", 10, corrects="set-up 8 F1"))
    assert (used("L1"), used("L2")) == ({"B1": "assumed", "B2": "assumed"}, {})


def test_rework_takes_pieces_out_of_what_a_set_up_put_in(tell, used, contents) -> None:
    slot = {"package": "K1", "designators": ["R1", "R2"]}
    tell(*START, passing("B1", 7, **AT_STATION), event("removed", "out", 8, unit="B1", designators=["R1"]))
    tell(set_up(6, F1=slot))

    assert [row["designators"] for row in contents("B1")] == [["R2"]]
    tell(event("removed", "out too", 9, unit="B1", package="K1"))
    assert used("L1") == {}
    assert used("L1", asOf=at(8, 30)) == {"B1": "assumed"}
    tell(
        event(
            "unitProcessed",
            "elsewhere",
            10,
            units=["B4"],
            run={"id": "RUN", "station": "SMT 7"},
            firstSequence=1,
        )
    )
    assert used("L1", asOf=at(8, 30)) == {"B1": "assumed"}


def test_boards_of_a_panel_hold_what_the_panel_passed_with(tell, used) -> None:
    cut = [{"unit": each, "into": "B1", "relation": "panelOf"} for each in ("B2", "B3")]
    tell(
        *START,
        set_up(6, F1="K1"),
        passing("B1", 7, **AT_STATION),
        event("assembledInto", "cut", 8, links=cut),
    )

    assert used("L1") == {"B2": "assumed", "B3": "assumed"}


def test_a_program_that_comes_again_is_a_new_run_with_what_stands_then(tell, used) -> None:
    tell(*START, set_up(6, F1="K1"))
    tell(*(passing("B1", hour, run={"id": run, "station": "SMT 1"}) for hour, run in ((7, "A1"), (9, "B1"))))
    tell(set_up(10, F1="K2"), passing("B2", 11, run={"id": "A2", "station": "SMT 1"}))
    tell(passing("B1", 12, run="A2"))

    assert used("L1") == {"B1": "assumed"}
    assert used("L2") == {"B1": "assumed", "B2": "assumed"}


def everything():
    return [
        *START,
        set_up(6, F1={"package": "K1", "designators": ["R1"]}, F2="K2"),
        set_up(8, F1="K2"),
        set_up(8, F2="K3"),
        passing("B1", 7, **AT_STATION),
        passing("B2", 8),
        passing("B3", 9, station="SMT 1"),
        report("B1", "K2", 9, "F2"),
        event("removed", "out", 10, unit="B1", designators=["R1"]),
        event("correction", "no change", 11, corrects="set-up 8 F1"),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_in_any_order_of_arrival_the_same_is_answered(tell, used, contents, seed) -> None:
    events = everything()
    random.Random(seed).shuffle(events)
    for each in events:
        tell(each)

    assert used("L1") == {"B2": "assumed", "B3": "assumed"}
    assert used("L2") == {"B1": "exact"}
    assert [row["designators"] for row in contents("B2")] == [["R1"]]


def test_a_row_says_that_a_set_up_is_why_it_is_there(tell, quality, used) -> None:
    tell(*START, set_up(6, F1="K1"), passing("B1", 7, **AT_STATION))
    (lot,) = quality.get("/trace/v1/lots", query_string={"code": "L1"}).get_json()["result"]
    (unit,) = quality.get("/trace/v1/units", query_string={"serial": "B1"}).get_json()["result"]
    asked = {"level": "board", "explain": "true"}

    for path in (f"/trace/v1/lots/{lot['id']}/where-used", f"/trace/v1/units/{unit['id']}/contents"):
        (row,) = quality.get(path, query_string=asked if "lots" in path else {"explain": "true"}).get_json()[
            "result"
        ]
        assert "set-up 6 F1" in str(row["why"])
        assert row["why"]["certainty"] == "assumed"


@pytest.mark.parametrize("order", ["as it happened", "backwards", "at once"])
def test_a_run_that_goes_on_at_another_station_leaves_who_had_passed_where_they_were(
    tell, used, contents, registry, order
) -> None:
    day = [
        *START,
        set_up(6, station="PRINTER", F1="K1"),
        set_up(6, station="PLACER", F2="K2"),
        passing("B1", 7, {"id": "RUN", "station": "PRINTER"}),
        passing("B1", 8, {"id": "RUN", "station": "PLACER"}),
        passing("B2", 9),
    ]
    told = {"as it happened": [[each] for each in day], "backwards": [[each] for each in day[::-1]]}
    for some in told.get(order, [day]):
        tell(*some)

    assert [used("L1", **query) for query in ({"asOf": at(7, 30)}, {}, {"ever": "true"})] == [
        {"B1": "assumed"}
    ] * 3
    assert used("L2", asOf=at(7, 30)) == {}
    assert used("L2") == {"B1": "assumed", "B2": "assumed"}
    assert sorted(row["lot"]["code"] for row in contents("B1")) == ["L1", "L2"]
    assert differs(registry, Site(registry.settings.site)) == []


def test_a_set_up_stands_against_a_report_of_the_station_at_which_the_number_was_told_again(
    tell, used, quality
) -> None:
    tell(*START, set_up(6, station="PRINTER", F1="K1"), set_up(6, station="PLACER", F2="K2"))
    tell(passing("B1", 7, {"id": "RUN", "station": "PRINTER"}))
    tell(passing("B1", 8, {"id": "RUN", "station": "PLACER"}), report("B1", "K1", 8, "F2"))

    (found,) = quality.get("/trace/v1/anomalies").get_json()["result"]
    assert found["kind"] == "setupAgainstReport"
    assert used("L2") == {}
