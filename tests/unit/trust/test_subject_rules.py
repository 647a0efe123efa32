"""Subject rules: whom a signer under a public CA must be."""

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import InvalidRequestError
from aas_registry.trust import pki
from aas_registry.trust.subject_rules import read_subject_rule, subject_follows

SUBJECT = pki.name_of("inspector", organization="Arro, Ltd.", unit="quality")


@pytest.mark.parametrize(
    "rule",
    [
        "CN=inspector,OU=quality,O=Arro\\, Ltd.",
        "CN=inspector, OU=quality, O=Arro\\, Ltd.",
        SUBJECT.rfc4514_string(),
    ],
)
def test_the_named_subject_follows(rule: str) -> None:
    assert subject_follows(SUBJECT, rule)
    assert read_subject_rule(rule) == SUBJECT.rfc4514_string()


@pytest.mark.parametrize(
    "rule",
    [
        "CN=inspector",
        "CN=inspector,OU=quality,O=Arro",
        "O=Arro\\, Ltd.,OU=quality,CN=inspector",
        "",
        "nobody",
    ],
)
def test_any_other_subject_does_not(rule: str) -> None:
    assert not subject_follows(SUBJECT, rule)


def test_a_rule_that_is_no_name_is_refused() -> None:
    with pytest.raises(InvalidRequestError) as caught:
        read_subject_rule("Arro inspector")

    assert caught.value.code is Code.ANCHOR_INVALID
