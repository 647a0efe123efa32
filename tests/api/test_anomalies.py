"""Contradictions are accepted as they are said, and listed: each kind, who sees it, what resolves it."""

import io
import itertools
import json
import re
from datetime import datetime, timedelta

import pytest
from certificate_samples import NOW
from customer_plants import files_of

from aas_registry.domain.anomalies import AnomalyKind
from aas_registry.services.genealogy import events as event_service
from aas_registry.services.keys import init_keys

LOT = {"manufacturer": "Ohm Parts", "mpn": "R-100", "lotCode": "L"}


def at(hour):
    return f"2026-03-01T{hour:02}:00:00+00:00"


def event(event_type, number, hour, **members):
    return {"type": event_type, "id": number, "happenedAt": at(hour), **members}


def made(*names, hour=5, **more):
    return event(
        "unitCreated", f"made {'-'.join(names)}", hour, units=list(names), **{"firstSequence": 1, **more}
    )


def reel(package, number=None, **more):
    return event("packageCreated", number or f"reel {package}", 5, package=package, lots=[LOT], **more)


def listing(labels, code="L-2"):
    """Return the rows of a list that says which lot is on some reels."""
    head = "Manufacturer,MPN,Lot code,Lot quantity,Reel id,Reel quantity"
    return "\n".join((head, *(f"Ohm Parts,R-100,{code},300,{each},100" for each in labels))).encode()


def put(unit, into, hour, relation="partOf"):
    links = [{"unit": unit, "into": into, "relation": relation}]
    return event("assembledInto", f"{unit} in {into}", hour, links=links)


def use(unit, package, hour, *designators, **more):
    name = unit if isinstance(unit, str) else unit["serial"]
    number = f"use {name} {package} {hour}"
    return event("consumed", number, hour, unit=unit, package=package, designators=list(designators), **more)


def corrected(number, *, by):
    return event("correction", by, 20, corrects=number)


def issued(issuer):
    unit = {"serial": "N", "issuer": issuer}
    return event("unitCreated", f"made N of {issuer}", 5, units=[unit])


def set_up(number, hour, package, slot="F1"):
    return event("setUp", number, hour, station="ST", slots=[{"slot": slot, "package": package}])


def passed(unit, hour, **more):
    return event(
        "unitProcessed",
        f"pass {unit} {hour}",
        hour,
        units=[unit],
        run="RUN",
        station="ST",
        **{"firstSequence": 1, **more},
    )


