"""What names mean, over HTTP: as of a time, in any order of arrival, and reversibly."""

import itertools

import pytest

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import differs

OLD = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-OLD"}
NEW = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-NEW"}


def said(kind: str, number: str, day: int = 1, /, *, hour: int = 8, **members):
    happened_at = f"2026-03-{day:02}T{hour:02}:00:00Z"
    return {"type": kind, "id": number, "happenedAt": happened_at, **members}


def reel(number="reel", day: int = 1, package="R", lots=(OLD,), **members):
    return said("packageCreated", number, day, hour=6, package=package, lots=list(lots), **members)


def used(number: str, day: int, unit, **members):
    return said("consumed", number, day, hour=9, unit=unit, package="R", **members)


def send(asker, *events):
    answer = asker.post("/trace/v1/events", json=list(events))
    assert answer.status_code == 200
    return answer.get_json()["result"]


def states(outcomes):
    return [each["state"] for each in outcomes]


def units(asker, serial):
    return asker.get(f"/trace/v1/units?serial={serial}").get_json()["result"]


def waiting_in(asker):
    """Return the state of each event that waits, and for what."""
    events = asker.get("/trace/v1/events").get_json()["result"]
    return {each["id"]: (each["state"], each["waitsFor"]) for each in events if each["waitsFor"]}


def undecided_in(asker):
    """Return the candidates of each event that is undecided."""
    events = asker.get("/trace/v1/events").get_json()["result"]
    return {
        each["id"]: {one for name in each["undecided"] for one in name["candidates"]}
        for each in events
        if each["undecided"]
    }


def used_in(asker, code, **query):
    """Return the certainty of each unit that holds a lot, by the unit's id."""
    (lot,) = asker.get(f"/trace/v1/lots?code={code}").get_json()["result"]
    path = f"/trace/v1/lots/{lot['id']}/where-used"
    answer = asker.get(path, query_string={"level": "board", **query}).get_json()
    return {row["id"]: row["certainty"] for row in answer["result"]}


def packages_in(asker, unit, **query):
    answer = asker.get(f"/trace/v1/units/{unit}/contents", query_string=query).get_json()
    return sorted((row["package"], row["lot"]["code"]) for row in answer["result"] if row["lot"])


NAMED = said("unitCreated", "named", 2, units=[{"serial": "B1", "panel": "P", "position": 1}])
ALONE = said("unitCreated", "alone", 1, units=[{"panel": "P", "position": 1}])
SERIAL = said("unitCreated", "serial", 1, units=["B1"])
USES = (used("by place", 3, {"panel": "P", "position": 1}), used("by serial", 4, "B1"))


def test_names_of_one_unit_are_one_unit_whether_they_come_before_or_after_its_uses(quality) -> None:
    outcomes = send(quality, reel(), ALONE, SERIAL, *USES)
    assert states(outcomes) == ["accepted"] * 5
    assert len(used_in(quality, "L-OLD")) == 2

    assert states(send(quality, NAMED)) == ["accepted"]

    (unit,) = units(quality, "B1")
    assert units(quality, "P") == [unit]
    assert used_in(quality, "L-OLD") == {unit["id"]: "exact"}
    assert len(packages_in(quality, unit["id"])) == 2


@pytest.mark.parametrize("order", range(6))
def test_names_and_uses_of_one_unit_are_the_same_in_any_order(quality, order) -> None:
    rest = list(itertools.permutations([NAMED, *USES]))[order]

    send(quality, reel(), *rest)

    (unit,) = units(quality, "B1")
    assert used_in(quality, "L-OLD") == {unit["id"]: "exact"}
    assert len(packages_in(quality, unit["id"])) == 2


def test_that_two_are_one_unit_is_a_fact_that_can_be_taken_back(quality) -> None:
    send(quality, reel(), ALONE, SERIAL, *USES)
    two = sorted(used_in(quality, "L-OLD"))
    before = quality.get(f"/trace/v1/units/{two[0]}").get_json()["recordedAsOf"]

    same = said("sameUnit", "same", 5, units=[{"panel": "P", "position": 1}, "B1"])
    assert states(send(quality, same)) == ["accepted"]

    (unit,) = units(quality, "B1")
    assert used_in(quality, "L-OLD") == {unit["id"]: "exact"}
    assert {quality.get(f"/trace/v1/units/{each}").get_json()["id"] for each in two} == {unit["id"]}
    assert sorted(used_in(quality, "L-OLD", recordedAsOf=before)) == two

    send(quality, said("correction", "no", 6, corrects="same"))

    assert sorted(used_in(quality, "L-OLD")) == two
    assert [quality.get(f"/trace/v1/units/{each}").get_json()["id"] for each in two] == two


