"""Coverage and the unknown over HTTP: how much of the runs was reported, by whom, and what waits."""

import pytest

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}
NAMES = [f"B{number}" for number in range(1, 11)]


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, /, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, code, **other):
    return event(
        "packageCreated", f"reel {package}", 5, package=package, lots=[{**LOT, "lotCode": code, **other}]
    )


def use(unit, package, hour=8, **more):
    return event("consumed", f"use {unit} {package}", hour, unit=unit, package=package, **more)


MADE = [event("unitCreated", f"made {name}", 5, units=[name]) for name in NAMES]
PASSED = event(
    "unitProcessed",
    "passed",
    7,
    units=NAMES,
    run={"id": "RUN", "station": "SMT 1"},
    firstSequence=1,
    source="line-4",
)
USES = [use(name, "K1", run="RUN", slot="F1", source="feeder-4") for name in NAMES[:6]]
COMPLETED = event("unitCompleted", "completed", 9, units=NAMES, run="RUN", source="mes")
PLANT = [reel("K1", "L1"), *MADE, PASSED, *USES]


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "pending", "corrected"}, answer

    return send


@pytest.fixture
def headline(quality):
    def ask(code, asker=quality, **query):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        asked = {"level": "board", **query}
        answer = asker.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["headline"]

    return ask


def counts(head):
    told = head["coverage"]
    return (
        told["unitsPassed"],
        told["unitsBuilt"],
        told["unitsReported"],
        [each["units"] for each in told["uses"]],
    )


def test_ten_were_built_and_six_reported(tell, headline) -> None:
    tell(*PLANT)
    assert counts(headline("L1")) == (10, None, 6, [{"machine": 6}])

    tell(COMPLETED)
    head = headline("L1")
    assert counts(head) == (10, 10, 6, [{"machine": 6}])
    assert head["coverage"]["uses"][0]["mpn"] == "R-100"
    assert not head["isComplete"]


def test_without_a_run_nothing_says_how_many_were_built(tell, headline) -> None:
    tell(reel("K1", "L1"), *MADE, *(use(name, "K1") for name in NAMES[:6]))

    assert counts(headline("L1")) == (0, None, 0, [])
    assert not headline("L1")["isComplete"]


def test_a_set_up_and_a_posting_in_bulk_report_nobody(tell, headline) -> None:
    slots = [{"slot": "F1", "package": "K1"}]
    tell(*PLANT, COMPLETED, event("setUp", "set-up", 6, station="SMT 1", slots=slots))

    head = headline("L1")
    assert counts(head) == (10, 10, 6, [{"machine": 6, "setup": 4}])
    assert head["units"] == {"exact": 6, "possible": 0, "assumed": 4, "total": 10}
    tell(*(use(name, "K1", basis="backflush") for name in NAMES[6:]))
    assert counts(headline("L1"))[2] == 6


def test_another_lot_of_the_same_part_is_a_report_and_another_part_is_none(tell, headline) -> None:
    tell(*PLANT, COMPLETED, reel("K2", "L2"), reel("K3", "L3", mpn="C-1"))
    tell(use("B7", "K2"), use("B8", "K2"), use("B9", "K3"), use("B10", "K3"))

    assert counts(headline("L1")) == (10, 10, 8, [{"machine": 8}])


def test_complete_is_said_only_where_every_unit_was_reported_and_nothing_is_unknown(tell, headline) -> None:
    tell(*PLANT, COMPLETED, *(use(name, "K1") for name in NAMES[6:]))
    assert headline("L1")["isComplete"]

    tell(event("unitProcessed", "elsewhere", 8, units=["B1"], run="AOI", firstSequence=1))
    assert counts(headline("L1"))[:3] == (10, None, 10)
    tell(event("unitCompleted", "all", 9, units=["B1"]))
    assert headline("L1")["isComplete"]
    tell(event("packageCreated", "bare", 5, package="K9"), use("B2", "K9"))
    assert not headline("L1")["isComplete"]