OTHER_LOT = {**LOT, "lotCode": "L-2"}
A_MONTH_EARLIER = {"happenedAt": "2026-01-25T05:00:00+00:00"}
UNITS = made("A", "B", "C", hour=5)
# Of each kind: what is told, with which ids it is listed, and what it touches.
TOLD = {
    "correctionRing": (
        [event("correction", "k1", 6, corrects="k2"), event("correction", "k2", 6, corrects="k1")],
        ["k1", "k2"],
        [],
    ),
    "datedAhead": (
        [
            UNITS,
            {**event("shipped", "s", 6, units=["A"], shipment="S"), "happenedAt": "2098-01-01T00:00:00Z"},
        ],
        ["s"],
        ["A", "S"],
    ),
    "labelReused": (
        [
            reel("R"),
            event("packageCreated", "R again", 7, package="R", lots=[OTHER_LOT]),
        ],
        ["R again", "reel R"],
        ["R", "R"],
    ),
    "serialReused": (
        [made("A", product="P-1"), event("unitCreated", "A again", 7, units=["A"], product="P-2")],
        ["A again", "made A"],
        ["A", "A"],
    ),
    "createdAgain": (
        [made("A") | A_MONTH_EARLIER, event("unitCreated", "A again", 7, units=["A"])],
        ["A again", "made A"],
        ["A"],
    ),
    "undecided": (
        [reel("R"), issued("Acorn"), issued("Birch"), use("N", "R", 6)],
        ["use N R 6"],
        ["N", "N"],
    ),
    "setupAgainstReport": (
        [
            UNITS,
            reel("R"),
            reel("R2"),
            set_up("s", 6, "R"),
            passed("A", 7),
            use("A", "R2", 8, run="RUN", slot="f1"),
        ],
        ["s", "use A R2 8"],
        ["A"],
    ),
    # Labels alone are of a supplier's list that says another lot of them.
    "contentDisputed": ([["R"], reel("R", number="says L")], ["says L"], ["R"]),
    "unitsOfMeasure": (
        [UNITS, reel("R"), use("A", "R", 6, quantity=1, unitOfMeasure="kg"), use("B", "R", 7, quantity=1)],
        ["use A R 6", "use B R 7"],
        ["R"],
    ),
    "overdrawn": (
        [UNITS, reel("R", quantity=10), use("A", "R", 6, quantity=4), use("B", "R", 7, quantity=500)],
        ["reel R", "use B R 7"],
        ["R"],
    ),
    "sequenceTwice": (
        [made("A", run="RUN", firstSequence=7, hour=6), made("B", run="RUN", firstSequence=7, hour=7)],
        ["made A", "made B"],
        ["A", "B"],
    ),
    "removedTwice": (
        [
            UNITS,
            reel("R"),
            use("A", "R", 6, "C1"),
            event("removed", "out 1", 7, unit="A", designators=["C1"]),
            event("removed", "out 2", 8, unit="A", designators=["C1"]),
        ],
        ["out 2"],
        ["A"],
    ),
    "designatorTwice": (
        [UNITS, reel("R"), reel("R2"), use("A", "R", 6, "C1"), use("A", "R2", 7, "C1", "C2")],
        ["use A R 6", "use A R2 7"],
        ["A"],
    ),
    "twoParents": ([UNITS, put("A", "B", 6), put("A", "C", 7)], ["A in B", "A in C"], ["A", "B", "C"]),
    "partOfItself": ([UNITS, put("A", "B", 6), put("B", "A", 7)], ["A in B", "B in A"], ["A", "B"]),
    "notIn": ([UNITS, event("removed", "out", 6, unit="A", part="B")], ["out"], ["A", "B"]),
    "notShipped": ([UNITS, event("returned", "back", 6, units=["A"])], ["back"], ["A"]),
    "shippedTwice": (
        [
            UNITS,
            event("shipped", "s1", 6, units=["A"], shipment="S1"),
            event("shipped", "s2", 7, units=["A"], shipment="S2"),
        ],
        ["s1", "s2"],
        ["A"],
    ),
}


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


@pytest.fixture
def production(suppliers, asker):
    return asker("production")


@pytest.fixture
def tell_list(suppliers, asker):
    def send(labels, **more):
        file = {"file": (io.BytesIO(listing(labels, **more)), "reels.csv")}
        sender = asker("supplier", "bolt")
        answer = sender.post("/trace/v1/spreadsheets", data=file, content_type="multipart/form-data")
        assert answer.status_code in {200, 201}, answer.get_json()

    return send


@pytest.fixture
def tell(production, tell_list):
    def send(*sent):
        for labels in (each for each in sent if isinstance(each, list)):
            tell_list(labels)
        events = [each for each in sent if not isinstance(each, list)]
        if not events:
            return
        answer = production.post("/trace/v1/events", json=events).get_json()
        assert {each["state"] for each in answer["result"]} <= {
            "accepted",
            "pending",
            "corrected",
            "duplicate",
        }, answer

    return send


@pytest.fixture
def listed(quality):
    def ask(asker=quality, **query):
        answer = asker.get("/trace/v1/anomalies", query_string=query)
        assert answer.status_code == 200, answer.get_json()
        return answer.get_json()["result"]

    return ask


def told(rows):
    return [
        (
            row["kind"],
            row["state"],
            sorted(each["id"] for each in row["events"]),
            sorted(each["name"] for each in row["things"]),
        )
        for row in rows
    ]


def unit_id(asker, serial):
    (unit,) = asker.get("/trace/v1/units", query_string={"serial": serial}).get_json()["result"]
    return unit["id"]


