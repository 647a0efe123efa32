"""Contradictions as of a time: each holds while the facts of that time show it, whatever came later (10)."""

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

ST = {"id": "RUN", "station": "ST"}


def at(hour, day=1):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, code="L1", hour=5, **more):
    lot = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": code}
    return event("packageCreated", f"reel {package} {hour}", hour, package=package, lots=[lot], **more)


def use(unit, package, hour, **more):
    return event("consumed", f"{unit} {package} {hour}", hour, unit=unit, package=package, **more)


def passed(unit, hour, run="RUN", **more):
    return event(
        "unitProcessed", f"pass {unit} {hour}", hour, units=[unit], run=run, **{"firstSequence": 1, **more}
    )


def out(hour, **members):
    return event("removed", f"out {hour}", hour, unit="A", **members)


def set_up(**slots):
    told = [{"slot": slot, "package": package} for slot, package in slots.items()]
    return event("setUp", "set up", 5, station="ST", slots=told)


@pytest.fixture
def tell(suppliers, asker, registry):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} == {"accepted"}, answer
        assert differs(registry, Site(registry.settings.site)) == []

    send(event("unitCreated", "made", 4, units=["A", "B", "C"]))
    return send


@pytest.fixture
def listed(quality):
    def ask(hour=None, **query):
        times = {} if hour is None else {"asOf": at(hour)}
        answer = quality.get("/trace/v1/anomalies", query_string=times | query).get_json()
        return [(row["kind"], row["state"], sorted(each["id"] for each in row["events"]))
                for row in answer["result"]]  # fmt: skip

    return ask


@pytest.fixture
def answered(quality):
    def ask(hour, code="L1"):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        asked = {"level": "board", "asOf": at(hour)}
        answer = quality.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked).get_json()
        return answer["headline"]["anomalies"], answer["headline"]["isComplete"]

    return ask


@pytest.fixture
def inside(quality):
    def ask(hour, unit="A"):
        (row,) = quality.get("/trace/v1/units", query_string={"serial": unit}).get_json()["result"]
        answer = quality.get(f"/trace/v1/units/{row['id']}/contents", query_string={"asOf": at(hour)})
        return answer.get_json()["anomalies"]

    return ask


TWICE = {"designatorTwice": 1}


def test_two_are_on_one_designator_until_one_is_taken_out(tell, listed, answered, inside) -> None:
    tell(reel("R"), reel("S"), passed("A", 6), event("unitCompleted", "done", 6, units=["A"], run="RUN"))
    tell(use("A", "R", 7, designators=["C1"]), use("A", "S", 8, designators=["C1"]))
    both = ["A R 7", "A S 8"]
    assert [answered(hour) for hour in (7, 8, 9)] == [({}, True), (TWICE, False), (TWICE, False)]

    tell(out(10, package="R", designators=["C1"]))

    assert [answered(hour) for hour in (7, 8, 9)] == [({}, True), (TWICE, False), (TWICE, False)]
    assert [inside(hour) for hour in (9, 10)] == [TWICE, {}]
    assert listed(7) == []
    assert listed(9) == [("designatorTwice", "open", both)]
    assert listed(10) == listed() == [("designatorTwice", "resolved", both)]
    assert listed(9, state="resolved") == listed(10, state="open") == []


def test_what_is_told_after_a_part_was_taken_out_counts_for_the_time_before(tell, listed) -> None:
    tell(reel("R"), reel("S"), use("A", "R", 7, designators=["C1"]), out(10, package="R", designators=["C1"]))

    tell(use("A", "S", 8, designators=["C1"]))

    assert [len(listed(hour)) for hour in (7, 8, 9, 10)] == [0, 1, 1, 0]
    assert listed() == []  # as of now it never held