def test_a_completion_without_a_run_is_one_of_the_runs_passed_at_its_station(tell, headline) -> None:
    elsewhere = {"units": ["X"], "run": {"id": "RUN 2", "station": "SMT 2"}}
    tell(
        *PLANT,
        event("unitCreated", "other", 5, units=["X"]),
        event("unitProcessed", "x", 7, **{"firstSequence": 1, **elsewhere}),
    )
    tell(event("unitCompleted", "there", 9, units=NAMES, station="SMT 2"))
    assert counts(headline("L1"))[1] is None

    tell(event("unitCompleted", "here", 9, units=NAMES[:9], station="smt 1"))
    assert counts(headline("L1"))[1] == 9


def test_a_completion_at_the_station_of_another_units_run_completes_no_other_run(tell, headline) -> None:
    tell(
        event("packageCreated", "reel", 5, package="K1", lots=[{**LOT, "lotCode": "L1"}]),
        event("unitCreated", "one", 6, units=["S1"], run={"id": "R1", "station": "ST1"}, firstSequence=1),
        event("unitCreated", "two", 6, units=["S2"], run={"id": "R2", "station": "ST2"}, firstSequence=1),
        event("consumed", "use", 7, unit="S1", package="K1"),
        event("unitCompleted", "done", 8, units=["S1"], station="ST2"),
    )

    answer = headline("L1")

    assert (counts(answer)[1], answer["isComplete"]) == (None, False)


def test_a_completion_that_is_corrected_is_none_and_was_one_before(tell, headline) -> None:
    tell(*PLANT, COMPLETED)
    then = headline("L1")["recordedAsOf"]
    tell(event("correction", "not so", 10, corrects="completed"))

    assert counts(headline("L1"))[1] is None
    assert counts(headline("L1", recordedAsOf=then))[1] == 10
    assert counts(headline("L1", asOf=at(8), recordedAsOf=then))[1] is None


def test_each_source_of_the_runs_says_when_it_last_told_of_them_and_when_it_was_heard(tell, headline) -> None:
    tell(*PLANT, COMPLETED, event("unitCreated", "other", 12, units=["X"], source="line-4"))

    told = {each["source"]: each for each in headline("L1")["coverage"]["sources"]}
    assert {name: each["lastEventAt"] for name, each in told.items()} == {
        "feeder-4": at(8),
        "line-4": at(7),
        "mes": at(9),
    }
    assert told["line-4"]["heardAt"] >= told["line-4"]["lastRecordedAt"]
    then = told["line-4"]["lastRecordedAt"]
    before = headline("L1", recordedAsOf=then)["coverage"]["sources"]
    assert {each["heardAt"] for each in before} <= {None, told["line-4"]["heardAt"]}


def test_sources_have_told_what_counts_as_of_both_times(tell, headline) -> None:
    def told(**asked):
        return {
            each["source"]: each["lastEventAt"] for each in headline("L1", **asked)["coverage"]["sources"]
        }

    tell(*PLANT, COMPLETED)
    before, then = told(), headline("L1")["recordedAsOf"]
    late = event("unitProcessed", "late", 15, units=["B1"], run="RUN", source="aoi")
    ahead = event("unitProcessed", "ahead", 7, units=["B1"], run="RUN", source="line-4")
    tell(late, {**ahead, "happenedAt": "2098-01-01T00:00:00Z"})

    assert told() == before | {"aoi": at(15)}
    assert told(asOf=at(14)) == told(recordedAsOf=then) == before
    assert told(asOf=at(14)) == told(asOf=at(14), recordedAsOf=headline("L1")["recordedAsOf"])
    tell(event("correction", "no", 16, corrects="late"))
    assert told() == before


def test_lines_that_wait_and_packages_of_no_known_lot_are_counted(tell, headline) -> None:
    tell(
        *PLANT,
        reel("K2", "L2"),
        use("B1", "K7"),
        use("B99", "K2"),
        event("tested", "t", 8, units=["B98"], result="passed"),
    )
    assert headline("L1")["unknown"] == {
        "waiting": 1,
        "undecided": 0,
        "unread": 0,
        "packagesWithoutLot": 0,
    }
    tell(use("B2", "K2"))
    assert headline("L2")["unknown"]["waiting"] == 2
    then = headline("L1")["recordedAsOf"]

    tell(event("packageCreated", "bare", 5, package="K7"))
    assert headline("L1")["unknown"] == {
        "waiting": 0,
        "undecided": 0,
        "unread": 0,
        "packagesWithoutLot": 1,
    }
    assert headline("L1", recordedAsOf=then)["unknown"]["waiting"] == 1
    tell(reel("K7", "L7"))
    assert headline("L1")["unknown"]["packagesWithoutLot"] == 0