def lot_id(asker):
    (lot,) = asker.get("/trace/v1/lots", query_string={"code": "L"}).get_json()["result"]
    return lot["id"]


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("kind", TOLD)
def test_what_does_not_fit_is_accepted_and_listed(tell, listed, registry, quality, kind, is_reversed) -> None:
    sent, events, things = TOLD[kind]
    for each in reversed(sent) if is_reversed else sent:
        tell(each)

    assert told(listed()) == [(kind, "open", events, things)]
    assert [each["resolvedBy"] for each in listed()] == [None]
    before = listed()
    with registry.read() as connection:
        site = connection.exec_driver_sql("SELECT site FROM event").scalars().first()
    assert event_service.differs(registry, site) == []
    event_service.rebuild(registry, site)
    assert listed() == before


def test_every_kind_has_its_example() -> None:
    assert TOLD.keys() == {each.value for each in AnomalyKind}


@pytest.mark.parametrize("kind", sorted(set(TOLD) - {"correctionRing"}))
def test_a_correction_resolves_it_and_the_correction_of_that_opens_it_again(tell, listed, kind) -> None:
    sent, events, things = TOLD[kind]
    tell(*sent)
    last = sent[-1]["id"]

    tell(corrected(last, by="x"))
    resolved = listed()
    tell(corrected("x", by="y"))

    # A unit, or package, that nobody says exists has no name any more.
    named = {"sequenceTwice": 1, "labelReused": 1, "serialReused": 1, "contentDisputed": 0}
    left = things[: named.get(kind)]
    assert told(resolved) == [(kind, "resolved", events, left)]
    assert resolved[0]["resolvedBy"]["id"] == "x"
    assert resolved[0]["resolvedAt"] > resolved[0]["knownSince"]
    assert told(listed(state="open")) == [(kind, "open", events, things)]
    assert told(listed(state="resolved")) == [(kind, "resolved", events, things)]


def test_what_was_not_there_touches_the_package_that_the_removal_names(tell, listed, quality, asker) -> None:
    unit = {"kind": "board", "customer": "meditec", "run": "RUN"}
    tell(
        made("A", "B", **unit),
        reel("R"),
        use("A", "R", 6, quantity=2),
        use("B", "R", 6),
        event("unitCompleted", "done", 7, units=["A", "B"], run="RUN"),
        event("removed", "too many", 8, unit="A", package="R", quantity=5),
    )
    auditor = asker("customer_auditor", "meditec")

    assert told(listed()) == [("removedTwice", "open", ["too many"], ["A", "R"])]
    (row,) = listed(auditor)
    assert [each["name"] for each in row["things"]] == ["A"]
    for who in (quality, auditor):
        for query in ({"lot": lot_id(quality)}, {"package": "R"}):
            answer = who.get("/trace/v1/where-used", query_string={**query, "level": "board"}).get_json()
            assert [each["serial"] for each in answer["result"]] == ["B"]
            headline = answer["headline"]
            assert (headline["anomalies"], headline["isComplete"]) == ({"removedTwice": 1}, False)
        inside = who.get(f"/trace/v1/units/{unit_id(quality, 'B')}/contents").get_json()
        assert inside["anomalies"] == {"removedTwice": 1}
    tell(corrected("too many", by="x"))
    assert [row["state"] for row in listed()] == ["resolved"]


def test_a_list_that_is_replaced_ends_what_it_disputed(tell, tell_list, listed) -> None:
    tell(reel("R"))
    tell_list(["R", "R2"], code="L")
    assert listed() == []
    tell_list(["R", "R2"], code="L-2")
    (row,) = listed(state="open")
    assert (row["kind"], [each["id"] for each in row["events"]]) == ("contentDisputed", ["reel R"])

    tell_list(["R2"], code="L-2")

    (row,) = listed()
    assert (row["state"], row["resolvedBy"]) == ("resolved", None)


def same(number, *units):
    return event("sameUnit", number, 9, units=list(units))


def test_one_unit_after_all_ends_a_reused_serial_and_a_second_creation(tell, listed) -> None:
    both = same("same", {"serial": "A", "at": at(6)}, {"serial": "A", "at": at(8)})
    tell(*TOLD["serialReused"][0], both)

    assert listed() == []
    tell(corrected("same", by="x"))
    assert told(listed(state="open")) == [("serialReused", "open", ["A again", "made A"], ["A", "A"])]
    tell(corrected("x", by="y"))
    assert [(row["state"], row["resolvedBy"]["id"]) for row in listed()] == [("resolved", "y")]


