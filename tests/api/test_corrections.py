"""What is declared, said twice and corrected, over HTTP: in any order of arrival the same is answered."""

import itertools

import pytest
from page_visitor import visit

from aas_registry.domain.identifiers import Site
from aas_registry.services.genealogy.events import rebuild

LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}


def said(kind: str, number: str, hour: int = 8, /, **members):
    return {"type": kind, "id": number, "happenedAt": f"2026-03-01T{hour:02}:00:00Z", **members}


REEL = said("packageCreated", "reel", 6, package="R", lots=[LOT])
BOARD = said("unitCreated", "board", 7, units=["B1"], product="PCB")


def used(number: str, hour: int = 9, **members):
    return said("consumed", number, hour, unit="B1", package="R", source="line.1", **members)


def send(asker, *events):
    answer = asker.post("/trace/v1/events", json=list(events))
    assert answer.status_code == 200
    return [(each["state"], each.get("duplicateOf")) for each in answer.get_json()["result"]]


def unit_of(asker, serial="B1"):
    found = asker.get(f"/trace/v1/units?serial={serial}").get_json()["result"]
    return found[0]["id"] if found else None


def pieces(asker, **query):
    rows = asker.get(f"/trace/v1/units/{unit_of(asker)}/contents", query_string=query).get_json()["result"]
    return sum(float(row["quantity"]) for row in rows)


def total(asker, **query):
    lots = asker.get("/trace/v1/lots?code=L-1").get_json()["result"]
    path = f"/trace/v1/lots/{lots[0]['id']}/where-used"
    return asker.get(path, query_string={"level": "board", **query}).get_json()["headline"]["units"]["total"]


def recorded(asker):
    lots = asker.get("/trace/v1/lots?code=L-1").get_json()["result"]
    return asker.get(f"/trace/v1/lots/{lots[0]['id']}/where-used").get_json()["headline"]["recordedAsOf"]


def test_a_unit_made_for_one_customer_by_mistake_is_the_others_again_once_corrected(
    quality, asker, suppliers
) -> None:
    meditec, railway = asker("customer_auditor", "meditec"), asker("customer_auditor", "railway")
    send(quality, REEL, {**BOARD, "customer": "meditec"}, used("use"))
    before = recorded(quality)
    send(quality, said("unitCreated", "mistake", 10, units=["B1"], customer="railway"))
    during = recorded(quality)

    assert [unit_of(each) is None for each in (meditec, railway)] == [True, False]
    send(quality, said("correction", "sorry", 11, corrects="mistake"))

    unit = unit_of(meditec)
    assert unit is not None
    assert unit_of(railway) is None
    seen = {
        time: [each.get(f"/trace/v1/units/{unit}", query_string=query).status_code for each in (meditec, railway)]
        for time, query in (
            ("now", {}), ("before", {"recordedAsOf": before}), ("during", {"recordedAsOf": during}),
        )
    }  # fmt: skip
    assert seen == {"now": [200, 404], "before": [200, 404], "during": [404, 200]}
    lot = quality.get("/trace/v1/lots?code=L-1").get_json()["result"][0]["id"]
    assert meditec.get(f"/trace/v1/lots/{lot}/where-used").status_code == 200
    assert railway.get(f"/trace/v1/lots/{lot}/where-used").status_code == 404


def test_what_a_restated_run_leaves_out_stays_as_it_was_said(quality) -> None:
    run = {"id": "RUN", "line": "Line 4", "openedAt": "2026-03-01T06:00:00Z"}
    send(quality, REEL, {**BOARD, "run": run}, used("use"))
    send(
        quality,
        said("unitProcessed", "closing", 10, units=["B1"], run={"id": "RUN", "closedAt": "2026-03-01T10:00:00Z"},
             firstSequence=2),
    )  # fmt: skip
    send(quality, said("consumed", "other", 10, unit="B1", package="R", run="RUN"))

    lot = quality.get("/trace/v1/lots?code=L-1").get_json()["result"][0]["id"]
    groups = quality.get(f"/trace/v1/lots/{lot}/where-used?groupBy=line").get_json()["groups"]
    assert "Line 4" in {each["group"] for each in groups}


