"""Packages of which no lot is known, or was none at some time: what was used of them may be of any lot."""

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs


def at(hour, day=1):
    return f"2026-03-{day:02}T{hour:02}:00:00+00:00"


def event(event_type, number, hour, /, day=1, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour, day), **members}


def reel(package, code=None):
    lots = [] if code is None else [{"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": code}]
    return event("packageCreated", f"reel {package}", 1, package=package, lots=lots)


def use(unit, package, hour=2):
    return event("consumed", f"use {unit} {package}", hour, unit=unit, package=package)


# Of one board everything was reported; another one is there.
WHOLE = [
    reel("K1", "L1"),
    event("unitCreated", "made", 1, units=["B1", "B2"]),
    event("unitProcessed", "passed", 2, units=["B1"], run="SMT", firstSequence=1),
    event("unitCompleted", "done", 3, units=["B1"], run="SMT"),
    use("B1", "K1"),
]


def split(source, into, hour, day=1):
    return event("split", f"{source} into {into}", hour, day, package=source, into=[{"package": into}])


@pytest.fixture
def answer(asker, registry):
    """Tell events, and return whether where-used of L1 is complete, and what is unknown beside it."""
    mes, quality = asker("production"), asker("quality")

    def told(*events, **asked):
        result = mes.post("/trace/v1/events", json=list(events)).get_json()["result"]
        assert {each["state"] for each in result} <= {"accepted", "pending", "corrected"}, result
        (lot,) = quality.get("/trace/v1/lots?code=L1").get_json()["result"]
        head = quality.get(f"/trace/v1/lots/{lot['id']}/where-used", query_string=asked).get_json()[
            "headline"
        ]
        assert differs(registry, Site(registry.settings.site)) == []
        return head["isComplete"], {name: count for name, count in head["unknown"].items() if count}

    return told


def test_what_was_used_before_a_known_reel_was_joined_is_of_no_known_lot(answer):
    spliced = event("merged", "spliced", 10, packages=[{"package": "K2"}], into="K3", how="splice")
    filled = [reel("K2", "L2"), reel("K3"), use("B2", "K3", 7), spliced]

    now = answer(*WHOLE, *filled)
    before = answer(asOf=at(8))

    assert now == before == (False, {"packagesWithoutLot": 1})


def test_a_label_that_begins_with_a_split_is_of_no_known_lot_until_that_happened(answer):
    divided = [reel("K2", "L2"), split("K2", "K3", 10), use("B2", "K3", 7)]

    now = answer(*WHOLE, *divided)
    before = answer(asOf=at(8))

    assert now == (True, {})
    assert before == (False, {"packagesWithoutLot": 1})


def test_what_comes_into_it_only_in_the_future_makes_no_lot_known(answer):
    later = [reel("K2", "L2"), split("K2", "K3", 10, day=30), use("B2", "K3", 7)]

    told = answer(*WHOLE, *later)

    assert told == (False, {"packagesWithoutLot": 1})


@pytest.mark.parametrize("into_it", ["split", "relabelled", "merged"])
@pytest.mark.parametrize("day", [1, 30], ids=["later today", "dated ahead"])
def test_what_only_a_line_that_waits_makes_known_is_of_no_known_lot_before_that_happened(
    answer, into_it, day
):
    said = {
        "split": {"package": "NOBODY", "into": [{"package": "K3"}]},
        "relabelled": {"package": "NOBODY", "into": "K3"},
        "merged": {"packages": [{"package": "NOBODY"}], "into": "K3"},
    }

    told = answer(*WHOLE, event(into_it, "waits", 10, day, **said[into_it]), use("B2", "K3", 7), asOf=at(8))
    without_it = answer(event("correction", "no", 11, corrects="waits"), asOf=at(8))

    assert told == (False, {"packagesWithoutLot": 1})
    assert without_it == (False, {"waiting": 1})  # the use waits now


def test_a_use_that_waits_of_a_package_of_no_known_lot_may_be_of_any(answer):
    before = answer(*WHOLE, reel("K3"))
    after = answer(use("NOBODY", "K3"))

    assert before == (True, {})
    assert after == (False, {"waiting": 1})


@pytest.mark.parametrize("is_corrected", [False, True])
def test_a_use_that_waits_of_what_was_poured_into_a_reel_of_the_lot_is_not_of_that(answer, is_corrected):
    waits = [reel("K2", "L2"), reel("K4", "L1"), use("NOBODY", "K2")]
    poured = event("merged", "poured", 10, packages=[{"package": "K2"}], into="K4")

    before = answer(*WHOLE, *waits)
    after = answer(poured, *([event("correction", "no", 11, corrects="poured")] if is_corrected else []))

    assert before == after == (True, {})


def test_a_range_that_waits_is_of_the_time_when_its_units_passed_however_late_it_is_told(answer):
    numbers = {"sequenceFrom": 1, "sequenceTo": 2}
    late = event("feed", "late", 20, run="SMT", feeds=[{"package": "NOBODY", **numbers}])

    before = answer(*WHOLE, asOf=at(15))
    after = answer(late, asOf=at(15))
    earlier = answer(asOf=at(1))

    assert before == (True, {})
    assert after == (False, {"waiting": 1})
    assert earlier[1] == {}


def taken_before_a_merge(is_split):
    """Return how something is taken from K3, by a split or by the merge itself, and K1 merged into it."""
    came = [{"package": "K1"}, *([] if is_split else [{"package": "K3"}])]
    into_it = event("merged", "merged", 6, packages=came, into="K3")
    return [into_it, split("K3", "K4", 5), use("B2", "K4", 7)] if is_split else [into_it, use("B2", "K3", 5)]


@pytest.mark.parametrize("is_split", [True, False], ids=["split off", "goes on"])
@pytest.mark.parametrize("is_first", [True, False], ids=["the merge first", "the merge last"])
def test_what_something_was_taken_from_held_something_before_what_was_merged_into_it(
    answer, is_split, is_first
):
    told = taken_before_a_merge(is_split)

    found = answer(*WHOLE, *(told if is_first else reversed(told)))
    without_it = answer(event("correction", "no", 11, corrects="K3 into K4" if is_split else "merged"))

    assert found == (False, {"packagesWithoutLot": 1})
    assert without_it == (False, {"waiting": 1})