@pytest.mark.parametrize(
    "decision",
    [
        same("decided", {"serial": "A", "at": at(8)}, {"serial": "A", "at": "2026-02-01T00:00:00Z"}),
        event("nameReused", "decided", 6, unit="A"),
    ],
    ids=["one unit", "two units"],
)
def test_a_decision_ends_a_second_creation(tell, listed, decision) -> None:
    tell(*TOLD["createdAgain"][0])
    assert [row["state"] for row in listed()] == ["open"]

    tell(decision)

    assert [(row["state"], row["resolvedBy"]["id"]) for row in listed()] == [("resolved", "decided")]
    tell(corrected("decided", by="x"))
    assert [row["state"] for row in listed(state="open")] == ["open"]


def test_one_statement_that_a_unit_is_created_again_is_no_decision(tell, listed) -> None:
    tell(*TOLD["createdAgain"][0], made("OTHER"), same("of later", {"serial": "A", "at": at(8)}, "OTHER"))

    assert [row["kind"] for row in listed()] == ["createdAgain"]


def test_a_label_that_is_said_to_be_given_anew_contradicts_nothing(tell, listed) -> None:
    tell(*TOLD["labelReused"][0])
    assert [row["state"] for row in listed()] == ["open"]

    tell(event("nameReused", "anew", 6, package="R"))

    assert [(row["state"], row["resolvedBy"]["id"]) for row in listed()] == [("resolved", "anew")]


def test_one_candidate_less_ends_what_is_undecided(tell, listed) -> None:
    tell(*TOLD["undecided"][0], issued("Cedar"))
    (open_one,) = listed(state="open")
    assert [each["name"] for each in open_one["things"]] == ["N", "N", "N"]

    tell(corrected("made N of Cedar", by="x"))
    assert [row["state"] for row in listed()] == ["open"]
    tell(corrected("made N of Acorn", by="y"))

    (row,) = listed()
    assert (row["state"], row["resolvedBy"]["id"]) == ("resolved", "y")
    assert row["knownSince"] == open_one["knownSince"]


def test_each_line_is_undecided_by_itself(tell, listed) -> None:
    tell(made("A"), issued("Acorn"), issued("Birch"))
    tell(passed("N", 7), event("tested", "t", 7, units=["A", "N"], result="passed"))
    tell(same("joined", "A", "N"))

    rows = sorted(told(listed()))
    assert rows == [("undecided", "open", [each], ["N", "N"]) for each in ("joined", "pass N 7", "t")]


def test_what_is_undecided_is_counted_once_beside_an_answer(tell, quality) -> None:
    tell(*TOLD["undecided"][0], use({"serial": "N", "issuer": "Acorn"}, "R", 7))

    used = quality.get(f"/trace/v1/lots/{lot_id(quality)}/where-used").get_json()["headline"]

    assert (used["unknown"]["undecided"], used["anomalies"]) == (1, {})


@pytest.fixture
def station(tell):
    """Tell of boards that passed a station where slot F1 held reel R."""
    tell(UNITS, reel("R"), reel("R2"), set_up("s", 6, "R"), passed("A", 7), passed("B", 8, firstSequence=2))


def reported(*rows):
    return [("setupAgainstReport", "open", sorted(events), things) for events, things in rows]


@pytest.mark.usefixtures("station")
def test_a_report_that_agrees_or_names_another_slot_or_unit_contradicts_no_set_up(tell, listed) -> None:
    tell(use("A", "R", 8, run="RUN", slot="F1"), use("B", "R2", 8, run="RUN", slot="F2"))
    tell(use("C", "R2", 8, run="RUN", slot="F1"), use("A", "R2", 9, run="ELSEWHERE", slot="F1"))
    tell(use("A", "R2", 10, run="RUN", slot="F1", basis="backflush"))

    assert listed() == []


