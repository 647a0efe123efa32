"""Packages that parties' lists announce, and events name: linked, graded, counted; in any order."""

import io
import itertools

import pytest

from aas_registry.services import access, database
from aas_registry.services.genealogy import events

HEAD = "Manufacturer,MPN,Lot code,Lot quantity,Reel id,Reel quantity"


def row(maker: str, code: str, reel: str) -> str:
    return f"{maker},R-100,{code},300,{reel},100"


def send_list(asker, *rows):
    content = "\n".join((HEAD, *rows)).encode()
    answer = asker.post(
        "/trace/v1/spreadsheets",
        data={"file": (io.BytesIO(content), "reels.csv")},
        content_type="multipart/form-data",
    )
    assert answer.status_code in {200, 201}, answer.get_json()
    return answer


def said(kind: str, number: str, hour: int = 8, /, **members):
    return {"type": kind, "id": number, "happenedAt": f"2026-03-01T{hour:02}:00:00Z", **members}


BOARD = said("unitCreated", "board", 7, units=["B1"])
USE = said("consumed", "use", 9, unit="B1", package="R1", designators=["R1"])


def send(asker, *events):
    answer = asker.post("/trace/v1/events", json=list(events))
    assert answer.status_code == 200
    return answer.get_json()["result"]


def used_in(asker, code, **query):
    """Return the certainty of each unit that holds a lot, by its serial number."""
    (lot,) = asker.get(f"/trace/v1/lots?code={code}").get_json()["result"]
    path = f"/trace/v1/lots/{lot['id']}/where-used"
    answer = asker.get(path, query_string={"level": "board", **query}).get_json()
    return {unit["serial"]: unit["certainty"] for unit in answer["result"]}


@pytest.fixture
def lister(asker, suppliers):
    return asker("supplier", "bolt")


def test_a_reel_that_a_list_announces_is_the_reel_that_is_scanned(quality, lister, registry) -> None:
    send_list(lister, row("Ohm", "L-1", "R1"), row("Ohm", "L-2", "R2"))

    (_, use) = send(quality, BOARD, USE)

    assert (use["state"], use.get("waitsFor")) == ("accepted", None)
    assert used_in(quality, "L-1") == {"B1": "exact"}
    assert used_in(quality, "L-2") == {}
    (unit,) = quality.get("/trace/v1/units?serial=B1").get_json()["result"]
    (held,) = quality.get(f"/trace/v1/units/{unit['id']}/contents?explain=true").get_json()["result"]
    assert (held["package"], held["lot"]["code"]) == ("R1", "L-1")
    assert database.check(registry.settings).findings == ()
    (said,) = [step for step in held["why"]["steps"] if step["basis"] == "document"]
    assert (said["event"], said["happenedAt"], said["recordedAt"]) == (None, None, None)


def test_a_use_that_waits_is_linked_when_the_list_arrives(quality, lister) -> None:
    (_, waiting) = send(quality, BOARD, USE)
    assert waiting["waitsFor"] == ["package R1"]

    send_list(lister, row("Ohm", "L-1", "R1"))

    assert used_in(quality, "L-1") == {"B1": "exact"}
    assert quality.get("/trace/v1/events?state=pending").get_json()["result"] == []