CHAIN = [
    used("use"),
    said("correction", "first", 10, corrects="use"),
    said("correction", "second", 11, corrects="first"),
]


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_a_correction_that_is_corrected_gives_back_what_it_took_away(quality, order) -> None:
    send(quality, REEL, BOARD)
    for place in order:
        send(quality, CHAIN[place])

    assert total(quality) == 1
    send(quality, said("correction", "third", 12, corrects="second"))
    assert total(quality) == 0


def test_corrections_in_a_ring_take_nothing_away(quality) -> None:
    send(quality, REEL, BOARD, used("use"))
    send(
        quality, said("correction", "one", 10, corrects="two"), said("correction", "two", 10, corrects="one")
    )
    send(quality, said("correction", "self", 10, corrects="self"))

    assert total(quality) == 1


def test_what_nobody_says_exists_any_longer_waits_again_and_comes_back(quality) -> None:
    send(quality, REEL, BOARD, used("use"))
    before = recorded(quality)
    send(quality, said("correction", "no board", 10, corrects="board"))

    assert total(quality) == 0
    assert total(quality, recordedAsOf=before) == 1
    pending = quality.get("/trace/v1/events?state=pending").get_json()["result"]
    assert [(each["id"], each["waitsFor"]) for each in pending] == [("use", ["serial B1"])]

    send(quality, said("correction", "board after all", 11, corrects="no board"))
    assert total(quality) == 1
    assert quality.get("/trace/v1/events?state=pending").get_json()["result"] == []


def test_packages_that_are_split_into_each_other_hold_nothing_that_nobody_said(quality) -> None:
    send(quality, REEL, BOARD, said("split", "there", 7, package="R", into=[{"package": "S"}]))
    send(quality, said("split", "back", 8, package="S", into=[{"package": "R"}]), used("use"))
    assert total(quality) == 1

    send(quality, said("correction", "no reel", 9, corrects="reel"))

    assert total(quality) == 0
    held = quality.get(f"/trace/v1/units/{unit_of(quality)}/contents").get_json()["result"]
    assert [(each["package"], each["lot"]) for each in held] == [("R", None)]


def test_what_one_source_says_twice_under_two_ids_counts_once(quality) -> None:
    send(quality, REEL, BOARD, used("use", quantity=2))

    assert send(quality, used("again", quantity=2)) == [("duplicate", "use")]
    assert pieces(quality) == 2
    assert send(quality, used("again", quantity=2)) == [("duplicate", None)]
    assert send(quality, used("a third time", quantity=2)) == [("duplicate", "use")]
    counts = {each["id"]: each["counts"] for each in quality.get("/trace/v1/events").get_json()["result"]}
    assert [counts[each] for each in ("use", "again", "a third time")] == [True, False, False]


@pytest.mark.parametrize(
    "other",
    [
        used("other", 10, quantity=2),
        used("other", quantity=3),
        {**used("other", quantity=2), "source": "line.2"},
    ],
)
def test_what_differs_in_time_content_or_source_counts_by_itself(quality, other) -> None:
    send(quality, REEL, BOARD, used("use", quantity=2))

    assert send(quality, other) == [("accepted", None)]
    assert pieces(quality) == 2 + other["quantity"]


def test_placed_taken_out_and_placed_again_counts(quality) -> None:
    out = said("removed", "out", 10, unit="B1", package="R", source="line.1")
    send(quality, REEL, BOARD, used("use", quantity=2), out)

    assert send(quality, used("use again", 11, quantity=2)) == [("accepted", None)]
    assert pieces(quality) == 2