@pytest.mark.usefixtures("station")
def test_a_report_from_a_slot_that_is_said_to_be_empty_contradicts_the_set_up(tell, listed) -> None:
    tell(use("B", "R", 8, run="RUN", slot="F1"))
    assert listed() == []

    tell(set_up("emptied", 7, None))

    assert told(listed()) == reported((["emptied", "use B R 8"], ["B"]))
    # What stands before the board that passes then is not known yet, and contradicts nothing.
    tell(set_up("filled", 8, "UNKNOWN"))
    assert [(row["state"], row["resolvedBy"]["id"]) for row in listed()] == [("resolved", "filled")]
    tell(reel("UNKNOWN"))
    assert told(listed(state="open")) == reported((["filled", "use B R 8"], ["B"]))


@pytest.mark.usefixtures("station")
def test_a_range_that_says_another_package_contradicts_the_set_up_for_each_unit_that_passed(
    tell, listed
) -> None:
    ranges = [{"package": "R2", "sequenceFrom": 2, "sequenceTo": 9, "slot": "F1"}]
    tell(event("feed", "f", 6, run="RUN", feeds=ranges))
    assert told(listed()) == reported((["f", "s"], ["B"]))

    tell(passed("C", 9, firstSequence=3))

    assert sorted(told(listed())) == reported((["f", "s"], ["B"]), (["f", "s"], ["C"]))


def test_a_report_is_compared_wherever_its_run_turns_out_to_be(tell, listed) -> None:
    tell(UNITS, reel("R"), reel("R2"), set_up("s", 6, "R"))
    tell(event("unitProcessed", "pass", 7, units=["A"], run="FIRST", firstSequence=1, station="ST"))
    tell(use("A", "R2", 8, run="SECOND", slot="F1"))
    assert listed() == []

    tell(
        event("unitProcessed", "late", 9, units=["B"], run={"id": "SECOND", "station": "ST"}, firstSequence=1)
    )

    assert told(listed()) == reported((["s", "use A R2 8"], ["A"]))
    tell(corrected("late", by="x"))
    assert [row["state"] for row in listed()] == ["resolved"]


def test_a_ring_of_corrections_is_resolved_by_a_third(tell, listed) -> None:
    tell(*TOLD["correctionRing"][0])
    tell(corrected("k1", by="x"))

    assert [(row["state"], row["resolvedBy"]["id"]) for row in listed()] == [("resolved", "x")]


def test_what_equals_one_of_a_ring_of_corrections_does_not_resolve_it(tell, listed) -> None:
    tell(*TOLD["correctionRing"][0])
    tell({**TOLD["correctionRing"][0][-1], "id": "x"})

    assert [row["state"] for row in listed()] == ["open"]


def test_what_is_told_late_resolves_it_too(tell, listed) -> None:
    tell(*TOLD["twoParents"][0])
    tell(event("removed", "late", 6, unit="B", part="A") | {"happenedAt": "2026-03-01T06:30:00+00:00"})

    assert [(row["state"], row["resolvedBy"]["id"]) for row in listed()] == [("resolved", "late")]


def test_as_of_an_earlier_time_of_either_kind_is_asked_for(tell, listed) -> None:
    tell(*TOLD["twoParents"][0])
    (found,) = listed()
    tell(corrected("A in C", by="x"))

    assert listed(recordedAsOf=found["knownSince"]) == [found]
    assert listed(recordedAsOf="2026-03-01T00:00:00Z") == []
    assert listed(recordedAsOf=found["knownSince"], asOf=at(6)) == []


def test_as_recorded_before_two_were_one_unit_both_are_named(tell, listed) -> None:
    tell(*TOLD["twoParents"][0])
    (found,) = listed()
    assert len(found["things"]) == 3

    tell(event("sameUnit", "one", 9, units=["B", "C"]))

    assert listed(recordedAsOf=found["knownSince"]) == [found]


def test_a_time_that_has_come_resolves_what_was_dated_ahead(tell, listed) -> None:
    tell(*TOLD["datedAhead"][0])

    (row,) = listed(asOf="2098-01-01T00:00:00Z")
    assert (row["state"], row["resolvedAt"], row["resolvedBy"]) == (
        "resolved", "2098-01-01T00:00:00+00:00", None,
    )  # fmt: skip