def test_the_same_unit_waits_for_a_name_that_is_not_known_yet(quality) -> None:
    same = said("sameUnit", "same", 5, units=[{"panel": "P", "position": 1}, "B1"])

    (waiting,) = send(quality, same)
    assert (waiting["state"], waiting["waitsFor"]) == ("pending", ["panel P/1", "serial B1"])
    send(quality, reel(), *USES, SERIAL, ALONE)

    (unit,) = units(quality, "B1")
    assert used_in(quality, "L-OLD") == {unit["id"]: "exact"}


CARRIER = {"panel": "CARRIER", "position": 1}
BOARDS = (
    said("unitCreated", "first", 1, units=[{**CARRIER, "serial": "A"}]),
    used("in first", 2, CARRIER),
    said("unitCreated", "second", 3, units=[{**CARRIER, "serial": "B"}]),
    used("in second", 4, CARRIER),
)


@pytest.mark.parametrize("order", range(24))
def test_a_carrier_that_is_used_again_carries_another_board(quality, order) -> None:
    send(quality, reel(), *list(itertools.permutations(BOARDS))[order])

    first, second = units(quality, "A")[0]["id"], units(quality, "B")[0]["id"]
    assert used_in(quality, "L-OLD") == {first: "exact", second: "exact"}
    assert len(packages_in(quality, first)) == len(packages_in(quality, second)) == 1
    assert {each["id"] for each in units(quality, "CARRIER")} == {first, second}


@pytest.mark.parametrize("order", [0, 5, 10, 15, 20, 23])
def test_a_tray_in_which_another_board_lies_makes_no_unit_of_the_two(quality, order) -> None:
    """[4.3] Nor of lines of one event; which of these is meant then nobody knows."""
    tray = {"container": "TRAY"}
    told = (
        said("unitCreated", "first", 1, units=[{**tray, "serial": "A"}]),
        used("in first", 2, tray),
        said("unitCreated", "others", 3, units=[{**tray, "serial": "B"}, {**tray, "serial": "C"}]),
        used("in one of them", 4, tray),
    )

    send(quality, reel(), *list(itertools.permutations(told))[order])

    first, second, third = (units(quality, serial)[0]["id"] for serial in "ABC")
    assert len({first, second, third}) == 3
    assert used_in(quality, "L-OLD") == {first: "exact"}
    assert undecided_in(quality) == {"in one of them": {second, third}}


PLACE = {"panel": "P", "position": 1}


@pytest.mark.parametrize("order", range(24))
def test_whose_a_place_is_of_two_of_one_time_nobody_knows_whenever_it_is_told(quality, order) -> None:
    """[4.3] The ranks of these are: A, the first of B, the use, the other of B."""
    told = (
        said("unitCreated", "A", 3, units=[{**PLACE, "serial": "A"}], product="X0"),
        said("unitCreated", "B early", 3, units=[{**PLACE, "serial": "B"}], product="X4"),
        said("unitCreated", "B late", 3, units=[{**PLACE, "serial": "B"}], product="X2"),
        said("consumed", "use", 3, unit=PLACE, package="R"),
    )
    send(quality, reel())

    for event in list(itertools.permutations(told))[order]:
        send(quality, event)

    one, other = units(quality, "A")[0]["id"], units(quality, "B")[0]["id"]
    assert used_in(quality, "L-OLD") == {}
    assert undecided_in(quality) == {"use": {one, other}}


@pytest.mark.parametrize("order", range(0, 120, 7))
def test_one_event_that_gives_a_place_to_two_makes_no_use_there_exact(quality, order) -> None:
    """[4.3] Until it is told whose it is; before, it was whose it had been."""
    told = (
        said("unitCreated", "first", 1, units=[{**PLACE, "serial": "A"}]),
        used("before", 2, PLACE),
        said("unitCreated", "two", 3, units=[{**PLACE, "serial": "A"}, {**PLACE, "serial": "B"}]),
        used("between", 4, PLACE),
        said("unitCreated", "third", 5, units=[{**PLACE, "serial": "B"}]),
    )
    send(quality, reel())

    for event in (*list(itertools.permutations(told))[order], used("after", 6, PLACE)):
        send(quality, event)

    one, other = units(quality, "A")[0]["id"], units(quality, "B")[0]["id"]
    assert used_in(quality, "L-OLD") == {one: "exact", other: "exact"}
    assert undecided_in(quality) == {"between": {one, other}}
    anomalies = quality.get("/trace/v1/anomalies?state=open").get_json()["result"]
    assert [(each["kind"], each["events"][0]["id"]) for each in anomalies] == [("undecided", "between")]


