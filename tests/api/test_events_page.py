"""docs/events.md: every type of event has its example, and all of them are one plant's day."""

import json
import re
from pathlib import Path

from aas_registry.formats.events.json import event_schema

PAGE = Path(__file__).parents[2] / "docs" / "events.md"
EXAMPLES = [
    json.loads(block)
    for block in re.findall(
        r"^```json\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
]


def test_every_example_is_taken_whole_and_contradicts_no_other(asker, quality, suppliers) -> None:
    mes = asker("production")

    answers = [mes.post("/trace/v1/events", json=each).get_json()["result"][0] for each in EXAMPLES]

    assert answers == [{"id": each["id"], "state": "accepted"} for each in EXAMPLES]
    assert quality.get("/trace/v1/anomalies").get_json()["result"] == []


def test_every_type_has_an_example() -> None:
    told = {each["type"] for each in EXAMPLES}

    assert told == set(event_schema()["discriminator"]["mapping"])


def test_what_the_day_says_is_answered(asker, quality, suppliers) -> None:
    asker("production").post("/trace/v1/events", json=EXAMPLES)

    def used_in(code):
        (lot,) = quality.get("/trace/v1/lots", query_string={"code": code}).get_json()["result"]
        rows = quality.get(f"/trace/v1/lots/{lot['id']}/where-used?level=board").get_json()["result"]
        return {row["serial"]: row["certainty"] for row in rows}

    assert used_in("L-1") == {"B-1": "exact", "B-2": "exact"}
    (product,) = quality.get("/trace/v1/units?serial=P-1-NEW").get_json()["result"]
    assert {name["value"] for name in product["names"]} == {"P-1", "P-1-NEW"}