def test_what_happens_in_the_future_contradicts_nothing_before(tell, listed) -> None:
    later = {**event("shipped", "s2", 6, units=["A"], shipment="S2"), "happenedAt": "2098-01-01T00:00:00Z"}
    tell(UNITS, event("shipped", "s1", 6, units=["A"], shipment="S1"), later)

    assert [row["kind"] for row in listed()] == ["datedAhead"]
    assert {row["kind"] for row in listed(asOf="2099-01-01T00:00:00Z", state="open")} == {"shippedTwice"}


def test_the_list_is_filtered_and_paged(tell, listed, quality) -> None:
    for kind in ("twoParents", "notShipped"):
        tell(*TOLD[kind][0])
    tell(corrected("back", by="x"))
    both = listed()

    assert [row["kind"] for row in both] == ["notShipped", "twoParents"]
    assert listed(kind="twoParents") == both[1:]
    assert listed(state="resolved") == both[:1]
    assert listed(thing=unit_id(quality, "A")) == both
    assert listed(thing=unit_id(quality, "C")) == both[1:]
    assert listed(thing="nothing") == []
    assert listed(event="A in B") == both[1:]
    assert listed(event="x") == both[:1]
    first = quality.get("/trace/v1/anomalies?limit=1").get_json()
    cursor = first["paging_metadata"]["cursor"]
    second = quality.get("/trace/v1/anomalies", query_string={"limit": 1, "cursor": cursor}).get_json()
    assert [*first["result"], *second["result"]] == both
    assert second["paging_metadata"] == {}


def test_answers_count_what_touches_them(tell, quality) -> None:
    tell(*TOLD["overdrawn"][0], put("A", "B", 8), put("A", "C", 9), made("N"), put("N", "N", 9))

    used = quality.get(f"/trace/v1/lots/{lot_id(quality)}/where-used").get_json()["headline"]
    grouped = quality.get(f"/trace/v1/lots/{lot_id(quality)}/where-used?groupBy=product").get_json()
    held = [quality.get(f"/trace/v1/units/{unit_id(quality, name)}/contents").get_json() for name in "ACBN"]

    both = {"overdrawn": 1, "twoParents": 1}
    assert used["anomalies"] == grouped["headline"]["anomalies"] == both
    assert [each["anomalies"] for each in held] == [both, both, both, {"partOfItself": 1}]
    tell(corrected("A in C", by="x"))
    used = quality.get(f"/trace/v1/lots/{lot_id(quality)}/where-used").get_json()["headline"]
    assert used["anomalies"] == {"overdrawn": 1}


def test_a_report_tells_of_them(tell, quality) -> None:
    tell(*TOLD["overdrawn"][0])

    for direction, subject in (("where-used", lot_id(quality)), ("contents", unit_id(quality, "A"))):
        asked = {"direction": direction, "subject": subject}
        made_report = quality.post("/trace/v1/reports", json=asked)
        assert made_report.status_code == 201, made_report.get_json()
        report = json.loads(files_of(quality.get(made_report.headers["Location"]))["report.json"])
        sentence = "more used than was in the package (1)."
        assert f"Contradictions touch this answer: {sentence}" in report["gaps"]


def test_production_and_auditors_see_all_and_suppliers_nothing(tell, listed, asker) -> None:
    tell(*TOLD["overdrawn"][0])

    for role in ("production", "quality", "auditor", "administrator"):
        assert told(listed(asker(role))) == told(listed())
    assert asker("supplier", "bolt").get("/trace/v1/anomalies").status_code == 403


def test_a_customer_is_told_what_concerns_their_units_alone(tell, listed, asker, quality) -> None:
    for name, customer in (("A", "meditec"), ("B", "meditec"), ("C", "railway")):
        tell(made(name, customer=customer, run="RUN", firstSequence=7))
    own = [event("returned", "back", 6, units=["A"]), event("removed", "out", 6, unit="A", part="B")]
    others = [event("returned", "theirs", 6, units=["C"]), event("removed", "of both", 6, unit="A", part="C")]
    tell(*own, *others, reel("R", quantity=1), use("A", "R", 7, quantity=5), use("C", "R", 7, quantity=5))
    auditor = asker("customer_auditor", "meditec")

    assert sorted(row["kind"] for row in listed(auditor)) == ["notIn", "notShipped"]
    assert {each["id"] for row in listed(auditor) for each in row["events"]} == {None}
    assert listed(auditor, event="back") == []
    said = json.dumps(listed(auditor))
    assert "theirs" not in said
    assert "of both" not in said
    used = auditor.get(f"/trace/v1/lots/{lot_id(quality)}/where-used").get_json()["headline"]
    assert used["anomalies"] == {"notIn": 1, "notShipped": 1}
    assert "overdrawn" in {row["kind"] for row in listed()}