@pytest.fixture
def other_lister(asker, suppliers):
    return asker("supplier", "arro")


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
@pytest.mark.parametrize("label", ["R1", {"id": "R1", "issuer": "acorn"}])
def test_what_an_event_says_of_a_listed_package_counts_whenever_it_is_told(
    quality, lister, order, label
) -> None:
    lot = {"manufacturer": "Ohm", "mpn": "R-100", "lotCode": "L-3"}
    steps = (
        lambda: send_list(lister, row("Ohm", "L-1", "R1")),
        lambda: send(quality, BOARD, USE),
        lambda: send(quality, said("packageCreated", "reel", 6, package=label, lots=[lot])),
    )
    for each in order:
        steps[each]()

    assert (used_in(quality, "L-1"), used_in(quality, "L-3")) == ({}, {"B1": "exact"})


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_of_two_parties_lists_a_use_is_undecided_whenever_they_come(
    quality, lister, other_lister, order, asker
) -> None:
    steps = (
        lambda: send_list(lister, row("Ohm", "L-1", "R1")),
        lambda: send(quality, BOARD, USE),
        lambda: send_list(other_lister, row("Ohm", "L-3", "R1")),
    )
    for each in order:
        steps[each]()

    assert (used_in(quality, "L-1"), used_in(quality, "L-3")) == ({}, {})
    (use,) = [each for each in quality.get("/trace/v1/events").get_json()["result"] if each["id"] == "use"]
    assert [len(each["candidates"]) for each in use["undecided"]] == [2]
    (open_one,) = quality.get("/trace/v1/anomalies?kind=undecided&state=open").get_json()["result"]
    assert [each["name"] for each in open_one["things"]] == ["R1", "R1"]
    assert sorted(each["lot"] for thing in open_one["things"] for each in thing["holds"]) == [
        "Ohm R-100 L-1",
        "Ohm R-100 L-3",
    ]
    said_by = {each["lot"]: each["saidBy"] for thing in open_one["things"] for each in thing["holds"]}
    assert len({name for (name,) in said_by.values()}) == 2
    (row_of_production,) = asker("production").get("/trace/v1/anomalies?kind=undecided").get_json()["result"]
    assert [each["holds"] for each in row_of_production["things"]] == [[], []]  # it may not read lots
    candidate = open_one["things"][0]["id"]
    asked = quality.get("/trace/v1/where-used", query_string={"package": candidate}).get_json()["headline"][
        "asked"
    ]
    assert [each["name"] for each in asked] == ["R1"]
    page = quality.get("/anomalies?kind=undecided&event=use").get_data(as_text=True)
    assert all(lot in page for lot in said_by)
    assert all(name in page for (name,) in said_by.values())
    assert "/anomalies?kind=undecided&amp;event=use" in quality.get("/events").get_data(as_text=True)


def test_an_event_that_is_no_error_after_all_counts_before_the_list_again(quality, lister) -> None:
    lot = {"manufacturer": "Ohm", "mpn": "R-100", "lotCode": "L-3"}
    send_list(lister, row("Ohm", "L-1", "R1"))
    send(quality, BOARD, USE)
    send(quality, said("packageCreated", "reel", 6, package="R1", lots=[lot]))
    send(quality, said("correction", "no", 10, corrects="reel"))
    assert (used_in(quality, "L-1"), used_in(quality, "L-3")) == ({"B1": "exact"}, {})

    send(quality, said("correction", "yes", 11, corrects="no"))

    assert (used_in(quality, "L-1"), used_in(quality, "L-3")) == ({}, {"B1": "exact"})


def test_several_lots_under_one_label_are_candidates_until_one_is_left(quality, lister) -> None:
    send_list(lister, row("Ohm", "L-1", "R1"), row("Ohm", "L-2", "R1"))
    (_, use) = send(quality, BOARD, USE)

    assert use["state"] == "pending"
    (undecided,) = use["undecided"]
    assert (undecided["name"], len(undecided["candidates"])) == ("package R1", 2)
    assert used_in(quality, "L-1") == used_in(quality, "L-2") == {}


def test_an_issuer_is_compared_with_the_manufacturer(quality, lister) -> None:
    send_list(lister, row("Ohm", "L-1", "R1"), row("Watt", "L-2", "R1"))

    send(quality, BOARD, {**USE, "package": {"id": "R1", "issuer": "ohm"}})

    assert used_in(quality, "L-1") == {"B1": "exact"}
    assert used_in(quality, "L-2") == {}