@pytest.mark.parametrize("wrong", ["two", "between", "decided"])
def test_what_gave_a_place_to_two_can_be_taken_back(quality, registry, wrong) -> None:
    told = {
        "two": said("unitCreated", "two", 3, units=[{**PLACE, "serial": "A"}, {**PLACE, "serial": "B"}]),
        "between": said("unitCreated", "between", 3, units=[{**PLACE, "serial": "C"}]),
        "decided": said("unitCreated", "decided", 4, units=[{**PLACE, "serial": "C"}]),
    }
    first = said("unitCreated", "first", 1, units=[{**PLACE, "serial": "C"}])
    send(quality, reel(), first, *told.values(), used("use", 3, PLACE), used("use after", 5, PLACE))

    send(quality, said("correction", "taken back", 9, corrects=wrong))

    serials = {
        "two": {"use": "C", "use after": "C"},
        "between": {"use": "AB", "use after": "C"},
        "decided": {"use": "ABC", "use after": "ABC"},
    }[wrong]
    ids = {event: {units(quality, each)[0]["id"] for each in some} for event, some in serials.items()}
    assert undecided_in(quality) == {event: some for event, some in ids.items() if len(some) > 1}
    assert set(used_in(quality, "L-OLD")) == {
        each for some in ids.values() if len(some) == 1 for each in some
    }
    assert not differs(registry, Site("default"))


def test_the_id_of_a_board_in_a_tray_is_no_other_board_at_the_time_of_its_recording(quality, clock) -> None:
    """[4.6] Where the next one is named with the tray at the very time at which the tray was named by itself."""
    tray = {"container": "TRAY"}
    (told, _) = send(
        quality,
        said("unitCreated", "second", 3, units=["C", tray, {**tray, "serial": "B"}]),
        said("unitCreated", "first", 1, units=[{"panel": "P", "position": 1}, {**tray, "serial": "A"}]),
    )
    assert told["state"] == "accepted"
    then = clock.now
    clock.advance(minutes=2)
    send(quality, reel())

    for serial in "AB":
        (unit,) = units(quality, serial)
        answer = quality.get(f"/trace/v1/units/{unit['id']}", query_string={"recordedAsOf": then.isoformat()})
        assert [name["value"] for name in answer.get_json()["names"]] == [serial, "TRAY"]


def test_places_of_a_carrier_are_made_anew_where_no_serial_number_is_said(quality) -> None:
    send(
        quality,
        reel(),
        said("unitCreated", "first", 1, units=[CARRIER]),
        used("one", 2, CARRIER),
        said("unitCreated", "second", 3, units=[CARRIER]),
        used("other", 4, CARRIER),
    )

    assert len(used_in(quality, "L-OLD")) == 2


PANEL = said("unitCreated", "panel", 1, units=["CARRIER"], kind="panel")
MARKED = {**CARRIER, "serial": "carrier"}


@pytest.mark.parametrize("order", list(itertools.permutations(range(4)))[::5])
def test_a_board_that_is_told_with_the_number_of_its_panel_goes_by_its_place(quality, order) -> None:
    told = (
        PANEL,
        said("unitCreated", "boards", 2, units=[MARKED, {**MARKED, "position": 2}]),
        used("by both", 3, MARKED),
        used("by place", 4, CARRIER),
    )
    send(quality, reel(), *(told[each] for each in order))

    boards = {each["id"] for each in units(quality, "CARRIER")}
    assert len(boards) == 3
    (used_at,) = used_in(quality, "L-OLD")
    assert len(packages_in(quality, used_at)) == 2
    (board,) = [each for each in units(quality, "CARRIER") if each["id"] == used_at]
    assert [each["value"] for each in board["names"]] == ["CARRIER/1"]


def test_what_is_told_with_the_number_of_its_panel_gives_that_number_to_nobody_anew(quality) -> None:
    reused = said("nameReused", "reused", 3, unit=MARKED)
    send(quality, reel(), PANEL, said("unitCreated", "board", 2, units=[MARKED]), reused)
    send(quality, used("before", 2, CARRIER), used("after", 4, MARKED), used("on the panel", 4, "CARRIER"))

    assert len(used_in(quality, "L-OLD")) == 3
    assert len(units(quality, "CARRIER")) == 3


