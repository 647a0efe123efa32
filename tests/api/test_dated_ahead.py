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
        said("unitProcessed", "passed", -60, units=["B1", "B2"], run=run, firstSequence=1),
    ]


@pytest.fixture
def tell(suppliers, asker):
    mes = asker("production")

    def send(*events):
        answer = mes.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "pending", "corrected"}, answer

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


@pytest.fixture
def through_two_runs(boards, said, fed, reel):
    """Return what was fed in a run, and what a statement that is dated ahead says of the run after it."""
    again = said("unitProcessed", "again", -30, units=["B1", "B2"], run="RUN 2", firstSequence=1)
    ahead = fed("ahead", "K1", 60, designators=["C1"], quantityPerUnit=1)
    now = fed("now", "K1", -10, designators=["C1"], quantityPerUnit=1)
    return [*boards, again, reel("K1", "L1"), now, {**ahead, "run": "RUN 2"}]


@pytest.mark.parametrize(
    "members",
    [{"package": "K1"}, {"package": "K1", "quantity": 1}, {"designators": ["C1"], "quantity": 1}],
    ids=["all of the package", "a piece of it", "what is at the designator"],
)
@pytest.mark.parametrize("is_known_first", [True, False])
def test_a_removal_takes_nothing_of_a_range_that_is_dated_ahead(
    tell, where, said, through_two_runs, clock, registry, members, is_known_first
) -> None:
    removal = said("removed", "out", 0, unit="B1", **members)
    tell(*([*through_two_runs, removal] if is_known_first else [removal, *reversed(through_two_runs)]))

    assert where("L1") == ({"B2": "exact"}, 1)
    clock.advance(minutes=61)
    assert where("L1") == ({"B1": "exact", "B2": "exact"}, 0)
    # What counts by now can be taken out.
    tell(said("removed", "out again", 61, unit="B1", **members))
    assert where("L1") == ({"B2": "exact"}, 0)
    assert differs(registry, Site(registry.settings.site)) == []


def test_what_a_range_that_is_dated_ahead_contradicts_is_listed_in_its_time(
    tell, anomalies, said, fed, reel, boards, clock
) -> None:
    slots = [{"slot": "F1", "package": "K1"}]
    tell(*boards, reel("K1", "L1"), reel("K2", "L2"), said("setUp", "up", -70, station="SMT 1", slots=slots))
    tell(fed("ahead", "K2", 60, slot="F1", designators=["C1"], quantityPerUnit=1))
    tell(said("consumed", "use", -60, unit="B1", package="K1", designators=["C1"]))
    tell({**reel("K2", "L2"), "id": "counted", "counted": 1})

    assert anomalies() == ["datedAhead"]
    clock.advance(minutes=61)
    assert anomalies() == ["designatorTwice", "overdrawn", *["setupAgainstReport"] * 2]


@pytest.fixture
def left_out(where, quality, asker):
    """Return how many statements are left out: of where a lot is, of a customer's part of it, of a unit."""

    def ask(code="L1", serial="B1"):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        auditor = asker("customer_auditor", "meditec")
        used = auditor.get(f"/trace/v1/lots/{lot['id']}/where-used?level=board").get_json()["headline"]
        (unit,) = quality.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
        inside = quality.get(f"/trace/v1/units/{unit['id']}/contents").get_json()
        return where(code)[1], used["datedAhead"], inside["datedAhead"]

    return ask


