"""What an answer says of itself in words: the same on the page and in the signed report, and never nothing."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from certificate_samples import NOW
from jsonschema import Draft202012Validator
from page_visitor import visit, words_of

from aas_registry.domain.anomalies import AnomalyKind, told_in_words
from aas_registry.services.keys import init_keys
from aas_registry.services.reports.verify import verify_bundle
from aas_registry.web.pages.words import label

SCHEMA = Path(__file__).parents[2] / "schemas" / "report-1.0.json"
WITHOUT_RUN = "Nothing on record says in which runs it was used, so that nobody knows how many units were built in them."


@pytest.fixture
def settings(settings):
    init_keys(settings.data_dir, organization="Plant", now=NOW)
    return settings


def said(kind, number, hour, **members):
    return {"type": kind, "id": number, "happenedAt": f"2026-03-01T{hour:02}:00:00Z", **members}


LOT = {"manufacturer": "M", "mpn": "P", "lotCode": "L1"}
BOARD = [
    said("packageCreated", "1", 6, package="R1", lots=[LOT]),
    said("unitCreated", "2", 7, units=["B1"]),
    said("consumed", "3", 8, unit="B1", package="R1"),
]
RUN = [
    said("unitProcessed", "4", 8, units=["B1"], run="RUN", firstSequence=1),
    said("unitCompleted", "5", 9, units=["B1"], run="RUN"),
]
OTHER = [
    *RUN,
    said("unitCreated", "2b", 7, units=["B2"]),
    said("unitProcessed", "6", 9, units=["B2"], run="RUN", firstSequence=1),
]
FED_IN_VAIN = (
    "It was fed to 1 run, or used in it, that no unit is known to have passed, so that nobody knows how many "
    "units were built there."
)
FEED = said("feed", "f", 7, run="TOP", feeds=[{"package": "R1", "sequenceFrom": 1, "sequenceTo": 9}])
REASONS = {
    "no run": ([], WITHOUT_RUN),
    "fed in vain": ([FEED], FED_IN_VAIN),
    "fed in vain beside a run": ([*RUN, FEED], FED_IN_VAIN),
    "not completed": (
        RUN[:1],
        "Of 1 unit that passed the same runs, this kind of material was reported for 1.",
    ),
    "not reported": (
        [*OTHER, said("unitCompleted", "7", 9, units=["B2"], run="RUN")],
        "Of 2 units built in the same runs, this kind of material was reported for 1.",
    ),
    "on its way": (
        OTHER,
        "1 unit passed the same runs and is not completed; this kind of material was not reported for it.",
    ),
    "waiting": (
        [*RUN, said("consumed", "8", 9, unit="B1", package="NOBODYS")],
        "1 line of events waits for a name and could change this.",
    ),
    "dated ahead": (
        [*RUN, said("consumed", "9", 9, unit="B1", package="R1") | {"happenedAt": "2098-03-01T06:00:00Z"}],
        "1 statement is left out: it is dated ahead, and its time has not come.",
    ),
    "contradicted": (
        [
            *RUN,
            said("packageCreated", "10", 6, package="R1", lots=[LOT], quantity=1),
            said("consumed", "11", 9, unit="B1", package="R1", quantity=5),
        ],
        "Contradictions touch this answer: more used than was in the package (1)",
    ),
    "nothing": (RUN, None),
}


def asked_everywhere(app, registry, quality, events):
    taken = quality.post("/trace/v1/events", json=[*BOARD, *events]).get_json()["result"]
    assert {each["state"] for each in taken} <= {"accepted", "pending", "corrected"}, taken
    lot = quality.get("/trace/v1/lots").get_json()["result"][0]["id"]
    head = quality.get(f"/trace/v1/lots/{lot}/where-used?level=board").get_json()["headline"]
    page = words_of(visit(app, registry, "quality").get(f"/lots/{lot}?level=board"))
    made = quality.post("/trace/v1/reports", json={"subject": lot, "direction": "where-used"})
    bundle = quality.get(made.headers["Location"]).data
    with zipfile.ZipFile(io.BytesIO(bundle)) as files:
        return head, page, json.loads(files.read("report.json")), bundle


@pytest.mark.parametrize("reason", REASONS)
def test_why_an_answer_is_not_complete_is_said_on_the_page_and_in_the_report(
    app, registry, quality, reason
) -> None:
    events, why = REASONS[reason]

    head, page, report, _ = asked_everywhere(app, registry, quality, events)

    is_complete = reason == "nothing"
    assert head["isComplete"] is is_complete
    closing = "The answer is complete." if is_complete else "The answer is not complete."
    assert closing in page
    told = [each for each in report["gaps"] if "certificate" not in each]
    assert bool(told) is not is_complete
    for each in told:
        assert each.rstrip(".") in page
    if why is not None:
        assert any(each.startswith(why) for each in told), told


def test_a_lot_that_was_fed_in_vain_is_not_said_to_be_of_no_run(app, registry, quality) -> None:
    _, page, report, _ = asked_everywhere(app, registry, quality, [FEED])

    assert FED_IN_VAIN in report["gaps"]
    assert WITHOUT_RUN not in [*report["gaps"], page]
    assert "in which runs" not in page


def test_a_report_carries_what_the_api_answers_and_verifies(app, registry, quality, clock) -> None:
    head, _, report, bundle = asked_everywhere(app, registry, quality, RUN)

    whole = report["completeness"]
    assert whole["isComplete"] is True
    for member in ("coverage", "unknown", "datedAhead", "anomalies"):
        assert whole[member] == head[member]
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)
    assert verify_bundle(bundle, roots=[registry.signers.root_pem], now=clock()).outcome == "verified"


def test_a_report_of_contents_says_what_is_unknown(quality) -> None:
    quality.post("/trace/v1/events", json=[*BOARD, said("consumed", "8", 9, unit="B1", package="NOBODYS")])
    unit = quality.get("/trace/v1/units?serial=B1").get_json()["result"][0]["id"]

    made = quality.post("/trace/v1/reports", json={"subject": unit, "direction": "contents"})
    with zipfile.ZipFile(io.BytesIO(quality.get(made.headers["Location"]).data)) as files:
        report = json.loads(files.read("report.json"))

    assert report["completeness"]["unknown"]["waiting"] == 1
    assert "1 line of events waits for a name and could change this." in report["gaps"]
    Draft202012Validator(json.loads(SCHEMA.read_text())).validate(report)


def test_contradictions_have_one_name_everywhere(app) -> None:
    with app.test_request_context():
        for kind in AnomalyKind:
            assert (
                told_in_words({kind: 2})
                == f"Contradictions touch this answer: {label(f'anomaly {kind}')} (2)."
            )
