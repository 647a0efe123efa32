"""Numbers of units in a run over HTTP: those that are said, and no others."""

import pytest


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, /, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def reel(package, code):
    lot = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": code}
    return event("packageCreated", f"reel {package}", 1, package=package, lots=[lot])


def fed(package, first, last):
    feeding = {"package": package, "sequenceFrom": first, "sequenceTo": last}
    return event("feed", f"feed {package}", 3, run="RUN", feeds=[feeding])


def through_oven(name, **members):
    return event("unitProcessed", f"oven {name}", 7, units=[name], run="RUN", station="OVEN", **members)


UNITS = ["A1", "A2", "A3", "A4"]
REELS = [reel("K1", "L1"), reel("K2", "L2"), fed("K1", 1, 2), fed("K2", 3, 4)]


@pytest.fixture
def ask(asker):
    """Send events and return what holds the lot L1 of the first reel, its headline and the kinds of contradictions."""
    mes, quality = asker("production"), asker("quality")

    def send(*events):
        outcomes = mes.post("/trace/v1/events", json=list(events)).get_json()["result"]
        assert {each["state"] for each in outcomes} == {"accepted"}
        lot = quality.get("/trace/v1/lots", query_string={"code": "L1"}).get_json()["result"][0]["id"]
        told = quality.get(f"/trace/v1/lots/{lot}/where-used", query_string={"level": "board"}).get_json()
        listed = quality.get("/trace/v1/anomalies").get_json()["result"]
        rows = {row["serial"]: row["certainty"] for row in told["result"]}
        return rows, told["headline"], [each["kind"] for each in listed]

    return send


def test_a_later_station_that_knows_no_numbers_gives_none(ask) -> None:
    """[7.4] A board has the number that was said of it, and not number 1 as well."""
    made = event("unitCreated", "made", 2, units=UNITS, run="RUN", firstSequence=1)

    rows, _, listed = ask(*REELS, made, *map(through_oven, UNITS))

    assert rows == {"A1": "exact", "A2": "exact"}
    assert listed == []


@pytest.mark.parametrize("kind", ["unitCreated", "unitProcessed"])
def test_a_unit_of_which_no_number_is_said_holds_nothing_of_a_range(ask, kind) -> None:
    """[7.4, 9.6] The run is in question all the same: how many hold the material is not known."""
    made = event("unitCreated", "made", 2, units=["A1"])
    done = event("unitCompleted", "done", 8, units=["A1"], run="RUN")

    rows, headline, listed = ask(*REELS, made, event(kind, "pass", 7, units=["A1"], run="RUN"), done)

    assert rows == {}
    assert headline["isComplete"] is False
    assert listed == []


def test_the_timeline_tells_no_number_where_none_is_said(ask, asker) -> None:
    ask(*REELS, event("unitCreated", "made", 2, units=["A1"], run="RUN", firstSequence=4), through_oven("A1"))
    quality = asker("quality")

    unit = quality.get("/trace/v1/units", query_string={"serial": "A1"}).get_json()["result"][0]["id"]
    told = quality.get(f"/trace/v1/units/{unit}/timeline").get_json()["result"]

    assert [each["sequence"] for each in told if each["kind"] == "passed"] == [4, None]


@pytest.mark.parametrize(
    ("event_type", "members", "place"),
    [
        ("consumed", {"unit": "A1", "package": "K1", "quantity": 0}, "quantity"),
        (
            "feed",
            {"run": "RUN", "feeds": [{"package": "K1", "sequenceFrom": 1, "sequenceTo": 2}]},
            "feeds[0]",
        ),
    ],
)
def test_a_use_of_nothing_is_refused_by_its_line(ask, asker, event_type, members, place) -> None:
    if event_type == "feed":
        members["feeds"][0]["quantityPerUnit"] = "0.0"

    sent = asker("production").post("/trace/v1/events", json=[event(event_type, "none", 3, **members)])

    outcome = sent.get_json()["result"][0]
    assert [each["code"] for each in outcome["findings"]] == ["EVENT-INVALID"]
    assert outcome["findings"][0]["path"].startswith(place)
    assert "more than nothing" in outcome["findings"][0]["message"]