def test_a_serial_number_that_is_made_anew_as_another_product_is_another_unit(quality) -> None:
    send(
        quality,
        reel(),
        said("unitCreated", "of 2024", 1, units=["000777"], product="P-100"),
        used("then", 2, "000777"),
        said("unitCreated", "of 2026", 5, units=["000777"], product="P-200"),
        used("now", 6, "000777"),
    )

    found = {each["product"]: each["id"] for each in units(quality, "000777")}
    assert set(found) == {"P-100", "P-200"}
    assert used_in(quality, "L-OLD") == dict.fromkeys(found.values(), "exact")


def test_a_name_is_another_ones_where_somebody_says_so_and_not_where_that_was_an_error(quality) -> None:
    send(quality, reel(), SERIAL, used("before", 2, "B1"), used("after", 4, "B1"))
    assert len(used_in(quality, "L-OLD")) == 1

    send(quality, said("nameReused", "reused", 3, unit="B1"))
    assert len(used_in(quality, "L-OLD")) == 2

    send(quality, said("correction", "no", 5, corrects="reused"))
    assert len(used_in(quality, "L-OLD")) == 1


LABEL = (
    reel("old reel", 1),
    said("unitCreated", "boards", 1, units=["B1", "B2"]),
    used("of the old", 2, "B1"),
    reel("new reel", 3, lots=[NEW]),
    used("of the new", 4, "B2"),
)


@pytest.mark.parametrize("order", [(0, 1, 2, 3, 4), (4, 3, 2, 1, 0), (1, 4, 2, 3, 0), (3, 4, 0, 1, 2)])
def test_a_reel_label_that_is_used_again_is_another_package(quality, order) -> None:
    send(quality, *(LABEL[each] for each in order))

    first, second = units(quality, "B1")[0]["id"], units(quality, "B2")[0]["id"]
    assert used_in(quality, "L-OLD") == {first: "exact"}
    assert used_in(quality, "L-NEW") == {second: "exact"}


def test_a_feed_means_the_reel_that_had_the_label_when_it_was_put_in(quality) -> None:
    feed = {"package": "R", "sequenceFrom": 1, "sequenceTo": 1, "from": "2026-03-02T08:00:00Z"}
    send(
        quality,
        reel("old reel", 1),
        reel("new reel", 3, lots=[NEW]),
        said("unitCreated", "board", 2, units=["B1"], run="RUN", firstSequence=1),
        said("feed", "told late", 5, run="RUN", feeds=[feed]),
    )

    assert used_in(quality, "L-OLD") == {units(quality, "B1")[0]["id"]: "exact"}
    assert used_in(quality, "L-NEW") == {}


def test_a_serial_number_of_two_customers_is_undecided_until_one_is_meant(quality) -> None:
    send(
        quality,
        reel(),
        said("unitCreated", "acorns", 1, units=[{"serial": "1", "issuer": "Acorn"}], customer="Acorn"),
        used("of one", 2, "1"),
    )
    (acorns,) = used_in(quality, "L-OLD")

    birch = said("unitCreated", "birchs", 1, units=[{"serial": "1", "issuer": "Birch"}], customer="Birch")
    send(quality, birch)

    assert used_in(quality, "L-OLD") == {}
    (waiting,) = quality.get("/trace/v1/events?state=pending").get_json()["result"]
    (undecided,) = waiting["undecided"]
    assert undecided["name"] == "serial 1"
    assert set(undecided["candidates"]) == {each["id"] for each in units(quality, "1")}
    assert waiting["waitsFor"] == []
    (again,) = send(quality, used("of the other", 3, "1"))
    assert (again["state"], again["undecided"]) == ("pending", waiting["undecided"])

    send(quality, said("correction", "no birch", 4, corrects="birchs"))
    assert used_in(quality, "L-OLD") == {acorns: "exact"}


def test_a_naming_that_was_an_error_leaves_nothing_known(quality) -> None:
    send(quality, reel(), NAMED, *USES)
    send(quality, said("correction", "no", 5, corrects="named"))

    assert used_in(quality, "L-OLD") == {}
    assert units(quality, "B1") == units(quality, "P") == []
    waiting = quality.get("/trace/v1/events?state=pending").get_json()["result"]
    assert [each["waitsFor"] for each in waiting] == [["panel P/1"], ["serial B1"]]

    send(quality, SERIAL)
    (unit,) = units(quality, "B1")
    assert used_in(quality, "L-OLD") == {unit["id"]: "exact"}
    assert units(quality, "P") == []


