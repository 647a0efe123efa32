"""What the registry countersigns."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from bundle_samples import NOW, make_statement

from aas_registry.domain.canonical_json import digest_of
from aas_registry.domain.statements import StatedLot, excerpt_of
from aas_registry.domain.verdicts import Check, Status

SCHEMAS = Path(__file__).parents[3] / "schemas"


def validator(name: str = "statement-1.0.json") -> jsonschema.Draft202012Validator:
    schema = json.loads((SCHEMAS / name).read_bytes())
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_statement_is_as_its_schema_says() -> None:
    validator().validate(json.loads(make_statement(b"original").canonical()))


@pytest.mark.parametrize("member", ["lots", "checks", "decision", "policyVersion", "time"])
def test_the_schema_wants_every_member_of_the_predicate(member: str) -> None:
    statement = json.loads(make_statement(b"original").canonical())
    del statement["predicate"][member]

    with pytest.raises(jsonschema.ValidationError):
        validator().validate(statement)


def test_binds_the_very_bytes_of_the_original() -> None:
    statement = make_statement(b"original").as_json()

    assert statement["subject"] == [{"name": "certificate.pdf", "digest": {"sha256": digest_of(b"original")}}]


def test_the_same_statement_has_the_same_bytes() -> None:
    assert make_statement(b"original").canonical() == make_statement(b"original").canonical()
    assert make_statement(b"original").canonical() != make_statement(b"other").canonical()


def test_numbers_travel_as_text_and_no_word_says_approved() -> None:
    content = make_statement(b"original").canonical()

    assert json.loads(content)["predicate"]["lots"][0]["sequence"] == "1"
    assert b"approved" not in content
    assert json.loads(content)["predicate"]["decision"] == "received and verified"


def test_an_excerpt_says_the_same_of_its_lots_and_nothing_of_the_others() -> None:
    own, other = (
        StatedLot(manufacturer=maker, mpn="CAP", lot_code=code, sequence=7, previous="9" * 64)
        for maker, code in (("Arro", "0042"), ("Ostara", "SECRET-1"))
    )
    checks = [
        Check(name="signature", status=Status.PASSED, reason="It fits.", at=NOW),
        Check(name="content", status=Status.PASSED, reason="It names SECRET-1.", at=NOW),
    ]
    whole = replace(
        make_statement(b"original", name="SECRET-1.pdf"),
        lots=[own, other],
        parts=[("Arro", "CAP"), ("Ostara", "SECRET-2")],
        checks=checks,
        submodel_sha256="8" * 64,
    )

    content = excerpt_of(whole.as_json(), [own], at=NOW)

    excerpt = json.loads(content)
    validator("statement-excerpt-1.0.json").validate(excerpt)
    assert excerpt["subject"][0]["digest"]["sha256"] == digest_of(b"original")
    assert excerpt["predicate"]["lots"] == [
        {"manufacturer": "Arro", "manufacturerPartNumber": "CAP", "lotCode": "0042", "sequence": "7"}
    ]
    assert [check["status"] for check in excerpt["predicate"]["checks"]] == ["passed", "passed"]
    assert excerpt["predicate"]["decision"] == "received and verified"
    for hidden in (b"SECRET", b"Ostara", b"9" * 64, b"8" * 64, digest_of(whole.canonical()).encode()):
        assert hidden not in content


def test_a_statement_is_no_excerpt() -> None:
    with pytest.raises(jsonschema.ValidationError):
        validator("statement-excerpt-1.0.json").validate(make_statement(b"original").as_json())
