"""Ids within one file: unique per kind, and nothing dropped in silence."""

from collections.abc import Callable
from typing import Any

import pytest

from aas_registry.domain.codes import Code
from aas_registry.domain.errors import RefusedError
from aas_registry.domain.limits import Limits
from aas_registry.domain.package import Identifiable, IdentifiableKind
from aas_registry.formats.aas.environment import Environment, merge
from aas_registry.settings import Settings

LIMITS = Settings().limits


def environment(*entries: Identifiable) -> Environment:
    return Environment("3.1", entries, ())


def entry(kind: IdentifiableKind, part: str | None = None, **body: Any) -> Identifiable:
    return Identifiable(kind=kind, identifier="urn:a", id_short=None, body={"id": "urn:a", **body}, part=part)


@pytest.mark.parametrize("kind", IdentifiableKind)
def test_keeps_the_same_content_once_with_a_finding(kind: IdentifiableKind) -> None:
    merged = merge([environment(entry(kind), entry(kind))], limits=LIMITS)

    assert len(merged.identifiables) == 1
    assert [(finding.code, finding.severity) for finding in merged.findings] == [
        (Code.AAS_DUPLICATE_ID, "error")
    ]


@pytest.mark.parametrize("kind", [IdentifiableKind.SHELL, IdentifiableKind.SUBMODEL])
def test_refuses_two_contents_under_one_id(kind: IdentifiableKind) -> None:
    with pytest.raises(RefusedError) as raised:
        merge([environment(entry(kind)), environment(entry(kind, idShort="Other"))], limits=LIMITS)

    assert raised.value.code is Code.AAS_DUPLICATE_ID


def test_keeps_both_of_two_concept_descriptions_the_second_under_an_id_of_its_content() -> None:
    kind = IdentifiableKind.CONCEPT_DESCRIPTION

    merged = merge([environment(entry(kind, idShort="First"), entry(kind, idShort="Second"))], limits=LIMITS)

    first, second = merged.identifiables
    assert (first.identifier, first.body["idShort"]) == ("urn:a", "First")
    assert second.identifier.startswith("urn:sha256:")
    assert second.body == {"id": second.identifier, "idShort": "Second"}
    assert [(finding.code, finding.severity) for finding in merged.findings] == [
        (Code.AAS_DUPLICATE_ID, "error")
    ]


def test_the_same_content_in_two_parts_is_no_error() -> None:
    kind = IdentifiableKind.SUBMODEL

    merged = merge(
        [environment(entry(kind, part="/a.xml")), environment(entry(kind, part="/a.json"))], limits=LIMITS
    )

    assert [finding.severity for finding in merged.findings] == ["info"]


def test_notes_one_id_for_two_kinds_and_keeps_both() -> None:
    merged = merge(
        [environment(entry(IdentifiableKind.SHELL), entry(IdentifiableKind.SUBMODEL))], limits=LIMITS
    )

    assert len(merged.identifiables) == 2
    assert [finding.code for finding in merged.findings] == [Code.AAS_DUPLICATE_ID]


def test_refuses_nothing_at_all() -> None:
    with pytest.raises(RefusedError) as raised:
        merge([environment(), environment()], limits=LIMITS)

    assert raised.value.code is Code.AAS_EMPTY


def test_lists_as_many_findings_as_the_limit_and_says_how_many_more(
    with_limits: Callable[..., Limits],
) -> None:
    kind = IdentifiableKind.SUBMODEL

    merged = merge([environment(*[entry(kind) for _ in range(10)])], limits=with_limits(listed_findings=2))

    assert len(merged.identifiables) == 1
    assert len(merged.findings) == 3
    assert merged.findings[-1].message.startswith("At least 7 more")
    assert (merged.findings[-1].code, merged.findings[-1].severity) == (Code.AAS_DUPLICATE_ID, "error")
