"""Our own vocabulary: read, bounded, translated; and its published schema."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError, TooLargeError
from aas_registry.domain.events import Certainty, Fed, LinkKind, PackageStated, UnitsStated
from aas_registry.domain.items import Name, Scheme
from aas_registry.domain.passes import UnitsPassed
from aas_registry.domain.unread_lines import LineUnread
from aas_registry.formats.events.json import RawEvent, event_schema, read_events, understand
from aas_registry.settings import Settings

LIMITS = Settings().limits
NOW = datetime(2026, 3, 16, 8, 0, tzinfo=UTC)
SCHEMA = Path(__file__).parents[4] / "schemas" / "event-1.0.json"
LOT = {"manufacturer": "Bolt", "mpn": "BZX84", "lotCode": "L-1"}


def event(event_type, **members):
    return {"type": event_type, "id": "e-1", "happenedAt": "2026-03-01T06:00:00+01:00", **members}


EXAMPLES = [
    event("receipt", **{"from": "arro"}, deliveryNote="DN-1", line="1", lots=[LOT], counted=5000),
    event("packageCreated", package="R1", lots=[LOT], quantity="5000", receipt={"deliveryNote": "DN-1"}),
    event("split", package="R1", into=[{"package": "R2", "quantity": 10.5}]),
    event("merged", packages=[{"package": {"id": "R1", "issuer": "Arro"}}], into="R3", how="splice"),
    event(
        "merged",
        packages=[{"package": "R1"}],
        into="R3",
        how="splice",
        zone={"run": {"id": "X", "line": "4"}, "sequenceTo": 9},
    ),
    event(
        "merged",
        packages=[{"package": "R1"}],
        into="R3",
        how="splice",
        zone={"until": "2026-03-01T07:00:00Z"},
    ),
    event("relabelled", package="R1", into="R2"),
    event("unitCreated", units=["B1", {"serial": "B2", "sequence": 7}], run={"id": "X", "line": "4"}),
    event("unitProcessed", units=["B1"], run="X", firstSequence=4),
    event("unitProcessed", units=["B1"], run="X", station="SMT 1", transaction="T-1"),
    event("unitCompleted", units=["B1"]),
    event("unitCompleted", units=["B1"], run={"id": "X", "line": "4"}, station="SMT 1"),
    event("setUp", station="SMT 1", slots=[{"slot": "F1", "package": None}, {"slot": "F2", "package": "R1"}]),
    event(
        "setUp",
        station="SMT 1",
        run={"id": "X", "line": "4"},
        slots=[
            {
                "slot": "F1",
                "package": "R1",
                "designators": ["C1"],
                "quantityPerUnit": 1,
                "unitOfMeasure": "pcs",
            }
        ],
    ),
    event("feed", run="X", feeds=[{"package": "R1", "sequenceFrom": 1, "sequenceTo": 9}]),
    event(
        "feed",
        run="X",
        feeds=[
            {
                "package": "R1",
                "sequenceFrom": 1,
                "sequenceTo": 9,
                "from": "2026-03-01T05:00:00Z",
                "to": "2026-03-01T05:00:00Z",
            }
        ],
    ),
    event("consumed", unit={"panel": "P", "position": 1}, package="R1", quantity=1, certainty="possible"),
    event("removed", unit="B1", designators=["R17"], reason="cracked"),
    event("assembledInto", links=[{"unit": "B1", "into": {"container": "C"}, "relation": "packedIn"}]),
    event("shipped", units=["P1"], shipment="S-1", order="4711", customer="meditec"),
    event("returned", units=["P1"]),
    event("tested", units=["P1"], result="failed", test="ICT"),
    event("correction", corrects="e-0", reason="wrong reel"),
]


def understood(value, **more):
    return understand(RawEvent(value=value, **more), LIMITS, received_at=NOW)[0]


def refusal(value):
    with pytest.raises(RefusedError) as refused:
        understood(value)
    return refused.value


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example["type"])
def test_every_type_is_understood_and_valid_by_the_schema(example) -> None:
    said = understood(example)

    jsonschema.Draft202012Validator(event_schema()).validate(example)
    assert said.type == example["type"]
    assert said.zone_minutes == 60
    assert said.facts


def test_the_published_schema_is_that_of_the_code() -> None:
    assert json.loads(SCHEMA.read_text("utf-8")) == event_schema()


def test_the_schema_is_a_schema_and_refuses_what_the_code_refuses() -> None:
    validator = jsonschema.Draft202012Validator(event_schema())

    jsonschema.Draft202012Validator.check_schema(event_schema())
    assert not validator.is_valid(event("consumed", unit="B1", package="R1", quantity=-1))
    assert not validator.is_valid(event("unitCreated", units=[]))


def test_several_lots_in_one_package_are_only_possible() -> None:
    other = {**LOT, "lotCode": "L-2"}

    one = understood(event("packageCreated", package="R1", lots=[LOT])).facts[0]
    two = understood(event("packageCreated", package="R1", lots=[LOT, other])).facts[0]

    assert isinstance(one, PackageStated)
    assert isinstance(two, PackageStated)
    assert (one.certainty, two.certainty) == (Certainty.EXACT, Certainty.POSSIBLE)


def test_a_back_flush_is_assumed_even_where_it_says_exact() -> None:
    feeding = {
        "package": "R1",
        "sequenceFrom": 1,
        "sequenceTo": 2,
        "basis": "backflush",
        "certainty": "exact",
    }

    said = understood(event("feed", run="X", feeds=[feeding])).facts[0]

    assert isinstance(said, Fed)
    assert said.certainty is Certainty.ASSUMED


def test_units_take_their_places_in_the_order_given() -> None:
    stated, passed = understood(
        event("unitCreated", units=["B1", {"serial": "B2", "sequence": 9}, "B3"], run="X", firstSequence=5)
    ).facts

    assert isinstance(stated, UnitsStated)
    assert isinstance(passed, UnitsPassed)
    assert passed.sequence == (5, 9, 7)


LINES = [
    ("receipt", {"deliveryNote": "DN-1"}, "lots", LOT, "mpn"),
    ("packageCreated", {"package": "R1"}, "lots", LOT, "lotCode"),
    ("split", {"package": "R1"}, "into", {"package": "R2"}, "package"),
    ("merged", {"into": "R1", "how": "splice"}, "packages", {"package": "R2"}, "package"),
    ("unitCreated", {}, "units", {"serial": "B1"}, "serial"),
    ("unitProcessed", {"run": "X"}, "units", {"serial": "B1"}, "serial"),
    ("feed", {"run": "X"}, "feeds", {"package": "R", "sequenceFrom": 1, "sequenceTo": 9}, "slot"),
    ("assembledInto", {}, "links", {"unit": "B1", "into": "P1"}, "into"),
    ("shipped", {"shipment": "S"}, "units", {"serial": "B1"}, "serial"),
    ("returned", {}, "units", {"serial": "B1"}, "serial"),
    ("tested", {"result": "passed"}, "units", {"serial": "B1"}, "serial"),
]


@pytest.mark.parametrize(
    ("kind", "members", "name", "line", "member"), LINES, ids=[each[0] for each in LINES]
)
def test_a_line_that_cannot_be_read_takes_no_other_with_it(kind, members, name, line, member) -> None:
    broken = {**line, member: 7}

    alone = understood(event(kind, **members, **{name: [line]}))
    beside = understood(event(kind, **members, **{name: [line, broken]}))

    assert [found.path for found in beside.findings] == [f"{name}[1].{member}"]
    assert beside.findings[0].code is Code.EVENT_INVALID
    unread = [each for each in beside.facts if isinstance(each, LineUnread)]
    assert len(unread) == (kind in {"split", "merged", "feed", "assembledInto", "unitProcessed"})
    if kind not in {"packageCreated", "merged"}:
        assert [each for each in beside.facts if each not in unread] == list(alone.facts)
    assert refusal(event(kind, **members, **{name: [broken]})).findings[0].path == f"{name}[0].{member}"


def test_of_two_that_were_joined_one_cannot_be_read() -> None:
    said = event("merged", into="R1", how="splice", packages=[{"package": "R2"}, {"package": 7}])

    *links, unread = understood(said).facts

    assert [(each.parent and each.parent.value, each.kind, each.is_awaited) for each in links] == [
        ("R2", LinkKind.MERGE, False),
        (None, LinkKind.MERGE, True),
    ]
    assert unread == LineUnread()


def test_what_can_be_read_of_a_line_is_told_though_the_line_cannot() -> None:
    links = [{"unit": "B1", "into": "P1"}, {"unit": "B2", "into": {"panel": "P"}}]
    feeds = [{"package": "R", "sequenceFrom": 1, "sequenceTo": 9}, {"package": "R"}]

    put = understood(event("assembledInto", links=links)).facts[-1]
    fed = understood(event("feed", run="X", feeds=feeds)).facts[-1]

    assert put == LineUnread(brings=False, units=(Name(Scheme.SERIAL, "B2"),))
    assert fed == LineUnread(run=Name(Scheme.RUN, "X"))


def test_of_a_lot_that_cannot_be_read_it_is_known_that_the_others_are_not_alone() -> None:
    (said,) = understood(event("packageCreated", package="R1", lots=[LOT, {"lotCode": "L-2"}])).facts

    assert isinstance(said, PackageStated)
    assert (len(said.lots), said.certainty, said.has_unread) == (1, Certainty.POSSIBLE, True)


@pytest.mark.parametrize("kind", ["unitCreated", "unitProcessed"])
def test_a_unit_that_cannot_be_read_keeps_its_place_in_the_run(kind) -> None:
    *_, passed, unread = understood(event(kind, units=["B1", "", "B3"], run="X", firstSequence=5)).facts

    assert isinstance(passed, UnitsPassed)
    assert [name.value for name in passed.units] == ["B1", "B3"]
    assert passed.sequence == (5, 7)
    assert unread == LineUnread(brings=False, run=Name(Scheme.RUN, "X"), passes=True)


def test_a_completion_that_cannot_be_read_and_says_no_run_may_be_of_any() -> None:
    *_, unread = understood(event("unitCompleted", units=["B1", {"serial": "B2", "panel": 7}])).facts

    assert unread == LineUnread(brings=False, units=(Name(Scheme.SERIAL, "B2"),), passes=True)


@pytest.mark.parametrize(
    ("kind", "members", "name"),
    [
        ("receipt", {"deliveryNote": "DN-1"}, "lots"),
        ("packageCreated", {"package": "R1"}, "lots"),
        ("consumed", {"unit": "B1", "package": "R1"}, "designators"),
        ("removed", {"unit": "B1", "package": "R1"}, "designators"),
    ],
)
def test_a_list_that_is_null_is_an_empty_one(kind, members, name) -> None:
    null = event(kind, **members, **{name: None})

    assert understood(null).facts == understood(event(kind, **members, **{name: []})).facts
    assert jsonschema.Draft202012Validator(event_schema()).is_valid(null)


@pytest.mark.parametrize(
    ("kind", "members", "name"), [(kind, each, name) for kind, each, name, *_ in LINES[2:]]
)
def test_a_list_that_must_say_something_is_refused_where_it_is_null(kind, members, name) -> None:
    null = event(kind, **members, **{name: None})

    assert refusal(null).findings[0].path == name
    assert not jsonschema.Draft202012Validator(event_schema()).is_valid(null)


@pytest.mark.parametrize(
    ("quantity", "code"),
    [
        (-1, Code.EVENT_QUANTITY_NEGATIVE),
        ("-0.5", Code.EVENT_QUANTITY_NEGATIVE),
        ("NaN", Code.EVENT_INVALID),
        ("sNaN", Code.EVENT_INVALID),
        ("one", Code.EVENT_INVALID),
        ("0." + "0" * 40 + "1", Code.EVENT_INVALID),
        ("-Infinity", Code.EVENT_QUANTITY_NEGATIVE),
        (True, Code.EVENT_INVALID),
        ("1" * 5000, Code.EVENT_INVALID),
        (10**13, Code.EVENT_INVALID),
        (0.1234567, Code.EVENT_INVALID),
        ("1e3", Code.EVENT_INVALID),
        ("1_000", Code.EVENT_INVALID),
        ("\uff11\uff12", Code.EVENT_INVALID),
        (" 1 ", Code.EVENT_INVALID),
        ("+1", Code.EVENT_INVALID),
        (0, Code.EVENT_INVALID),
        ("0.00", Code.EVENT_INVALID),
        ([1], Code.EVENT_INVALID),
    ],
)
def test_a_quantity_is_a_bounded_positive_number(quantity, code) -> None:
    sent = event("consumed", unit="B1", package="R1", quantity=quantity)

    assert refusal(sent).code is code
    assert not jsonschema.Draft202012Validator(event_schema()).is_valid(sent) or quantity == 0.1234567


def test_quantities_are_exact() -> None:
    said = understood(event("consumed", unit="B1", package="R1", quantity=0.1)).facts[0]

    assert isinstance(said, Fed)
    assert said.quantity_per_unit == Decimal("0.1")


@pytest.mark.parametrize(
    ("value", "path"),
    [
        (event("feed", run="X", feeds=[{"package": "R", "sequenceFrom": 3, "sequenceTo": 2}]), "feeds[0]"),
        (event("unitCreated", units=["B"] * 10_001), "units"),
        (event("unitCreated", units=["x" * 257]), "units[0].serial"),
        (event("unitCreated", units=["\u0390" * 200]), "units[0].serial"),
        (event("returned", units=["B"], reason="\u0000"), "reason"),
        (event("unitCreated", units=[{"serial": "B", "sequence": 0}]), "units[0].sequence"),
        (event("unitCreated", units=["B"], run={"line": "4"}), "run.id"),
        (event("tested", units=["B"], result="good"), "result"),
        ({**event("returned", units=["B"]), "happenedAt": "yesterday"}, "happenedAt"),
        ({**event("returned", units=["B"]), "happenedAt": "2100-01-01T00:00:00Z"}, "happenedAt"),
        ({**event("returned", units=["B"]), "id": "  "}, "id"),
    ],
)
def test_what_is_wrong_is_named_by_its_path(value, path) -> None:
    refused = refusal(value)

    assert refused.code is Code.EVENT_INVALID
    assert refused.findings[0].path == path


def test_a_range_that_uses_more_than_can_be_counted_is_refused() -> None:
    feeding = {"package": "R", "sequenceFrom": 1, "sequenceTo": 10**12, "quantityPerUnit": 2}

    assert refusal(event("feed", run="X", feeds=[feeding])).findings[0].path == "feeds[0]"


def test_an_event_larger_than_the_limit_is_refused() -> None:
    limits = Settings(event_bytes=100).limits

    with pytest.raises(RefusedError, match="100 bytes"):
        understand(RawEvent(value=event("returned", units=["B" * 90])), limits, received_at=NOW)


def test_a_lone_surrogate_is_refused() -> None:
    assert refusal(event("returned", units=["\ud800"])).code is Code.JSON_NUMBER


def test_a_body_is_one_event_an_array_or_lines() -> None:
    one = read_events(b'{"a": 1}', LIMITS, is_ndjson=False, message=None)
    many = read_events(b'[{"a": 1}, 2]', LIMITS, is_ndjson=False, message="m")
    lines = read_events(b'{"a": 1}\r\n\n{"a": \n', LIMITS, is_ndjson=True, message=None)

    assert [raw.value for raw in one] == [{"a": 1}]
    assert [(raw.value, raw.message) for raw in many] == [({"a": 1}, "m"), (2, "m")]
    assert [(raw.row, raw.problem is None) for raw in lines] == [(1, True), (3, False)]


def test_lines_are_parsed_when_they_are_asked_for() -> None:
    lines = read_events(b'{"a": 1}\n' + b"[" * 100, LIMITS, is_ndjson=True, message=None)

    assert next(lines).value == {"a": 1}
    assert next(lines).problem is not None


@pytest.mark.parametrize(("content", "is_ndjson"), [(b"[{}, 1]", False), (b"{}\n\n1\n", True)])
def test_a_refusal_names_the_event(content: bytes, *, is_ndjson: bool) -> None:
    *_, last = read_events(content, LIMITS, is_ndjson=is_ndjson, message=None)

    with pytest.raises(RefusedError) as raised:
        understand(last, LIMITS, received_at=NOW)

    assert [found.row for found in raised.value.findings] == [3 if is_ndjson else 2]


@pytest.mark.parametrize("is_ndjson", [True, False])
def test_values_and_names_of_a_body_are_counted_before_it_is_parsed(*, is_ndjson: bool) -> None:
    for content, limits in (
        (b"[1,2,3]", Settings(body_values=2).limits),
        (b'{"a": 1, "b": 1, "c": {"a": 1}}', Settings(json_names=2).limits),
    ):
        with pytest.raises(RefusedError) as raised:
            read_events(content, limits, is_ndjson=is_ndjson, message=None)

        assert raised.value.code is Code.JSON_TOO_LARGE
        assert raised.value.findings[0].column is not None


def test_more_events_than_the_limit_are_refused() -> None:
    limits = Settings(events_per_request=2).limits

    with pytest.raises(TooLargeError):
        read_events(b"[1,2,3]", limits, is_ndjson=False, message=None)
    with pytest.raises(TooLargeError):
        read_events(b"1\n2\n3", limits, is_ndjson=True, message=None)
