"""What the registry countersigns."""

import json
from pathlib import Path

import jsonschema
import pytest
from bundle_samples import make_statement

from aas_registry.domain.canonical_json import digest_of

SCHEMA = Path(__file__).parents[3] / "schemas" / "statement-1.0.json"


def validator() -> jsonschema.Draft202012Validator:
    schema = json.loads(SCHEMA.read_bytes())
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