@pytest.mark.parametrize("is_first", [True, False], ids=["the event first", "the use first"])
def test_what_an_event_says_of_a_package_comes_before_what_a_list_says(quality, lister, is_first) -> None:
    send_list(lister, row("Ohm", "L-1", "R1"))
    lot = {"manufacturer": "Ohm", "mpn": "R-100", "lotCode": "L-9"}
    created = said("packageCreated", "reel", 6, package="R1", lots=[lot])

    send(quality, BOARD, *((created, USE) if is_first else (USE, created)))

    assert used_in(quality, "L-9") == {"B1": "exact"}
    assert used_in(quality, "L-1") == {}
    send(quality, said("correction", "no", 10, corrects="reel"))
    assert used_in(quality, "L-9") == {}
    assert used_in(quality, "L-1") == {"B1": "exact"}


@pytest.mark.parametrize("is_first", [True, False], ids=["the list first", "the event first"])
def test_a_package_of_which_events_say_no_lot_holds_what_lists_say(quality, lister, is_first) -> None:
    created = said("packageCreated", "reel", 6, package="R1")
    if is_first:
        send_list(lister, row("Ohm", "L-1", "R1"))
    send(quality, BOARD, created, USE)
    if not is_first:
        assert quality.get("/trace/v1/lots?code=L-1").get_json()["result"] == []
        send_list(lister, row("Ohm", "L-1", "R1"))

    assert used_in(quality, "L-1") == {"B1": "exact"}


def test_a_list_that_is_replaced_says_nothing_any_longer(quality, lister, registry) -> None:
    send_list(lister, row("Ohm", "L-1", "R1"))
    send(quality, BOARD, USE)
    (lot,) = quality.get("/trace/v1/lots?code=L-1").get_json()["result"]
    before = quality.get(f"/trace/v1/lots/{lot['id']}/where-used").get_json()["headline"]["recordedAsOf"]

    send_list(lister, row("Ohm", "L-1", "R7"))

    assert used_in(quality, "L-1") == {}
    (waiting,) = quality.get("/trace/v1/events?state=pending").get_json()["result"]
    assert waiting["waitsFor"] == ["package R1"]
    assert used_in(quality, "L-1", recordedAsOf=before) == {"B1": "exact"}
    send_list(lister, row("Ohm", "L-1", "R1"))
    assert used_in(quality, "L-1") == {"B1": "exact"}


def test_a_rebuild_finds_what_lists_announced_when_they_did(quality, lister, registry) -> None:
    send(quality, BOARD, USE)
    send_list(lister, row("Ohm", "L-1", "R1"))
    send_list(lister, row("Ohm", "L-1", "R7"))
    send_list(lister, row("Ohm", "L-1", "R1"))

    assert events.differs(registry, access.local_administrator(registry).site) == []


def splitting(source, *into, hour=8):
    return said("split", f"split {source}", hour, package=source, into=[{"package": each} for each in into])


def merging(*packages, into, hour=8, **more):
    came = [{"package": each} for each in packages]
    return said("merged", f"merged into {into}", hour, packages=came, into=into, **more)


def at_both_hours(*labels):
    """Return a board for each label that held it before, and one after, whatever happened to it at eight."""
    used = [
        said("consumed", f"{when} {each}", hour, unit=f"{when} {each}", package=each)
        for each in labels
        for when, hour in (("before", 7), ("after", 9))
    ]
    return [said("unitCreated", "boards", 6, units=[each["unit"] for each in used]), *used]


