"""What is dated ahead: before its time has come nothing of it counts, whenever it was applied."""

from datetime import timedelta

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100"}


@pytest.fixture
def at(clock):
    """Return a time so many minutes after the test began."""
    began = clock.now
    return lambda minutes: (began + timedelta(minutes=minutes)).isoformat()


@pytest.fixture
def said(at):
    def event(event_type, number, minutes, /, **members):
        return {"type": event_type, "id": number, "happenedAt": at(minutes), **members}

    return event


@pytest.fixture
def reel(said):
    def package(name, code=None):
        lots = [] if code is None else [{**LOT, "lotCode": code}]
        return said("packageCreated", f"reel {name}", -600, package=name, lots=lots)

    return package


@pytest.fixture
def fed(said, at):
    """Feed the first ten numbers of a run since two hours ago, told of as at a time."""

    def feed(number, package, minutes, **more):
        numbers = {"sequenceFrom": 1, "sequenceTo": 10, "from": at(-120)}
        return said("feed", number, minutes, run="RUN", feeds=[{"package": package, **numbers, **more}])

    return feed


@pytest.fixture
def boards(said):
    """Two boards that passed two stations of a run, an hour ago."""
    run = {"id": "RUN", "station": "SMT 1"}
    return [
        said("unitCreated", "made", -90, units=["B1", "B2"]),
        said("unitProcessed", "passed", -60, units=["B1", "B2"], run=run),
    ]


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "pending"}, answer

    return send


@pytest.fixture
def where(quality):
    """Ask where a lot is: boards with how surely, and how many statements are dated ahead."""

    def ask(code, **query):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        asked = {"level": "board", **query}
        answer = quality.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked).get_json()
        rows = {row["serial"]: row["certainty"] for row in answer["result"]}
        return rows, answer["headline"]["datedAhead"]

    return ask


@pytest.fixture
def anomalies(quality):
    """Return the kinds of what does not fit, in a state."""

    def ask(state="open", **query):
        told = quality.get("/trace/v1/anomalies", query_string={"state": state, **query}).get_json()
        return sorted(each["kind"] for each in told["result"])

    return ask


def test_a_range_that_waited_for_a_name_counts_when_its_own_time_has_come(
    tell, where, fed, reel, boards, clock, registry
) -> None:
    tell(*boards, reel("K1", "L1"), fed("ahead", "K7", 60), fed("now", "K1", 0))
    clock.advance(minutes=57)
    # Applied three minutes before its time: no clock is wrong by that, but it was recorded long ago.
    tell(reel("K7", "L7"))

    assert where("L7") == ({}, 1)
    clock.advance(minutes=4)
    assert where("L7") == ({"B1": "exact", "B2": "exact"}, 0)
    assert differs(registry, Site(registry.settings.site)) == []


def test_a_range_that_counts_again_is_dated_ahead_still(tell, where, fed, reel, boards, said, clock) -> None:
    tell(*boards, reel("K7", "L7"), fed("ahead", "K7", 60))
    tell(said("correction", "no", 0, corrects="ahead"))
    clock.advance(minutes=58)
    tell(said("correction", "yes", 58, corrects="no"))

    assert where("L7") == ({}, 1)