def test_a_line_about_a_unit_that_is_part_of_the_answer_is_counted(tell, headline) -> None:
    links = [{"unit": "B1", "into": "X9"}]
    tell(*PLANT, reel("K2", "L2"), use("B9", "K2"), event("assembledInto", "into", 8, links=links))

    assert headline("L1")["unknown"]["waiting"] == 1
    assert headline("L2")["unknown"]["waiting"] == 0


def test_uses_dated_ahead_are_counted(tell, headline) -> None:
    ahead = {**use("B7", "K1"), "happenedAt": "2098-01-01T00:00:00Z"}
    tell(*PLANT, ahead)

    assert headline("L1", asOf=at(20))["datedAhead"] == 1
    assert headline("L1", asOf=at(20))["units"]["total"] == 6


def test_the_contents_of_a_unit_say_what_waits_for_it(tell, quality) -> None:
    ranges = [{"package": "K8", "sequenceFrom": 3, "sequenceTo": 4}]
    tell(*PLANT, use("B1", "K7"), event("feed", "feed", 8, run="RUN", feeds=ranges))
    tell(event("packageCreated", "bare", 5, package="K6"), use("B2", "K6"))

    def unknown(serial):
        (unit,) = quality.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
        told = quality.get(f"/trace/v1/units/{unit['id']}/contents").get_json()["unknown"]
        return told["waiting"], told["packagesWithoutLot"]

    assert [unknown(serial) for serial in ("B1", "B2", "B3", "B5")] == [(1, 0), (0, 1), (1, 0), (0, 0)]


def test_a_customers_auditor_is_told_of_the_customers_units_alone(tell, headline, asker) -> None:
    mine = event("unitCreated", "mine", 5, units=NAMES[:4], customer="meditec")
    theirs = event("unitCreated", "theirs", 5, units=NAMES[4:], customer="railway")
    tell(reel("K1", "L1"), mine, theirs, *USES, use("B9", "K7"), use("B5", "K6", source="secret"))
    for number, names in enumerate((NAMES[:4], NAMES[4:])):
        tell(
            event(
                "unitProcessed",
                f"p{number}",
                7,
                units=names,
                run="RUN",
                firstSequence=4 * number + 1,
                source=f"s{number}",
            )
        )
        tell(event("unitCompleted", f"c{number}", 9, units=names, run="RUN"))

    head = headline("L1", asker("customer_auditor", "meditec"))

    assert counts(head) == (4, 4, 4, [{"machine": 4}])
    assert [each["source"] for each in head["coverage"]["sources"]] == ["feeder-4", "s0"]
    assert {each["heardAt"] for each in head["coverage"]["sources"]} == {None}
    assert head["unknown"] == {"waiting": 0, "undecided": 0, "unread": 0, "packagesWithoutLot": 0}
    assert head["isComplete"]
    tell(use("B2", "K7"))
    assert headline("L1", asker("customer_auditor", "meditec"))["unknown"]["waiting"] == 1


def both_sides(*used):
    """Return two boards that passed a top and a bottom side, each completed, with what was used."""
    told = [reel("K1", "L1"), reel("K2", "L2"), event("unitCreated", "made both", 5, units=["B1", "B2"])]
    for hour, side in ((7, "TOP"), (8, "BOTTOM")):
        told.append(event("unitProcessed", f"in {side}", hour, units=["B1", "B2"], run=side))
        told.append(event("unitCompleted", f"done {side}", hour, units=["B1", "B2"], run=side))
    return [*told, *used]


SILENT = "1 unit was reported, but not for every run that it passed in which this kind of material is used, or not of every kind."
TOP_OF_BOTH = [use("B1", "K2", run="TOP"), use("B2", "K2", run="TOP"), use("B1", "K1", run="BOTTOM")]