def test_a_second_failed_test_counts(quality) -> None:
    send(quality, BOARD, said("tested", "first", 9, units=["B1"], result="failed"))

    assert send(quality, said("tested", "second", 10, units=["B1"], result="failed")) == [("accepted", None)]
    tests = quality.get(f"/trace/v1/units/{unit_of(quality)}").get_json()["tests"]
    assert len(tests) == 2


def test_a_right_message_sent_again_after_its_voiding_counts(quality) -> None:
    send(quality, REEL, BOARD, used("use", quantity=2), said("correction", "void", 10, corrects="use"))

    assert total(quality) == 0
    assert send(quality, used("again", quantity=2)) == [("accepted", None)]
    assert pieces(quality) == 2


def test_a_copy_counts_from_when_the_first_is_corrected(quality) -> None:
    send(quality, REEL, BOARD, used("use", quantity=2), used("copy", quantity=2))
    send(quality, said("correction", "void", 10, corrects="use"))

    assert pieces(quality) == 2
    send(quality, said("correction", "void the copy", 10, corrects="copy"))
    assert total(quality) == 0


def test_a_correction_names_the_equal_event_that_counts_from_then_on(quality) -> None:
    send(quality, REEL, BOARD, used("use"), used("copy"), used("other", 11))
    sent = [
        said("correction", "void", 10, corrects="use"),
        said("correction", "void other", 10, corrects="other"),
        said("correction", "void copy", 10, corrects="copy"),
    ]

    answers = [quality.post("/trace/v1/events", json=[each]).get_json()["result"][0] for each in sent]

    assert [each.get("countsInstead") for each in answers] == ["copy", None, None]


def test_a_message_that_is_sent_again_with_its_envelope_counts_once(quality) -> None:
    body = {
        "TransactionId": "t-1",
        "InstalledMaterials": [
            {"UnitIdentifier": "B1", "QuantityInstalled": 2, "Material": {"UniqueIdentifier": "R"}}
        ],
    }
    sent = {
        "MessageName": "CFX.Production.Assembly.MaterialsInstalled", "TimeStamp": "2026-03-01T08:00:00Z",
        "Source": "line.1", "MessageBody": body,
    }  # fmt: skip
    send(quality, REEL, BOARD, {**sent, "UniqueID": "m-1"})

    assert send(quality, {**sent, "UniqueID": "m-2", "Target": "mes"}) == [("duplicate", "m-1")]
    other = {**sent, "UniqueID": "m-3", "MessageBody": {**body, "TransactionId": "t-2"}}
    assert send(quality, other) == [("accepted", None)]
    assert pieces(quality) == 4
    (refused,) = quality.post("/trace/v1/events", json=[{**other, "UniqueID": "m-1"}]).get_json()["result"]
    assert (refused["code"], refused["findings"][0]["path"]) == ("EVENT-ID-REUSED", "UniqueID")


def test_of_an_event_each_line_waits_by_itself(quality) -> None:
    links = [{"unit": "B1", "into": "P1"}, {"unit": "B2", "into": "P1"}]
    made = said("unitCreated", "product", 7, units=["P1"], kind="product")
    send(quality, REEL, BOARD, made, used("use"))
    answer = quality.post("/trace/v1/events", json=[said("assembledInto", "links", 10, links=links)])

    [told] = answer.get_json()["result"]
    assert (told["state"], told["waitsFor"]) == ("accepted", ["serial B2"])
    parts = quality.get(f"/trace/v1/units/{unit_of(quality, 'P1')}").get_json()["parts"]
    assert len(parts) == 1

    send(quality, said("unitCreated", "late", 7, units=["B2"]))
    parts = quality.get(f"/trace/v1/units/{unit_of(quality, 'P1')}").get_json()["parts"]
    assert len(parts) == 2
    assert not any(each["waitsFor"] for each in quality.get("/trace/v1/events").get_json()["result"])