def test_a_customer_is_told_of_their_names_and_set_ups_and_of_no_package_or_candidate(
    tell, tell_list, listed, asker
) -> None:
    mine, theirs = {"customer": "meditec"}, {"customer": "railway"}
    tell(made("A", **mine), made("S", product="P-1", **mine), made("T", product="P-1", **theirs))
    tell(made("M", **mine) | A_MONTH_EARLIER, event("unitCreated", "M again", 7, units=["M"]))
    again = {"product": "P-2", **mine}
    tell(
        *(
            event("unitCreated", f"{name} again", 7, units=[name], **{"firstSequence": 1, **again})
            for name in "ST"
        )
    )
    tell(*TOLD["setupAgainstReport"][0], *TOLD["labelReused"][0][1:])
    tell_list(["R"], code="L-3")
    for issuer in ("Acorn", "Birch"):
        tell(issued(issuer) | mine)
    tell(use("N", "R", 6))

    told_to = [row["kind"] for row in listed(asker("customer_auditor", "meditec"))]

    # The serial number T is of a unit of theirs and of another's: of that they are not told.
    assert sorted(told_to) == ["createdAgain", "serialReused", "setupAgainstReport"]
    kinds = [row["kind"] for row in listed()]
    assert {"labelReused", "contentDisputed", "undecided"} < set(kinds)
    assert kinds.count("serialReused") == 2
    assert listed(asker("customer_auditor", "meditec"), kind="undecided") == []


def test_units_that_left_inside_of_something_came_back(tell, listed) -> None:
    packed = [put(unit, {"container": "BOX"}, 6, relation="packedIn") for unit in ("A", "B")]
    tell(UNITS, packed[0], event("returned", "back", 8, units=["A"]))
    assert [row["kind"] for row in listed(state="open")] == ["notShipped"]

    tell(event("shipped", "s", 7, units=[{"container": "BOX"}], shipment="S"))

    assert listed(state="open") == []


def test_a_board_leaves_its_panel_without_a_word(tell, listed) -> None:
    tell(UNITS, put("A", "B", 6, relation="panelOf"), put("A", "C", 7))

    assert listed() == []


def test_a_splice_and_units_that_did_not_pass_draw_nothing(tell, listed) -> None:
    joined = event("merged", "splice", 7, packages=[{"package": "NEW"}], into="OLD", how="splice")
    tell(reel("OLD", quantity=10), reel("NEW", quantity=10), joined)
    ranges = [{"package": "OLD", "sequenceFrom": 1, "sequenceTo": 100, "quantityPerUnit": 5}]
    tell(event("feed", "f", 8, run="RUN", feeds=ranges))
    for number in range(1, 5):
        tell(made(f"U{number}", run="RUN", firstSequence=number, hour=6 + number))
    assert listed() == []

    tell(made("U5", run="RUN", firstSequence=5, hour=12))

    assert [(row["kind"], row["events"][-1]["id"]) for row in listed()] == [("overdrawn", "f")]


def ranged(number, measure, package="R", hour=12, run="RUN"):
    amount = {"quantityPerUnit": "0.5", "unitOfMeasure": measure}
    feeds = [{"package": package, "sequenceFrom": 1, "sequenceTo": 9, **amount}]
    return event("feed", number, hour, run=run, feeds=feeds)