def test_a_decision_waits_again_when_its_names_are_known_no_more(quality, registry) -> None:
    same = said("sameUnit", "same", 2, units=["B1", {"panel": "P", "position": 1}])
    place = said("unitCreated", "place", 3, units=[{"panel": "P", "position": 1}])
    send(quality, SERIAL, ALONE, same)
    assert waiting_in(quality) == {}

    send(quality, said("correction", "no place", 4, corrects="alone"))
    assert waiting_in(quality) == {"same": ("accepted", ["panel P/1"])}
    send(quality, said("correction", "no serial", 5, corrects="serial"))
    assert waiting_in(quality) == {"same": ("pending", ["panel P/1", "serial B1"])}
    assert differs(registry, Site(registry.settings.site)) == []

    send(quality, place, {**SERIAL, "id": "serial again", "source": "line.2"})
    assert waiting_in(quality) == {}
    assert len(units(quality, "B1")) == 1


def test_a_receipt_need_not_be_on_record_for_its_packages(quality) -> None:
    send(quality, reel(receipt={"deliveryNote": "DN-7", "from": "bolt"}), SERIAL, used("use", 2, "B1"))

    assert list(used_in(quality, "L-OLD").values()) == ["exact"]


def test_a_decision_that_was_corrected_in_its_own_request_leaves_nothing_behind(quality, registry) -> None:
    same = said("sameUnit", "same", 2, units=["B1", "B2"])
    no_more = said("correction", "no", 3, corrects="same")

    send(quality, same, no_more, SERIAL, said("unitCreated", "other", 1, units=["B2"]))

    assert len({unit["id"] for serial in ("B1", "B2") for unit in units(quality, serial)}) == 2
    assert differs(registry, Site(registry.settings.site)) == []


def test_a_rebuild_gives_no_id_before_it_was_given(quality, registry) -> None:
    """A check called the projection of a label that was used again in between another one."""
    for each in (reel("third", 3), reel("first", 1), reel("second", 2, lots=(NEW,))):
        send(quality, each)

    assert differs(registry, Site(registry.settings.site)) == []


def test_a_rebuild_lets_a_unit_be_itself_after_a_correction(quality, registry) -> None:
    send(quality, said("unitCreated", "both", units=["B1", "B2"]))
    send(quality, said("unitCreated", "one", 2, units=["B2"]))
    same = said("sameUnit", "same", 3, units=["B1", "B2"])
    send(quality, same, said("unitCreated", "other", 4, units=["B1"]))
    send(quality, said("correction", "no", 5, corrects="both"))

    assert len({unit["id"] for serial in ("B1", "B2") for unit in units(quality, serial)}) == 1
    assert differs(registry, Site(registry.settings.site)) == []


@pytest.mark.parametrize("is_one_request", [True, False])
def test_the_id_of_a_parted_unit_leads_to_what_it_was_one_with(
    quality, asker, registry, is_one_request
) -> None:
    day = [
        reel(),
        said("unitCreated", "A", 2, units=["A"]),
        said("unitCreated", "A2", 2, units=["A2"]),
        used("in A", 3, "A"),
        said("sameUnit", "one", 4, units=["A", "A2"]),
    ]
    for some in [day] if is_one_request else [[each] for each in day]:
        send(asker("production"), *some)
    (lot,) = quality.get("/trace/v1/lots?code=L-OLD").get_json()["result"]
    head = quality.get(f"/trace/v1/lots/{lot['id']}/where-used").get_json()["headline"]
    send(asker("production"), said("correction", "no", 5, corrects="one"))
    ids = {name: units(quality, name)[0]["id"] for name in ("A", "A2")}
    assert len({*ids.values()}) == 2

    then = {"recordedAsOf": head["recordedAsOf"]}
    for unit in ids.values():
        assert packages_in(quality, unit, **then) == [("R", "L-OLD")]
        told = [
            quality.get(f"{path}/{unit}{rest}", query_string=then).status_code
            for path, rest in (("/trace/v1/units", ""), ("/trace/v1/units", "/timeline"), ("/units", ""))
        ]
        assert told == [200, 200, 200]
    assert packages_in(quality, ids["A2"]) == []
    before = {"recordedAsOf": "2020-01-01T00:00:00Z"}
    assert quality.get(f"/trace/v1/units/{ids['A2']}", query_string=before).status_code == 404
    assert differs(registry, Site(registry.settings.site)) == []