def test_a_carton_that_only_a_use_names_is_answered(quality) -> None:
    """Found by tests/property/test_believed.py: where-used ended in an error."""
    carton = {"container": "BOX"}
    send(quality, REEL, said("consumed", "label on the box", 9, unit=carton, package="R"))
    send(
        quality, said("unitProcessed", "pass", 9, units=[{"container": "BOX 2"}], run="RUN", firstSequence=1)
    )
    send(
        quality,
        said("feed", "fed", 9, run="RUN", feeds=[{"package": "R", "sequenceFrom": 1, "sequenceTo": 1}]),
    )

    assert total(quality) == 2
    assert [unit_of(quality, each) is None for each in ("BOX", "BOX 2")] == [False, False]


def test_a_correction_that_came_before_the_only_statement_of_a_package_waits_no_longer(quality) -> None:
    """Found by tests/property/test_believed.py: an event's number was taken for a thing's id."""
    for count in range(4):  # so that an event has the number of an item
        others = [said("packageCreated", f"other {count} {n}", 6, package=f"O{n}") for n in range(count)]
        wrong = said("packageCreated", f"reel {count}", 6, package=f"R{count}", lots=[LOT])
        use = said("split", f"split {count}", 8, package=f"R{count}", into=[{"package": f"S{count}"}])
        send(quality, *others, said("correction", f"no {count}", 9, corrects=wrong["id"]), use, wrong)

        (event,) = [
            each
            for each in quality.get("/trace/v1/events").get_json()["result"]
            if each["id"] == f"no {count}"
        ]
        assert event.get("waitsFor", []) == []


STATES = {
    "waits": said("consumed", "waits", 9, unit="nobody", package="R"),
    "taken": used("taken"),
    "again": used("taken") | {"id": "again"},
    "no waits": said("correction", "no waits", 10, corrects="waits"),
    "no taken": said("correction", "no taken", 10, corrects="taken"),
}
CORRECTED = {"waits": "corrected", "taken": "corrected", "again": "accepted"}


def states(asker, **query):
    rows = asker.get("/trace/v1/events", query_string=query).get_json()["result"]
    assert all(each["counts"] is (each["state"] in {"accepted", "pending"}) for each in rows)
    assert not [each for each in rows if each["state"] != "pending" and each["waitsFor"]]
    return {each["id"]: each["state"] for each in rows if each["id"] in CORRECTED}


@pytest.mark.parametrize("is_late", [False, True])
@pytest.mark.parametrize(
    "order", [[*STATES], [*reversed(STATES)], ["no taken", "taken", "no waits", "waits", "again"]]
)
def test_the_state_of_an_event_is_what_the_events_on_record_say(quality, registry, order, is_late) -> None:
    before, after = ([], [REEL, BOARD]) if is_late else ([REEL, BOARD], [])
    for each in (*before, *(STATES[name] for name in order), *after):
        send(quality, each)

    assert states(quality) == CORRECTED
    assert states(quality, state="corrected") == dict.fromkeys(("waits", "taken"), "corrected")
    assert states(quality, state="pending") == states(quality, state="duplicate") == {}

    send(quality, said("correction", "back", 11, corrects="no waits"))
    send(quality, said("correction", "back too", 11, corrects="no taken"))
    first, second = ("taken", "again") if order.index("taken") < order.index("again") else ("again", "taken")
    standing = {"waits": "pending", first: "accepted", second: "duplicate"}
    assert states(quality) == standing
    assert states(quality, state="duplicate") == {second: "duplicate"}
    rebuild(registry, Site(registry.settings.site))
    assert states(quality) == standing


def test_an_event_is_answered_as_corrected_whose_correction_came_before(quality) -> None:
    send(quality, REEL, BOARD, STATES["no taken"])

    assert send(quality, STATES["taken"]) == [("corrected", None)]
    assert send(quality, STATES["taken"]) == [("duplicate", None)]