def test_since_when_it_is_known_is_told_of_each_time_by_itself(tell, quality) -> None:
    def known(hour):
        rows = quality.get("/trace/v1/anomalies", query_string={"asOf": at(hour)}).get_json()["result"]
        return [(row["state"], row["knownSince"], (row["resolvedBy"] or {}).get("id")) for row in rows]

    tell(reel("R"), reel("S"), use("A", "R", 7, designators=["C1"]), use("A", "S", 8, designators=["C1"]))
    ((_, since, _),) = known(9)
    tell(out(10, package="R", designators=["C1"]))
    assert known(9) == [("open", since, None)]
    assert known(10) == [("resolved", since, "out 10")]

    tell(event("correction", "no", 11, corrects="out 10"))

    assert known(9) == [("open", since, None)]
    again, before = known(10)
    assert (again[0], before) == ("open", ("resolved", since, "out 10"))
    assert again[1] > since
    times = {"asOf": at(10), "recordedAsOf": since}
    (row,) = quality.get("/trace/v1/anomalies", query_string=times).get_json()["result"]
    assert (row["state"], row["knownSince"]) == ("open", since)


def test_what_is_taken_out_in_the_future_is_there(tell, listed) -> None:
    tell(reel("R"), reel("S"), use("A", "R", 7, designators=["C1"]), use("A", "S", 8, designators=["C1"]))

    tell(out(10, package="R", designators=["C1"]) | {"happenedAt": "2098-01-01T00:00:00+00:00"})

    assert ("designatorTwice", "open", ["A R 7", "A S 8"]) in listed()
    assert listed(state="open", kind="designatorTwice", asOf="2099-01-01T00:00:00+00:00") == []


def test_a_unit_is_on_a_number_once_it_has_passed(tell, listed, answered, quality) -> None:
    tell(reel("R"), use("C", "R", 5), passed("A", 6), passed("B", 7), passed("C", 10))

    assert [answered(hour)[0] for hour in (8, 10)] == [{}, {"sequenceTwice": 1}]
    assert listed(8) == [("sequenceTwice", "open", ["pass A 6", "pass B 7"])]
    assert listed(10) == [("sequenceTwice", "open", ["pass A 6", "pass B 7", "pass C 10"])]
    (unit,) = quality.get("/trace/v1/units", query_string={"serial": "C"}).get_json()["result"]
    assert [len(listed(hour, thing=unit["id"])) for hour in (8, 10)] == [0, 1]
    assert [len(listed(hour, event="pass C 10")) for hour in (8, 10)] == [0, 1]


def test_more_was_used_than_was_counted_up_to_then(tell, listed, answered) -> None:
    tell(reel("R", quantity=1), use("A", "R", 6, quantity=1), use("B", "R", 7, quantity=1))
    tell(reel("R", hour=10, counted=50))
    overdrawn = ({"overdrawn": 1}, ["B R 7", "reel R 5"])

    assert [answered(hour)[0] for hour in (6, 8, 10)] == [{}, overdrawn[0], {}]
    assert listed(8) == [("overdrawn", "open", overdrawn[1])]

    # What is told later of a time before the count is compared with what was known of it then.
    tell(use("C", "R", 6, quantity=1), use("A", "R", 12, quantity=1))
    assert listed(8) == [("overdrawn", "open", sorted([_second(listed(8)), "reel R 5"]))]
    assert listed(12, state="open") == []
    tell(use("B", "R", 13, quantity=48))
    assert listed(13, state="open") == [("overdrawn", "open", ["B R 13", "reel R 10"])]


def _second(rows):
    """Return which of the two uses of six o'clock is the later one in the order of events."""
    ((_, _, events),) = rows
    (use_of_six,) = {"A R 6", "C R 6"} & {*events}
    return use_of_six


def test_a_splice_brings_what_is_in_it_from_then_on(tell, listed) -> None:
    tell(
        reel("R", quantity=1),
        reel("S", quantity=5),
        use("A", "R", 6, quantity=1),
        use("B", "R", 7, quantity=1),
    )

    tell(event("merged", "splice", 9, packages=[{"package": "S"}], into="R", how="splice"))

    assert [len(listed(hour, state="open")) for hour in (6, 7, 8, 9)] == [0, 1, 1, 0]


def test_a_count_in_another_unit_of_measure_counts_from_then_on(tell, listed) -> None:
    tell(reel("R", quantity=1, unitOfMeasure="kg"), use("A", "R", 6, quantity=1))

    tell(reel("R", hour=10, counted=50))

    assert [[kind for kind, *_ in listed(hour, state="open")] for hour in (5, 6, 10)] == [
        [],
        ["unitsOfMeasure"],
        [],
    ]