AHEAD = {
    # Of a lot, of a customer's part of that, of a unit.
    "use": ("consumed", {"unit": "B1", "package": "K1"}, (1, 1, 1)),
    "use on its panel": ("consumed", {"unit": "P1", "package": "K1"}, (1, 0, 0)),
    "range": (
        "feed",
        {"run": "RUN", "feeds": [{"package": "K1", "sequenceFrom": 1, "sequenceTo": 1}]},
        (1, 1, 1),
    ),
    "range of others": (
        "feed",
        {"run": "RUN", "feeds": [{"package": "K1", "sequenceFrom": 2, "sequenceTo": 9}]},
        (1, 0, 0),
    ),
    "range of other material": (
        "feed",
        {"run": "RUN", "feeds": [{"package": "K2", "sequenceFrom": 1, "sequenceTo": 1}]},
        (0, 0, 1),
    ),
    "range on its panel": (
        "feed",
        {"run": "PRINT", "feeds": [{"package": "K1", "sequenceFrom": 1, "sequenceTo": 1}]},
        (1, 1, 1),
    ),
    "set-up": ("setUp", {"station": "SMT 1", "slots": [{"slot": "F7", "package": "K1"}]}, (1, 0, 0)),
    "set-up of other material": (
        "setUp",
        {"station": "SMT 1", "slots": [{"slot": "F7", "package": "K2"}]},
        (0, 0, 0),
    ),
    "split": ("split", {"package": "K1", "into": [{"package": "K8"}, {"package": "K9"}]}, (2, 0, 0)),
    "merge": ("merged", {"packages": [{"package": "K2"}], "into": "K1"}, (0, 0, 1)),
    "splice": ("merged", {"packages": [{"package": "K1"}], "into": "K2", "how": "splice"}, (1, 0, 0)),
    "new label": ("relabelled", {"package": "K1", "into": "K9"}, (1, 0, 0)),
    "pass": ("unitProcessed", {"units": ["B1"], "run": "AOI"}, (1, 1, 1)),
    "completion": ("unitCompleted", {"units": ["B1"]}, (1, 1, 1)),
    "put into it": ("assembledInto", {"links": [{"unit": "B2", "into": "B1"}]}, (1, 1, 1)),
    "removal": ("removed", {"unit": "B1", "package": "K1"}, (1, 1, 1)),
    "use that waits": ("consumed", {"unit": "B1", "package": "ELSE"}, (1, 1, 1)),
    "range that waits": (
        "feed",
        {"run": "RUN", "feeds": [{"package": "ELSE", "sequenceFrom": 1, "sequenceTo": 1}]},
        (1, 1, 1),
    ),
    "set-up that waits": (
        "setUp",
        {"station": "SMT 1", "slots": [{"slot": "F7", "package": "ELSE"}]},
        (1, 0, 0),
    ),
    "use of what is not known": ("consumed", {"unit": "B1", "package": "BARE"}, (1, 1, 1)),
    "new label of what is not known": ("relabelled", {"package": "BARE", "into": "K9"}, (1, 0, 0)),
    "removal that waits": ("removed", {"unit": "B1", "package": "ELSE"}, (1, 1, 1)),
    "part that waits": ("assembledInto", {"links": [{"unit": "ELSE", "into": "B1"}]}, (1, 1, 1)),
    "of another unit": ("tested", {"units": ["B2"], "result": "passed"}, (0, 0, 0)),
}


@pytest.mark.parametrize("name", AHEAD)
def test_what_is_left_out_and_would_touch_an_answer_is_counted(
    tell, said, reel, boards, left_out, clock, name
) -> None:
    kind, members, counted = AHEAD[name]
    on = [{"unit": "B1", "into": "P1", "relation": "panelOf"}]
    tell(*boards, reel("K1", "L1"), reel("K2", "L2"), said("consumed", "use", -60, unit="B1", package="K1"))
    tell(said("unitCreated", "whose", -90, units=["B1"], customer="meditec"), reel("BARE"))
    tell(
        said("unitCreated", "panel", -90, units=["P1"], kind="panel"),
        said("assembledInto", "on", -80, links=on),
    )
    tell(said("unitProcessed", "print", -70, units=["P1"], run="PRINT", firstSequence=1))
    tell(said("removed", "cut", -65, unit="P1", part="B1"))
    assert left_out() == (0, 0, 0)

    tell(said(kind, "ahead", 60, **members))

    assert left_out() == counted
    clock.advance(minutes=61)
    assert left_out() == (0, 0, 0)  # in its time it counts, or waits


def test_what_is_left_out_of_what_is_near_a_unit_touches_its_answers(
    tell, said, reel, boards, left_out
) -> None:
    """[9.5] Of its carton, which is nobody's, and of what is in it."""
    tell(*boards, reel("K1", "L1"), said("consumed", "use", -60, unit="B1", package="K1"))
    tell(said("unitCreated", "whose", -90, units=["B1"], customer="meditec"))
    links = [{"unit": "B1", "into": {"container": "BOX"}}, {"unit": "PART", "into": "B1"}]
    tell(said("unitCreated", "part", -90, units=["PART"]), said("assembledInto", "in", -30, links=links))
    assert left_out() == (0, 0, 0)

    tell(said("tested", "carton", 60, units=[{"container": "BOX"}], result="passed"))
    assert left_out() == (1, 0, 1)
    tell(said("tested", "its part", 60, units=["PART"], result="passed"))

    assert left_out() == (2, 1, 2)


def test_what_flows_on_from_what_is_left_out_is_left_out_too(tell, said, reel, boards, left_out) -> None:
    tell(*boards, reel("K1", "L1"), reel("K7", "L7"), said("consumed", "use", -60, unit="B1", package="K1"))
    tell(said("unitCreated", "whose", -90, units=["B1"], customer="meditec"))
    tell(said("relabelled", "second", 70, package="K8", into="K9"))
    tell(
        said("relabelled", "first", 60, package="K1", into="K8"),
        said("relabelled", "other", 60, package="K7", into="K6"),
    )
    tell(said("consumed", "ahead", 80, unit="B2", package="K9"))

    assert left_out() == (3, 0, 0)