def test_a_report_of_one_side_is_none_of_the_other(tell, headline, quality) -> None:
    tell(*both_sides(*TOP_OF_BOTH))

    head = headline("L1")
    assert (counts(head), head["isComplete"]) == ((2, 2, 2, [{"machine": 2}]), False)
    (lot,) = quality.get("/trace/v1/lots?code=L1").get_json()["result"]
    assert SILENT in quality.get(f"/lots/{lot['id']}/where-used?level=board").get_data(as_text=True)
    tell(use("B2", "K1", run="BOTTOM", hour=8))
    assert headline("L1")["isComplete"]


def test_a_report_that_names_no_run_is_of_one_pass_only(tell, headline) -> None:
    tell(*both_sides(*TOP_OF_BOTH, use("B2", "K1")))
    assert headline("L1")["isComplete"]

    tell(event("correction", "no", 9, corrects="use B2 K2"))
    assert not headline("L1")["isComplete"]


@pytest.mark.parametrize("named", [{}, {"run": "TOP"}])
def test_of_a_run_in_which_nothing_is_known_to_be_used_no_report_is_owed(tell, headline, named) -> None:
    tell(*both_sides(use("B1", "K1", **named), use("B2", "K2", **named)))

    assert headline("L1")["isComplete"]


def test_a_run_is_owed_reports_by_what_a_range_of_it_or_a_set_up_says(tell, headline) -> None:
    top = [use("B1", "K2", run="TOP"), use("B2", "K2", run="TOP")]
    numbers = {"package": "K1", "sequenceFrom": 1, "sequenceTo": 1}
    by_number = event("unitProcessed", "by number", 8, units=["B1"], run="BOTTOM", firstSequence=1)
    tell(*both_sides(*top, by_number, event("feed", "fed", 8, run="BOTTOM", feeds=[numbers])))
    assert not headline("L1")["isComplete"]

    tell(event("correction", "not fed", 9, corrects="fed"))
    slots = [{"slot": "F1", "package": "K1"}]
    at_station = {"id": "BOTTOM", "station": "SMT 2"}
    tell(event("setUp", "set up", 6, station="SMT 2", slots=slots))
    tell(event("unitProcessed", "at", 8, units=["B1"], run=at_station, source="smt-2"))
    assert not headline("L1")["isComplete"]


def test_what_others_used_in_a_run_owes_an_auditor_nothing(tell, headline, asker) -> None:
    theirs = [event("unitCreated", "theirs", 5, units=["B1"], customer="meditec")]
    tell(*both_sides(*theirs, use("B1", "K1", run="TOP"), use("B2", "K2", run="BOTTOM")))

    assert headline("L1", asker("customer_auditor", "meditec"))["isComplete"]
    assert not headline("L1")["isComplete"]


def chains(quality, code):
    """Return for each board the use and the pass of its chain, with how sure each is, and when it was."""
    (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
    asked = {"level": "board", "explain": "true"}
    answer = quality.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked).get_json()
    return {
        row["serial"]: [
            (step["fact"], step["certainty"], step["happenedAt"]) for step in row["why"]["steps"][-2:]
        ]
        for row in answer["result"]
    }


def test_what_a_range_says_of_who_passed_at_another_time_is_no_report(tell, headline, quality) -> None:
    tell(
        reel("K1", "L1"),
        *MADE[:2],
        event("unitProcessed", "early", 7, units=["B1"], run="RUN", firstSequence=1),
        event("unitProcessed", "then", 8, units=["B2"], run="RUN", firstSequence=2),
        event("unitCompleted", "done", 9, units=["B1", "B2"], run="RUN"),
    )
    numbers = {"package": "K1", "sequenceFrom": 1, "sequenceTo": 2}
    tell(event("feed", "fed", 9, run="RUN", feeds=[{**numbers, "from": at(8), "to": at(9)}]))
    head = headline("L1")
    assert (counts(head), head["isComplete"]) == ((2, 2, 1, [{"machine": 1}]), False)
    # [7.3] It is no contradiction of 10: the answer, the row and its chain say so.
    assert head["anomalies"] == {}
    assert chains(quality, "L1") == {
        "B1": [("used", "possible", at(8)), ("passed", "possible", at(7))],
        "B2": [("used", "exact", at(8)), ("passed", "exact", at(8))],
    }

    tell(event("correction", "no", 10, corrects="fed"))
    tell(event("feed", "fed then", 9, run="RUN", feeds=[{**numbers, "from": at(7), "to": at(9)}]))
    assert headline("L1")["isComplete"]
