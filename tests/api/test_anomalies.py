"""Contradictions are accepted as they are said, and listed: each kind, who sees it, what resolves it."""

import json

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
    return event("unitCreated", f"made {'-'.join(names)}", hour, units=list(names), **more)


def reel(package, **more):
    return event("packageCreated", f"reel {package}", 5, package=package, lots=[LOT], **more)


def put(unit, into, hour, relation="partOf"):
    links = [{"unit": unit, "into": into, "relation": relation}]
    return event("assembledInto", f"{unit} in {into}", hour, links=links)


def use(unit, package, hour, *designators, **more):
    number = f"use {unit} {package} {hour}"
    return event("consumed", number, hour, unit=unit, package=package, designators=list(designators), **more)


def corrected(number, *, by):
    return event("correction", by, 20, corrects=number)


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
def tell(production):
    def send(*events):
        answer = production.post("/trace/v1/events", json=list(events)).get_json()
        assert {each["state"] for each in answer["result"]} <= {"accepted", "pending", "duplicate"}, answer

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

    # A unit that nobody says exists has no name any more.
    left = ["A"] if kind == "sequenceTwice" else things
    assert told(resolved) == [(kind, "resolved", events, left)]
    assert resolved[0]["resolvedBy"]["id"] == "x"
    assert resolved[0]["resolvedAt"] > resolved[0]["knownSince"]
    assert told(listed(state="open")) == [(kind, "open", events, things)]
    assert told(listed(state="resolved")) == [(kind, "resolved", events, things)]


def test_a_ring_of_corrections_is_resolved_by_a_third(tell, listed) -> None:
    tell(*TOLD["correctionRing"][0])
    tell(corrected("k1", by="x"))

    assert [(row["state"], row["resolvedBy"]["id"]) for row in listed()] == [("resolved", "x")]


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
        sentence = "packages of which more was used than was in them (1)."
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