def test_a_set_up_is_contradicted_though_the_run_goes_on_at_another_station(tell, listed, answered) -> None:
    tell(
        reel("R"), reel("S", "L3"), set_up(F1="R"), passed("A", 6, ST), use("A", "S", 7, slot="F1", run="RUN")
    )
    against = ("setupAgainstReport", "open", ["A S 7", "set up"])
    assert [answered(hour, "L3")[0] for hour in (6, 8)] == [{}, {"setupAgainstReport": 1}]

    elsewhere = {"id": "RUN", "station": "OTHER"}
    tell(passed("B", 10, elsewhere, firstSequence=5))
    assert answered(8, "L3")[0] == {"setupAgainstReport": 1}
    assert (listed(8), listed(10, state="open")) == ([against], [against])

    tell(passed("C", 6, elsewhere, firstSequence=7))
    places = [len(listed(hour, state="open")) for hour in (7, 12)]
    assert places in ([0, 0], [1, 1])  # of one time the rank decides at which station the run is


def test_a_set_up_is_contradicted_no_more_where_the_run_was_at_another_station_then(tell, listed) -> None:
    tell(
        reel("R"), reel("S", "L3"), set_up(F1="R"), passed("A", 6, ST), use("A", "S", 7, slot="F1", run="RUN")
    )
    tell(event("correction", "no", 9, corrects="pass A 6"), {**passed("A", 6, "RUN"), "id": "A of RUN"})
    assert listed(10, state="open") == []

    tell(passed("B", 10, ST, firstSequence=5))
    assert len(listed(8, state="open")) == 1


def test_a_removal_finds_what_was_put_in_before_the_run_went_on_at_another_station(tell, listed) -> None:
    tell(reel("R"), set_up(F1="R"), passed("A", 6, ST), out(7, package="R"))
    assert listed(8) == []

    tell(passed("B", 10, {"id": "RUN", "station": "OTHER"}, firstSequence=5))

    assert [listed(hour) for hour in (8, 10)] == [[], []]


def test_a_removal_finds_what_was_used_on_a_panel_once_it_is_known_to_have_been_on_it(tell, listed) -> None:
    tell(reel("R"), use("B", "R", 6, designators=["C1"]), out(7, package="R", designators=["C1"]))

    links = [{"unit": "A", "into": "B", "relation": "panelOf"}]
    tell(event("assembledInto", "put", 10, links=links))

    assert [listed(hour, state="open") for hour in (8, 10)] == [[("removedTwice", "open", ["out 7"])], []]


def test_a_customer_is_told_what_holds_at_the_time(tell, asker) -> None:
    made = event("unitCreated", "theirs", 4, units=["A"], customer="meditec")
    tell(made, reel("R"), reel("S"))
    tell(use("A", "R", 7, designators=["C1"]), use("A", "S", 8, designators=["C1"]))
    tell(out(10, package="R", designators=["C1"]))
    auditor = asker("customer_auditor", "meditec")

    def told(hour):
        rows = auditor.get("/trace/v1/anomalies", query_string={"asOf": at(hour)}).get_json()["result"]
        return [row["state"] for row in rows]

    assert [told(hour) for hour in (7, 9, 10)] == [[], ["open"], ["resolved"]]


def test_contents_are_touched_by_what_does_not_fit_of_a_package_that_their_own_was_split_off(
    tell, inside
) -> None:
    tell(reel("R", quantity=1), event("split", "parted", 6, package="R", into=[{"package": "HALF"}]))

    tell(use("A", "HALF", 7), use("B", "R", 8, quantity=5), reel("S"), use("C", "S", 8))

    assert [[inside(hour, unit) for unit in "ABC"] for hour in (7, 8)] == [
        [{}, {}, {}],
        [{"overdrawn": 1}, {"overdrawn": 1}, {}],
    ]


def test_where_used_is_touched_by_no_package_into_which_the_material_came_later(tell, answered) -> None:
    tell(reel("R"), reel("S", "L2", quantity=1), use("A", "S", 7, quantity=5), use("B", "R", 7))
    portion = {"package": "R", "quantity": 1}

    tell(event("merged", "joined", 10, packages=[portion], into="S"))

    assert [answered(hour)[0] for hour in (8, 11)] == [{}, {"overdrawn": 1}]