# R1 and R5 are announced, of L-1 and L-5; events say that P holds L-9. What each use is then of, by lot.
NAMED_TOO = {
    "nothing else": ([], {"L-1": {"before R1": "exact", "after R1": "exact"}}),
    "split from": (
        [splitting("R1", "C")],
        {"L-1": {"before R1": "exact", "after R1": "exact", "before C": "exact", "after C": "exact"}},
    ),
    "split from, and goes on": (
        [splitting("R1", "R1", "C")],
        {"L-1": {"before R1": "exact", "after R1": "exact", "before C": "exact", "after C": "exact"}},
    ),
    "split into": ([splitting("P", "R1")], {"L-9": {"before R1": "exact", "after R1": "exact"}}),
    "merged from": (
        [merging("R1", "P", into="C")],
        {
            "L-1": {"before R1": "exact", "after R1": "exact", "before C": "possible", "after C": "possible"},
            "L-9": {"before C": "possible", "after C": "possible"},
        },
    ),
    "merged into": (
        [merging("P", into="R1")],
        {"L-1": {"before R1": "exact", "after R1": "possible"}, "L-9": {"after R1": "possible"}},
    ),
    "merged into, and goes on": (
        [merging("P", "R1", into="R1")],
        {"L-1": {"before R1": "exact", "after R1": "possible"}, "L-9": {"after R1": "possible"}},
    ),
    "a package that waits merged into": (
        [merging("NOBODY", into="R1")],
        {"L-1": {"before R1": "exact", "after R1": "possible"}},
    ),
    "relabelled": (
        [said("relabelled", "new", package="R1", into="C")],
        {"L-1": {"before R1": "exact", "after R1": "exact", "before C": "exact", "after C": "exact"}},
    ),
    "relabelled into": (
        [said("relabelled", "new", package="P", into="R1")],
        {"L-9": {"before R1": "exact", "after R1": "exact"}},
    ),
    "relabelled into one of another list": (
        [said("relabelled", "new", package="R1", into="R5")],
        {"L-1": {"before R1": "exact", "after R1": "exact"}},
    ),
    "spliced onto": (
        [merging("P", into="R1", how="splice", zone={"until": "2026-03-01T08:00:00Z"})],
        {"L-1": {"before R1": "exact"}, "L-9": {"after R1": "exact"}},
    ),
    "created without a lot, and merged into": (
        [said("packageCreated", "reel", 6, package="R1"), merging("P", into="R1")],
        {"L-1": {"before R1": "exact", "after R1": "possible"}, "L-9": {"after R1": "possible"}},
    ),
}


@pytest.mark.parametrize("is_first", [True, False], ids=["the list first", "the list last"])
@pytest.mark.parametrize("name", NAMED_TOO)
def test_a_listed_label_that_splits_and_merges_name_too(quality, lister, registry, name, is_first) -> None:
    happened, wanted = NAMED_TOO[name]
    lot = {"manufacturer": "Ohm", "mpn": "R-100", "lotCode": "L-9"}
    told = [
        said("packageCreated", "reel P", 6, package="P", lots=[lot]),
        *at_both_hours("R1", "C"),
        *happened,
    ]
    if is_first:
        send_list(lister, row("Ohm", "L-1", "R1"), row("Ohm", "L-5", "R5"))
    send(quality, *told)
    if not is_first:
        send_list(lister, row("Ohm", "L-1", "R1"), row("Ohm", "L-5", "R5"))

    found = {code: used_in(quality, code) for code in ("L-1", "L-5", "L-9")}

    assert {code: units for code, units in found.items() if units} == wanted
    assert events.differs(registry, access.local_administrator(registry).site) == []


def test_a_list_that_no_longer_names_a_label_leaves_what_was_merged_into_it(quality, lister) -> None:
    lot = {"manufacturer": "Ohm", "mpn": "R-100", "lotCode": "L-9"}
    send_list(lister, row("Ohm", "L-1", "R1"))
    send(quality, said("packageCreated", "reel P", 6, package="P", lots=[lot]), *at_both_hours("R1"))
    send(quality, merging("P", into="R1"))
    assert used_in(quality, "L-1") == {"before R1": "exact", "after R1": "possible"}

    send_list(lister, row("Ohm", "L-1", "R7"))

    assert used_in(quality, "L-1") == {}
    assert used_in(quality, "L-9") == {"before R1": "exact", "after R1": "exact"}
