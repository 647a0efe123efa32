"""A report: one question and its whole answer."""

import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from bundle_samples import NOW, make_report

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import TooLargeError
from aas_registry.domain.reports import EvidenceEntry, refuse_too_many_rows
from aas_registry.domain.verdicts import Check, Status
from aas_registry.reports.report_json import report_json

SCHEMA = Path(__file__).parents[3] / "schemas" / "report-1.0.json"


def test_the_json_is_as_its_schema_says() -> None:
    schema = json.loads(SCHEMA.read_bytes())
    report = make_report().with_evidence(
        [EvidenceEntry(file="evidence/x", sha256="0" * 64, kind="certificate")]
    )

    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(json.loads(report_json(report)))


@pytest.mark.parametrize("member", ["question", "rows", "gaps", "truncation", "standsOn"])
def test_the_schema_wants_every_member(member: str) -> None:
    schema = json.loads(SCHEMA.read_bytes())
    report = json.loads(report_json(make_report()))
    del report[member]

    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(schema).validate(report)


def test_states_what_was_asked_and_that_nothing_was_cut() -> None:
    report = make_report(now=NOW).as_json()

    assert report["question"] == {
        "scope": "plant-1",
        "subject": {
            "kind": "lot",
            "name": "0042",
            "details": {"Manufacturer": "Arro", "Part": "CAP-100N-0603"},
        },
        "direction": "where-used",
        "asOf": "2026-03-04T12:00:00Z",
        "recordedAsOf": "2026-03-04T12:00:00Z",
        "customer": None,
    }
    assert report["truncation"] == "none"
    assert report["headlines"] == [{"label": "boards", "exact": 3, "possible": 1, "assumed": 0}]


def test_a_row_that_lacks_a_column_is_a_mistake() -> None:
    report = make_report()
    broken = [{"serial": "SN1"}]

    with pytest.raises(KeyError):
        type(report)(
            **{**{name: getattr(report, name) for name in report.__slots__}, "rows": broken}
        ).as_json()


def test_an_answer_over_the_limit_is_refused_and_not_cut() -> None:
    refuse_too_many_rows(10, most=10)
    with pytest.raises(TooLargeError) as caught:
        refuse_too_many_rows(11, most=10)

    assert caught.value.code is Code.REPORT_TOO_LARGE
    assert os.linesep not in str(caught.value)


def test_says_which_originals_are_withheld_and_nothing_of_what_else_they_name() -> None:
    schema = json.loads(SCHEMA.read_bytes())
    report = make_report()
    check = Check(name="content", status=Status.PASSED, reason="The text names SECRET.", at=NOW)
    named = replace(report.certificates[0], file_name="SECRET.pdf", lots=["0042", "SECRET"], checks=[check])

    told = replace(report, certificates=[named.without_original(["0042"], statements=["1" * 64])])

    written = json.loads(report_json(told))
    jsonschema.Draft202012Validator(schema).validate(written)
    assert written["withheld"] == [named.sha256]
    assert written["certificates"][0]["lots"] == ["0042"]
    assert "SECRET" not in json.dumps(written)
    assert "withheld" not in json.loads(report_json(report))
