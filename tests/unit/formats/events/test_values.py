"""What is said of a wrong event names what was expected: no class, no pattern, no word of a library."""

import re
from datetime import UTC, datetime
from typing import Any, get_args

import orjson
import pytest
from pydantic import BaseModel

from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.formats.events.json import EventType, read_events, understand

NOW = datetime(2026, 3, 1, tzinfo=UTC)
FOREIGN = re.compile(
    r"instance of|pattern|Input |should|dictionary|function-|constrained|\^\[|Field required|Extra inputs"
    r"|\b[A-Z][a-z]+[A-Z]\w*\b|(?<!\w)_[A-Za-z]|Value error"
)
WRONG: list[Any] = [12345, 1.5, True, None, "", "C 1", "\0", "x" * 3000, [], [12], {}, {"x": 1}, -1, 10**20]


def told(value: Any, limits: Limits, *, message: str | None = None) -> list[str]:
    """Return what is said of an event."""
    raw = next(iter(read_events(orjson.dumps(value, default=str), limits, is_ndjson=False, message=message)))
    try:
        said, _ = understand(raw, limits, received_at=NOW)
    except RefusedError as refused:
        return [each.message for each in refused.findings]
    return [each.message for each in said.findings]


@pytest.mark.parametrize("model", get_args(EventType), ids=lambda each: each.__name__)
def test_no_message_about_an_event_names_a_class_or_a_pattern(model: type[BaseModel], limits: Limits) -> None:
    kind = get_args(model.model_fields["type"].annotation)[0]
    names = [info.alias or name for name, info in model.model_fields.items() if name != "type"]

    said = [
        text
        for name in [*names, "unheardOf"]
        for wrong in [each for each in WRONG if each != 10**20]
        for text in told({"type": kind, name: wrong}, limits)
    ]

    assert len(said) > len(names)
    assert not [text for text in said if FOREIGN.search(text.split(": ", 1)[-1])]


@pytest.mark.parametrize(
    "name", ["UnitsInitialized", "MaterialsInstalled", "MaterialsInitialized", "WorkCompleted"]
)
def test_no_message_about_a_cfx_message_names_a_class_or_a_pattern(name: str, limits: Limits) -> None:
    said = [
        text
        for member in ("Materials", "Units", "UnitPositions", "InstalledMaterials", "TransactionID")
        for wrong in (12, "x", [1], [{}], [{"UnitIdentifier": 5}], None)
        for text in told({member: wrong}, limits, message=name)
    ]

    assert not [text for text in said if FOREIGN.search(text.split(": ", 1)[-1])]


@pytest.mark.parametrize(
    ("member", "value", "expected"),
    [
        ("unit", 12345, 'such as "SN-0001"'),
        ("package", [], 'such as "REEL-1"'),
        ("designators", ["C 1"], 'such as "R17"'),
        ("designators", "C1", '["R1", "R2"]'),
        ("id", 5, 'such as "A-0042"'),
        ("happenedAt", "yesterday", "ISO 8601"),
    ],
)
def test_a_message_names_the_member_and_an_example(member, value, expected, limits: Limits) -> None:
    event = {
        "type": "consumed",
        "id": "e-1",
        "happenedAt": "2026-03-01T09:00:00Z",
        "unit": "B-1",
        "package": "R-1",
    }

    (said,) = told({**event, member: value}, limits)

    assert said.startswith(member)
    assert expected in said