IN_A_RUN = made("A", run="RUN", hour=8), made("B", run="RUN", firstSequence=2, hour=7)
# What is said of a package in any order; then the events that do not fit, and since when.
MEASURED = {
    "content and range": (
        [reel("R", quantity=10), ranged("in kg", "kg"), *IN_A_RUN],
        ["in kg", "reel R"],
        at(7),
    ),
    "two ranges": (
        [reel("R"), ranged("in kg", "kg"), ranged("in g", "g"), *IN_A_RUN],
        ["in g", "in kg"],
        at(7),
    ),
    "a use and a range": (
        [reel("R"), UNITS, use("C", "R", 6, quantity=1), ranged("in kg", "kg"), *IN_A_RUN[:1]],
        ["in kg", "use C R 6"],
        at(8),
    ),
    "three": (
        [
            reel("R", quantity=10),
            use("C", "R", 9, quantity=1, unitOfMeasure="g"),
            UNITS,
            ranged("in kg", "kg"),
            *IN_A_RUN[:1],
        ],
        ["in kg", "reel R"],
        at(8),
    ),
}


@pytest.mark.parametrize("case", MEASURED)
def test_other_units_of_measure_are_found_in_whatever_order_they_are_told(
    tell, listed, registry, case
) -> None:
    sent, events, holds_from = MEASURED[case]
    every = list(itertools.permutations(sent))
    every = every[:: max(1, len(every) // 12)]
    before = datetime.fromisoformat(holds_from) - timedelta(minutes=1)

    for nth, order in enumerate(every):
        for each in order:
            tell(
                json.loads(
                    re.sub(
                        r'"(R|RUN|A|B|C)"', rf'"\1-{nth}"', json.dumps({**each, "id": f"{each['id']} {nth}"})
                    )
                )
            )

    found = [row for row in listed(limit=1000) if row["kind"] == "unitsOfMeasure"]
    named = {row["things"][0]["name"]: sorted(each["id"] for each in row["events"]) for row in found}
    assert named == {f"R-{nth}": [f"{each} {nth}" for each in events] for nth in range(len(every))}
    assert [
        row for row in listed(limit=1000, asOf=before.isoformat()) if row["kind"] == "unitsOfMeasure"
    ] == []
    assert len(listed(limit=1000, asOf=holds_from)) == len(every)
    with registry.read() as connection:
        site = connection.exec_driver_sql("SELECT site FROM event").scalars().first()
    assert event_service.differs(registry, site) == []


def test_of_several_numbers_of_a_range_a_unit_takes_once(tell, listed) -> None:
    feeds = [{"package": "R", "sequenceFrom": 1, "sequenceTo": 3, "quantityPerUnit": 5}]
    tell(reel("R", quantity=10), event("feed", "f", 8, run="RUN", feeds=feeds))
    tell(made("A", run="RUN", hour=8), passed("A", 9, firstSequence=2), passed("A", 10, firstSequence=3))

    assert listed() == []


def test_ranges_of_two_reels_on_one_designator_meet_where_units_passed(tell, listed) -> None:
    tell(reel("R1"), reel("R2"))
    for number, package in enumerate(("R1", "R2"), start=1):
        ranges = [
            {"package": package, "sequenceFrom": number, "sequenceTo": number + 1, "designators": ["C1"]}
        ]
        tell(event("feed", f"f{number}", 6, run="RUN", feeds=ranges))
    tell(made("U1", "U2", "U3", run="RUN", firstSequence=1, hour=7))

    assert told(listed()) == [("designatorTwice", "open", ["f1", "f2"], ["U2"])]


@pytest.mark.check
def test_c08_what_would_be_part_of_itself_is_listed(cases, tell, listed, quality) -> None:
    tell(*json.loads((cases / "c08-part-of-itself.json").read_bytes()))

    assert sorted(told(listed())) == [
        ("partOfItself", "open", ["c08-4", "c08-5"], ["C08-A", "C08-B"]),
        ("partOfItself", "open", ["c08-6"], ["C08-C"]),
    ]
    (lot,) = quality.get("/trace/v1/lots?code=C08-LOT").get_json()["result"]
    used = quality.get(f"/trace/v1/lots/{lot['id']}/where-used").get_json()
    assert [row["serial"] for row in used["result"]] == ["C08-B"]
    assert used["headline"]["anomalies"] == {"partOfItself": 1}