def test_what_is_corrected_in_one_request_is_answered_as_it_stands_at_its_end(quality) -> None:
    """A correction that was corrected at once was answered as waiting for an event on record."""
    send(quality, REEL, BOARD, used("u"))
    chain = [said("correction", f"no {n + 1}", 10 + n, corrects=f"no {n}" if n else "u") for n in range(3)]
    again = [used("t", 11), used("t", 11) | {"id": "equal"}, said("correction", "no t", 10, corrects="t")]

    answer = quality.post("/trace/v1/events", json=[*chain, *again]).get_json()["result"]

    states = ["accepted", "corrected", "accepted", "corrected", "accepted", "accepted"]
    assert [each["state"] for each in answer] == states
    assert not [each for each in answer if each.get("waitsFor") or each.get("duplicateOf")]
    assert answer[-1]["countsInstead"] == "equal"
    listed = quality.get("/trace/v1/events").get_json()["result"]
    assert [each["state"] for each in listed][-6:] == states


def test_the_page_of_events_shows_what_was_corrected(app, registry, quality) -> None:
    send(quality, REEL, BOARD, STATES["taken"], STATES["no taken"])

    page = visit(app, registry, "quality").get("/events?state=corrected").text

    assert "taken" in page
    assert '<option value="corrected" selected>corrected</option>' in page


def group_of(asker, by):
    lot = asker.get("/trace/v1/lots?code=L-1").get_json()["result"][0]["id"]
    groups = asker.get(f"/trace/v1/lots/{lot}/where-used?level=board&groupBy={by}").get_json()["groups"]
    return [each["group"] for each in groups]


def by_delivery(asker, note):
    lot = asker.get("/trace/v1/lots?code=L-1").get_json()["result"][0]["id"]
    asked = {"deliveryNote": note, "level": "board"}
    answer = asker.get(f"/trace/v1/lots/{lot}/where-used", query_string=asked).get_json()
    return [row["certainty"] for row in answer["result"]]


def sent_to(asker):
    (row,) = asker.get(f"/trace/v1/units/{unit_of(asker)}").get_json()["shipped"]
    return row["order"], row["customer"]


# What is declared, and by mistake declared otherwise; and how it is asked for.
DECLARED = {
    "line": (
        said("unitProcessed", "first", 7, units=["B1"], run={"id": "RUN", "line": "Line 4"}, firstSequence=1),
        {"run": {"id": "RUN", "line": "Line 5"}},
        lambda asker: group_of(asker, "line"),
    ),
    "receipt": (
        said("packageCreated", "first", 6, package="R", receipt={"deliveryNote": "DN-1"}),
        {"receipt": {"deliveryNote": "DN-2"}},
        lambda asker: (by_delivery(asker, "DN-1"), by_delivery(asker, "DN-2")),
    ),
    "shipment": (
        said("shipped", "first", 10, units=["B1"], shipment="S", order="PO-1", customer="meditec"),
        {"order": "PO-2", "customer": "railway"},
        sent_to,
    ),
}


@pytest.mark.parametrize("member", DECLARED)
def test_whatever_is_declared_by_mistake_is_as_the_rest_says_once_corrected(quality, member) -> None:
    first, otherwise, ask = DECLARED[member]
    notes = [said("receipt", note, 5, deliveryNote=note, lots=[LOT]) for note in ("DN-1", "DN-2")]
    send(quality, REEL, BOARD, used("use", run="RUN"), *notes, first)
    right = ask(quality)

    mistake = {**first, **otherwise, "id": "mistake", "happenedAt": "2026-03-01T11:00:00Z"}
    assert send(quality, mistake) == [("accepted", None)]
    wrong = ask(quality)
    assert wrong != right
    send(quality, said("correction", "sorry", 12, corrects="mistake"))
    assert ask(quality) == right
    send(quality, said("correction", "not sorry", 13, corrects="sorry"))
    assert ask(quality) == wrong
